"""Errors of scikit-learn's checks, which do not always name what they are about."""

import contextlib
import re


@contextlib.contextmanager
def naming(name):
    """Put a name before the message of an error that does not have it.

    Parameters
    ----------
    name : str
        What is checked, such as "y".
    """
    try:
        yield
    except (TypeError, ValueError) as error:
        message = str(error)
        if re.search(rf"\b{re.escape(name)}\b", message.split("\n")[0]):
            raise
        kind = ValueError if isinstance(error, ValueError) else TypeError
        if message.startswith("Complex data not supported"):
            message = message.split("\n")[0]  # what follows is all of the data
        raise kind(f"{name}: {message}") from None
