"""Checkpoints that are not this fit's, that are damaged, or that cannot be written."""

import errno
import hashlib
import io
import json
import os
import pickle
import warnings
from unittest import mock

import checkpointed_fits
import keras
import numpy as np
import own_models
import pytest
from checkpointed_fits import at_every_epoch, killed, make, outcome
from sklearn.base import clone
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import KFold, ShuffleSplit

import skgru
from skgru import GRUClassifier, _checkpoint
from skgru.schedules import StepDecay


@pytest.fixture
def path(tmp_path):
    return tmp_path / "fit.checkpoint"


@pytest.fixture
def X():
    return checkpointed_fits.data()[0]


@pytest.fixture
def y():
    return checkpointed_fits.data()[1]


# ---- another fit's ----


def half(epoch, learning_rate):
    return learning_rate / 2


def other_half(epoch, learning_rate):
    return learning_rate / 2 ** min(epoch, 1)


other_half.__name__ = other_half.__qualname__ = "half"


@pytest.mark.parametrize(
    "before, now, message",
    [
        ({"l2": 0.1}, {"l2": 0.2}, r"'l2' was 0\.1 and is 0\.2"),
        ({}, {"epochs": 7}, "'epochs' was 6 and is 7"),
        ({}, {"random_state": 1}, "'random_state' was 0 and is 1"),
        ({}, {"optimizer__beta_1": 0.8}, "'optimizer__beta_1' was not set and is 0.8"),
        (
            {"schedule": StepDecay(every=2)},
            {"schedule": StepDecay(every=3)},
            r"'schedule' was StepDecay\(drop=0\.5, every=2, warmup=0\) and is Step",
        ),
        ({"schedule": half}, {"schedule": other_half}, r"'schedule' was .*\.half \("),
        (
            {"validation_split": KFold(2)},
            {"validation_split": KFold(3)},
            r"'validation_split' was KFold\(.*'n_splits': 2",
        ),
        (
            {"random_state": np.random.RandomState(0)},
            {"random_state": np.random.RandomState(1)},
            r"'random_state' was one that gives the seed \d+ and is",
        ),
        (
            {},
            {"callbacks": keras.callbacks.TerminateOnNaN()},
            r"'callbacks' was \[\] and is \[TerminateOnNaN\]",
        ),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, dict) else "",
)
def test_other_parameters(before, now, message, path, X, y, refused):
    params = {"early_stopping": True, "checkpoint": path}
    assert killed(make("no validation", **{**params, **before}).fit, X, y)
    content = path.read_bytes()
    estimator = make("no validation", **{**params, **before, **now})
    refused(estimator, "fit", X, y, message=f"(?s)The checkpoint {path}.*{message}")
    assert path.read_bytes() == content


def test_other_data(path, X, y, refused):
    weight, validation = np.ones(44), {"X_val": X[:9], "y_val": y[:9]}
    estimator = make("no validation", checkpoint=path)
    given = {"sample_weight": weight, **validation}
    assert killed(estimator.fit, X, y, **given)
    content = path.read_bytes()
    other_X, other_y, other_weight = X.copy(), np.roll(y, 1), weight.copy()
    other_X[-1, -1, -1] += 1e-6
    other_weight[3] = 2

    def check(message, X=X, y=y, **more):
        message = f"differs: {message}. To resume the other fit"
        refused(estimator, "fit", X, y, message=message, **{**given, **more})

    check("the data X", X=other_X)
    check("the targets y", y=other_y)
    check("the data X; the targets y", X=other_X, y=other_y)
    check("the weights of the samples", sample_weight=other_weight)
    check("the validation data X_val and y_val", X_val=X[1:10])
    check("the validation data X_val and y_val", y_val=y[1:10])
    check("the targets y", y=y + 10, y_val=y[:9] + 10)
    estimator.set_params(class_weight="balanced")
    check("'class_weight' was None and is 'balanced'; the weights of the samples")
    assert path.read_bytes() == content


def test_the_form_of_the_data_does_not_matter(path, X, y):
    """The values do: what a network would be given."""
    whole = make("plain", epochs=4).fit(X, y)
    parts = make("plain", epochs=4, checkpoint=path)
    assert killed(parts.fit, X, y)
    assert outcome(parts.fit(np.asfortranarray(X, float), y.tolist())) == outcome(whole)


