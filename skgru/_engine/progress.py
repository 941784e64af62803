"""How far a training has come, and what Keras' own callbacks remember of it."""

from dataclasses import dataclass

import keras

_REMEMBERED = {
    keras.callbacks.EarlyStopping: (
        "best",
        "best_epoch",
        "best_weights",
        "stopped_epoch",
        "wait",
    ),
    keras.callbacks.ModelCheckpoint: ("best",),
    keras.callbacks.ReduceLROnPlateau: ("best", "cooldown_counter", "wait"),
}


@dataclass(frozen=True)
class Progress:
    """How far a training has come: all that it needs to go on in another process.

    Random numbers are functions of the seed and of the number of the epoch or step.

    Parameters
    ----------
    state : TrainingState
    learning_rate : float
        That of the last step, which callbacks may have set.
    stopped : bool
        Whether a callback has ended the training.
    callbacks : list of dict
        See `states_of`.
    """

    state: object
    learning_rate: float
    stopped: bool
    callbacks: list


def states_of(callbacks):
    """Return what callbacks remember, for each that this module knows.

    Parameters
    ----------
    callbacks : list of keras.callbacks.Callback

    Returns
    -------
    states : list of dict
        Numbers, None and lists of arrays, by the names of attributes.
    """
    return [
        {name: getattr(callback, name) for name in names}
        for callback, names in _known(callbacks)
    ]


def restore_states(callbacks, states):
    """Let callbacks remember what equal ones did when `states_of` was called."""
    for (callback, _), state in zip(_known(callbacks), states, strict=True):
        vars(callback).update(state)


def _known(callbacks):
    for callback in callbacks:
        for cls, names in _REMEMBERED.items():
            if isinstance(callback, cls):
                yield callback, names
