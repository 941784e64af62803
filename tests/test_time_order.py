"""The index of a series: refused where time goes back, repeats or has a gap."""

import pickle
import re
import sys

import numpy as np
import pandas as pd
import pytest
from fresh_process import run_python
from repeat import Repeat, alone

import skgru
from skgru.forecasting import GRUForecaster
from skgru.preprocessing import make_windows

DAYS = pd.date_range("2024-01-01", periods=40, name="day")
HOLIDAYS = pd.offsets.CustomBusinessDay(holidays=["2024-01-01", "2024-02-12"])


def without_freq(index):
    """Return the same labels, without the frequency that says how they were made."""
    return type(index)(list(index), name=index.name)


def ramp(index):
    return pd.Series(np.arange(float(len(index))), index, name="load")


REGULAR = {
    "days": DAYS,
    "days without freq": without_freq(DAYS),
    "business days": without_freq(pd.bdate_range("2024-01-01", periods=40)),
    "month ends": without_freq(pd.date_range("2024-01-01", periods=40, freq="ME")),
    "quarters": pd.date_range("2024-01-01", periods=40, freq="QS"),
    "holidays": pd.date_range("2024-01-01", periods=40, freq=HOLIDAYS),
    "half months": pd.date_range("2024-01-01", periods=40, freq="SME"),
    "zoned": without_freq(DAYS.tz_localize("Europe/Berlin")),
    "zoned hours": pd.date_range(
        "2024-03-30", periods=40, freq="h", tz="Europe/Berlin"
    ),
    "seconds": DAYS.as_unit("s"),
    "periods": pd.period_range("2024-01", periods=40, freq="M"),
    "every second period": pd.period_range("2024-01", periods=80, freq="M")[::2],
    "three-month periods": pd.period_range("2024-01", periods=40, freq="3M"),
    "timedeltas": pd.timedelta_range("0s", periods=40, freq="15min"),
    "range": pd.RangeIndex(40),
    "slice of a range": pd.RangeIndex(200)[20:100:2],
    "integers": pd.Index(np.arange(5, 45)),
    "nullable integers": pd.Index(np.arange(40), dtype="Int64"),
    "floats": pd.Index(0.1 * np.arange(40), name="seconds"),
}


@pytest.mark.parametrize("index", REGULAR.values(), ids=REGULAR)
def test_forecasts_of_a_series_continue_its_index(index):
    past = ramp(index).iloc[:30]
    forecaster = alone(Repeat(), window=3, horizon=2).fit(past)
    forecast = forecaster.predict(5)
    expected = pd.Series(29.0, index[30:35], name="load")
    pd.testing.assert_series_equal(forecast, expected, check_freq=False)
    later = forecaster.predict(1, series=ramp(index).iloc[20:33])
    expected = pd.Series(32.0, index[33:34], name="load")
    pd.testing.assert_series_equal(later, expected, check_freq=False)
    copy = pickle.loads(pickle.dumps(forecaster))
    pd.testing.assert_series_equal(copy.predict(5), forecast)


@pytest.mark.parametrize("index", REGULAR.values(), ids=REGULAR)
def test_windows_of_a_regular_series_are_those_of_its_array(index):
    expected = make_windows(np.arange(40.0), 3)
    for got, wanted in zip(make_windows(ramp(index), 3), expected, strict=True):
        np.testing.assert_array_equal(got, wanted)


def test_the_forecast_of_a_frame_has_the_name_of_its_target():
    frame = ramp(DAYS).to_frame().assign(power=7.0)
    forecast = alone(Repeat(), window=3, target=1).fit(frame).predict()
    assert forecast.name == "power"
    assert forecast.index.equals(DAYS.shift(1)[-1:])


def test_arrays_have_no_index_and_are_taken_as_they_come():
    forecaster = alone(Repeat(), window=3)
    for series in (np.arange(9.0)[::-1], [*range(9)]):
        assert type(forecaster.fit(series).predict()) is np.ndarray
    forecast = forecaster.predict(series=ramp(DAYS))
    assert forecast.index[0] == pd.Timestamp("2024-02-10")
    assert type(forecaster.fit(ramp(DAYS)).predict(series=np.ones(5))) is np.ndarray


# ---- what is refused ----

