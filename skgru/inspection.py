"""Which channels, and which steps, a fitted estimator relies on."""

import numpy as np
from sklearn.metrics import check_scoring
from sklearn.utils import check_consistent_length

from ._base import BaseGRU
from ._sequences import as_sequences
from ._token_ids import vocabulary_of

__all__ = ["permutation_importance"]


def permutation_importance(
    estimator,
    X,
    y,
    *,
    over="channels",
    scoring=None,
    n_repeats=5,
    n_jobs=None,
    random_state=None,
    sample_weight=None,
):
    """Permutation importance of the channels or the steps of sequences.

    How much a score falls where one channel, or one step, of the samples is exchanged
    between them at random: it keeps its values and loses what it says of its own
    sample. :func:`sklearn.inspection.permutation_importance` does the permuting and the
    scoring, for X that it does not accept itself.

    Parameters
    ----------
    estimator : estimator
        A fitted estimator: a GRU, a pipeline or a search with one, or any other that
        takes X.
    X : array-like
        Sequences that were not trained on: ``(n_samples, timesteps, features)``,
        ``(n_samples, timesteps)``, a list or object array of ``(timesteps, features)``
        arrays or DataFrames, or token ids. The estimator is given them in this form.
    y : array-like of shape (n_samples,) or (n_samples, n_outputs), or None
        Targets.
    over : {"channels", "steps"}, default="channels"
        What is exchanged between samples. "channels": the whole course of one channel.
        "steps": all values of one time step, counted from the start of a sequence;
        over the steps of a 2-D X it is scikit-learn's own function.
    scoring : str, callable, list, tuple or dict, default=None
        As in scikit-learn. None is the estimator's own score.
    n_repeats : int, default=5
        How often each channel, or step, is permuted.
    n_jobs : int or None, default=None
        Number of jobs that share the channels, or steps.
    random_state : int, RandomState instance or None, default=None
        Decides the permutations. An int gives the same numbers at every call.
    sample_weight : array-like of shape (n_samples,), default=None
        Weights of the samples in the score.

    Returns
    -------
    result : sklearn.utils.Bunch, or dict of them
        If scoring computes several metrics, a Bunch for each by its name.

        importances_mean : ndarray of shape (n_parts,)
            Mean importance of each channel or step, in the units of the score.
        importances_std : ndarray of shape (n_parts,)
            Its standard deviation over the repeats.
        importances : ndarray of shape (n_parts, n_repeats)
            Baseline score minus the score with the part permuted.
        names : ndarray of shape (n_parts,)
            Column names where X holds DataFrames that have one for each channel or
            step, else numbers from 0.
        over : str
            As given.

    Raises
    ------
    ValueError
        ``over`` is unknown, X is no sequences or one sample only, X and y differ in
        length, or scikit-learn refuses a parameter.

    See Also
    --------
    skgru.plotting.ImportanceDisplay : Draws the result.
    sklearn.inspection.permutation_importance : For X of columns.

    Notes
    -----
    Every sample keeps its own length.

    - Channels: a sample gets the values of another sample in the channel. If their
      lengths differ, each step takes the value of the nearest step in relative time,
      first to first and last to last. Nothing is interpolated, so categories and token
      ids stay valid. What can be predicted from the lengths alone counts for no
      channel. Token ids and univariate series are one channel.
    - Steps: the values of a step are permuted among the samples that have this step. A
      step that only one sample has gets importance 0.

    Parts with the same information share their importance, or hide it: while one is
    permuted, the network can use the other. Neighbouring steps of a smooth series are
    such parts.

    References
    ----------
    L. Breiman (2001), "Random Forests", Machine Learning 45(1).
    https://doi.org/10.1023/A:1010933404324

    Examples
    --------
    >>> import numpy as np
    >>> from skgru import GRUClassifier
    >>> from skgru.inspection import permutation_importance
    >>> rng = np.random.default_rng(0)
    >>> X = rng.normal(size=(200, 10, 2))
    >>> y = X[:, :, 1].mean(axis=1) > 0  # channel 0 is noise
    >>> classifier = GRUClassifier(16, epochs=15, learning_rate=0.01, random_state=0)
    >>> classifier.fit(X[:100], y[:100])
    GRUClassifier(...)
    >>> result = permutation_importance(classifier, X[100:], y[100:], random_state=0)
    >>> int(np.argmax(result.importances_mean))
    1
    """
    # Imported here because it brings in scikit-learn's forests, which most never need.
    from sklearn import inspection

    if over not in ("channels", "steps"):
        raise ValueError(
            "The 'over' parameter of permutation_importance must be a str among "
            f"'channels' or 'steps'. Got {over!r} instead."
        )
    samples = _Samples(X, _holds_tokens(estimator, X))
    n_samples = len(samples.lengths)
    check_consistent_length(samples.lengths, y, sample_weight)
    if n_samples < 2:
        raise ValueError(
            "permutation_importance exchanges parts between samples: X must have at "
            f"least 2. Got {n_samples}."
        )
    n_parts = samples.n_channels if over == "channels" else samples.lengths.max()
    # The array that scikit-learn permutes: for each sample and part, the sample that
    # the part is taken from (its donor).
    donors = np.repeat(np.arange(n_samples)[:, np.newaxis], n_parts, axis=1)
    result = inspection.permutation_importance(
        estimator,
        donors,
        y,
        scoring=_Scorer(check_scoring(estimator, scoring), samples, over),
        n_repeats=n_repeats,
        n_jobs=n_jobs,
        random_state=random_state,
        sample_weight=sample_weight,
    )
    for bunch in [result] if "importances" in result else result.values():
        bunch.update(names=_names(X, n_parts), over=over)
    return result


