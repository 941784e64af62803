"""A user's model function, called as scikeras calls it."""

import functools
import inspect

import keras
from sklearn.utils.multiclass import type_of_target

from ._scikeras import accepts_kwargs, has_param, route_params
from ._suggest import suggest

PREFIX = "model__"


def check_model_parameter(model, params, owner, defaults):
    """Raise if ``model`` is not a function, or does not use a parameter that was set.

    Parameters
    ----------
    model : callable or None
    params : dict
        All parameters of the estimator.
    owner : str
        Class name of the estimator, for messages.
    defaults : dict
        Parameters of the built-in network alone, and their defaults.
    """
    routed = [name for name in params if name.startswith(PREFIX)]
    if model is None:
        if routed:
            raise ValueError(
                f"The '{routed[0]}' parameter of {owner} needs a 'model': "
                f"set it to a function that takes {routed[0].removeprefix(PREFIX)!r}."
            )
        return
    if isinstance(model, keras.Model) or not (
        inspect.isroutine(model) or isinstance(model, functools.partial)
    ):
        raise TypeError(
            f"The 'model' parameter of {owner} must be a function that returns a new "
            f"keras.Model, or None. Got {model!r} instead: every fit needs a new one."
        )
    takes = inspect.signature(model).parameters
    for name in routed:
        name = name.removeprefix(PREFIX)
        if name not in takes and not accepts_kwargs(model):
            raise ValueError(
                f"Invalid parameter '{PREFIX}{name}' for {owner}: the function "
                f"{name_of(model)} takes no {name!r}.{suggest(name, takes)} It takes "
                f"{', '.join(takes) or 'nothing'}."
            )
    for name, default in defaults.items():
        if (
            params[name] is not default
            and (default is None or params[name] != default)
            and name not in takes
        ):
            raise ValueError(
                f"The '{name}' parameter of {owner} has no effect: it belongs to the "
                f"built-in network, and the function {name_of(model)} takes no such "
                f"argument. Let the function take {name!r}, or leave it at {default!r}."
            )


def call_model_function(model, params, meta, compile_kwargs):
    """Call a model function with the arguments that it takes, as scikeras does.

    Parameters
    ----------
    model : callable
    params : dict
        All parameters of the estimator. Those that the function names are passed, and
        those routed to it by ``model__``.
    meta : dict
        The description of the data, passed as ``meta``.
    compile_kwargs : callable
        Returns what scikeras passes as ``compile_kwargs``.

    Returns
    -------
    model : object
        What the function returned.
    """
    arguments = own_arguments(model, params)
    takes_all = accepts_kwargs(model)
    if has_param(model, "meta") or takes_all:
        arguments["meta"] = meta
    if has_param(model, "compile_kwargs") or takes_all:
        arguments["compile_kwargs"] = compile_kwargs()
    if has_param(model, "params") or takes_all:
        arguments["params"] = dict(params)
    return model(**arguments)


def own_arguments(model, params):
    """Return the parameters of the estimator that a model function takes."""
    # If these are None, the function's own defaults apply.
    unset = {name for name in ("n_layers", "scoring") if params[name] is None}
    named = set(inspect.signature(model).parameters) - {"model", *unset}
    return route_params(params, destination="model", pass_filter=named, strict=True)


def scikeras_metadata(estimator, X_shape, X_dtype, y, targets):
    """Return what scikeras' ``meta`` holds, under its names.

    ``n_features_in_`` is the estimator's: features of a step for 3-D X.
    """
    meta = {
        name: value
        for name, value in vars(estimator).items()
        if name.endswith("_") and not name.startswith("_")
    }
    meta |= {
        "X_shape_": X_shape,
        "X_dtype_": X_dtype,
        "y_dtype_": y.dtype,
        "y_ndim_": y.ndim,
        "target_type_": type_of_target(y),
        "n_outputs_expected_": 1,
    }
    if hasattr(targets, "classes"):
        # In scikeras' terms, classes are one output with n_classes_ values.
        meta |= {"n_outputs_": 1, "n_classes_": len(targets.classes)}
        meta["classes_"] = targets.classes
    else:
        meta["n_outputs_"] = targets.n_outputs
    return meta


def name_of(function):
    """Return the name of a function, for messages."""
    if isinstance(function, functools.partial):
        function = function.func
    return getattr(function, "__qualname__", repr(function))
