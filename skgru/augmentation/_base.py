"""The base class of augmenters: the interface that the training loop uses."""

import inspect

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils import check_consistent_length

from .._naming import naming
from ._forms import like, read
from ._random import as_generator

_MISFIT = {
    "series": (
        "{name} augments series of numbers, but X holds token ids (vocabulary_size is "
        "set). Use TokenInsertion, TokenDeletion, TokenSwap or TokenReplacement."
    ),
    "tokens": (
        "{name} augments token ids, but X holds series of numbers. Set vocabulary_size "
        "if X holds token ids; otherwise use an augmenter of series, such as Jitter."
    ),
}


class Augmenter(BaseEstimator):
    """Base class of all augmenters.

    An augmenter has parameters like any scikit-learn estimator (``get_params``,
    ``set_params``, ``clone``), but nothing to fit: all that happens is
    :meth:`augment`, which the training loop calls for every chunk of training
    sequences at every epoch, and which calling the augmenter by hand runs once.

    To write an augmenter, inherit, store parameters in ``__init__``, set :attr:`kind`
    and override :meth:`augment`; :attr:`changes_lengths`, :attr:`mixes_targets` and
    :meth:`expanded_timesteps` where their defaults are not true of it.

    Attributes
    ----------
    kind : {"series", "tokens"}
        What it augments: series of numbers or token ids.
    changes_lengths : bool
        Whether sequences of equal length may leave with different ones. The network
        then masks padding even if the data has none.
    mixes_targets : bool
        Whether y takes part, as in :class:`Mixup`.

    See Also
    --------
    Compose : Applies several.
    RandomApply : Applies one to a part of the sequences.

    Examples
    --------
    >>> import numpy as np
    >>> from skgru.augmentation import Augmenter
    >>> class Flip(Augmenter):
    ...     kind = "series"
    ...     def augment(self, X, lengths, y, sample_weight, rng):
    ...         sign = rng.choice([-1, 1], size=(len(X), 1, 1))
    ...         return X * sign.astype(X.dtype), lengths, y, sample_weight
    >>> np.abs(Flip()(np.ones((2, 3)), random_state=0))
    array([[1., 1., 1.],
           [1., 1., 1.]])
    """

    kind = "series"
    changes_lengths = False
    mixes_targets = False
    _parameter_constraints = {}

    def check(self, kind, vocabulary_size=None):
        """Raise if a parameter is invalid or X is not of the right kind.

        Parameters
        ----------
        kind : {"series", "tokens"}
            What X holds.
        vocabulary_size : int or None, default=None
            Number of token ids, 0 included, where X holds token ids. The augmenters
            of this module do not need it; those of users may.

        Raises
        ------
        ValueError
            A parameter is out of range, or X is of the other kind.
        """
        self._validate_params()
        if self.kind != kind:
            message = _MISFIT[self.kind]
            raise ValueError(message.format(name=type(self).__name__))

    def expanded_timesteps(self, n_timesteps):
        """Return how many steps the block needs for sequences of ``n_timesteps``.

        Parameters
        ----------
        n_timesteps : int
            Number of steps of the longest sequence.

        Returns
        -------
        n_timesteps : int
            As given, unless the augmenter makes sequences longer.
        """
        return n_timesteps

    def augment(self, X, lengths, y, sample_weight, rng):
        """Return randomly transformed sequences.

        No argument is modified, and the same ``rng`` state gives the same result.
        The draws do not depend on how much padding a block carries.

        Parameters
        ----------
        X : ndarray of shape (n_samples, timesteps, features) or (n_samples, timesteps)
            Float series, or integer token ids; zero after the end of each sequence.
        lengths : ndarray of shape (n_samples,), dtype int32
            Number of steps of each sequence, at least 1.
        y : ndarray of shape (n_samples, n_outputs) or None
            One-hot classes, 0-1 labels or real targets; None only where
            :attr:`mixes_targets` is False.
        sample_weight : ndarray of shape (n_samples,) or None
            Weights, not negative.
        rng : numpy.random.Generator
            Where all random numbers come from.

        Returns
        -------
        X, lengths, y, sample_weight : ndarrays
            Of the shapes and dtypes given, in the same order of samples. What would
            grow beyond ``timesteps`` is cut at the end.
        """
        X, lengths = self._augment_sequences(X, lengths, rng)
        return X, lengths, copied(y), copied(sample_weight)

    def _augment_sequences(self, X, lengths, rng):
        """Return new sequences and lengths, where y and the weights are kept."""
        raise NotImplementedError(f"{type(self).__name__} must override augment.")

    def __call__(self, X, y=None, sample_weight=None, *, random_state=None):
        """Augment sequences once, by hand.

        Parameters
        ----------
        X : array-like
            Sequences in any form the estimators take.
        y : array-like of shape (n_samples,) or (n_samples, n_outputs), default=None
            Labels or targets. Returned as they are, unless :attr:`mixes_targets`: then
            required, and numbers (one-hot encode classes).
        sample_weight : array-like of shape (n_samples,), default=None
            Weights of the samples.
        random_state : int, Generator, RandomState or None, default=None
            Seed or source of the random numbers; None is fresh entropy.

        Returns
        -------
        X : array or list
            New sequences in the form of X: a list for a list, NaN padding for a 3-D
            float array whose sequences differ in length, padding ids 0 for token ids.
        y : array-like
            Only if ``y`` was passed.
        sample_weight : array-like
            Only if ``sample_weight`` was passed.

        Raises
        ------
        ValueError
            X, y or a parameter is invalid, or a 2-D array of series would have to hold
            sequences of different lengths.
        """
        self.check(self.kind)
        rng = as_generator(random_state)
        with naming("X"):
            check_consistent_length(X, y, sample_weight)
        targets = _numeric_targets(self, y) if self.mixes_targets else None
        weights = (
            None
            if sample_weight is None
            else np.asarray(sample_weight, dtype=np.float64)
        )
        block, lengths, form = read(X, self.kind)
        spare = self.expanded_timesteps(block.shape[1]) - block.shape[1]
        if spare:
            block = np.pad(block, [(0, 0), (0, spare)] + [(0, 0)] * (block.ndim - 2))
        block, lengths, targets, weights = self.augment(
            block, lengths, targets, weights, rng
        )
        result = (like(X, form, block, lengths, type(self).__name__),)
        if y is not None:
            result += (targets if self.mixes_targets else y,)
        if sample_weight is not None:
            result += (weights,)
        return result if len(result) > 1 else result[0]


def with_sections_of(method):
    """Return a decorator that gives a summary the sections of another docstring."""

    def documented(function):
        if function.__doc__ is not None:  # it is under python -OO
            _, heading, sections = inspect.getdoc(method).partition("\n\nParameters\n")
            function.__doc__ = function.__doc__ + heading + sections + "\n"
        return function

    return documented


def copied(array):
    """Return a copy, or None for None."""
    return None if array is None else array.copy()


def _numeric_targets(augmenter, y):
    name = type(augmenter).__name__
    advice = (
        "pass y as numbers that can be averaged: one-hot encode classes, for example "
        "with sklearn.preprocessing.OneHotEncoder, or pass float targets."
    )
    if y is None:
        raise ValueError(f"{name} mixes the targets with the sequences; {advice}")
    y = np.asarray(y)
    if y.dtype.kind not in "iubf" or (y.ndim == 1 and y.dtype.kind != "f"):
        raise ValueError(
            f"{name} cannot mix labels (y has dtype {y.dtype} and shape {y.shape}); "
            f"{advice}"
        )
    return y.astype(y.dtype if y.dtype.kind == "f" else np.float64)
