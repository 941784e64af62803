"""From long series and long frames to sequences."""

import math
import re

import numpy as np
import pandas as pd
import pytest
from sklearn.model_selection import TimeSeriesSplit

from skgru.preprocessing import SequenceImputer, make_windows, sequences_from_frame

STEPS = np.arange(20.0)


class TestMakeWindows:
    """Windows and the values that follow them."""

    @pytest.mark.parametrize("window", [1, 3, 7])
    @pytest.mark.parametrize("horizon", [1, 2, 5])
    @pytest.mark.parametrize("step", [1, 2, 4])
    def test_every_value_is_where_the_definition_says(self, window, horizon, step):
        X, y = make_windows(STEPS, window, horizon, step)
        n_windows = (len(STEPS) - window - horizon) // step + 1
        assert X.shape == (n_windows, window, 1)
        assert y.shape == ((n_windows,) if horizon == 1 else (n_windows, horizon))
        for i in range(n_windows):
            start = i * step
            np.testing.assert_array_equal(X[i, :, 0], STEPS[start : start + window])
            follows = STEPS[start + window : start + window + horizon]
            np.testing.assert_array_equal(y[i], follows if horizon > 1 else follows[0])

    def test_no_window_holds_its_own_future(self):
        X, y = make_windows(STEPS, 4, horizon=3)
        assert (X[:, :, 0].max(axis=1) < y.min(axis=1)).all()

    @pytest.mark.parametrize("horizon", [1, 3, 4])
    @pytest.mark.parametrize("step", [1, 2, 3])
    def test_the_documented_gap_keeps_test_targets_out_of_training(self, horizon, step):
        X, y = make_windows(np.arange(60.0), 4, horizon, step)
        gap = math.ceil(horizon / step) - 1
        for train, test in TimeSeriesSplit(3, gap=gap).split(X):
            assert y[train].max() < y[test].min()

    def test_one_window_may_just_fit(self):
        X, y = make_windows(STEPS, 19)
        assert X.shape == (1, 19, 1)
        np.testing.assert_array_equal(y, [19.0])

    def test_a_series_and_a_frame_are_read_as_arrays(self):
        index = pd.date_range("2020-01-01", periods=20)
        expected = make_windows(STEPS, 3)
        for series in (pd.Series(STEPS, index), pd.DataFrame({"a": STEPS}), [*STEPS]):
            for got, wanted in zip(make_windows(series, 3), expected, strict=True):
                np.testing.assert_array_equal(got, wanted)

    def test_several_channels_are_features_and_one_is_the_target(self):
        frame = pd.DataFrame({"a": STEPS, "b": 100 + STEPS})
        X, y = make_windows(frame, 3)
        assert X.shape == (17, 3, 2)
        np.testing.assert_array_equal(X[0], [[0, 100], [1, 101], [2, 102]])
        np.testing.assert_array_equal(y, STEPS[3:])
        for target in ("b", 1):
            np.testing.assert_array_equal(
                make_windows(frame, 3, target=target)[1], 100 + STEPS[3:]
            )

    @pytest.mark.parametrize("shape", [(20,), (20, 1), (20, 2)])
    def test_exogenous_channels_come_last_and_stay_within_the_window(self, shape):
        exogenous = (1000 + np.arange(np.prod(shape))).reshape(shape)
        X, y = make_windows(STEPS, 3, horizon=2, exogenous=exogenous)
        np.testing.assert_array_equal(X[:, :, 0], make_windows(STEPS, 3, 2)[0][:, :, 0])
        np.testing.assert_array_equal(X[4, :, 1:], exogenous.reshape(20, -1)[4:7])
        assert y.max() < 1000

    @pytest.mark.parametrize("dtype", [np.float32, np.float64])
    def test_the_type_is_kept_and_the_result_is_no_view(self, dtype):
        series = STEPS.astype(dtype)
        X, y = make_windows(series, 3)
        assert X.dtype == y.dtype == dtype
        X[:], y[:] = -1, -1
        np.testing.assert_array_equal(series, STEPS)
        assert make_windows(np.arange(20), 3)[0].dtype == np.float64

    @pytest.mark.parametrize(
        ("series", "message"),
        [
            (np.where(STEPS == 5, np.nan, STEPS), "series contains NaN at index 5."),
            (
                np.where(STEPS == 7, np.inf, STEPS),
                "series contains infinity at index 7",
            ),
            (
                pd.Series([1, 2, None, 4], pd.date_range("2020-01-01", periods=4)),
                "NaN at index 2 (label 2020-01-03 00:00:00)",
            ),
            (np.array([[1, 2], [3, np.nan], [5, 6]]), "NaN at index 1, channel 1"),
            (
                STEPS[:3],
                "series has 3 steps, but window=3 and horizon=1 need at least 4. "
                "Set a smaller window; or, in TimeSeriesSplit",
            ),
        ],
    )
    def test_a_bad_series_is_refused_with_its_index(self, series, message):
        with pytest.raises(ValueError, match=re.escape(message)):
            make_windows(series, 3)

    def test_a_column_that_is_not_numeric_is_named(self):
        days = pd.date_range("2026-01-01", periods=9)
        frame = pd.DataFrame({"day": days, "x": np.arange(9.0)})
        with pytest.raises(ValueError, match=r"'day' of series is not numeric.*index"):
            make_windows(frame, 3)
        numbers = frame[["x"]].astype(object)
        np.testing.assert_array_equal(
            make_windows(numbers, 3)[0], make_windows(frame[["x"]], 3)[0]
        )

    def test_a_column_of_texts_is_named(self):
        frame = pd.DataFrame({"x": STEPS, "note": "calm"})
        with pytest.raises(ValueError, match="Column 'note' of series is not numeric"):
            make_windows(frame, 3)
        for exogenous in (frame["note"], frame["note"].to_numpy(dtype=object)):
            with pytest.raises(ValueError, match="exogenous is not numeric"):
                make_windows(STEPS, 3, exogenous=exogenous)

    @pytest.mark.parametrize("dtype", ["datetime64[D]", "timedelta64[h]"])
    def test_dates_are_no_values(self, dtype):
        with pytest.raises(ValueError, match=re.escape(f"not numeric (dtype {dtype})")):
            make_windows(np.arange(20).astype(dtype), 3)

    def test_frames_of_polars_are_taken_as_they_come(self):
        pl = pytest.importorskip("polars")
        frame = pl.DataFrame({"a": STEPS, "b": 100 + STEPS})
        X, y = make_windows(frame, 3, target="b")
        np.testing.assert_array_equal(X[0], [[0, 100], [1, 101], [2, 102]])
        np.testing.assert_array_equal(y, 100 + STEPS[3:])
        np.testing.assert_array_equal(make_windows(frame["a"], 3)[1], STEPS[3:])
        days = pl.date_range(pl.date(2026, 1, 1), pl.date(2026, 1, 20), eager=True)
        message = "'day' of series is not numeric .* Drop it; sort by it first"
        with pytest.raises(ValueError, match=message):
            make_windows(frame.insert_column(0, days.alias("day")), 3)

    def test_bad_exogenous_is_refused(self):
        with pytest.raises(ValueError, match="series has 20 steps, exogenous has 3"):
            make_windows(STEPS, 3, exogenous=[1, 2, 3])
        with pytest.raises(ValueError, match="exogenous contains NaN at index 0"):
            make_windows(STEPS, 3, exogenous=np.full(20, np.nan))

    @pytest.mark.parametrize("name", ["window", "horizon", "step"])
    @pytest.mark.parametrize("value", [0, -1, 2.0, "3", None])
    def test_bad_numbers_are_named(self, name, value):
        message = (
            f"The '{name}' parameter of make_windows must be an int in the range "
            f"[1, inf). Got {value!r} instead."
        )
        with pytest.raises(ValueError, match=re.escape(message)):
            make_windows(STEPS, **{"window": 3, name: value})

    @pytest.mark.parametrize(
        ("series", "target", "message"),
        [
            (STEPS, 1, r"range \[0, 1\). Got 1"),
            (STEPS, "a", "it has no column names"),
            (pd.DataFrame({"a": STEPS}), "b", r"its columns are \['a'\]"),
        ],
    )
    def test_a_bad_target_is_refused(self, series, target, message):
        with pytest.raises(ValueError, match=message):
            make_windows(series, 3, target=target)


