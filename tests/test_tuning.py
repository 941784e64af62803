"""The engines that search, on real recordings."""

import warnings

import keras
import pytest
from sklearn.experimental import enable_halving_search_cv  # noqa: F401
from sklearn.model_selection import (
    GridSearchCV,
    HalvingGridSearchCV,
    HalvingRandomSearchCV,
    RandomizedSearchCV,
)
from sklearn.pipeline import make_pipeline

from skgru import GRUClassifier, cache_info, tuning
from skgru.datasets import load_japanese_vowels
from skgru.preprocessing import SequenceScaler

# What would compile another network.
ARCHITECTURE = {
    "kernel_size": 16,
    "pool_size": "auto",
    "pooling": "max",
    "batch_size": 16,
    "units": 16,
    "recurrent_dropout": 0.0,
}
SMALL = {"learning_rate", "clipnorm", "dropout", "l2", "kernel_size"}


@pytest.fixture(scope="module")
def vowels():
    """The recordings of three speakers: 30 each."""
    X, y = load_japanese_vowels(padded=True, return_X_y=True)
    return X[y < 3], y[y < 3]


def classifier(**parameters):
    return GRUClassifier(16, **{"epochs": 6, "random_state": 0, **parameters})


@pytest.fixture
def optuna():
    optuna = pytest.importorskip("optuna")
    verbosity = optuna.logging.get_verbosity()
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    yield optuna
    optuna.logging.set_verbosity(verbosity)


@pytest.fixture
def OptunaSearchCV(optuna):
    integration = pytest.importorskip("optuna_integration")
    with warnings.catch_warnings():
        # It calls itself experimental, and uses its own deprecated terminator.
        warnings.filterwarnings("ignore", "OptunaSearchCV is experimental")
        warnings.filterwarnings("ignore", "`optuna.terminator` module has been depr")
        yield integration.OptunaSearchCV


@pytest.fixture
def BayesSearchCV():
    return pytest.importorskip("skopt").BayesSearchCV


class TestScikitLearnSearches:
    """The small space with the searches of scikit-learn."""

    @pytest.mark.long
    def test_a_small_grid_compiles_a_network_for_each_kernel_size(self, vowels):
        grid = tuning.param_grid()
        first = {name: values[:1] for name, values in grid.items()}
        first["kernel_size"] = grid["kernel_size"]
        GridSearchCV(classifier(epochs=1), first, cv=2).fit(*vowels)
        before = cache_info().misses
        GridSearchCV(classifier(epochs=1), grid, cv=2).fit(*vowels)
        assert cache_info().misses == before

    def test_random_search_of_a_pipeline(self, vowels):
        search = RandomizedSearchCV(
            make_pipeline(SequenceScaler(), classifier()),
            tuning.param_distributions(prefix="gruclassifier__"),
            n_iter=4,
            cv=2,
            random_state=0,
        ).fit(*vowels)
        assert set(search.best_params_) == {f"gruclassifier__{name}" for name in SMALL}
        assert search.best_score_ > 0.6  # 1/3 is chance

    def test_halving_by_epochs_trains_survivors_longer(self, vowels):
        search = HalvingRandomSearchCV(
            classifier(),
            tuning.param_distributions(),
            resource="epochs",
            min_resources=2,
            max_resources=8,
            factor=2,
            cv=2,
            random_state=0,
        ).fit(*vowels)
        assert search.n_resources_ == [2, 4, 8]
        assert search.best_estimator_.n_iter_ == 8
        assert search.best_score_ > 0.6

    def test_halving_by_samples(self, vowels):
        grid = {
            name: values
            for name, values in tuning.param_grid().items()
            if name in ("learning_rate", "clipnorm")
        }
        search = HalvingGridSearchCV(
            classifier(), grid, min_resources=30, factor=2, cv=2, random_state=0
        ).fit(*vowels)
        assert search.n_resources_ == [30, 60]
        assert search.n_candidates_ == [6, 3]
        assert set(search.best_params_) == set(grid)

    @pytest.mark.parametrize("schedule", tuning.param_grid("full")["schedule"])
    def test_a_schedule_trained_by_epochs_goes_as_one_trained_at_once(
        self, schedule, vowels
    ):
        at_once = classifier(schedule=schedule).fit(*vowels)
        by_epochs = classifier(schedule=schedule)
        for _ in range(6):
            by_epochs.partial_fit(*vowels)
        rates = [model.history_["learning_rate"] for model in (at_once, by_epochs)]
        assert rates[0] == rates[1]