def test_a_splitter_that_splits_anew_at_every_call(path, X, y):
    params = {"early_stopping": True, "checkpoint": path}
    splitter = ShuffleSplit(1, random_state=np.random.RandomState(0))
    fitted = make("no validation", validation_split=splitter, **params)
    splitter.random_state = None
    assert killed(fitted.fit, X, y)
    with pytest.raises(ValueError, match=r"the validation data \(.*'random_state'"):
        fitted.fit(X, y)


def pretrained(meta, seed):
    """Return a model whose first weights depend on no parameter of the estimator."""
    model = own_models.sequential(meta)
    model.build((None, None, meta["n_features_in_"]))
    model.layers[0].cell.bias.assign(np.full((2, 12), STATE["bias"]))
    return model


STATE = {"bias": 0.0}


def test_a_network_that_begins_with_other_weights(path, X, y):
    fitted = GRUClassifier(
        model=pretrained, model__seed=0, epochs=2, random_state=0, checkpoint=path
    )
    with mock.patch.dict(STATE, bias=0.5):
        assert killed(fitted.fit, X, y)
        fitted.fit(X, y)
        assert killed(fitted.fit, X, y)
    with pytest.raises(ValueError, match="the state before training"):
        fitted.fit(X, y)


def test_a_warm_start_from_another_fit(path, X, y):
    fitted = make("no validation", warm_start=True, checkpoint=path).fit(X, y)
    assert killed(fitted.fit, X, y)
    with pytest.raises(ValueError, match="the state before training"):
        clone(fitted).fit(X, y)
    fitted.fit(X, y)


# ---- damaged ----


