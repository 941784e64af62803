"""Keras' learning-rate schedules: a rate for every optimizer step."""

import pickle

import keras
import numpy as np
import pytest
from reference import ignore_keras_warning, keras_fit, one_hot, untrained
from sklearn.base import clone
from sklearn.model_selection import GridSearchCV

import skgru
from skgru import GRUClassifier
from skgru.schedules import StepDecay

schedules = keras.optimizers.schedules

# 44 samples in batches of 16: three steps an epoch.
DECAY = schedules.ExponentialDecay(0.05, 2, 0.5)


class Triangle(schedules.LearningRateSchedule):
    """A schedule of the user's."""

    def __init__(self, top):
        self.top = top

    def __call__(self, step):
        step = keras.ops.cast(step, "float32")
        return self.top * (1 - keras.ops.abs(step - 4) / 8)


@ignore_keras_warning
@pytest.mark.parametrize(
    "schedule",
    [
        DECAY,
        schedules.ExponentialDecay(0.05, 2, 0.5, staircase=True),
        schedules.CosineDecay(0.0, 5, warmup_target=0.05, warmup_steps=3),
        schedules.PiecewiseConstantDecay([2, 5], [0.05, 0.02, 0.001]),
        Triangle(0.05),
    ],
    ids=["exponential", "staircase", "cosine with warm-up", "piecewise", "own"],
)
def test_every_step_has_the_rate_that_keras_gives_it(classifier, X, labels, schedule):
    """Three epochs of three steps, against stock Keras training."""
    params = {"shuffle": False, "optimizer": "sgd"}
    fitted = classifier(**params, learning_rate=schedule).fit(X, labels)
    model = untrained(classifier(**params), X, labels).model_
    optimizer = keras.optimizers.SGD(schedule)
    history = keras_fit(
        model, X, one_hot(labels), optimizer, "categorical_crossentropy"
    )
    np.testing.assert_allclose(fitted.history_["loss"], history["loss"], atol=1e-6)
    for ours, theirs in zip(
        fitted.model_.get_weights(), model.get_weights(), strict=True
    ):
        np.testing.assert_allclose(ours, theirs, atol=1e-6)
    # That of the first step of each epoch.
    expected = [float(schedule(step)) for step in (0, 3, 6)]
    np.testing.assert_allclose(fitted.history_["learning_rate"], expected, rtol=1e-6)


def test_a_schedule_inside_an_optimizer_is_the_same(X, labels):
    params = {"units": 4, "epochs": 3, "batch_size": 16, "random_state": 0}
    inside = GRUClassifier(**params, optimizer=keras.optimizers.Adam(DECAY))
    outside = GRUClassifier(**params, learning_rate=DECAY)
    inside, outside = clone(inside).fit(X, labels), clone(outside).fit(X, labels)
    assert inside.history_ == outside.history_
    np.testing.assert_array_equal(inside.predict_proba(X), outside.predict_proba(X))


def test_it_compiles_nothing_anew(classifier, X, labels):
    classifier().fit(X, labels)
    compiled = skgru.cache_info().misses
    classifier(learning_rate=DECAY).fit(X, labels)
    assert skgru.cache_info().misses == compiled


def test_it_goes_on_where_training_ended(classifier, X, labels):
    whole = classifier(learning_rate=DECAY).fit(X, labels)
    parts = classifier(learning_rate=DECAY)
    for _ in range(3):
        parts = pickle.loads(pickle.dumps(parts.partial_fit(X, labels)))
    assert parts.history_ == whole.history_


def test_it_is_saved(classifier, X, labels, tmp_path):
    fitted = classifier(learning_rate=DECAY).fit(X, labels)
    skgru.save(fitted, tmp_path / "fitted.skops")
    loaded = skgru.load(tmp_path / "fitted.skops")
    assert loaded.learning_rate.get_config() == DECAY.get_config()
    assert loaded.fit(X, labels).history_ == fitted.history_


def test_a_search_chooses_among_rates_and_schedules(classifier, X, labels):
    candidates = {"learning_rate": [1e-5, DECAY]}
    search = GridSearchCV(classifier(), candidates, cv=2, error_score="raise")
    search.fit(X, labels)
    rates = search.best_estimator_.history_["learning_rate"]
    assert rates[1] != rates[0] or set(rates) == {1e-5}


def test_callbacks_see_the_rate_of_the_next_step(classifier, X, labels):
    """As on a Keras optimizer; and as there, they cannot set it."""
    seen = []
    watch = keras.callbacks.LambdaCallback(
        on_train_batch_end=lambda batch, logs: seen.append(
            float(watch.model.optimizer.learning_rate.numpy())
        )
    )
    heard = classifier(learning_rate=DECAY, callbacks=watch).fit(X, labels)
    expected = [float(DECAY(step)) for step in range(1, 10)]
    np.testing.assert_allclose(seen, expected, rtol=1e-6)
    alone = classifier(learning_rate=DECAY).fit(X, labels)
    np.testing.assert_array_equal(heard.predict_proba(X), alone.predict_proba(X))


@ignore_keras_warning
def test_a_callback_cannot_set_the_rate(classifier, X, labels):
    setter = keras.callbacks.LambdaCallback(
        on_epoch_begin=lambda epoch, logs: setattr(
            setter.model.optimizer, "learning_rate", 0.1
        )
    )
    with pytest.raises(TypeError, match=r"A callback sets the learning rate, .*Keras"):
        classifier(learning_rate=DECAY, callbacks=setter).fit(X, labels)


@pytest.mark.parametrize(
    "params, message",
    [
        (
            {"learning_rate": DECAY, "schedule": StepDecay()},
            "'schedule' parameter of .* must be None .*ExponentialDecay",
        ),
        (
            {"learning_rate": DECAY, "optimizer": keras.optimizers.SGD(0.5)},
            "'learning_rate' .* is ExponentialDecay, .* made with 0.5",
        ),
        (
            {"learning_rate": 0.1, "optimizer": keras.optimizers.SGD(DECAY)},
            "'learning_rate' .* is 0.1, .* made with ExponentialDecay",
        ),
        (
            {"learning_rate": schedules.InverseTimeDecay(-0.1, 1, 0.5)},
            r"InverseTimeDecay must return .* not negative\. Got -0.1.* at step 0",
        ),
        (
            {
                "learning_rate": DECAY,
                "callbacks": keras.callbacks.LearningRateScheduler(lambda epoch: 0.1),
            },
            "'callbacks' parameter of .* LearningRateScheduler: .*ExponentialDecay",
        ),
        (
            {
                "optimizer": keras.optimizers.SGD(DECAY),
                "learning_rate": 3e-3,  # the default
                "callbacks": [keras.callbacks.ReduceLROnPlateau("loss")],
            },
            "'callbacks' parameter of .* ReduceLROnPlateau: .*ExponentialDecay",
        ),
    ],
    ids=["schedule", "optimizer", "rate", "negative", "scheduler", "plateau"],
)
def test_contradictions(either, X, params, message, refused):
    estimator, y = either(**params)
    refused(estimator, "fit", X, y, message=message)


def test_a_schedule_that_turns_negative(regressor, X, targets):
    """Known only then: a schedule may be any function. Steps to come do not matter."""
    estimator = regressor(learning_rate=Triangle(0.1), epochs=4).fit(X, targets)
    with pytest.raises(ValueError, match=r"Triangle must return .* at step 1[3-5]"):
        estimator.set_params(epochs=6).fit(X, targets)
