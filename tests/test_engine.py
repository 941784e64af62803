"""The engine: compiled once, shared by threads, the same bits, no side effects.

Compilations are counted in the compiler's own dump, in processes of their own, not by
trusting the cache that is under test.
"""

import random
import textwrap
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import tensorflow as tf
from fresh_process import compiled_programs, run_python
from tensorflow.python.framework.config import is_op_determinism_enabled

import skgru
from skgru import GRUClassifier, clear_cache

SEED = np.random.default_rng(0)
X = SEED.normal(size=(50, 6, 2)).astype(np.float32)
Y = SEED.integers(0, 3, 50)

PRELUDE = """
import numpy as np
import skgru
from sklearn.model_selection import GridSearchCV
rng = np.random.default_rng(0)
X = rng.normal(size=(50, 6, 2)).astype(np.float32)
y = rng.integers(0, 3, 50)
"""


def run_prepared(code, **environment):
    """Run code after the prelude in a fresh process; return what it printed."""
    printed, _ = run_python(PRELUDE + textwrap.dedent(code), **environment)
    return printed


@pytest.mark.long
def test_a_grid_compiles_one_training_program_per_batch_size(tmp_path):
    grid = """
    grid = {"learning_rate": [.001, .01], "clipnorm": [None, 1.0], "l2": [0.0, .001],
            "dropout": [0.0, 0.2], "batch_size": [8, 16]}
    network = skgru.GRUClassifier(4, epochs=1, random_state=0)
    for _ in range(2):  # a second search compiles nothing
        GridSearchCV(network, grid, cv=3).fit(X, y)
    """
    assert compiled_programs(PRELUDE + textwrap.dedent(grid), tmp_path) == (2, 1)


@pytest.mark.long
def test_only_what_a_fit_needs_is_compiled(tmp_path):
    fit = "skgru.GRUClassifier(4, epochs=1).fit(X, y)"
    assert compiled_programs(PRELUDE + fit, tmp_path) == (1, 0)


def test_validating_and_predicting_share_a_program():
    skgru.clear_cache()
    network = GRUClassifier(4, epochs=1, early_stopping=True, recurrent_dropout=0.1)
    network.fit(X, Y).predict(X)
    assert skgru.cache_info().misses == 2


@pytest.mark.parametrize(
    "change",
    [
        {"learning_rate": 0.1},
        {"schedule": "cosine_decay"},
        {"clipnorm": 0.5},
        {"clipvalue": 0.5},
        {"global_clipnorm": 0.5},
        {"l1": 0.01},
        {"l2": 0.01},
        {"dropout": 0.3},
        {"kernel_initializer": "he_normal"},
        {"shuffle": False},
        {"class_weight": "balanced"},
    ],
    ids=lambda change: next(iter(change)),
)
def test_parameters_that_are_inputs_of_the_program(change):
    GRUClassifier(4, epochs=1).fit(X, Y)
    misses = skgru.cache_info().misses
    GRUClassifier(4, epochs=1, **change).fit(X[:37], Y[:37])
    assert skgru.cache_info().misses == misses


def test_cache_info_counts_and_clear_cache_forgets():
    skgru.clear_cache()
    GRUClassifier(4, epochs=1).fit(X, Y).predict(X)
    info = skgru.cache_info()
    assert (info.misses, info.currsize) == (2, 2)
    skgru.clear_cache()
    assert skgru.cache_info()[:3] == (0, 0, 0)


def test_threads_fit_as_one_thread_does():
    def fit(seed):
        network = GRUClassifier(4, epochs=3, dropout=0.2, random_state=seed)
        return network.fit(X, Y).predict_proba(X)

    alone = [fit(seed) for seed in range(6)]
    skgru.clear_cache()
    with ThreadPoolExecutor(3) as pool:
        together = list(pool.map(fit, range(6)))
    np.testing.assert_array_equal(together, alone)
    # Threads that ask for a program at the same time wait for one compilation.
    assert skgru.cache_info().misses == 2


@pytest.mark.long
def test_same_random_state_same_bits_in_any_process_and_order():
    code = """
    def fit(cls, target):
        network = cls(4, epochs=2, dropout=0.2, recurrent_dropout=0.2, random_state=7)
        outputs = network.fit(X, target)._outputs(X)
        return outputs.tobytes().hex()
    pairs = [(skgru.GRUClassifier, y), (skgru.GRURegressor, X[:, 0, 0])]
    order = {order}
    found = {{i: fit(*pairs[i]) for i in order}}
    print(found[0], found[1])
    """
    assert run_prepared(code.format(order=[0, 1])) == run_prepared(
        code.format(order=[1, 0])
    )


