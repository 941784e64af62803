"""A function of tensors, compiled by XLA under a name that says what it computes.

TensorFlow numbers traced functions with a counter, so the same function can have
another name in another process. The key of TensorFlow's persistent compilation cache
includes the name, so the cache would miss. Here names are derived from the content: the
traced definition is renamed, hashed, and registered under its hash.
"""

import hashlib
import os
import re
import threading

import tensorflow as tf

from .. import _quiet
from .._tensorflow import runtime, started_runtime
from . import disk_cache
from .interrupts import InterruptLater
from .memory_maps import check_room

# Programs that this process has compiled or loaded: by name, the name that they run
# under. And a lock for each: if two threads need a program, only one compiles it.
_compiled, _locks = {}, {}

# TensorFlow's random operations with global state, which a fit's seed does not control.
_RANDOM = frozenset(
    "Multinomial ParameterizedTruncatedNormal RandomGamma RandomPoissonV2 "
    "RandomShuffle RandomStandardNormal RandomUniform RandomUniformInt "
    "StatefulRandomBinomial StatefulStandardNormalV2 StatefulTruncatedNormal "
    "StatefulUniform StatefulUniformFullInt StatefulUniformInt "
    "TruncatedNormal".split()
)


class NotPureError(Exception):
    """A function uses a variable, a table or random state that is not an argument.

    Parameters
    ----------
    operation : str or None
        Type of the random operation; None if the function reads a resource (a variable
        or a table) from outside.
    """

    def __init__(self, operation):
        super().__init__(operation)
        self.operation = operation


class CompiledFunction:
    """A pure function, traced once and compiled by XLA at its first call.

    Parameters
    ----------
    function : callable
        Takes and returns nests of tensors; must not use variables.
    signature : list of nests of tf.TensorSpec
        The function's arguments.
    name : str
        Prefix of the function's name in profiles and dumps.

    Raises
    ------
    NotPureError
        The function uses a variable, a table or random state that is not an argument.
    """

    def __init__(self, function, signature, name):
        _refuse_in_fork()
        traced = tf.function(
            function, autograph=False, jit_compile=True, input_signature=signature
        ).get_concrete_function()
        # Tensors that layers hold as constants: they are passed at every call.
        self._constants = list(traced.captured_inputs)
        if any(value.dtype == tf.resource for value in self._constants):
            raise NotPureError(None)
        definitions = _renamed(
            traced.function_def, traced.graph.as_graph_def().library.function, name
        )
        for definition in definitions:
            for node in definition.node_def:
                if node.op in _RANDOM:
                    raise NotPureError(node.op)
        self._name = definitions[0].signature.name
        self._dtypes = [spec.dtype for spec in tf.nest.flatten(signature)]
        self._n_outputs = len(tf.nest.flatten(traced.structured_outputs))
        for definition in definitions:
            _register(definition)

    def __call__(self, *arguments):
        """Run the function on arrays or tensors of the signature's shapes.

        Returns
        -------
        list of tensors
            All that the function returns, flattened.

        Raises
        ------
        RuntimeError
            The process was forked from one in which TensorFlow had run, or it cannot
            load another program.
        """
        _refuse_in_fork()
        # For a small network these conversions take as long as several training steps,
        # so tensors are not converted again.
        with InterruptLater():
            tensors = [
                value if isinstance(value, tf.Tensor) else tf.constant(value, dtype)
                for value, dtype in zip(
                    tf.nest.flatten(arguments), self._dtypes, strict=True
                )
            ]
        tensors += self._constants
        name = _compiled.get(self._name)
        if name is None:
            return self._first_call(tensors)
        return self._run(name, tensors)

    def _run(self, name, tensors):
        return runtime().call_function(name.encode(), tensors, self._n_outputs)

    def _first_call(self, tensors):
        """Load the program from disk, or compile it and save it there; then run it."""
        with _locks.setdefault(self._name, threading.Lock()), InterruptLater():
            if self._name in _compiled:  # another thread has compiled it meanwhile
                return self._run(_compiled[self._name], tensors)
            check_room(len(_compiled))
            with disk_cache.loaded(self._name) as found:
                if not found:
                    outputs = self._run(self._name, tensors)
                    _compiled[self._name] = self._name
                    disk_cache.save(self._name)
                    return outputs
                try:
                    with _quiet.loading():
                        outputs = self._run(self._name, tensors)
                    _compiled[self._name] = self._name
                    return outputs
                except tf.errors.OpError as error:
                    failure = error
            # TensorFlow remembers that this name failed, so compile under another name.
            # If that fails too, the program on disk was not the cause.
            again = f"{self._name}_again"
            definition = runtime().get_function_def(self._name)
            definition.signature.name = again
            _register(definition)
            outputs = self._run(again, tensors)
            _compiled[self._name] = again
            disk_cache.remove(self._name, failure.message)
            return outputs


