"""What the displays draw: artists, labels and limits, never pixels."""

import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from sklearn.exceptions import FitFailedWarning, NotFittedError
from sklearn.experimental import enable_halving_search_cv  # noqa: F401
from sklearn.linear_model import Ridge
from sklearn.model_selection import (
    GridSearchCV,
    HalvingGridSearchCV,
    RandomizedSearchCV,
)
from sklearn.pipeline import make_pipeline

from skgru import GRUClassifier, GRURegressor, tuning
from skgru.datasets import load_co2, load_japanese_vowels
from skgru.plotting import ForecastDisplay, SearchDisplay, TrainingCurveDisplay
from skgru.preprocessing import SequenceScaler, make_windows
from skgru.schedules import CosineDecay, StepDecay

matplotlib = pytest.importorskip("matplotlib")
matplotlib.use("Agg")
plt = pytest.importorskip("matplotlib.pyplot")


@pytest.fixture(autouse=True)
def drawable_and_closed():
    """Draw every figure, which warns of what does not fit, and leave none open."""
    yield
    for number in plt.get_fignums():
        plt.figure(number).canvas.draw()
    plt.close("all")


@pytest.fixture(scope="module")
def vowels():
    X, y = load_japanese_vowels(padded=True, return_X_y=True)
    return X[y < 3], y[y < 3]


def classifier(**parameters):
    return GRUClassifier(16, **{"epochs": 4, "random_state": 0, **parameters})


@pytest.fixture(scope="module")
def fitted(vowels):
    model = classifier(
        epochs=8,
        learning_rate=0.01,
        early_stopping=True,
        schedule=StepDecay(drop=0.1, every=3),
    )
    return model.fit(*vowels)


@pytest.fixture(scope="module")
def series():
    return load_co2(interpolate=True, as_frame=True).data


def luminance(color):
    """Return the relative luminance of the Web Content Accessibility Guidelines."""
    rgb = np.asarray(color[:3])
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def legend_of(display):
    return [text.get_text() for text in display.ax_.get_legend().get_texts()]


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


def results_of(candidates, metric="score"):
    """Return a cv_results_ of pairs of parameters and the scores of two folds."""
    scores = np.array([folds for _, folds in candidates], float)
    return {
        "params": [params for params, _ in candidates],
        f"split0_test_{metric}": scores[:, 0],
        f"split1_test_{metric}": scores[:, 1],
        f"mean_test_{metric}": scores.mean(axis=1),
        f"std_test_{metric}": scores.std(axis=1),
    }


def points_of(container):
    """Return the points of an errorbar, and the half lengths of its bars."""
    points, _, (bars,) = container
    lengths = [np.ptp(segment[:, 1]) / 2 for segment in bars.get_segments()]
    return points.get_xdata(), points.get_ydata(), lengths


GRID = results_of(
    [
        ({"learning_rate": 0.001, "l2": 0.0}, (0.4, 0.6)),
        ({"learning_rate": 0.001, "l2": 0.1}, (0.5, 0.7)),
        ({"learning_rate": 0.01, "l2": 0.0}, (0.7, 0.7)),
        ({"learning_rate": 0.01, "l2": 0.1}, (0.8, 1.0)),
        ({"learning_rate": 0.1, "l2": 0.0}, (0.6, 0.8)),
        ({"learning_rate": 0.1, "l2": 0.1}, (0.3, 0.1)),
    ]
)


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


