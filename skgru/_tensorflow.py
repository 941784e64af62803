"""The one place that knows TensorFlow's private names.

``tests/test_private_names.py`` has a test for each.
"""

from tensorflow.python.eager import context
from tensorflow.python.framework.func_graph import FuncGraph


def runtime():
    """Return the runtime that functions are registered with and called by."""
    return context.context()


def scratch_graph():
    """Return a graph to trace into and throw away; it may use tensors from outside."""
    return FuncGraph("skgru_scratch")
