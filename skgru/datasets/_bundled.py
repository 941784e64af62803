"""Reading the data files beside this module, and checking loaders' arguments."""

from importlib import resources

import numpy as np

_DATA = resources.files(__package__) / "data"


def read_arrays(name):
    """Fresh, writable arrays of ``data/<name>.npz``, by name; never unpickles."""
    with (_DATA / f"{name}.npz").open("rb") as file:
        with np.load(file, allow_pickle=False) as archive:
            return {key: archive[key] for key in archive.files}


def read_description(name):
    """Text of ``data/<name>.rst``: description, source, citation and licence."""
    return (_DATA / f"{name}.rst").read_text(encoding="utf-8")


def to_object_array(items):
    """1-D object array of `items`, also where they are arrays of equal shape."""
    array = np.empty(len(items), dtype=object)
    for i, item in enumerate(items):
        array[i] = item
    return array


def check_flags(function, **flags):
    """Raise a ValueError naming the first of `flags` that is not a bool."""
    for name, value in flags.items():
        if not isinstance(value, (bool, np.bool_)):
            raise ValueError(
                f"The {name!r} parameter of {function} must be a bool. "
                f"Got {value!r} instead."
            )
