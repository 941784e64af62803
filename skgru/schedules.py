"""Learning-rate schedules: the learning rate as a function of the epoch.

Pass one to the ``schedule`` parameter of an estimator. Its own parameters can be tuned
like any other: ``{"schedule__drop": [0.5, 0.8]}``.
"""

import math
from numbers import Integral, Real

from sklearn.base import BaseEstimator

from ._schedule_callbacks import Plateau, SetLearningRate
from ._sklearn import Interval

__all__ = [
    "CosineDecay",
    "ExponentialDecay",
    "ReduceOnPlateau",
    "StepDecay",
    "TimeDecay",
]

_EPOCHS = Interval(Integral, 0, None, closed="left")


class _Decay(BaseEstimator):
    """A learning rate that depends on the epoch alone, after a linear warm-up."""

    _parameter_constraints = {"warmup": [_EPOCHS]}

    def __call__(self, epoch, learning_rate):
        """Return the learning rate of an epoch.

        Parameters
        ----------
        epoch : int
            Number of the epoch, from 0.
        learning_rate : float
            The initial learning rate.

        Returns
        -------
        rate : float
            The learning rate of that epoch.

        Raises
        ------
        ValueError
            A parameter of the schedule is out of its range; or the schedule ends with
            training, and is called outside of one: ``CosineDecay`` needs ``epochs``.
        """
        self._validate_params()
        return self._rate(epoch, learning_rate, None)

    def _rate(self, epoch, learning_rate, epochs):
        # Warm-up: Goyal et al. (2017), arXiv:1706.02677, section 2.2.
        if epoch < self.warmup:
            return learning_rate * (epoch + 1) / (self.warmup + 1)
        if epochs is not None:
            epochs -= self.warmup
        return learning_rate * self._factor(epoch - self.warmup, learning_rate, epochs)

    def _callback(self, learning_rate, epochs, monitor, mode, history):
        self._validate_params()
        return SetLearningRate(lambda epoch: self._rate(epoch, learning_rate, epochs))


class TimeDecay(_Decay):
    """Time-based decay: ``learning_rate / (1 + rate * epoch)``.

    Parameters
    ----------
    rate : float, default=0.05
        Decay per epoch, at least 0.
    warmup : int, default=0
        Epochs of linear warm-up before the decay begins; ``epoch`` in the formula
        counts from its end.

    See Also
    --------
    ExponentialDecay : Falls by the same factor every epoch.
    ReduceOnPlateau : Falls where training stops improving.

    References
    ----------
    The ``InverseTimeDecay`` of Keras:
    https://keras.io/api/optimizers/learning_rate_schedules/inverse_time_decay/

    Examples
    --------
    >>> from skgru.schedules import TimeDecay
    >>> schedule = TimeDecay(rate=0.5)
    >>> [schedule(epoch, 0.1) for epoch in (0, 2, 6)]
    [0.1, 0.05, 0.025]
    """

    _parameter_constraints = {
        **_Decay._parameter_constraints,
        "rate": [Interval(Real, 0, None, closed="left")],
    }

    def __init__(self, rate=0.05, *, warmup=0):
        self.rate = rate
        self.warmup = warmup

    def _factor(self, epoch, learning_rate, epochs):
        return 1 / (1 + self.rate * epoch)


