"""Training is Keras' own: the same optimizers, clipping and order of updates."""

import keras
import numpy as np
import pytest
from reference import keras_fit, one_hot, standardised, untrained
from sklearn.base import clone
from sklearn.model_selection import GridSearchCV

from skgru import GRUClassifier
from skgru.schedules import StepDecay


def assert_same_weights(fitted, model, atol=1e-5):
    weights, expected = fitted.model_.get_weights(), model.get_weights()
    for ours, keras_own in zip(weights, expected, strict=True):
        np.testing.assert_allclose(ours, keras_own, rtol=0, atol=atol)


def one_step(estimator, X, y):
    """Return the change of each weight in one optimizer step on all samples."""
    estimator.set_params(epochs=1, batch_size=64)
    before = untrained(estimator, X, y).model_.get_weights()
    after = estimator.fit(X, y).model_.get_weights()
    return [b - a for a, b in zip(before, after, strict=True)]


@pytest.mark.parametrize(
    "name, params",
    [
        ("sgd", {}),
        ("sgd", {"momentum": 0.9, "nesterov": True}),
        ("adam", {}),
        ("adam", {"beta_1": 0.5, "amsgrad": True}),
        ("rmsprop", {}),
        ("nadam", {}),
        ("adamw", {"weight_decay": 0.1}),
        ("muon", {}),
    ],
)
def test_optimizers_equal_stock_keras_training(classifier, X, labels, name, params):
    """With penalties, three epochs of three batches, the last of them short."""
    penalties = {"l1": 0.01, "l2": 0.02}
    routed = {f"optimizer__{key}": value for key, value in params.items()}
    fitted = classifier(optimizer=name, shuffle=False, **penalties, **routed)
    fitted.fit(X, labels)

    # The weights that training begins with do not depend on the optimizer.
    model = untrained(classifier(optimizer="sgd"), X, labels).model_
    before = model.get_weights()
    optimizer = keras.optimizers.get(
        {"class_name": name, "config": {"learning_rate": 0.02, **params}}
    )
    history = keras_fit(
        model, X, one_hot(labels), optimizer, "categorical_crossentropy", **penalties
    )

    assert_same_weights(fitted, model)
    np.testing.assert_allclose(fitted.history_["loss"], history["loss"], atol=1e-5)
    moved = np.abs(model.get_weights()[0] - before[0]).max()
    assert moved > 1e-3


def test_regression_equals_stock_keras_training(regressor, X, targets):
    y = standardised(targets)
    params = {"optimizer": "sgd", "shuffle": False, "normalize_y": False}
    fitted = regressor(loss="huber", **params).fit(X, y)
    model = untrained(fitted, X, y).model_
    history = keras_fit(model, X, y, keras.optimizers.SGD(0.02), "huber")
    assert_same_weights(fitted, model)
    np.testing.assert_allclose(fitted.history_["loss"], history["loss"], atol=1e-5)


@pytest.mark.parametrize("name", ["SGD", "Sgd", keras.optimizers.SGD])
def test_an_optimizer_is_a_name_in_any_case_or_a_class(classifier, X, labels, name):
    expected = classifier(optimizer="sgd").fit(X, labels).predict_proba(X)
    actual = classifier(optimizer=name).fit(X, labels).predict_proba(X)
    np.testing.assert_array_equal(actual, expected)


def test_an_optimizer_instance_brings_its_settings(classifier, X, labels):
    instance = keras.optimizers.SGD(momentum=0.9, nesterov=True, clipnorm=0.1)
    expected = classifier(
        optimizer="sgd",
        optimizer__momentum=0.9,
        optimizer__nesterov=True,
        clipnorm=0.1,
    ).fit(X, labels)
    actual = classifier(optimizer=instance)
    # Twice: an instance is a parameter, and fitting does not wear it out.
    for _ in range(2):
        actual.fit(X, labels)
        np.testing.assert_array_equal(
            actual.predict_proba(X), expected.predict_proba(X)
        )
    assert not instance.built


@pytest.mark.parametrize(
    "instance, by_name",
    [
        (
            keras.optimizers.Adam(learning_rate=0.002, clipnorm=1.0),
            {"optimizer": "adam", "learning_rate": 0.002, "clipnorm": 1.0},
        ),
        # Whose default is not that of the estimator.
        (keras.optimizers.SGD(), {"optimizer": "sgd", "learning_rate": 0.01}),
    ],
    ids=["set", "default"],
)
def test_an_instance_is_used_as_given(X, labels, instance, by_name):
    """With its learning rate, where the estimator's is left alone."""
    params = {"units": 4, "epochs": 3, "batch_size": 16, "random_state": 0}
    estimator = GRUClassifier(**params, optimizer=instance)
    actual = clone(estimator).fit(X, labels)
    expected = GRUClassifier(**params, **by_name).fit(X, labels)
    assert actual.history_ == expected.history_
    np.testing.assert_array_equal(actual.predict_proba(X), expected.predict_proba(X))
    assert actual.learning_rate == estimator.get_params()["learning_rate"] == 3e-3


