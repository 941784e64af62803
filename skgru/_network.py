"""The network: one specification, a trainable form and a stock Keras form.

A :class:`NetworkSpec` says which graph is meant. :class:`Network` is that graph for the
compiled programs: it takes its weights, and every rate, at run time. ``stock_model``
is the same network in Keras' own layers, for users to keep.
"""

from dataclasses import dataclass, replace
from itertools import pairwise

import keras
import numpy as np
import tensorflow as tf

from ._fused_gru import FusedGRU
from ._time_blocks import storage_shapes

# Up to so many outputs the head is a sum of elementwise products. XLA runs the two
# matrix products of its gradient in two threads, and with them all that follows: in a
# network of 64 units and 9 outputs that costs a twentieth of a training step.
SMALL_HEAD = 16


@dataclass(frozen=True)
class NetworkSpec:
    """What changes the compiled graph of a network, and nothing else.

    Parameters
    ----------
    units : tuple of int
        Width of each stacked GRU layer.
    bidirectional : bool
        Whether each layer also runs backwards.
    pooling : {"last", "mean", "max"}
        How the top layer's steps become one vector.
    recurrent_dropout : bool
        Whether masks are drawn for the recurrent state.
    n_timesteps, n_features : int
        Shape of one padded sequence; ``n_features`` is 0 for token ids.
    padded : bool
        Whether sequences end before the block does.
    vocabulary_size, embedding_dim : int or None
        Shape of the embedding of token ids.
    n_outputs : int
        Width of the head.
    activation : {"softmax", "sigmoid", "linear"}
        What turns the head's values into outputs.
    """

    units: tuple
    bidirectional: bool
    pooling: str
    recurrent_dropout: bool
    n_timesteps: int
    n_features: int
    padded: bool
    vocabulary_size: int | None
    embedding_dim: int | None
    n_outputs: int
    activation: str


def _build_layers(spec, gru_class, recurrent_dropout=0.0):
    """Return the embedding or None, pairs (layer, backward layer or None), the head.

    No initializer draws anything here: weights are always set from outside.
    """
    embedding = None
    if spec.vocabulary_size is not None:
        embedding = keras.layers.Embedding(
            spec.vocabulary_size,
            spec.embedding_dim,
            mask_zero=True,
            embeddings_initializer="zeros",
            dtype="float32",
            name="embedding",
        )
    recurrent = []
    for i, units in enumerate(spec.units):
        keep_steps = i < len(spec.units) - 1 or spec.pooling != "last"
        pair = []
        for direction in ("forward", "backward")[: 1 + spec.bidirectional]:
            pair.append(
                gru_class(
                    units,
                    return_sequences=keep_steps,
                    go_backwards=direction == "backward",
                    kernel_initializer="zeros",
                    recurrent_initializer="zeros",
                    recurrent_dropout=recurrent_dropout,
                    seed=0,
                    dtype="float32",
                    name=f"gru_{i}" if not spec.bidirectional else f"{direction}_{i}",
                )
            )
        recurrent.append(pair)
    head = keras.layers.Dense(
        spec.n_outputs,
        activation=spec.activation,
        kernel_initializer="zeros",
        dtype="float32",
        name="head",
    )
    return embedding, recurrent, head


