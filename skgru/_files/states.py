"""Check the tree of states from which skops makes the objects of a file.

skops writes a state for each object: a loader, the type, the content and an id. A state
whose id has been seen refers to the object with that id.
"""

import json
from dataclasses import dataclass, field

# Limit on pool_size of numpy.random.SeedSequence (default 4): time grows as its square.
_MAX_POOL_SIZE = 64


@dataclass
class References:
    """What the states of a file refer to, as far as they have been visited.

    Parameters
    ----------
    states : dict of int to dict
        The first state of each id.
    files : dict of str to (str, str)
        For each member of the archive that is read: the loader and the type of what
        reads it.
    """

    states: dict = field(default_factory=dict)
    files: dict = field(default_factory=dict)
    _sizes: dict = field(default_factory=dict)

    def visit(self, value):
        """Return the number of states in a part of the tree, references followed."""
        if isinstance(value, list):
            return sum(map(self.visit, value))
        if not isinstance(value, dict):
            return 0
        if not _is_state(value):
            return sum(map(self.visit, value.values()))
        id_ = _checked(value)["__id__"]
        if id_ not in self._sizes:
            self._sizes[id_] = None
            self.states[id_] = value
            self._note_file(value)
            self._sizes[id_] = 1 + sum(map(self.visit, value.values()))
        if self._sizes[id_] is None:
            raise ValueError(f"its object {id_} holds itself")
        return self._sizes[id_]

    def _note_file(self, state):
        name = state.get("file")
        if name is None:
            return
        if not isinstance(name, str) or name in self.files:
            raise ValueError(f"two of its objects are read from {name!r}")
        kind = f"{state['__module__']}.{state['__class__']}"
        self.files[name] = (state["__loader__"], kind)


def check_states(schema):
    """Raise if a tree grows when its references are followed, or claims too much.

    Without this check, a few lists that each hold the next one twice would take years
    to load. Files of `save` have each state in full wherever it is used.

    Parameters
    ----------
    schema : dict
        The root.

    Returns
    -------
    files : dict of str to (str, str)
        See `References`.

    Raises
    ------
    ValueError
    RecursionError
        It is nested too deeply.
    """
    if not isinstance(schema, dict) or not _is_state(schema):
        raise ValueError("it holds no object")
    references = References()
    if references.visit(schema) > _count(schema):
        raise ValueError("its objects expand to more than it holds")
    for state in references.states.values():
        if state["__loader__"] == "RandomGeneratorNode":
            _check_generator(state, references.states)
    return references.files


def _is_state(value):
    # A user's dict may have such keys, but its values are states, not strings.
    return isinstance(value.get("__loader__"), str) or not isinstance(
        value.get("__id__"), dict | None
    )


def _checked(state):
    names = [state.get(f"__{part}__") for part in ("loader", "module", "class")]
    if not all(isinstance(name, str) for name in names):
        raise ValueError(f"an object has the loader, module and class {names}")
    id_ = state.get("__id__")
    if type(id_) is not int or id_ <= 0:
        raise ValueError(f"an object of type {'.'.join(names[1:])} has the id {id_!r}")
    return state


def _count(value):
    """Return the number of states in a part of the tree, without following ids."""
    if isinstance(value, list):
        return sum(map(_count, value))
    if not isinstance(value, dict):
        return 0
    return _is_state(value) + sum(map(_count, value.values()))


def _check_generator(state, states):
    """Raise if seeding a numpy.random.Generator of the file would take very long."""
    sequence = states[state["content"]["seed_seq"]["__id__"]]
    size = states[sequence["content"]["pool_size"]["__id__"]]
    size = json.loads(size["content"])
    if type(size) is not int or not 0 < size <= _MAX_POOL_SIZE:
        raise ValueError(f"a random generator claims a pool of {size!r} words")
