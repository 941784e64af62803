"""A user's model trains as stock Keras trains it, whatever its layers.

One epoch of four batches of 8 and one of 5, from the same weights, beside stock
``train_on_batch`` run eagerly. Momentum moves the weights far enough for a wrong
gradient to show, and unlike Adam it does not hide a wrong factor.
"""

import keras
import numpy as np
import pytest
from reference import one_hot

from skgru import GRUClassifier

layers, regularizers = keras.layers, keras.regularizers
GRU = layers.GRU
rng = np.random.default_rng(0)
X = rng.normal(size=(37, 6, 3)).astype(np.float32)
Y = np.digitize(X[:, :, 0].mean(axis=1), [-0.2, 0.2])
LENGTHS = 3 + np.arange(37) % 4
PADDED = X * (np.arange(6) < LENGTHS[:, None])[:, :, None]
RAGGED = [series[:length] for series, length in zip(X, LENGTHS, strict=True)]
BATCH_SIZE = 8
SGD = {"learning_rate": 0.1, "momentum": 0.9}


class Remember(keras.callbacks.Callback):
    """Keeps the weights that a training begins with."""

    def on_train_begin(self, logs=None):
        self.weights = self.model.get_weights()


def check_five_steps(make, X=X, padded=None, *, masks=False):
    """Compare five steps of a fit with five of stock Keras."""

    def model(meta=None):
        inputs = keras.Input((None, 3))
        x = layers.Masking()(inputs) if masks else inputs
        outputs = layers.Dense(3, activation="softmax")(make(x))
        return keras.Model(inputs, outputs)

    check_model(model, X, padded)


def check_model(model, X=X, padded=None):
    """Compare five steps of a fit of a whole model with five of stock Keras."""
    remember = Remember()
    estimator = GRUClassifier(
        model=model,
        epochs=1,
        batch_size=BATCH_SIZE,
        shuffle=False,
        optimizer="sgd",
        optimizer__momentum=SGD["momentum"],
        learning_rate=SGD["learning_rate"],
        random_state=0,
        callbacks=remember,
    ).fit(X, Y)
    stock, targets = model(), one_hot(Y)
    stock(X[:1] if padded is None else padded[:1])
    stock.set_weights(remember.weights)
    stock.compile(
        keras.optimizers.SGD(**SGD), loss="categorical_crossentropy", run_eagerly=True
    )
    block = X if padded is None else padded
    for start in range(0, len(Y), BATCH_SIZE):
        rows = slice(start, start + BATCH_SIZE)
        stock.train_on_batch(block[rows], targets[rows])
    moved = 0.0
    for ours, theirs, first in zip(
        estimator.model_.get_weights(),
        stock.get_weights(),
        remember.weights,
        strict=True,
    ):
        moved = max(moved, np.abs(theirs - first).max())
        np.testing.assert_allclose(ours, theirs, rtol=1e-5, atol=1e-5)
    assert moved > 0.05


def convolutions(x):
    x = layers.Conv1D(4, 3, padding="causal", activation="relu")(x)
    x = layers.Conv1D(4, 2, padding="same", dilation_rate=2)(x)
    x = layers.Conv1D(4, 3, padding="same", strides=2, use_bias=False)(x)
    return GRU(4)(layers.Conv1D(4, 2)(x))


def pooling_and_normalisation(x):
    x = layers.BatchNormalization(momentum=0.5)(layers.Conv1D(4, 2)(x))
    x = layers.MaxPooling1D(2, padding="same")(x)
    x = layers.MaxPooling1D(2)(GRU(4, return_sequences=True)(x))
    x = layers.GlobalAveragePooling1D()(x)
    return layers.BatchNormalization(momentum=0.8)(x)


def pooling_of_overlapping_windows(x):
    x = layers.MaxPooling1D(3, strides=2, padding="same")(x)
    return GRU(4)(layers.AveragePooling1D(2, strides=1)(x))


def states(x):
    """One layer begins where another one ends, and one runs backwards."""
    x, state = GRU(4, return_sequences=True, return_state=True)(x)
    x = GRU(4, return_sequences=True, go_backwards=True)(x, initial_state=state)
    return GRU(3)(x)


def other_gru_layers(x):
    """Settings that stay stock layers."""
    x = GRU(4, return_sequences=True, reset_after=False)(x)
    x = GRU(3, return_sequences=True, activation="relu", use_bias=False)(x)
    return GRU(3, unroll=True)(x)


