"""Mauna Loa CO2: a weekly series with a trend and a season."""

import numpy as np
from sklearn.utils import Bunch

from ._bundled import check_flags, read_arrays, read_description


def load_co2(*, interpolate=False, as_frame=False):
    """Load the weekly atmospheric CO2 at Mauna Loa, 1958 to 2001 (one series).

    =================  =================================================
    Weeks              2284, ending on Saturdays
    Period             1958-03-29 to 2001-12-29
    Unit               ppmv (parts per million by volume), to 0.1
    Weeks missing      59, in gaps of at most 18 weeks, most before 1965
    =================  =================================================

    Parameters
    ----------
    interpolate : bool, default=False
        If False, weeks without a measurement are NaN, as in the source. If True,
        they lie on the straight line between their measured neighbours. An
        interpolated week knows the next measurement: keep this in mind where
        forecasts are evaluated inside a gap.
    as_frame : bool, default=False
        If True, `data` is a pandas Series with the dates as its index, and
        `frame` the same as a DataFrame. Needs pandas.

    Returns
    -------
    data : :class:`~sklearn.utils.Bunch`
        Dictionary-like, with the attributes:

        data : ndarray of shape (2284,), dtype float64, or Series
            CO2 in ppmv, one value a week, the oldest first.
        dates : ndarray of shape (2284,), dtype datetime64[D]
            The Saturday on which each week ends.
        frame : DataFrame of shape (2284, 1), or None
            Only given if `as_frame` is True.
        DESCR : str
            Description, source, citation and licence (public domain).

    Raises
    ------
    ValueError
        If a parameter is not a bool.
    ImportError
        If `as_frame` is True and pandas is not installed.

    See Also
    --------
    load_japanese_vowels : Recordings to classify, of unequal lengths.
    load_product_reviews : Sentences to classify.
    skgru.preprocessing.make_windows : Cuts the series into windows.

    Notes
    -----
    There is no `return_X_y`: what X and y are is decided by the length of the
    windows that the series is cut into, and by how far ahead one looks.

    References
    ----------
    C. D. Keeling and T. P. Whorf (2004). Atmospheric CO2 concentrations derived
    from flask air samples at sites in the SIO network. In Trends: A Compendium of
    Data on Global Change. Carbon Dioxide Information Analysis Center, Oak Ridge
    National Laboratory, U.S. Department of Energy.

    Examples
    --------
    >>> from skgru.datasets import load_co2
    >>> co2 = load_co2(interpolate=True)
    >>> co2.data.shape
    (2284,)
    >>> print(co2.dates[0], co2.data[0])
    1958-03-29 316.1
    """
    check_flags("load_co2", interpolate=interpolate, as_frame=as_frame)
    if as_frame:
        try:
            import pandas as pd
        except ImportError as error:
            raise ImportError(
                "load_co2(as_frame=True) requires pandas. Install pandas, or use "
                "as_frame=False."
            ) from error

    stored = read_arrays("co2")
    data = stored["co2"]
    if interpolate:
        missing = np.isnan(data)
        # Weeks are evenly spaced, and the first and the last were measured.
        data[missing] = np.interp(
            np.flatnonzero(missing), np.flatnonzero(~missing), data[~missing]
        )
    week_number = np.arange(len(data))
    dates = stored["first_date"] + 7 * week_number.astype("timedelta64[D]")
    frame = None
    if as_frame:
        index = pd.date_range(dates[0], periods=len(data), freq="W-SAT", name="date")
        frame = pd.DataFrame({"co2": data}, index=index)
        data = frame["co2"]
    return Bunch(data=data, dates=dates, frame=frame, DESCR=read_description("co2"))
