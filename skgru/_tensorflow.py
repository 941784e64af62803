"""All uses of TensorFlow's private names; other modules import them from here.

``tests/test_private_names.py`` has a test for each.
"""

from tensorflow.python import _pywrap_tensorflow_internal
from tensorflow.python.client import pywrap_tf_session
from tensorflow.python.eager import context
from tensorflow.python.framework.func_graph import FuncGraph


def runtime():
    """Return the runtime that functions are registered with and called by."""
    return context.context()


def started_runtime():
    """Return the runtime, or None if TensorFlow has computed nothing yet."""
    return context.context_safe()


def parse_flags():
    """Have TensorFlow read ``TF_XLA_FLAGS``, which it does once, at its first use.

    Any function that reads one of the flags does this.
    """
    pywrap_tf_session.TF_GetXlaConstantFoldingDisabled()


def library_path():
    """Return the path of the library that holds TensorFlow's log."""
    return _pywrap_tensorflow_internal.__file__


def scratch_graph():
    """Return a graph to trace into and throw away; it may use tensors from outside."""
    return FuncGraph("skgru_scratch")
