"""What a training curve shows: artists, labels and limits, never pixels."""

import numpy as np
import pytest
from pictures import classifier, legend_of
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import Ridge
from sklearn.model_selection import (
    GridSearchCV,
)
from sklearn.pipeline import make_pipeline

from skgru import GRUClassifier, GRURegressor
from skgru.plotting import TrainingCurveDisplay
from skgru.preprocessing import SequenceScaler
from skgru.schedules import CosineDecay, StepDecay

plt = pytest.importorskip("matplotlib.pyplot")


@pytest.fixture(scope="module")
def fitted(vowels):
    model = classifier(
        epochs=8,
        learning_rate=0.01,
        early_stopping=True,
        schedule=StepDecay(drop=0.1, every=3),
    )
    return model.fit(*vowels)


class TestTrainingCurveDisplay:
    """Losses, learning rate and best epoch."""

    def test_the_lines_are_the_history(self, fitted):
        display = TrainingCurveDisplay.from_estimator(fitted)
        for line, key in [
            (display.loss_line_, "loss"),
            (display.val_loss_line_, "val_loss"),
            (display.learning_rate_line_, "learning_rate"),
        ]:
            np.testing.assert_array_equal(line.get_xdata(), np.arange(fitted.n_iter_))
            np.testing.assert_array_equal(line.get_ydata(), fitted.history_[key])

    def test_the_axes_are_labelled(self, fitted):
        display = TrainingCurveDisplay.from_estimator(fitted)
        assert display.ax_.get_xlabel() == "Epoch"
        assert display.ax_.get_ylabel() == "Cross-entropy"
        assert display.ax_.get_xlim() == (0, fitted.n_iter_ - 1)
        assert display.learning_rate_ax_.get_ylabel() == "Learning rate"
        assert display.learning_rate_ax_.get_yscale() == "log"
        assert display.figure_ is display.ax_.figure
        assert legend_of(display) == [
            "Training loss",
            "Validation loss",
            "Learning rate",
            f"Best epoch ({fitted.best_epoch_})",
        ]

    def test_the_best_epoch_is_marked_on_the_validation_loss(self, fitted):
        display = TrainingCurveDisplay.from_estimator(fitted)
        best = fitted.best_epoch_
        assert list(display.best_epoch_line_.get_xdata()) == [best, best]
        lowest = min(fitted.history_["val_loss"])
        assert display.best_epoch_point_.get_xydata().tolist() == [[best, lowest]]

    def test_scores_have_an_axis_of_their_own(self, vowels):
        """The best epoch is marked on the first of them, which was watched."""
        scored = classifier(
            early_stopping=True, scoring=["accuracy", "f1_macro"], learning_rate=0.01
        ).fit(*vowels)
        display = TrainingCurveDisplay.from_estimator(scored)
        assert list(display.score_lines_) == ["val_accuracy", "val_f1_macro"]
        for name, line in display.score_lines_.items():
            np.testing.assert_array_equal(line.get_ydata(), scored.history_[name])
            assert line.axes is display.score_ax_
        assert display.score_ax_.get_ylabel() == "Validation score"
        best = [scored.best_epoch_, max(scored.history_["val_accuracy"])]
        assert display.best_epoch_point_.get_xydata().tolist() == [best]
        assert legend_of(display) == [
            "Training loss",
            "Validation loss",
            "Validation accuracy",
            "Validation F1 macro",
            "Learning rate",
            f"Best epoch ({scored.best_epoch_})",
        ]
        one = {"loss": [1.0, 0.5], "val_loss": [1.0, 0.5], "val_roc_auc": [0.5, 0.9]}
        display = TrainingCurveDisplay(one).plot()
        assert display.score_ax_.get_ylabel() == "ROC AUC"

    def test_without_scores_there_is_no_axis_for_them(self, fitted):
        display = TrainingCurveDisplay.from_estimator(fitted)
        assert display.score_ax_ is None and display.score_lines_ == {}

    def test_every_part_can_be_left_out(self, fitted):
        display = TrainingCurveDisplay.from_estimator(
            fitted, learning_rate=False, best_epoch=False
        )
        assert display.learning_rate_ax_ is None
        assert display.learning_rate_line_ is None
        assert display.best_epoch_line_ is display.best_epoch_point_ is None
        assert legend_of(display) == ["Training loss", "Validation loss"]
        assert len(display.figure_.axes) == 1

    def test_given_axes_are_drawn_on(self, fitted):
        figure, (left, right) = plt.subplots(1, 2)
        display = TrainingCurveDisplay.from_estimator(fitted, ax=right)
        assert display.ax_ is right
        assert display.figure_ is figure
        assert not left.lines

    def test_a_pipeline_and_a_search_show_their_estimator(self, vowels):
        pipeline = make_pipeline(SequenceScaler(), classifier())
        search = GridSearchCV(pipeline, {"gruclassifier__l2": [1e-3]}, cv=2)
        search.fit(*vowels)
        display = TrainingCurveDisplay.from_estimator(search)
        model = search.best_estimator_[-1]
        assert list(display.loss_line_.get_ydata()) == model.history_["loss"]
        assert display.val_loss_line_ is None
        assert display.ax_.get_ylabel() == "Cross-entropy + penalties"

    @pytest.mark.parametrize(
        ("parameters", "label"),
        [
            ({}, "Mean squared error (standardised targets)"),
            ({"loss": "mae", "normalize_y": False}, "Mean absolute error"),
        ],
    )
    def test_the_loss_of_a_regressor_is_named(self, parameters, label):
        X = np.random.default_rng(0).normal(size=(20, 5, 1))
        model = GRURegressor(4, epochs=1, random_state=0, **parameters)
        display = TrainingCurveDisplay.from_estimator(model.fit(X, X[:, -1, 0]))
        assert display.ax_.get_ylabel() == label

    def test_a_constant_learning_rate_stands_amid_two_decades(self):
        history = {"loss": [2.0, 1.0], "learning_rate": [0.01, 0.01]}
        display = TrainingCurveDisplay(history).plot()
        low, high = display.learning_rate_ax_.get_ylim()
        assert (low, high) == pytest.approx((0.001, 0.1))

    def test_a_learning_rate_of_zero_leaves_a_gap(self):
        rates = [CosineDecay(epochs=2)(epoch, 0.1) for epoch in range(3)]
        assert rates[-1] == 0
        display = TrainingCurveDisplay(
            {"loss": [3.0, 2.0, 1.0], "learning_rate": rates}
        ).plot()
        drawn = display.learning_rate_line_.get_ydata()
        np.testing.assert_array_equal(drawn, [0.1, rates[1], np.nan])

    def test_a_history_of_keras_can_be_drawn(self):
        display = TrainingCurveDisplay({"loss": [3.0, 2.0], "accuracy": [0.1, 0.2]})
        display.plot(log_loss=True)
        assert display.ax_.get_yscale() == "log"
        assert display.ax_.get_ylabel() == "Loss"
        assert display.learning_rate_ax_ is display.best_epoch_line_ is None

    def test_one_epoch_is_visible(self):
        display = TrainingCurveDisplay({"loss": [3.0], "learning_rate": [0.1]}).plot()
        assert display.loss_line_.get_marker() == "o"

    def test_bad_input(self):
        with pytest.raises(NotFittedError, match="not fitted"):
            TrainingCurveDisplay.from_estimator(GRUClassifier())
        other = Ridge().fit([[1.0], [2.0]], [1, 2])
        with pytest.raises(TypeError, match=r"a GRUClassifier.*Got Ridge instead"):
            TrainingCurveDisplay.from_estimator(other)
        with pytest.raises(ValueError, match=r"no 'loss'. Got the keys \['val_loss'\]"):
            TrainingCurveDisplay({"val_loss": [1.0]}).plot()
