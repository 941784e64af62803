"""Augmenters of token ids."""

from math import ceil, sqrt
from numbers import Real

import numpy as np

from .._sklearn import Interval
from ._base import Augmenter, with_sections_of


class _TokenAugmenter(Augmenter):
    """Base class of augmenters that edit the concatenated tokens of a chunk.

    Padding ids (0) before or between tokens move to the end of the sequence, which
    makes no difference to a network with a mask.
    """

    kind = "tokens"
    _parameter_constraints = {"p": [Interval(Real, 0, 1, closed="both")]}

    def __init__(self, p=0.1):
        self.p = p

    def _augment_sequences(self, X, lengths, rng):
        is_token = X != 0
        counts = is_token.sum(axis=1)
        tokens, counts = self._edit(X[is_token], counts, rng)
        n_timesteps = X.shape[1]
        lengths = np.minimum(counts, n_timesteps)
        if counts.max(initial=0) > n_timesteps:
            start = np.repeat(np.cumsum(counts) - counts, counts)
            tokens = tokens[np.arange(len(tokens)) - start < n_timesteps]
        new = np.zeros_like(X)
        new[np.arange(n_timesteps) < lengths[:, np.newaxis]] = tokens
        return new, lengths.astype(np.int32)

    def _edit(self, tokens, counts, rng):
        """Return the edited tokens of all sequences, and how many each has."""
        raise NotImplementedError


class TokenInsertion(_TokenAugmenter):
    r"""Insert random tokens.

    Next to each token, before or after it with equal chance, a new one is inserted
    with probability ``p``: a sequence of :math:`L` tokens gets
    :math:`\text{Binomial}(L, p)` more. New tokens are drawn from all tokens of the
    chunk of sequences that is augmented, so that frequent ones are inserted often.

    Parameters
    ----------
    p : float, default=0.1
        Expected number of insertions, for one token of a sequence.

    See Also
    --------
    TokenDeletion : Removes tokens.
    augment_text : Changes words of texts, before a fit.

    Notes
    -----
    The estimator makes room for :math:`L p + 3 \sqrt{L p (1 - p)}` insertions into its
    longest sequence; the rare sequence that needs more loses its last tokens.

    References
    ----------
    Wei and Zou (2019), "EDA: Easy data augmentation techniques for boosting
    performance on text classification tasks", EMNLP (random insertion, there of
    synonyms). Drawing by frequency: Xie et al. (2017), "Data noising as smoothing in
    neural network language models", ICLR (unigram noising).

    Examples
    --------
    >>> from skgru.augmentation import TokenInsertion
    >>> [ids.tolist() for ids in TokenInsertion(0.5)([[5, 6, 7], [8]], random_state=0)]
    [[5, 6, 5, 7, 8], [8, 7]]
    """

    changes_lengths = True

    @with_sections_of(Augmenter.expanded_timesteps)
    def expanded_timesteps(self, n_timesteps):
        """Return room for three standard deviations more insertions than expected."""
        spread = 3 * sqrt(n_timesteps * self.p * (1 - self.p))
        return n_timesteps + min(n_timesteps, ceil(n_timesteps * self.p + spread))

    def _edit(self, tokens, counts, rng):
        at = np.flatnonzero(rng.random(len(tokens)) < self.p)
        new = tokens[rng.integers(0, len(tokens), size=len(at))]
        after = rng.integers(0, 2, size=len(at))
        owner = np.repeat(np.arange(len(counts)), counts)
        inserted = np.bincount(owner[at], minlength=len(counts))
        return np.insert(tokens, at + after, new), counts + inserted


