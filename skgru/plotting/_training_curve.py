"""TrainingCurveDisplay: losses, scores and learning rate by epoch."""

from itertools import cycle

import keras
import numpy as np
from sklearn.base import is_regressor
from sklearn.utils.validation import check_is_fitted

from ._display import (
    BLACK,
    BLUE,
    GREEN,
    GREY,
    VERMILLION,
    Display,
    as_title,
    draw_legend,
    in_words,
)


class TrainingCurveDisplay(Display):
    """Losses, scores and learning rate of a training, epoch by epoch.

    Use :meth:`from_estimator` to make one.

    Parameters
    ----------
    history : dict of str to list
        ``loss`` and, where known, ``val_loss``, ``learning_rate`` and validation scores
        (``val_accuracy``) of every epoch: an estimator's ``history_``, or the
        ``history`` that Keras' ``fit`` returns.
    best_epoch : int or None, default=None
        Number, from 0, of the epoch to mark.
    loss_name : str, default="Loss"
        Label of the vertical axis.

    Attributes
    ----------
    {axes}
    loss_line_, val_loss_line_ : matplotlib Line2D, the second or None
        Training loss and validation loss.
    score_ax_ : matplotlib Axes or None
        Axes of the scores, on the right.
    score_lines_ : dict of str to matplotlib Line2D
        By their names in ``history``.
    learning_rate_ax_, learning_rate_line_ : matplotlib Axes and Line2D, or None
        Logarithmic axes on the right.
    best_epoch_line_, best_epoch_point_ : matplotlib Line2D or None
        Vertical line at the best epoch, and its first score, or its loss: the
        validation loss if known.

    See Also
    --------
    SearchDisplay : Scores of the candidates of a search.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> import numpy as np
    >>> from skgru import GRUClassifier
    >>> from skgru.plotting import TrainingCurveDisplay
    >>> X = np.random.default_rng(0).normal(size=(60, 10, 2))
    >>> classifier = GRUClassifier(16, epochs=5, early_stopping=True, random_state=0)
    >>> classifier = classifier.fit(X, X[:, -1, 0] > 0)
    >>> display = TrainingCurveDisplay.from_estimator(classifier)
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
            Fitted: a pipeline's last step, or a search's ``best_estimator_``, is drawn.
        {ax}
        {plot_kw}

        {returns_and_raises}
        sklearn.exceptions.NotFittedError, TypeError
            The estimator has not been fitted, or has no ``history_``.
        """
        check_is_fitted(estimator)
        model = getattr(estimator, "best_estimator_", estimator)
        if hasattr(model, "steps"):
            model = model[-1]
        if not hasattr(model, "history_"):
            raise TypeError(
                "TrainingCurveDisplay.from_estimator needs a GRUClassifier or "
                "GRURegressor, a Pipeline that ends in one, or a search with "
                f"refit=True over one. Got {type(estimator).__name__} instead."
            )
        parameters = {"best_epoch": model.best_epoch_, "loss_name": _loss_name(model)}
        return cls(model.history_, **parameters).plot(ax, **plot_kw)

    def plot(self, ax=None, *, learning_rate=True, best_epoch=True, log_loss=False):
        """Draw the curves.

        Parameters
        ----------
        {ax}
        learning_rate : bool, default=True
            Draw the learning rate, on a logarithmic axis on the right.
        best_epoch : bool, default=True
            Mark the best epoch.
        log_loss : bool, default=False
            Logarithmic axis of the losses.

        {returns_and_raises}
        """
        losses = self.history.get("loss", [])
        if not losses:
            raise ValueError(
                "There is nothing to draw: 'history' has no 'loss'. Got the keys "
                f"{sorted(self.history)}."
            )
        ax = self._set_up(ax)
        ax.set(xlabel="Epoch", ylabel=self.loss_name, xmargin=0)
        if log_loss:
            ax.set_yscale("log")
        ax.xaxis.get_major_locator().set_params(integer=True)
        style = {"color": BLUE, "label": "Training loss"}
        watched = self.loss_line_ = self._draw_line(ax, losses, **style)
        self.val_loss_line_ = None
        if "val_loss" in self.history:
            style = {"color": VERMILLION, "label": "Validation loss"}
            watched = self._draw_line(ax, self.history["val_loss"], **style)
            self.val_loss_line_ = watched
        self._draw_scores(ax)
        self.best_epoch_line_ = self.best_epoch_point_ = None
        if best_epoch and self.best_epoch is not None:
            watched = next(iter(self.score_lines_.values()), watched)
            best, color = self.best_epoch, watched.get_color()
            point = best, watched.get_ydata()[best], f"Best epoch ({best})"
            self.best_epoch_line_ = ax.axvline(best, color=GREY, linestyle=":")
            self.best_epoch_point_ = self._draw_best(watched.axes, *point, color)
        rates = self.history.get("learning_rate", []) if learning_rate else []
        self._draw_learning_rate(ax, np.asarray(rates, float))
        handles = [self.loss_line_, self.val_loss_line_, *self.score_lines_.values()]
        handles += [self.learning_rate_line_, self.best_epoch_point_]
        draw_legend(ax, handles)
        # The losses are drawn in front of the learning rate.
        ax.set_zorder(2)
        ax.patch.set_visible(False)
        return self

    def _draw_scores(self, ax):
        names = [name for name in self.history if name.startswith("val_")]
        names = [name for name in names if name != "val_loss"]
        self.score_ax_, self.score_lines_ = None, {}
        if names:
            self.score_ax_ = _axes_on_the_right(ax)
        for name, linestyle in zip(names, cycle(["-", "--", ":", "-."]), strict=False):
            words = in_words(name.removeprefix("val_"))
            style = {"color": GREEN, "ls": linestyle, "label": f"Validation {words}"}
            line = self._draw_line(self.score_ax_, self.history[name], **style)
            self.score_lines_[name] = line
            words = as_title(words) if len(names) == 1 else "Validation score"
            self.score_ax_.set_ylabel(words)

    def _draw_learning_rate(self, ax, rates):
        self.learning_rate_ax_ = self.learning_rate_line_ = None
        if not len(rates):
            return
        right = self.learning_rate_ax_ = _axes_on_the_right(ax)
        if self.score_ax_ is not None:
            right.spines["right"].set_position(("axes", 1.16))
        # A rate of 0, as at the end of a cosine, cannot be drawn on a logarithmic axis.
        positive = rates > 0
        style = {"color": BLACK, "ls": "--", "lw": 1, "label": "Learning rate"}
        rates = np.where(positive, rates, np.nan)
        self.learning_rate_line_ = self._draw_line(right, rates, **style)
        right.set(yscale="log", ylabel="Learning rate")
        if positive.any():
            # Two decades at least, so that a small change looks small.
            right.set_ylim(np.nanmin(rates) / 10, np.nanmax(rates) * 10)


def _axes_on_the_right(ax):
    right = ax.twinx()
    right.set_xmargin(0)
    right.grid(False)
    right.spines[["top", "left"]].set_visible(False)
    return right


def _loss_name(estimator):
    """Return the axis label of the losses."""
    name = "Cross-entropy"
    if is_regressor(estimator):
        name = as_title(in_words(keras.losses.get(estimator.loss).__name__))
        name += " (standardised targets)" if estimator.normalize_y else ""
    return name + (" + penalties" if estimator.l1 or estimator.l2 else "")