class TestSearchDisplayOfTwoParameters:
    """Heat map and coloured points."""

    def test_a_cell_shows_its_candidate(self):
        display = SearchDisplay.from_cv_results(GRID, ("learning_rate", "l2"))
        expected = [[0.5, 0.7, 0.7], [0.6, 0.9, 0.2]]
        np.testing.assert_allclose(display.image_.get_array(), expected)
        texts = [[text.get_text() for text in row] for row in display.text_]
        assert texts == [["0.500", "0.700", "0.700"], ["0.600", "0.900", "0.200"]]
        x_labels = [tick.get_text() for tick in display.ax_.get_xticklabels()]
        y_labels = [tick.get_text() for tick in display.ax_.get_yticklabels()]
        assert (x_labels, y_labels) == (["0.001", "0.01", "0.1"], ["0", "0.1"])
        assert display.ax_.get_xlabel() == "learning_rate"
        assert display.ax_.get_ylabel() == "l2"
        assert display.colorbar_.ax.get_ylabel() == "Mean score"

    def test_the_best_cell_is_framed(self):
        display = SearchDisplay.from_cv_results(GRID, ("learning_rate", "l2"))
        frame = display.best_point_.get_xydata()
        np.testing.assert_allclose(frame[:4].mean(axis=0), [1, 1])

    @pytest.mark.parametrize(
        ("aggregate", "expected"),
        [("best", [[0.8, 0.4], [0.6, 0.5]]), ("mean", [[0.5, 0.25], [0.6, 0.5]])],
    )
    def test_a_cell_shows_the_best_or_mean_over_the_others(self, aggregate, expected):
        results = results_of(
            [
                ({"a": 1, "b": 1, "c": 1}, (0.8, 0.8)),
                ({"a": 1, "b": 1, "c": 2}, (0.2, 0.2)),
                ({"a": 2, "b": 1, "c": 1}, (0.1, 0.1)),
                ({"a": 2, "b": 1, "c": 2}, (0.4, 0.4)),
                ({"a": 1, "b": 2, "c": 1}, (0.6, 0.6)),
                ({"a": 1, "b": 2, "c": 2}, (np.nan, np.nan)),
                ({"a": 2, "b": 2, "c": 1}, (0.5, 0.5)),
            ]
        )
        display = SearchDisplay.from_cv_results(
            results, ("a", "b"), aggregate=aggregate
        )
        np.testing.assert_allclose(display.image_.get_array(), expected)
        expected = f"Mean score, {aggregate} over the other parameters"
        assert display.colorbar_.ax.get_ylabel() == expected

    def test_failed_and_missing_cells_have_no_colour(self):
        results = results_of(
            [
                ({"a": 1, "b": 1}, (0.8, 0.8)),
                ({"a": 2, "b": 1}, (np.nan, np.nan)),
                ({"a": 1, "b": 2}, (0.1, 0.1)),
            ]
        )
        display = SearchDisplay.from_cv_results(results, ("a", "b"))
        masked = display.image_.get_array().mask
        np.testing.assert_array_equal(masked, [[False, True], [False, True]])
        assert display.text_[0, 1].get_text() == "failed"
        assert display.text_[1, 1].get_text() == ""

    def test_a_halving_search_shows_the_last_round_of_each(self):
        results = results_of(
            [
                ({"a": 1, "b": 1}, (0.8, 0.8)),
                ({"a": 2, "b": 1}, (0.1, 0.1)),
                ({"b": 1, "a": 1}, (0.5, 0.5)),
            ]
        )
        results |= {"iter": [0, 0, 1], "n_resources": [2, 2, 4]}
        display = SearchDisplay.from_cv_results(results, ("a", "b"))
        np.testing.assert_allclose(display.image_.get_array(), [[0.5, 0.1]])

    def test_numbers_can_be_read_on_their_cells(self):
        scores = np.linspace(0, 1, 50)
        results = results_of([({"a": s, "b": 1}, (s, s)) for s in scores])
        display = SearchDisplay.from_cv_results(results, ("a", "b"))
        texts = display.text_.ravel()
        for text, score in zip(texts, display.image_.get_array().ravel(), strict=True):
            cell = luminance(display.image_.cmap(display.image_.norm(score)))
            writing = luminance(matplotlib.colors.to_rgb(text.get_color()))
            low, high = sorted([cell, writing])
            assert (high + 0.05) / (low + 0.05) > 3.9  # at least 3 for large text

    def test_candidates_that_form_no_grid_are_points(self):
        rng = np.random.default_rng(0)
        draws = [({"a": a, "b": b}, (a, b)) for a, b in rng.random((9, 2))]
        draws.append(({"a": 0.5, "b": 0.5}, (np.nan, np.nan)))
        results = results_of(draws)
        display = SearchDisplay.from_cv_results(results, ("a", "b"))
        assert display.image_ is None
        points = dict(
            zip(
                map(tuple, display.scatter_.get_offsets().tolist()),
                display.scatter_.get_array(),
                strict=True,
            )
        )
        assert points == pytest.approx(
            {(p["a"], p["b"]): np.mean(folds) for p, folds in draws[:-1]}
        )
        best = max(draws[:-1], key=lambda draw: np.mean(draw[1]))[0]
        assert display.best_point_.get_xydata().tolist() == [[best["a"], best["b"]]]
        assert display.failed_points_.get_xydata().tolist() == [[0.5, 0.5]]


