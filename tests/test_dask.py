"""A search on a Dask cluster: two worker processes on this machine."""

import gc
import itertools
import logging
import os
import signal
import time
from collections import Counter

import joblib
import numpy as np
import pytest
from sklearn.model_selection import GridSearchCV, StratifiedKFold

from skgru import GRUClassifier
from skgru.datasets import load_japanese_vowels

pytestmark = pytest.mark.long

distributed = pytest.importorskip("distributed")

GRID = {"learning_rate": [0.003, 0.01, 0.03], "dropout": [0.0, 0.2]}


class Recording(np.ndarray):
    """An array that notes on disk in which process it is unpickled."""

    note = None

    def __reduce__(self):
        return _received, (np.asarray(self), self.note)


def _received(array, note):
    with open(note, "a") as file:
        file.write(f"{os.getpid()}\n")
    recording = array.view(Recording)
    recording.note = note
    return recording


class KillWorker(distributed.SchedulerPlugin):
    """Kills a worker that runs a fit, once a number of fits have finished.

    Attributes
    ----------
    sent : list of str
        The tasks that were sent to a worker; one that was sent again is there twice.
    of_victim : set of str
        The tasks that the killed worker ran, was to run next, or had the result of.
    """

    name = "kill-worker"

    def __init__(self, scheduler, pids, after):
        self.scheduler, self.pids, self.after = scheduler, pids, after
        self.sent, self.of_victim, self.n_finished = [], set(), 0
        self.victim = None

    def transition(self, key, start, finish, *args, worker=None, **kwargs):
        if "_fit_and_score" not in str(key):
            return
        if finish == "processing":
            self.sent.append(key)
            if self.scheduler.tasks[key].processing_on.address == self.victim:
                self.of_victim.add(key)  # Dask has not noticed yet
        if (start, finish) != ("processing", "memory"):
            return
        self.n_finished += 1
        if self.n_finished < self.after or self.victim:
            return
        (other,) = (w for w in self.scheduler.workers.values() if w.address != worker)
        if other.processing:
            self.victim = other.address
            self.of_victim = {task.key for task in (*other.processing, *other.has_what)}
            os.kill(self.pids[other.address], signal.SIGKILL)


@pytest.fixture(scope="module")
def vowels():
    """All recordings as one object array, which tells where it is unpickled."""
    return load_japanese_vowels(return_X_y=True)


@pytest.fixture(scope="module")
def splits(vowels):
    return list(StratifiedKFold(3).split(*vowels))


@pytest.fixture(scope="module")
def search(splits):
    """Make a search that is the same everywhere."""
    estimator = GRUClassifier(8, epochs=4, random_state=0)
    return lambda: GridSearchCV(estimator, GRID, cv=splits, error_score="raise")


@pytest.fixture(scope="module")
def expected(search, vowels):
    """The search in this process, one fit after another."""
    return search().fit(*vowels)


@pytest.fixture(scope="module")
def programs(tmp_path_factory):
    """The directory where the workers keep compiled programs."""
    return tmp_path_factory.mktemp("programs")


@pytest.fixture(scope="module")
def client(programs):
    environment = {
        "SKGRU_CACHE_DIR": str(programs),
        "TF_XLA_FLAGS": "",  # not the cache of this process
    }
    with (
        distributed.LocalCluster(
            n_workers=2,
            threads_per_worker=1,
            host="127.0.0.1",
            dashboard_address="127.0.0.1:0",
            env=environment,
            # TensorFlow takes seconds to exit, which Dask's nannies report.
            silence_logs=logging.CRITICAL,
        ) as cluster,
        distributed.Client(cluster) as client,
    ):
        # Dask's memory manager would take the copies away that survive a lost worker.
        client.amm.stop()
        yield client


def wait_until_forgotten(client):
    """Wait until the workers hold no data of an earlier search.

    Dask names sent data by its content. Sent again while the workers are being told to
    forget it, it may be lost. Searches in one ``with`` block send it once.
    """
    while any(client.run(lambda dask_worker: len(dask_worker.data)).values()):
        gc.collect()
        time.sleep(0.05)


def on_cluster(client, search, X, y, splits):
    """Fit as the README says: all that the tasks share is sent ahead."""
    wait_until_forgotten(client)
    shared = [X, y, *itertools.chain.from_iterable(splits)]
    with joblib.parallel_config("dask", scatter=shared):
        return search.fit(X, y)


def assert_same(actual, expected):
    assert actual.best_params_ == expected.best_params_
    for name, values in expected.cv_results_.items():
        if not name.endswith("_time"):
            np.testing.assert_array_equal(actual.cv_results_[name], values, name)


def test_scores_are_those_of_one_process_and_X_is_sent_once(
    client, search, vowels, splits, expected, tmp_path
):
    X, y = vowels
    noted = X.copy()
    # An object array is unpickled together with its elements.
    noted[0] = X[0].view(Recording)
    noted[0].note = str(tmp_path / "unpickled")
    assert_same(on_cluster(client, search(), noted, y, splits), expected)
    pids = map(int, (tmp_path / "unpickled").read_text().split())
    # Dask hashes data here by pickling it; what counts is what the workers received.
    received = sorted(pid for pid in pids if pid != os.getpid())
    assert received == sorted(client.run(os.getpid).values())


def kept(directory):
    """Return the compiled programs on disk, and when each was written."""
    return {path.name: path.stat().st_mtime_ns for path in directory.rglob("skgru_*")}


def test_new_workers_compile_nothing_that_is_on_disk(
    client, search, vowels, splits, expected, programs
):
    on_cluster(client, search(), *vowels, splits)
    before = kept(programs)
    assert len(before) == 2  # to train and to predict
    pids = set(client.run(os.getpid).values())
    client.restart()
    assert pids.isdisjoint(client.run(os.getpid).values())
    assert_same(on_cluster(client, search(), *vowels, splits), expected)
    assert kept(programs) == before


def test_a_killed_worker_costs_its_own_tasks_only(
    client, search, vowels, splits, expected
):
    pids = client.run(os.getpid)
    scheduler = client.cluster.scheduler
    killer = KillWorker(scheduler, pids, after=5)
    scheduler.add_plugin(killer)
    actual = on_cluster(client, search(), *vowels, splits)
    scheduler.remove_plugin(killer.name)
    assert_same(actual, expected)
    sent = Counter(killer.sent)
    assert len(sent) > 10
    sent_again = {key for key, times in sent.items() if times > 1}
    assert sent_again and sent_again <= killer.of_victim
    assert len(set(pids.values()) & set(client.run(os.getpid).values())) == 1


def test_a_cluster_without_workers_is_an_error(search, vowels):
    with (
        distributed.LocalCluster(
            n_workers=0, host="127.0.0.1", dashboard_address="127.0.0.1:0"
        ) as cluster,
        distributed.Client(cluster),
    ):
        with joblib.parallel_config("dask", wait_for_workers_timeout=1):
            with pytest.raises(TimeoutError, match="no worker after 1 seconds"):
                search().fit(*vowels)
