"""A fit that is killed and called again ends as if it had never been interrupted."""

import pickle
import random
import signal
import subprocess
import sys
import time

import checkpointed_fits
import joblib
import keras
import numpy as np
import pytest
from checkpointed_fits import FITS, at_every_epoch, killed, make, make_long, outcome
from reference import ignore_keras_warning
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import GridSearchCV


@pytest.fixture
def path(tmp_path):
    return tmp_path / "fit.checkpoint"


@pytest.fixture
def X():
    return checkpointed_fits.data()[0]


@pytest.fixture
def y():
    return checkpointed_fits.data()[1]


@pytest.mark.parametrize("name", FITS)
def test_a_fit_killed_after_every_epoch_is_one_fit(name, path, X, y):
    """Every process but the last gets a little further."""
    whole = make(name).fit(X, y)
    n_killed = 0
    while killed((parts := make(name, checkpoint=path)).fit, X, y):
        n_killed += 1
        assert not hasattr(parts, "history_")
    assert n_killed == (whole.n_iter_ if whole.n_iter_ < 50 else 3)
    assert parts.history_ == whole.history_
    assert outcome(parts) == outcome(whole)
    assert not path.exists()


def test_early_stopping_counts_the_epochs_before_the_kill(path, X, y):
    """It also knows, when it is called again, that it had stopped already."""

    def stopped(**params):
        return make(
            "all at once", epochs=40, min_delta=1.0, scoring=None, patience=2, **params
        )

    whole = stopped().fit(X, y)
    assert (whole.best_epoch_, whole.n_iter_) == (0, 3)
    n_killed = 0
    while killed((parts := stopped(checkpoint=path)).fit, X, y):
        n_killed += 1
    assert n_killed == 3
    assert outcome(parts) == outcome(whole)


def test_a_random_state_of_none_goes_on_with_the_seed_that_was_drawn(path, X, y):
    before = np.random.get_state()
    try:
        np.random.seed(0)
        whole = make("all at once", random_state=None).fit(X, y)
        np.random.seed(0)
        parts = make("all at once", random_state=None, checkpoint=path)
        assert killed(parts.fit, X, y, after=3)
        np.random.seed(1)
        parts.fit(X, y)
    finally:
        np.random.set_state(before)
    assert outcome(parts) == outcome(whole)


def test_a_regressor(path, X, regressor):
    y = 500 + 40 * X[:, -2:, 0].sum(axis=1)
    whole = regressor(dropout=0.2, epochs=4, early_stopping=True).fit(X, y)
    parts = regressor(dropout=0.2, epochs=4, early_stopping=True, checkpoint=str(path))
    assert killed(parts.fit, X, y, after=2)
    parts.fit(X, y)
    assert parts.history_ == whole.history_
    np.testing.assert_array_equal(parts.predict(X), whole.predict(X))


def test_sequences_of_several_lengths(path, sequences, y):
    """Their order in batches is drawn anew at every epoch."""
    whole = make("no validation").fit(sequences, y)
    parts = make("no validation", checkpoint=path)
    assert killed(parts.fit, sequences, y, after=2)
    assert killed(parts.fit, sequences, y, after=2)
    parts.fit(sequences, y)
    assert parts.history_ == whole.history_
    np.testing.assert_array_equal(
        parts.predict_proba(sequences), whole.predict_proba(sequences)
    )


def test_a_fit_with_validation_data_and_weights(path, X, y):
    fit_params = {"X_val": X[:9], "y_val": y[:9], "sample_weight": np.arange(44.0)}
    whole = make("plain", epochs=5).fit(X, y, **fit_params)
    parts = make("plain", epochs=5, checkpoint=path)
    assert killed(parts.fit, X, y, after=2, **fit_params)
    assert outcome(parts.fit(X, y, **fit_params)) == outcome(whole)


def test_a_fit_that_is_done_begins_anew(path, X, y):
    fitted = make("plain", checkpoint=path).fit(X, y)
    first = outcome(fitted)
    assert not path.exists()
    assert outcome(fitted.fit(X, y)) == first


