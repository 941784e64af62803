"""The ``schedule`` parameter of an estimator: a name, an object or a function."""

import inspect

import keras

from ._schedule_callbacks import SetLearningRate
from ._suggest import suggest
from .schedules import (
    CosineDecay,
    ExponentialDecay,
    ReduceOnPlateau,
    StepDecay,
    TimeDecay,
)

_SCHEDULES = {
    "time_decay": TimeDecay,
    "step_decay": StepDecay,
    "exponential_decay": ExponentialDecay,
    "cosine_decay": CosineDecay,
    "reduce_on_plateau": ReduceOnPlateau,
}


def schedule_callback(
    schedule, *, learning_rate, epochs, monitor, mode, history, owner
):
    """Return the Keras callback that applies an estimator's ``schedule``.

    Parameters
    ----------
    schedule : schedule object, str or callable
    learning_rate : float
        The initial learning rate.
    epochs : int
        The epoch at which training ends.
    monitor : str
        The key of ``history`` that `ReduceOnPlateau` monitors.
    mode : {"min", "max"}
        Whether smaller or larger values are better.
    history : dict of str to list
        Epochs already trained.
    owner : str
        Class name of the estimator, for messages.

    Returns
    -------
    callback : keras.callbacks.Callback

    Raises
    ------
    ValueError
        An unknown name, or parameters out of range.
    TypeError
        Neither a schedule, a name nor a callable.
    """
    if isinstance(schedule, str):
        schedule = _by_name(schedule, owner)()
    if hasattr(schedule, "_callback"):
        return schedule._callback(learning_rate, epochs, monitor, mode, history)
    if isinstance(schedule, keras.optimizers.schedules.LearningRateSchedule):
        raise TypeError(
            f"The 'schedule' parameter of {owner} sets a rate for each epoch, but the "
            f"Keras schedule {type(schedule).__name__} for each step: set it as "
            "'learning_rate'."
        )
    if callable(schedule):
        return SetLearningRate(_by_epoch(schedule, learning_rate, owner))
    raise TypeError(
        f"The 'schedule' parameter of {owner} must be a schedule object, one of the "
        f"names {list(_SCHEDULES)}, a callable (epoch, learning_rate) -> learning_rate "
        f"or (epoch) -> learning_rate, or None. Got {schedule!r} instead."
    )


def _by_epoch(schedule, learning_rate, owner):
    """Return a user's function of one or two arguments as a function of the epoch."""
    signature = inspect.signature(schedule)
    for arguments in ((0, learning_rate), (0,)):
        try:
            signature.bind(*arguments)
        except TypeError:
            continue
        return lambda epoch: schedule(epoch, *arguments[1:])
    raise TypeError(
        f"The 'schedule' parameter of {owner} must be callable as (epoch, "
        "learning_rate) -> learning_rate or as (epoch) -> learning_rate. Got "
        f"{schedule!r}, which takes {signature}."
    )


def _by_name(name, owner):
    # "StepDecay", "step_decay" and "step" name the same schedule.
    for known, cls in _SCHEDULES.items():
        if name.lower().replace("_", "") in (
            known.replace("_", ""),
            known.removesuffix("_decay").replace("_", ""),
        ):
            return cls
    raise ValueError(
        f"The 'schedule' parameter of {owner} must be one of the names "
        f"{list(_SCHEDULES)}. Got {name!r} instead." + suggest(name.lower(), _SCHEDULES)
    )
