"""Which network a fit trains: the built-in one, or what the user's function returns."""

from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from ._engine.network import InputShape
from ._engine.optimizers import CLIPPING
from ._engine.parts import ModelParts
from ._engine.program import padded_length
from ._engine.randomness import WEIGHTS, random_stream
from ._engine.samples import Samples, step_moments
from ._keras import default_seeds, has_graph, private_names
from ._model_check import check_compiled, check_head, check_is_model
from ._model_function import (
    call_model_function,
    own_arguments,
    scikeras_metadata,
)
from ._network import BuiltInNetwork
from ._optimizer_parameter import DEFAULT_LEARNING_RATE
from ._padding_check import ignores_padding
from ._user_network import UserNetwork, call_symbolically, user_network


@dataclass(frozen=True)
class Choice:
    """A network for a fit.

    Parameters
    ----------
    architecture : BuiltInNetwork or UserNetwork
    inputs : InputShape
        Of the training program.
    targets : Labels or RealTargets
        As the network's head needs them.
    run_time_inputs : callable
        ``run_time_inputs(network)`` returns the rates of its layers.
    initial_values : callable
        ``initial_values(network, seed)`` returns weights and state before training.
    learning_rate : float or None, default=None
        What the user's function compiled the model with, where the estimator's own is
        left at its default.
    """

    architecture: object
    inputs: InputShape
    targets: object
    run_time_inputs: object
    initial_values: object
    learning_rate: float | None = None

    def encoded(self, samples):
        """Return samples with as many target columns as the network has outputs."""
        if samples is None or samples.y.shape[1] == self.targets.n_outputs:
            return samples
        # Two classes, for a softmax of two.
        y = np.hstack([1 - samples.y, samples.y])
        return Samples(samples.sequences, y, samples.sample_weight)