DAMAGES = {
    "empty": lambda content: b"",
    "truncated": lambda content: content[:-1],
    "its first half": lambda content: content[: len(content) // 2],
    "longer": lambda content: content + b"0",
    "a pickle": lambda content: pickle.dumps({"a": 1}),
    "zeros": lambda content: bytes(len(content)),
    "the head alone": lambda content: content[:17],
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_damaged_files(damage, path, X, y, refused):
    fitted = make("plain", checkpoint=path)
    assert killed(fitted.fit, X, y)
    damaged = DAMAGES[damage](path.read_bytes())
    path.write_bytes(damaged)
    message = f"{path} cannot be read as a checkpoint.*damaged"
    refused(fitted, "fit", X, y, message=message)
    # It may be a file of the user's that has nothing to do with skgru.
    assert path.read_bytes() == damaged


def test_every_flipped_bit_is_found(path, X, y):
    fitted = make("plain", checkpoint=path)
    assert killed(fitted.fit, X, y)
    content = path.read_bytes()
    for at in np.random.default_rng(0).integers(len(content), size=60):
        flipped = bytearray(content)
        flipped[at] ^= 1 << (at % 8)
        path.write_bytes(flipped)
        with pytest.raises(ValueError, match="cannot be read as a checkpoint"):
            fitted.fit(X, y)


def rewritten(content, change):
    """Return a checkpoint with its JSON changed, and the checksum that is right."""
    magic, arrays = content[:17], dict(np.load(io.BytesIO(content[17 + 32 :])))
    arrays["content"] = change(json.loads(arrays["content"].tobytes()))
    file = io.BytesIO()
    np.savez(file, **arrays)
    return magic + hashlib.sha256(file.getvalue()).digest() + file.getvalue()


class Code:
    """Would make a file when it is unpickled."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return os.mkdir, (self.path,)


def test_files_of_other_formats_and_with_code(path, tmp_path, X, y, refused):
    fitted = make("plain", checkpoint=path)
    assert killed(fitted.fit, X, y)
    content = path.read_bytes()

    def text(value):
        return np.frombuffer(json.dumps(value).encode(), np.uint8)

    def check(message, change):
        path.write_bytes(rewritten(content, change))
        refused(fitted, "fit", X, y, message=f"{path} cannot be read.*: {message}")

    check("its format is 2", lambda json: text({**json, "format": 2}))
    check(r"it lacks \['progress'\]", lambda json: json.pop("progress") and text(json))
    check("it names no format", lambda json: text(["format"]))
    check("Expecting value", lambda json: np.zeros(0, np.uint8))
    check("Object arrays", lambda json: np.array([Code(tmp_path / "made")], object))
    assert not (tmp_path / "made").exists()
    path.write_bytes(rewritten(content, text))
    fitted.fit(X, y)


def test_a_file_that_may_not_be_read(path, X, y, refused):
    fitted = make("plain", checkpoint=path / "more")
    path.touch()
    with mock.patch("builtins.open", side_effect=PermissionError(13, "Not for you")):
        refused(fitted, "fit", X, y, message="cannot be read as a check.*: Not for you")


# ---- what cannot be written ----


def assert_one_warning(fit, *data, message):
    with warnings.catch_warnings(record=True) as caught, at_every_epoch():
        warnings.simplefilter("always")
        fit(*data)
    (warning,) = caught
    assert warning.category is UserWarning
    assert message in str(warning.message)


@pytest.mark.parametrize("call", ["fsync", "replace"])
def test_a_full_disk_is_one_warning(call, path, X, y):
    """Every attempt fails; the fit is as it would be, and nothing is left behind."""
    whole = make("no validation").fit(X, y)
    fitted = make("no validation", checkpoint=path)
    full = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    with mock.patch(f"os.{call}", side_effect=full) as attempts:
        message = f"cannot be written: No space left on device: {path}."
        assert_one_warning(fitted.fit, X, y, message=message)
    assert attempts.call_count == 6
    assert outcome(fitted) == outcome(whole)
    assert not list(path.parent.iterdir())


def test_a_disk_that_was_full_for_a_while(path, X, y):
    """What was written before stays, and what can be written later is."""
    whole = make("no validation").fit(X, y)
    fitted = make("no validation", checkpoint=path)
    rename, calls = os.replace, []

    def replace(source, target):
        calls.append(path.exists())
        if len(calls) in (2, 3):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        rename(source, target)
        if len(calls) == 4:
            raise KeyboardInterrupt

    with mock.patch("os.replace", replace), at_every_epoch():
        with (
            pytest.warns(UserWarning, match="No space left"),
            pytest.warns(ConvergenceWarning, match="interrupted after 4 whole epochs"),
        ):
            fitted.fit(X, y)
    assert calls == [False, True, True, True]
    assert fitted.n_iter_ == 4
    assert outcome(fitted.fit(X, y)) == outcome(whole)


def test_a_path_that_cannot_be_written(tmp_path, X, y):
    (tmp_path / "file").touch()
    fitted = make("no validation", checkpoint=tmp_path / "file" / "directory" / "fit")
    whole = make("no validation").fit(X, y)
    assert_one_warning(fitted.fit, X, y, message="cannot be written: Not a directory")
    assert outcome(fitted) == outcome(whole)


def test_a_directory_that_is_not_there_is_made(tmp_path, X, y):
    fitted = make("plain", checkpoint=tmp_path / "one" / "two" / "fit.checkpoint")
    assert killed(fitted.fit, X, y)
    assert (tmp_path / "one" / "two" / "fit.checkpoint").exists()
    fitted.fit(X, y)


def test_what_a_kill_leaves_of_a_file_is_removed(path, X, y):
    rest = path.with_name(f".{path.name}.abc.tmp")
    other = path.with_name(f".other{path.name}.abc.tmp")
    rest.write_bytes(b"a part")
    other.write_bytes(b"of another fit")
    make("plain", checkpoint=path).fit(X, y)
    assert list(path.parent.iterdir()) == [other]


def test_a_file_that_another_fit_writes_is_left_alone(path, X, y):
    class Another(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            if epoch == 2:
                path.unlink()
                path.write_bytes(b"another")

    whole = make("no validation").fit(X, y)
    fitted = make("no validation", checkpoint=path, callbacks=Another())
    message = f"Another fit keeps its checkpoint at {path}"
    assert_one_warning(fitted.fit, X, y, message=message)
    assert path.read_bytes() == b"another"
    assert outcome(fitted) == outcome(whole)


def test_short_epochs_are_not_all_written(path, X, y):
    """Only every few seconds: a fit that ends before costs nothing."""
    with mock.patch("os.replace") as replace:
        make("plain", checkpoint=path).fit(X, y)
    assert not replace.called


def test_long_writing_is_rare(path, X, y):
    """It takes a small part of the time, however long one file takes."""
    fitted = make("no validation", checkpoint=path)
    with (
        mock.patch.multiple(_checkpoint, SECONDS=0, PARTS=1e9),
        mock.patch("os.replace", wraps=os.replace) as replace,
    ):
        fitted.fit(X, y)
    assert replace.call_count == 1


# ---- the parameter ----


def test_a_saved_estimator_keeps_the_path(path, tmp_path, X, y):
    fitted = make("plain", checkpoint=path).fit(X, y)
    skgru.save(fitted, tmp_path / "fitted.skops")
    loaded = skgru.load(tmp_path / "fitted.skops")
    assert loaded.checkpoint == str(path)
    np.testing.assert_array_equal(loaded.predict(X), fitted.predict(X))