def test_ctrl_c_keeps_the_checkpoint_and_says_so(path, X, y):
    whole = make("no validation").fit(X, y)
    parts = make("no validation", checkpoint=path)
    with pytest.warns(ConvergenceWarning, match=f"The same call goes on from {path}"):
        killed(parts.fit, X, y, after=2, error=KeyboardInterrupt)
    assert parts.n_iter_ == 2
    assert outcome(parts.fit(X, y)) == outcome(whole)


def test_a_warm_start_that_is_killed(path, X, y):
    """The file is that of the second fit, which begins where the first has ended."""
    params = {"warm_start": True, "checkpoint": path}
    whole = make("all at once", warm_start=True).fit(X, y).fit(X, y)
    first = pickle.dumps(make("all at once", **params).fit(X, y))
    assert killed(pickle.loads(first).fit, X, y, after=3)
    again = pickle.loads(first).fit(X, y)
    assert outcome(again) == outcome(whole)
    assert again.n_iter_ > pickle.loads(first).n_iter_


def test_partial_fit_keeps_no_checkpoint(path, X, y):
    """Nor does it touch that of a fit."""
    fitted = make("no validation", checkpoint=path)
    assert killed(fitted.fit, X, y)
    before = path.read_bytes()
    assert not killed(fitted.partial_fit, X, y)
    assert path.read_bytes() == before


class Epochs(keras.callbacks.Callback):
    """Notes the epochs that it hears of, and the learning rate that it sets."""

    def __init__(self):
        super().__init__()
        self.begins, self.heard, self.losses = 0, [], []

    def on_train_begin(self, logs=None):
        self.begins += 1
        self.model.optimizer.learning_rate = 0.05

    def on_epoch_begin(self, epoch, logs=None):
        self.heard.append((epoch, float(self.model.optimizer.learning_rate)))
        self.model.optimizer.learning_rate = self.heard[-1][1] / 2

    def on_train_end(self, logs=None):
        self.losses.append(logs["loss"])


@ignore_keras_warning
def test_callbacks_hear_of_the_epochs_that_are_left(path, X, y):
    whole, first, second, last = Epochs(), Epochs(), Epochs(), Epochs()
    fitted = make("plain", epochs=5, callbacks=whole).fit(X, y)
    parts = make("plain", epochs=5, callbacks=first, checkpoint=path)
    assert killed(parts.fit, X, y, after=3)
    # What a callback has changed before the kill is as it was, whatever it does at
    # the beginning.
    assert killed(parts.set_params(callbacks=second).fit, X, y, after=2)
    assert first.heard + second.heard == whole.heard
    assert (first.begins, second.begins) == (1, 1)
    # The end of training alone is left.
    parts.set_params(callbacks=last).fit(X, y)
    assert last.heard == []
    assert last.losses == whole.losses
    for each in (parts, fitted):
        each.set_params(callbacks=None)
    assert outcome(parts) == outcome(fitted)


@ignore_keras_warning
@pytest.mark.parametrize(
    "callback",
    [
        lambda: keras.callbacks.EarlyStopping(
            "val_loss", patience=2, min_delta=1.0, restore_best_weights=True
        ),
        lambda: keras.callbacks.ReduceLROnPlateau("val_loss", patience=2, min_delta=1),
    ],
    ids=["EarlyStopping", "ReduceLROnPlateau"],
)
def test_callbacks_of_keras_go_on_where_they_were(callback, path, X, y):
    def fit(**params):
        estimator = make("plain", epochs=8, callbacks=callback(), **params)
        return estimator, lambda: estimator.fit(X, y, X_val=X[:9], y_val=y[9:18])

    whole, fit_whole = fit()
    fit_whole()
    parts, fit_parts = fit(checkpoint=path)
    while killed(fit_parts):
        parts, fit_parts = fit(checkpoint=path)
    assert parts.history_ == whole.history_
    for a, b in zip(
        parts.model_.get_weights(), whole.model_.get_weights(), strict=True
    ):
        np.testing.assert_array_equal(a, b)


