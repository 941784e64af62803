"""The network that the user's ``model`` function returns, checked against the data."""

from functools import partial

import numpy as np

from ._choice import Choice
from ._engine.optimizers import CLIPPING
from ._engine.parts import ModelParts
from ._engine.randomness import WEIGHTS, random_stream
from ._keras import default_seeds, has_graph, private_names
from ._model_check import (
    check_compiled,
    check_head,
    check_is_model,
    check_outputs,
)
from ._model_function import (
    call_model_function,
    own_arguments,
    scikeras_metadata,
)
from ._optimizer_parameter import DEFAULT_LEARNING_RATE
from ._user_network import call_symbolically, user_network
from ._users_inputs import inputs_of_users


def choose_users(
    estimator, X, y, sequences, longest, unequal, data, seed, optimizer, rates
):
    """Return the `Choice` of the network that the user's function returns.

    Parameters
    ----------
    estimator : GRUClassifier or GRURegressor
    X, y : array-likes
        As given to ``fit``: the function's ``meta`` describes them.
    sequences : Sequences
        Of the training part.
    longest : int
        Steps of the longest sequence.
    unequal : bool
        Whether others may be shorter.
    data : Data
        The checked data.
    seed : int
        Of the fit.
    optimizer : OptimizerSpec
    rates : Rates
        Learning rate and clipping.

    Raises
    ------
    TypeError, ValueError
        What the function returned, or compiled it with, does not fit the estimator,
        or the data.
    """
    owner, function = type(estimator).__name__, estimator.model
    shape = _shape_of_X(X, sequences, longest)
    steps = None if unequal else longest
    features = () if data.reading.form == "tokens" else (sequences.n_features,)
    meta = scikeras_metadata(
        estimator,
        shape,
        getattr(X, "dtype", np.dtype(np.float32)),
        np.asarray(y),
        data.targets,
    )
    make = partial(
        _make_model,
        function,
        estimator.get_params(deep=False),
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
    if estimator.learning_rate == DEFAULT_LEARNING_RATE:
        del limits["learning_rate"]
    learning_rate = check_compiled(
        model, function, targets.loss, optimizer, limits, owner
    )
    arguments = own_arguments(function, estimator.get_params(deep=False))
    arguments |= {name: meta.get(name) for name in ("n_classes_", "n_outputs_")}
    arguments |= {"shape": shape[1:], "target_type_": meta["target_type_"]}
    # A program builds its own copy of the model, whose weights are never used.
    again = partial(_again, make)
    architecture = user_network(model, input_shape, width, again, function, arguments)
    parts = ModelParts(model)
    return Choice(
        architecture,
        inputs_of_users(architecture, sequences, longest, unequal, owner),
        targets,
        run_time_inputs=lambda network: tuple(parts.run_time_inputs()),
        initial_values=lambda network, seed: parts.values(),
        learning_rate=learning_rate,
    )


def _make_model(function, params, meta, compile_kwargs, shape, owner, seeds):
    """Call a model function; return its model, built, with input and output shape.

    Names of layers and default seeds do not depend on models that were made before.

    Returns
    -------
    model : keras.Model
    input_shape : tuple
        Shape of one sequence.
    output_shape : tuple
    """
    with private_names(), default_seeds(seeds):
        model = call_model_function(function, params, meta, compile_kwargs)
        check_is_model(model, function, owner)
        outputs = call_symbolically(model, shape)
    if has_graph(model):
        return model, model.inputs[0].shape[1:], model.outputs[0].shape
    return model, shape, check_outputs(outputs, function, owner).shape


def _compile_kwargs(loss, optimizer, rates):
    """Return ``compile_kwargs``, which scikeras passes to a model function."""
    settings = {"learning_rate": rates.learning_rate}
    for name in CLIPPING:
        if np.isfinite(getattr(rates, name)):
            settings[name] = getattr(rates, name)
    return {"optimizer": optimizer.make(**settings), "loss": loss, "metrics": None}


def _again(make):
    model, _, _ = make(np.random.default_rng(0))
    return model


def _shape_of_X(X, sequences, longest):
    """Return the shape of X as one padded array."""
    if sequences.form in ("univariate", "tokens"):
        return (len(sequences), longest)
    return (len(sequences), longest, sequences.n_features)
