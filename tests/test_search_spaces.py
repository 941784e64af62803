"""Search spaces: one source, each engine's own form."""

import sys

import numpy as np
import pytest
from sklearn.model_selection import (
    ParameterGrid,
    ParameterSampler,
)

from skgru import GRUClassifier, GRURegressor, tuning

SIZES = ["small", "full"]
SMALL = {"learning_rate", "clipnorm", "dropout", "l2", "kernel_size"}
FULL = SMALL | {
    "pool_size",
    "pooling",
    "batch_size",
    "units",
    "recurrent_dropout",
    "kernel_initializer",
    "schedule",
}


def space_of(engine, size, **kwargs):
    pytest.importorskip({"optuna_distributions": "optuna"}.get(engine, "skopt"))
    return getattr(tuning, engine)(size, **kwargs)


class TestSpaces:
    """All engines get the same parameters, in their own form."""

    @pytest.mark.parametrize("engine", tuning.__all__)
    @pytest.mark.parametrize(("size", "names"), [("small", SMALL), ("full", FULL)])
    def test_names(self, engine, size, names):
        if engine in ("optuna_distributions", "skopt_spaces"):
            space = space_of(engine, size)
        else:
            space = getattr(tuning, engine)(size)
        assert set(space) == names

    @pytest.mark.parametrize(
        "documented",
        [
            "``learning_rate``: 0.0003 to 0.03, logarithmic",
            "``dropout``: 0 to 0.5\n",
            "``kernel_size``: 8, 16, 32",
            "``units`` (full): 32, 64, 128",
            "``schedule`` (full): None, 'time_decay'",
        ],
    )
    def test_the_documentation_shows_the_ranges(self, documented):
        assert documented in tuning.__doc__

    @pytest.mark.parametrize(("size", "candidates"), [("small", 48), ("full", 9216)])
    def test_the_grid_is_as_large_as_documented(self, size, candidates):
        assert len(ParameterGrid(tuning.param_grid(size))) == candidates
        assert str(candidates) in tuning.param_grid.__doc__

    def test_a_grid_changed_by_its_user_leaves_the_next_as_it_was(self):
        grid = tuning.param_grid()
        grid["learning_rate"].append(1.0)
        assert 1.0 not in tuning.param_grid()["learning_rate"]

    def test_learning_rates_are_spread_evenly_over_orders_of_magnitude(self):
        draws = ParameterSampler(
            tuning.param_distributions(), n_iter=3000, random_state=0
        )
        rates = np.log10([draw["learning_rate"] for draw in draws])
        counts, _ = np.histogram(rates, bins=3, range=np.log10([3e-4, 3e-2]))
        np.testing.assert_allclose(counts, 1000, rtol=0.1)

    def test_dropout_is_spread_evenly_from_nothing_to_half(self):
        dropout = tuning.param_distributions()["dropout"]
        assert dropout.support() == (0.0, 0.5)
        assert dropout.mean() == pytest.approx(0.25)

    @pytest.mark.parametrize("size", SIZES)
    def test_the_random_state_of_the_search_determines_the_draws(self, size):
        def draw(seed):
            space = tuning.param_distributions(size)
            return list(ParameterSampler(space, n_iter=5, random_state=seed))

        assert draw(0) == draw(0)
        assert draw(0) != draw(1)

    @pytest.mark.parametrize("size", SIZES)
    def test_all_engines_search_the_same_ranges(self, size):
        scipy = tuning.param_distributions(size)
        optuna = space_of("optuna_distributions", size)
        skopt = space_of("skopt_spaces", size)
        for name, distribution in scipy.items():
            if isinstance(distribution, list):
                assert list(optuna[name].choices) == distribution
                assert list(skopt[name].categories) == distribution
            else:
                low, high = distribution.support()
                assert (optuna[name].low, optuna[name].high) == (low, high)
                assert skopt[name].bounds == (low, high)
                log = distribution.dist.name in ("loguniform", "reciprocal")
                assert optuna[name].log == log
                assert (skopt[name].prior == "log-uniform") == log

    @pytest.mark.parametrize("size", SIZES)
    def test_a_grid_lies_within_the_ranges_or_is_the_default(self, size):
        space = tuning.param_distributions(size)
        for name, values in tuning.param_grid(size).items():
            default = GRUClassifier().get_params()[name]
            for value in values:
                if isinstance(space[name], list):
                    assert value in space[name]
                elif value != default:
                    low, high = space[name].support()
                    assert low <= value <= high

    @pytest.mark.parametrize("estimator", [GRUClassifier(), GRURegressor()])
    def test_the_estimators_accept_every_candidate(self, estimator):
        candidates = [
            *ParameterSampler(tuning.param_grid("full"), n_iter=50, random_state=0),
            *ParameterSampler(
                tuning.param_distributions("full"), n_iter=50, random_state=0
            ),
        ]
        # Parameters are checked before X: an error about X means that they are right.
        no_sequences = np.zeros((2, 3, 4, 5))
        for candidate in candidates:
            with pytest.raises(ValueError, match="array with dim 4"):
                estimator.set_params(**candidate).fit(no_sequences, [0, 1])

    @pytest.mark.parametrize("engine", tuning.__all__)
    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            ({"size": "medium"}, "'small' or 'full'. Got 'medium' instead"),
            ({"prefix": "gruclassifier"}, "Got 'gruclassifier' instead: write 'gruc"),
            ({"prefix": None}, "Got None instead"),
        ],
    )
    def test_bad_arguments(self, engine, arguments, message):
        with pytest.raises(ValueError, match=message):
            getattr(tuning, engine)(**arguments)

    @pytest.mark.parametrize(
        ("engine", "module", "project"),
        [
            ("optuna_distributions", "optuna.distributions", "Optuna"),
            ("skopt_spaces", "skopt.space", "scikit-optimize"),
        ],
    )
    def test_a_missing_engine_is_named_with_its_extra(
        self, engine, module, project, monkeypatch
    ):
        monkeypatch.setitem(sys.modules, module, None)
        with pytest.raises(ImportError, match=rf"{project}.*skgru\[tune\]"):
            getattr(tuning, engine)()
