"""A network that cannot be compiled, or is no network for the data, is named."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from skgru import GRUClassifier, GRURegressor

layers = keras.layers
rng = np.random.default_rng(0)
X = rng.normal(size=(20, 6, 3)).astype(np.float32)
Y = rng.integers(0, 3, 20)


class CallsPython(layers.Layer):
    def call(self, inputs):
        doubled = tf.py_function(lambda x: 2 * x, [inputs], tf.float32)
        return tf.ensure_shape(doubled, inputs.shape)


class DrawsFromKerasGlobalGenerator(layers.Layer):
    def call(self, inputs, training=False):
        if training:
            inputs += keras.random.normal((3,))
        return inputs


class DrawsFromTensorFlow(layers.Layer):
    def call(self, inputs):
        return inputs + tf.random.normal((3,))


class HoldsAVariable(layers.Layer):
    def build(self, input_shape):
        self.factor = tf.Variable(tf.ones(3))

    def call(self, inputs):
        return inputs * self.factor


class Prints(layers.Layer):
    def call(self, inputs):
        tf.print(inputs[0, 0, 0])
        return inputs


class MakesStrings(layers.Layer):
    def call(self, inputs):
        numbers = tf.strings.to_number(tf.strings.as_string(inputs))
        return tf.ensure_shape(numbers, inputs.shape)


def numpy_lambda():
    """A layer whose function is NumPy's."""

    def doubled(x):
        values = tf.numpy_function(lambda a: 2 * a, [x], tf.float32)
        return tf.ensure_shape(values, x.shape)

    return layers.Lambda(doubled, name="doubled")


def before_a_gru(*make):
    def model(meta):
        return keras.Sequential(
            [
                keras.Input((None, meta["n_features_in_"])),
                *(layer() for layer in make),
                layers.GRU(4),
                layers.Dense(3, activation="softmax"),
            ]
        )

    return model