class StepDecay(_Decay):
    """Step decay: ``learning_rate * drop ** (epoch // every)``.

    Parameters
    ----------
    drop : float, default=0.5
        Factor of each drop, in (0, 1].
    every : int, default=10
        Epochs between drops.
    warmup : int, default=0
        Epochs of linear warm-up before the decay begins; ``epoch`` in the formula
        counts from its end.

    See Also
    --------
    ExponentialDecay : Falls smoothly by the same factor.
    ReduceOnPlateau : Drops where training stops improving, not by the clock.

    References
    ----------
    He et al. (2016), "Deep Residual Learning for Image Recognition", section 3.4.

    Examples
    --------
    >>> from skgru.schedules import StepDecay
    >>> schedule = StepDecay(drop=0.5, every=10)
    >>> [schedule(epoch, 0.1) for epoch in (0, 9, 10, 20)]
    [0.1, 0.1, 0.05, 0.025]
    """

    _parameter_constraints = {
        **_Decay._parameter_constraints,
        "drop": [Interval(Real, 0, 1, closed="right")],
        "every": [Interval(Integral, 1, None, closed="left")],
    }

    def __init__(self, drop=0.5, every=10, *, warmup=0):
        self.drop = drop
        self.every = every
        self.warmup = warmup

    def _factor(self, epoch, learning_rate, epochs):
        return self.drop ** (epoch // self.every)


class ExponentialDecay(_Decay):
    """Exponential decay: ``learning_rate * exp(-rate * epoch)``.

    Parameters
    ----------
    rate : float, default=0.05
        Decay per epoch, at least 0.
    warmup : int, default=0
        Epochs of linear warm-up before the decay begins; ``epoch`` in the formula
        counts from its end.

    See Also
    --------
    StepDecay : Falls by the same factor, in steps.
    TimeDecay : Falls ever more slowly.

    References
    ----------
    Keras has it as ``initial_learning_rate * decay_rate ** (step / decay_steps)``, with
    ``rate = -log(decay_rate)``:
    https://keras.io/api/optimizers/learning_rate_schedules/exponential_decay/

    Examples
    --------
    >>> from skgru.schedules import ExponentialDecay
    >>> schedule = ExponentialDecay(rate=0.1)
    >>> [round(schedule(epoch, 0.1), 4) for epoch in (0, 10)]
    [0.1, 0.0368]
    """

    _parameter_constraints = {
        **_Decay._parameter_constraints,
        "rate": [Interval(Real, 0, None, closed="left")],
    }

    def __init__(self, rate=0.05, *, warmup=0):
        self.rate = rate
        self.warmup = warmup

    def _factor(self, epoch, learning_rate, epochs):
        return math.exp(-self.rate * epoch)


class CosineDecay(_Decay):
    """Cosine decay from the learning rate down to ``minimum`` of it.

    ``learning_rate * (minimum + (1 - minimum) * (1 + cos(pi * epoch / epochs)) / 2)``,
    and ``learning_rate * minimum`` after ``epochs``.

    Parameters
    ----------
    epochs : int or None, default=None
        Length of the decay. None means to the end of training.
    minimum : float, default=0.0
        Fraction of the learning rate that is left at the end, in [0, 1].
    warmup : int, default=0
        Epochs of linear warm-up before the decay begins; ``epoch`` in the formula
        counts from its end.

    See Also
    --------
    StepDecay : Falls in steps.
    ExponentialDecay : Falls by the same factor every epoch.

    References
    ----------
    Loshchilov and Hutter (2017), "SGDR: Stochastic Gradient Descent with Warm
    Restarts", arXiv:1608.03983, equation 5.

    Examples
    --------
    >>> from skgru.schedules import CosineDecay
    >>> schedule = CosineDecay(epochs=10)
    >>> [round(schedule(epoch, 0.1), 4) for epoch in (0, 5, 10)]
    [0.1, 0.05, 0.0]
    """

    _parameter_constraints = {
        **_Decay._parameter_constraints,
        "epochs": [Interval(Integral, 1, None, closed="left"), None],
        "minimum": [Interval(Real, 0, 1, closed="both")],
    }

    def __init__(self, epochs=None, minimum=0.0, *, warmup=0):
        self.epochs = epochs
        self.minimum = minimum
        self.warmup = warmup

    def _factor(self, epoch, learning_rate, epochs):
        epochs = self.epochs if self.epochs is not None else epochs
        if epochs is None:
            raise ValueError(
                "The 'epochs' parameter of CosineDecay must be an int to call the "
                "schedule outside of training. Got None instead."
            )
        part = min(epoch / max(epochs, 1), 1.0)
        cosine = (1 + math.cos(math.pi * part)) / 2
        return self.minimum + (1 - self.minimum) * cosine


class ReduceOnPlateau(BaseEstimator):
    """Multiply the learning rate by ``factor`` when training stops improving.

    What is watched is the first of the estimator's ``scoring``, else the validation
    loss where there is one, else the training loss. This is Keras'
    ``ReduceLROnPlateau``.

    Parameters
    ----------
    factor : float, default=0.1
        Factor of each reduction, in (0, 1).
    patience : int, default=10
        Epochs without improvement before a reduction.
    min_delta : float, default=1e-4
        Smallest decrease of the loss, or increase of the score, that counts as an
        improvement.
    cooldown : int, default=0
        Epochs after a reduction during which none is counted.
    min_learning_rate : float, default=0.0
        Lower bound of the learning rate.

    See Also
    --------
    StepDecay : Drops after a number of epochs that is known beforehand.
    skgru.GRUClassifier : Its ``early_stopping`` ends training on a plateau.

    References
    ----------
    https://keras.io/api/callbacks/reduce_lr_on_plateau/

    Examples
    --------
    >>> from skgru import GRUClassifier
    >>> from skgru.schedules import ReduceOnPlateau
    >>> GRUClassifier(schedule=ReduceOnPlateau(factor=0.5, patience=3))
    GRUClassifier(schedule=ReduceOnPlateau(factor=0.5, patience=3))
    """

    _parameter_constraints = {
        "factor": [Interval(Real, 0, 1, closed="neither")],
        "patience": [Interval(Integral, 1, None, closed="left")],
        "min_delta": [Interval(Real, 0, None, closed="left")],
        "cooldown": [_EPOCHS],
        "min_learning_rate": [Interval(Real, 0, None, closed="left")],
    }

    def __init__(
        self,
        factor=0.1,
        patience=10,
        *,
        min_delta=1e-4,
        cooldown=0,
        min_learning_rate=0.0,
    ):
        self.factor = factor
        self.patience = patience
        self.min_delta = min_delta
        self.cooldown = cooldown
        self.min_learning_rate = min_learning_rate

    def _callback(self, learning_rate, epochs, monitor, mode, history):
        self._validate_params()
        return Plateau(
            history.get(monitor, []),
            monitor=monitor,
            factor=self.factor,
            patience=self.patience,
            mode=mode,
            min_delta=self.min_delta,
            cooldown=self.cooldown,
            min_lr=self.min_learning_rate,
        )
