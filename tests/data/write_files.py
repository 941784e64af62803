"""Write one file of each kind, with what is predicted from it.

Run from the root once for each format of files: ``python tests/data/write_files.py 1``.
A later version must read the files of all earlier formats.
"""

import sys
from pathlib import Path

import numpy as np

import skgru  # before Keras

sys.path.insert(0, str(Path(__file__).parents[1]))
import own_models
from sklearn.pipeline import make_pipeline

from skgru import GRUClassifier, GRURegressor
from skgru.forecasting import GRUForecaster
from skgru.preprocessing import SequenceScaler, TextSequencer

BRIEF = {"epochs": 2, "batch_size": 4, "random_state": 0}
SMALL = {"units": 2, **BRIEF}
WAVES = np.sin(np.arange(12 * 8 * 3).reshape(12, 8, 3) ** 1.3).astype(np.float32)
TEXTS = ["good tea", "bad tea today", "good day", "a bad day"] * 3
LABELS = np.array(["no", "yes"] * 6)
SERIES = np.sin(np.arange(30) / 3) + 0.01 * np.arange(30)


def fitted():
    """Return the estimators by their files' names, and what each predicts from."""
    targets = WAVES[:, -1, :2]
    return {
        "classifier": (GRUClassifier(filters=2, **SMALL).fit(WAVES, LABELS), WAVES),
        "regressor": (
            GRURegressor(filters=2, early_stopping=True, **SMALL).fit(WAVES, targets),
            WAVES,
        ),
        "pipeline": (
            make_pipeline(SequenceScaler(), GRUClassifier(filters=None, **SMALL)).fit(
                WAVES, LABELS
            ),
            WAVES,
        ),
        "texts": (
            make_pipeline(TextSequencer(), GRUClassifier(embedding_dim=2, **SMALL)).fit(
                TEXTS, LABELS
            ),
            np.array(TEXTS),
        ),
        "forecaster": (
            GRUForecaster(GRURegressor(filters=None, **SMALL), window=5, horizon=2).fit(
                SERIES
            ),
            None,
        ),
        "own_model": (
            GRUClassifier(model=own_models.functional, **BRIEF).fit(WAVES, LABELS),
            WAVES,
        ),
    }


if __name__ == "__main__":
    directory = Path(__file__).parent / f"format_{sys.argv[1]}"
    directory.mkdir()
    for name, (estimator, X) in fitted().items():
        skgru.save(estimator, directory / f"{name}.skops")
        data = {} if X is None else {"X": X}
        predicted = estimator.predict(*data.values())
        np.savez(directory / f"{name}.npz", predicted=predicted, **data)
