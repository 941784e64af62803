"""Add to errors of scikit-learn's checks what they lack: the argument, the place."""

import contextlib
import re

import numpy as np

# By words of scikit-learn's messages: which values they are about.
_FAULTS = {
    "contains NaN": np.isnan,
    "contains infinity": np.isinf,
    "Negative values": lambda values: values < 0,
}


@contextlib.contextmanager
def naming(name, values=None):
    """Prepend a name to the messages of errors that lack it, and append an index.

    Parameters
    ----------
    name : str
        What is checked, such as "y".
    values : array-like, default=None
        The argument, where its messages are to say which value is at fault.
    """
    try:
        yield
    except (TypeError, ValueError) as error:
        message = str(error)
        has_name = re.search(rf"\b{re.escape(name)}\b", message.split("\n")[0])
        place = "" if values is None else _place(message, values)
        if has_name and not place:
            raise
        kind = ValueError if isinstance(error, ValueError) else TypeError
        if message.startswith("Complex data not supported"):
            message = message.split("\n")[0]  # the following lines print the data
        prefix = "" if has_name else f"{name}: "
        raise kind(f"{prefix}{message}{place}") from None


def _place(message, values):
    """Return where the first value is that a message is about, or nothing."""
    for words, is_fault in _FAULTS.items():
        if words in message:  # otherwise the values may be no array
            values = np.asarray(values)
            numeric = values.dtype.kind in "fiu"
            places = np.argwhere(is_fault(values)) if numeric else []
            if len(places):
                first = places[0].tolist()
                index = first[0] if len(first) == 1 else first
                return f" The first is at index {index}."
    return ""
