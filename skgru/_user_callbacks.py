"""The user's Keras callbacks, and those of Keras that are not supported."""

import keras

_EMA = "it needs an optimizer with use_ema=True, which is not supported"
_REFUSED = {
    keras.callbacks.BackupAndRestore: (
        "it restores the weights alone, and training would go on with another epoch, "
        "another order of samples and a new optimizer. Set the 'checkpoint' parameter, "
        "which restores all of these"
    ),
    keras.callbacks.CallbackList: (
        "it holds the callbacks of a keras.Model. Pass the callbacks themselves, as a "
        "list"
    ),
    keras.callbacks.OrbaxCheckpoint: (
        "it saves the state of a Keras optimizer, which this training does not have. "
        "Use keras.callbacks.ModelCheckpoint for the network, or skgru.save for the "
        "estimator"
    ),
    keras.callbacks.SwapEMAWeights: (
        f"{_EMA}. Let the 'schedule' parameter lower the learning rate, or set "
        "'early_stopping', instead"
    ),
}
# Callbacks that change the learning rate.
_OF_RATES = (keras.callbacks.LearningRateScheduler, keras.callbacks.ReduceLROnPlateau)


def user_callbacks(callbacks, owner):
    """Return the ``callbacks`` parameter as a list.

    Parameters
    ----------
    callbacks : keras.callbacks.Callback, list of them or None
    owner : str
        Class name of the estimator, for messages.

    Returns
    -------
    callbacks : list of keras.callbacks.Callback

    Raises
    ------
    TypeError
        One is no callback, or is not supported.
    """
    if callbacks is None:
        return []
    if isinstance(callbacks, keras.callbacks.Callback):
        callbacks = [callbacks]
    for callback in callbacks:
        if not isinstance(callback, keras.callbacks.Callback):
            raise TypeError(
                f"The 'callbacks' parameter of {owner} must hold instances of "
                f"keras.callbacks.Callback. Got {callback!r} instead."
            )
        for cls, reason in _REFUSED.items():
            if isinstance(callback, cls):
                raise TypeError(
                    f"The 'callbacks' parameter of {owner} cannot hold a "
                    f"{type(callback).__name__}: {reason}."
                )
    return list(callbacks)


def refuse_rate_callbacks(callbacks, schedule, owner):
    """Raise if callbacks change the learning rate, which a Keras schedule sets.

    Parameters
    ----------
    callbacks : keras.callbacks.Callback, list of them or None
    schedule : keras.optimizers.schedules.LearningRateSchedule
    owner : str
        Class name of the estimator, for messages.

    Raises
    ------
    ValueError
    """
    for callback in user_callbacks(callbacks, owner):
        if isinstance(callback, _OF_RATES):
            raise ValueError(
                f"The 'callbacks' parameter of {owner} cannot hold a "
                f"{type(callback).__name__}: the learning rate is a Keras schedule "
                f"({type(schedule).__name__}), which sets it at every step. Use only "
                "one of the two."
            )
