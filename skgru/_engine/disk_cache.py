"""Compiled programs, kept on disk for the next process.

TensorFlow can keep what XLA compiles; it reads the directory from ``TF_XLA_FLAGS``
when XLA first starts, so importing this package sets it. The directory holds machine
code: it must belong to the user alone.
"""

import hashlib
import os
import platform
import stat
import warnings
from pathlib import Path

import platformdirs
import tensorflow as tf

VARIABLE = "SKGRU_CACHE_DIR"
_FLAG = "--tf_xla_persistent_cache_directory"


def enable():
    """Have TensorFlow keep compiled programs, unless the user has decided otherwise.

    ``SKGRU_CACHE_DIR`` moves the cache; if it is set but empty, nothing is kept. A
    directory of the user's own in ``TF_XLA_FLAGS`` stays.
    """
    flags = os.environ.get("TF_XLA_FLAGS", "")
    root = os.environ.get(
        VARIABLE, platformdirs.user_cache_dir("skgru", appauthor=False)
    )
    if not root or _FLAG in flags:
        return
    directory = Path(root).expanduser().absolute() / _machine()
    problem = _make_private(directory)
    if problem:
        warnings.warn(
            f"Compiled programs are not kept: {problem}. Set {VARIABLE} to a directory "
            "that you alone can write to, or to nothing to keep none.",
            RuntimeWarning,
            stacklevel=3,
        )
        return
    os.environ["TF_XLA_FLAGS"] = (
        f"{flags} {_FLAG}={directory} --tf_xla_persistent_cache_read_only=false"
    ).strip()


def _machine():
    """Name what compiled programs depend on: TensorFlow and the processor.

    A home directory may be shared by machines of several kinds.
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
    """Make a directory for the user alone; return why that cannot be, or None."""
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
    if any(c.isspace() for c in str(directory)):
        return f"TensorFlow reads no directory with a space in its name: {directory}"
    return None