class TokenDeletion(_TokenAugmenter):
    """Delete tokens at random.

    Each token is deleted with probability ``p``, independently. If all tokens of a
    sequence were, one of them, drawn at random, is kept.

    Parameters
    ----------
    p : float, default=0.1
        Probability that a token is deleted.

    See Also
    --------
    TokenInsertion : Adds tokens.
    augment_text : Changes words of texts, before a fit.

    References
    ----------
    Wei and Zou (2019), "EDA: Easy data augmentation techniques for boosting
    performance on text classification tasks", EMNLP (random deletion).

    Examples
    --------
    >>> import numpy as np
    >>> from skgru.augmentation import TokenDeletion
    >>> X = np.array([[5, 6, 7, 8], [9, 3, 0, 0]])
    >>> TokenDeletion(p=0.5)(X, random_state=0)
    array([[5, 0, 0, 0],
           [9, 3, 0, 0]])
    """

    changes_lengths = True

    def _edit(self, tokens, counts, rng):
        keep = rng.random(len(tokens)) >= self.p
        owner = np.repeat(np.arange(len(counts)), counts)
        kept = np.bincount(owner[keep], minlength=len(counts))
        emptied = np.flatnonzero(kept == 0)
        start = np.cumsum(counts) - counts
        keep[start[emptied] + rng.integers(0, counts[emptied])] = True
        return tokens[keep], np.maximum(kept, 1)


class TokenSwap(_TokenAugmenter):
    r"""Let tokens change places.

    In a sequence of :math:`L` tokens, :math:`\text{Binomial}(L, p)` pairs of tokens, at
    most :math:`\lfloor L / 2 \rfloor`, are drawn at random, no token twice, and the
    two of each pair change places.

    Parameters
    ----------
    p : float, default=0.1
        Expected number of swaps, for one token of a sequence. Of a long sequence, a
        fraction ``2 * p`` of the tokens moves.

    See Also
    --------
    TokenReplacement : Replaces tokens in their places.
    augment_text : Changes words of texts, before a fit.

    References
    ----------
    Wei and Zou (2019), "EDA: Easy data augmentation techniques for boosting
    performance on text classification tasks", EMNLP (random swap).

    Examples
    --------
    >>> import numpy as np
    >>> from skgru.augmentation import TokenSwap
    >>> TokenSwap(p=0.4)(np.array([[2, 3, 4, 5, 6, 7]]), random_state=0)
    array([[7, 4, 3, 6, 5, 2]])
    """

    def _edit(self, tokens, counts, rng):
        n_swaps = np.minimum(rng.binomial(counts, self.p), counts // 2)
        owner = np.repeat(np.arange(len(counts)), counts)
        # Sorting by owner and a random key shuffles the positions of each sequence;
        # the first two of them are a pair, and so on.
        shuffled = np.argsort(owner + rng.random(len(tokens)))
        start = np.cumsum(counts) - counts
        first_pair = np.cumsum(n_swaps) - n_swaps
        pair = np.arange(n_swaps.sum()) - np.repeat(first_pair, n_swaps)
        first = np.repeat(start, n_swaps) + 2 * pair
        left, right = shuffled[first], shuffled[first + 1]
        tokens = tokens.copy()
        tokens[left], tokens[right] = tokens[right], tokens[left]
        return tokens, counts


class TokenReplacement(_TokenAugmenter):
    """Replace tokens by random ones.

    Each token is replaced with probability ``p``, independently, by one drawn from all
    tokens of the chunk of sequences that is augmented: frequent ones are drawn often,
    and a draw may be the token that was there.

    Parameters
    ----------
    p : float, default=0.1
        Probability that a token is replaced.

    See Also
    --------
    TokenSwap : Keeps all tokens and changes their order.
    augment_text : Changes words of texts, before a fit.

    References
    ----------
    Xie et al. (2017), "Data noising as smoothing in neural network language models",
    ICLR (unigram noising).

    Examples
    --------
    >>> import numpy as np
    >>> from skgru.augmentation import TokenReplacement
    >>> TokenReplacement(p=0.5)(np.array([[2, 3, 4], [5, 0, 0]]), random_state=0)
    array([[2, 2, 5],
           [4, 0, 0]])
    """

    def _edit(self, tokens, counts, rng):
        at = np.flatnonzero(rng.random(len(tokens)) < self.p)
        new = tokens[rng.integers(0, len(tokens), size=len(at))]
        tokens = tokens.copy()
        tokens[at] = new
        return tokens, counts
