"""Check the initial token vectors of an embedding that a user passes."""

import numpy as np
from sklearn.utils import check_array


def checked_embedding_weights(weights, vocabulary_size, embedding_dim, owner):
    """Return the vectors as an array, if they fit what X holds.

    Parameters
    ----------
    weights : array-like of shape (vocabulary_size, embedding_dim)
        As the user gave them.
    vocabulary_size : int or None
        Number of token ids; None where X holds real values.
    embedding_dim : int
    owner : str
        Class name of the estimator, for messages.

    Returns
    -------
    weights : ndarray of shape (vocabulary_size, embedding_dim), dtype float32

    Raises
    ------
    ValueError
        X holds no token ids, or the vectors are not finite numbers of that shape.
    """
    what = f"The 'embedding_weights' parameter of {owner}"
    if vocabulary_size is None:
        raise ValueError(
            f"{what} needs token ids, but X holds real values. Set 'vocabulary_size', "
            "give it the output of TextSequencer, or leave it at None."
        )
    try:
        array = check_array(
            weights, dtype=np.float32, ensure_min_features=0, ensure_min_samples=0
        )
    except (TypeError, ValueError) as error:
        raise ValueError(
            f"{what} must be an array of finite numbers of shape (vocabulary_size, "
            f"embedding_dim) = ({vocabulary_size}, {embedding_dim}): {error}"
        ) from error
    if array.shape != (vocabulary_size, embedding_dim):
        raise ValueError(
            f"{what} must have shape (vocabulary_size, embedding_dim) = "
            f"({vocabulary_size}, {embedding_dim}). Got {array.shape} instead. "
            + _what_to_do(array.shape, vocabulary_size)
        )
    return array


def _what_to_do(shape, vocabulary_size):
    if shape[0] == vocabulary_size:
        return f"Set 'embedding_dim' to {shape[1]}."
    return (
        "Row 0 is that of padding, row 1 that of unknown tokens, and then those of "
        "TextSequencer's vocabulary_ follow in its order. In a search, a sequencer has "
        "a different vocabulary in every fold: fit it once, and search over the "
        "estimator alone."
    )
