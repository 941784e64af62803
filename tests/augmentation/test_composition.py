"""Augmenters of augmenters, and their parameters by name."""

import pickle

import numpy as np
import pytest
from augmenters import SERIES, TOKENS, block_of, in_range
from sklearn.base import BaseEstimator, clone
from sklearn.model_selection import ParameterGrid

from skgru.augmentation import (
    Compose,
    Jitter,
    Mixup,
    RandomApply,
    Scaling,
    TimeMask,
    TimeShift,
    TimeWarp,
    TokenDeletion,
    TokenInsertion,
    TokenSwap,
)


def test_random_apply_changes_sequences_at_its_rate():
    X = np.ones((2000, 4, 2))
    changed = RandomApply(Jitter(), p=0.3)(X, random_state=0) != X
    assert (changed.all(axis=(1, 2)) == changed.any(axis=(1, 2))).all()
    assert in_range(changed[:, 0, 0].sum(), 2000, 0.3)


def test_random_apply_mixes_only_what_it_is_applied_to():
    y = np.eye(200)
    _, mixed = RandomApply(Mixup(1.0), p=0.4)(np.ones((200, 3)), y, random_state=0)
    changed = (mixed != y).any(axis=1)
    assert 50 < changed.sum() < 110
    np.testing.assert_array_equal(mixed[~changed], y[~changed])
    assert (mixed[np.ix_(changed, ~changed)] == 0).all()


def test_compose_applies_its_steps_in_order():
    X = np.random.default_rng(0).normal(size=(5, 8))
    rng = np.random.default_rng(1)
    one_by_one = TimeShift(2)(Jitter()(X, random_state=rng), random_state=rng)
    composed = Compose([Jitter(), TimeShift(2)])(X, random_state=1)
    np.testing.assert_array_equal(composed, one_by_one)


def test_compose_asks_for_room_for_all_steps():
    insertion = TokenInsertion(1.0)
    assert Compose([insertion, insertion]).expanded_timesteps(10) == 40
    assert RandomApply(insertion).expanded_timesteps(10) == 20


def test_compose_knows_what_its_steps_are():
    assert Compose([TokenSwap(), TokenDeletion()]).kind == "tokens"
    assert Compose([TokenSwap(), TokenDeletion()]).changes_lengths
    assert not Compose([Jitter(), TimeWarp()]).changes_lengths
    assert Compose([Jitter(), RandomApply(Mixup())]).mixes_targets


def test_steps_are_named_as_in_make_pipeline():
    params = Compose([Jitter(0.1), TimeMask(), Jitter(0.2)]).get_params()
    assert params["jitter-1__scale"] == 0.1
    assert params["jitter-2__scale"] == 0.2
    assert params["timemask__n_masks"] == 1


@pytest.mark.parametrize(
    ("steps", "noise"),
    [([Jitter(), TimeMask()], "jitter"), ([("a", Jitter()), ("b", TimeMask())], "a")],
    ids=["unnamed", "named"],
)
def test_steps_and_their_parameters_can_be_set_by_name(steps, noise):
    original = Compose(steps)
    augmenter = clone(original).set_params(**{f"{noise}__scale": 0.7})
    assert augmenter.get_params()[f"{noise}__scale"] == 0.7
    assert original.get_params()[f"{noise}__scale"] == 0.03
    augmenter.set_params(**{noise: Jitter(0.1), f"{noise}__scale": 0.9})
    assert augmenter.get_params()[noise].scale == 0.9
    augmenter.set_params(**{noise: "passthrough"})
    X = np.ones((1, 4))
    augmenter.set_params(**{"steps": [*augmenter.steps[:1]]})
    np.testing.assert_array_equal(augmenter(X, random_state=0), X)
    assert isinstance(original.get_params()[noise], Jitter)


def test_replaced_step_keeps_the_name_it_was_given():
    augmenter = Compose([("noise", Jitter())]).set_params(noise=Scaling())
    assert augmenter.set_params(noise__scale=0.4).get_params()["noise"].scale == 0.4


def test_unknown_parameters_are_refused():
    augmenter = Compose([("noise", Jitter()), ("off", "passthrough")])
    with pytest.raises(ValueError, match="Invalid parameter 'warp'"):
        augmenter.set_params(warp__scale=1)
    with pytest.raises(ValueError, match="Invalid parameter 'width'"):
        augmenter.set_params(noise__width=1)
    with pytest.raises(ValueError, match="Step 'off' of Compose is 'passthrough'"):
        augmenter.set_params(off__scale=1)


class Model(BaseEstimator):
    """Stands in for an estimator with an ``augmenter`` parameter."""

    def __init__(self, augmenter=None):
        self.augmenter = augmenter


@pytest.mark.parametrize(
    ("augmenter", "name"),
    [
        (Jitter(), "augmenter__scale"),
        (RandomApply(Jitter()), "augmenter__augmenter__scale"),
        (Compose([Jitter(), TimeWarp()]), "augmenter__jitter__scale"),
        (Compose([("n", RandomApply(Jitter()))]), "augmenter__n__augmenter__scale"),
    ],
    ids=repr,
)
def test_parameters_tune_through_the_estimator(augmenter, name):
    model = Model(augmenter)
    for params in ParameterGrid({name: [0.1, 0.2]}):
        candidate = clone(model).set_params(**params)
        assert candidate.get_params()[name] == params[name]
        assert model.get_params()[name] == 0.03


@pytest.mark.parametrize("augmenter", SERIES + TOKENS, ids=repr)
def test_augmenters_clone_and_pickle(augmenter):
    arrays = block_of(augmenter)
    expected = augmenter.augment(*arrays, np.random.default_rng(0))[0]
    for copy in (clone(augmenter), pickle.loads(pickle.dumps(augmenter))):
        assert copy is not augmenter
        assert repr(copy) == repr(augmenter)
        new = copy.augment(*arrays, np.random.default_rng(0))[0]
        np.testing.assert_array_equal(new, expected)
