"""Add the name of the argument to errors of scikit-learn's checks that lack it."""

import contextlib
import re


@contextlib.contextmanager
def naming(name):
    """Prepend a name to the messages of errors that lack it.

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
            message = message.split("\n")[0]  # the following lines print the data
        raise kind(f"{name}: {message}") from None
