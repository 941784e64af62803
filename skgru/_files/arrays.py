"""Check arrays in files: compare headers with sizes before reading any data."""

import io
import math
import re
import zipfile

import numpy as np

_HEADERS = {
    (1, 0): np.lib.format.read_array_header_1_0,
    (2, 0): np.lib.format.read_array_header_2_0,
}
_SPARSE_PART = re.compile(r"[a-z_]+\.npy")
# SciPy compresses sparse matrices. Limits on the expanded size of those of a file:
# bytes, or the ratio to the compressed size if that allows more.
_SPARSE_BYTES, _SPARSE_RATIO = 2**26, 20


def check_array(stream, n_bytes, name):
    """Raise if the header of an array in NumPy's format does not fit its size.

    Parameters
    ----------
    stream : binary file
        Of the array, from its first byte.
    n_bytes : int
        Number of bytes in it.
    name : str
        For messages.

    Returns
    -------
    dtype : numpy.dtype

    Raises
    ------
    ValueError
    """
    version = np.lib.format.read_magic(stream)
    if version not in _HEADERS:
        raise ValueError(f"{name!r} has version {version} of NumPy's format of arrays")
    shape, _, dtype = _HEADERS[version](stream)
    if dtype.hasobject:
        raise ValueError(f"{name!r} holds pickled objects")
    claimed = math.prod(shape) * dtype.itemsize
    held = n_bytes - stream.tell()
    if min(shape, default=0) < 0 or not dtype.itemsize or claimed != held:
        raise ValueError(
            f"{name!r} claims shape {shape} of dtype {dtype}, which is {claimed} "
            f"bytes, and holds {held}"
        )
    return dtype


def check_sparse(contents):
    """Raise if sparse matrices in SciPy's format do not hold what they should.

    Parameters
    ----------
    contents : dict of str to bytes
        By their names, for messages.

    Raises
    ------
    ValueError
    zipfile.BadZipFile
    """
    archives = {
        name: zipfile.ZipFile(io.BytesIO(content)) for name, content in contents.items()
    }
    held = sum(map(len, contents.values()))
    parts = [(name, part) for name, a in archives.items() for part in a.infolist()]
    claimed = sum(part.file_size for _, part in parts)
    if claimed > max(_SPARSE_BYTES, _SPARSE_RATIO * held):
        raise ValueError(
            f"its sparse matrices claim to expand from {held} to {claimed} bytes"
        )
    for name, part in parts:
        known = part.compress_type in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
        if not known or not _SPARSE_PART.fullmatch(part.filename):
            raise ValueError(f"its sparse matrix {name!r} holds {part.filename!r}")
        with archives[name].open(part) as stream:
            check_array(stream, part.file_size, f"{name}/{part.filename}")
