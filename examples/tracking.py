"""TensorBoard and MLflow
======================

The trace of a training and of a search: TensorBoard and MLflow.

A training is logged by the callbacks that Keras users know; a search by its
``cv_results_``. The logs go into the folder named on the command line; look at them
with::

    tensorboard --logdir FOLDER/tensorboard
    mlflow ui --backend-store-uri sqlite:///FOLDER/mlflow.db

Needs the extra "tracking".
"""

import os
import sys
import tempfile
import warnings
from pathlib import Path

os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")

import keras
import mlflow
from mlflow.keras import MlflowCallback
from sklearn.model_selection import RandomizedSearchCV

from skgru import GRUClassifier
from skgru.datasets import load_japanese_vowels
from skgru.preprocessing import SequenceScaler
from skgru.tuning import param_distributions

# MLflow uses what SQLAlchemy has deprecated, and Keras what NumPy has.
warnings.filterwarnings("ignore", "The ``noload`` loader strategy")
warnings.filterwarnings("ignore", "__array__ implementation")

X, y = load_japanese_vowels(padded=True, return_X_y=True)
X_test, y_test = load_japanese_vowels(split="test", padded=True, return_X_y=True)
scaler = SequenceScaler().fit(X)
X, X_test = scaler.transform(X), scaler.transform(X_test)


def track_training(folder, **parameters):
    """Train once; log the losses of every epoch."""
    callbacks = [
        keras.callbacks.TensorBoard(folder / "tensorboard" / "best", write_graph=False),
        MlflowCallback(),
    ]
    classifier = GRUClassifier(
        32,
        epochs=30,
        early_stopping=True,
        callbacks=callbacks,
        random_state=0,
        **parameters,
    )
    with mlflow.start_run(run_name="best") as run:
        classifier.fit(X, y)
        mlflow.log_metric("test_accuracy", classifier.score(X_test, y_test))
    return run.info.run_id


def track_search():
    """Search; log every candidate as a run within the run of the search."""
    search = RandomizedSearchCV(
        GRUClassifier(32, epochs=10, random_state=0),
        param_distributions(),
        n_iter=6,
        cv=2,
        random_state=0,
    )
    search.fit(X, y)
    results = search.cv_results_
    with mlflow.start_run(run_name="search"):
        mlflow.log_metric("best_score", search.best_score_)
        for i, parameters in enumerate(results["params"]):
            with mlflow.start_run(run_name=f"candidate {i}", nested=True):
                mlflow.log_params(parameters)
                for name in ("mean_test_score", "std_test_score", "mean_fit_time"):
                    mlflow.log_metric(name, results[name][i])
    return search.best_params_


def main(folder):
    mlflow.set_tracking_uri(f"sqlite:///{folder}/mlflow.db")
    mlflow.create_experiment("gru", artifact_location=(folder / "artifacts").as_uri())
    mlflow.set_experiment("gru")
    best = track_search()
    run = track_training(folder, **best)
    mlflow.flush_async_logging()
    client = mlflow.MlflowClient()
    losses = client.get_metric_history(run, "val_loss")
    print(f"{len(losses)} epochs logged, val_loss {losses[-1].value:.3f} at the last")
    print(f"test accuracy {client.get_run(run).data.metrics['test_accuracy']:.3f}")
    for path in sorted((folder / "tensorboard").rglob("events*")):
        print(f"TensorBoard: {path.parent.relative_to(folder)}")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        folder = Path(sys.argv[1]).absolute()
        folder.mkdir(parents=True, exist_ok=True)
        main(folder)
    else:
        with tempfile.TemporaryDirectory() as directory:
            main(Path(directory))
