"""Errors of this package's own."""

__all__ = ["FileFormatError"]


class FileFormatError(ValueError):
    """A file is not, or no longer, one that :func:`skgru.save` has written.

    It is truncated or damaged, of another kind, written by a later version of skgru,
    or made to harm: the message names the file and says which. Nothing of it has been
    run, and no more memory been taken than the file has bytes, times a small factor.

    See Also
    --------
    skgru.load : Raises it.

    Examples
    --------
    >>> import pathlib, tempfile, skgru
    >>> with tempfile.TemporaryDirectory() as directory:
    ...     path = pathlib.Path(directory, "notes.skops")
    ...     _ = path.write_text("not an estimator")
    ...     try:
    ...         skgru.load(path)
    ...     except skgru.exceptions.FileFormatError as error:
    ...         print("refused")
    refused
    """
