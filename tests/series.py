"""Series of unequal length, and transformers of them."""

import numpy as np

from skgru.preprocessing import (
    SequenceImputer,
    SequenceResampler,
    SequenceScaler,
    SequenceTruncator,
)

NAN = np.nan
LENGTHS = [5, 2, 7, 1]
TRANSFORMERS = [
    SequenceScaler(),
    SequenceScaler("minmax"),
    SequenceScaler("robust"),
    SequenceScaler("standard", per="sequence"),
    SequenceScaler("robust", per="sequence"),
    SequenceImputer(),
    SequenceImputer("linear"),
    SequenceImputer("constant", fill_value=1.0),
    SequenceResampler(4),
    SequenceTruncator(3),
    SequenceTruncator(3, keep="start"),
]


def ragged(lengths=LENGTHS, n_features=2, dtype=np.float64, seed=0):
    """Return a list of sequences whose features differ in location and scale."""
    rng = np.random.default_rng(seed)
    offset = 10.0 * np.arange(n_features)
    return [
        (rng.normal(size=(length, n_features)) * (1 + offset) + offset).astype(dtype)
        for length in lengths
    ]


def nan_padded(sequences, extra=0):
    """Return the sequences as a 3-D array that NaN pads to the longest, and further."""
    longest = max(len(sequence) for sequence in sequences) + extra
    shape = (len(sequences), longest, sequences[0].shape[1])
    block = np.full(shape, NAN, dtype=sequences[0].dtype)
    for row, sequence in zip(block, sequences, strict=True):
        row[: len(sequence)] = sequence
    return block
