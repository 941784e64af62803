"""Values that a program passes to the run-time forms of layers while it is traced.

A layer's ``call`` has no argument for a dropout rate that is an input of the program,
or for memory that is reused from step to step. So a program enters a :class:`Scope`
around the call of its model, and the layers of :mod:`skgru._engine.forms` read it.
"""

import contextvars

_current = contextvars.ContextVar("skgru_scope")


class Scope:
    """One call of a model inside a program.

    Parameters
    ----------
    rates : dict of (int, str) to scalar tensor, default=None
        Run-time rates by the ``id`` of the layer and the parameter name.
    seed : tensor of shape (2,), dtype int32, default=None
        Seed of the fit's dropout, and number of the training step.
    present : tensor of shape (batch,), dtype bool, default=None
        Whether each row of the batch holds a sample; None means that all do.
    storage : list of lists of tensors, default=None
        Memory of the GRU layers, in the order of their calls: what the previous step
        stored. None means that no gradient will be computed.
    differentiable : bool, default=True
        Whether a gradient may be computed.
    planning : bool, default=False
        Only find the storage that the call will need: GRU layers return zeros.
    training : bool, default=True
        Whether the model is called in training mode.

    Attributes
    ----------
    planned : list of pairs (shapes, dtype)
        Storage that each call of a GRU layer needs, if ``planning``.
    stored : list of lists of tensors
        What the GRU layers have stored.
    leading : dict of int to int
        By the ``id`` of each batch normalisation, the size of its inputs' first axis.
    """

    def __init__(
        self,
        *,
        rates=None,
        seed=None,
        present=None,
        storage=None,
        differentiable=True,
        planning=False,
        training=True,
    ):
        self.rates, self.seed, self.present = rates or {}, seed, present
        self.differentiable, self.planning = differentiable, planning
        self.training = training
        self.planned, self.stored, self.leading = [], [], {}
        self._storage = storage
        self._n_streams = 0

    def __enter__(self):
        self._token = _current.set(self)
        return self

    def __exit__(self, *error):
        _current.reset(self._token)

    def check_mode(self, layer):
        """Raise if a layer is in training mode where the model is not."""
        if not self.training:
            raise ValueError(
                f"The layer {layer.name!r} ({type(layer).__name__}) of the network "
                "that 'model' returned is called with training=True also at "
                "prediction, which is not supported: predictions would be random, or "
                "depend on other samples. Pass on the argument 'training' of call()."
            )

    def rate(self, layer, name):
        """Return a run-time rate of a layer."""
        return self.rates[id(layer), name]

    def next_stream(self):
        """Return the number of the next use of random numbers within the step."""
        self._n_streams += 1
        return self._n_streams - 1

    def next_storage(self):
        """Return the memory of the GRU layer that is called next."""
        return () if self._storage is None else self._storage[len(self.stored)]


def current_scope():
    """Return the scope of the call that is being traced, or a default one outside."""
    return _current.get(None) or Scope()
