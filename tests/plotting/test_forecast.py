"""What a forecast shows: artists, labels and limits, never pixels."""

import numpy as np
import pandas as pd
import pytest
from pictures import legend_of
from sklearn.exceptions import NotFittedError

from skgru import GRURegressor
from skgru.plotting import ForecastDisplay
from skgru.preprocessing import make_windows

plt = pytest.importorskip("matplotlib.pyplot")


class TestForecastDisplay:
    """Forecasts over time."""

    def windows(self, series, horizon, step=1):
        X, y = make_windows(series, window=20, horizon=horizon, step=step)
        return X, y.reshape(len(y), -1)

    def test_one_step_ahead(self, series):
        _, y = make_windows(series[:100], window=20)
        display = ForecastDisplay.from_predictions(y, y + 2, name="CO₂", unit="ppmv")
        np.testing.assert_array_equal(display.true_line_.get_ydata(), series[20:100])
        np.testing.assert_array_equal(display.true_line_.get_xdata(), np.arange(80))
        line = display.predicted_lines_[1]
        np.testing.assert_array_equal(line.get_ydata(), series[20:100] + 2)
        assert display.ax_.get_ylabel() == "CO₂ (ppmv)"
        assert display.ax_.get_xlabel() == "Time step"
        assert legend_of(display) == ["Observed", "1 step ahead (MAE 2 ppmv)"]

    @pytest.mark.parametrize("step", [1, 2, 5])
    @pytest.mark.parametrize("horizon", [1, 3])
    def test_a_perfect_forecast_lies_on_the_series_whatever_its_lead(
        self, series, horizon, step
    ):
        series = series[:101]
        _, y = self.windows(series, horizon, step)
        display = ForecastDisplay.from_predictions(y, y, step=step)
        followed = series.to_numpy()[20:]
        assert sorted(display.predicted_lines_) == list(range(1, horizon + 1))
        for line in [display.true_line_, *display.predicted_lines_.values()]:
            times = line.get_xdata()
            np.testing.assert_array_equal(line.get_ydata(), followed[times])

    def test_a_lead_is_drawn_when_it_comes_true(self, series):
        _, y = self.windows(series[:60], horizon=4)
        display = ForecastDisplay.from_predictions(y, y)
        for lead, line in display.predicted_lines_.items():
            assert line.get_xdata()[0] == lead - 1
            assert len(line.get_xdata()) == len(y)

    @pytest.mark.parametrize(
        ("horizon", "steps_ahead", "drawn"),
        [
            (2, None, [1, 2]),
            (13, None, [1, 7, 13]),
            (13, [2, 4], [2, 4]),
            (13, 13, [13]),
        ],
    )
    def test_which_leads_are_drawn(self, series, horizon, steps_ahead, drawn):
        _, y = self.windows(series[:80], horizon)
        display = ForecastDisplay.from_predictions(y, y, steps_ahead=steps_ahead)
        assert list(display.predicted_lines_) == drawn
        colors = {line.get_color() for line in display.predicted_lines_.values()}
        assert len(colors) == len(drawn)

    @pytest.mark.parametrize(("horizon", "step"), [(1, 1), (4, 1), (1, 3), (4, 3)])
    def test_dates_are_those_of_the_values(self, series, horizon, step):
        series = series[:82]
        _, y = self.windows(series, horizon, step)
        display = ForecastDisplay.from_predictions(
            y, y, step=step, dates=series.index[20:]
        )
        assert display.ax_.get_xlabel() == "Date"
        for line in [display.true_line_, *display.predicted_lines_.values()]:
            dates = pd.DatetimeIndex(line.get_xdata(orig=True))
            np.testing.assert_array_equal(line.get_ydata(), series[dates])

    def test_an_estimator_predicts(self, series):
        scaled = (series - 330) / 10
        X, y = make_windows(scaled[:80], window=20, horizon=2)
        model = GRURegressor(4, epochs=2, random_state=0).fit(X, y)
        _, ax = plt.subplots()
        display = ForecastDisplay.from_estimator(
            model, X, y, dates=series.index[20:80], name="CO₂", ax=ax, steps_ahead=2
        )
        assert display.ax_ is ax
        np.testing.assert_array_equal(
            display.predicted_lines_[2].get_ydata(), model.predict(X)[:, 1]
        )

    @pytest.mark.parametrize(
        ("true", "predicted", "arguments", "message"),
        [
            ([1, 2], [1, 2, 3], {}, r"Got \(2,\) and \(3,\)"),
            ([], [], {}, "with a window at least"),
            ([1, 2], [1, 2], {"step": 0}, r"range \[1, inf\). Got 0 instead"),
            ([1, 2], [1, 2], {"dates": [1, 2, 3]}, r"to the last: 2. Got shape \(3,\)"),
            ([1, 2], [1, 2], {"steps_ahead": 2}, "from 1 to the horizon, 1. Got 2"),
            ([1, 2], [1, 2], {"steps_ahead": []}, r"horizon, 1. Got \[\]"),
        ],
    )
    def test_bad_input(self, true, predicted, arguments, message):
        with pytest.raises(ValueError, match=message):
            ForecastDisplay.from_predictions(true, predicted, **arguments)

    def test_rows_out_of_order_are_refused(self):
        _, y = make_windows(np.arange(10.0), window=3, horizon=2)
        shuffled = y[[0, 2, 1, 3, 4, 5]]
        message = (
            r"y_true\[0, 1\] and y_true\[1, 0\] are both the value at time 1, but "
            "differ: 4 and 5"
        )
        with pytest.raises(ValueError, match=message):
            ForecastDisplay.from_predictions(shuffled, y)
        with pytest.raises(ValueError, match="'step' apart"):
            ForecastDisplay.from_predictions(y[::2], y[::2])

    def test_an_estimator_that_is_not_fitted(self):
        with pytest.raises(NotFittedError):
            ForecastDisplay.from_estimator(GRURegressor(), np.zeros((2, 3, 1)), [1, 2])
