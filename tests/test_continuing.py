"""warm_start and partial_fit continue training where it ended."""

import pickle

import numpy as np
import pytest
from sklearn.base import clone

import skgru
from skgru.plotting import TrainingCurveDisplay
from skgru.schedules import ReduceOnPlateau


def assert_same_fit(first, second, X):
    """Equal to the last bit: weights, history, predictions."""
    for a, b in zip(
        first.model_.get_weights(), second.model_.get_weights(), strict=True
    ):
        np.testing.assert_array_equal(a, b)
    assert first.history_ == second.history_
    np.testing.assert_array_equal(first.predict(X), second.predict(X))


@pytest.fixture(
    params=[
        {},
        {"dropout": 0.3},
        {"optimizer": "sgd", "optimizer__momentum": 0.9},
        {"schedule": "step_decay", "clipnorm": 0.5},
        {"schedule": "reduce_on_plateau"},
    ],
    ids=lambda params: "-".join(map(str, params.values())) or "default",
)
def params(request):
    """Parameters whose state, or epoch, must live through the pause."""
    return request.param


def test_partial_fits_are_one_fit_of_as_many_epochs(either, X, params):
    whole, y = either(epochs=4, **params)
    parts, _ = either(**params)
    whole.fit(X, y)
    for _ in range(4):
        parts.partial_fit(X, y)
    assert_same_fit(parts, whole, X)
    assert parts.n_iter_ == 4


def test_warm_starts_are_one_fit_of_as_many_epochs(either, X, params):
    whole, y = either(epochs=4, **params)
    parts, _ = either(epochs=3, warm_start=True, **params)
    parts.fit(X, y).set_params(epochs=1).fit(X, y)
    assert_same_fit(parts, whole.fit(X, y), X)


def test_continuing_in_another_process(either, X):
    """Pickled between: the optimizer's state is part of what was learnt."""
    whole, y = either(epochs=4)
    parts, _ = either(epochs=2, warm_start=True)
    parts = pickle.loads(pickle.dumps(parts.fit(X, y)))
    assert_same_fit(parts.fit(X, y), whole.fit(X, y), X)


def test_partial_fit_after_fit_continues_it(either, X):
    whole, y = either(epochs=4)
    parts, _ = either(epochs=3)
    assert_same_fit(parts.fit(X, y).partial_fit(X, y), whole.fit(X, y), X)


def test_fit_without_warm_start_begins_anew(either, X):
    estimator, y = either()
    once = clone(estimator).fit(X, y)
    estimator.fit(X[::-1], y[::-1])
    assert_same_fit(estimator.fit(X, y), once, X)


def test_the_first_partial_fit_may_name_classes_that_come_later(classifier, X, labels):
    names = np.unique(labels)
    fitted = classifier()
    for name in names:
        chosen = labels == name
        fitted.partial_fit(X[chosen], labels[chosen], classes=names)
    np.testing.assert_array_equal(fitted.classes_, names)
    assert fitted.predict_proba(X).shape == (len(X), 3)
    # The class seen last has the highest mean probability by now.
    assert fitted.n_iter_ == 3


def test_partial_fit_of_other_samples_goes_on_from_there(regressor, X, targets):
    """In the target scale of the first call: there is one scale of the network."""
    fitted = regressor().partial_fit(X, targets)
    before = fitted.predict(X)
    fitted.set_params(optimizer="adam").partial_fit(X, targets + 1e-3)
    assert np.abs(fitted.predict(X) - before).max() < 40


def test_partial_fit_takes_sample_weight(either, X):
    estimator, y = either()
    weight = np.arange(len(X)) % 3
    estimator.partial_fit(X, y, sample_weight=weight)
    whole, _ = either(epochs=1)
    whole.fit(X, y, sample_weight=weight)
    assert_same_fit(estimator, whole, X)


