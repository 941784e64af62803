"""Searches of every engine are shown, and what is no search is refused."""

import numpy as np
import pytest
from pictures import GRID, classifier, legend_of, points_of, results_of
from scipy.stats import loguniform, uniform
from sklearn.exceptions import FitFailedWarning, NotFittedError
from sklearn.experimental import enable_halving_search_cv  # noqa: F401
from sklearn.linear_model import Ridge
from sklearn.model_selection import (
    GridSearchCV,
    HalvingGridSearchCV,
    RandomizedSearchCV,
)
from sklearn.pipeline import make_pipeline

from skgru import tuning
from skgru.plotting import SearchDisplay
from skgru.preprocessing import SequenceScaler

pytest.importorskip("matplotlib")


class TestSearchDisplayOfSearches:
    """The searches of every engine."""

    @pytest.mark.long
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

    @pytest.mark.long
    def test_a_list_of_grids_shows_the_estimators_own_values_too(self, vowels):
        search = GridSearchCV(
            classifier(l2=0.1, learning_rate=1e-3),
            [{"learning_rate": [1e-3, 1e-2]}, {"l2": [0.0, 0.01]}],
            cv=2,
        ).fit(*vowels)
        display = SearchDisplay.from_estimator(search, ("learning_rate", "l2"))
        first, second, third, fourth = search.cv_results_["mean_test_score"]
        # learning_rate is 0.001 unless it is searched, and l2 is 0.1.
        np.testing.assert_allclose(
            display.image_.get_array().filled(np.nan),
            [[third, np.nan], [fourth, np.nan], [first, second]],
        )
        display = SearchDisplay.from_estimator(search, "learning_rate")
        assert len(points_of(display.errorbar_[0])[0]) == 4

    @pytest.mark.long
    def test_a_grid_of_steps_leaves_the_steps_as_they_are(self, vowels):
        step = classifier(epochs=1)
        search = GridSearchCV(
            make_pipeline(SequenceScaler(), classifier(epochs=1)),
            [
                {"gruclassifier": [step], "gruclassifier__l2": [0.0, 0.1]},
                {"gruclassifier__learning_rate": [0.01]},
            ],
            cv=2,
        ).fit(*vowels)
        display = SearchDisplay.from_estimator(search, ("l2", "learning_rate"))
        assert display.image_.get_array().count() == 3
        assert step.l2 == 0.0

    def test_parameters_of_different_grids_did_not_fail(self):
        results = results_of([({"a": 1}, (0.1, 0.2)), ({"b": 1}, (0.3, 0.4))])
        with pytest.raises(ValueError, match="no candidate has both a and b: they are"):
            SearchDisplay.from_cv_results(results, ("a", "b"))

    @pytest.mark.parametrize(
        ("distribution", "scale"),
        [(loguniform(1e-3, 1e3), "log"), (uniform(0, 1), "linear")],
    )
    def test_random_search_gets_the_scale_of_its_distribution(
        self, distribution, scale
    ):
        X = np.random.default_rng(0).normal(size=(20, 3))
        search = RandomizedSearchCV(
            Ridge(), {"alpha": distribution}, n_iter=10, cv=2, random_state=0
        ).fit(X, X[:, 0])
        display = SearchDisplay.from_estimator(search, "alpha")
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
            pruner=optuna.pruners.MedianPruner(n_startup_trials=1),
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