def merged(x):
    """All ways to merge both directions."""
    x = layers.Bidirectional(GRU(3, return_sequences=True), merge_mode="sum")(x)
    x = layers.Bidirectional(GRU(3, return_sequences=True), merge_mode="ave")(x)
    return layers.Bidirectional(GRU(4), merge_mode="mul")(x)


def not_merged(x):
    return layers.Add()(layers.Bidirectional(GRU(2), merge_mode=None)(x))


def other_recurrent_layers(x):
    x = layers.LSTM(4, return_sequences=True)(x)
    x = layers.TimeDistributed(layers.Dense(4, activation="tanh"))(x)
    return layers.SimpleRNN(3)(x)


def attention(x):
    x = GRU(4, return_sequences=True)(x)
    attended = layers.MultiHeadAttention(2, 3)(x, x)
    return layers.GlobalAveragePooling1D()(layers.LayerNormalization()(x + attended))


def nested_shared_and_frozen(x):
    inner = keras.Input((None, 3))
    model = keras.Model(
        inner, GRU(3, return_sequences=True)(layers.BatchNormalization()(inner))
    )
    frozen = GRU(3, return_sequences=True, trainable=False)
    still = layers.BatchNormalization(trainable=False)
    shared = keras.Sequential([layers.Dense(3), model])
    return GRU(4)(still(frozen(shared(shared(x)))))


def constraints(x):
    return GRU(
        4,
        kernel_constraint="unit_norm",
        recurrent_constraint=keras.constraints.MaxNorm(0.5),
        bias_constraint="non_neg",
    )(x)


class Smallest(regularizers.Regularizer):
    """A regularizer of the user's own."""

    def __call__(self, x):
        return 0.3 * keras.ops.sum(keras.ops.abs(keras.ops.min(x, axis=0)))

    def get_config(self):
        return {}


def regularised(x):
    return GRU(
        4,
        kernel_regularizer=Smallest(),
        recurrent_regularizer=regularizers.L1L2(0.05, 0.1),
        bias_regularizer="l1",
    )(x)


class Penalised(keras.layers.Layer):
    """Adds a loss, and keeps an average, of the whole batch."""

    def build(self, input_shape):
        self.mean = self.add_weight(
            shape=(input_shape[-1],), trainable=False, initializer="zeros", name="mean"
        )

    def call(self, inputs, training=False):
        if training:
            self.add_loss(0.3 * keras.ops.mean(keras.ops.square(inputs + 1)))
            mean = keras.ops.mean(inputs, axis=(0, 1))
            self.mean.assign(0.5 * self.mean + 0.5 * mean)
        return inputs + self.mean


def losses_of_a_batch(x):
    x = layers.Dense(4, activity_regularizer=regularizers.L2(0.2))(x)
    return GRU(4, activity_regularizer="l1")(Penalised()(x))


class WithoutConfig(regularizers.Regularizer):
    def __call__(self, x):
        return 0.1 * keras.ops.sum(keras.ops.square(x))


def regularised_without_a_configuration(x):
    return GRU(4, kernel_regularizer=WithoutConfig())(x)


def in_another_precision(x):
    x = layers.Dense(4, dtype="float64")(x)
    return GRU(4)(layers.Dense(3, dtype="float16")(x))


@pytest.mark.parametrize(
    "make",
    [
        convolutions,
        pooling_and_normalisation,
        pooling_of_overlapping_windows,
        states,
        other_gru_layers,
        pytest.param(merged, marks=pytest.mark.long),
        not_merged,
        other_recurrent_layers,
        attention,
        pytest.param(nested_shared_and_frozen, marks=pytest.mark.long),
        constraints,
        regularised,
        losses_of_a_batch,
        regularised_without_a_configuration,
    ],
    ids=lambda make: make.__name__,
)
def test_five_steps(make):
    check_five_steps(make)


class Smoothed(keras.Sequential):
    """Changes what its layers return."""

    def call(self, inputs, training=None, mask=None):
        return 0.8 * super().call(inputs, training=training) + 0.2 / 3


class SmoothedGraph(keras.Model):
    def call(self, inputs, training=None, mask=None):
        return 0.8 * super().call(inputs, training=training) + 0.2 / 3