class _Scorer:
    """Score an estimator on samples whose parts come from donor samples."""

    def __init__(self, scorer, samples, over):
        self.scorer = scorer
        self.samples = samples
        self.over = over

    def __call__(self, estimator, donors, y, **weights):
        moved = donors != np.arange(len(donors))[:, np.newaxis]
        exchanged = {part: donors[:, part] for part in np.flatnonzero(moved.any(0))}
        X = self.samples.exchange(exchanged, self.over)
        return self.scorer(estimator, X, y, **weights)


class _Samples:
    """The steps of all samples as rows of one table, which can be turned back into X.

    ``starts`` holds the row of each sample's first step, and ``lengths`` the number
    of its rows that are not padding.
    """

    def __init__(self, X, tokens):
        sequences = as_sequences(
            X,
            # The estimator checks later whether they are ids of its vocabulary.
            vocabulary_size=np.iinfo(np.int32).max if tokens else None,
            dtype=np.float64,
            allow_nan=True,
        )
        self.X = X
        self.lengths = sequences.lengths
        self.n_channels = sequences.n_features
        self.listed = sequences.form == "list" or (tokens and _is_list(X))
        items = X if self.listed else [X]
        rows = [np.asarray(item).reshape(-1, self.n_channels) for item in items]
        self.table = np.concatenate(rows)
        if self.listed:
            self.starts = np.cumsum([0, *map(len, rows[:-1])])
        else:
            self.starts = np.arange(len(sequences)) * sequences.n_timesteps

    def exchange(self, donors, over):
        """Return X with parts of other samples: ``{part: donor of each sample}``."""
        table = self.table.copy()
        for part, donor in donors.items():
            if over == "channels":
                to, origin = self._courses(donor)
                table[to, part] = self.table[origin, part]
            else:
                reach = self.lengths > part
                donor = donor[reach[donor]]
                table[self.starts[reach] + part] = self.table[self.starts[donor] + part]
        if not self.listed:
            return _like(self.X, table)
        rows = np.split(table, self.starts[1:])
        items = [_like(item, row) for item, row in zip(self.X, rows, strict=True)]
        if not isinstance(self.X, np.ndarray):
            return items
        array = np.empty(len(items), object)
        array[:] = items
        return array

    def _courses(self, donor):
        """Return the rows of the exchanged steps, and the rows of their donors."""
        sample = np.repeat(np.arange(len(donor)), self.lengths)
        first = np.cumsum(self.lengths) - self.lengths
        step = np.arange(len(sample)) - first[sample]
        to = self.starts[sample] + step
        donor = donor[sample]
        stretch = (self.lengths[donor] - 1) / np.maximum(self.lengths[sample] - 1, 1)
        return to, self.starts[donor] + np.rint(step * stretch).astype(np.intp)


def _like(original, rows):
    """Return rows of a table in the container of the original."""
    values = rows.reshape(np.shape(original))
    if hasattr(original, "iloc"):
        axes = {"index": original.index, "columns": original.columns}
        return type(original)(values, **axes)
    if hasattr(original, "vocabulary_size"):
        return type(original)(values, original.vocabulary_size)
    return values


def _names(X, n_parts):
    first = next(iter(X)) if _is_list(X) else X
    names = np.asarray(getattr(first, "columns", np.arange(n_parts)))
    return names if len(names) == n_parts else np.arange(n_parts)


def _is_list(X):
    return isinstance(X, list | tuple) or getattr(X, "dtype", None) == np.dtype(object)


def _holds_tokens(estimator, X):
    """Return whether X holds token ids, where 0 is padding, rather than values."""
    items = X if _is_list(X) else [X]
    first = next(iter(items), None)
    if isinstance(first, str):
        raise ValueError(
            f"X holds texts (sample 0 is {str(first)!r}), which have no channels or "
            "steps. Give their token ids to the rest of the pipeline: "
            "permutation_importance(pipeline[1:], pipeline[:1].transform(X), y)."
        )
    if vocabulary_of(X) is not None:
        return True
    best = getattr(estimator, "best_estimator_", estimator)
    last = best[-1] if hasattr(best, "steps") else best
    params = getattr(best, "get_params", dict)()
    sizes = [size for name, size in params.items() if name.endswith("vocabulary_size")]
    if isinstance(last, BaseGRU) and last.initialized_:
        sizes.append(last._fitted.reading.vocabulary_size)  # learnt from X
    known = any(size is not None for size in sizes)
    return known and all(np.asarray(item).dtype.kind in "iub" for item in items)