class Network:
    """The network as a function of its weights, for compiled programs.

    Parameters
    ----------
    spec : NetworkSpec

    Attributes
    ----------
    variables : list of keras.Variable
        In the order in which Keras lists the weights of ``stock_model(spec)``.
    shapes : list of tuple
        Their shapes.
    penalised : list of bool
        Whether ``l1`` and ``l2`` apply: to kernels, not to biases or embeddings.
    """

    def __init__(self, spec):
        self.spec = spec
        self.embedding, self.recurrent, self.head = _build_layers(spec, FusedGRU)
        width = spec.n_features
        self.variables = []
        if self.embedding is not None:
            self.embedding.build((None, spec.n_timesteps))
            self.variables += self.embedding.trainable_variables
            width = spec.embedding_dim
        for pair in self.recurrent:
            for layer in pair:
                layer.build((None, spec.n_timesteps, width))
                self.variables += layer.trainable_variables
            width = sum(layer.units for layer in pair)
        self.head.build((None, width))
        self.variables += self.head.trainable_variables
        self.shapes = [tuple(v.shape) for v in self.variables]
        self.penalised = [v.name.endswith("kernel") for v in self.variables]

    def storage(self, batch_size):
        """Return zeros for each layer, where training stores what gradients need."""
        spec = self.spec
        masked = spec.padded or self.embedding is not None
        return [
            [
                tf.zeros(shape)
                for shape in storage_shapes(
                    spec.n_timesteps, batch_size, layer.units, masked
                )
            ]
            for pair in self.recurrent
            for layer in pair
        ]

    def logits(self, weights, X, lengths, *, rates=None, seed=None, storage=None):
        """Return the head's values before its activation, and what training stores.

        Parameters
        ----------
        weights : list of tensors
            Values of ``variables``.
        X : tensor of shape (batch, timesteps, features) or (batch, timesteps)
            Sequences or token ids.
        lengths : tensor of shape (batch,) or None
            Numbers of steps, where ``spec.padded``.
        rates : tuple of two scalar tensors or None
            ``dropout`` and ``recurrent_dropout`` during training; None at prediction.
        seed : tensor of shape (2,), dtype int32
            Seed of the fit's dropout, and number of the training step.
        storage : list of lists of tensors or None
            Of :meth:`storage`, or what the last step returned; None at prediction.

        Returns
        -------
        logits : tensor of shape (batch, n_outputs)
        storage : list of lists of tensors
            Empty at prediction.
        """
        stored = []
        mapping = list(zip(self.variables, weights, strict=True))
        with keras.StatelessScope(state_mapping=mapping):
            mask = self._mask(X, lengths)
            steps = X if self.embedding is None else self.embedding(X)
            for i, pair in enumerate(self.recurrent):
                top = i == len(self.recurrent) - 1
                outputs = []
                for j, layer in enumerate(pair):
                    extra = {"differentiable": rates is not None}
                    if rates is not None and self.spec.recurrent_dropout:
                        shape = (3, X.shape[0], layer.units)
                        extra["recurrent_dropout_mask"] = _dropout_factors(
                            shape, rates[1], seed, 4 * i + 1 + j
                        )
                    if storage is None:
                        output = layer(steps, mask=mask, **extra)
                    else:
                        extra["storage"] = storage[len(stored)]
                        output, of_layer = layer(steps, mask=mask, **extra)
                        stored.append(of_layer)
                    if layer.go_backwards and layer.return_sequences:
                        output = tf.reverse(output, (1,))
                    outputs.append(output)
                steps = outputs[0] if len(outputs) == 1 else tf.concat(outputs, -1)
                if top and self.spec.pooling != "last":
                    steps = self._pool(steps, mask)
                if rates is not None:
                    steps = _dropout(steps, rates[0], seed, 4 * i)
            kernel, bias = self.head.kernel, self.head.bias
            if self.spec.n_outputs > SMALL_HEAD:
                logits = tf.matmul(steps, kernel)
            else:
                logits = tf.reduce_sum(steps[:, :, None] * kernel, axis=1)
            return logits + bias, stored

    def outputs(self, logits):
        """Apply the head's activation."""
        return self.head.activation(logits)

    def _mask(self, X, lengths):
        if self.embedding is not None:
            return tf.not_equal(X, 0)
        if not self.spec.padded:
            return None
        return tf.range(self.spec.n_timesteps) < lengths[:, None]

    def _pool(self, steps, mask):
        if mask is None:
            reduce = tf.reduce_mean if self.spec.pooling == "mean" else tf.reduce_max
            return reduce(steps, axis=1)
        mask = mask[:, :, None]
        if self.spec.pooling == "max":
            return tf.reduce_max(tf.where(mask, steps, -np.inf), axis=1)
        mask = tf.cast(mask, steps.dtype)
        return tf.reduce_sum(steps * mask, axis=1) / tf.reduce_sum(mask, axis=1)

    def penalty(self, vector, l1, l2):
        """Sum of ``l1 * |w| + l2 * w**2`` over the kernels, as Keras' ``L1L2``.

        ``vector`` is that of all weights, one after another.
        """

        def total():
            kernels = self._kernels(vector)
            return tf.reduce_sum(l1 * tf.abs(kernels) + l2 * tf.square(kernels))

        # Most fits have no penalty, and in small networks the sums take time.
        return tf.cond((l1 > 0) | (l2 > 0), total, lambda: tf.zeros(()))

    def penalty_gradient(self, vector, l1, l2):
        """Its gradient: ``l1 * sign(w) + 2 * l2 * w``."""
        kernels = self._kernels(vector)
        return l1 * tf.sign(kernels) + 2.0 * l2 * kernels

    def _kernels(self, vector):
        """Return the weights of the kernels, with zeros in place of all others."""
        ends = np.cumsum([0, *map(np.prod, self.shapes)]).tolist()
        index, inside = tf.range(ends[-1]), False
        for (start, end), penalised in zip(pairwise(ends), self.penalised, strict=True):
            if penalised:
                inside |= (index >= start) & (index < end)
        return tf.where(inside, vector, 0.0)


