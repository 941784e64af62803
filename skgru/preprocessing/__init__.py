"""Make sequences from frames, series and texts, and transform sequences.

Transformers accept every form of X that the estimators accept and return the same
form: a list of arrays for a list, a NaN-padded 3-D array for a NaN-padded 3-D array, a
2-D array for univariate series. Padding never affects the result.

Besides arrays, the sequences of a list may be DataFrames of pandas or polars, whose
missing values are NaN. Frames whose cells are series ("nested", as in sktime), series
of lists, and 1-D sequences of floats, which are univariate, are read as lists.
"""

from ._chinese import chinese_words
from ._frame import sequences_from_frame
from ._imputer import SequenceImputer
from ._length import SequenceResampler, SequenceTruncator
from ._scaler import SequenceScaler
from ._text import TextSequencer
from ._token_array import TokenArray
from ._windows import make_windows

__all__ = [
    "SequenceImputer",
    "SequenceResampler",
    "SequenceScaler",
    "SequenceTruncator",
    "TextSequencer",
    "TokenArray",
    "chinese_words",
    "make_windows",
    "sequences_from_frame",
]