def test_a_schedule_begins_at_the_rate_of_an_instance(X, labels):
    estimator = GRUClassifier(
        4, epochs=3, batch_size=16, optimizer=keras.optimizers.Adam(0.002)
    )
    estimator.set_params(schedule=StepDecay(0.5, every=1)).fit(X, labels)
    assert estimator.history_["learning_rate"] == [0.002, 0.001, 0.0005]


@pytest.mark.parametrize("rate", [3e-3, 0.01])
def test_a_search_cannot_tune_what_an_instance_fixes(X, labels, rate):
    """The default of the estimator as little as any other: it would not be used."""
    estimator = GRUClassifier(4, optimizer=keras.optimizers.Adam(0.002))
    search = GridSearchCV(estimator, {"learning_rate": [rate]}, cv=2)
    with pytest.raises(ValueError, match=r"made with 0\.002.*optimizer='Adam'"):
        search.fit(X, labels)
    # All of them at once are what the estimator is, and nothing is asked for.
    estimator.set_params(**estimator.get_params())


def test_a_search_tunes_the_rate_that_an_instance_leaves_open(classifier, X, labels):
    optimizer = keras.optimizers.Adam(beta_1=0.8)
    search = GridSearchCV(
        classifier(optimizer=optimizer), {"learning_rate": [1e-3, 0.05]}, cv=2
    ).fit(X, labels)
    best = search.best_estimator_
    assert best.history_["learning_rate"] == [best.learning_rate] * 3


def test_learning_rate_scales_the_step_of_sgd(regressor, X, targets):
    small, large = (
        one_step(regressor(optimizer="sgd", learning_rate=rate), X, targets)
        for rate in (0.01, 0.04)
    )
    for a, b in zip(small, large, strict=True):
        np.testing.assert_allclose(4 * a, b, atol=1e-6)


def norm(arrays):
    return np.sqrt(sum(np.square(array).sum() for array in arrays))


def test_clipnorm_bounds_the_update_of_each_weight(regressor, X, targets):
    params = {"optimizer": "sgd", "learning_rate": 1.0}
    free = one_step(regressor(**params), X, targets)
    clipped = one_step(regressor(**params, clipnorm=0.05), X, targets)
    assert max(map(norm, zip(free))) > 0.05 > min(map(norm, zip(free)))
    for update, limited in zip(free, clipped, strict=True):
        scale = min(1.0, 0.05 / norm([update]))
        np.testing.assert_allclose(limited, scale * update, atol=1e-6)


def test_global_clipnorm_bounds_the_update_of_all_weights(regressor, X, targets):
    params = {"optimizer": "sgd", "learning_rate": 1.0}
    free = one_step(regressor(**params), X, targets)
    clipped = one_step(regressor(**params, global_clipnorm=0.05), X, targets)
    scale = 0.05 / norm(free)
    assert scale < 0.5
    for update, limited in zip(free, clipped, strict=True):
        np.testing.assert_allclose(limited, scale * update, atol=1e-6)


def test_clipvalue_bounds_every_element_of_the_update(regressor, X, targets):
    params = {"optimizer": "sgd", "learning_rate": 1.0}
    free = one_step(regressor(**params), X, targets)
    clipped = one_step(regressor(**params, clipvalue=0.01), X, targets)
    assert max(np.abs(update).max() for update in free) > 0.02
    for update, limited in zip(free, clipped, strict=True):
        np.testing.assert_allclose(limited, np.clip(update, -0.01, 0.01), atol=1e-6)


@pytest.mark.parametrize("name", ["clipnorm", "clipvalue", "global_clipnorm"])
def test_clipping_equals_stock_keras_training(classifier, X, labels, name):
    limit = {name: 0.02}
    fitted = classifier(optimizer="adam", shuffle=False, **limit).fit(X, labels)
    model = untrained(classifier(optimizer="adam"), X, labels).model_
    adam = keras.optimizers.Adam(0.02, **limit)
    keras_fit(model, X, one_hot(labels), adam, "categorical_crossentropy")
    # Adam divides by the gradient's size, which is smaller here by the clipping.
    assert_same_weights(fitted, model, atol=1e-4)
