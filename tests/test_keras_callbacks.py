"""Keras' own callbacks: each does its work here, or is refused by name."""

import csv
import json
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import keras
import numpy as np
import pytest
from reference import ignore_keras_warning

from skgru.schedules import StepDecay


@ignore_keras_warning
def test_learning_rate_scheduler(classifier, X, labels):
    scheduler = keras.callbacks.LearningRateScheduler(lambda epoch: 0.02 * 0.5**epoch)
    fitted = classifier(callbacks=[scheduler]).fit(X, labels)
    np.testing.assert_allclose(
        fitted.history_["learning_rate"], [0.02, 0.01, 0.005], rtol=1e-6
    )
    own = classifier(schedule=StepDecay(0.5, every=1)).fit(X, labels)
    np.testing.assert_allclose(fitted.predict_proba(X), own.predict_proba(X), atol=1e-5)


def test_early_stopping_of_keras(classifier, X, labels):
    """The same epochs and the same weights as the estimator's own."""
    params = {"epochs": 60, "learning_rate": 0.1}
    validation = {"X_val": X[:12], "y_val": labels[12:24]}
    stopping = keras.callbacks.EarlyStopping(patience=3, restore_best_weights=True)
    theirs = classifier(callbacks=[stopping], **params).fit(X, labels, **validation)
    ours = classifier(early_stopping=True, patience=3, **params)
    ours.fit(X, labels, **validation)
    assert theirs.n_iter_ == ours.n_iter_ < 60
    assert stopping.best_epoch == ours.best_epoch_ == theirs.best_epoch_
    np.testing.assert_array_equal(theirs.predict_proba(X), ours.predict_proba(X))