_in_useless_fork = False


def _after_fork_in_child():
    # A fork copies memory but no threads: TensorFlow would wait for its threads for
    # ever.
    global _in_useless_fork
    current = started_runtime()
    _in_useless_fork = current is not None and current._initialized


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork_in_child)


def _refuse_in_fork():
    if _in_useless_fork:
        raise RuntimeError(
            "This process was forked from one in which TensorFlow had run, and would "
            "wait for ever for threads that a fork does not copy. Start processes with "
            'multiprocessing.get_context("spawn") or joblib\'s "loky", or use threads: '
            'joblib.parallel_config("threading").'
        )


def _register(definition):
    registry = runtime()
    # The name is a hash of the content: a registered function of this name is equal.
    if not registry.has_function(definition.signature.name):
        registry.add_function_def(definition)


# Arguments of loop conditions are named after the function's counter.
_COUNTER = re.compile(r"_\d+(?=___redundant_placeholder)")


def _renamed(root, library, name):
    """Return copies of a definition and of all functions it calls, named by content.

    Parameters
    ----------
    root : FunctionDef
    library : iterable of FunctionDef
        Holds the functions that ``root`` calls, directly or indirectly.
    name : str
        Prefix of the new names.

    Returns
    -------
    definitions : list of FunctionDef
        The first is the copy of ``root``.
    """
    by_name = {definition.signature.name: definition for definition in library}
    # Depth first from the root: an order that does not depend on names.
    order, waiting = [], [root]
    numbers = {root.signature.name: 0}
    while waiting:
        definition = type(root)()
        definition.CopyFrom(waiting.pop())
        order.append(definition)
        for argument in definition.signature.input_arg:
            argument.name = _COUNTER.sub("", argument.name)
        for node in definition.node_def:
            node.input[:] = [_COUNTER.sub("", name) for name in node.input]
            node.ClearField("experimental_debug_info")
            # The name of a registered gradient contains a counter; it is not needed any
            # more, as no gradient of this function will be taken.
            node.attr.pop("_gradient_op_type", None)
            for called in _calls(node):
                if called.name not in numbers:
                    numbers[called.name] = len(numbers)
                    waiting.append(by_name[called.name])

    def rename(old_prefix, new_prefix):
        for definition in order:
            references = [definition.signature]
            for node in definition.node_def:
                references += _calls(node)
            for reference in references:
                number = numbers[reference.name.removeprefix(old_prefix)]
                reference.name = f"{new_prefix}{number}"

    rename("", "f")
    numbers = {str(number): number for number in numbers.values()}
    content = hashlib.sha256()
    for definition in order:
        content.update(definition.SerializeToString(deterministic=True))
    rename("f", f"{name}_{content.hexdigest()[:16]}_")
    return order


def _calls(node):
    """Yield the references to functions that a node's attributes hold."""
    for key in sorted(node.attr):  # a protobuf map has no defined order
        attribute = node.attr[key]
        kind = attribute.WhichOneof("value")
        if kind == "func":
            yield attribute.func
        elif kind == "list":
            yield from attribute.list.func