class TestSearchDisplayOfSearches:
    """The searches of every engine."""

    def test_grid_search_of_a_pipeline(self, vowels):
        search = GridSearchCV(
            make_pipeline(SequenceScaler(), classifier()),
            {"gruclassifier__learning_rate": [1e-3, 1e-2]},
            cv=3,
        ).fit(*vowels)
        display = SearchDisplay.from_estimator(search, "learning_rate")
        assert display.ax_.get_ylabel() == "Accuracy (mean ± std of 3 folds)"
        np.testing.assert_allclose(
            points_of(display.errorbar_[0])[1], search.cv_results_["mean_test_score"]
        )
        assert display.best_point_.get_ydata() == [search.best_score_]

    def test_random_search_keeps_the_scale_of_its_distribution(self, vowels):
        search = RandomizedSearchCV(
            classifier(), tuning.param_distributions(), n_iter=2, cv=2, random_state=0
        ).fit(*vowels)
        for name, scale in [("learning_rate", "log"), ("dropout", "linear")]:
            display = SearchDisplay.from_estimator(search, name)
            assert display.ax_.get_xscale() == scale

    def test_several_metrics_show_that_of_refit(self, vowels):
        search = GridSearchCV(
            classifier(),
            {"l2": [0.0]},
            cv=2,
            scoring=["balanced_accuracy", "neg_log_loss"],
            refit="neg_log_loss",
        ).fit(*vowels)
        display = SearchDisplay.from_estimator(search, "l2")
        assert display.ax_.get_ylabel().startswith("Negative log loss")
        display = SearchDisplay.from_estimator(search, "l2", metric="balanced_accuracy")
        assert display.ax_.get_ylabel().startswith("Balanced accuracy")

    def test_failed_fits_of_a_search(self, vowels):
        search = GridSearchCV(classifier(), {"clipnorm": [1.0, -1.0]}, cv=2)
        with pytest.warns((FitFailedWarning, UserWarning)):
            search.fit(*vowels)
        display = SearchDisplay.from_estimator(search, "clipnorm")
        np.testing.assert_allclose(display.failed_points_.get_xdata(), [-1])

    def test_halving_is_coloured_by_round(self, vowels):
        search = HalvingGridSearchCV(
            classifier(),
            {"learning_rate": [1e-4, 1e-3, 1e-2, 1e-1]},
            resource="epochs",
            min_resources=1,
            max_resources=4,
            factor=2,
            cv=2,
        ).fit(*vowels)
        display = SearchDisplay.from_estimator(search, "learning_rate")
        labels = legend_of(display)
        assert labels[:3] == ["1 epochs", "2 epochs", "4 epochs"]
        sizes = [len(points_of(container)[0]) for container in display.errorbar_]
        assert sizes == search.n_candidates_
        colors = {container[0].get_color().__str__() for container in display.errorbar_}
        assert len(colors) == 3
        # The best is one of the last round, as search.best_index_ is.
        assert display.best_point_.get_ydata() == [search.best_score_]
        assert display.best_line_ is None

    @pytest.mark.filterwarnings("ignore:OptunaSearchCV is experimental")
    @pytest.mark.filterwarnings("ignore:`optuna.terminator` module has been depr")
    def test_optuna_shows_complete_trials(self, vowels):
        optuna = pytest.importorskip("optuna")
        integration = pytest.importorskip("optuna_integration")
        study = optuna.create_study(
            direction="maximize",
            sampler=optuna.samplers.RandomSampler(seed=0),
            pruner=optuna.pruners.ThresholdPruner(lower=0.6, n_warmup_steps=2),
        )
        search = integration.OptunaSearchCV(
            classifier(),
            tuning.optuna_distributions(),
            study=study,
            enable_pruning=True,
            max_iter=4,
            n_trials=6,
            cv=2,
        ).fit(*vowels)
        complete = [t for t in search.trials_ if t.state.name == "COMPLETE"]
        assert 0 < len(complete) < 6
        display = SearchDisplay.from_estimator(search, "learning_rate")
        x, y, _ = points_of(display.errorbar_[0])
        np.testing.assert_allclose(x, [t.params["learning_rate"] for t in complete])
        np.testing.assert_allclose(y, [t.value for t in complete])
        assert display.ax_.get_xscale() == "log"
        assert display.ax_.get_ylabel() == "Accuracy (mean ± std of 2 folds)"

    def test_bayes_search(self, vowels):
        skopt = pytest.importorskip("skopt")
        search = skopt.BayesSearchCV(
            classifier(), tuning.skopt_spaces(), n_iter=2, cv=2, random_state=0
        ).fit(*vowels)
        display = SearchDisplay.from_estimator(search, ("learning_rate", "dropout"))
        drawn = display.scatter_ or display.image_
        assert max(drawn.get_array().compressed()) == search.best_score_

    def test_bad_input(self, vowels):
        with pytest.raises(NotFittedError):
            SearchDisplay.from_estimator(GridSearchCV(Ridge(), {"alpha": [1]}), "alpha")
        with pytest.raises(TypeError, match=r"a fitted search.*Got Ridge instead"):
            SearchDisplay.from_estimator(Ridge().fit([[1.0], [2.0]], [1, 2]), "alpha")

    @pytest.mark.parametrize(
        ("param", "arguments", "message"),
        [
            ("learning_rat", {}, "Got 'learning_rat' instead. Did you mean 'learning_"),
            (("l2", "units"), {}, r"\['learning_rate', 'l2'\]. Got 'units' instead"),
            (("l2", "l2", "l2"), {}, "a parameter's name or a tuple of two"),
            ("l2", {"metric": "scor"}, "Got 'scor' instead. Did you mean 'score'"),
            ("l2", {"aggregate": "max"}, "'best' or 'mean'. Got 'max' instead"),
        ],
    )
    def test_bad_arguments(self, param, arguments, message):
        with pytest.raises(ValueError, match=message):
            SearchDisplay.from_cv_results(GRID, param, **arguments)

    def test_a_short_name_that_fits_two_parameters(self):
        results = results_of([({"a__l2": 0.1, "b__l2": 0.1}, (0.1, 0.2))])
        with pytest.raises(ValueError, match=r"fits several.*\['a__l2', 'b__l2'\]"):
            SearchDisplay.from_cv_results(results, "l2")

    def test_a_metric_must_be_chosen_among_several(self):
        results = results_of([({"p": 1}, (1, 2))], "f1")
        results |= results_of([({"p": 1}, (1, 2))], "r2")
        with pytest.raises(ValueError, match=r"\['f1', 'r2'\]. Got None"):
            SearchDisplay.from_cv_results(results, "p")

    def test_nothing_was_scored(self):
        results = results_of([({"p": 1}, (np.nan, np.nan))])
        with pytest.raises(ValueError, match="no candidate with p has a score"):
            SearchDisplay.from_cv_results(results, "p")

    def test_results_of_something_else(self):
        with pytest.raises(
            ValueError, match=r"the key 'params'. Got the keys \['loss'"
        ):
            SearchDisplay.from_cv_results({"loss": [1]}, "p")


