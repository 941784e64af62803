"""Import scikeras, and undo the changes that its import makes to Keras.

Importing it replaces how every Keras model, loss, metric and optimizer of the process
is pickled and copied. Keras 3 does that itself, so its own methods are put back, unless
the user has imported scikeras before.
"""

import keras

_CHANGED = [
    (keras.Model, "__reduce__"),
    (keras.Model, "__deepcopy__"),
    (keras.losses.Loss, "__reduce__"),
    (keras.metrics.Metric, "__reduce__"),
    (keras.optimizers.Optimizer, "__reduce__"),
]
_before = [(cls, name, vars(cls).get(name)) for cls, name in _CHANGED]

from scikeras._utils import accepts_kwargs, has_param, route_params  # noqa: E402
from scikeras.wrappers import BaseWrapper  # noqa: E402

for _cls, _name, _value in _before:
    if _value is not None:
        setattr(_cls, _name, _value)
    elif _name in vars(_cls):
        delattr(_cls, _name)

__all__ = ["BaseWrapper", "accepts_kwargs", "has_param", "route_params"]
