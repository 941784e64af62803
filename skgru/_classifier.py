"""GRUClassifier: the head for classes and for multilabel targets."""

import warnings

import numpy as np
from sklearn.base import ClassifierMixin
from sklearn.utils import check_array, column_or_1d
from sklearn.utils.class_weight import compute_sample_weight
from sklearn.utils.multiclass import (
    check_classification_targets,
    type_of_target,
    unique_labels,
)

from ._at_once import at_once
from ._base import BaseGRU
from ._naming import naming
from ._sklearn import StrOptions, fit_context
from ._targets import Labels


class GRUClassifier(ClassifierMixin, BaseGRU):
    """A GRU network that classifies sequences.

    The head is a softmax over the classes; for two classes one sigmoid, and for a
    multilabel indicator matrix one sigmoid per label. The loss is Keras' cross-entropy.

    Parameters
    ----------
    {parameters}
    class_weight : dict, "balanced" or None, default=None
        Factors of the samples' losses by class; ``"balanced"`` is
        ``n_samples / (n_classes * count)``, as in scikit-learn.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        The labels, sorted; for multilabel targets the label numbers.
    {attributes}

    See Also
    --------
    GRURegressor : The same network for real-valued targets.

    Notes
    -----
    {notes}

    References
    ----------
    {references}

    Examples
    --------
    >>> import numpy as np
    >>> from skgru import GRUClassifier
    >>> rng = np.random.default_rng(0)
    >>> X = rng.normal(size=(60, 10, 2))
    >>> y = np.where(X[:, -1, 0] > 0, "up", "down")
    >>> classifier = GRUClassifier(16, learning_rate=0.02, epochs=30, random_state=0)
    >>> classifier.fit(X, y).score(X, y) > 0.9
    True
    >>> classifier.predict_proba(X[:3]).shape
    (3, 2)
    """

    _parameter_constraints = {
        **BaseGRU._parameter_constraints,
        "class_weight": [dict, StrOptions({"balanced"}), None],
    }

    def __init__(self, units=64, *, class_weight=None, **parameters):
        super().__init__(units, **parameters)
        self.class_weight = class_weight

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_label = True
        return tags

    @fit_context(prefer_skip_nested_validation=True)
    def partial_fit(self, X, y, classes=None, sample_weight=None, groups=None):
        """Train for one epoch, continuing where the last call ended.

        Parameters
        ----------
        X : array-like
            Sequences, as in ``fit``.
        y : array-like of shape (n_samples,) or (n_samples, n_labels)
            Labels.
        classes : array-like of shape (n_classes,), default=None
            All labels that will ever come. Later calls must have the same, or None;
            None in the first call means those in its y.
        sample_weight : array-like of shape (n_samples,), default=None
            Factors of the samples' losses.
        groups : array-like of shape (n_samples,), default=None
            As in ``fit``.

        Returns
        -------
        self : object
            The fitted estimator.

        Raises
        ------
        ValueError
            Parameters, X or y are not valid, X or y has another form than at the first
            call, y holds a label that the first call did not name, or training
            diverged. What was learnt before is kept.
        """
        if self.initialized_ and classes is not None:
            targets = self._fitted.targets
            targets.check_classes(unique_labels(classes), type(self).__name__)
        return self._partial_fit(X, y, sample_weight, groups, classes)

    def _check_y(self, y):
        # scikit-learn casts y to integers to test whether all values are integers.
        with naming("y", y), np.errstate(invalid="ignore"):
            y = check_array(
                y, ensure_2d=False, allow_nd=True, dtype=None, input_name="y"
            )
            check_classification_targets(y)
            if type_of_target(y, input_name="y") == "multilabel-indicator":
                return y
            return column_or_1d(y, warn=True)

    def _new_targets(self, y, weight, classes):
        multilabel = y.ndim == 2
        if multilabel:
            _warn_of_one_hot(y, type(self).__name__)
            self.classes_ = np.arange(y.shape[1])
            return Labels(self.classes_, multilabel, y.shape[1])
        present = np.unique(y)
        self.classes_ = present if classes is None else unique_labels(classes)
        if len(self.classes_) < 2:
            raise ValueError(
                f"{type(self).__name__} needs samples of at least 2 classes in the "
                f"data, but {'y' if classes is None else 'classes'} contains only one "
                f"class: {self.classes_.tolist()}."
            )
        n_outputs = 1 if len(self.classes_) == 2 else len(self.classes_)
        return Labels(self.classes_, multilabel, n_outputs)

    def _classes_to_stratify(self, y, targets):
        return None if targets.multilabel else y

    def _class_weights(self, y, targets):
        if self.class_weight is None:
            return super()._class_weights(y, targets)
        if targets.multilabel:
            raise ValueError(
                f"The 'class_weight' parameter of {type(self).__name__} must be None "
                "for multilabel targets. Use sample_weight."
            )
        with naming("class_weight"):
            weights = compute_sample_weight(self.class_weight, y)
        if not (np.isfinite(weights).all() and weights.min() >= 0):
            raise ValueError(
                f"The 'class_weight' parameter of {type(self).__name__} must hold "
                "finite numbers that are not negative. Got "
                f"{self.class_weight} instead."
            )
        return weights

    @at_once
    def predict_proba(self, X):
        """Return the probability of each class.

        Parameters
        ----------
        X : array-like
            Sequences, as in ``fit``, of any number of steps (2-D X: of the same).

        Returns
        -------
        probabilities : ndarray of shape (n_samples, n_classes), dtype float32
            In the order of ``classes_``; for multilabel targets the probability of each
            label on its own.

        Raises
        ------
        sklearn.exceptions.NotFittedError
            ``fit`` has not been called.
        ValueError
            X has another form than in ``fit``.
        """
        outputs = self._outputs(X)
        return self._fitted.targets.probabilities(outputs)

    @at_once
    def predict(self, X):
        """Return the most probable class.

        Parameters
        ----------
        X : array-like
            Sequences, as in ``predict_proba``.

        Returns
        -------
        labels : ndarray of shape (n_samples,) or (n_samples, n_labels)
            For multilabel targets, 1 in the column of each label whose probability is
            above 0.5, and 0 in the others.

        Raises
        ------
        sklearn.exceptions.NotFittedError
            ``fit`` has not been called.
        ValueError
            X has another form than in ``fit``.
        """
        probabilities = self.predict_proba(X)
        if self._fitted.targets.multilabel:
            return (probabilities > 0.5).astype(int)
        return self.classes_[probabilities.argmax(axis=1)]


def _warn_of_one_hot(y, owner):
    if y.shape[1] >= 2 and (y.sum(axis=1) == 1).all():
        warnings.warn(
            f"y has exactly one 1 in every row, and {owner} reads its {y.shape[1]} "
            "columns as labels that do not exclude each other. If they are one-hot "
            "encoded classes, pass y.argmax(axis=1) instead.",
            UserWarning,
            stacklevel=2,
        )
