"""How exact float32 is, and what results may not depend on."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from reference import PLAIN, SMALL, one_hot, untrained

import skgru
from skgru import GRUClassifier, GRURegressor

# Half the distance from 1 to the next float32: the relative error of one rounding.
ROUNDING = 2.0**-24


def training_data(timesteps, features, n_samples=16):
    rng = np.random.default_rng(0)
    X = rng.normal(size=(n_samples, timesteps, features)).astype(np.float32)
    y = (X[:, :, 0].mean(axis=1) * np.sqrt(timesteps)).astype(np.float32)
    return X, y


def in_float64(model):
    """Return a copy of a stock model that computes in float64 throughout."""
    text = model.to_json().replace('"float32"', '"float64"')
    copy = keras.models.model_from_json(text)
    copy.set_weights([w.astype(np.float64) for w in model.get_weights()])
    for layer in copy.layers:  # The epoch without learning has moved them.
        if layer.name == "normalization":
            layer.moving_mean.assign(np.zeros(layer.moving_mean.shape))
            layer.moving_variance.assign(np.ones(layer.moving_variance.shape))
    return copy


def gradient_step(model, X, y, loss):
    """Take one step of gradient descent, of rate 1, in the model's own precision."""
    variables = model.trainable_variables
    with tf.GradientTape() as tape:
        outputs = model(tf.constant(X, tf.float64), training=True)
        if loss == "mse":
            value = tf.reduce_mean(tf.square(outputs - y))
        else:
            log_likelihoods = tf.reduce_sum(y * tf.math.log(outputs), axis=1)
            value = -tf.reduce_mean(log_likelihoods)
    gradients = tape.gradient(value, [variable.value for variable in variables])
    for variable, gradient in zip(variables, gradients, strict=True):
        variable.assign_sub(tf.convert_to_tensor(gradient))
    return float(value)


def step_of(make, network, units, n_samples):
    """Return an estimator whose fit is one step of gradient descent, of rate 1."""
    parameters = PLAIN if network == "plain" else {}
    if make is GRURegressor:
        parameters = {**parameters, "normalize_y": False}
    return make(
        units,
        **parameters,
        epochs=1,
        batch_size=n_samples,
        optimizer="sgd",
        learning_rate=1.0,
        shuffle=False,
        random_state=0,
    )


@pytest.mark.parametrize(
    "network, units, timesteps, features",
    [
        ("plain", 4, 6, 3),
        ("plain", 64, 29, 12),
        pytest.param("plain", 8, 300, 1, marks=pytest.mark.long),
        ("convolutional", 8, 30, 3),
        pytest.param("convolutional", 16, 300, 2, marks=pytest.mark.long),
    ],
)
@pytest.mark.parametrize("kind", ["classifier", "regressor"])
def test_a_training_step_is_that_of_float64(kind, network, units, timesteps, features):
    """Weights and loss after one step, beside stock Keras layers in float64.

    A value goes through one state after another, each a sum over the features and
    units of the step, and so does its gradient on the way back. Errors of roundings are
    independent: over n of them they grow like the root of n. The functions between the
    sums are exact to some units in the last place, which the factor allows for.
    """
    X, y = training_data(timesteps, features)
    make = GRUClassifier if kind == "classifier" else GRURegressor
    estimator = step_of(make, network, units, len(X))
    if kind == "classifier":
        y, loss = np.digitize(y, [-0.4, 0.4]), "categorical_crossentropy"
        encoded = one_hot(y)
    else:
        loss, encoded = "mse", y[:, None]
    expected = in_float64(untrained(estimator, X, y).model_)
    value = gradient_step(expected, X, encoded.astype(np.float64), loss)
    fitted = estimator.fit(X, y)
    bound = 2 * ROUNDING * np.sqrt(timesteps * (units + features))
    assert fitted.history_["loss"][0] == pytest.approx(value, rel=bound)
    for ours, theirs in zip(fitted.model_.weights, expected.weights, strict=True):
        ours, theirs = ours.numpy(), theirs.numpy()
        assert ours.dtype == np.float32 and theirs.dtype == np.float64
        scale = max(1, np.abs(theirs).max())
        np.testing.assert_allclose(ours, theirs, rtol=0, atol=bound * scale)


