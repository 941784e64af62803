"""Saving and loading without pickle."""

import keras
import numpy as np
import pytest
import skops.io
from sklearn.calibration import CalibratedClassifierCV
from sklearn.ensemble import VotingClassifier
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer
from skops.io.exceptions import UntrustedTypesFoundException

import skgru
from skgru import GRUClassifier, GRURegressor
from skgru.augmentation import Jitter
from skgru.preprocessing import SequenceScaler
from skgru.schedules import StepDecay

rng = np.random.default_rng(0)
X = rng.normal(size=(24, 5, 2)).astype(np.float32)
LABELS = np.array(["down", "flat", "up"])[np.arange(24) % 3]


def saved_and_loaded(estimator, tmp_path):
    skgru.save(estimator, tmp_path / "estimator.skops")
    return skgru.load(tmp_path / "estimator.skops")


@pytest.mark.parametrize(
    "estimator",
    [
        GRUClassifier(4, epochs=1, random_state=0),
        make_pipeline(SequenceScaler(), GRUClassifier(4, epochs=1, random_state=0)),
        GridSearchCV(
            GRUClassifier(4, epochs=1, random_state=0), {"l2": [0.0, 0.1]}, cv=2
        ),
        VotingClassifier(
            [("gru", GRUClassifier(4, epochs=1, random_state=0))], voting="soft"
        ),
        CalibratedClassifierCV(GRUClassifier(4, epochs=1, random_state=0), cv=2),
        GRUClassifier(
            4,
            epochs=1,
            random_state=0,
            optimizer=keras.optimizers.SGD(1e-3, momentum=0.9),
            kernel_initializer=keras.initializers.HeNormal(seed=3),
            schedule=StepDecay(drop=0.25),
            augmenter=Jitter(0.1),
            callbacks=[keras.callbacks.CSVLogger("unused.csv")],
        ).set_params(epochs=1),
    ],
    ids=["classifier", "pipeline", "search", "vote", "calibrated", "objects"],
)
def test_predictions_and_parameters_survive(estimator, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    estimator.fit(X, LABELS)
    loaded = saved_and_loaded(estimator, tmp_path)
    np.testing.assert_array_equal(loaded.predict_proba(X), estimator.predict_proba(X))
    np.testing.assert_array_equal(loaded.classes_, estimator.classes_)
    # It can be fitted again, from the parameters it had.
    np.testing.assert_array_equal(
        loaded.fit(X, LABELS).predict_proba(X), estimator.predict_proba(X)
    )


def test_training_continues_where_it_was(tmp_path):
    whole = GRURegressor(4, random_state=0)
    for _ in range(4):
        whole.partial_fit(X, X[:, 0, 0])
    half = GRURegressor(4, random_state=0)
    for _ in range(2):
        half.partial_fit(X, X[:, 0, 0])
    half = saved_and_loaded(half, tmp_path)
    for _ in range(2):
        half.partial_fit(X, X[:, 0, 0])
    np.testing.assert_array_equal(half.predict(X), whole.predict(X))
    assert half.history_ == whole.history_


def test_keras_objects_come_back(tmp_path):
    network = GRUClassifier(kernel_initializer=keras.initializers.HeNormal(seed=3))
    loaded = saved_and_loaded(network, tmp_path)
    assert isinstance(loaded.kernel_initializer, keras.initializers.HeNormal)
    assert loaded.kernel_initializer.get_config()["seed"] == 3
    assert isinstance(network.kernel_initializer, keras.initializers.HeNormal)


def double(X):
    return 2 * X


def test_a_type_that_is_not_known_is_refused_until_it_is_trusted(tmp_path):
    path = tmp_path / "pipeline.skops"
    pipeline = make_pipeline(FunctionTransformer(double), GRUClassifier(4, epochs=1))
    skgru.save(pipeline.fit(X, LABELS), path)
    with pytest.raises(UntrustedTypesFoundException, match="double"):
        skgru.load(path)
    (name,) = [t for t in skops.io.get_untrusted_types(file=path) if "double" in t]
    loaded = skgru.load(path, trusted=[name])
    np.testing.assert_array_equal(loaded.predict(X), pipeline.predict(X))


def test_a_failed_save_leaves_the_file_as_it_was(tmp_path):
    path = tmp_path / "estimator.skops"
    path.write_text("precious")
    with pytest.raises(TypeError, match="lambda"):
        skgru.save(GRUClassifier(schedule=lambda epoch, rate: rate), path)
    assert path.read_text() == "precious"