def long_frame():
    return pd.DataFrame(
        {
            "sensor": ["b", "a", "b", "c", "a", "b"],
            "time": pd.to_datetime(
                [
                    "2020-01-03",
                    "2020-01-02",
                    "2020-01-01",
                    "2020-01-09",
                    "2020-01-01",
                    "2020-01-02",
                ]
            ),
            "x": [3.0, 20.0, 1.0, 100.0, 10.0, 2.0],
            "y": [6, 5, 4, 3, 2, 1],
        },
        index=[5, 5, 1, 0, 9, 9],
    )


class TestSequencesFromFrame:
    """One row for each step of a sequence."""

    def test_sequences_are_sorted_by_id_and_steps_by_time(self):
        sequences, ids = sequences_from_frame(long_frame(), "sensor", "time")
        assert ids.tolist() == ["a", "b", "c"]
        assert [sequence.tolist() for sequence in sequences] == [
            [[10.0, 2.0], [20.0, 5.0]],
            [[1.0, 4.0], [2.0, 1.0], [3.0, 6.0]],
            [[100.0, 3.0]],
        ]

    def test_the_order_of_the_rows_does_not_matter(self):
        expected, _ = sequences_from_frame(long_frame(), "sensor", "time")
        shuffled = long_frame().sample(frac=1, random_state=0)
        sequences, _ = sequences_from_frame(shuffled, "sensor", "time")
        for got, wanted in zip(sequences, expected, strict=True):
            np.testing.assert_array_equal(got, wanted)

    def test_the_order_is_that_of_groupby_so_labels_align(self):
        frame = long_frame().assign(label=[1, 0, 1, 2, 0, 1])
        _, ids = sequences_from_frame(frame, "sensor", "time", ["x"])
        labels = frame.groupby("sensor")["label"].first()
        assert labels.index.tolist() == ids.tolist()
        assert labels.loc[ids].tolist() == [0, 1, 2]

    @pytest.mark.parametrize("seed", range(3))
    def test_agrees_with_groupby_on_random_frames(self, seed):
        rng = np.random.default_rng(seed)
        frame = pd.DataFrame(
            {
                "id": rng.integers(0, 9, 200),
                "t": rng.permutation(200),
                "v": rng.random(200),
            }
        )
        sequences, ids = sequences_from_frame(frame, "id", "t")
        groups = dict(iter(frame.groupby("id")))
        assert ids.tolist() == list(groups)
        for got, group in zip(sequences, groups.values(), strict=True):
            np.testing.assert_array_equal(got, group.sort_values("t")[["v"]])

    def test_columns_choose_and_order_the_features(self):
        frame = long_frame().assign(note="text")
        sequences, _ = sequences_from_frame(frame, "sensor", "time", ["y", "x"])
        np.testing.assert_array_equal(sequences[2], [[3.0, 100.0]])
        sequences, _ = sequences_from_frame(frame, "sensor", "time", "x")
        np.testing.assert_array_equal(sequences[2], [[100.0]])

    def test_time_may_be_numbers_periods_or_zoned_and_ids_categories(self):
        expected, _ = sequences_from_frame(long_frame(), "sensor", "time")
        times = long_frame()["time"]
        for time in (
            times.dt.day,
            times.dt.day.astype("Int64"),
            times.dt.to_period("D"),
            times.dt.tz_localize("Europe/Berlin"),
        ):
            frame = long_frame().assign(time=time)
            frame["sensor"] = frame["sensor"].astype("category")
            sequences, _ = sequences_from_frame(frame, "sensor", "time")
            for got, wanted in zip(sequences, expected, strict=True):
                np.testing.assert_array_equal(got, wanted)

    def test_missing_values_are_kept_for_the_imputer(self):
        frame = long_frame()
        frame.loc[frame["x"] == 2.0, "x"] = np.nan
        frame["y"] = frame["y"].astype("Int64")
        sequences, _ = sequences_from_frame(frame, "sensor", "time")
        assert np.isnan(sequences[1][1, 0])
        filled = SequenceImputer("linear").fit_transform(sequences)
        assert filled[1][:, 0].tolist() == [1.0, 2.0, 3.0]

    def test_the_type_is_float32_only_if_all_columns_are(self):
        frame = long_frame().astype({"x": np.float32})
        assert sequences_from_frame(frame, "sensor", "time")[0][0].dtype == np.float64
        only = sequences_from_frame(frame, "sensor", "time", "x")
        assert only[0][0].dtype == np.float32

    def test_columns_may_be_an_index(self):
        frame = long_frame()
        by_index = sequences_from_frame(frame, "sensor", "time", frame.columns[2:])
        by_list = sequences_from_frame(frame, "sensor", "time", list(frame.columns[2:]))
        np.testing.assert_array_equal(by_index[0][0], by_list[0][0])

    def test_a_misspelt_column_gets_a_suggestion(self):
        with pytest.raises(
            ValueError, match=r"no column 'sensr'. Did you mean 'sensor'"
        ):
            sequences_from_frame(long_frame(), "sensr", "time")
        with pytest.raises(ValueError, match=r"no column 'zzz'. Its columns: "):
            sequences_from_frame(long_frame(), "sensor", "time", ["x", "zzz"])

    def test_a_time_that_occurs_twice_is_named(self):
        frame = long_frame()
        frame["time"] = [3, 2, 1, 9, 1, 3]
        with pytest.raises(
            ValueError, match="sensor 'b' has more than one row at time 3"
        ):
            sequences_from_frame(frame, "sensor", "time")

    @pytest.mark.parametrize(
        ("changes", "message"),
        [
            (
                {"sensor": ["a", None, *"aabb"]},
                r"'sensor' has no value at row 1 \(label 5",
            ),
            ({"time": [1, 2, 3, np.nan, 5, 6]}, r"'time' has no value at row 3 .* 'c'"),
            (
                {"time": list("123456")},
                "'time' must hold numbers, timestamps or periods",
            ),
            ({"x": list("abcdef")}, "'x' is not numeric"),
            ({"x": [1, np.inf, 1, 1, 1, 1]}, r"'x' is infinite at row 1 .* sensor 'a'"),
        ],
    )
    def test_bad_columns_are_named(self, changes, message):
        with pytest.raises(ValueError, match=message):
            sequences_from_frame(long_frame().assign(**changes), "sensor", "time")

    @pytest.mark.parametrize(
        ("index", "message"),
        [
            (
                ["sensor", "time"],
                r"'sensor'. It is a level of the index: pass df",
            ),
            ("time", r"no column 'time'. It is a level of the index: pass df.reset"),
            (["y", "time"], r"no column 'time'. It is a level of the index"),
        ],
    )
    def test_columns_in_the_index_get_a_hint(self, index, message):
        with pytest.raises(ValueError, match=message):
            sequences_from_frame(long_frame().set_index(index), "sensor", "time")

    def test_levels_without_a_name_get_a_hint(self):
        frame = long_frame().set_index(["sensor", "time"]).rename_axis([None, None])
        with pytest.raises(ValueError, match=r"\[None, None\]: df.reset_index\(\)"):
            sequences_from_frame(frame, "sensor", "time")

    def test_frames_of_other_libraries_are_named(self):
        class DataFrame:
            columns = ["sensor"]

            def to_pandas(self):
                return long_frame()

        DataFrame.__module__ = "elsewhere.frame"
        message = r"Got DataFrame of elsewhere instead. Pass df.to_pandas\(\)."
        with pytest.raises(TypeError, match=message):
            sequences_from_frame(DataFrame(), "sensor", "time")
        with pytest.raises(TypeError, match=r"Got Series of pandas .* df.to_frame\(\)"):
            sequences_from_frame(long_frame()["x"], "sensor", "time")

    def test_frames_of_polars_are_named(self):
        pl = pytest.importorskip("polars")
        frame = pl.DataFrame({"sensor": [1], "time": [2], "x": [3.0]})
        message = r"Got DataFrame of polars instead. Pass df.to_pandas\(\)."
        with pytest.raises(TypeError, match=message):
            sequences_from_frame(frame, "sensor", "time")
        with pytest.raises(TypeError, match=r"Pass df.collect\(\).to_pandas\(\)."):
            sequences_from_frame(frame.lazy(), "sensor", "time")

    def test_other_problems_are_clear(self):
        with pytest.raises(TypeError, match=r"must be a pandas DataFrame. Got dict"):
            sequences_from_frame({"a": [1]}, "a", "b")
        with pytest.raises(ValueError, match="df has no row"):
            sequences_from_frame(long_frame()[:0], "sensor", "time")
        with pytest.raises(ValueError, match="no feature is left"):
            sequences_from_frame(long_frame()[["sensor", "time"]], "sensor", "time")
        doubled = long_frame().rename(columns={"y": "x"})
        with pytest.raises(ValueError, match="2 columns named 'x'"):
            sequences_from_frame(doubled, "sensor", "time", "x")