def test_a_step_goes_far_beyond_what_the_bounds_allow():
    """Or nothing would be compared: weights move by more than a hundredth."""
    X, y = training_data(300, 1)
    estimator = step_of(GRURegressor, "plain", 8, len(X))
    before = untrained(estimator, X, y).model_.get_weights()
    after = estimator.fit(X, y).model_.get_weights()
    for old, new in zip(before, after, strict=True):
        assert np.abs(new - old).max() > 0.01


# ---- what results may not depend on ----


@pytest.mark.parametrize("kind", [GRUClassifier, GRURegressor])
def test_a_prediction_is_the_same_bits_beside_any_other_samples(kind, X, labels):
    """In any place of a batch, in a full batch and in one that is not."""
    fitted = kind(**SMALL).fit(X, np.unique(labels, return_inverse=True)[1])
    predict = getattr(fitted, "predict_proba", fitted.predict)
    together = predict(X)
    order = np.random.default_rng(1).permutation(len(X))
    np.testing.assert_array_equal(predict(X[order]), together[order])
    for i in (0, 13, 43):
        np.testing.assert_array_equal(predict(X[i : i + 1]), together[i : i + 1])


def test_a_prediction_does_not_depend_on_the_others_lengths(sequences, labels):
    fitted = GRUClassifier(**SMALL).fit(sequences, labels)
    together = fitted.predict_proba(sequences)
    # The rest of the batch is long: other programs, which may add up in another order.
    long = np.zeros((40, 3))
    beside = fitted.predict_proba([*sequences, long])[:-1]
    np.testing.assert_allclose(beside, together, rtol=0, atol=8 * ROUNDING)


@pytest.mark.parametrize("value", [0.0, 1e30])
def test_what_padding_held_changes_no_bit(value, sequences, labels):
    """A program reads padding from a buffer, which other data has filled before."""
    expected = GRUClassifier(**SMALL).fit(sequences, labels).predict_proba(sequences)
    other = [np.full((6, 3), value) for _ in sequences]
    fitted = GRUClassifier(**SMALL).fit(sequences, labels)
    fitted.predict_proba(other)
    np.testing.assert_array_equal(fitted.predict_proba(sequences), expected)


def test_a_fit_is_the_same_bits_whatever_was_fitted_before(X, labels, targets):
    def fit():
        estimator = GRUClassifier(**SMALL | {"dropout": 0.2})
        return estimator.fit(X, labels).predict_proba(X)

    expected = fit()
    GRUClassifier(**SMALL | {"dropout": 0.5, "random_state": 1}).fit(5 * X, labels)
    GRURegressor(**SMALL | {"optimizer": "sgd"}).fit(X, targets)
    np.testing.assert_array_equal(fit(), expected)
    skgru.clear_cache()
    np.testing.assert_array_equal(fit(), expected)


# ---- training that explodes ----


@pytest.mark.parametrize(
    "parameters, factor",
    [
        ({"optimizer": "sgd", "learning_rate": 1e6}, 1.0),
        ({"optimizer": "sgd"}, 1e30),
        ({}, 1e30),
    ],
    ids=["a rate of 1e6", "targets of 1e30", "targets of 1e30, by Adam"],
)
def test_training_that_explodes_says_so(parameters, factor, X, targets):
    estimator = GRURegressor(**SMALL | parameters, normalize_y=False)
    with pytest.raises(ValueError, match="Training diverged: loss is"):
        estimator.fit(X, factor * targets)
    assert not hasattr(estimator, "history_")


def test_targets_of_1e30_are_trained_on_where_they_are_normalised(X, targets):
    ordinary = GRURegressor(**SMALL).fit(X, targets).predict(X)
    huge = GRURegressor(**SMALL).fit(X, 1e30 * targets).predict(X)
    np.testing.assert_allclose(huge, 1e30 * ordinary, rtol=1e-5)