BUSINESS_DAYS = pd.bdate_range("2024-01-01", periods=40)
IRREGULAR = {
    "backwards": (
        DAYS[::-1],
        "not in order of time: its label 2024-02-09 00:00:00 at index 0 is followed by "
        "2024-02-08 00:00:00. Sort it with {name}.sort_index()",
    ),
    "shuffled": (
        DAYS[[0, 1, 3, 2, 4]],
        "its label 2024-01-04 00:00:00 at index 2 is followed by 2024-01-03",
    ),
    "twice": (
        DAYS[[0, 1, 2, 2, 3]],
        "has the label 2024-01-03 00:00:00 twice, at index 2 and 3",
    ),
    "gap": (
        DAYS.delete(7),
        "label 2024-01-07 00:00:00 at index 6 is followed by 2024-01-09 00:00:00, "
        "where 2024-01-08 00:00:00 was expected. Fill the gap with {name}.asfreq('D')",
    ),
    "gap at the start": (DAYS.delete(1), "where 2024-01-02 00:00:00 was expected"),
    "gap in few": (DAYS[[0, 2, 3, 4]], "by 2024-01-04 00:00:00"),
    "gap in business days": (
        BUSINESS_DAYS.delete(16),
        "2024-01-22 00:00:00 at index 15 is followed by 2024-01-24 00:00:00, where "
        "2024-01-23 00:00:00 was expected. Fill the gap with {name}.asfreq('B')",
    ),
    "gap in month ends": (
        pd.date_range("2024-01-01", periods=30, freq="ME").delete(13),
        "2025-01-31 00:00:00 at index 12 is followed by 2025-03-31 00:00:00, where "
        "2025-02-28 00:00:00 was expected",
    ),
    "a label between": (
        DAYS.insert(9, DAYS[8] + pd.Timedelta("3h")),
        "by 2024-01-09 03:00:00, where 2024-01-10 00:00:00 was expected. Drop what",
    ),
    "no frequency at all": (
        pd.DatetimeIndex(np.cumsum([1, 4, 2, 9, 3, 8, 5]) * 10**15),
        'Bring it to one frequency, for example with {name}.resample("D")',
    ),
    "periods with a gap": (
        pd.period_range("2024-01", periods=9, freq="M").delete(3),
        "label 2024-03 at index 2 is followed by 2024-05, where 2024-04 was expected",
    ),
    "timedeltas with a gap": (
        pd.timedelta_range("0s", periods=9, freq="15min").delete(2),
        "where 0 days 00:30:00 was expected",
    ),
    "integers backwards": (pd.RangeIndex(9)[::-1], "label 8 at index 0 is followed by"),
    "integers with a gap": (
        pd.Index([0, 1, 2, 4, 5]),
        "label 2 at index 2 is followed by 4, where 3 was expected",
    ),
    "integers twice": (pd.Index([0, 1, 1, 2]), "has the label 1 twice, at index 1"),
    "floats with a gap": (
        pd.Index([0, 0.5, 1, 2, 2.5]),
        "label 1.0 at index 2 is followed by 2.0, where 1.5 was expected",
    ),
    "no label": (
        pd.DatetimeIndex([DAYS[0], pd.NaT, DAYS[2], DAYS[3]]),
        "has no label at index 1: its index holds NaT",
    ),
    "texts": (DAYS.astype(str), "labels such as '2024-01-01' (dtype "),
    "dates of Python": (pd.Index(DAYS.date), "pandas.to_datetime, or drop them"),
    "several levels": (
        pd.MultiIndex.from_product([[1, 2], DAYS[:5]], names=["id", "day"]),
        "has a MultiIndex of ['id', 'day'], but a series has one label for each step. "
        "Take one series of it with {name}.xs(), or give {name}.reset_index() to",
    ),
}


@pytest.mark.parametrize(("index", "message"), IRREGULAR.values(), ids=IRREGULAR)
def test_an_index_that_is_no_regular_time_is_refused_with_its_label(index, message):
    series, array = ramp(index), np.arange(float(len(index)))
    for name, data in (("series", {"series": series}), ("exogenous", {})):
        data = data or {"series": array, "exogenous": series}
        with pytest.raises(ValueError, match=re.escape(message.format(name=name))):
            make_windows(**data, window=2)
    with pytest.raises(ValueError, match=re.escape(message.format(name="series"))):
        alone(Repeat(), window=2).fit(series)
    forecaster = alone(Repeat(), window=2).fit(array)
    for use in (forecaster.score, lambda series: forecaster.predict(series=series)):
        with pytest.raises(ValueError, match=re.escape(message.format(name="series"))):
            use(series)


