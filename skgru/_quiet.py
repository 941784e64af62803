"""Silence TensorFlow's log on standard error, unless the user asked for messages.

``TF_CPP_MIN_LOG_LEVEL`` says which messages TensorFlow drops: 0 none, 1 information, 2
also warnings, 3 also errors. If it is not set, this package uses 3, because TensorFlow
logs false errors for every program that is loaded from disk
(https://github.com/openxla/xla/issues/44565). Setting the variable is not enough:
TensorFlow reads it once, when it is loaded, and some of its libraries log before that.
"""

import contextlib
import ctypes
import faulthandler
import os
import re
import sys
import tempfile
import threading
from pathlib import Path

_VARIABLE = "TF_CPP_MIN_LOG_LEVEL"
_ALL, _NONE = 0, 3
_BEFORE_ITS_LOG = b"WARNING: All log messages before absl::InitializeLog()"

# The level that the user has set; None if not set.
_asked = os.environ.get(_VARIABLE)
# Whether TensorFlow is known to drop all messages.
_silent = False


def _level():
    if _asked is None:
        return _NONE
    try:
        return min(max(int(_asked), _ALL), _NONE)
    except ValueError:
        return _ALL  # as TensorFlow reads it


@contextlib.contextmanager
def importing():
    """Import TensorFlow inside this block without messages below its log level."""
    global _silent
    if "tensorflow" in sys.modules:
        yield
        was_set = _set_level(_level()) is not None
        _silent = was_set and _level() == _NONE
        return
    if _asked is None:
        os.environ[_VARIABLE] = str(_NONE)
    try:
        with _without_log(_level()):
            yield
    finally:
        if _asked is None:
            os.environ.pop(_VARIABLE, None)
    _silent = _level() == _NONE


def can_load_quietly():
    """Return whether a program can be loaded from disk without false errors."""
    return _silent or _level() == _ALL or _level_functions() is not None


_lock = threading.Lock()
_loading, _before = 0, None


@contextlib.contextmanager
def loading():
    """Drop all log messages inside this block, unless the user wants all of them."""
    global _loading, _before
    if _silent or _level() == _ALL:
        yield
        return
    with _lock:
        if _loading == 0:
            _before = _set_level(_NONE)
        _loading += 1
    try:
        yield
    finally:
        with _lock:
            _loading -= 1
            if _loading == 0:
                _set_level(_before)


def _set_level(level):
    """Set the level of the loaded TensorFlow if possible; return the old level."""
    functions = _level_functions()
    if functions is None:
        return None
    get, set_ = functions
    before = get()
    set_(level)
    return before


def _level_functions():
    """Return Abseil's functions that get and set the level, or None.

    Python can reach them only by their mangled C++ names, which include Abseil's
    release (https://abseil.io/docs/cpp/guides/logging).
    """
    import tensorflow as tf

    from ._tensorflow import library_path

    options = Path(tf.sysconfig.get_include(), "absl", "base", "options.h")
    try:
        release = re.search(
            r"#define ABSL_OPTION_INLINE_NAMESPACE_NAME (\w+)", options.read_text()
        )[1]
        library = ctypes.CDLL(library_path())
        namespace = f"_ZN4absl{len(release)}{release}"
        return (
            library[f"{namespace}11MinLogLevelEv"],
            library[f"{namespace}14SetMinLogLevelENS0_18LogSeverityAtLeastE"],
        )
    except (OSError, TypeError, AttributeError):  # no such file, text or function
        return None


@contextlib.contextmanager
def _without_log(level):
    """Drop log messages below a level; write all other output at the end.

    The libraries write to the file descriptor of standard error, so it is redirected.
    """
    if level == _ALL:
        yield
        return
    with contextlib.ExitStack() as stack:
        try:
            kept = os.dup(2)
            stack.callback(os.close, kept)
            caught = stack.enter_context(tempfile.TemporaryFile())
        except OSError:  # no standard error, or no temporary file
            yield
            return
        # If the process crashes, the redirected output is lost: have Python at least
        # write its traceback to the original standard error.
        if not faulthandler.is_enabled():
            faulthandler.enable(kept)
            stack.callback(faulthandler.disable)
        _flush()
        os.dup2(caught.fileno(), 2)
        try:
            yield
        finally:
            _flush()
            os.dup2(kept, 2)
            caught.seek(0)
            dropped = re.compile(rb"[%s]\d{4} \d\d:\d\d:\d\d" % b"IWE"[:level])
            for line in caught:
                if not (dropped.match(line) or line.startswith(_BEFORE_ITS_LOG)):
                    os.write(2, line)


def _flush():
    if not getattr(sys.__stderr__, "closed", True):
        sys.__stderr__.flush()
