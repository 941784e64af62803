"""What importances show: artists, labels and limits, never pixels."""

import numpy as np
import pytest
from pictures import classifier
from sklearn.inspection import permutation_importance as importance_of_columns
from sklearn.linear_model import LinearRegression

from skgru.inspection import permutation_importance
from skgru.plotting import ImportanceDisplay

pytest.importorskip("matplotlib")

RESULT = {"importances": np.array([[0.0, 0.2], [0.5, 0.7], [-0.1, 0.1]])}


def labels_of(display):
    return [tick.get_text() for tick in display.ax_.get_yticklabels()]


class TestImportanceDisplay:
    """Importances of channels and steps."""

    def test_bars_are_means_and_points_are_repeats(self):
        display = ImportanceDisplay.from_result(RESULT)
        assert [bar.get_width() for bar in display.bars_] == pytest.approx(
            [0.1, 0.6, 0]
        )
        places = [bar.get_y() + bar.get_height() / 2 for bar in display.bars_]
        np.testing.assert_allclose(
            display.points_.get_xydata(),
            np.c_[RESULT["importances"].ravel(), np.repeat(places, 2)],
        )
        assert display.ax_.get_xlabel() == "Decrease in score"

    def test_the_most_important_is_on_top(self):
        display = ImportanceDisplay.from_result(RESULT, names=["a", "b", "c"])
        assert labels_of(display) == ["b", "a", "c"]
        low, high = display.ax_.get_ylim()
        assert low > high  # the axis points down
        assert display.bars_[1].get_y() < display.bars_[0].get_y()

    def test_an_estimator_is_inspected(self, vowels):
        X, y = vowels
        model = classifier().fit(X, y)
        display = ImportanceDisplay.from_estimator(
            model, X, y, random_state=0, n_repeats=2
        )
        result = permutation_importance(model, X, y, random_state=0, n_repeats=2)
        np.testing.assert_allclose(
            [bar.get_width() for bar in display.bars_], result.importances_mean
        )
        assert display.ax_.get_xlabel() == "Decrease in accuracy"
        assert display.ax_.get_ylabel() == "Channel"

    def test_steps_stay_in_order_of_time(self):
        X = np.random.default_rng(0).normal(size=(30, 60))
        y = X[:, 20]
        display = ImportanceDisplay.from_estimator(
            LinearRegression().fit(X, y), X, y, over="steps", random_state=0
        )
        assert display.ax_.get_ylabel() == "Step"
        assert display.ax_.get_xlabel() == "Decrease in R²"
        places = [bar.get_y() for bar in display.bars_]
        assert places == sorted(places)
        # 60 labels would lie upon each other.
        assert labels_of(display)[:3] == ["0", "2", "4"]

    def test_a_result_of_scikit_learn(self):
        X = np.random.default_rng(0).normal(size=(30, 3))
        model = LinearRegression().fit(X, X[:, 1])
        result = importance_of_columns(model, X, X[:, 1], random_state=0)
        display = ImportanceDisplay.from_result(result)
        assert labels_of(display)[0] == "1"
        assert display.ax_.get_ylabel() == "Feature"

    def test_bad_input(self):
        with pytest.raises(ValueError, match=r"must hold 3 names.*Got \['a'\] instead"):
            ImportanceDisplay.from_result(RESULT, names=["a"])
        with pytest.raises(ValueError, match=r"of one metric.*\['f1', 'r2'\]"):
            ImportanceDisplay.from_result({"r2": RESULT, "f1": RESULT})
        with pytest.raises(ValueError, match=r"a single score. Got \['r2', 'f1'\]"):
            ImportanceDisplay.from_estimator(None, None, None, scoring=["r2", "f1"])
