"""Learning rates per optimizer step, from a Keras learning-rate schedule."""

import numpy as np
import tensorflow as tf


class StepRates:
    """The learning rates of a Keras schedule, for many steps in one call.

    Parameters
    ----------
    schedule : keras.optimizers.schedules.LearningRateSchedule

    Examples
    --------
    >>> import keras
    >>> rates = StepRates(keras.optimizers.schedules.ExponentialDecay(0.5, 1, 0.5))
    >>> rates(range(3)).tolist()
    [0.5, 0.25, 0.125]
    """

    def __init__(self, schedule):
        self._name = type(schedule).__name__
        # Traced, as in Keras: executed eagerly, a schedule takes longer than a training
        # step of a small network.
        self._function = tf.function(
            lambda steps: tf.map_fn(
                lambda step: tf.cast(schedule(step), tf.float32),
                steps,
                fn_output_signature=tf.float32,
            ),
            autograph=False,
            input_signature=[tf.TensorSpec((None,), tf.int64)],
        )

    def __call__(self, steps):
        """Return the rates of steps, which are counted from 0, as float32.

        Raises
        ------
        ValueError
            A rate is negative or not finite.
        """
        steps = np.asarray(steps, np.int64)
        rates = self._function(steps).numpy()
        bad = np.flatnonzero(~np.isfinite(rates) | (rates < 0))
        if len(bad):
            raise ValueError(
                f"The learning-rate schedule {self._name} must return finite numbers "
                f"that are not negative. Got {rates[bad[0]]} at step {steps[bad[0]]}."
            )
        return rates

    def after(self, n_steps):
        """Return the rate of the step that would follow ``n_steps`` steps."""
        return float(self._function(np.array([n_steps])).numpy()[0])