def test_fitting_moves_no_global_state():
    def state():
        return (
            random.getstate(),
            np.random.get_state()[1].tobytes(),
            tf.random.get_global_generator().state.numpy().tobytes(),
            is_op_determinism_enabled(),
            tf.config.functions_run_eagerly(),
            tf.config.optimizer.get_jit(),
        )

    before = state()
    network = GRUClassifier(
        4,
        epochs=2,
        dropout=0.2,
        recurrent_dropout=0.1,
        early_stopping=True,
        optimizer="nadam",
        kernel_initializer="he_normal",
        random_state=0,
    )
    network.fit(X, Y).predict(X)
    assert network.model_ is not None
    assert state() == before


@pytest.mark.long
@pytest.mark.parametrize("keep_programs", [True, False])
def test_fitting_prints_nothing(keep_programs, tmp_path):
    """Not even TensorFlow does: about the processor, about programs found on disk."""
    directory = str(tmp_path / "programs") if keep_programs else ""
    for _ in ("compile", "load"):
        printed, errors = run_python(
            """
            import sys, numpy as np, skgru
            print("imported", file=sys.stderr, flush=True)
            X = np.zeros((20, 5, 2))
            network = skgru.GRURegressor(4, epochs=2, early_stopping=True)
            network.fit(X, X[:, 0, 0]).predict(X)
            """,
            SKGRU_CACHE_DIR=directory,
        )
        _, _, since_import = errors.partition("imported\n")
        assert printed == since_import == ""


@pytest.mark.long
def test_the_log_of_tensorflow_can_be_had():
    code = (
        "import skgru; skgru.GRURegressor(3, epochs=1).fit([[0.0, 1.0]] * 9, [0.0] * 9)"
    )
    _, errors = run_python(code, TF_CPP_MIN_LOG_LEVEL="0")
    assert "Compiled cluster using XLA" in errors


def test_importing_brings_in_nothing_heavy_but_tensorflow():
    heavy = ("dask", "optuna", "skopt", "skops", "torch")
    loaded = run_prepared("import sys; print(*sys.modules)").split()
    assert not set(heavy) & set(loaded)


@pytest.mark.parametrize(
    "enabled, frozen",
    [
        (True, False),
        (False, True),
        pytest.param(True, True, marks=pytest.mark.long),
        pytest.param(False, False, marks=pytest.mark.long),
    ],
)
def test_importing_leaves_the_garbage_collector_as_it_was(enabled, frozen):
    printed, _ = run_python(
        f"""
        import gc
        if {frozen}:
            gc.freeze()
        if not {enabled}:
            gc.disable()
        def state():
            return gc.isenabled(), gc.get_threshold(), gc.get_freeze_count() > 0
        before = state()
        import skgru
        print(state() == before)
        """
    )
    assert printed == "True\n"


@pytest.mark.long
def test_many_fits_do_not_grow_the_process():
    """200 fits of one architecture take less than 20 MiB in all."""
    grown = run_prepared("""
    import psutil
    def fit(i):
        network = skgru.GRUClassifier(4, epochs=1, learning_rate=.001 * (1 + i),
                                      early_stopping=True, random_state=i)
        network.fit(X, y).predict(X)
    process = psutil.Process()
    for i in range(20):
        fit(i)
    before = process.memory_info().rss
    for i in range(200):
        fit(i)
    print((process.memory_info().rss - before) / 2**20)
    """)
    assert float(grown) < 20


@pytest.mark.parametrize("n_samples", [40, 43, 47, 50])
def test_folds_of_any_size_share_a_program(n_samples):
    GRUClassifier(4, epochs=1, batch_size=16).fit(X, Y)
    misses = skgru.cache_info().misses
    GRUClassifier(4, epochs=1, batch_size=16).fit(X[:n_samples], Y[:n_samples])
    assert skgru.cache_info().misses == misses


def test_a_batch_size_far_above_the_samples_costs_no_empty_rows():
    """64 rows hold all samples, so larger batches have the same program."""

    def fit(batch_size):
        network = GRUClassifier(4, epochs=2, batch_size=batch_size, random_state=0)
        return network.fit(X[:50], Y[:50]).history_["loss"]

    losses, misses = fit(64), skgru.cache_info().misses
    assert fit(10**6) == fit(65) == losses
    assert skgru.cache_info().misses == misses


@pytest.mark.long
def test_a_process_that_cannot_load_another_program_says_so(tmp_path, monkeypatch):
    """XLA would end it: the number of memory maps that Linux allows is 65530."""
    X, y = np.zeros((8, 3, 1)), np.arange(8) % 2
    fitted = GRUClassifier(3, epochs=1, random_state=0).fit(X, y)
    limit = tmp_path / "max_map_count"
    limit.write_text("2000")
    monkeypatch.setattr("skgru._engine.memory_maps._LIMIT", limit)
    clear_cache()
    fitted.fit(X, y)  # needs none that is not there
    with pytest.raises(RuntimeError, match=r"No other program .* of the 2000 that"):
        GRUClassifier(5, epochs=1, random_state=0).fit(X, y)
