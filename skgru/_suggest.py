"""The hint that ends a message about an unknown name."""

import difflib


def suggest(name, known, cutoff=0.5):
    """Return ``" Did you mean 'adam'?"`` for the closest known name, or nothing.

    Parameters
    ----------
    name : str
        The unknown name.
    known : iterable of str
        The names that exist.
    cutoff : float, default=0.5
        Least similarity of two names, from 0 to 1, as ``difflib`` measures it.

    Examples
    --------
    >>> suggest("adma", ["adam", "adamax", "sgd"])
    " Did you mean 'adam'?"
    """
    close = difflib.get_close_matches(name, list(known), cutoff=cutoff)
    if not close:
        return ""
    # Swapped letters are one typing error, but difflib counts two.
    swapped = [other for other in close if sorted(other) == sorted(name)]
    return f" Did you mean {[*swapped, *close][0]!r}?"
