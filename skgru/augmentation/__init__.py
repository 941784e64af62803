"""Random transformations of the training sequences, fresh at every epoch.

An augmenter is the ``augmenter`` parameter of :class:`skgru.GRUClassifier` and
:class:`skgru.GRURegressor`. While the network trains, every sequence is transformed
anew at every epoch, with the random numbers of that fit; validation and prediction see
the sequences as they are. Padding stays zero, and labels and sample weights are kept
(:class:`Mixup` mixes them, which is what it is for).

======================================  ==============================================
Series of numbers                       What changes
======================================  ==============================================
:class:`Jitter`                         noise is added to every value
:class:`Scaling`                        each channel is multiplied by a factor
:class:`MagnitudeWarp`                  ... by a factor that drifts smoothly
:class:`TimeWarp`                       time runs smoothly faster and slower
:class:`TimeShift`                      the sequence moves along the time axis
:class:`WindowSlice`                    a part of the sequence stands for all of it
:class:`TimeMask`                       blocks of steps are blanked
:class:`ChannelDropout`                 whole channels are blanked
:class:`Mixup`                          two sequences, and their targets, are averaged
======================================  ==============================================

======================================  ==============================================
Token ids                               What changes
======================================  ==============================================
:class:`TokenInsertion`                 tokens are added
:class:`TokenDeletion`                  tokens are removed
:class:`TokenSwap`                      tokens change places
:class:`TokenReplacement`               tokens are replaced by others
======================================  ==============================================

:class:`Compose` chains augmenters and :class:`RandomApply` applies one to a part of the
sequences. Parameters are tuned as everywhere in scikit-learn: ``augmenter__scale``, or
``augmenter__jitter__scale`` inside a :class:`Compose`. :func:`augment_text` augments
strings before they become token ids. To write your own, see :class:`Augmenter`.

An augmenter is also a function of sequences:

>>> import numpy as np
>>> from skgru.augmentation import Compose, Jitter, TimeShift
>>> X = [np.ones((5, 2)), np.ones((3, 2))]
>>> augmented = Compose([Jitter(0.1), TimeShift(0.2)])(X, random_state=0)
>>> [sequence.shape for sequence in augmented]
[(5, 2), (3, 2)]
"""

from ._base import Augmenter
from ._compose import Compose
from ._magnitude import Jitter, MagnitudeWarp, Scaling
from ._masking import ChannelDropout, TimeMask
from ._mixup import Mixup
from ._random_apply import RandomApply
from ._text import augment_text
from ._time import TimeShift, TimeWarp, WindowSlice
from ._tokens import (
    TokenDeletion,
    TokenInsertion,
    TokenReplacement,
    TokenSwap,
)

__all__ = [
    "Augmenter",
    "ChannelDropout",
    "Compose",
    "Jitter",
    "MagnitudeWarp",
    "Mixup",
    "RandomApply",
    "Scaling",
    "TimeMask",
    "TimeShift",
    "TimeWarp",
    "TokenDeletion",
    "TokenInsertion",
    "TokenReplacement",
    "TokenSwap",
    "WindowSlice",
    "augment_text",
]