@pytest.mark.parametrize(
    ("order", "message"),
    [
        (DAYS[::-1], "at index 0 series has the label 2024-01-01 00:00:00, but exo"),
        (
            DAYS[[*range(20), *range(21, 40), 20]],
            "at index 20 series has the label 2024-01-21 00:00:00, but exogenous has "
            "2024-01-22 00:00:00. Use exogenous.reindex(series.index), or "
            "exogenous.to_numpy() if",
        ),
        (pd.RangeIndex(40), "but exogenous has 0."),
    ],
    ids=["backwards", "shuffled", "positions"],
)
def test_exogenous_data_must_have_the_index_of_the_series(order, message):
    exogenous = ramp(order)
    with pytest.raises(ValueError, match=re.escape(message)):
        make_windows(ramp(DAYS), 2, exogenous=exogenous)


def test_exogenous_data_are_paired_by_labels_that_are_equal_or_not_there():
    expected, _ = make_windows(np.arange(40.0), 2, exogenous=np.arange(40.0))
    for exogenous in (ramp(DAYS.as_unit("s")), np.arange(40.0)):
        X, _ = make_windows(ramp(DAYS), 2, exogenous=exogenous)
        np.testing.assert_array_equal(X, expected)


@pytest.mark.parametrize(
    ("fitted", "other", "message"),
    [
        (BUSINESS_DAYS, DAYS, r"'B' \(.*\): its label 2024-01-06 00:00:00 at index 5"),
        (REGULAR["range"][::2], REGULAR["range"], r"2 \(int64\): its label 1 at"),
        (
            REGULAR["periods"],
            pd.period_range("2024Q1", periods=9, freq="Q"),
            r"1 \(period\[M\]\): its label 2024Q1 at index 0",
        ),
        (BUSINESS_DAYS, BUSINESS_DAYS.delete(3), "2024-01-04 00:00:00 was expected"),
    ],
    ids=["business days", "range", "periods", "gap"],
)
def test_later_series_have_the_steps_of_the_fitted_one(fitted, other, message):
    forecaster = alone(Repeat(), window=2).fit(ramp(fitted))
    for use in (forecaster.score, lambda series: forecaster.predict(series=series)):
        with pytest.raises(ValueError, match=message):
            use(ramp(other))


def test_few_labels_continue_in_the_fitted_steps():
    """From Monday to Friday, business days are days."""
    forecaster = alone(Repeat(), window=5).fit(ramp(BUSINESS_DAYS))
    week = ramp(without_freq(BUSINESS_DAYS[5:10]))
    assert forecaster.predict(series=week).index[0] == BUSINESS_DAYS[10]
    unknown = alone(Repeat(), window=1).fit(np.arange(4.0))
    with pytest.raises(ValueError, match="label 7 alone is not known"):
        unknown.predict(series=pd.Series([1.0], [7]))


def test_a_forecaster_of_dates_is_saved(tmp_path):
    forecaster = GRUForecaster(skgru.GRURegressor(4, epochs=1), window=6)
    forecaster.fit(ramp(REGULAR["zoned"]))
    skgru.save(forecaster, tmp_path / "forecaster.skops")
    loaded = skgru.load(tmp_path / "forecaster.skops")
    pd.testing.assert_series_equal(loaded.predict(3), forecaster.predict(3))


def test_arrays_need_no_pandas():
    code = """
        import sys
        class NotInstalled:
            @staticmethod
            def find_spec(name, *_):
                if name == "pandas":
                    raise ModuleNotFoundError(name)
        sys.meta_path.insert(0, NotInstalled)
        sys.path[:0] = sys.argv[1:]
        import numpy as np
        from skgru.forecasting import GRUForecaster
        from skgru.preprocessing import make_windows
        from repeat import Repeat, alone
        series = np.arange(30.0)
        make_windows(series, 3, exogenous=series)
        forecaster = alone(Repeat(), window=3).fit(series[:20], series[:20])
        forecaster.predict(series=series, exogenous=series)
        forecaster.score(series[20:22], series[20:22])
        print(forecaster.predict())
    """
    printed, _ = run_python(code, *sys.path)
    assert printed.strip() == "[19.]"