def _dropout_factors(shape, rate, seed, stream):
    """Inverted dropout: 0 with probability ``rate``, else ``1 / (1 - rate)``.

    Philox [1]_ turns a key and a counter into random numbers. The key is the fit's
    seed; the counter's upper half is the training step and the stream, one for each use
    in a step, and its lower half counts the numbers drawn. So no two draws share one.
    (``tf.random.stateless_uniform`` would run Philox twice, to scramble the key first,
    which takes a twentieth of the time to compile a program.)

    References
    ----------
    .. [1] J. K. Salmon et al. (2011), "Parallel Random Numbers: As Easy as 1, 2, 3",
       SC11. doi:10.1145/2063384.2063405
    """
    key, step = tf.unstack(tf.cast(seed, tf.uint64))
    counter = tf.stack([tf.zeros_like(step), step * 2**32 + stream])
    uniform = tf.raw_ops.StatelessRandomUniformV2(
        shape=shape,
        key=key[None],
        counter=counter,
        alg=tf.random.Algorithm.PHILOX.value,
    )
    return tf.where(uniform >= rate, 1.0 / (1.0 - rate), 0.0)


def _dropout(values, rate, seed, stream):
    return tf.cond(
        rate > 0,
        lambda: values * _dropout_factors(values.shape, rate, seed, stream),
        lambda: values,
    )


def stock_model(
    spec,
    weights,
    *,
    vocabulary_size=None,
    dropout=0.0,
    recurrent_dropout=0.0,
    rescaling=None,
):
    """Return the network as a ``keras.Model`` of stock layers.

    Where the estimator was fitted on padded sequences, the model reads steps that are
    NaN in every feature as padding, as the estimator does.

    Parameters
    ----------
    spec : NetworkSpec
    weights : list of ndarray
    vocabulary_size : int or None, default=None
        Rows of the embedding to keep; None keeps those of ``spec``.
    dropout, recurrent_dropout : float, default=0.0
        Rates, which matter only if the user trains the model further.
    rescaling : tuple of two lists or None, default=None
        Scale and offset that turn the head's outputs into the user's units.

    Returns
    -------
    model : keras.Model
    """
    if vocabulary_size is not None:
        spec = replace(spec, vocabulary_size=int(vocabulary_size))
        weights = [weights[0][:vocabulary_size], *weights[1:]]
    embedding, recurrent, head = _build_layers(
        spec, keras.layers.GRU, recurrent_dropout
    )
    mask = None
    if embedding is not None:
        inputs = keras.Input((None,), dtype="int32", name="tokens")
        steps = embedding(inputs)
        mask = keras.ops.not_equal(inputs, 0)
    else:
        inputs = keras.Input((None, spec.n_features), dtype="float32", name="sequences")
        steps = inputs
        if spec.padded:
            missing = keras.ops.isnan(inputs)
            mask = keras.ops.logical_not(keras.ops.all(missing, axis=-1))
            steps = keras.ops.where(missing, 0.0, inputs)
    for i, pair in enumerate(recurrent):
        top = i == len(recurrent) - 1
        layer = pair[0]
        if spec.bidirectional:
            layer = keras.layers.Bidirectional(
                pair[0], backward_layer=pair[1], dtype="float32", name=f"gru_{i}"
            )
        steps = layer(steps, mask=mask)
        if top and spec.pooling != "last":
            steps = _stock_pool(spec.pooling, steps, mask)
        if dropout:
            steps = keras.layers.Dropout(dropout, seed=0, name=f"dropout_{i}")(steps)
    outputs = head(steps)
    if rescaling is not None:
        scale, offset = rescaling
        outputs = keras.layers.Rescaling(
            scale, offset, dtype="float32", name="rescaling"
        )(outputs)
    model = keras.Model(inputs, outputs, name="gru")
    model.set_weights(weights)
    return model


def _stock_pool(pooling, steps, mask):
    if pooling == "mean":
        layer = keras.layers.GlobalAveragePooling1D(dtype="float32", name="pooling")
        return layer(steps) if mask is None else layer(steps, mask=mask)
    if mask is not None:
        # Keras' max pooling ignores masks, and a backward layer is 0 in the padding.
        shown = keras.ops.expand_dims(mask, -1)
        steps = keras.ops.where(shown, steps, -np.inf)
    return keras.layers.GlobalMaxPooling1D(dtype="float32", name="pooling")(steps)