class WithoutMode(keras.Model):
    """Its call has no argument ``training``: stock Keras never trains its averages."""

    def __init__(self):
        super().__init__()
        self.steps = [GRU(3), layers.BatchNormalization(name="average")]
        self.head = layers.Dense(3, activation="softmax")

    def call(self, inputs):
        for step in self.steps:
            inputs = step(inputs)
        return self.head(inputs)


def smoothed(meta=None):
    head = layers.Dense(3, activation="softmax")
    return Smoothed([keras.Input((None, 3)), GRU(4), head])


def smoothed_graph(meta=None):
    inputs = keras.Input((None, 3))
    outputs = layers.Dense(3, activation="softmax")(GRU(4)(inputs))
    return SmoothedGraph(inputs, outputs)


def penalised_head(meta=None):
    """The penalty is on probabilities, also where the loss is computed from logits."""
    head = layers.Dense(3, "softmax", activity_regularizer=regularizers.L2(0.5))
    return keras.Sequential([keras.Input((None, 3)), GRU(4), head])


def transposed_around_an_average(inputs):
    x = keras.ops.transpose(inputs, (1, 0, 2))
    x = layers.BatchNormalization(momentum=0.5)(x)
    return keras.ops.transpose(x, (1, 0, 2))


def joined_around_an_average(inputs):
    x = layers.BatchNormalization(momentum=0.5)(keras.ops.reshape(inputs, (-1, 3)))
    return keras.ops.reshape(x, (-1, *inputs.shape[1:]))


@pytest.mark.long
@pytest.mark.parametrize("n_steps", [BATCH_SIZE, 6])
@pytest.mark.parametrize(
    "make", [transposed_around_an_average, joined_around_an_average]
)
def test_five_steps_where_the_batch_is_not_the_first_axis(make, n_steps):
    """Also where it is as long as that of the steps."""

    def model(meta=None):
        inputs = keras.Input((n_steps, 3))
        outputs = layers.Dense(3, activation="softmax")(GRU(4)(make(inputs)))
        return keras.Model(inputs, outputs)

    check_model(model, np.concatenate([X, X], axis=1)[:, :n_steps])


@pytest.mark.long
@pytest.mark.parametrize("model", [smoothed, smoothed_graph, penalised_head])
def test_five_steps_of_a_model_that_ends_in_its_own_way(model):
    check_model(model)


def test_five_steps_of_a_model_without_an_argument_training():
    with pytest.warns(UserWarning, match="no argument 'training'.*layer 'average'"):
        check_model(lambda meta=None: WithoutMode())


def test_layers_of_another_precision_are_trained():
    inputs = keras.Input((None, 3))
    outputs = layers.Dense(3, activation="softmax")(in_another_precision(inputs))
    network = GRUClassifier(
        model=lambda meta: keras.models.clone_model(keras.Model(inputs, outputs)),
        epochs=3,
        learning_rate=0.05,
        random_state=0,
    ).fit(X, Y)
    assert network.history_["loss"][-1] < network.history_["loss"][0]
    stock = network.model_.predict(X, verbose=0)
    np.testing.assert_allclose(network.predict_proba(X), stock, atol=1e-3)


def masked_stock_layers(x):
    x = layers.BatchNormalization(momentum=0.5)(x)
    x = layers.LSTM(3, return_sequences=True)(x)
    return GRU(3, reset_after=False)(x)


def masked_run_time_forms(x):
    x = layers.BatchNormalization(momentum=0.5)(x)
    x = layers.Bidirectional(GRU(3, return_sequences=True, zero_output_for_mask=True))(
        x
    )
    return layers.GlobalAveragePooling1D()(x)


@pytest.mark.parametrize("make", [masked_stock_layers, masked_run_time_forms])
def test_five_steps_on_unequal_lengths(make):
    """Batches of the program have steps that stock Keras' have not."""
    # Lengths shuffle which batch a sample is in, so all are of one length here but one.
    ragged = [*X[:-1], X[-1, :3]]
    padded = X.copy()
    padded[-1, 3:] = 0
    check_five_steps(make, ragged, padded, masks=True)


def test_weights_that_a_layer_sets_itself_are_refused():
    """The engine's optimizer would not see it."""

    def normalised(meta):
        return keras.Sequential(
            [
                keras.Input((None, 3)),
                layers.SpectralNormalization(layers.Dense(3)),
                GRU(4),
                layers.Dense(3, activation="softmax"),
            ]
        )

    with pytest.raises(ValueError, match=r"sets its trainable weight '.*/kernel'"):
        GRUClassifier(model=normalised, epochs=1).fit(X, Y)