def test_warm_start_takes_new_rates(either, X):
    """Tuned between two fits: nothing but the architecture is fixed."""
    estimator, y = either(warm_start=True)
    estimator.fit(X, y)
    estimator.set_params(learning_rate=1e-4, dropout=0.2, clipnorm=1.0, l2=0.1)
    estimator.fit(X, y)
    assert estimator.history_["learning_rate"] == [0.02] * 3 + [1e-4] * 3


def test_another_optimizer_begins_with_its_own_state(either, X):
    estimator, y = either(warm_start=True)
    estimator.fit(X, y).set_params(optimizer="sgd").fit(X, y)
    assert estimator.n_iter_ == 6


def test_warm_start_may_change_what_no_weight_depends_on(regressor, X, targets):
    fitted = regressor(warm_start=True, optimizer="sgd").fit(X, targets)
    fitted.set_params(batch_size=64).fit(X[:, :4], targets)
    assert fitted.n_iter_ == 6


@pytest.mark.parametrize(
    "name, value",
    [
        ("units", 5),
        ("units", (4, 4)),
        ("bidirectional", True),
        ("pooling", "mean"),  # the weights have the same shapes
    ],
)
def test_warm_start_refuses_another_architecture(regressor, X, targets, name, value):
    fitted = regressor(warm_start=True).fit(X, targets)
    before = fitted.predict(X)
    with pytest.raises(ValueError, match=f"cannot continue.*'{name}'"):
        fitted.set_params(**{name: value}).fit(X, targets)
    np.testing.assert_array_equal(fitted.predict(X), before)


def test_partial_fit_refuses_other_classes_later(classifier, X, labels):
    names = np.unique(labels)
    fitted = classifier().partial_fit(X, labels, classes=names)
    before = fitted.predict_proba(X)
    with pytest.raises(ValueError, match=r"classes=.*'new'.* is not what"):
        fitted.partial_fit(X, labels, classes=[*names, "new"])
    np.testing.assert_array_equal(fitted.predict_proba(X), before)


def test_early_stopping_goes_on_after_a_warm_start(classifier, X, labels):
    """The validation samples stay the same ones."""
    params = {"early_stopping": True, "patience": 50}
    fitted = classifier(warm_start=True, epochs=2, **params).fit(X, labels)
    first = fitted.history_["val_loss"]
    fitted.fit(X, labels)
    assert fitted.history_["val_loss"][:2] == first
    assert len(fitted.history_["val_loss"]) == 4


# ---- early stopping over several trainings ----

# A learning rate at which the validation loss soon gets worse.
STOPPED = {"early_stopping": True, "learning_rate": 0.1, "patience": 20}