def test_the_fits_of_a_search_share_a_directory(tmp_path, X, y):
    """Clones and folds have files of their own; what was begun is not begun again."""
    heard = []

    class Heard(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            heard.append(epoch)

        def __deepcopy__(self, memo):
            return self

    def search(**params):
        estimator = make("plain", epochs=3, callbacks=Heard(), **params)
        return GridSearchCV(estimator, {"learning_rate": [0.01, 0.03]}, cv=2)

    whole = search().fit(X, y)
    del heard[:]
    # Killed in the second epoch of the third of five fits.
    directory = f"{tmp_path}/checkpoints/"
    parts = search(checkpoint=directory)
    assert killed(parts.fit, X, y, after=8)
    assert len(list((tmp_path / "checkpoints").iterdir())) == 1
    del heard[:]
    parts = search(checkpoint=directory).fit(X, y)
    assert heard == [0, 1, 2, 0, 1, 2, 2, 0, 1, 2, 0, 1, 2]
    assert parts.best_params_ == whole.best_params_
    for name in ("mean_test_score", "std_test_score"):
        np.testing.assert_array_equal(parts.cv_results_[name], whole.cv_results_[name])
    assert not list((tmp_path / "checkpoints").iterdir())


def test_fits_in_threads_share_a_directory(tmp_path, X, y):
    """Each keeps a file of its own, without a warning of another's."""
    files = []

    class Files(keras.callbacks.Callback):
        def on_epoch_begin(self, epoch, logs=None):
            files.extend(each.name for each in tmp_path.glob("*.checkpoint"))

    def search(**params):
        estimator = make("plain", epochs=4, callbacks=Files(), **params)
        return GridSearchCV(estimator, {"l2": [0.01, 0.1]}, cv=2, n_jobs=2)

    with joblib.parallel_config("threading"), at_every_epoch():
        whole = search().fit(X, y)
        kept = search(checkpoint=tmp_path).fit(X, y)
    np.testing.assert_array_equal(
        kept.cv_results_["mean_test_score"], whole.cv_results_["mean_test_score"]
    )
    assert len(set(files)) == 5
    assert not list(tmp_path.iterdir())


def process(name, directory, epochs, *killed_at):
    script = checkpointed_fits.__file__
    return subprocess.Popen(
        [sys.executable, "-W", "error", script, name, directory]
        + [str(number) for number in (epochs, *killed_at)],
        stderr=subprocess.PIPE,
        text=True,
    )


def check_last(name, directory, epochs):
    """Fit to the end, and compare with a fit that was never interrupted."""
    with process(name, directory, epochs) as running:
        _, error = running.communicate()
    assert running.returncode == 0, error
    learnt, after = pickle.loads((directory / "outcome").read_bytes())
    whole = make_long(name, epochs).fit(*checkpointed_fits.data())
    assert learnt == (whole.history_, whole.n_iter_, whole.best_epoch_)
    assert after == outcome(whole)
    # Neither the checkpoint nor what was written of one when a kill came.
    assert [each.name for each in directory.iterdir()] == ["outcome"]


@pytest.mark.long
def test_sigkill_while_a_checkpoint_is_written(tmp_path):
    """The one before is still there."""
    with process("all at once", tmp_path, 8, 4) as running:
        _, error = running.communicate()
    assert running.returncode == -signal.SIGKILL, error
    unfinished, whole = sorted(each.name for each in tmp_path.iterdir())
    assert unfinished.startswith(".checkpoint.")
    assert whole == "checkpoint"
    check_last("all at once", tmp_path, 8)


def changed(path, before):
    try:
        return path.stat().st_mtime_ns != before
    except FileNotFoundError:
        return False


@pytest.mark.slow
@pytest.mark.parametrize("name", ["all at once", "own model"])
def test_sigkill_at_twenty_random_moments(name, tmp_path):
    rng, epochs = random.Random(1), 4000
    checkpoint = tmp_path / "checkpoint"
    for _ in range(20):
        before = checkpoint.stat().st_mtime_ns if checkpoint.exists() else None
        with process(name, tmp_path, epochs) as running:
            while not changed(checkpoint, before):
                assert running.poll() is None, running.stderr.read()
                time.sleep(0.002)
            time.sleep(rng.uniform(0, 0.3))
            assert running.poll() is None, "the fit had ended"
            running.kill()
        assert running.returncode == -signal.SIGKILL
    check_last(name, tmp_path, epochs)
