"""The trace of a training and of a search: what trackers log is what was measured."""

import csv

import keras
import numpy as np
import pytest
from reference import ignore_keras_warning
from sklearn.model_selection import GridSearchCV

from skgru import cache_info


@pytest.fixture
def validation(X, labels):
    return {"X_val": X[:12], "y_val": labels[:12]}


def scalars(directory):
    """Return what TensorBoard reads: {run: {tag: values by step}}."""
    reader = pytest.importorskip(
        "tensorboard.backend.event_processing.event_multiplexer"
    )
    events = reader.EventMultiplexer(
        size_guidance={"tensors": 0}  # all of them
    ).AddRunsFromDirectory(str(directory))
    events.Reload()
    return {
        run: {
            tag: {
                event.step: float(
                    np.frombuffer(event.tensor_proto.tensor_content, np.float32)[0]
                    if event.tensor_proto.tensor_content
                    else event.tensor_proto.float_val[0]
                )
                for event in events.Tensors(run, tag)
            }
            for tag in tags["tensors"]
        }
        for run, tags in events.Runs().items()
    }


@ignore_keras_warning
def test_tensorboard_shows_the_history(classifier, X, labels, validation, tmp_path):
    pytest.importorskip("tensorboard")
    tensorboard = keras.callbacks.TensorBoard(tmp_path, write_graph=False)
    fitted = classifier(callbacks=[tensorboard]).fit(X, labels, **validation)
    history = {
        name: pytest.approx(dict(enumerate(values)))
        for name, values in fitted.history_.items()
    }
    logged = scalars(tmp_path)
    assert logged["train"]["epoch_loss"] == history["loss"]
    assert logged["validation"]["epoch_loss"] == history["val_loss"]
    assert logged["train"]["epoch_learning_rate"] == history["learning_rate"]


def test_csv_of_two_trainings_in_one_file(classifier, X, labels, validation, tmp_path):
    def log(append):
        return [keras.callbacks.CSVLogger(tmp_path / "log.csv", append=append)]

    first = classifier(callbacks=log(append=False)).fit(X, labels, **validation)
    second = classifier(callbacks=log(append=True), random_state=1)
    second.fit(X, labels, **validation)
    with open(tmp_path / "log.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    for name in first.history_:
        expected = first.history_[name] + second.history_[name]
        assert [float(row[name]) for row in rows] == pytest.approx(expected)


@pytest.fixture
def mlflow(monkeypatch, tmp_path):
    monkeypatch.setenv("MLFLOW_DISABLE_TELEMETRY", "true")
    mlflow = pytest.importorskip("mlflow")
    pytest.importorskip("mlflow.keras")
    before = mlflow.get_tracking_uri()
    mlflow.set_tracking_uri(f"sqlite:///{tmp_path}/mlflow.db")
    yield mlflow
    mlflow.set_tracking_uri(before)


# MLflow's own use of SQLAlchemy 2.1, which has deprecated it.
@pytest.mark.filterwarnings("ignore:The ``noload`` loader strategy")
@ignore_keras_warning
def test_mlflow_shows_the_history(mlflow, classifier, X, labels, validation, tmp_path):
    mlflow.create_experiment("gru", artifact_location=str(tmp_path / "artifacts"))
    mlflow.set_experiment("gru")
    with mlflow.start_run() as run:
        fitted = classifier(callbacks=[mlflow.keras.MlflowCallback()])
        fitted.fit(X, labels, **validation)
    mlflow.flush_async_logging()
    client = mlflow.MlflowClient()
    for name, values in fitted.history_.items():
        metrics = client.get_metric_history(run.info.run_id, name)
        logged = {metric.step: metric.value for metric in metrics}
        assert logged == pytest.approx(dict(enumerate(values))), name
    parameters = client.get_run(run.info.run_id).data.params
    assert float(parameters["optimizer_learning_rate"]) == pytest.approx(0.02)


def test_after_one_epoch_to_warm_up_a_search_times_no_compilation(
    classifier, X, labels
):
    """mean_fit_time holds the time to compile only where a candidate comes first."""
    classifier(epochs=1).fit(X, labels).predict(X)
    before = cache_info().misses
    search = GridSearchCV(
        classifier(),
        {"learning_rate": [1e-3, 1e-2], "dropout": [0, 0.2], "epochs": [2, 4]},
        cv=4,
    ).fit(X, labels)
    assert cache_info().misses == before
    assert (search.cv_results_["mean_fit_time"] > 0).all()


def test_the_time_of_a_new_batch_size_begins_with_compiling_it(classifier, X, labels):
    classifier(epochs=1).fit(X, labels)
    before = cache_info().misses
    search = GridSearchCV(
        classifier(epochs=1), {"batch_size": [11, 16]}, cv=3, refit=False
    ).fit(X, labels)
    assert cache_info().misses == before + 1
    results = search.cv_results_
    # Of three fits one compiled: its time stands out in the spread over the folds.
    assert results["std_fit_time"][0] > results["mean_fit_time"][1]
