"""GRURegressor: the head for real-valued targets."""

import numpy as np
from sklearn.base import RegressorMixin
from sklearn.preprocessing import StandardScaler
from sklearn.utils import check_array

from ._at_once import at_once
from ._base import BaseGRU
from ._naming import naming
from ._scale_check import warn_of_outlying_targets
from ._sklearn import StrOptions
from ._targets import RealTargets


class GRURegressor(RegressorMixin, BaseGRU):
    """A GRU network that maps sequences to real values.

    The head is linear, with one unit per target.

    Parameters
    ----------
    {parameters}
    loss : {"mse", "mae", "huber"}, default="mse"
        Keras' mean squared error, mean absolute error, or Huber loss with ``delta=1``,
        averaged over the targets.
    normalize_y : bool, default=True
        Standardise the targets for training; predictions come back in y's units.

    Attributes
    ----------
    {attributes}

    See Also
    --------
    GRUClassifier : The same network for classes.

    Notes
    -----
    {notes}

    References
    ----------
    {references}

    Examples
    --------
    >>> import numpy as np
    >>> from skgru import GRURegressor
    >>> rng = np.random.default_rng(0)
    >>> X = rng.normal(size=(100, 10, 1))
    >>> y = 1000 + 50 * X[:, -3:, 0].sum(axis=1)
    >>> regressor = GRURegressor(16, learning_rate=0.02, epochs=40, random_state=0)
    >>> regressor.fit(X, y).score(X, y) > 0.9
    True
    """

    _parameter_constraints = {
        **BaseGRU._parameter_constraints,
        "loss": [StrOptions({"mse", "mae", "huber"})],
        "normalize_y": ["boolean"],
    }

    def __init__(self, units=64, *, loss="mse", normalize_y=True, **parameters):
        super().__init__(units, **parameters)
        self.loss = loss
        self.normalize_y = normalize_y

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = True
        return tags

    def _check_y(self, y):
        with naming("y", y):
            y = check_array(y, ensure_2d=False, dtype=np.float64, input_name="y")
        if y.ndim > 2:
            raise ValueError(
                "y must have shape (n_samples,) or (n_samples, n_outputs); got "
                f"{y.shape}."
            )
        return y

    def _new_targets(self, y, weight, classes):
        columns = y.reshape(len(y), -1)
        if self.normalize_y:
            warn_of_outlying_targets(columns, type(self).__name__)
        scaler = StandardScaler(with_mean=self.normalize_y, with_std=self.normalize_y)
        # Always arrays: set_config(transform_output=...) is for transformers of the
        # user's own.
        scaler.set_output(transform="default")
        scaler.fit(columns, sample_weight=weight)
        return RealTargets(scaler, y.ndim, columns.shape[1], self.loss)

    @at_once
    def predict(self, X):
        """Return the predicted targets.

        Parameters
        ----------
        X : array-like
            Sequences, as in ``fit``, of any number of steps (2-D X: of the same).

        Returns
        -------
        y : ndarray of shape (n_samples,) or (n_samples, n_outputs), dtype float64
            In the units of the training targets.

        Raises
        ------
        sklearn.exceptions.NotFittedError
            ``fit`` has not been called.
        ValueError
            X has another form than in ``fit``.
        """
        outputs = self._outputs(X)
        return self._fitted.targets.decode(outputs)
