"""Keras optimizers as functions of their state.

Programs carry weights and optimizer slots as data, so that one compiled program serves
every fit, in any thread. Keras gives optimizers such a form (``stateless_apply``) on
every backend but TensorFlow, whose subclass adds ``tf.distribute`` to each step; a
class without those overrides has it here too.
"""

import inspect
import json
from dataclasses import dataclass
from functools import lru_cache

import keras
import numpy as np

from .._keras import BaseOptimizer, TFOptimizer, learning_rate_variable
from .._suggest import suggest

# Restores Keras' own version of each method that the TensorFlow subclass overrides.
_WithoutDistribution = type(
    "_WithoutDistribution",
    (TFOptimizer,),
    {
        name: vars(BaseOptimizer)[name]
        for name in vars(TFOptimizer)
        if not name.startswith("__") and name in vars(BaseOptimizer)
    },
)

OPTIMIZERS = {
    name.lower(): cls
    for name, cls in vars(keras.optimizers).items()
    if inspect.isclass(cls)
    and issubclass(cls, keras.optimizers.Optimizer)
    # These wrap others, or train on weights other than those that predict.
    and name
    not in ("Optimizer", "LossScaleOptimizer", "MultiOptimizer", "ScheduleFreeAdamW")
}

# Optimizers whose update of an element depends on that element alone. They can update
# all weights as one vector, with one kernel per operation instead of one per weight.
_ELEMENTWISE = {
    OPTIMIZERS[name]
    for name in "sgd adam adamw rmsprop adagrad adadelta adamax nadam lion ftrl".split()
}


@dataclass(frozen=True)
class OptimizerSpec:
    """An optimizer class and its settings, hashable, without learning rate or clipping.

    Parameters
    ----------
    cls : type
        A ``keras.optimizers.Optimizer``.
    config : str
        Its configuration, as JSON.
    """

    cls: type
    config: str

    @property
    def elementwise(self):
        """Whether all weights can be updated as one vector."""
        return self.cls in _ELEMENTWISE

    def make(self, **settings):
        """Return an ordinary Keras optimizer, with ``settings`` added to its own."""
        return self.cls.from_config({**json.loads(self.config), **settings})

    def build(self, variables):
        """Return a stateless optimizer built on ``variables``."""
        cls = type(self.cls.__name__, (self.cls, _WithoutDistribution), {})
        optimizer = cls.from_config(json.loads(self.config))
        optimizer.build(variables)
        return optimizer


CLIPPING = ("clipnorm", "clipvalue", "global_clipnorm")
# Parameters that are refused, or have no effect without one that is.
_NOT_SUPPORTED = (
    "gradient_accumulation_steps",
    "loss_scale_factor",
    "use_ema",
    "ema_momentum",
    "ema_overwrite_frequency",
)


def resolve_optimizer(optimizer, params, owner):
    """Return the spec of an optimizer, and those of its settings that are inputs.

    Parameters
    ----------
    optimizer : str, type or keras.optimizers.Optimizer
    params : dict
        The estimator's ``optimizer__<name>`` parameters, by ``<name>``.
    owner : str
        Class name of the estimator, for messages.

    Returns
    -------
    spec : OptimizerSpec
    own : dict
        ``learning_rate`` and clipping settings of an instance, where they differ from
        the defaults of its class, or its Keras learning-rate schedule as
        ``schedule``. They are run-time inputs of a program.

    Raises
    ------
    ValueError
        The name is unknown, the class does not take a parameter, parameters were given
        with an instance, or the configuration is not supported.
    """
    if isinstance(optimizer, str):
        cls = OPTIMIZERS.get(optimizer.lower())
        if cls is None:
            hint = suggest(optimizer.lower(), OPTIMIZERS)
            raise ValueError(
                f"The 'optimizer' parameter of {owner} must be the name of a Keras "
                f"optimizer, a class or an instance. Got {optimizer!r} instead.{hint} "
                f"Names: {', '.join(sorted(OPTIMIZERS))}."
            )
        config = _config(cls, params, owner)
    elif inspect.isclass(optimizer):
        if not issubclass(optimizer, keras.optimizers.Optimizer):
            raise ValueError(
                f"The 'optimizer' parameter of {owner} must be a class of "
                f"keras.optimizers. Got {optimizer!r} instead."
            )
        cls, config = optimizer, _config(optimizer, params, owner)
    else:
        if params:
            raise ValueError(
                f"The 'optimizer__{next(iter(params))}' parameter of {owner} cannot be "
                f"routed to {optimizer!r}, which is an instance already. Set "
                "'optimizer' to its name or class instead."
            )
        cls, config = type(optimizer), optimizer.get_config()
    if config.get("gradient_accumulation_steps"):
        raise ValueError(
            f"'gradient_accumulation_steps' is not supported in {owner}'s optimizer. "
            "Use a larger 'batch_size': the whole gradient fits in memory."
        )
    if config.get("loss_scale_factor"):
        raise ValueError(
            f"'loss_scale_factor' is not supported in {owner}'s optimizer: training is "
            "in float32, which needs no scaling of the loss."
        )
    if config.get("use_ema"):
        raise ValueError(
            f"'use_ema' is not supported in {owner}'s optimizer. Let the 'schedule' "
            "parameter lower the learning rate, or set 'early_stopping', instead."
        )
    own = {name: config[name] for name in CLIPPING if config.get(name) is not None}
    rate, default = config.pop("learning_rate"), default_learning_rate(cls)
    if isinstance(rate, dict):
        own["schedule"] = learning_rate_variable(optimizer)
    elif default is None or not np.isclose(rate, default, rtol=1e-6):
        # Keras stores a float32; via str, 0.0020000000949949026 becomes 0.002 again.
        own["learning_rate"] = float(str(np.float32(rate)))
    config.update(dict.fromkeys(CLIPPING), learning_rate=1.0, name=cls.__name__)
    return OptimizerSpec(cls, json.dumps(config, sort_keys=True)), own


def default_learning_rate(cls):
    """Return the learning rate of an optimizer class, None if it has no default."""
    parameter = inspect.signature(cls).parameters.get("learning_rate")
    if parameter is None or parameter.default is inspect.Parameter.empty:
        return None
    return parameter.default


@lru_cache(maxsize=32)
def _default_config(cls, owner):
    return _make(cls, {}, owner).get_config()


def _config(cls, params, owner):
    # Making a Keras optimizer takes 5 ms, because of its variables; a small fit takes
    # 200 ms.
    if params:
        return _make(cls, params, owner).get_config()
    return dict(_default_config(cls, owner))


def _make(cls, params, owner):
    known = set(inspect.signature(cls).parameters) - {"kwargs"}
    offered = known.difference(CLIPPING, _NOT_SUPPORTED, ["learning_rate"])
    for name in params:
        if name in ("learning_rate", *CLIPPING):
            raise ValueError(
                f"Set '{name}' of {owner} itself instead of 'optimizer__{name}'."
            )
        if name not in known:
            raise ValueError(
                f"Invalid parameter 'optimizer__{name}' for {owner}: {cls.__name__} "
                f"has no {name!r}.{suggest(name, offered)} It has "
                f"{', '.join(sorted(offered))}."
            )
    try:
        return cls(**params)
    except (TypeError, ValueError) as error:
        raise ValueError(
            f"{owner} cannot make its optimizer {cls.__name__} from "
            f"{params or 'its defaults'}: {error}"
        ) from error
