"""The built-in network, from the estimator's parameters."""

from functools import partial

import numpy as np

from ._choice import Choice
from ._embedding_weights import checked_embedding_weights
from ._engine.network import InputShape
from ._engine.program import padded_length
from ._engine.randomness import WEIGHTS, random_stream
from ._engine.samples import step_moments
from ._network import BuiltInNetwork
from ._scale_check import warn_of_scale


def choose_built_in(estimator, samples, longest, padded, data):
    """Return the `Choice` of the built-in network.

    Parameters
    ----------
    estimator : GRUClassifier or GRURegressor
    samples : Samples
        Of the training part.
    longest : int
        Steps of the longest sequence.
    padded : bool
        Whether others may be shorter.
    data : Data
        The checked data.
    """
    size = data.reading.vocabulary_size
    tokens = size is not None
    embedding = estimator.embedding_weights
    if embedding is not None:
        embedding = checked_embedding_weights(
            embedding, size, estimator.embedding_dim, type(estimator).__name__
        )
    architecture = BuiltInNetwork(
        units=tuple(int(u) for u in estimator._units()),
        bidirectional=bool(estimator.bidirectional),
        pooling=estimator.pooling,
        **_stem(estimator, tokens),
        standardize=bool(estimator.standardize) and not tokens,
        recurrent_dropout=estimator.recurrent_dropout > 0,
        n_features=0 if tokens else samples.sequences.n_features,
        padded=padded,
        vocabulary_size=_whole_rows(size) if tokens else None,
        embedding_dim=int(estimator.embedding_dim) if tokens else None,
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
        run_time_inputs=partial(_rates, estimator),
        initial_values=partial(_draw, estimator, architecture, samples, embedding),
    )


def _stem(estimator, tokens):
    """Return the settings of the convolution before the first GRU layer."""
    filters = estimator.filters
    if filters == "auto":
        filters = None if tokens else 64
    if filters is None:
        return {"filters": None, "kernel_size": None, "pool_size": None}
    # A kernel wider than a third of the steps would cover most of a sequence.
    longest = estimator.n_timesteps_in_
    pool_size = estimator.pool_size
    if pool_size == "auto":
        pool_size = min(max(longest // 12, 1), 8)
    return {
        "filters": int(filters),
        "kernel_size": min(int(estimator.kernel_size), max(longest // 3, 1)),
        "pool_size": int(pool_size),
    }


def _rates(estimator, network):
    """Return the rates of the network's layers."""
    values = {
        "rate": estimator.dropout,
        "recurrent_dropout": estimator.recurrent_dropout,
    }
    return tuple(float(values[name]) for name in network.rate_names)


def _draw(estimator, architecture, samples, embedding, network, seed):
    """Return the initial weights and state."""
    moments = None
    if architecture.standardize:
        moments = step_moments(samples.sequences)
        owner = type(estimator).__name__
        _check_moments(moments, owner)
        warn_of_scale(samples.sequences, *moments, owner)
    return architecture.initial_values(
        network,
        (estimator.kernel_initializer, estimator.recurrent_initializer),
        moments,
        embedding,
        random_stream(seed, WEIGHTS),
    )


def _check_moments(moments, owner):
    """Raise if the mean or variance of a feature does not fit into a float32."""
    largest = np.maximum(*map(np.abs, moments))
    if (largest > np.finfo(np.float32).max).any():
        feature = int(largest.argmax())
        raise ValueError(
            f"Feature {feature} of X is too large for {owner} to standardize: its "
            f"variance is {moments[1][feature]:.3g}, which float32 cannot hold. Scale "
            "X first, for example with skgru.preprocessing.SequenceScaler."
        )


def _whole_rows(vocabulary_size):
    """Round up, so that folds with vocabularies of other sizes share a program.

    The rows beyond the vocabulary are never looked up, so they never change.
    """
    return -(-int(vocabulary_size) // 256) * 256
