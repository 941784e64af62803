"""The built-in network, as a stock Keras model."""

from dataclasses import dataclass, replace

import keras
import numpy as np

from ._initializers import draw_weights
from ._keras import private_names

# Momentum of batch normalisation's moving averages. They cover about the last ten
# batches, because a training run on few samples has few batches.
MOMENTUM = 0.9
# The epsilon that is added to variances: far below those of real data in any units.
TINY = 1e-30


@dataclass(frozen=True)
class BuiltInNetwork:
    """The settings that determine the graph of the built-in network, and no others.

    Real values may pass a convolution first, with batch normalisation, ReLU and max
    pooling (``filters``). Then come the stacked GRU layers, a pooling over time, and
    the head. Dropout follows each GRU layer.

    Parameters
    ----------
    units : tuple of int
        Width of each stacked GRU layer.
    bidirectional : bool
        Whether each layer also runs backwards.
    pooling : {"last", "mean", "max"}
        How the top layer's steps become one vector.
    filters, kernel_size, pool_size : int or None
        Channels and width of the convolution, and the steps that its pooling makes one;
        all None without it.
    standardize : bool
        Whether each feature is standardised first, by the mean and the variance of the
        training data.
    recurrent_dropout : bool
        Whether masks are drawn for the recurrent state.
    n_features : int
        Values of a step; 0 for token ids.
    padded : bool
        Whether sequences may be shorter than their block; steps that are NaN in every
        feature are then padding.
    vocabulary_size, embedding_dim : int or None
        Shape of the embedding of token ids.
    n_outputs : int
        Width of the head.
    activation : {"softmax", "sigmoid", "linear"}
        The head's activation.
    """

    units: tuple
    bidirectional: bool
    pooling: str
    filters: int | None
    kernel_size: int | None
    pool_size: int | None
    standardize: bool
    recurrent_dropout: bool
    n_features: int
    padded: bool
    vocabulary_size: int | None
    embedding_dim: int | None
    n_outputs: int
    activation: str

    # Attributes of every architecture: see `skgru._engine.network.Network`.
    padding = np.nan
    any_length = True
    batch_first = True

    @property
    def input_shape(self):
        """Shape of one sequence; None stands for any number of steps."""
        return (None, self.n_features) if self.n_features else (None,)

    def at_prediction(self):
        """Return the network without what is only used in training."""
        return replace(self, recurrent_dropout=False)

    def continues(self, other):
        """Whether weights of ``other`` that have the same shapes mean the same here."""
        return (self.pooling, self.pool_size) == (other.pooling, other.pool_size)

    def build(self, *, dropout=0.0, recurrent_dropout=0.5):
        """Return the network as a ``keras.Model``, whose weights must be set.

        Parameters
        ----------
        dropout, recurrent_dropout : float
            Rates; the latter matters where ``self.recurrent_dropout``.
        """
        with private_names():
            return self._build(dropout, recurrent_dropout)

    def _build(self, dropout, recurrent_dropout):
        rate = recurrent_dropout if self.recurrent_dropout else 0.0
        inputs, steps, mask = self._inputs()
        if self.filters is not None:
            steps, mask = self._convolved(steps, mask)
        for i in range(len(self.units)):
            top = i == len(self.units) - 1
            layer = self._recurrent(i, not top or self.pooling != "last", rate)
            steps = layer(steps, mask=mask)
            if top and self.pooling != "last":
                steps = _pool(self.pooling, steps, mask)
            steps = _layer("Dropout", f"dropout_{i}", rate=dropout, seed=0)(steps)
        head = _layer(
            "Dense",
            "head",
            units=self.n_outputs,
            activation=self.activation,
            kernel_initializer="zeros",
        )
        return keras.Model(inputs, head(steps), name="gru")

    def _inputs(self):
        """Return the model's input, the prepared steps, and their mask or None."""
        if self.vocabulary_size is not None:
            inputs = keras.Input((None,), dtype="int32", name="tokens")
            embedding = _layer(
                "Embedding",
                "embedding",
                input_dim=self.vocabulary_size,
                output_dim=self.embedding_dim,
                mask_zero=True,
                embeddings_initializer="zeros",
            )
            return inputs, embedding(inputs), keras.ops.not_equal(inputs, 0)
        inputs = keras.Input((None, self.n_features), dtype="float32", name="sequences")
        steps = inputs
        if self.standardize:
            # A frozen BatchNormalization uses its averages in training as well. Keras'
            # Normalization would make the averages constants of the program.
            layer = _layer(
                "BatchNormalization",
                "standardization",
                center=False,
                scale=False,
                epsilon=TINY,
                trainable=False,
            )
            steps = layer(steps)
        if not self.padded:
            return inputs, steps, None
        missing = keras.ops.isnan(inputs)
        mask = keras.ops.logical_not(keras.ops.all(missing, axis=-1))
        return inputs, keras.ops.where(missing, 0.0, steps), mask

    def _convolved(self, steps, mask):
        """Return the output steps of the convolution, and their mask or None.

        Padding does not affect other steps. The convolution sees zeros there, as beyond
        the ends of a sequence; the averages leave it out; and it is 0 after ReLU, so it
        does not change a maximum. Pooling windows begin at the first step, and the last
        one may be shorter.
        """
        if self.vocabulary_size is not None:
            # The embedding of padding is not zero. As the output of an operation, steps
            # carry no Keras mask, which Conv1D would drop with a warning.
            steps = keras.ops.where(keras.ops.expand_dims(mask, -1), steps, 0.0)
        steps = _layer(
            "Conv1D",
            "convolution",
            filters=self.filters,
            kernel_size=self.kernel_size,
            padding="same",
            use_bias=False,
            kernel_initializer="zeros",
        )(steps)
        normalise = _layer("BatchNormalization", "normalization", momentum=MOMENTUM)
        steps = normalise(steps) if mask is None else normalise(steps, mask=mask)
        steps = _layer("ReLU", "relu")(steps)
        if mask is not None:
            mask = keras.ops.cast(keras.ops.expand_dims(mask, -1), "float32")
            steps = steps * mask
        if self.pool_size > 1:
            steps = self._pooled(steps, "")
            mask = None if mask is None else self._pooled(mask, "mask_")
        if mask is None:
            return steps, None
        return steps, keras.ops.squeeze(mask, -1) > 0

    def _pooled(self, steps, name):
        pad = _layer("ZeroPadding1D", f"{name}padding", padding=(0, self.pool_size - 1))
        pool = _layer("MaxPooling1D", f"{name}pool", pool_size=self.pool_size)
        return pool(pad(steps))

    def _recurrent(self, i, return_sequences, recurrent_dropout):
        def layer(direction):
            return _layer(
                "GRU",
                f"gru_{i}" if not self.bidirectional else f"{direction}_{i}",
                units=self.units[i],
                return_sequences=return_sequences,
                go_backwards=direction == "backward",
                kernel_initializer="zeros",
                recurrent_initializer="zeros",
                recurrent_dropout=recurrent_dropout,
                seed=0,
            )

        if not self.bidirectional:
            return layer("forward")
        return _layer(
            "Bidirectional",
            f"gru_{i}",
            layer=layer("forward"),
            backward_layer=layer("backward"),
        )

    def initial_values(self, network, initializers, moments, embedding, seeds):
        """Return freshly drawn weights and the model's state before training.

        Parameters
        ----------
        network : skgru._engine.network.Network
        initializers : tuple of two (str or keras.Initializer)
            Of kernels and of recurrent kernels. Other weights get Keras' defaults.
        moments : tuple of two ndarray of shape (n_features,), or None
            Mean and variance of the training data, where ``standardize``.
        embedding : ndarray of shape (at most vocabulary_size, embedding_dim), or None
            The first rows of the embedding, in place of drawn ones.
        seeds : numpy.random.Generator
            Draws a seed for every initializer that has none.
        """
        by_name = dict(zip(("kernel", "recurrent_kernel"), initializers, strict=True))
        by_name["embeddings"] = "random_uniform"
        weights = draw_weights(network.names, network.shapes, by_name, seeds)
        if embedding is not None:
            i = network.names.index("embeddings")
            # Drawn weights may be cached for other fits: do not modify them.
            unused = np.zeros_like(weights[i][len(embedding) :])
            weights[i] = np.concatenate([embedding, unused])
        state = []
        if self.standardize:
            state += map(np.float32, moments)
        if self.filters is not None:
            # The moving mean and variance of batch normalisation.
            state += map(np.float32, (np.zeros(self.filters), np.ones(self.filters)))
        return weights, state


def _layer(class_name, name, **config):
    return getattr(keras.layers, class_name)(name=name, dtype="float32", **config)


def _pool(pooling, steps, mask):
    if pooling == "mean":
        layer = _layer("GlobalAveragePooling1D", "pooling")
        return layer(steps) if mask is None else layer(steps, mask=mask)
    if mask is not None:
        # Keras' max pooling ignores masks, and a backward layer outputs 0 in padding.
        shown = keras.ops.expand_dims(mask, -1)
        steps = keras.ops.where(shown, steps, -np.inf)
    return _layer("GlobalMaxPooling1D", "pooling")(steps)