def parts_of(classifier, X, y, epochs, how, **params):
    """Train for so many epochs, a few at a time."""
    fitted = classifier(**params, warm_start=True, epochs=4)
    if how == "partial_fit":
        for _ in range(epochs):
            fitted.partial_fit(X, y)
    else:
        for _ in range(epochs // 4):
            fitted.fit(X, y)
            if how == "pickled":
                fitted = pickle.loads(pickle.dumps(fitted))
    return fitted


@pytest.mark.parametrize("how", ["fit", "partial_fit", "pickled"])
def test_the_best_epoch_of_all_trainings_is_kept(classifier, X, labels, how):
    """Its weights, too, though they are long gone when training ends."""
    whole = classifier(**STOPPED, epochs=16).fit(X, labels)
    assert 1 < whole.best_epoch_ < 12 and whole.n_iter_ == 16
    parts = parts_of(classifier, X, labels, 16, how, **STOPPED)
    assert_same_fit(parts, whole, X)
    losses = parts.history_["val_loss"]
    assert parts.best_epoch_ == whole.best_epoch_ == np.argmin(losses)


def test_patience_goes_on_counting(classifier, X, labels):
    """Three epochs without improvement, two of them before the pause."""
    params = {**STOPPED, "patience": 3, "min_delta": 100.0}
    fitted = classifier(**params, warm_start=True, epochs=3).fit(X, labels)
    assert (fitted.n_iter_, fitted.best_epoch_) == (3, 0)
    fitted.set_params(epochs=10).fit(X, labels)
    assert (fitted.n_iter_, fitted.best_epoch_) == (4, 0)
    whole = classifier(**params, epochs=10).fit(X, labels)
    assert_same_fit(fitted, whole, X)


def test_other_validation_data_are_no_measure_of_earlier_epochs(classifier, X, labels):
    """Easy ones first: no later epoch could be better than those by its loss."""
    fitted = classifier(**STOPPED, warm_start=True, epochs=12)
    fitted.fit(X, labels, X_val=X, y_val=labels)
    easy = min(fitted.history_["val_loss"])
    fitted.set_params(epochs=3)
    fitted.fit(X, labels, X_val=X, y_val=np.roll(labels, 1))
    hard = fitted.history_["val_loss"][12:]
    assert min(hard) > easy
    assert fitted.best_epoch_ == 12 + np.argmin(hard)


def test_epochs_without_early_stopping_between(classifier, X, labels):
    """They predict as they are; what was kept before is remembered all the same."""
    data = {"X_val": X[:12], "y_val": np.roll(labels[:12], 1)}
    fitted = classifier(**STOPPED, warm_start=True, epochs=12).fit(X, labels, **data)
    kept, best = fitted.predict_proba(X), fitted.best_epoch_
    assert best < 11
    fitted.set_params(early_stopping=False, epochs=1).fit(X, labels, **data)
    assert not np.array_equal(fitted.predict_proba(X), kept)
    fitted.set_params(early_stopping=True).fit(X, labels, **data)
    assert fitted.n_iter_ == 14 and fitted.best_epoch_ == best
    np.testing.assert_array_equal(fitted.predict_proba(X), kept)


def test_what_is_remembered_is_saved(classifier, X, labels, tmp_path):
    """In a file without pickle, too."""
    whole = classifier(**STOPPED, epochs=12).fit(X, labels)
    parts = classifier(**STOPPED, warm_start=True, epochs=8).fit(X, labels)
    skgru.save(parts, tmp_path / "parts.skops")
    parts = skgru.load(tmp_path / "parts.skops").set_params(epochs=4)
    assert_same_fit(parts.fit(X, labels), whole, X)


def test_the_history_says_nan_of_epochs_that_were_not_validated(classifier, X, labels):
    fitted = classifier(warm_start=True, epochs=3).fit(X, labels)
    fitted.fit(X, labels, X_val=X[:9], y_val=labels[:9]).fit(X, labels)
    loss, val_loss = fitted.history_["loss"], fitted.history_["val_loss"]
    assert len(loss) == len(val_loss) == fitted.n_iter_ == 9
    assert np.isnan(val_loss).tolist() == 3 * [True] + 3 * [False] + 3 * [True]
    fitted.fit(X, labels, X_val=X[:9], y_val=labels[:9])
    assert fitted.best_epoch_ == np.nanargmin(fitted.history_["val_loss"]) >= 3
    TrainingCurveDisplay.from_estimator(fitted)


def test_a_plateau_is_sought_in_epochs_that_were_validated(classifier, X, labels):
    plateau = ReduceOnPlateau(patience=2, min_delta=100.0)
    fitted = classifier(warm_start=True, epochs=4, schedule=plateau)
    fitted.set_params(schedule=None).fit(X, labels)
    fitted.set_params(schedule=plateau, epochs=2)
    fitted.fit(X, labels, X_val=X[:9], y_val=labels[:9])
    fitted.set_params(epochs=1).fit(X, labels, X_val=X[:9], y_val=labels[:9])
    rates = fitted.history_["learning_rate"]
    assert len(set(rates)) == 1  # two epochs without improvement have only just been
    fitted.fit(X, labels, X_val=X[:9], y_val=labels[:9])
    assert fitted.history_["learning_rate"][-1] < rates[-1]
