"""Replace files atomically."""

import contextlib
import os
import secrets
import stat
from pathlib import Path


@contextlib.contextmanager
def replaced(path):
    """Open a new file that takes the place of ``path`` once all of it is on disk.

    A crash, a full disk or an error leaves what was there. The new file is written
    beside the old one, so that renaming moves no data. It gets the old one's
    permissions, or those of any new file.

    Parameters
    ----------
    path : str or path-like

    Yields
    ------
    file : binary file, open for writing and reading

    Raises
    ------
    OSError
        Of ``path``, whichever step has failed.
    """
    path = Path(path)
    # Follow symbolic links, as ordinary writing does.
    target = Path(os.path.realpath(path))
    unfinished = target.with_name(f".{secrets.token_hex(8)}.unfinished")
    try:
        mode = _mode(target)
        try:
            # Not tempfile: its files are private to the user and ignore the umask.
            with open(unfinished, "x+b") as file:
                if mode is not None:
                    os.chmod(unfinished, mode)
                yield file
                file.flush()
                os.fsync(file.fileno())
            os.replace(unfinished, target)
        except BaseException:
            unfinished.unlink(missing_ok=True)
            raise
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
