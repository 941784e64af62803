"""The progress of a training run, including the state of Keras' own callbacks."""

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
    """The progress of a training run: what is needed to resume it in another process.

    The state of random generators is not part of it: random numbers are functions of
    the seed and of the number of the epoch or step.

    Parameters
    ----------
    state : TrainingState
    learning_rate : float
        The learning rate of the last step, which callbacks may have set.
    stopped : bool
        Whether a callback has stopped the training.
    callbacks : list of dict
        See `states_of`.
    """

    state: object
    learning_rate: float
    stopped: bool
    callbacks: list


def states_of(callbacks):
    """Return the state of each callback of a class in ``_REMEMBERED``.

    Parameters
    ----------
    callbacks : list of keras.callbacks.Callback

    Returns
    -------
    states : list of dict
        Values by attribute name: numbers, None and lists of arrays.
    """
    return [
        {name: getattr(callback, name) for name in names}
        for callback, names in _known(callbacks)
    ]


def restore_states(callbacks, states):
    """Restore the state of callbacks, as `states_of` returned it for equal ones."""
    for (callback, _), state in zip(_known(callbacks), states, strict=True):
        vars(callback).update(state)


def _known(callbacks):
    for callback in callbacks:
        for cls, names in _REMEMBERED.items():
            if isinstance(callback, cls):
                yield callback, names
