"""A function of tensors, compiled by XLA under a name that says what it computes.

TensorFlow names every traced function by a counter, so the same function has another
name in every process, and its persistent compilation cache, whose key holds the name,
misses. Here names come from the content instead: the traced definition is renamed,
hashed, and registered under its hash.
"""

import hashlib
import re

import tensorflow as tf

from .._tensorflow import runtime

# They draw from state that no seed of a fit reaches.
_RANDOM = frozenset(
    "Multinomial ParameterizedTruncatedNormal RandomGamma RandomPoissonV2 "
    "RandomShuffle RandomStandardNormal RandomUniform RandomUniformInt "
    "StatefulRandomBinomial StatefulStandardNormalV2 StatefulTruncatedNormal "
    "StatefulUniform StatefulUniformFullInt StatefulUniformInt "
    "TruncatedNormal".split()
)


class NotPureError(Exception):
    """A function uses a variable, a table or random numbers that it is not given.

    Parameters
    ----------
    operation : str or None
        Type of the TensorFlow operation that does so; None where it is any that reads
        a resource from outside.
    """

    def __init__(self, operation):
        super().__init__(operation)
        self.operation = operation


class CompiledFunction:
    """A pure function, traced once, compiled by XLA at its first call.

    Parameters
    ----------
    function : callable
        Takes and returns nests of tensors; must not use variables.
    signature : list of nests of tf.TensorSpec
        Its arguments.
    name : str
        What the function's name in profiles and dumps begins with.

    Raises
    ------
    NotPureError
        The function uses what it is not given.
    """

    def __init__(self, function, signature, name):
        traced = tf.function(
            function, autograph=False, jit_compile=True, input_signature=signature
        ).get_concrete_function()
        # Constants that a layer holds are inputs of every call.
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
        self._name = definitions[0].signature.name.encode()
        self._dtypes = [spec.dtype for spec in tf.nest.flatten(signature)]
        self._n_outputs = len(tf.nest.flatten(traced.structured_outputs))
        registry = runtime()
        for definition in definitions:
            # The name is the content: what is there already is the same.
            if not registry.has_function(definition.signature.name):
                registry.add_function_def(definition)

    def __call__(self, *arguments):
        """Run the function on arrays or tensors of the signature's shapes.

        Returns
        -------
        list of tensors
            All that the function returns, flattened.
        """
        # For a small network these conversions take as long as some training steps.
        tensors = [
            value if isinstance(value, tf.Tensor) else tf.constant(value, dtype)
            for value, dtype in zip(
                tf.nest.flatten(arguments), self._dtypes, strict=True
            )
        ]
        return runtime().call_function(
            self._name, [*tensors, *self._constants], self._n_outputs
        )


# Conditions of loops have arguments that are named after their function's counter.
_COUNTER = re.compile(r"_\d+(?=___redundant_placeholder)")


def _renamed(root, library, name):
    """Return copies of a definition and of all it calls, named by their content.

    Parameters
    ----------
    root : FunctionDef
    library : iterable of FunctionDef
        Holds those that ``root`` calls, directly or not.
    name : str
        Prefix of the new names.

    Returns
    -------
    definitions : list of FunctionDef
        That of ``root`` first.
    """
    by_name = {definition.signature.name: definition for definition in library}
    # Depth first from the root: an order that no name takes part in.
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
            # Where gradients were registered, by counter; none is taken any more.
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
    for key in sorted(node.attr):  # a protobuf map has no order of its own
        attribute = node.attr[key]
        kind = attribute.WhichOneof("value")
        if kind == "func":
            yield attribute.func
        elif kind == "list":
            yield from attribute.list.func
