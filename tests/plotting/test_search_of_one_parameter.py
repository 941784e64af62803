"""What a search shows of one parameter: artists, labels and limits, never pixels."""

import numpy as np
import pytest
from pictures import GRID, legend_of, points_of, results_of

from skgru import tuning
from skgru.plotting import SearchDisplay
from skgru.schedules import StepDecay

pytest.importorskip("matplotlib")


class TestSearchDisplayOfOneParameter:
    """Scores against one parameter."""

    def test_candidates_stand_at_their_score_with_the_folds_spread(self):
        display = SearchDisplay.from_cv_results(GRID, "learning_rate")
        (container,) = display.errorbar_
        _, y, lengths = points_of(container)
        np.testing.assert_allclose(y, GRID["mean_test_score"])
        np.testing.assert_allclose(lengths, GRID["std_test_score"])
        assert display.ax_.get_ylabel() == "Score (mean ± std of 2 folds)"
        assert display.ax_.get_xlabel() == "learning_rate"

    def test_equal_values_stand_side_by_side_near_their_tick(self):
        display = SearchDisplay.from_cv_results(GRID, "learning_rate")
        x, y, _ = points_of(display.errorbar_[0])
        places = np.log10(x).reshape(3, 2)
        np.testing.assert_allclose(places.mean(axis=1), [-3, -2, -1])
        assert (np.abs(places - [[-3], [-2], [-1]]) <= 0.2 + 1e-9).all()
        # The better one stands on the right.
        better_is_second = np.diff(y.reshape(3, 2))[:, 0] > 0
        np.testing.assert_array_equal(np.diff(places)[:, 0] > 0, better_is_second)
        ticks = [tick.get_text() for tick in display.ax_.get_xticklabels()]
        assert ticks == ["0.001", "0.01", "0.1"]

    def test_the_best_are_marked(self):
        display = SearchDisplay.from_cv_results(GRID, "learning_rate")
        assert display.best_point_.get_ydata() == [pytest.approx(0.9)]
        np.testing.assert_allclose(
            display.best_line_.get_xydata(), [[0.001, 0.6], [0.01, 0.9], [0.1, 0.7]]
        )
        assert legend_of(display) == [
            "Candidate",
            "Best candidate (0.900)",
            "Best at each value",
        ]

    @pytest.mark.parametrize(
        ("values", "scale"),
        [
            ([1e-4, 1e-3, 1e-2], "log"),
            ([0.001, 0.003, 0.01], "log"),
            ([16, 32, 64, 128], "log"),
            ([0.0, 1e-5, 1e-4, 1e-3], "symlog"),
            ([0.0, 0.1, 0.2, 0.3], "linear"),
            ([1, 2, 3, 4], "linear"),
            ([0.1, 0.2, 0.3, 0.4, 0.5], "linear"),
            ([-1.0, 10.0, 100.0], "linear"),
            ([0.5], "linear"),
            ([None, 1.0, 10.0], "linear"),
        ],
    )
    def test_values_spread_by_orders_of_magnitude_get_a_logarithmic_axis(
        self, values, scale
    ):
        results = results_of([({"p": value}, (0.1, 0.2)) for value in values])
        display = SearchDisplay.from_cv_results(results, "p")
        assert display.ax_.get_xscale() == scale

    @pytest.mark.parametrize(("name", "scale"), [("l2", "log"), ("dropout", "linear")])
    def test_random_draws_get_the_scale_that_they_were_drawn_on(self, name, scale):
        draws = tuning.param_distributions()[name].rvs(30, random_state=0)
        results = results_of([({name: value}, (0.1, 0.2)) for value in draws])
        display = SearchDisplay.from_cv_results(results, name)
        assert display.ax_.get_xscale() == scale
        x, _, _ = points_of(display.errorbar_[0])
        np.testing.assert_allclose(x, draws)
        assert display.best_line_ is None

    def test_other_values_stand_side_by_side(self):
        values = [None, 2, 10, True, "he_normal", (32, 32), StepDecay(drop=0.3)]
        shuffled = [values[i] for i in (5, 2, 0, 6, 1, 3, 4)]
        results = results_of([({"p": value}, (0.1, 0.2)) for value in shuffled])
        display = SearchDisplay.from_cv_results(results, "p")
        labels = [tick.get_text() for tick in display.ax_.get_xticklabels()]
        assert labels[:3] == ["None", "2", "10"]
        assert set(labels[3:]) == {
            "True",
            "he_normal",
            "(32, 32)",
            "StepDecay(drop=0.3)",
        }
        x, _, _ = points_of(display.errorbar_[0])
        assert [labels[int(place)] for place in x] == [
            f"{v:g}" if type(v) is int else str(v) for v in shuffled
        ]

    def test_failed_candidates_are_crosses_without_a_score(self):
        results = results_of(
            [({"p": 1}, (0.1, 0.2)), ({"p": 2}, (np.nan, np.nan)), ({"p": 3}, (0, 0))]
        )
        display = SearchDisplay.from_cv_results(results, "p")
        _, y, _ = points_of(display.errorbar_[0])
        np.testing.assert_allclose(y, [0.15, 0])
        np.testing.assert_allclose(display.failed_points_.get_xdata(), [2])
        assert display.failed_points_.get_transform() != display.ax_.transData
        assert "Failed" in legend_of(display)

    def test_candidates_without_the_parameter_are_left_out(self):
        results = results_of(
            [
                ({"optimizer": "adam", "l2": 0.1}, (0.9, 0.9)),
                ({"optimizer": "sgd", "optimizer__momentum": 0.9}, (0.5, 0.5)),
            ]
        )
        display = SearchDisplay.from_cv_results(results, "optimizer__momentum")
        _, y, _ = points_of(display.errorbar_[0])
        np.testing.assert_allclose(y, [0.5])
        assert legend_of(display)[1] == "Best candidate (0.500)"

    def test_a_name_may_leave_out_the_pipeline_step(self):
        results = results_of([({"gruclassifier__l2": 0.1}, (0.1, 0.2))])
        display = SearchDisplay.from_cv_results(results, "l2")
        assert display.ax_.get_xlabel() == "l2"

    def test_a_metric_is_chosen_and_named(self):
        results = {
            **results_of([({"p": 1}, (0.1, 0.2))], "roc_auc"),
            **results_of([({"p": 1}, (-3, -4))], "neg_mean_squared_error"),
        }
        display = SearchDisplay.from_cv_results(
            results, "p", metric="neg_mean_squared_error"
        )
        expected = "Negative mean squared error (mean ± std of 2 folds)"
        assert display.ax_.get_ylabel() == expected
        assert points_of(display.errorbar_[0])[1] == [-3.5]
        display = SearchDisplay.from_cv_results(results, "p", metric="roc_auc")
        assert display.ax_.get_ylabel().startswith("ROC AUC")
