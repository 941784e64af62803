"""Regression sets made from series that packages ship: a value some steps ahead.

Few sets with real targets are shipped. These ask for one value of the future, from
recordings of their own (`OF_RECORDINGS`), windows cut from one long series
(`OF_WINDOWS`), or many short series (``M1, ahead``).
"""

import archive
import numpy as np

# The last value of the first channel, from all but the last tenth of a recording.
OF_RECORDINGS = (
    "ItalyPowerDemand",
    "JapaneseVowels",
    "GunPoint",
    "ArrowHead",
    "OSULeaf",
)
# Name: file, columns, steps of a window, steps from its end to the target, stride.
OF_WINDOWS = {
    "Daphnet": (
        "Daphnet_S06R02E0/S06R02E0.csv",
        [
            f"{place}_{axis}"
            for place in ("ankle", "leg", "trunk")
            for axis in ("horiz_fwd", "vert", "horiz_lateral")
        ],
        *(64, 8, 72),
    ),
    "bleeding": (
        "KDD-TSAD_135/135_UCR_Anomaly_InternalBleeding16_TRAIN.csv",
        ["value"],
        *(48, 12, 20),
    ),
    "solar": ("solar/solar.csv", ["solar_gen"], *(48, 6, 7)),
}
NAMES = tuple(f"{name}, ahead" for name in (*OF_RECORDINGS, *OF_WINDOWS, "M1"))


def read(name):
    """Return sequences and the value ahead of each, for one of `NAMES`."""
    name = name.removesuffix(", ahead")
    if name in OF_RECORDINGS:
        return _ahead_of_recordings(name)
    if name in OF_WINDOWS:
        return _ahead_of_windows(name)
    return _growth_of_m1()


def _ahead_of_recordings(name):
    """Return training recordings without their last tenth, and their last value."""
    recordings, _ = archive.read(name, "TRAIN")
    X = [x[: len(x) - max(1, len(x) // 10)] for x in recordings]
    return X, np.array([x[-1, 0] for x in recordings], np.float64)


def _ahead_of_windows(name):
    """Return windows of a series, and the first channel's value after each."""
    import pandas as pd

    file, columns, length, distance, stride = OF_WINDOWS[name]
    series = pd.read_csv(archive.folder("aeon") / file)[columns].to_numpy(np.float32)
    starts = np.arange(0, len(series) - length - distance + 1, stride)
    X = [series[start : start + length] for start in starts]
    return X, series[starts + length + distance - 1, 0].astype(np.float64)


def _growth_of_m1():
    """Return the yearly growth of M1's series, and that of their last three years.

    Growth is the difference of logarithms; series with a year of 0 or less are left
    out.
    """
    from aeon.datasets import load_from_tsf_file

    file = archive.folder("aeon") / "m1_yearly_dataset" / "m1_yearly_dataset.tsf"
    frame, _ = load_from_tsf_file(str(file))
    years = [np.asarray(v, np.float64) for v in frame["series_value"]]
    growth = [np.diff(np.log(v)) for v in years if v.min() > 0]
    X = [g[:-3, np.newaxis].astype(np.float32) for g in growth]
    return X, np.array([g[-3:].sum() for g in growth])
