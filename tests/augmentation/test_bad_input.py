"""What augmenters refuse."""

import re

import numpy as np
import pytest

from skgru.augmentation import (
    ChannelDropout,
    Compose,
    Jitter,
    MagnitudeWarp,
    Mixup,
    RandomApply,
    Scaling,
    TimeMask,
    TimeShift,
    TimeWarp,
    TokenDeletion,
    TokenSwap,
    WindowSlice,
)


@pytest.mark.parametrize(
    ("augmenter", "message"),
    [
        (Jitter(-1), "'scale' parameter of Jitter must be a float in the range [0.0,"),
        (Jitter("big"), "'scale' parameter of Jitter must be a float"),
        (Jitter(np.nan), "'scale' parameter of Jitter"),
        (Scaling(np.inf), "'scale' parameter of Scaling"),
        (MagnitudeWarp(n_knots=-1), "'n_knots' parameter of MagnitudeWarp must be an"),
        (TimeWarp(n_knots=1.5), "'n_knots' parameter of TimeWarp must be an int"),
        (TimeShift(1.5), "'max_shift' parameter of TimeShift must be an int in the"),
        (TimeShift(fill="zero"), "'fill' parameter of TimeShift must be a str among"),
        (WindowSlice(0.0), "'ratio' parameter of WindowSlice must be a float in the"),
        (WindowSlice(resize="yes"), "'resize' parameter of WindowSlice"),
        (TimeMask(-1), "'max_width' parameter of TimeMask"),
        (TimeMask(n_masks=0), "'n_masks' parameter of TimeMask"),
        (ChannelDropout(1.1), "'p' parameter of ChannelDropout must be a float in the"),
        (Mixup(0), "'alpha' parameter of Mixup must be a float in the range (0.0, inf"),
        (TokenDeletion(1.1), "'p' parameter of TokenDeletion must be a float in the"),
        (RandomApply(Jitter(), p=2), "'p' parameter of RandomApply"),
        (RandomApply(Jitter), "'augmenter' parameter of RandomApply must be an inst"),
        (RandomApply(Jitter(-1)), "'scale' parameter of Jitter"),
        (Compose([]), "'steps' parameter of Compose must be a list of at least one"),
        (Compose(Jitter()), "'steps' parameter of Compose must be a list"),
        (Compose([Jitter]), "as step 0 instead. Did you mean Jitter()?"),
        (Compose([Jitter(), None]), "Got None as step 1 instead"),
        (Compose([("a", Jitter(), 1)]), "must hold augmenters, (name, augmenter)"),
        (Compose([("a__b", Jitter())]), "hold no '__'. Got 'a__b' instead"),
        (Compose([("steps", Jitter())]), "not be 'steps'"),
        (Compose([("a", Jitter()), ("a", TimeMask())]), "Got ['a', 'a'] instead"),
        (Compose([Jitter(), Jitter(-1)]), "'scale' parameter of Jitter"),
    ],
    ids=lambda value: repr(value)[:60],
)
def test_invalid_parameters_name_class_parameter_and_value(augmenter, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        augmenter.check(augmenter.kind)
    with pytest.raises(ValueError, match=re.escape(message)):
        augmenter(np.ones((2, 3)))


def test_augmenters_are_checked_against_the_kind_of_data():
    with pytest.raises(ValueError, match="Jitter augments series of numbers, but X"):
        Jitter().check("tokens", vocabulary_size=10)
    with pytest.raises(ValueError, match="TokenSwap augments token ids, but X holds"):
        TokenSwap().check("series")
    for mixed in (Compose([Jitter(), TokenSwap()]), Compose([TokenSwap(), Jitter()])):
        for kind in ("series", "tokens"):
            with pytest.raises(ValueError, match="augments"):
                mixed.check(kind)
    with pytest.raises(ValueError, match="Jitter augments series"):
        RandomApply(Jitter()).check("tokens")
    TokenSwap().check("tokens", vocabulary_size=10)
    Compose([Jitter(), RandomApply(Mixup())]).check("series")


def test_bad_sequences_name_the_sample():
    with pytest.raises(ValueError, match="sample 1, time step 0, feature 1"):
        Jitter()([np.ones((2, 2)), np.array([[1.0, np.nan]])])
    with pytest.raises(ValueError, match="Sample 1 of X has 0 time steps"):
        TokenSwap()(np.array([[1, 2], [0, 0]]))
    with pytest.raises(ValueError, match="inconsistent numbers of samples"):
        Jitter()(np.ones((3, 2)), [0, 1])


@pytest.mark.parametrize("random_state", [-1, 1.5, "seed"])
def test_bad_random_state(random_state):
    with pytest.raises(ValueError, match="random_state must be an int >= 0"):
        Jitter()(np.ones((1, 2)), random_state=random_state)
