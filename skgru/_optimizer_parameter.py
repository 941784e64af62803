"""Resolve the parameters 'optimizer', 'learning_rate', 'schedule' and clipping."""

from collections import namedtuple
from numbers import Real

import keras
import numpy as np

from ._engine.optimizers import CLIPPING, default_learning_rate, resolve_optimizer
from ._engine.program import Rates
from ._engine.step_rates import StepRates
from ._user_callbacks import refuse_rate_callbacks

KerasSchedule = keras.optimizers.schedules.LearningRateSchedule

DEFAULT_LEARNING_RATE = 3e-3

# spec : OptimizerSpec. rates : Rates. step_rates : StepRates or None.
Optimizer = namedtuple("Optimizer", "spec rates step_rates")


def check_learning_rate_is_used(optimizer, learning_rate, owner):
    """Raise if a learning rate is set that the optimizer instance would not use.

    Parameters
    ----------
    optimizer : object
        The parameter of the estimator.
    learning_rate : object
        The value to be set.
    owner : str
        Class name of the estimator, for messages.

    Raises
    ------
    ValueError
        The instance was made with another learning rate. It is checked here because
        `fit` cannot know whether a default value of 'learning_rate' was set on purpose.
    """
    if not isinstance(optimizer, keras.optimizers.Optimizer) or not isinstance(
        learning_rate, Real
    ):
        return
    _, own = resolve_optimizer(optimizer, {}, owner)
    made_with = _made_with(optimizer, own)
    is_default = learning_rate == DEFAULT_LEARNING_RATE
    if is_default and not _same(made_with, learning_rate):
        _refuse(learning_rate, made_with, type(optimizer), owner)
    _learning_rate(optimizer, own, learning_rate, owner)


class OptimizerParameters:
    """The parameters of the optimizer; mixed into `Parameters`."""

    def _resolve_optimizer(self):
        """Return the optimizer's spec, and its settings that are run-time inputs."""
        resolved = self._resolve_training_of_weights()
        return resolved.spec, resolved.rates

    def _resolve_training_of_weights(self):
        owner = type(self).__name__
        prefix = "optimizer__"
        params = {
            name.removeprefix(prefix): value
            for name, value in vars(self).items()
            if name.startswith(prefix)
        }
        spec, own = resolve_optimizer(self.optimizer, params, owner)
        rate = _learning_rate(self.optimizer, own, self.learning_rate, owner)
        step_rates = None
        if isinstance(rate, KerasSchedule):
            if self.schedule is not None:
                raise ValueError(
                    f"The 'schedule' parameter of {owner} must be None where the "
                    "learning rate is a Keras schedule already "
                    f"({type(rate).__name__}). Got {self.schedule!r} instead."
                )
            refuse_rate_callbacks(self.callbacks, rate, owner)
            step_rates = StepRates(rate)
            rate = step_rates([0])[0]
        limits = {**dict.fromkeys(CLIPPING, np.inf), **self._clipping(own, owner)}
        rates = Rates(
            learning_rate=float(rate),
            **limits,
            l1=float(self.l1),
            l2=float(self.l2),
            of_model=(),
        )
        return Optimizer(spec, rates, step_rates)

    def _clipping(self, own, owner):
        clipping = {}
        for name in CLIPPING:
            value = getattr(self, name)
            if value is None:
                value = own.get(name)
            if value is not None:
                clipping[name] = float(value)
        if len(clipping) > 1:
            raise ValueError(
                f"At most one of 'clipnorm', 'clipvalue' and 'global_clipnorm' of "
                f"{owner} can be set. Got {clipping}."
            )
        return clipping


def _learning_rate(optimizer, own, learning_rate, owner):
    """Return the estimator's learning rate, or that of its optimizer instance."""
    if not isinstance(optimizer, keras.optimizers.Optimizer):
        return learning_rate
    made_with = _made_with(optimizer, own)
    if not isinstance(learning_rate, KerasSchedule):
        if learning_rate == DEFAULT_LEARNING_RATE or _same(made_with, learning_rate):
            return made_with
    if own.keys().isdisjoint({"learning_rate", "schedule"}):
        return learning_rate  # the instance has its class' default rate
    return _refuse(learning_rate, made_with, type(optimizer), owner)


def _made_with(optimizer, own):
    """Return the learning rate or the Keras schedule of an optimizer instance."""
    rate = own.get("schedule", own.get("learning_rate"))
    return default_learning_rate(type(optimizer)) if rate is None else rate


def _same(made_with, learning_rate):
    return isinstance(made_with, Real) and bool(np.isclose(made_with, learning_rate))


def _refuse(learning_rate, made_with, cls, owner):
    raise ValueError(
        f"The 'learning_rate' parameter of {owner} is {_shown(learning_rate)}, but its "
        f"optimizer was made with {_shown(made_with)}. Set only one of them. To tune "
        f"the learning rate, give the optimizer by name, optimizer={cls.__name__!r}, "
        "and its settings as 'optimizer__<name>'."
    )


def _shown(rate):
    if isinstance(rate, KerasSchedule):
        return type(rate).__name__
    return f"{rate:g}"
