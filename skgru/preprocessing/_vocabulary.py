"""The vocabulary of texts, and their tokens as ids in it."""

from collections import Counter
from numbers import Integral

import numpy as np

PADDING, UNKNOWN = 0, 1
UNKNOWN_TOKEN = "[UNK]"


def tokens_of(analyze, text, i):
    """Return the tokens of sample ``i``, or raise with its number."""
    try:
        return list(analyze(text))
    except (TypeError, AttributeError) as error:  # of a function of the user's
        raise TypeError(
            f"Sample {i} of X cannot be split into tokens: {error}. It is "
            f"{text!r:.50} of type {type(text).__name__}."
        ) from error


def learn_vocabulary(texts, min_df, max_tokens):
    """Return the id of each token, the most frequent first.

    Parameters
    ----------
    texts : list of list of str
    min_df : int or float
        Least number or fraction of texts in which a token must occur.
    max_tokens : int or None
        Size of the vocabulary, padding and unknown tokens included.

    Raises
    ------
    TypeError
        The tokens cannot be compared with each other.
    ValueError
        No token is left.
    """
    count, n_texts_with = Counter(), Counter()
    for tokens in texts:
        count.update(tokens)
        n_texts_with.update(set(tokens))
    least = min_df
    if not isinstance(least, Integral):
        least *= len(texts)
    frequent = [token for token in count if n_texts_with[token] >= least]
    if not frequent:
        raise ValueError(
            f"No token is left for the vocabulary: {len(count)} different tokens "
            f"in {len(texts)} texts, none of them in {min_df} (min_df) texts. "
            "Lower min_df, or check token_pattern, tokenizer and stop_words."
        )
    try:
        frequent.sort(key=lambda token: (-count[token], token))
    except TypeError as error:
        raise _without_order(texts) from error
    if max_tokens is not None:
        frequent = frequent[: max_tokens - 2]
    return {token: i for i, token in enumerate(frequent, start=UNKNOWN + 1)}


def _without_order(texts):
    """Return the error for tokens that cannot be compared with each other."""
    tokens = [(i, token) for i, of_text in enumerate(texts) for token in of_text]
    first = type(tokens[0][1])
    i, token = next((t for t in tokens if type(t[1]) is not first), tokens[0])
    return TypeError(
        f"Tokens must have an order, as strings do: sample {i} holds {token!r} of type "
        f"{type(token).__name__}, sample {tokens[0][0]} {first.__name__}. Let the "
        "analyzer or tokenizer return strings, for example with map(str, ...)."
    )


def token_ids(texts, vocabulary, max_length, keep):
    """Return the padded ids of texts, shape ``(n_texts, timesteps)``, dtype int32.

    Parameters
    ----------
    texts : list of list of str
    vocabulary : dict of str to int
        Of `learn_vocabulary`.
    max_length : int or None
        ``timesteps``; None for the number of tokens of the longest text.
    keep : {"start", "end"}
        The part of a longer text that is kept.
    """
    width = max_length or max(1, max(len(tokens) for tokens in texts))
    ids = np.full((len(texts), width), PADDING, dtype=np.int32)
    for row, tokens in zip(ids, texts, strict=True):
        tokens = tokens[:width] if keep == "start" else tokens[-width:]
        known = [vocabulary.get(token, UNKNOWN) for token in tokens] or [UNKNOWN]
        row[: len(known)] = known
    return ids
