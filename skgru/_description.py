"""Describe objects by text that is the same in every process."""

import functools
import hashlib
import pickle
import types

import numpy as np

from ._digest import digest_of_arrays

_PLAIN = (type(None), bool, int, float, complex, str, bytes, type(Ellipsis))
_LONGEST = 200


def described(value):
    """Return a text that identifies a value, also in another process.

    An object is described by its type and its parameters or configuration or, if it has
    neither, its state; a function by its name and a digest of its code, without line
    numbers.

    Examples
    --------
    >>> from skgru.schedules import StepDecay
    >>> described(StepDecay(every=np.int64(3)))
    'StepDecay(drop=0.5, every=3, warmup=0)'
    """
    return _described(value, ())


def shortly_described(value):
    """Return `described`, with a long text shortened to its start and a digest."""
    text = described(value)
    if len(text) <= _LONGEST:
        return text
    return f"{text[:_LONGEST]}... ({_digest(text)})"


def digest_of(value):
    """Return a digest of the description of a value."""
    return _digest(described(value))


def _described(value, within):
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, _PLAIN):
        return repr(value)
    if id(value) in within:  # the value contains itself
        return "..."
    inside = functools.partial(_described, within=(*within, id(value)))
    if isinstance(value, list | tuple):
        opening, closing = "[]" if isinstance(value, list) else "()"
        return f"{opening}{', '.join(map(inside, value))}{closing}"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{inside(k)}: {inside(v)}' for k, v in value.items())}}}"
    if isinstance(value, set | frozenset):
        return f"{{{', '.join(sorted(map(inside, value)))}}}"
    if isinstance(value, np.ndarray):
        if value.dtype.hasobject:
            return f"array({inside(value.tolist())})"
        return f"array(shape={value.shape}, {digest_of_arrays(value)})"
    if isinstance(value, types.CodeType):
        parts = (value.co_code, value.co_names, value.co_consts, value.co_freevars)
        return _digest(inside(parts))
    if isinstance(value, types.FunctionType):
        return _function(value, inside)
    if isinstance(value, type | types.BuiltinFunctionType | np.ufunc):
        return value.__qualname__ if hasattr(value, "__qualname__") else repr(value)
    if isinstance(value, functools.partial):
        return f"partial({inside((value.func, value.args, value.keywords))})"
    return _object(value, inside)


def _function(function, inside):
    cells = []
    for cell in function.__closure__ or ():
        try:
            cells.append(cell.cell_contents)
        except ValueError:  # not set yet
            cells.append(None)
    known = (function.__code__, cells, function.__defaults__, function.__kwdefaults__)
    name = f"{function.__module__}.{function.__qualname__}"
    return f"{name} ({_digest(inside(known))})"


def _object(value, inside):
    name = type(value).__qualname__
    try:
        if hasattr(value, "get_params"):
            return f"{name}({_arguments(value.get_params(deep=False), inside)})"
        if hasattr(value, "get_config"):
            return f"{name}({_arguments(value.get_config(), inside)})"
        state = value.__reduce_ex__(2)
    except (TypeError, NotImplementedError, pickle.PicklingError):
        return name  # for example a lock or a connection, which affects no numbers
    if isinstance(state, str):
        return f"{name} {state}"
    # The result of __reduce_ex__: constructor, its arguments, state, items.
    _, arguments, *rest = state
    rest = [list(part) if hasattr(part, "__next__") else part for part in rest]
    arguments = [part for part in arguments if part is not type(value)]
    return f"{name}({inside([*arguments, *(part for part in rest if part)])})"


def _arguments(params, inside):
    return ", ".join(f"{name}={inside(params[name])}" for name in sorted(params))


def _digest(text):
    return hashlib.sha256(text.encode()).hexdigest()[:20]
