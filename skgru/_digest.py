"""Digests of data: equal for equal values, in any process."""

import hashlib

_BYTES_AT_ONCE = 16 * 2**20


def digest(samples):
    """Return a digest of samples: equal for equal data."""
    return digest_of_sequences(samples.sequences, samples.y, samples.sample_weight)


def digest_of_sequences(sequences, *arrays):
    """Return a digest of sequences, whichever rows of a block they are, and arrays."""
    content = hashlib.blake2b(digest_size=16)
    shape = (len(sequences), *sequences.block.shape[1:])
    pieces = (values for _, values in sequences.pieces())
    _update(content, shape, sequences.block.dtype, pieces)
    for array in (sequences.lengths, *arrays):
        _update(content, array.shape, array.dtype, _parts(array))
    return content.hexdigest()


def digest_of_arrays(*arrays):
    """Return a digest of the shapes, types and values of arrays.

    A memory-mapped array, or one that is not contiguous, is read a part at a time.

    Parameters
    ----------
    *arrays : ndarray
        Of any type but object.

    Returns
    -------
    digest : str
    """
    content = hashlib.blake2b(digest_size=16)
    for array in arrays:
        _update(content, array.shape, array.dtype, _parts(array))
    return content.hexdigest()


def _update(content, shape, dtype, parts):
    content.update(repr((shape, dtype.str)).encode())
    for part in parts:
        content.update(part.tobytes())


def _parts(array):
    """Yield an array in slices along its first axis."""
    if array.ndim == 0 or array.size == 0:
        yield array
        return
    n_rows = max(1, _BYTES_AT_ONCE // max(1, array[:1].nbytes))
    for start in range(0, len(array), n_rows):
        yield array[start : start + n_rows]
