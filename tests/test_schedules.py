"""Schedules: the learning rate of every epoch, and that training follows it."""

import math
from itertools import pairwise

import keras
import numpy as np
import pytest
from reference import ignore_keras_warning, keras_fit, standardised, untrained
from sklearn.base import clone
from sklearn.model_selection import GridSearchCV

from skgru import GRUClassifier
from skgru.schedules import (
    CosineDecay,
    ExponentialDecay,
    ReduceOnPlateau,
    StepDecay,
    TimeDecay,
)

EPOCHS, RATE = 8, 0.04


def rates(estimator, X, y, schedule, epochs=EPOCHS):
    estimator.set_params(schedule=schedule, epochs=epochs, learning_rate=RATE)
    return estimator.fit(X, y).history_["learning_rate"]


@pytest.mark.parametrize(
    "schedule, formula",
    [
        (TimeDecay(0.5), lambda epoch: RATE / (1 + 0.5 * epoch)),
        (StepDecay(0.5, every=3), lambda epoch: RATE * 0.5 ** (epoch // 3)),
        (ExponentialDecay(0.2), lambda epoch: RATE * math.exp(-0.2 * epoch)),
        (
            CosineDecay(),
            lambda epoch: RATE * (1 + math.cos(math.pi * epoch / EPOCHS)) / 2,
        ),
        (
            CosineDecay(5, 0.1),
            lambda epoch: (
                RATE * (0.1 + 0.9 * (1 + math.cos(math.pi * min(epoch / 5, 1))) / 2)
            ),
        ),
        (lambda epoch, rate: rate / (epoch + 1), lambda epoch: RATE / (epoch + 1)),
    ],
    ids=["time", "step", "exponential", "cosine", "short cosine", "callable"],
)
def test_every_epoch_has_the_formulas_rate(regressor, X, targets, schedule, formula):
    actual = rates(regressor(), X, targets, schedule)
    np.testing.assert_allclose(actual, [formula(e) for e in range(EPOCHS)], rtol=1e-12)


@pytest.mark.parametrize(
    "decay", [TimeDecay, StepDecay, ExponentialDecay], ids=lambda cls: cls.__name__
)
def test_warm_up_is_linear_and_the_decay_follows(regressor, X, targets, decay):
    """Three epochs up to the learning rate, then as if training began there."""
    warmed = rates(regressor(), X, targets, decay(warmup=3))
    np.testing.assert_allclose(warmed[:3], [RATE / 4, RATE / 2, RATE * 3 / 4])
    np.testing.assert_allclose(
        warmed[3:], rates(regressor(), X, targets, decay(), epochs=EPOCHS - 3)
    )


def test_cosine_decay_ends_with_training_after_a_warm_up(regressor, X, targets):
    warmed = rates(regressor(), X, targets, CosineDecay(warmup=3))
    expected = [RATE * (1 + math.cos(math.pi * e / 5)) / 2 for e in range(5)]
    np.testing.assert_allclose(warmed[3:], expected)


@pytest.mark.parametrize(
    "schedule, keras_schedule",
    [
        (TimeDecay(0.5), keras.optimizers.schedules.InverseTimeDecay(RATE, 1, 0.5)),
        (
            ExponentialDecay(-math.log(0.7)),
            keras.optimizers.schedules.ExponentialDecay(RATE, 1, 0.7),
        ),
        (
            StepDecay(0.7, every=3),
            keras.optimizers.schedules.ExponentialDecay(RATE, 3, 0.7, staircase=True),
        ),
        (
            CosineDecay(6, 0.1),
            keras.optimizers.schedules.CosineDecay(RATE, 6, alpha=0.1),
        ),
    ],
    ids=["time", "exponential", "step", "cosine"],
)
def test_formulas_are_those_of_keras(schedule, keras_schedule):
    """One of whose steps is an epoch here."""
    for epoch in range(10):
        expected = float(keras_schedule(epoch))
        assert schedule(epoch, RATE) == pytest.approx(expected, rel=1e-5, abs=1e-9)


@pytest.mark.parametrize(
    "name, schedule",
    [
        ("time_decay", TimeDecay()),
        ("step_decay", StepDecay()),
        ("exponential_decay", ExponentialDecay()),
        ("cosine_decay", CosineDecay()),
        ("reduce_on_plateau", ReduceOnPlateau()),
        ("StepDecay", StepDecay()),
        ("cosine", CosineDecay()),
    ],
)
def test_a_name_is_the_schedule_with_its_defaults(
    regressor, X, targets, name, schedule
):
    by_name = rates(regressor(), X, targets, name, epochs=12)
    assert by_name == rates(regressor(), X, targets, schedule, epochs=12)


@ignore_keras_warning
def test_training_follows_the_schedule(regressor, X, targets):
    """The weights are those of stock Keras training with the same rates."""
    y = standardised(targets)
    params = {"optimizer": "sgd", "shuffle": False, "normalize_y": False, "epochs": 4}
    fitted = regressor(**params, schedule=StepDecay(0.5, every=1)).fit(X, y)
    model = untrained(fitted, X, y).model_
    scheduler = keras.callbacks.LearningRateScheduler(lambda epoch: 0.02 * 0.5**epoch)
    history = keras_fit(
        model, X, y, keras.optimizers.SGD(0.02), "mse", epochs=4, callbacks=[scheduler]
    )
    np.testing.assert_allclose(fitted.history_["loss"], history["loss"], atol=1e-5)
    for ours, keras_own in zip(
        fitted.model_.get_weights(), model.get_weights(), strict=True
    ):
        np.testing.assert_allclose(ours, keras_own, atol=1e-5)


def test_a_callable_gets_the_epoch_and_the_initial_rate(regressor, X, targets):
    calls = []

    def schedule(epoch, learning_rate):
        calls.append((epoch, learning_rate))
        return learning_rate * 0.5

    assert rates(regressor(), X, targets, schedule, epochs=3) == [RATE * 0.5] * 3
    assert calls == [(0, RATE), (1, RATE), (2, RATE)]


def test_a_function_of_the_epoch_alone_returns_the_rate(regressor, X, targets):
    """As Keras' LearningRateScheduler takes it."""

    def step_decay(epoch):
        return 0.1 * 0.5 ** (1 + epoch // 2)

    actual = rates(regressor(), X, targets, step_decay, epochs=4)
    assert actual == [0.05, 0.05, 0.025, 0.025]


def test_no_schedule_is_a_constant_rate(regressor, X, targets):
    assert rates(regressor(), X, targets, None) == [RATE] * EPOCHS


# ---- ReduceOnPlateau ----


def test_the_rate_falls_when_the_loss_stops_improving(regressor, X, targets):
    """With a min_delta that no epoch reaches, after every ``patience`` epochs."""
    schedule = ReduceOnPlateau(0.5, patience=2, min_delta=100.0)
    expected = [RATE] * 3 + [RATE / 2] * 2 + [RATE / 4] * 2 + [RATE / 8]
    np.testing.assert_allclose(rates(regressor(), X, targets, schedule), expected)


def test_the_rate_stays_where_the_loss_improves(regressor, X, targets):
    fitted = regressor(epochs=EPOCHS, schedule=ReduceOnPlateau(patience=1, min_delta=0))
    fitted.fit(X, targets)
    assert all(later < earlier for earlier, later in pairwise(fitted.history_["loss"]))
    assert set(fitted.history_["learning_rate"]) == {0.02}


def test_cooldown_and_the_lower_bound_of_the_rate(regressor, X, targets):
    schedule = ReduceOnPlateau(
        0.1, patience=1, min_delta=100.0, cooldown=2, min_learning_rate=RATE / 20
    )
    # Keras ends a cooldown of 2 before it looks at the loss of the second epoch.
    expected = [RATE] * 2 + [RATE / 10] * 2 + [RATE / 20] * 4
    np.testing.assert_allclose(
        rates(regressor(), X, targets, schedule), expected, rtol=1e-6
    )


def test_the_validation_loss_is_watched_where_there_is_one(classifier, X, labels):
    """Its targets are other samples', so it soon rises while the loss falls."""
    schedule = ReduceOnPlateau(0.5, patience=1, min_delta=0)
    params = {"epochs": 12, "schedule": schedule, "learning_rate": 0.05}
    validated = classifier(**params)
    validated.fit(X, labels, X_val=X[:12], y_val=labels[12:24])
    plain = classifier(**params).fit(X, labels)
    assert plain.history_["learning_rate"][-1] == 0.05
    assert validated.history_["learning_rate"][-1] < 0.05


@ignore_keras_warning
def test_plateaus_are_those_of_keras(classifier, X, labels):
    """The callback that it is, on the same losses."""
    params = {"epochs": 12, "learning_rate": 0.05, "optimizer": "sgd"}
    schedule = ReduceOnPlateau(0.5, patience=1, min_delta=0.001, cooldown=1)
    validation = {"X_val": X[:12], "y_val": labels[12:24]}
    ours = classifier(**params, schedule=schedule).fit(X, labels, **validation)
    theirs = classifier(
        **params,
        callbacks=keras.callbacks.ReduceLROnPlateau(
            "val_loss", factor=0.5, patience=1, min_delta=0.001, cooldown=1
        ),
    ).fit(X, labels, **validation)
    for name, values in ours.history_.items():
        # Keras keeps the rate as a float32.
        np.testing.assert_allclose(theirs.history_[name], values, rtol=1e-6)
    assert ours.history_["learning_rate"][-1] < 0.05


# ---- as parameters ----


def test_a_grid_reaches_into_a_schedule(X, labels):
    """The example of the documentation: ``schedule__drop``."""
    estimator = GRUClassifier(
        4, epochs=3, batch_size=16, schedule=StepDecay(every=1), learning_rate=0.02
    )
    search = GridSearchCV(estimator, {"schedule__drop": [0.25, 0.5]}, cv=2)
    search.fit(X, labels)
    drop = search.best_params_["schedule__drop"]
    np.testing.assert_allclose(
        search.best_estimator_.history_["learning_rate"],
        [0.02, 0.02 * drop, 0.02 * drop**2],
    )
    # The schedule that was passed is never changed.
    assert estimator.schedule.drop == 0.5


@pytest.mark.parametrize(
    "schedule",
    [TimeDecay(0.1, warmup=2), CosineDecay(5, 0.1), ReduceOnPlateau(0.5, 3)],
    ids=lambda schedule: type(schedule).__name__,
)
def test_schedules_clone_and_print(schedule):
    assert clone(schedule).get_params() == schedule.get_params()
    assert eval(repr(schedule)).get_params() == schedule.get_params()


@pytest.mark.parametrize(
    "schedule, message",
    [
        ("step_dekay", "Did you mean 'step_decay'"),
        (StepDecay, "add parentheses"),
        (StepDecay(drop=2), "The 'drop' parameter of StepDecay"),
        (StepDecay(every=0), "The 'every' parameter of StepDecay"),
        (TimeDecay(-1), "The 'rate' parameter of TimeDecay"),
        (CosineDecay(warmup=-1), "The 'warmup' parameter of CosineDecay"),
        (ReduceOnPlateau(1.5), "The 'factor' parameter of ReduceOnPlateau"),
        (lambda epoch, rate: float("nan"), "'schedule'.*nan at epoch 0"),
        (lambda epoch, rate: -rate, "'schedule'.*-0.02 at epoch 0"),
        (lambda epoch, rate: None, "'schedule'.*None at epoch 0"),
        (lambda: 0.1, "'schedule' parameter of .*must be callable as"),
        (lambda epoch, rate, more: 0.1, "'schedule' parameter of .*must be callable"),
        (
            keras.optimizers.schedules.ExponentialDecay(0.1, 1, 0.5),
            "'schedule' parameter of .*ExponentialDecay.*set it as 'learning_rate'",
        ),
    ],
)
def test_schedules_that_cannot_be_are_refused(regressor, X, targets, schedule, message):
    with pytest.raises((ValueError, TypeError), match=message):
        regressor(schedule=schedule).fit(X, targets)
