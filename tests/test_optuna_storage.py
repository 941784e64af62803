"""An Optuna study on shared storage: several processes, sudden ends, restarts."""

import os
import signal
import sqlite3
import subprocess
import sys
import time

import pytest

optuna = pytest.importorskip("optuna")
integration = pytest.importorskip("optuna_integration")

from optuna.trial import TrialState  # noqa: E402

# Heartbeats are marked experimental; they are how a killed process is noticed.
pytestmark = pytest.mark.filterwarnings(
    "ignore::optuna.exceptions.ExperimentalWarning",
)

N_TRIALS = 8
GRACE_PERIOD = 5  # seconds without a heartbeat until a trial counts as lost
WORKER = (
    f"N_TRIALS, GRACE_PERIOD = {N_TRIALS}, {GRACE_PERIOD}"
    + """
import os, sys
import numpy as np
import optuna
from optuna.storages import RDBStorage, RetryHeartbeatStaleTrialCallback
from optuna.study import MaxTrialsCallback
from optuna.trial import TrialState
from optuna_integration import KerasPruningCallback
from skgru import GRUClassifier, tuning
from skgru.datasets import load_japanese_vowels

X, y = load_japanese_vowels(padded=True, return_X_y=True)
train, validation = np.arange(len(y)) % 3 > 0, np.arange(len(y)) % 3 == 0


def objective(trial):
    trial.set_user_attr("pid", os.getpid())
    classifier = GRUClassifier(
        16,
        epochs=40,
        callbacks=[KerasPruningCallback(trial, "val_loss")],
        random_state=0,
        learning_rate=trial.suggest_float("learning_rate", 1e-3, 1e-1, log=True),
    )
    classifier.fit(X[train], y[train], X_val=X[validation], y_val=y[validation])
    return min(classifier.history_["val_loss"])


storage = RDBStorage(
    sys.argv[1],
    engine_kwargs={"connect_args": {"timeout": 60}},
    heartbeat_interval=1,
    grace_period=GRACE_PERIOD,
    heartbeat_stale_trial_callback=RetryHeartbeatStaleTrialCallback(max_retry=3),
)
study = optuna.load_study(
    study_name="gru",
    storage=storage,
    sampler=optuna.samplers.RandomSampler(),
    pruner=optuna.pruners.MedianPruner(n_startup_trials=3),
)
finished = (TrialState.COMPLETE, TrialState.PRUNED)
study.optimize(objective, callbacks=[MaxTrialsCallback(N_TRIALS, states=finished)])
"""
)


class Processes:
    """Processes that work on one study, and are gone when the test is."""

    def __init__(self, url, directory):
        self.url, self.directory, self.all = url, directory, []

    def start(self):
        with open(self.directory / f"{len(self.all)}.txt", "w") as output:
            process = subprocess.Popen(
                [sys.executable, "-c", WORKER, self.url],
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        self.all.append(process)
        return process

    def output(self, process):
        return (self.directory / f"{self.all.index(process)}.txt").read_text()

    def end(self):
        for process in self.all:
            process.kill()
            process.wait()


@pytest.fixture
def processes(tmp_path):
    processes = Processes(f"sqlite:///{tmp_path}/study.db", tmp_path)
    yield processes
    processes.end()


def wait_until(condition, processes, timeout=120):
    end = time.monotonic() + timeout
    while not condition():
        for process in processes.all:
            assert not process.poll(), processes.output(process)
        assert time.monotonic() < end
        time.sleep(0.05)


def finished(study):
    states = (TrialState.COMPLETE, TrialState.PRUNED)
    return {trial.number: trial for trial in study.get_trials(states=states)}


@pytest.mark.long
def test_a_killed_process_loses_its_trial_only_and_a_restart_finishes(processes):
    study = optuna.create_study(study_name="gru", storage=processes.url)
    victim, other = processes.start(), processes.start()

    def trial_of(process):
        """Return a trial that the process is in the middle of."""
        for trial in study.get_trials(states=(TrialState.RUNNING,)):
            if trial.user_attrs.get("pid") == process.pid and trial.intermediate_values:
                return trial
        return None

    def both_have_finished_trials_and_run_others():
        done = {trial.user_attrs["pid"] for trial in finished(study).values()}
        return done >= {victim.pid, other.pid} and trial_of(victim)

    wait_until(both_have_finished_trials_and_run_others, processes)
    lost = trial_of(victim)
    os.kill(victim.pid, signal.SIGKILL)
    victim.wait()
    processes.all.remove(victim)
    before = finished(study)
    assert lost.number not in before
    assert len(before) < N_TRIALS

    time.sleep(GRACE_PERIOD + 1)
    restarted = processes.start()
    for process in (other, restarted):
        assert process.wait(timeout=120) == 0, processes.output(process)

    after = finished(study)
    # Whichever process sees the last trial ends; the other one may run its own then.
    assert N_TRIALS <= len(after) <= N_TRIALS + 1
    # What was finished is as it was, and no candidate was trained to its end twice.
    for number, trial in before.items():
        assert after[number] == trial
    rates = [trial.params["learning_rate"] for trial in after.values()]
    assert len(set(rates)) == len(rates)
    # The lost trial is marked as failed, and its candidate was tried again.
    assert study.trials[lost.number].state == TrialState.FAIL
    assert rates.count(lost.params["learning_rate"]) == 1


@pytest.fixture
def quiet():
    verbosity = optuna.logging.get_verbosity()
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    yield
    optuna.logging.set_verbosity(verbosity)


def test_storage_that_stops_answering_is_an_error_and_nothing_is_lost(
    quiet, classifier, X, labels, tmp_path
):
    """Another program locks the database in the middle of the second trial.

    Trials are asked for and told one by one: ``study.optimize`` of Optuna 5.0 covers
    the error up with an UnboundLocalError of its own.
    """
    storage = optuna.storages.RDBStorage(
        f"sqlite:///{tmp_path}/study.db",
        engine_kwargs={"connect_args": {"timeout": 0.2}},
    )
    study = optuna.create_study(storage=storage)
    lock = sqlite3.connect(tmp_path / "study.db")

    class Lock(integration.KerasPruningCallback):
        def on_epoch_end(self, epoch, logs=None):
            if self._trial.number == 1 and epoch == 1:
                lock.execute("BEGIN EXCLUSIVE")
            super().on_epoch_end(epoch, logs)

    fitted = classifier()

    def run(trial):
        fitted.set_params(callbacks=[Lock(trial, "loss")])
        fitted.set_params(learning_rate=trial.suggest_float("learning_rate", 0.01, 0.1))
        study.tell(trial, fitted.fit(X, labels).history_["loss"][-1])

    run(study.ask())
    first = study.trials[0]
    second = study.ask()
    with pytest.raises(optuna.exceptions.StorageInternalError) as raised:
        run(second)
    assert "database is locked" in str(raised.value.__cause__)
    lock.rollback()
    lock.close()
    # The first trial is in the study, and the estimator is as it left it.
    assert study.trials[0] == first
    assert fitted.history_["loss"][-1] == first.value
    assert fitted.predict(X).shape == labels.shape
    # The study goes on where it was.
    study.tell(second, state=TrialState.FAIL)
    run(study.ask())
    assert sorted(finished(study)) == [0, 2]


def test_storage_that_cannot_be_opened_is_an_error_at_once(tmp_path):
    with pytest.raises(Exception, match="unable to open database file"):
        optuna.create_study(storage=f"sqlite:///{tmp_path}/missing/study.db")
