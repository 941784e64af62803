"""Many threads at once get the bits that one thread gets."""

import itertools
import os
import time
from concurrent.futures import ThreadPoolExecutor
from threading import Thread

import numpy as np
import pytest
from fresh_process import run_python
from reference import SMALL

import skgru
from skgru import GRUClassifier, GRURegressor

N_THREADS = 8


def fit(make, X, y, seed):
    """Fit an estimator of one's own, and predict with it."""
    return make(**SMALL | {"dropout": 0.2, "random_state": seed}).fit(X, y).predict(X)


@pytest.fixture
def jobs(X, sequences, labels, targets):
    """Return what threads are to do, by name: functions whose answers are arrays."""
    classifier = GRUClassifier(**SMALL).fit(X, labels)
    regressor = GRURegressor(**SMALL).fit(sequences, targets)
    # Fitted again and again by all threads, to the same weights.
    shared = GRUClassifier(**SMALL).fit(X, labels)
    return {
        "predict": lambda: classifier.predict_proba(X),
        "predict one": lambda: classifier.predict_proba(X[7:8]),
        "predict sequences": lambda: regressor.predict(sequences),
        "fit": lambda: fit(GRUClassifier, X, labels, 1),
        "fit another": lambda: fit(GRUClassifier, X, labels, 2),
        "fit sequences": lambda: fit(GRUClassifier, sequences, labels, 3),
        "fit a regressor": lambda: fit(GRURegressor, X, targets, 4),
        "predict while others fit": lambda: shared.predict_proba(X),
        "fit while others predict": lambda: shared.fit(X, labels).predict_proba(X),
    }


def soak(jobs, expected, end, first):
    """Do one job after another until a time; return the jobs, and the wrong ones."""
    names = sorted(jobs)
    done, wrong = [], []
    for name in itertools.islice(itertools.cycle(names), first, None):
        if time.monotonic() > end:
            return done, wrong
        done.append(name)
        if jobs[name]().tobytes() != expected[name]:
            wrong.append(name)


@pytest.mark.parametrize("seconds", [5, pytest.param(60, marks=pytest.mark.slow)])
def test_threads_get_the_bits_of_one_thread(seconds, jobs):
    expected = {name: job().tobytes() for name, job in jobs.items()}
    end = time.monotonic() + seconds
    with ThreadPoolExecutor(N_THREADS) as pool:
        runs = [pool.submit(soak, jobs, expected, end, i) for i in range(N_THREADS)]
    results = [run.result() for run in runs]
    done = [name for of_thread, _ in results for name in of_thread]
    wrong = [name for _, of_thread in results for name in of_thread]
    print(f"{len(done)} answers of {N_THREADS} threads in {seconds} s, ", end="")
    print(f"{len(wrong)} wrong")
    assert set(done) == set(jobs)
    assert wrong == []


def test_threads_that_end_while_another_compiles(X, labels, classifier):
    """They use a program that is there, and leave the one that is being made alone."""
    fitted = classifier().fit(X, labels)
    expected = fitted.predict_proba(X)
    answers, made = [], []
    compiling = Thread(target=lambda: made.append(classifier(units=7).fit(X, labels)))
    compiling.start()
    while compiling.is_alive():
        thread = Thread(target=lambda: answers.append(fitted.predict_proba(X)))
        thread.start()
        thread.join()
    compiling.join()
    assert len(answers) > 1
    assert {answer.tobytes() for answer in answers} == {expected.tobytes()}
    again = classifier(units=7).fit(X, labels)
    for ours, theirs in zip(
        again.model_.get_weights(), made[0].model_.get_weights(), strict=True
    ):
        np.testing.assert_array_equal(ours, theirs)


def test_a_program_outlives_the_thread_that_compiled_it(X, labels, classifier):
    skgru.clear_cache()
    fits = [classifier() for _ in range(4)]
    for estimator in fits:
        thread = Thread(target=estimator.fit, args=(X, labels))
        thread.start()
        thread.join()
    assert skgru.cache_info().misses == 1
    answers = {estimator.predict_proba(X).tobytes() for estimator in fits}
    assert answers == {classifier().fit(X, labels).predict_proba(X).tobytes()}


@pytest.mark.long
def test_a_thread_goes_on_after_the_main_thread_has_ended():
    """Its fit compiles meanwhile, and the process waits for it."""
    printed, errors = run_python(
        """
        import threading
        import numpy as np, skgru
        X = np.random.default_rng(0).normal(size=(20, 5, 2))
        def fit():
            threading.main_thread().join()
            network = skgru.GRURegressor(3, epochs=1, random_state=0)
            print(np.isfinite(network.fit(X, X[:, 0, 0]).predict(X)).all())
        threading.Thread(target=fit).start()
        """,
        SKGRU_CACHE_DIR="",
    )
    assert (printed, errors) == ("True\n", "")


@pytest.mark.skipif(not os.path.exists("/proc/self/statm"), reason="reads /proc")
@pytest.mark.slow
def test_a_thousand_fits_grow_the_process_by_less_than_5_mib():
    """After the first hundred, which fill what Python and the allocator keep."""
    printed, _ = run_python(
        """
        import psutil
        import numpy as np, skgru
        rng = np.random.default_rng(0)
        X = rng.normal(size=(50, 6, 2)).astype(np.float32)
        y = rng.integers(0, 3, 50)
        def fit(i):
            network = skgru.GRUClassifier(
                4, epochs=1, learning_rate=0.001 * (1 + i % 100), random_state=i)
            network.fit(X, y).predict(X)
        for i in range(100):
            fit(i)
        before = psutil.Process().memory_info().rss
        for i in range(1000):
            fit(i)
        print((psutil.Process().memory_info().rss - before) / 2**20)
        """
    )
    print(f"1,000 fits: {float(printed):.2f} MiB")
    assert float(printed) < 5