class TestForecastDisplay:
    """Forecasts over time."""

    def windows(self, series, horizon, step=1):
        X, y = make_windows(series, window=20, horizon=horizon, step=step)
        return X, y.reshape(len(y), -1)

    def test_one_step_ahead(self, series):
        _, y = make_windows(series[:100], window=20)
        display = ForecastDisplay.from_predictions(y, y + 2, name="CO₂", unit="ppmv")
        np.testing.assert_array_equal(display.true_line_.get_ydata(), series[20:100])
        np.testing.assert_array_equal(display.true_line_.get_xdata(), np.arange(80))
        line = display.predicted_lines_[1]
        np.testing.assert_array_equal(line.get_ydata(), series[20:100] + 2)
        assert display.ax_.get_ylabel() == "CO₂ (ppmv)"
        assert display.ax_.get_xlabel() == "Time step"
        assert legend_of(display) == ["Observed", "1 step ahead (MAE 2 ppmv)"]

    @pytest.mark.parametrize("step", [1, 2, 5])
    @pytest.mark.parametrize("horizon", [1, 3])
    def test_a_perfect_forecast_lies_on_the_series_whatever_its_lead(
        self, series, horizon, step
    ):
        series = series[:101]
        _, y = self.windows(series, horizon, step)
        display = ForecastDisplay.from_predictions(y, y, step=step)
        followed = series.to_numpy()[20:]
        assert sorted(display.predicted_lines_) == list(range(1, horizon + 1))
        for line in [display.true_line_, *display.predicted_lines_.values()]:
            times = line.get_xdata()
            np.testing.assert_array_equal(line.get_ydata(), followed[times])

    def test_a_lead_is_drawn_when_it_comes_true(self, series):
        _, y = self.windows(series[:60], horizon=4)
        display = ForecastDisplay.from_predictions(y, y)
        for lead, line in display.predicted_lines_.items():
            assert line.get_xdata()[0] == lead - 1
            assert len(line.get_xdata()) == len(y)

    @pytest.mark.parametrize(
        ("horizon", "steps_ahead", "drawn"),
        [
            (2, None, [1, 2]),
            (13, None, [1, 7, 13]),
            (13, [2, 4], [2, 4]),
            (13, 13, [13]),
        ],
    )
    def test_which_leads_are_drawn(self, series, horizon, steps_ahead, drawn):
        _, y = self.windows(series[:80], horizon)
        display = ForecastDisplay.from_predictions(y, y, steps_ahead=steps_ahead)
        assert list(display.predicted_lines_) == drawn
        colors = {line.get_color() for line in display.predicted_lines_.values()}
        assert len(colors) == len(drawn)

    @pytest.mark.parametrize(("horizon", "step"), [(1, 1), (4, 1), (1, 3), (4, 3)])
    def test_dates_are_those_of_the_values(self, series, horizon, step):
        series = series[:82]
        _, y = self.windows(series, horizon, step)
        display = ForecastDisplay.from_predictions(
            y, y, step=step, dates=series.index[20:]
        )
        assert display.ax_.get_xlabel() == "Date"
        for line in [display.true_line_, *display.predicted_lines_.values()]:
            dates = pd.DatetimeIndex(line.get_xdata(orig=True))
            np.testing.assert_array_equal(line.get_ydata(), series[dates])

    def test_an_estimator_predicts(self, series):
        scaled = (series - 330) / 10
        X, y = make_windows(scaled[:80], window=20, horizon=2)
        model = GRURegressor(4, epochs=2, random_state=0).fit(X, y)
        _, ax = plt.subplots()
        display = ForecastDisplay.from_estimator(
            model, X, y, dates=series.index[20:80], name="CO₂", ax=ax, steps_ahead=2
        )
        assert display.ax_ is ax
        np.testing.assert_array_equal(
            display.predicted_lines_[2].get_ydata(), model.predict(X)[:, 1]
        )

    @pytest.mark.parametrize(
        ("true", "predicted", "arguments", "message"),
        [
            ([1, 2], [1, 2, 3], {}, r"Got \(2,\) and \(3,\)"),
            ([], [], {}, "with a window at least"),
            ([1, 2], [1, 2], {"step": 0}, r"range \[1, inf\). Got 0 instead"),
            ([1, 2], [1, 2], {"dates": [1, 2, 3]}, r"to the last: 2. Got shape \(3,\)"),
            ([1, 2], [1, 2], {"steps_ahead": 2}, "from 1 to the horizon, 1. Got 2"),
            ([1, 2], [1, 2], {"steps_ahead": []}, "must not be empty"),
        ],
    )
    def test_bad_input(self, true, predicted, arguments, message):
        with pytest.raises(ValueError, match=message):
            ForecastDisplay.from_predictions(true, predicted, **arguments)

    def test_rows_out_of_order_are_refused(self):
        _, y = make_windows(np.arange(10.0), window=3, horizon=2)
        shuffled = y[[0, 2, 1, 3, 4, 5]]
        message = (
            r"y_true\[0, 1\] and y_true\[1, 0\] are both the value at time 1, but "
            "differ: 4 and 5"
        )
        with pytest.raises(ValueError, match=message):
            ForecastDisplay.from_predictions(shuffled, y)
        with pytest.raises(ValueError, match="'step' apart"):
            ForecastDisplay.from_predictions(y[::2], y[::2])

    def test_an_estimator_that_is_not_fitted(self):
        with pytest.raises(NotFittedError):
            ForecastDisplay.from_estimator(GRURegressor(), np.zeros((2, 3, 1)), [1, 2])


@pytest.mark.parametrize(
    "display",
    [
        TrainingCurveDisplay({"loss": [1.0]}),
        ForecastDisplay([1.0], [1.0]),
    ],
)
def test_a_missing_matplotlib_is_named_with_its_extra(display, monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib.pyplot", None)
    message = rf"{type(display).__name__}.plot needs matplotlib.*skgru\[plots\]"
    with pytest.raises(ImportError, match=message):
        display.plot()


def test_the_module_can_be_imported_without_matplotlib():
    without = "import sys; sys.modules['matplotlib'] = None; import skgru.plotting"
    subprocess.run([sys.executable, "-c", without], check=True)