class NetworkChoice:
    """How an estimator comes by its network; mixed into `BaseGRU`."""

    def _choose_network(self, X, y, data, parts, seed, optimizer, rates):
        sequences = [part.sequences for part in parts if part is not None]
        longest = max(s.n_timesteps for s in sequences)
        unequal = any(s.is_padded for s in sequences) or any(
            s.n_timesteps < longest for s in sequences
        )
        if self.augmenter is not None:
            longest = self.augmenter.expanded_timesteps(longest)
            unequal = unequal or self.augmenter.changes_lengths
        if self.model is None:
            return self._built_in(parts[0], longest, unequal, data)
        return self._users(
            X, y, sequences[0], longest, unequal, data, seed, optimizer, rates
        )

    # ---- the built-in network ----

    def _built_in(self, samples, longest, padded, data):
        size = data.reading.vocabulary_size
        tokens = size is not None
        architecture = BuiltInNetwork(
            units=tuple(int(u) for u in self._units()),
            bidirectional=bool(self.bidirectional),
            pooling=self.pooling,
            **self._stem(tokens),
            standardize=bool(self.standardize) and not tokens,
            recurrent_dropout=self.recurrent_dropout > 0,
            n_features=0 if tokens else samples.sequences.n_features,
            padded=padded,
            vocabulary_size=_whole_rows(size) if tokens else None,
            embedding_dim=int(self.embedding_dim) if tokens else None,
            n_outputs=data.targets.n_outputs,
            activation=data.targets.activation,
        )
        inputs = InputShape(
            padded_length(longest) if padded else longest,
            architecture.n_features,
            padded,
        )
        return Choice(
            architecture,
            inputs,
            data.targets,
            run_time_inputs=self._rates_of_built_in,
            initial_values=partial(self._draw_built_in, architecture, samples),
        )

    def _stem(self, tokens):
        """Return the settings of the convolution before the first GRU layer."""
        filters = self.filters
        if filters == "auto":
            filters = None if tokens else 64
        if filters is None:
            return {"filters": None, "kernel_size": None, "pool_size": None}
        # A kernel of more than a third of the steps would see hardly anything else.
        longest = self.n_timesteps_in_
        pool_size = self.pool_size
        if pool_size == "auto":
            pool_size = min(max(longest // 12, 1), 8)
        return {
            "filters": int(filters),
            "kernel_size": min(int(self.kernel_size), max(longest // 3, 1)),
            "pool_size": int(pool_size),
        }

    def _rates_of_built_in(self, network):
        values = {"rate": self.dropout, "recurrent_dropout": self.recurrent_dropout}
        return tuple(float(values[name]) for name in network.rate_names)

    def _draw_built_in(self, architecture, samples, network, seed):
        moments = None
        if architecture.standardize:
            moments = step_moments(samples.sequences)
            _check_moments(moments, type(self).__name__)
        return architecture.initial_values(
            network,
            (self.kernel_initializer, self.recurrent_initializer),
            moments,
            random_stream(seed, WEIGHTS),
        )

    # ---- the user's ----

    def _users(self, X, y, sequences, longest, unequal, data, seed, optimizer, rates):
        owner, function = type(self).__name__, self.model
        shape = _shape_of_X(X, sequences, longest)
        steps = None if unequal else longest
        features = () if data.reading.form == "tokens" else (sequences.n_features,)
        meta = scikeras_metadata(
            self,
            shape,
            getattr(X, "dtype", np.dtype(np.float32)),
            np.asarray(y),
            data.targets,
        )
        make = partial(
            _make_model,
            function,
            self.get_params(deep=False),
            meta,
            partial(_compile_kwargs, data.targets.loss, optimizer, rates),
            (steps, *features),
            owner,
        )
        model, input_shape, output_shape = make(random_stream(seed, WEIGHTS))
        width = check_head(model, output_shape, function, data.targets, owner)
        targets = data.targets.with_head(width)
        limits = {
            name: value
            for name, value in rates._asdict().items()
            if name in ("learning_rate", *CLIPPING) and np.isfinite(value)
        }
        if self.learning_rate == DEFAULT_LEARNING_RATE:
            del limits["learning_rate"]
        learning_rate = check_compiled(
            model, function, targets.loss, optimizer, limits, owner
        )
        arguments = own_arguments(function, self.get_params(deep=False))
        arguments |= {name: meta.get(name) for name in ("n_classes_", "n_outputs_")}
        arguments |= {"shape": shape[1:], "target_type_": meta["target_type_"]}
        # A program's own copy has weights that are never used.
        again = partial(_again, make)
        architecture = user_network(
            model, input_shape, width, again, function, arguments
        )
        parts = ModelParts(model)
        return Choice(
            architecture,
            _inputs_of_users(architecture, sequences, longest, unequal, owner),
            targets,
            run_time_inputs=lambda network: tuple(parts.run_time_inputs()),
            initial_values=lambda network, seed: parts.values(),
            learning_rate=learning_rate,
        )

    # ---- prediction ----

    def _for_sequences(self, fitted, sequences):
        """Return the architecture and the input shape to predict sequences with."""
        architecture, inputs = fitted.architecture, fitted.inputs
        if isinstance(architecture, UserNetwork):
            longest = sequences.n_timesteps
            tokens = sequences.form == "tokens"
            as_any = tokens and not ignores_padding(architecture)
            unequal = sequences.is_padded and not as_any
            if as_any:
                # Padding is as any id to it: it must be as wide as in training.
                longest = max(longest, inputs.n_timesteps)
            return architecture, _inputs_of_users(
                architecture, sequences, longest, unequal, type(self).__name__, fitted
            )
        if sequences.n_timesteps != inputs.n_timesteps or sequences.is_padded:
            length = max(sequences.n_timesteps, inputs.n_timesteps)
            inputs = replace(inputs, n_timesteps=length, padded=True)
            architecture = replace(architecture, padded=True)
        return architecture, inputs

    def _build_stock(self):
        """Return the fitted network as a stock model, with weights to be set."""
        fitted = self._fitted
        if isinstance(fitted.architecture, UserNetwork):
            return fitted.architecture.build()
        architecture = fitted.architecture
        size = fitted.reading.vocabulary_size
        if size is not None:
            architecture = replace(architecture, vocabulary_size=int(size))
        return architecture.build(
            dropout=float(self.dropout),
            recurrent_dropout=float(self.recurrent_dropout),
        )

    def _what_makes_shapes(self):
        if self.model is not None:
            return "the network that 'model' returns"
        return (
            "'units', 'n_layers', 'filters', 'kernel_size', 'standardize', "
            "'bidirectional' or 'embedding_dim'"
        )


def _check_moments(moments, owner):
    """Refuse features whose mean or variance is no number of float32."""
    largest = np.maximum(*map(np.abs, moments))
    if (largest > np.finfo(np.float32).max).any():
        feature = int(largest.argmax())
        raise ValueError(
            f"Feature {feature} of X is too large for {owner} to standardize: its "
            f"variance is {moments[1][feature]:.3g}, which float32 cannot hold. Scale "
            "X first, for example with skgru.preprocessing.SequenceScaler."
        )


def _make_model(function, params, meta, compile_kwargs, shape, owner, seeds):
    """Call a model function; return its model, built, and the shapes that it has.

    Layers are named, and seeds drawn, as if the model were the only one there is.

    Returns
    -------
    model : keras.Model
    input_shape : tuple
        Of one sequence.
    output_shape : tuple
    """
    with private_names(), default_seeds(seeds):
        model = call_model_function(function, params, meta, compile_kwargs)
        check_is_model(model, function, owner)
        outputs = call_symbolically(model, shape)
    if has_graph(model):
        return model, model.input_shape[1:], model.output_shape
    return model, shape, outputs.shape


def _compile_kwargs(loss, optimizer, rates):
    """Return what scikeras gives a function that compiles its model itself."""
    settings = {"learning_rate": rates.learning_rate}
    for name in CLIPPING:
        if np.isfinite(getattr(rates, name)):
            settings[name] = getattr(rates, name)
    return {"optimizer": optimizer.make(**settings), "loss": loss, "metrics": None}


def _again(make):
    model, _, _ = make(np.random.default_rng(0))
    return model


def _shape_of_X(X, sequences, longest):
    """Return the shape that X has, or would have as one padded array."""
    if sequences.form in ("univariate", "tokens"):
        return (len(sequences), longest)
    return (len(sequences), longest, sequences.n_features)


def _inputs_of_users(network, sequences, longest, unequal, owner, fitted=None):
    """Return the input shape of a program for a user's network.

    Raises
    ------
    ValueError
        The network cannot take such sequences.
    """
    tokens = sequences.form == "tokens"
    _check_features(network, sequences, tokens, owner)
    steps = network.input_shape[0]
    if steps is not None and longest > steps:
        raise ValueError(
            f"X has sequences of {longest} steps, but the network that 'model' of "
            f"{owner} returned takes {steps}. Let its input be "
            "keras.Input((None, n_features)), or truncate X."
        )
    if fitted is not None and tokens and not ignores_padding(network):
        if longest > fitted.inputs.n_timesteps:
            raise ValueError(
                f"X has {longest} token ids a row, but {owner} was fitted on "
                f"{fitted.inputs.n_timesteps}, and its network does not mask padding. "
                "Use keras.layers.Embedding(..., mask_zero=True), or truncate X."
            )
    if tokens:
        padded = ignores_padding(network)
    else:
        padded = unequal or (steps is not None and longest < steps)
    if padded and not ignores_padding(network):
        raise ValueError(
            f"X has sequences of different lengths (or fewer steps than the network "
            f"takes), which {owner} pads with zeros, but padding changes what the "
            f"network that 'model' returned predicts. {_how_to_mask(network)}, or "
            "bring X to one length with skgru.preprocessing.SequenceResampler."
        )
    if steps is None:
        steps = padded_length(longest) if padded else longest
    return InputShape(steps, 0 if tokens else sequences.n_features, padded)


def _how_to_mask(network):
    if not network.masks:
        return "Begin it with keras.layers.Masking()"
    return (
        "Its mask gets lost, as in Conv1D, Flatten and GlobalMaxPooling1D: pass it on, "
        "GRU(...)(x, mask=keras.layers.Masking().compute_mask(inputs))"
    )


def _check_features(network, sequences, tokens, owner):
    got = () if tokens else (sequences.n_features,)
    expected = tuple(network.input_shape[1:])
    flat = not expected and sequences.form == "univariate"
    if (not flat and len(got) != len(expected)) or (
        expected and expected[0] is not None and got != expected
    ):
        raise ValueError(
            f"The network that 'model' of {owner} returned takes sequences of shape "
            f"{tuple(network.input_shape)}, but those of X have shape "
            f"{(sequences.n_timesteps, *got)}. Use meta['X_shape_'] or "
            "meta['n_features_in_'] in the function."
        )


def _whole_rows(vocabulary_size):
    """Round up, so that folds whose vocabularies differ share a program.

    The rows beyond the vocabulary are never looked up, so they never change.
    """
    return -(-int(vocabulary_size) // 256) * 256
