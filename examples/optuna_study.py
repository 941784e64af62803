"""An Optuna study that prunes
===========================

An Optuna study that prunes, on storage that several processes share.

Run it several times at once, on one file, and the processes share the trials::

    python optuna_study.py study.db & python optuna_study.py study.db

A process that is killed loses its trial, which another one takes up; what had finished
stays. Started again, the study goes on until it has its trials. Needs the extra "tune".
"""

import sys
import tempfile
import warnings
from pathlib import Path

import optuna
from optuna.storages import RDBStorage, RetryHeartbeatStaleTrialCallback
from optuna.study import MaxTrialsCallback
from optuna.trial import TrialState
from optuna_integration import KerasPruningCallback
from sklearn.model_selection import train_test_split

from skgru import GRUClassifier
from skgru.datasets import load_japanese_vowels
from skgru.preprocessing import SequenceScaler
from skgru.tuning import optuna_distributions

N_TRIALS = 10
FINISHED = (TrialState.COMPLETE, TrialState.PRUNED)

X, y = load_japanese_vowels(padded=True, return_X_y=True)
X, X_val, y, y_val = train_test_split(X, y, stratify=y, random_state=0)
scaler = SequenceScaler().fit(X)
X, X_val = scaler.transform(X), scaler.transform(X_val)


def objective(trial):
    spaces = optuna_distributions()
    widths = spaces.pop("kernel_size").choices
    parameters = {"kernel_size": trial.suggest_categorical("kernel_size", widths)}
    for name, space in spaces.items():
        parameters[name] = trial.suggest_float(
            name, space.low, space.high, log=space.log
        )
    classifier = GRUClassifier(
        32,
        batch_size=16,
        epochs=20,
        # Reports the loss of every epoch, and ends trials that are worse than others.
        callbacks=[KerasPruningCallback(trial, "val_loss")],
        random_state=0,
        **parameters,
    )
    classifier.fit(X, y, X_val=X_val, y_val=y_val)
    trial.set_user_attr("accuracy", classifier.score(X_val, y_val))
    return classifier.history_["val_loss"][-1]


def main(path):
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    # Heartbeats, which tell a trial that runs from one whose process is gone, are
    # marked experimental.
    warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
    storage = RDBStorage(
        f"sqlite:///{path}",
        heartbeat_interval=10,
        grace_period=60,
        heartbeat_stale_trial_callback=RetryHeartbeatStaleTrialCallback(max_retry=3),
    )
    study = optuna.create_study(
        study_name="vowels",
        storage=storage,
        load_if_exists=True,
        pruner=optuna.pruners.MedianPruner(n_startup_trials=3, n_warmup_steps=3),
    )
    study.optimize(objective, callbacks=[MaxTrialsCallback(N_TRIALS, states=FINISHED)])
    storage.engine.dispose()
    epochs = [len(trial.intermediate_values) for trial in study.get_trials()]
    pruned = study.get_trials(states=[TrialState.PRUNED])
    print(f"{len(epochs)} trials, {len(pruned)} of them pruned; {sum(epochs)} epochs")
    print(
        f"Best: validation loss {study.best_value:.3f}, accuracy "
        f"{study.best_trial.user_attrs['accuracy']:.3f}"
    )
    for name, value in study.best_params.items():
        print(f"  {name} = {value:.3g}")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        main(Path(sys.argv[1]).absolute())
    else:
        with tempfile.TemporaryDirectory() as directory:
            main(Path(directory) / "study.db")
