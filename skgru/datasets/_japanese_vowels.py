"""JapaneseVowels: which of nine speakers spoke, from short recordings."""

import numpy as np
from sklearn.utils import Bunch

from ._bundled import check_flags, read_arrays, read_description, to_object_array

N_TRAIN = 270  # of the 640 recordings; the donors' own split
MAX_TIMESTEPS = 29  # over both parts, so that padded train and test shapes agree
_PARTS = {
    "train": slice(None, N_TRAIN),
    "test": slice(N_TRAIN, None),
    "all": slice(None),
}


def load_japanese_vowels(*, split="train", padded=False, return_X_y=False):
    """Load the JapaneseVowels data (multivariate, unequal length, 9 classes).

    Nine male speakers uttered the Japanese vowels /ae/; the task is to tell who
    spoke. A recording is a sequence of 7 to 29 frames, one every 6.4 ms, each of
    12 LPC cepstrum coefficients (dimensionless).

    =====================  =====================================
    Classes                9
    Training recordings    270 (30 a class)
    Test recordings        370 (24 to 88 a class)
    Time steps             7 to 29, median 15
    Features               12, real, -1.86 to 2.21
    =====================  =====================================

    Parameters
    ----------
    split : {"train", "test", "all"}, default="train"
        The donors' 270 training recordings, their 370 test recordings, or both,
        the training recordings first. The test recordings were made on other
        occasions, so a score on them is harder, and more honest, than one by
        cross-validation.
    padded : bool, default=False
        How sequences of unequal length are given: if False, as an object array
        of one 2-D array a recording; if True, as one 3-D array in which the time
        steps after the end of a recording are NaN. Both forms mean the same to
        skgru's estimators.
    return_X_y : bool, default=False
        If True, return ``(data, target)`` in place of a Bunch.

    Returns
    -------
    data : :class:`~sklearn.utils.Bunch`
        Dictionary-like, with the attributes:

        data : ndarray of shape (n_samples,), or (n_samples, 29, 12) if padded
            The recordings. Without padding, an object array of float32 arrays
            of shape (timesteps, 12); padded, a float32 array.
        target : ndarray of shape (n_samples,), dtype int64
            The speaker, 0 to 8: an index into `target_names`.
        lengths : ndarray of shape (n_samples,), dtype int64
            Number of time steps of each recording.
        feature_names : list of 12 str
            `lpc_cepstrum_1` to `lpc_cepstrum_12`.
        target_names : ndarray of 9 str
            `speaker 1` to `speaker 9`.
        DESCR : str
            Description, source, citation and licence (CC BY 4.0).

    (data, target) : tuple, if `return_X_y` is True
        The attributes of these names.

    Raises
    ------
    ValueError
        If a parameter is not one of the values above.

    See Also
    --------
    load_product_reviews : Sentences to classify.
    load_co2 : A series to forecast.

    References
    ----------
    M. Kudo, J. Toyama and M. Shimbo (1999). Multidimensional curve classification
    using passing-through regions. Pattern Recognition Letters, 20(11-13),
    1103-1111.

    Examples
    --------
    >>> from skgru.datasets import load_japanese_vowels
    >>> vowels = load_japanese_vowels()
    >>> vowels.data.shape, vowels.data[0].shape
    ((270,), (20, 12))
    >>> X_test, y_test = load_japanese_vowels(
    ...     split="test", padded=True, return_X_y=True
    ... )
    >>> X_test.shape, y_test.shape
    ((370, 29, 12), (370,))
    """
    if not isinstance(split, str) or split not in _PARTS:
        raise ValueError(
            "The 'split' parameter of load_japanese_vowels must be a str among "
            f"'train', 'test' or 'all'. Got {split!r} instead."
        )
    check_flags("load_japanese_vowels", padded=padded, return_X_y=return_X_y)

    stored = read_arrays("japanese_vowels")
    part = _PARTS[split]
    lengths = stored["lengths"].astype(np.int64)
    # The recordings are stored one after another; copies let each go on its own.
    recordings = np.split(stored["frames"], np.cumsum(lengths)[:-1])
    recordings = [recording.copy() for recording in recordings[part]]
    lengths = lengths[part]
    target = stored["target"][part].astype(np.int64)

    if padded:
        data = np.full((len(lengths), MAX_TIMESTEPS, 12), np.nan, dtype=np.float32)
        for row, recording in zip(data, recordings, strict=True):
            row[: len(recording)] = recording
    else:
        data = to_object_array(recordings)
    if return_X_y:
        return data, target
    return Bunch(
        data=data,
        target=target,
        lengths=lengths,
        feature_names=[f"lpc_cepstrum_{i}" for i in range(1, 13)],
        target_names=np.array([f"speaker {i}" for i in range(1, 10)]),
        DESCR=read_description("japanese_vowels"),
    )
