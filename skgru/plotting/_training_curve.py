"""TrainingCurveDisplay: losses and learning rate by epoch."""

import numpy as np
from sklearn.base import is_regressor
from sklearn.utils.validation import check_is_fitted

from ._axes import BLACK, BLUE, GREY, LINE_WIDTH, VERMILLION, light_grid, new_axes

_LOSSES = {
    "mse": "Mean squared error",
    "mae": "Mean absolute error",
    "huber": "Huber loss",
}


class TrainingCurveDisplay:
    """Losses and learning rate of a training, epoch by epoch.

    Use :meth:`from_estimator` to make one.

    Parameters
    ----------
    history : dict of str to list
        ``loss`` and, where known, ``val_loss`` and ``learning_rate`` of every epoch: an
        estimator's ``history_``, or the ``history`` that Keras' ``fit`` returns.
    best_epoch : int or None, default=None
        Number, from 0, of the epoch to mark.
    loss_name : str, default="Loss"
        Label of the vertical axis.

    Attributes
    ----------
    ax_ : matplotlib Axes
        Axes of the losses.
    figure_ : matplotlib Figure
    loss_line_, val_loss_line_ : matplotlib Line2D
        ``val_loss_line_`` is None if there is no validation loss.
    learning_rate_ax_ : matplotlib Axes or None
        Logarithmic axes on the right, None if no learning rate is drawn.
    learning_rate_line_ : matplotlib Line2D or None
    best_epoch_line_ : matplotlib Line2D or None
        Vertical line at the best epoch.
    best_epoch_point_ : matplotlib Line2D or None
        The loss of the best epoch: the validation loss where there is one.

    See Also
    --------
    SearchDisplay : Scores of the candidates of a search.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> import numpy as np
    >>> from skgru import GRUClassifier
    >>> from skgru.plotting import TrainingCurveDisplay
    >>> rng = np.random.default_rng(0)
    >>> X = rng.normal(size=(60, 10, 2))
    >>> y = X[:, -1, 0] > 0
    >>> classifier = GRUClassifier(16, epochs=5, early_stopping=True, random_state=0)
    >>> display = TrainingCurveDisplay.from_estimator(classifier.fit(X, y))
    >>> display.ax_.get_ylabel()
    'Cross-entropy'
    >>> plt.close(display.figure_)
    """

    def __init__(self, history, *, best_epoch=None, loss_name="Loss"):
        self.history = history
        self.best_epoch = best_epoch
        self.loss_name = loss_name

    @classmethod
    def from_estimator(cls, estimator, *, ax=None, **plot_kw):
        """Draw the training of a fitted estimator.

        Parameters
        ----------
        estimator : GRUClassifier, GRURegressor, Pipeline or search
            Fitted. Of a pipeline its last step is meant, of a search its
            ``best_estimator_``.
        ax : matplotlib Axes, default=None
            Axes to draw on. None makes a new figure.
        **plot_kw : dict
            Further parameters of :meth:`plot`.

        Returns
        -------
        display : TrainingCurveDisplay

        Raises
        ------
        sklearn.exceptions.NotFittedError
            The estimator has not been fitted.
        TypeError
            The estimator has no ``history_``.
        """
        check_is_fitted(estimator)
        given = type(estimator).__name__
        estimator = getattr(estimator, "best_estimator_", estimator)
        if hasattr(estimator, "steps"):
            estimator = estimator[-1]
        if not hasattr(estimator, "history_"):
            raise TypeError(
                "TrainingCurveDisplay.from_estimator needs a GRUClassifier or "
                "GRURegressor, a Pipeline that ends in one, or a search with "
                f"refit=True over one. Got {given} instead."
            )
        display = cls(
            estimator.history_,
            best_epoch=estimator.best_epoch_,
            loss_name=_loss_name(estimator),
        )
        return display.plot(ax, **plot_kw)

    def plot(self, ax=None, *, learning_rate=True, best_epoch=True, log_loss=False):
        """Draw the curves.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            Axes to draw on. None makes a new figure.
        learning_rate : bool, default=True
            Draw the learning rate, on a logarithmic axis on the right.
        best_epoch : bool, default=True
            Mark the best epoch.
        log_loss : bool, default=False
            Logarithmic axis of the losses.

        Returns
        -------
        display : TrainingCurveDisplay

        Raises
        ------
        ValueError
            There is no loss to draw: no epoch was trained.
        ImportError
            matplotlib is not installed.
        """
        losses = self.history.get("loss", [])
        if not losses:
            raise ValueError(
                "There is nothing to draw: 'history' has no 'loss'. Got the keys "
                f"{sorted(self.history)}."
            )
        ax = new_axes(self, ax, (6.4, 4.0))
        epochs = np.arange(len(losses))
        style = {"linewidth": LINE_WIDTH, "marker": "o" if len(losses) == 1 else None}
        (self.loss_line_,) = ax.plot(
            epochs, losses, color=BLUE, label="Training loss", **style
        )
        self.val_loss_line_ = None
        if "val_loss" in self.history:
            (self.val_loss_line_,) = ax.plot(
                epochs,
                self.history["val_loss"],
                color=VERMILLION,
                label="Validation loss",
                **style,
            )
        if log_loss:
            ax.set_yscale("log")
        self._mark_best_epoch(ax, best_epoch)
        ax.set(xlabel="Epoch", ylabel=self.loss_name)
        ax.xaxis.get_major_locator().set_params(integer=True)
        if len(losses) > 1:
            ax.set_xlim(0, len(losses) - 1)
        light_grid(ax)
        self._draw_learning_rate(ax, epochs, learning_rate)
        handles = [self.loss_line_, self.val_loss_line_, self.learning_rate_line_]
        handles.append(self.best_epoch_point_)
        # The upper right is where falling curves leave room.
        ax.legend(
            handles=[handle for handle in handles if handle is not None],
            loc="upper right",
            framealpha=0.9,
        )
        # The losses, and the legend, stand before the learning rate.
        ax.set_zorder(2)
        ax.patch.set_visible(False)
        self.ax_, self.figure_ = ax, ax.figure
        return self

    def _mark_best_epoch(self, ax, wanted):
        self.best_epoch_line_ = self.best_epoch_point_ = None
        if not wanted or self.best_epoch is None:
            return
        line = self.loss_line_ if self.val_loss_line_ is None else self.val_loss_line_
        best = self.best_epoch
        self.best_epoch_line_ = ax.axvline(
            best, color=GREY, linewidth=1, linestyle=(0, (2, 2)), zorder=1
        )
        (self.best_epoch_point_,) = ax.plot(
            [best],
            [line.get_ydata()[best]],
            linestyle="",
            marker="*",
            markersize=12,
            color=line.get_color(),
            markeredgecolor="white",
            label=f"Best epoch ({best})",
            zorder=4,
            clip_on=False,
        )

    def _draw_learning_rate(self, ax, epochs, wanted):
        self.learning_rate_ax_ = self.learning_rate_line_ = None
        rates = np.asarray(self.history.get("learning_rate", []), float)
        if not wanted or not len(rates):
            return
        right = ax.twinx()
        (self.learning_rate_line_,) = right.plot(
            epochs,
            # A rate of 0, at the end of a cosine, has no place on a logarithmic axis.
            np.where(rates > 0, rates, np.nan),
            color=BLACK,
            linestyle=(0, (4, 2)),
            linewidth=1.1,
            marker="_" if len(rates) == 1 else None,
            label="Learning rate",
        )
        right.set_yscale("log")
        positive = rates[rates > 0]
        if len(positive):
            # At least two decades, so that a constant rate does not look like a detail.
            low, high = np.log10(positive.min()), np.log10(positive.max())
            margin = max(0.1 * (high - low), 1 - (high - low) / 2)
            right.set_ylim(10 ** (low - margin), 10 ** (high + margin))
        right.set_ylabel("Learning rate")
        right.spines[["top", "left"]].set_visible(False)
        right.grid(False)
        self.learning_rate_ax_ = right


def _loss_name(estimator):
    """Return what the history's losses are, in words."""
    name = "Cross-entropy"
    if is_regressor(estimator):
        name = _LOSSES[estimator.loss]
        if estimator.normalize_y:
            name += " (standardised targets)"
    if estimator.l1 or estimator.l2:
        name += " + penalties"
    return name
