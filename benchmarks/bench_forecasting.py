"""Forecasts of `GRUForecaster` beside what people would use instead.

Rolling origin: at each of four origins a method learns all that came before, and
forecasts one horizon; the four horizons are the last ones of a series and follow each
other. The figure is the mean absolute error over them, divided by that of repeating the
last season.

``--inner`` leaves these horizons out and does the same on the four before them, with
the variants of the design. benchmarks/README.md says what had been seen of the last
horizons when a default was settled.
"""

import warnings
from pathlib import Path

import harness
import numpy as np
import pandas as pd
from sklearn.linear_model import RidgeCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler

from skgru import GRURegressor
from skgru.forecasting import GRUForecaster

ORIGINS = 4
LONGEST = 520  # what lies further back is left out, of CO2 alone
PACKAGES = ("skgru", "scikit-learn", "statsmodels", "sktime", "keras", "tensorflow")
NAMED = ("airline", "sunspots", "CO2", "lynx", "Nile", "El Nino")


def read_series():
    """Return name -> (values, steps of a season, horizon); packages ship them all."""
    import sktime.datasets
    from statsmodels import datasets

    def statsmodels(name, *columns):
        frame = getattr(datasets, name).load_pandas().data
        return frame[list(columns)].interpolate().to_numpy(float).ravel()

    months = [
        m.upper() for m in "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
    ]
    folder = Path(sktime.datasets.__file__).parent / "data"
    belts = pd.read_csv(folder / "seatbelts" / "seatbelts.csv")["KSI"]
    consumption = pd.read_csv(folder / "Uschange" / "Uschange.csv")["Consumption"]
    return {
        "airline": (sktime.datasets.load_airline().to_numpy(float), 12, 12),
        "sunspots": (statsmodels("sunspots", "SUNACTIVITY"), 11, 11),
        "CO2": (statsmodels("co2", "co2"), 52, 52),
        "lynx": (sktime.datasets.load_lynx().to_numpy(float), 10, 10),
        "Nile": (statsmodels("nile", "volume"), 1, 5),
        "El Nino": (statsmodels("elnino", *months), 12, 12),
        "unemployment": (statsmodels("macrodata", "unemp"), 4, 4),
        "inflation": (statsmodels("macrodata", "infl"), 4, 4),
        "GDP": (statsmodels("macrodata", "realgdp"), 4, 4),
        "seat belts": (belts.to_numpy(float), 12, 12),
        "consumption": (consumption.to_numpy(float), 4, 4),
        "prescriptions": (sktime.datasets.load_PBS_dataset().to_numpy(float), 12, 12),
    }


def rows(X):
    return X.reshape(len(X), -1)


def ridge():
    return make_pipeline(
        FunctionTransformer(rows), StandardScaler(), RidgeCV(np.logspace(-2, 4, 13))
    )


def small_network(seed):
    return GRURegressor(32, filters=None, early_stopping=True, random_state=seed)


# Name -> the regressor of a seed, and parameters of GRUForecaster.
WITH_SEEDS = {
    "GRU": (small_network, {}),
    "GRU alone": (small_network, {"linear": False}),
}
VARIANTS = {
    **WITH_SEEDS,
    "GRU, scaled": (small_network, {"scale": True}),
    "GRU of one direction, last state": (
        lambda seed: GRURegressor(
            16,
            filters=None,
            pooling="last",
            bidirectional=False,
            early_stopping=True,
            random_state=seed,
        ),
        {},
    ),
    "GRU, with a convolution": (
        lambda seed: GRURegressor(early_stopping=True, random_state=seed),
        {},
    ),
}
WITHOUT_SEEDS = {
    "ridge on lags": (ridge, {"linear": False}),
    "ridge on lags, scaled": (ridge, {"linear": False, "scale": True}),
}


def ets(past, period, horizon):
    """Return the forecast of exponential smoothing, the form chosen by AICc."""
    from statsmodels.tsa.holtwinters import ExponentialSmoothing

    seasonal = [None] if period == 1 else [None, "add"]
    if period > 1 and past.min() > 0:
        seasonal.append("mul")
    fits = []
    for season in seasonal:
        for trend, damped in ((None, False), ("add", False), ("add", True)):
            model = ExponentialSmoothing(
                past,
                trend=trend,
                damped_trend=damped,
                seasonal=season,
                seasonal_periods=period if season else None,
                initialization_method="heuristic",
            )
            with warnings.catch_warnings():
                # Some forms do not converge; their AICc says how good they are.
                warnings.simplefilter("ignore")
                fits.append(model.fit())
    return min(fits, key=lambda fit: fit.aicc).forecast(horizon)


