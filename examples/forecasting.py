"""Forecast a series
=================

Forecast weekly CO2 from the last year, and compare with last year's value.

python examples/forecasting.py
"""

import numpy as np
from sklearn.model_selection import TimeSeriesSplit
from sklearn.pipeline import make_pipeline

from skgru import GRURegressor
from skgru.datasets import load_co2
from skgru.forecasting import GRUForecaster
from skgru.preprocessing import SequenceScaler, make_windows

co2 = load_co2(interpolate=True).data  # one value a week, in ppm
regressor = make_pipeline(
    SequenceScaler(), GRURegressor(16, epochs=20, learning_rate=0.01, random_state=0)
)

# One week ahead, by hand. The level of the future is one never seen, so a window and
# what follows it are taken relative to the window's last value.
X, y = make_windows(co2, window=52)
level = X[:, -1:]
errors = {"GRU": [], "last year's value": [], "last week's value": []}
for train, test in TimeSeriesSplit(3, test_size=156).split(X):
    regressor.fit((X - level)[train], y[train] - level[train, 0, 0])
    forecast = regressor.predict((X - level)[test]) + level[test, 0, 0]
    errors["GRU"].append(y[test] - forecast)
    errors["last year's value"].append(y[test] - X[test, 0, 0])
    errors["last week's value"].append(y[test] - X[test, -1, 0])
print("Mean absolute error one week ahead, in three folds of three years:")
for name, error in errors.items():
    print(f"{name}: {np.abs(error).mean():.2f} ppm")

# A year ahead, a quarter at once: GRUForecaster does the windows.
forecaster = GRUForecaster(regressor, window=52, horizon=13, period=52)
past, future = co2[:-52], co2[-52:]
forecast = forecaster.fit(past).predict(52)
print("Mean absolute error of the last year, forecast at its start:")
print(f"GRU: {np.abs(future - forecast).mean():.2f} ppm")
print(f"last year's value: {np.abs(future - past[-52:]).mean():.2f} ppm")
