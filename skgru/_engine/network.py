"""A Keras model as a pure function of its weights, as programs call it."""

from dataclasses import dataclass

import keras
import numpy as np
import tensorflow as tf

from .._keras import is_shared, last_operation, layers_of, only_output
from .._tensorflow import scratch_graph
from .forms import use_run_time_forms
from .forms.dense import SumOfProductsDense, has_few_outputs
from .losses import is_cross_entropy_of, sample_losses
from .parts import ModelParts
from .penalties import Penalties
from .scope import Scope


@dataclass(frozen=True)
class InputShape:
    """The shape of the sequences in a program's batches.

    Parameters
    ----------
    n_timesteps : int
        Number of time steps.
    n_features : int
        Number of features; 0 for token ids.
    padded : bool
        Whether sequences may be shorter than ``n_timesteps``.
    """

    n_timesteps: int
    n_features: int
    padded: bool

    @property
    def of_sequence(self):
        """Shape of one sequence, padding included."""
        if not self.n_features:
            return (self.n_timesteps,)
        return (self.n_timesteps, self.n_features)


class Network:
    """A Keras model as a pure function, for programs.

    Parameters
    ----------
    architecture : hashable
        ``build()`` returns a new stock model, which this network may change. Its other
        attributes are ``input_shape`` (of one sequence), ``n_outputs``, ``padding``
        (the value that the model expects in padded steps), ``any_length`` (whether the
        model takes any number of steps) and ``batch_first`` (whether the first axis is
        known to be that of the batch in all layers).
    inputs : InputShape
    loss : str
        See `sample_losses`.

    Attributes
    ----------
    shapes : list of tuple
        Shapes of the weights.
    names : list of str
        Their names, such as ``"kernel"``.
    rate_names : list of str
        Parameter names of the run-time rates, such as ``"recurrent_dropout"``.
    penalties : Penalties
    n_outputs : int
    mixes_rows : bool
        Whether layers compute a loss or an average over all rows of a batch, including
        rows without a sample. Known once a training step has been traced.
    """

    def __init__(self, architecture, inputs, loss):
        self._inputs, self._padding = inputs, architecture.padding
        self._loss = loss
        model = architecture.build()
        parts = ModelParts(model)
        self._trainable, self._state = parts.trainable, parts.state
        self._rate_slots = parts.rate_slots
        self.shapes = [tuple(v.shape) for v in parts.trainable]
        self.names = [v.name for v in parts.trainable]
        self.state_specs = [tf.TensorSpec(v.shape, v.dtype) for v in parts.state]
        self.rate_names = [name for _, name in parts.rate_slots]
        self.penalties = Penalties(parts)
        for variable in parts.penalised:
            variable.regularizer = None
        self._constraints = [v.constraint for v in parts.trainable]
        self.n_outputs = architecture.n_outputs
        self._activation = _take_activation(model, loss)
        self._model = use_run_time_forms(model)
        self._own_regularizers = sum(v.regularizer is not None for v in parts.trainable)
        self._of_rows = parts.of_rows
        self.mixes_rows = False
        self._flat = inputs.n_features and len(architecture.input_shape) == 1
        if not architecture.batch_first:
            self._keep_stock_where_rows_move()

    @property
    def n_run_time_inputs(self):
        """Number of values in ``Rates.of_model``."""
        return len(self._rate_slots) + self.penalties.n_inputs

    @property
    def trainable(self):
        """The Keras variables of the weights: their shapes, dtypes and names."""
        return self._trainable

    def _keep_stock_where_rows_move(self):
        """Give batch normalisations their stock form where the batch is not first.

        A model may transpose its inputs, or join samples and steps in one axis. The
        model is traced with a number of rows that no other axis is likely to have.
        """
        n_rows = 2 * max(*self._inputs.of_sequence, self.n_outputs) + 1
        with scratch_graph().as_default():
            leading = self._plan(n_rows, training=False).leading
        for layer in self.layers:
            if leading.get(id(layer), n_rows) != n_rows:
                layer.__class__ = keras.layers.BatchNormalization
                self._of_rows |= {id(v) for v in layer.non_trainable_variables}

    def storage(self, batch_size):
        """Return zeros to store what gradients need, for each call of a GRU layer.

        To find their shapes, the model is traced once without its recurrent layers.
        """
        with scratch_graph().as_default():
            planned = self._plan(batch_size, training=False).planned
        return [[tf.zeros(s, dtype) for s in shapes] for shapes, dtype in planned]

    def _plan(self, batch_size, training):
        """Trace the model in the current graph, without its recurrent layers.

        Returns
        -------
        scope : Scope
        """
        rate = tf.constant(0.5)
        rates = {(id(layer), name): rate for layer, name in self._rate_slots}
        seed = tf.zeros(2, tf.int32)
        with Scope(rates=rates, seed=seed, planning=True, training=training) as scope:
            X = tf.zeros((batch_size, *self._inputs.of_sequence), self._dtype)
            values = [tf.zeros(shape) for shape in self.shapes]
            state = [tf.zeros(spec.shape, spec.dtype) for spec in self.state_specs]
            lengths = tf.ones(batch_size, tf.int32)
            self._call(values, state, X, lengths, training=training)
        return scope

    def find_operation(self, op_type):
        """Return the name of an operation of the model, or None if there is none.

        The name begins with the names of the layers that the operation belongs to.

        Parameters
        ----------
        op_type : str or None
            TensorFlow's type of the operation. None: an operation that reads a resource
            that does not belong to the model.
        """
        graph = scratch_graph()
        with graph.as_default():
            self._plan(1, training=True)
        if op_type is None:
            found = [
                operation
                for outside, inside in graph.captures
                if outside.dtype == tf.resource
                for operation in inside.consumers()
            ]
        else:
            found = [o for o in graph.get_operations() if o.type == op_type]
        return found[0].name if found else None

    @property
    def layers(self):
        """All layers of the model, including nested ones."""
        return layers_of(self._model)

    def train(self, weights, state, X, lengths, n_present, rates, seed, storage):
        """Call the model in training mode.

        Parameters
        ----------
        weights : list of tensors
        state : list of tensors
        X : tensor of shape (batch, timesteps, features) or (batch, timesteps)
        lengths : tensor of shape (batch,), dtype int32
        n_present : scalar tensor
            Number of rows that hold a sample; they come first.
        rates : Rates
        seed : tensor of shape (2,), dtype int32
        storage : list of lists of tensors
            From :meth:`storage` or the previous step.

        Returns
        -------
        values : tensor of shape (batch, n_outputs)
        state : list of tensors
        losses : list of scalar tensors
            Losses that layers add (``add_loss``).
        storage : list of lists of tensors
        """
        named = {
            (id(layer), name): rate
            for (layer, name), rate in zip(
                self._rate_slots, rates.of_model, strict=False
            )
        }
        present = tf.range(X.shape[0]) < tf.cast(n_present, tf.int32)
        scope = Scope(rates=named, seed=seed, present=present, storage=storage)
        with scope:
            values, state, losses = self._call(
                weights, state, X, lengths, training=True
            )
        return values, state, losses, scope.stored

    def predict(self, weights, state, X, lengths):
        """Call the model in inference mode; return its values and added losses."""
        with Scope(differentiable=False, training=False):
            values, _, losses = self._call(weights, state, X, lengths, training=False)
        return values, losses

    def sample_losses(self, values, targets):
        """Return the loss of each sample."""
        from_logits = self._activation is not None
        return sample_losses(self._loss, values, targets, from_logits=from_logits)

    def outputs(self, values):
        """Return the model's outputs from the values that a call returns."""
        return values if self._activation is None else self._activation(values)

    def constrain(self, weights):
        """Apply the constraints of the layers to a list of weights."""
        return [
            w if constraint is None else constraint(w)
            for w, constraint in zip(weights, self._constraints, strict=True)
        ]

    @property
    def is_constrained(self):
        """Whether any weight has a constraint."""
        return any(constraint is not None for constraint in self._constraints)

    @property
    def _dtype(self):
        return tf.float32 if self._inputs.n_features else tf.int32

    def _call(self, weights, state, X, lengths, training):
        if self._inputs.padded:
            X = self._with_padding_value(X, lengths)
        if self._flat:
            X = X[:, :, 0]
        variables = [*self._trainable, *self._state]
        # A layer may compute in another precision than the engine.
        weights = [
            tf.cast(w, v.dtype) for w, v in zip(weights, self._trainable, strict=True)
        ]
        mapping = list(zip(variables, [*weights, *state], strict=True))
        with _Variables(mapping, collect_losses=True) as stateless:
            values = tf.cast(only_output(self._model, X, training), tf.float32)
            losses = [tf.cast(loss, tf.float32) for loss in self._model.losses]
        after = [stateless.get_current_value(v) for v in self._state]
        if training:
            self._check_not_assigned(weights, stateless)
            changed = {
                id(variable)
                for variable, old, new in zip(self._state, state, after, strict=True)
                if new is not old
            }
            self.mixes_rows = len(losses) > self._own_regularizers or bool(
                changed & self._of_rows
            )
        state = [
            tf.ensure_shape(value, variable.shape)
            for value, variable in zip(after, self._state, strict=True)
        ]
        return values, state, losses

    def _check_not_assigned(self, weights, stateless):
        """Raise if a layer assigned a trainable weight during the call."""
        for variable, weight in zip(self._trainable, weights, strict=True):
            if stateless.get_current_value(variable) is not weight:
                raise ValueError(
                    f"The network that 'model' returned sets its trainable weight "
                    f"{variable.path!r} while it is called, which is not supported: "
                    "only the optimizer may change it. Use a constraint of the weight "
                    "instead."
                )

    def _with_padding_value(self, X, lengths):
        """Return X with the model's padding value after the end of each sequence."""
        if self._dtype == tf.int32:
            return X  # token ids are padded with 0 already
        inside = tf.range(self._inputs.n_timesteps) < lengths[:, None]
        return tf.where(inside[:, :, None], X, np.float32(self._padding))


class _Variables(keras.StatelessScope):
    """Values of variables; no gradient flows through assignments, as in Keras."""

    def add_update(self, update):
        variable, value = update
        super().add_update((variable, tf.stop_gradient(value)))


def _take_activation(model, loss):
    """Remove the last activation of a model if the loss can be computed from logits.

    Returns
    -------
    activation : callable or None
        The activation that was removed; None if the model keeps its own.
    """
    head = last_operation(model)
    if not isinstance(head, keras.layers.Dense | keras.layers.Activation):
        return None
    # A penalty on the head's activity is on its outputs, not on logits.
    if is_shared(head) or head.activity_regularizer is not None:
        return None
    activation = head.activation
    if has_few_outputs(head):
        head.__class__ = SumOfProductsDense
    if not is_cross_entropy_of(loss, activation):
        return None
    head.activation = keras.activations.linear
    return activation