def errors(values, period, horizon, forecast):
    """Return the mean absolute error of each origin."""
    start = len(values) - ORIGINS * horizon
    ends = start + horizon * np.arange(ORIGINS)
    return [
        float(np.abs(forecast(values[:end]) - values[end : end + horizon]).mean())
        for end in ends
    ]


def forecaster(regressor, period, horizon, **parameters):
    """Return a function past -> forecast; windows are of one season, at least 8."""
    made = GRUForecaster(
        regressor, window=max(period, 8), horizon=horizon, **parameters
    )
    return lambda past: made.fit(past).predict()


def evaluate(bench, variants):
    """Return name of series -> method -> for each seed the errors of all origins."""
    series = read_series()
    if bench.quick:
        series = {name: series[name] for name in ("airline", "Nile")}
    answers = {}
    for name, (values, period, horizon) in series.items():
        if bench.options.inner:
            values = values[: -ORIGINS * horizon]
        if len(values) > LONGEST:
            values = values[-LONGEST:]
        of_season = np.arange(horizon) % period
        found = {
            "seasonal naive": [
                errors(
                    values,
                    period,
                    horizon,
                    lambda past, p=period, s=of_season: past[-p:][s],
                )
            ],
            "ETS": [
                errors(
                    values,
                    period,
                    horizon,
                    lambda past, p=period, h=horizon: ets(past, p, h),
                )
            ],
        }
        for label, (make, parameters) in WITHOUT_SEEDS.items():
            method = forecaster(make(), period, horizon, **parameters)
            found[label] = [errors(values, period, horizon, method)]
        for label, (make, parameters) in variants.items():
            found[label] = []
            for seed in range(bench.rounds):
                method = forecaster(make(seed), period, horizon, **parameters)
                found[label].append(errors(values, period, horizon, method))
        answers[name] = found
        print(
            name, {m: f"{v.mean():.2f}" for m, v in ratios(found).items()}, flush=True
        )
    return answers


def ratios(found):
    """Return the errors of each seed over those of the seasonal naive forecast."""
    naive = np.mean(found["seasonal naive"])
    return {method: np.mean(e, axis=1) / naive for method, e in found.items()}


def main():
    parser = harness.parser(__doc__, rounds=5)
    parser.add_argument(
        "--inner", action="store_true", help="the four horizons before the last four"
    )
    with harness.Bench(parser.parse_args()) as bench:
        bench.describe_one_process(*PACKAGES)
        answers = evaluate(bench, VARIANTS if bench.options.inner else WITH_SEEDS)
        report(bench, answers)


def report(bench, answers):
    inner = bench.options.inner
    by_series = {name: ratios(found) for name, found in answers.items()}
    methods = list(next(iter(by_series.values())))
    report = harness.Report(
        "bench_forecasting_inner" if inner else "bench_forecasting",
        "Forecasts" + (" inside the training part" if inner else ""),
        f"Mean absolute error over that of the seasonal naive forecast, at "
        f"{'the four horizons before ' if inner else ''}the last four horizons of each "
        "series; a horizon and a window are of one season (Nile: 5 steps; windows of "
        f"at least 8). Networks: seeds 0 to {bench.rounds - 1}, mean and standard "
        f"deviation. CO2: the last {LONGEST} weeks.",
        raw=answers,
    )
    named = [by_series[name] for name in NAMED if name in by_series]
    for peer in ("ridge on lags", "ridge on lags, scaled"):
        wins = sum(r["GRU"].mean() <= r[peer].mean() for r in named)
        report.claim(
            f"of the first {len(named)}, no worse than {peer}", wins, at_least=5
        )
    worst = max(r["GRU"].mean() for r in by_series.values())
    report.claim("GRU / seasonal naive, the worst series", worst, at_most=1.05)
    means = {
        m: _geometric_mean(r[m].mean() for r in by_series.values()) for m in methods
    }
    for peer in ("ridge on lags", "ETS", "GRU alone"):
        report.claim(
            f"GRU / {peer}, geometric mean", means["GRU"] / means[peer], at_most=1
        )
    report.table(
        "Error over that of the seasonal naive forecast; less is better.",
        ["", *methods[1:]],
        [
            *(
                [name, *(_spread(r[m]) for m in methods[1:])]
                for name, r in by_series.items()
            ),
            ["geometric mean", *(f"{means[m]:.3f}" for m in methods[1:])],
        ],
    )
    report.bars("all series", "error / seasonal naive's, geometric mean", means)
    report.write(bench)


def _geometric_mean(values):
    return float(np.exp(np.mean(np.log(list(values)))))


def _spread(values):
    text = f"{values.mean():.2f}"
    return text if len(values) == 1 else f"{text} ± {values.std(ddof=1):.2f}"


if __name__ == "__main__":
    main()
