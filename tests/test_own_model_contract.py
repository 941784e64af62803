"""A model function written for scikeras runs as it is; what it compiles is compared."""

import functools

import keras
import numpy as np
import pytest
from own_models import data, functional, masked, sequential, softmax_or_sigmoid
from reference import ignore_keras_warning
from scikeras.wrappers import KerasClassifier, KerasRegressor

from skgru import GRUClassifier, GRURegressor

layers = keras.layers
X, CLASSES, TARGETS = data()
BINARY = CLASSES == 0
LABELS = np.column_stack([CLASSES > 0, CLASSES > 1]).astype(int)
SMALL = {"epochs": 1, "batch_size": 16, "learning_rate": 0.02, "random_state": 0}


class Seen(Exception):
    """Stops a fit once the function has been called; only its arguments matter."""


def arguments_of(estimator, X, y, function=None):
    """Return what an estimator passes to its model function."""

    def model(meta, params, compile_kwargs, width=2):
        raise Seen({"meta": meta, "params": params, "width": width, **compile_kwargs})

    if isinstance(estimator, KerasClassifier | KerasRegressor):
        estimator.set_params(model=model)
    else:
        estimator.model = model
    with pytest.raises(Seen) as seen:
        estimator.fit(X, y)
    return seen.value.args[0]


@pytest.mark.parametrize(
    ("scikeras", "ours", "y"),
    [
        (KerasClassifier, GRUClassifier, np.array(["a", "b", "c"])[CLASSES]),
        (KerasClassifier, GRUClassifier, BINARY),
        (KerasClassifier, GRUClassifier, LABELS),
        (KerasRegressor, GRURegressor, TARGETS),
        (KerasRegressor, GRURegressor, np.column_stack([TARGETS, -TARGETS])),
    ],
    ids=["classes", "two classes", "labels", "target", "targets"],
)
def test_meta_is_what_scikeras_passes(scikeras, ours, y):
    """But for its encoders, which skgru has not; and features are those of a step."""
    theirs = arguments_of(scikeras(model=None, loss="mse"), X, y)["meta"]
    meta = arguments_of(ours(), X, y)["meta"]
    for name in set(theirs) - {"target_encoder_", "feature_encoder_"}:
        expected = X.shape[2] if name == "n_features_in_" else theirs[name]
        np.testing.assert_array_equal(meta[name], expected, err_msg=name)


def test_parameters_reach_the_function():
    estimator = GRURegressor(learning_rate=0.5, clipnorm=2.0, model__width=7)
    seen = arguments_of(estimator, X, TARGETS)
    assert seen["width"] == 7
    assert seen["params"]["learning_rate"] == 0.5
    assert (seen["optimizer"].learning_rate, seen["optimizer"].clipnorm) == (0.5, 2.0)
    assert seen["loss"] == "mse"


def test_parameters_of_the_estimator_that_the_function_names():
    """Also those of the built-in network, which have a meaning in the function then."""

    def named(meta, units, dropout, learning_rate, **more):
        assert more["params"]["model__extra"] == more["extra"] == 5
        raise Seen(units, dropout, learning_rate)

    params = {"dropout": 0.5, "learning_rate": 0.25, "model__extra": 5}
    estimator = GRUClassifier(9, model=named, **params)
    with pytest.raises(Seen) as seen:
        estimator.fit(X, CLASSES)
    assert seen.value.args == (9, 0.5, 0.25)


HEADS = {
    "softmax": (CLASSES, layers.Dense, {"units": 3, "activation": "softmax"}),
    "sigmoid": (BINARY, layers.Dense, {"units": 1, "activation": "sigmoid"}),
    "softmax of two": (BINARY, layers.Dense, {"units": 2, "activation": "softmax"}),
    "sigmoids": (LABELS, layers.Dense, {"units": 2, "activation": "sigmoid"}),
}


@pytest.mark.parametrize("head", HEADS)
@pytest.mark.parametrize("layer", ["of the head", "of its own"])
def test_heads(head, layer):
    """A saturated head still learns where the cross-entropy is taken from logits."""
    y, make, config = HEADS[head]

    def model(meta):
        if layer == "of its own":
            last = [make(config["units"]), layers.Activation(config["activation"])]
        else:
            last = [make(**config)]
        start = [keras.Input((None, 3)), layers.Lambda(lambda x: 1000 * x[:, -1])]
        return keras.Sequential([*start, *last])

    network = GRUClassifier(model=model, **SMALL).fit(X, y)
    probabilities = network.predict_proba(X)
    n_columns = y.shape[1] if y.ndim == 2 else len(np.unique(y))
    assert probabilities.shape == (44, n_columns)
    if y.ndim == 1:
        np.testing.assert_allclose(probabilities.sum(axis=1), 1, rtol=1e-5)
    stock = network.model_.predict(X, verbose=0)
    last = probabilities[:, -1:] if stock.shape[1] == 1 else probabilities
    np.testing.assert_allclose(last, stock, atol=1e-5)
    # A probability that rounds to 0 would cost 16 at most, not its distance.
    assert network.history_["loss"][0] > 30


def test_two_classes_weigh_the_same_in_either_head():
    """class_weight, sample_weight and stratification know classes, not columns."""
    weight = np.linspace(0.5, 2, 44)
    losses = []
    for width, activation in ((1, "sigmoid"), (2, "softmax")):

        def model(meta, width=width, activation=activation):
            head = layers.Dense(width, activation, kernel_initializer="zeros")
            mean = layers.GlobalAveragePooling1D()
            return keras.Sequential([keras.Input((None, 3)), mean, head])

        network = GRUClassifier(model=model, class_weight="balanced", **SMALL)
        network.set_params(learning_rate=1e-9, early_stopping=True)
        losses.append(network.fit(X, BINARY, weight).history_)
    for name in ("loss", "val_loss"):
        np.testing.assert_allclose(losses[0][name], losses[1][name], rtol=1e-5)


