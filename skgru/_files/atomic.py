"""Replace files atomically."""

import contextlib
import os
import secrets
import stat
from functools import partial
from pathlib import Path


@contextlib.contextmanager
def renamed_once_complete(unfinished, target, mode=0o666):
    """Open a new file, which is renamed to ``target`` once all of it is on disk.

    After an error the new file is removed, and ``target`` is unchanged.

    Parameters
    ----------
    unfinished, target : pathlib.Path
        Names in one directory: the new file's, and what it becomes.
    mode : int, default=0o666
        The new file's permissions, less the umask.

    Yields
    ------
    file : binary file, open for writing and reading
    """
    # Not tempfile: its files are private to the user and ignore the umask.
    opener = partial(os.open, mode=mode)
    try:
        with open(unfinished, "x+b", opener=opener) as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.replace(unfinished, target)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise


@contextlib.contextmanager
def replaced(path):
    """Open a new file that takes the place of ``path`` once all of it is on disk.

    A crash, a full disk or an error leaves the old file unchanged. The new file is
    written to the same directory, so that renaming moves no data. It gets the
    permissions of the old file, if there is one.

    Parameters
    ----------
    path : str or path-like

    Yields
    ------
    file : binary file, open for writing and reading

    Raises
    ------
    OSError
        It names ``path``, whichever step has failed.
    """
    path = Path(path)
    # Follow symbolic links, as ordinary writing does.
    target = Path(os.path.realpath(path))
    unfinished = target.with_name(f".{secrets.token_hex(8)}.unfinished")
    try:
        mode = _mode(target)
        with renamed_once_complete(unfinished, target) as file:
            if mode is not None:
                os.chmod(unfinished, mode)
            yield file
        _sync_directory(target.parent)
    except OSError as error:
        error.filename, error.filename2 = os.fspath(path), None
        raise


def _mode(target):
    """Return the permissions of a file, or None if the file does not exist."""
    try:
        status = target.stat()
    except FileNotFoundError:
        return None
    if stat.S_ISDIR(status.st_mode):
        raise IsADirectoryError(21, "Is a directory")
    if not stat.S_ISREG(status.st_mode):
        raise OSError(22, "Not a regular file, and cannot be replaced by one")
    return stat.S_IMODE(status.st_mode)


def _sync_directory(directory):
    """Make the renaming survive a loss of power, where the system supports it."""
    if os.name != "posix":
        return
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
