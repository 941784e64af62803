"""Compiled programs, kept on disk for the next process.

TensorFlow can keep what XLA compiles in a directory. But it does not check what it
reads there, so it would run altered machine code; and if it cannot read or write, the
computation fails. So its directory is one in memory (TensorFlow's ``ram://`` file
system), and this module copies programs between that and the disk. It verifies the
checksum of what it reads. A failure is only a warning, and the program is compiled.

The directory on disk holds machine code, so only the user may have write access to it.
"""

import contextlib
import hashlib
import os
import platform
import stat
import tempfile
import warnings
from pathlib import Path

import platformdirs
import tensorflow as tf

from .. import _quiet
from .._tensorflow import parse_flags

VARIABLE = "SKGRU_CACHE_DIR"
_FLAGS = "TF_XLA_FLAGS"
_FLAG = "--tf_xla_persistent_cache_directory"
_MEMORY = "ram://skgru"
_REMEDY = (
    f"Set {VARIABLE} to a directory that only you can write to, or to an empty string "
    "to keep no programs."
)
_DIGEST_BYTES = hashlib.sha256().digest_size

_directory = None  # on disk; None: programs are not kept
_warned = False


def enable():
    """Keep compiled programs from now on, unless the user has decided otherwise.

    ``SKGRU_CACHE_DIR`` sets the directory; if it is set but empty, nothing is kept. If
    ``TF_XLA_FLAGS`` already names a directory, this cache stays off.
    """
    global _directory
    root = os.environ.get(
        VARIABLE, platformdirs.user_cache_dir("skgru", appauthor=False)
    )
    theirs = _FLAG in os.environ.get(_FLAGS, "")
    if not root or theirs or not _quiet.can_load_quietly():
        return
    directory = Path(root).expanduser().absolute() / _machine()
    problem = _make_private(directory)
    if problem:
        _warn_of_keeping(problem)
        return
    _set_tensorflow_flags()
    _directory = directory


@contextlib.contextmanager
def loaded(name):
    """Copy a program from disk to where TensorFlow finds it, for a ``with`` statement.

    Yields
    ------
    found : bool
        Whether there was a valid file of this program.
    """
    found = []
    for path in _files(name):
        try:
            payload = _checked(path)
        except FileNotFoundError:  # another process has removed it
            continue
        except (OSError, ValueError) as error:
            _remove(path, error)
            continue
        found.append(f"{_MEMORY}/{path.name.removeprefix(f'{name}-')}")
        with tf.io.gfile.GFile(found[-1], "wb") as file:
            file.write(payload)
    try:
        yield bool(found)
    finally:
        for path in found:
            tf.io.gfile.remove(path)


def save(name):
    """Move to disk what TensorFlow stored for a program that it has just compiled."""
    if _directory is None:
        return
    if not tf.io.gfile.exists(_MEMORY):
        _warn_of_keeping(
            "TensorFlow was in use before skgru was imported", "Import skgru first."
        )
        return
    for filename in tf.io.gfile.listdir(_MEMORY):
        path = f"{_MEMORY}/{filename}"
        try:
            with tf.io.gfile.GFile(path, "rb") as file:
                payload = file.read()
        except tf.errors.NotFoundError:  # another thread has renamed or saved it
            continue
        # All threads share the directory, and XLA programs of the user's own code go
        # there too.
        if name.encode() in payload:
            tf.io.gfile.remove(path)
            _write(_directory / f"{name}-{filename}", payload)


def remove(name, reason):
    """Remove from disk a program that TensorFlow cannot load, and warn."""
    for path in _files(name):
        _remove(path, reason)


def _set_tensorflow_flags():
    before = os.environ.get(_FLAGS)
    os.environ[_FLAGS] = (
        f"{before or ''} {_FLAG}={_MEMORY} --tf_xla_persistent_cache_read_only=false"
    ).strip()
    try:
        # TensorFlow reads all flags at the first request of any, and never again. So
        # the variable is restored: child processes must not inherit it.
        parse_flags()
    finally:
        if before is None:
            del os.environ[_FLAGS]
        else:
            os.environ[_FLAGS] = before


def _machine():
    """Return a directory name for this TensorFlow version and processor.

    Compiled programs depend on both, and machines of several kinds may share a home
    directory.
    """
    processor = platform.machine() + platform.processor()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        lines = cpuinfo.read_text().splitlines()
        features = {line for line in lines if line.startswith(("flags", "Features"))}
        processor += "".join(sorted(features))
    digest = hashlib.sha256(processor.encode()).hexdigest()[:8]
    return f"tensorflow-{tf.__version__}-{platform.machine()}-{digest}"


def _make_private(directory):
    """Make a directory only the user can write to; return the problem, or None."""
    try:
        directory.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        directory.mkdir(mode=0o700, exist_ok=True)
        for path in (directory.parent, directory):
            status = path.stat()
            if hasattr(os, "getuid") and status.st_uid != os.getuid():
                return f"{path} belongs to another user"
            if os.name == "posix" and status.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
                return f"others can write to {path}"
    except OSError as error:
        return f"{error.strerror}: {directory}"
    if not os.access(directory, os.W_OK | os.X_OK):
        return f"{directory} cannot be written to"
    return None


def _files(name):
    """Return the files of a program: one per device and TensorFlow setting."""
    if _directory is None:
        return []
    try:
        return [p for p in _directory.iterdir() if p.name.startswith(f"{name}-")]
    except OSError:  # for example removed; _write makes it again or warns
        return []


def _digest(path, payload):
    """Return the checksum of a program; it covers the file name as well."""
    return hashlib.sha256(path.name.encode() + payload).digest()


def _checked(path):
    """Return the program in a file, after comparing its checksum."""
    content = path.read_bytes()
    digest, payload = content[:_DIGEST_BYTES], content[_DIGEST_BYTES:]
    if digest != _digest(path, payload):
        raise ValueError("its checksum is wrong")
    return payload


def _remove(path, reason):
    outcome = "It has been removed"
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        outcome = f"It cannot be removed ({error.strerror}): remove it"
    warnings.warn(
        f"A compiled program on disk cannot be used, and is compiled again: {path} "
        f"({getattr(reason, 'strerror', None) or reason}). {outcome}.",
        RuntimeWarning,
        stacklevel=2,
    )


def _write(path, payload):
    """Write a program atomically."""
    problem = _make_private(path.parent)
    if problem is None:
        try:
            descriptor, unfinished = tempfile.mkstemp(dir=path.parent)
            try:
                with open(descriptor, "wb") as file:
                    file.write(_digest(path, payload) + payload)
                os.replace(unfinished, path)
            except BaseException:
                os.unlink(unfinished)
                raise
        except OSError as error:
            problem = f"{error.strerror}: {path}"
    if problem:
        _warn_of_keeping(problem)


def _warn_of_keeping(problem, remedy=_REMEDY):
    """Warn, once per process, that the next process has to compile again."""
    global _warned
    if not _warned:
        _warned = True
        warnings.warn(
            f"Compiled programs are not kept: {problem}. {remedy}",
            RuntimeWarning,
            stacklevel=3,
        )