def compiled(**settings):
    """Return a model function that compiles its model itself."""

    def model(meta):
        network = masked(meta)
        network.compile(**{key: make() for key, make in settings.items()})
        return network

    return model


def adam(**settings):
    return lambda: keras.optimizers.Adam(**settings)


@pytest.mark.parametrize(
    ("settings", "parameters"),
    [
        ({"loss": lambda: "sparse_categorical_crossentropy"}, {}),
        (
            {
                "loss": keras.losses.CategoricalCrossentropy,
                "optimizer": adam(learning_rate=0.02),
            },
            {},
        ),
        (
            {
                "loss": keras.losses.SparseCategoricalCrossentropy,
                "optimizer": adam(learning_rate=0.02, clipnorm=1.0, beta_1=0.8),
                "run_eagerly": lambda: True,
            },
            {"optimizer__beta_1": 0.8, "clipnorm": 1.0},
        ),
    ],
)
def test_a_model_that_is_compiled_to_the_same(settings, parameters):
    settings = {"optimizer": adam(learning_rate=0.02), **settings}
    theirs = GRUClassifier(model=compiled(**settings), **SMALL, **parameters)
    ours = GRUClassifier(model=masked, **SMALL, **parameters)
    np.testing.assert_array_equal(
        theirs.fit(X, CLASSES).predict_proba(X), ours.fit(X, CLASSES).predict_proba(X)
    )


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"loss": lambda: "mse"}, "loss='mse', but .* 'categorical_crossentropy'"),
        (
            {"loss": lambda: keras.losses.CategoricalCrossentropy(label_smoothing=0.1)},
            "loss=.*label_smoothing",
        ),
        ({"optimizer": lambda: "sgd"}, "optimizer SGD, but .* is Adam"),
        (
            {"optimizer": adam(learning_rate=0.02, beta_1=0.5)},
            r"Adam\(beta_1=0.5\), but .* is Adam\(beta_1=0.9\)",
        ),
        ({"optimizer": adam(learning_rate=0.5)}, "learning_rate=0.5, but .* is 0.02"),
        ({"optimizer": adam(clipnorm=1.0)}, "clipnorm=1.0, but .* is None|learning"),
        ({"loss_weights": lambda: [2.0]}, r"loss_weights=\[2.0\].* not support"),
    ],
)
def test_a_model_that_is_compiled_to_something_else(settings, message, refused):
    settings = {
        "optimizer": adam(learning_rate=0.02),
        "loss": lambda: "categorical_crossentropy",
        **settings,
    }
    network = GRUClassifier(model=compiled(**settings), **SMALL)
    refused(network, "fit", X, CLASSES, message=message)


def test_metrics_are_not_measured():
    model = compiled(
        loss=lambda: "categorical_crossentropy",
        optimizer=adam(learning_rate=0.02),
        metrics=lambda: ["accuracy"],
    )
    with pytest.warns(UserWarning, match=r"metrics=\['accuracy'\].* not measure"):
        GRUClassifier(model=model, **SMALL).fit(X, CLASSES)


def test_what_compile_kwargs_says_is_accepted():
    def model(meta, compile_kwargs):
        network = masked(meta)
        network.compile(**compile_kwargs)
        return network

    params = {**SMALL, "clipvalue": 0.3, "optimizer": "adamw"}
    theirs = GRUClassifier(model=model, **params).fit(X, CLASSES)
    ours = GRUClassifier(model=masked, **params).fit(X, CLASSES)
    np.testing.assert_array_equal(theirs.predict_proba(X), ours.predict_proba(X))


@pytest.mark.parametrize("model", [functools.partial(masked, width=5), sequential])
def test_partial_functions_and_models_that_do_not_know_their_input(model):
    network = GRURegressor(model=model, **SMALL).fit(X, TARGETS)
    expected = network.model_.predict(X, verbose=0)[:, 0]
    np.testing.assert_allclose(network.predict(X), expected, rtol=1e-5)


@ignore_keras_warning
def test_model_checkpoint_saves_a_model_in_the_units_of_y(tmp_path):
    y = np.column_stack([TARGETS, -TARGETS / 7])
    path = tmp_path / "checkpoint.keras"
    network = GRURegressor(
        model=functional, callbacks=keras.callbacks.ModelCheckpoint(path), **SMALL
    )
    predicted = network.fit(X, y).predict(X)
    model = keras.models.load_model(path)
    actual = model.predict(X, verbose=0).reshape(predicted.shape)
    np.testing.assert_allclose(actual, predicted, rtol=1e-5)
    assert predicted[:, 0].mean() > 400


def test_univariate_series_as_scikeras_reads_them():
    """Two-dimensional X: the function may make its steps' one feature itself."""

    def model(meta):
        inputs = keras.Input(meta["X_shape_"][1:])
        steps = layers.Reshape((*meta["X_shape_"][1:], 1))(inputs)
        return keras.Model(inputs, softmax_or_sigmoid(meta)(layers.GRU(4)(steps)))

    network = GRURegressor(model=model, **SMALL).fit(X[:, :, 0], TARGETS)
    expected = network.model_.predict(X[:, :, 0], verbose=0)[:, 0]
    np.testing.assert_allclose(network.predict(X[:, :, 0]), expected, rtol=1e-5)


def test_y_may_be_a_list():
    X, y, _ = data()
    estimator = GRUClassifier(model=sequential, epochs=1, random_state=0)
    expected = estimator.fit(X, y).predict_proba(X)
    actual = estimator.fit(X, y.tolist()).predict_proba(X)
    np.testing.assert_array_equal(actual, expected)