def test_csv_logger(classifier, X, labels, tmp_path):
    logger = keras.callbacks.CSVLogger(tmp_path / "log.csv")
    fitted = classifier(callbacks=[logger]).fit(
        X, labels, X_val=X[:12], y_val=labels[:12]
    )
    with open(tmp_path / "log.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["epoch"] for row in rows] == ["0", "1", "2"]
    for name, values in fitted.history_.items():
        assert [float(row[name]) for row in rows] == pytest.approx(values)


@ignore_keras_warning
def test_model_checkpoint_keeps_the_best_model(classifier, X, labels, tmp_path):
    """A whole model, which Keras loads."""
    checkpoint = keras.callbacks.ModelCheckpoint(
        tmp_path / "best.keras", monitor="val_loss", save_best_only=True
    )
    params = {"epochs": 30, "learning_rate": 0.1, "patience": 100}
    fitted = classifier(early_stopping=True, callbacks=[checkpoint], **params)
    fitted.fit(X, labels)
    assert 0 < fitted.best_epoch_ < 29
    model = keras.models.load_model(tmp_path / "best.keras")
    np.testing.assert_allclose(
        model.predict(X, verbose=0), fitted.predict_proba(X), atol=1e-5
    )


@ignore_keras_warning
def test_model_checkpoint_within_epochs(classifier, X, labels, tmp_path):
    """Every two of the nine batches, as Keras counts them."""
    checkpoint = keras.callbacks.ModelCheckpoint(
        tmp_path / "{epoch}-{batch}.weights.h5", save_weights_only=True, save_freq=2
    )
    fitted = classifier(callbacks=[checkpoint]).fit(X, labels)
    saved = sorted(path.name.split(".")[0] for path in tmp_path.iterdir())
    assert saved == ["1-2", "2-1", "2-3", "3-2"]
    # The second epoch's last batch ends it.
    model = fitted.model_
    model.load_weights(tmp_path / "2-3.weights.h5")
    shorter = classifier(epochs=2).fit(X, labels)
    np.testing.assert_allclose(
        model.predict(X, verbose=0), shorter.predict_proba(X), atol=1e-5
    )


def test_history(classifier, X, labels):
    history = keras.callbacks.History()
    fitted = classifier(callbacks=[history], scoring="accuracy").fit(
        X, labels, X_val=X[:12], y_val=labels[:12]
    )
    assert history.history == fitted.history_
    assert history.epoch == [0, 1, 2]


def test_lambda_callback(classifier, X, labels):
    losses, batches = [], []
    callback = keras.callbacks.LambdaCallback(
        on_epoch_end=lambda epoch, logs: losses.append(logs["loss"]),
        on_train_batch_end=lambda batch, logs: batches.append(batch),
    )
    fitted = classifier(callbacks=[callback]).fit(X, labels)
    assert losses == fitted.history_["loss"]
    assert batches == [0, 1, 2] * 3


def test_terminate_on_nan(regressor, X, targets, capsys):
    """It ends the epoch at once, and what diverged is an error all the same."""
    batches = []
    callbacks = [
        keras.callbacks.TerminateOnNaN(),
        keras.callbacks.LambdaCallback(
            on_train_batch_end=lambda batch, logs: batches.append(batch)
        ),
    ]
    params = {"optimizer": "sgd", "learning_rate": 1e30, "normalize_y": False}
    with pytest.raises(ValueError, match="diverged"):
        regressor(callbacks=callbacks, **params).fit(X, targets)
    assert batches == [0, 1]
    assert "terminating training" in capsys.readouterr().out


@ignore_keras_warning
def test_reduce_lr_on_plateau_watches_a_score(classifier, X, labels):
    """With a min_delta that no epoch reaches."""
    plateau = keras.callbacks.ReduceLROnPlateau(
        "val_accuracy", mode="max", factor=0.5, patience=1, min_delta=2.0
    )
    fitted = classifier(callbacks=plateau, scoring="accuracy")
    fitted.fit(X, labels, X_val=X[:12], y_val=labels[:12])
    np.testing.assert_allclose(
        fitted.history_["learning_rate"], [0.02, 0.02, 0.01], rtol=1e-6
    )


def test_progbar_logger_shows_one_bar(classifier, X, labels, capsys):
    classifier(callbacks=[keras.callbacks.ProgbarLogger()], verbose=2).fit(X, labels)
    lines = capsys.readouterr().out.splitlines()
    assert sum("loss" in line for line in lines) == 3


def test_remote_monitor(classifier, X, labels):
    pytest.importorskip("requests")
    received = []

    class Receiver(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            received.append(json.loads(body))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *args):
            pass

    with HTTPServer(("localhost", 0), Receiver) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            monitor = keras.callbacks.RemoteMonitor(
                f"http://localhost:{server.server_port}", send_as_json=True
            )
            fitted = classifier(callbacks=[monitor]).fit(X, labels)
        finally:
            server.shutdown()
            thread.join()
    assert [sent["epoch"] for sent in received] == [0, 1, 2]
    assert [sent["loss"] for sent in received] == fitted.history_["loss"]


@pytest.mark.parametrize(
    "make, message",
    [
        (
            lambda path: keras.callbacks.BackupAndRestore(path),
            "BackupAndRestore: it restores the weights alone.*'checkpoint'",
        ),
        (
            lambda path: keras.callbacks.SwapEMAWeights(),
            "SwapEMAWeights: it needs an optimizer with use_ema=True",
        ),
        (
            # Made without its __init__, which needs Orbax.
            lambda path: object.__new__(keras.callbacks.OrbaxCheckpoint),
            "OrbaxCheckpoint: it saves the state.*ModelCheckpoint",
        ),
        (
            lambda path: keras.callbacks.CallbackList([keras.callbacks.History()]),
            "CallbackList: .*as a list",
        ),
    ],
    ids=["BackupAndRestore", "SwapEMAWeights", "OrbaxCheckpoint", "CallbackList"],
)
def test_callbacks_that_cannot_work_here(either, X, make, message, refused, tmp_path):
    estimator, y = either(callbacks=[make(tmp_path / "backup")])
    message = f"The 'callbacks' parameter of .* cannot hold a {message}"
    refused(estimator, "fit", X, y, message=message, error=TypeError)
