"""A search on a real Ray cluster on this machine, by Ray's backend for joblib.

``pip install "skgru[ray]"``. Ray 2.60 has wheels for Python 3.11 to 3.13 on Linux.
"""

import os
import signal
import tempfile
import threading
import time

import joblib
import numpy as np
import psutil
import pytest
from sklearn.model_selection import GridSearchCV

from skgru import GRUClassifier
from skgru.datasets import load_japanese_vowels

ray = pytest.importorskip("ray")
ray_joblib = pytest.importorskip("ray.util.joblib")

# Ray's own use of what is deprecated, and files that it leaves open.
pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::FutureWarning:ray"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning:ray"),
]

GRID = {"learning_rate": [0.003, 0.01], "dropout": [0.0, 0.2]}


@pytest.fixture(scope="module")
def vowels():
    return load_japanese_vowels(return_X_y=True)


@pytest.fixture(scope="module")
def cluster():
    """Two processes that fit; the names of Ray's sockets must be short."""
    with tempfile.TemporaryDirectory(dir="/tmp", prefix="ray") as directory:
        ray.init(
            num_cpus=2,
            include_dashboard=False,
            logging_level="ERROR",
            log_to_driver=False,
            _temp_dir=directory,
            object_store_memory=200 * 2**20,
        )
        ray_joblib.register_ray()
        yield
        ray.shutdown()


def search():
    estimator = GRUClassifier(8, epochs=4, random_state=0)
    return GridSearchCV(estimator, GRID, cv=3, n_jobs=2, error_score="raise")


def workers():
    """Return Ray's processes that fit, those that this process has started."""
    children = psutil.Process().children(recursive=True)
    return [p for p in children if "ray::PoolActor" in " ".join(p.cmdline())]


def scores(search):
    return search.cv_results_["mean_test_score"]


@pytest.fixture(scope="module")
def expected(vowels):
    """The scores of the search in this process, one fit after another."""
    return scores(search().set_params(n_jobs=1).fit(*vowels))


def test_scores_are_those_of_one_process(cluster, vowels, expected):
    with joblib.parallel_config("ray"):
        np.testing.assert_array_equal(scores(search().fit(*vowels)), expected)


def test_a_killed_worker_ends_the_search(cluster, vowels):
    """Ray's backend does not run its fits again, as Dask's does; nothing hangs."""
    earlier, killed = {p.pid for p in workers()}, []

    def kill_one():
        while not (found := [p for p in workers() if p.pid not in earlier]):
            time.sleep(0.1)
        time.sleep(3)
        os.kill(found[0].pid, signal.SIGKILL)
        killed.append(found[0].pid)

    thread = threading.Thread(target=kill_one, daemon=True)
    thread.start()
    with joblib.parallel_config("ray"), pytest.raises(ray.exceptions.ActorDiedError):
        search().fit(*vowels)
    assert len(killed) == 1  # while the search ran