@pytest.mark.parametrize(
    ("layer", "message"),
    [
        (CallsPython, r"'calls_python' \(CallsPython\).*keras.ops"),
        (numpy_lambda, r"'doubled' \(Lambda\).*keras.ops"),
        (Prints, r"'prints' \(Prints\).*Keras callback"),
        (MakesStrings, r"'makes_strings'.*AsString.*Pipeline"),
        (HoldsAVariable, r"'holds_a_variable'.*add_weight"),
        (DrawsFromKerasGlobalGenerator, "'draws_from_.*seed=keras.random.SeedGenerat"),
        (DrawsFromTensorFlow, "'draws_from_tensor_flow'.*not control.*SeedGenerat"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_a_layer_that_cannot_be_compiled_is_named(layer, message):
    network = GRUClassifier(
        model=before_a_gru(lambda: layers.Dropout(0.2), layer), epochs=1, random_state=0
    )
    with pytest.raises(ValueError, match=f"The layer {message}"):
        network.fit(X, Y)
    assert not network.initialized_


def test_what_was_learnt_is_kept_when_a_network_cannot_be_compiled():
    network = GRUClassifier(4, epochs=1, random_state=0).fit(X, Y)
    before = network.predict_proba(X)
    network.set_params(units=64, model=before_a_gru(MakesStrings))
    with pytest.raises(ValueError, match="'makes_strings'"):
        network.fit(X, Y)
    np.testing.assert_array_equal(network.predict_proba(X), before)


def test_lookup_of_strings_or_ids_is_for_a_transformer():
    def model(meta):
        return keras.Sequential(
            [
                keras.Input((None,), dtype="int32"),
                layers.IntegerLookup(vocabulary=[1, 2, 3]),
                layers.Embedding(5, 3),
                layers.GRU(4),
                layers.Dense(3, activation="softmax"),
            ]
        )

    network = GRUClassifier(model=model, vocabulary_size=9, epochs=1)
    with pytest.raises(
        ValueError, match=r"'integer_lookup'.*transformer of a Pipeline"
    ):
        network.fit(rng.integers(1, 9, (20, 6)), Y)


class HoldsConstants(layers.Layer):
    """Its constants are a tensor, and no weight."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.factors = tf.constant([1.0, 2.0, 3.0])

    def call(self, inputs):
        return inputs * self.factors


def test_constants_of_a_layer_are_no_problem():
    model = before_a_gru(HoldsConstants)
    network = GRUClassifier(model=model, epochs=1, random_state=0).fit(X, Y)
    expected = network.model_.predict(X, verbose=0)
    np.testing.assert_allclose(network.predict_proba(X), expected, atol=1e-5)


def head(*last, inputs=(None, 3), **settings):
    """Return a model function that ends with some layers."""

    def model(meta):
        return keras.Sequential(
            [keras.Input(inputs, **settings), layers.GRU(4), *(make() for make in last)]
        )

    return model


def dense(units, activation):
    return lambda: layers.Dense(units, activation=activation)


@pytest.mark.parametrize(
    ("model", "message"),
    [
        (head(dense(4, "softmax")), "3 outputs with activation 'softmax'.* Got 4 outp"),
        (head(dense(3, None)), "Got activation 'linear' of layer 'dense'"),
        (head(dense(3, None), lambda: layers.Activation("sigmoid")), "Got .*'sigmoid'"),
        (head(dense(3, "softmax"), lambda: layers.RepeatVector(2)), r"\(None, 2, 3\)"),
        (
            head(dense(3, "softmax"), inputs=(None, 2)),
            r"takes sequences of shape \(None, 2\), but those of X have shape \(6, 3\)",
        ),
        (
            head(dense(3, "softmax"), inputs=(4, 3)),
            r"6 steps, but .* takes 4.*keras.Input\(\(None, n_features\)\)",
        ),
        (head(dense(3, "softmax"), batch_size=4), "any batch size. Got .* 4 samples"),
    ],
)
def test_models_that_do_not_fit_the_data(model, message, refused):
    refused(GRUClassifier(model=model, epochs=1), "fit", X, Y, message=message)


def test_a_function_that_returns_no_model(refused):
    network = GRUClassifier(model=lambda meta: None)
    message = "must return a keras.Model. Got None"
    refused(network, "fit", X, Y, message=message, error=TypeError)


def test_models_of_several_outputs(refused):
    def model(meta):
        inputs = keras.Input((None, 3))
        steps = layers.GRU(4)(inputs)
        return keras.Model(inputs, [layers.Dense(1)(steps), layers.Dense(1)(steps)])

    refused(
        GRURegressor(model=model), "fit", X, X[:, 0, 0], message="one output. Got 2"
    )


def test_a_bounded_output_for_a_standardised_target(refused):
    model = head(dense(1, "relu"))
    message = "1 output with activation 'linear'.* Got activation 'relu'"
    refused(GRURegressor(model=model), "fit", X, X[:, 0, 0], message=message)


def test_state_from_batch_to_batch(refused):
    def model(meta):
        return keras.Sequential(
            [
                keras.Input(batch_shape=(4, 6, 3)),
                layers.GRU(4, stateful=True),
                layers.Dense(3, activation="softmax"),
            ]
        )

    message = "stateful=True in layer 'gru'"
    refused(GRUClassifier(model=model), "fit", X, Y, message=message)


def test_a_function_that_returns_the_same_model_again():
    made = head(dense(3, "softmax"))(None)
    network = GRUClassifier(model=lambda meta: made, epochs=1)
    with pytest.raises(ValueError, match="must return a new model at every call"):
        network.fit(X, Y)


def test_a_function_that_returns_another_network_at_every_call():
    widths = iter(range(5, 9))

    def model(meta):
        return keras.Sequential(
            [
                keras.Input((None, 3)),
                layers.GRU(next(widths)),
                layers.Dense(3, activation="softmax"),
            ]
        )

    with pytest.raises(ValueError, match="another network at every call"):
        GRUClassifier(model=model, epochs=1).fit(X, Y)


def test_parameters_that_have_no_effect(refused):
    model = head(dense(3, "softmax"))
    network = GRUClassifier(9, model=model)
    refused(network, "fit", X, Y, message="'units' parameter .* has no effect")
    network = GRUClassifier(model=model, model__units=3)
    refused(network, "fit", X, Y, message="'model__units' .* takes no 'units'.*meta")
    network = GRUClassifier(model__units=3)
    refused(network, "fit", X, Y, message="'model__units' .* needs a 'model'")


class OwnStep(keras.Model):
    def train_step(self, data):
        raise NotImplementedError


class OwnLoss(keras.Model):
    def compute_loss(self, *args, **kwargs):
        return 5 * super().compute_loss(*args, **kwargs)


@pytest.mark.parametrize(
    ("cls", "step"), [(OwnStep, "train_step"), (OwnLoss, "compute_loss")]
)
def test_trainings_of_the_users_own(cls, step, refused):
    def model(meta):
        inputs = keras.Input((None, 3))
        return cls(inputs, dense(3, "softmax")()(layers.GRU(4)(inputs)))

    message = f"Got {cls.__name__} with a {step} of its own, which would never"
    refused(GRUClassifier(model=model), "fit", X, Y, message=message)


class AlwaysDrops(layers.Layer):
    def __init__(self, layer, **kwargs):
        super().__init__(**kwargs)
        self.layer = layer

    def call(self, inputs):
        return self.layer(inputs, training=True)


@pytest.mark.parametrize(
    "layer",
    [
        lambda: layers.Dropout(0.2, name="inner"),
        lambda: layers.GRU(3, dropout=0.2, return_sequences=True, name="inner"),
        lambda: layers.BatchNormalization(name="inner"),
    ],
)
def test_layers_that_are_in_training_mode_at_prediction(layer):
    model = before_a_gru(lambda: AlwaysDrops(layer()))
    with pytest.raises(ValueError, match=r"'inner' .* training=True also at"):
        GRUClassifier(model=model, epochs=1).fit(X, Y)


class CellWith(layers.Layer):
    """A cell with a layer that changes at every step."""

    def __init__(self, layer, **kwargs):
        super().__init__(**kwargs)
        self.layer, self.dense = layer, layers.Dense(4)
        self.state_size = self.output_size = 4

    def build(self, input_shape):
        self.layer.build(input_shape)
        self.dense.build(input_shape)

    def call(self, inputs, states, training=False):
        state = self.dense(self.layer(inputs, training=training)) + states[0]
        return state, [state]


@pytest.mark.parametrize(
    "layer",
    [
        lambda: layers.Dropout(0.2, name="inner"),
        lambda: layers.GaussianNoise(0.2, name="inner"),
        lambda: layers.BatchNormalization(name="inner"),
    ],
)
def test_layers_with_state_inside_cells(layer, refused):
    def model(meta):
        inputs = keras.Input((6, 3))
        steps = layers.RNN(CellWith(layer()), name="loop")(inputs)
        return keras.Model(inputs, dense(3, "softmax")()(steps))

    message = "Got layer 'inner' .* in the cell of 'loop'"
    refused(GRUClassifier(model=model), "fit", X, Y, message=message)


@pytest.mark.parametrize(
    ("last", "got"),
    [
        (lambda: [keras.Sequential([layers.Dense(3)])], "'linear'"),
        (lambda: [layers.Dense(3), layers.LeakyReLU()], "'LeakyReLU'"),
    ],
    ids=["inside another model", "a layer of its own"],
)
def test_heads_of_other_forms(last, got, refused):
    def model(meta):
        return keras.Sequential([keras.Input((6, 3)), layers.GRU(4), *last()])

    message = f"with activation 'softmax'.* Got activation {got}"
    refused(GRUClassifier(model=model), "fit", X, Y, message=message)


class Returns(keras.Model):
    """A model without a graph whose outputs have any structure."""

    def __init__(self, structure):
        super().__init__()
        self.gru, self.head = layers.GRU(4), dense(3, "softmax")()
        self.structure = structure

    def call(self, inputs):
        return self.structure(self.head(self.gru(inputs)))


def test_models_without_a_graph_that_return_several_outputs(refused):
    network = GRUClassifier(model=lambda meta: Returns(lambda y: (y, y)))
    refused(network, "fit", X, Y, message="one output. Got 2")


def test_an_output_in_a_dict_is_one_output():
    def model(meta):
        inputs = keras.Input((6, 3))
        return keras.Model(inputs, {"y": dense(3, "softmax")()(layers.GRU(4)(inputs))})

    for make in (model, lambda meta: Returns(lambda y: {"y": y})):
        network = GRUClassifier(model=make, epochs=1, random_state=0).fit(X, Y)
        expected = network.model_.predict(X, verbose=0)["y"]
        np.testing.assert_allclose(network.predict_proba(X), expected, atol=1e-5)
