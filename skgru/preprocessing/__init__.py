"""From data as people have it to sequences, and transformers of sequences.

Transformers accept every form of X that the estimators accept and return the same
form: a list of arrays for a list, a NaN-padded 3-D array for a NaN-padded 3-D array, a
2-D array for univariate series. No transformer reads padding.
"""

from skgru.preprocessing._frame import sequences_from_frame
from skgru.preprocessing._imputer import SequenceImputer
from skgru.preprocessing._length import SequenceResampler, SequenceTruncator
from skgru.preprocessing._scaler import SequenceScaler
from skgru.preprocessing._text import TextSequencer
from skgru.preprocessing._token_array import TokenArray
from skgru.preprocessing._windows import make_windows

__all__ = [
    "SequenceImputer",
    "SequenceResampler",
    "SequenceScaler",
    "SequenceTruncator",
    "TextSequencer",
    "TokenArray",
    "make_windows",
    "sequences_from_frame",
]