class TestOptuna:
    """Optuna's search and a plain study."""

    def pruned_search(self, optuna, OptunaSearchCV, **arguments):
        study = optuna.create_study(
            direction="maximize",
            sampler=optuna.samplers.TPESampler(seed=0),
            pruner=optuna.pruners.MedianPruner(n_startup_trials=2, n_warmup_steps=1),
        )
        return OptunaSearchCV(
            classifier(),
            tuning.optuna_distributions(),
            enable_pruning=True,
            max_iter=6,
            n_trials=8,
            cv=2,
            study=study,
            **arguments,
        )

    def test_search_prunes_by_epochs(self, optuna, OptunaSearchCV, vowels):
        search = self.pruned_search(optuna, OptunaSearchCV).fit(*vowels)
        epochs = [len(trial.intermediate_values) for trial in search.trials_]
        states = [trial.state.name for trial in search.trials_]
        assert {"COMPLETE", "PRUNED"} == set(states)
        for state, trained in zip(states, epochs, strict=True):
            assert trained == 6 if state == "COMPLETE" else trained < 6
        assert set(search.best_params_) == SMALL
        assert search.best_score_ > 0.6
        # The last fit trains as long as the trials did.
        assert search.best_estimator_.n_iter_ == 6

    def test_a_trial_scores_as_a_fit_of_as_many_epochs(
        self, optuna, OptunaSearchCV, vowels
    ):
        search = self.pruned_search(optuna, OptunaSearchCV).fit(*vowels)
        best = classifier(**search.best_params_)
        again = GridSearchCV(best, {"epochs": [6]}, cv=2).fit(*vowels)
        assert again.best_score_ == pytest.approx(search.best_score_)

    def test_search_of_a_pipeline_with_the_full_space(
        self, optuna, OptunaSearchCV, vowels
    ):
        space = tuning.optuna_distributions("full", prefix="gruclassifier__")
        # One architecture: the others only cost compilations here.
        for name, value in ARCHITECTURE.items():
            space[f"gruclassifier__{name}"] = (
                optuna.distributions.CategoricalDistribution([value])
            )
        search = OptunaSearchCV(
            make_pipeline(SequenceScaler(), classifier(epochs=2)),
            space,
            n_trials=3,
            cv=2,
            random_state=0,
        ).fit(*vowels)
        assert set(search.best_params_) == set(space)

    def test_a_plain_study_prunes_by_validation_loss(self, optuna, vowels):
        integration = pytest.importorskip("optuna_integration")
        X, y = vowels
        study = optuna.create_study(
            sampler=optuna.samplers.RandomSampler(seed=0),
            pruner=optuna.pruners.MedianPruner(n_startup_trials=2, n_warmup_steps=1),
        )
        histories = {}
        for _ in range(6):
            trial = study.ask(tuning.optuna_distributions())
            model = classifier(
                callbacks=[integration.KerasPruningCallback(trial, "val_loss")],
                **trial.params,
            )
            try:
                model.fit(X[::2], y[::2], X_val=X[1::2], y_val=y[1::2])
            except optuna.TrialPruned:
                study.tell(trial, state=optuna.trial.TrialState.PRUNED)
            else:
                histories[trial.number] = model.history_["val_loss"]
                study.tell(trial, model.history_["val_loss"][-1])
        states = [trial.state.name for trial in study.trials]
        assert {"COMPLETE", "PRUNED"} == set(states)
        for trial in study.trials:
            reported = trial.intermediate_values
            if trial.number in histories:
                assert reported == dict(enumerate(histories[trial.number]))
            else:
                assert 0 < len(reported) < 6


class TestBayesSearch:
    """scikit-optimize's search."""

    def test_search(self, BayesSearchCV, vowels):
        search = BayesSearchCV(
            classifier(),
            tuning.skopt_spaces(),
            n_iter=5,
            optimizer_kwargs={"n_initial_points": 3},
            cv=2,
            random_state=0,
        ).fit(*vowels)
        assert set(search.best_params_) == SMALL
        assert search.best_score_ > 0.6
        assert len(search.cv_results_["params"]) == 5

    def test_search_of_a_pipeline_with_the_full_space(self, BayesSearchCV, vowels):
        space = tuning.skopt_spaces("full", prefix="gruclassifier__")
        # One architecture: the others only cost compilations here.
        for name in ARCHITECTURE:
            del space[f"gruclassifier__{name}"]
        search = BayesSearchCV(
            make_pipeline(SequenceScaler(), classifier(epochs=2)),
            space,
            n_iter=3,
            cv=2,
            random_state=0,
        ).fit(*vowels)
        assert set(search.best_params_) == set(space)


class CountFits(keras.callbacks.Callback):
    """Counts the trainings that began, over all copies of itself."""

    begun = 0

    def on_train_begin(self, logs=None):
        type(self).begun += 1


class TestSpacesThatNameNoParameter:
    """Each engine names the parameter and the valid ones, before it trains anything."""

    @pytest.fixture
    def counted(self, monkeypatch):
        monkeypatch.setattr(CountFits, "begun", 0)
        return classifier(callbacks=[CountFits()])

    def expect_refusal(self, search, vowels):
        message = "(?s)Invalid parameter 'learning_rat' .*Valid .*'learning_rate'"
        with pytest.raises(ValueError, match=message):
            search.fit(*vowels)
        assert CountFits.begun == 0

    @pytest.mark.parametrize("search", [GridSearchCV, HalvingGridSearchCV])
    def test_grid(self, search, counted, vowels):
        self.expect_refusal(search(counted, {"learning_rat": [0.1, 0.2]}), vowels)

    def test_random(self, counted, vowels):
        space = {"learning_rat": tuning.param_distributions()["learning_rate"]}
        self.expect_refusal(RandomizedSearchCV(counted, space), vowels)

    def test_optuna(self, OptunaSearchCV, counted, vowels):
        space = {"learning_rat": tuning.optuna_distributions()["learning_rate"]}
        self.expect_refusal(OptunaSearchCV(counted, space), vowels)

    def test_skopt(self, BayesSearchCV, counted, vowels):
        space = {"learning_rat": tuning.skopt_spaces()["learning_rate"]}
        self.expect_refusal(BayesSearchCV(counted, space, cv=2), vowels)

    def test_a_space_without_the_prefix_of_the_pipeline(self, counted, vowels):
        pipeline = make_pipeline(SequenceScaler(), counted)
        with pytest.raises(ValueError, match="Invalid parameter 'learning_rate'"):
            GridSearchCV(pipeline, {"learning_rate": [0.1]}).fit(*vowels)
        assert CountFits.begun == 0
