"""The hint that ends a message about an unknown name."""

import difflib


def suggest(name, known, cutoff=0.5):
    """Return ``" Did you mean 'adam'?"`` for the closest known name, or nothing.

    Parameters
    ----------
    name : str
        What was got.
    known : iterable of str
        What could have been meant.
    cutoff : float, default=0.5
        How alike two names must be, from 0 to 1, as ``difflib`` measures it.

    Returns
    -------
    hint : str

    Examples
    --------
    >>> suggest("adma", ["adam", "sgd"])
    " Did you mean 'adam'?"
    """
    close = difflib.get_close_matches(name, list(known), n=1, cutoff=cutoff)
    return f" Did you mean {close[0]!r}?" if close else ""
