"""Pictures of a training, a search and a forecast
===============================================

Draw a training, a search and a forecast.

python examples/plots.py [DIRECTORY]   writes three pictures there (default: here)
"""

import sys
from pathlib import Path

import matplotlib

matplotlib.use("Agg")

from scipy.stats import loguniform
from sklearn.model_selection import RandomizedSearchCV
from sklearn.pipeline import make_pipeline

from skgru import GRUClassifier, GRURegressor
from skgru.datasets import load_co2, load_japanese_vowels
from skgru.plotting import ForecastDisplay, SearchDisplay, TrainingCurveDisplay
from skgru.preprocessing import SequenceScaler, make_windows
from skgru.schedules import StepDecay

directory = Path(sys.argv[1] if len(sys.argv) > 1 else ".")


def save(display, name):
    path = directory / name
    display.figure_.savefig(path, dpi=100, bbox_inches="tight")
    print("wrote", path)


X, y = load_japanese_vowels(return_X_y=True)
classifier = make_pipeline(
    SequenceScaler(),
    GRUClassifier(
        32,
        epochs=30,
        learning_rate=0.01,
        schedule=StepDecay(drop=0.5, every=12, warmup=3),
        early_stopping=True,
        random_state=0,
    ),
)
classifier.fit(X, y)
save(TrainingCurveDisplay.from_estimator(classifier), "training.png")

search = RandomizedSearchCV(
    make_pipeline(SequenceScaler(), GRUClassifier(16, epochs=8, random_state=0)),
    {"gruclassifier__learning_rate": loguniform(1e-4, 0.3)},
    n_iter=16,
    cv=3,
    random_state=0,
)
search.fit(X, y)
save(SearchDisplay.from_estimator(search, "learning_rate"), "search.png")

co2 = load_co2(interpolate=True)
windows, targets = make_windows(co2.data, window=52)
level = windows[:, -1:]  # each window relative to its last value
past, future = slice(0, -104), slice(-104, None)
regressor = GRURegressor(16, epochs=30, learning_rate=0.01, random_state=0)
regressor.fit((windows - level)[past], targets[past] - level[past, 0, 0])
predicted = regressor.predict((windows - level)[future]) + level[future, 0, 0]
display = ForecastDisplay.from_predictions(
    targets[future],
    predicted,
    dates=co2.dates[52:][future],
    name="CO2 at Mauna Loa",
    unit="ppm",
)
save(display, "forecast.png")
