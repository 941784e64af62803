"""The parameters that both estimators share, and their checks."""

import inspect
import os
from numbers import Integral, Real

import keras
from sklearn.base import BaseEstimator

from ._docstrings import with_shared_sections
from ._initializers import INITIALIZERS
from ._model_function import check_model_parameter
from ._optimizer_parameter import (
    DEFAULT_LEARNING_RATE,
    KerasSchedule,
    OptimizerParameters,
    check_learning_rate_is_used,
)
from ._other_names import check_names, no_such_parameter
from ._scoring import scorers_of
from ._sklearn import HasMethods, Interval, StrOptions
from ._suggest import suggest
from ._user_callbacks import user_callbacks

_RATE = Interval(Real, 0, 1, closed="left")
_POSITIVE = Interval(Real, 0, None, closed="neither")
_NOT_NEGATIVE = Interval(Real, 0, None, closed="left")
_COUNT = Interval(Integral, 1, None, closed="left")


# Parameters whose values are kept on the estimator and passed on.
_ROUTED = ("model__", "optimizer__")
# Parameters that only the built-in network has.
_OF_BUILT_IN = (
    "units",
    "standardize",
    "filters",
    "kernel_size",
    "pool_size",
    "n_layers",
    "bidirectional",
    "pooling",
    "dropout",
    "recurrent_dropout",
    "kernel_initializer",
    "recurrent_initializer",
    "embedding_dim",
    "embedding_weights",
)


class Parameters(OptimizerParameters):
    """The shared parameters; mixed into `BaseGRU`, left of scikeras' wrapper."""

    _parameter_constraints = {
        "units": [_COUNT, tuple, list],
        "n_layers": [_COUNT, None],
        "model": "no_validation",  # see check_model_parameter
        "bidirectional": ["boolean"],
        "standardize": ["boolean"],
        "filters": [_COUNT, StrOptions({"auto"}), None],
        "kernel_size": [_COUNT],
        "pool_size": [_COUNT, StrOptions({"auto"})],
        "pooling": [StrOptions({"last", "mean", "max"})],
        "dropout": [_RATE],
        "recurrent_dropout": [_RATE],
        "kernel_initializer": [str, keras.initializers.Initializer],
        "recurrent_initializer": [str, keras.initializers.Initializer],
        "l1": [_NOT_NEGATIVE],
        "l2": [_NOT_NEGATIVE],
        "optimizer": [str, type, keras.optimizers.Optimizer],
        "learning_rate": [_POSITIVE, KerasSchedule],
        "schedule": [str, callable, HasMethods("get_params"), None],
        "clipnorm": [_POSITIVE, None],
        "clipvalue": [_POSITIVE, None],
        "global_clipnorm": [_POSITIVE, None],
        "batch_size": [_COUNT],
        "epochs": [_COUNT],
        "shuffle": ["boolean"],
        "early_stopping": ["boolean"],
        "validation_split": [
            Interval(Real, 0, 1, closed="neither"),
            HasMethods(["split", "get_n_splits"]),
        ],
        "scoring": [str, callable, list, tuple, dict, None],
        "patience": [_COUNT],
        "min_delta": [_NOT_NEGATIVE],
        "vocabulary_size": [Interval(Integral, 2, None, closed="left"), None],
        "embedding_dim": [_COUNT],
        "embedding_weights": ["array-like", None],
        "augmenter": [HasMethods(["augment", "check"]), None],
        "callbacks": [keras.callbacks.Callback, list, tuple, None],
        "checkpoint": [str, os.PathLike, None],
        "warm_start": ["boolean"],
        "verbose": ["verbose"],
        "random_state": ["random_state"],
    }

    def __init__(
        self,
        units=64,
        *,
        n_layers=None,
        model=None,
        standardize=True,
        filters="auto",
        kernel_size=16,
        pool_size="auto",
        bidirectional=True,
        pooling="max",
        dropout=0.0,
        recurrent_dropout=0.0,
        kernel_initializer="glorot_uniform",
        recurrent_initializer="orthogonal",
        l1=0.0,
        l2=0.0,
        optimizer="adam",
        learning_rate=DEFAULT_LEARNING_RATE,
        schedule=None,
        clipnorm=None,
        clipvalue=None,
        global_clipnorm=None,
        batch_size=16,
        epochs=100,
        shuffle=True,
        early_stopping=False,
        validation_split=0.2,
        scoring=None,
        patience=10,
        min_delta=0.0,
        vocabulary_size=None,
        embedding_dim=32,
        embedding_weights=None,
        augmenter=None,
        callbacks=None,
        checkpoint=None,
        warm_start=False,
        verbose=0,
        random_state=None,
        **routed_parameters,
    ):
        self.units = units
        self.n_layers = n_layers
        self.model = model
        self.standardize = standardize
        self.filters = filters
        self.kernel_size = kernel_size
        self.pool_size = pool_size
        self.bidirectional = bidirectional
        self.pooling = pooling
        self.dropout = dropout
        self.recurrent_dropout = recurrent_dropout
        self.kernel_initializer = kernel_initializer
        self.recurrent_initializer = recurrent_initializer
        self.l1 = l1
        self.l2 = l2
        self.optimizer = optimizer
        self.learning_rate = learning_rate
        self.schedule = schedule
        self.clipnorm = clipnorm
        self.clipvalue = clipvalue
        self.global_clipnorm = global_clipnorm
        self.batch_size = batch_size
        self.epochs = epochs
        self.shuffle = shuffle
        self.early_stopping = early_stopping
        self.validation_split = validation_split
        self.scoring = scoring
        self.patience = patience
        self.min_delta = min_delta
        self.vocabulary_size = vocabulary_size
        self.embedding_dim = embedding_dim
        self.embedding_weights = embedding_weights
        self.augmenter = augmenter
        self.callbacks = callbacks
        self.checkpoint = checkpoint
        self.warm_start = warm_start
        self.verbose = verbose
        self.random_state = random_state
        for name, value in routed_parameters.items():
            if not name.startswith(_ROUTED):
                owner = type(self).__name__
                raise no_such_parameter(name, self._get_param_names(), owner)
            setattr(self, name, value)

    def __init_subclass__(cls, **kwargs):
        """Give a subclass' ``__init__(self, own, **parameters)`` its full signature.

        The shared parameters, their defaults and their documentation are written once,
        but ``get_params``, ``help`` and completion see all of them.
        """
        super().__init_subclass__(**kwargs)
        own = inspect.signature(cls.__init__).parameters.values()
        if "__init__" not in vars(cls) or not any(map(_is_catch_all, own)):
            return
        inherited = inspect.signature(super(cls, cls).__init__).parameters
        merged = {**inherited, **{p.name: p for p in own}}
        # scikit-learn's checks treat every name in a signature as a parameter.
        named = [p for p in merged.values() if not _is_catch_all(p)]
        named.sort(key=lambda parameter: parameter.kind)
        cls.__init__.__signature__ = inspect.Signature(named)
        if cls.__doc__ is not None:  # it is under python -OO
            cls.__doc__ = with_shared_sections(cls.__doc__)

    def get_params(self, deep=True):
        """Return the parameters, those routed to the model or optimizer included.

        Parameters
        ----------
        deep : bool, default=True
            Include the parameters of the schedule and the augmenter.

        Returns
        -------
        params : dict
            The value of each parameter by its name.
        """
        params = super().get_params(deep=deep)
        params.update({k: v for k, v in vars(self).items() if k.startswith(_ROUTED)})
        return params

    def set_params(self, **params):
        """Set parameters, also nested ones such as ``schedule__drop``.

        Parameters
        ----------
        **params : dict
            New values by name; nested ones as ``<parameter>__<name>``.

        Returns
        -------
        self : object
            The estimator itself.

        Raises
        ------
        ValueError
            There is no such parameter, or its object is not set; or the learning rate
            is set, but the optimizer is an instance that was made with another one.
        """
        owner, known = type(self).__name__, self._get_param_names()
        check_names(params, known, owner)
        if "learning_rate" in params and "optimizer" not in params:
            rate = params["learning_rate"]
            check_learning_rate_is_used(self.optimizer, rate, owner)
        for name in [name for name in params if name.startswith(_ROUTED)]:
            setattr(self, name, params.pop(name))
        for name in params:
            holder, _, rest = name.partition("__")
            value = params.get(holder, getattr(self, holder, self))
            if rest and not hasattr(value, "set_params"):
                raise ValueError(
                    f"Cannot set {name!r} of {owner}: its {holder!r} is {value!r}, "
                    f"which has no parameters. Set {holder!r} to an object first."
                )
        return BaseEstimator.set_params(self, **params)

    @classmethod
    def _defaults(cls):
        """Return the parameters that have a default, by name."""
        parameters = inspect.signature(cls.__init__).parameters.values()
        return {p.name: p.default for p in parameters if p.default is not p.empty}

    def _check_parameters(self):
        owner = type(self).__name__
        self._check_units(owner)
        for name in ("kernel_initializer", "recurrent_initializer"):
            value = getattr(self, name)
            if isinstance(value, str) and value not in INITIALIZERS:
                raise ValueError(
                    f"The '{name}' parameter of {owner} must be the name of a Keras "
                    f"initializer or an instance. Got {value!r} instead."
                    + suggest(value, INITIALIZERS)
                )
        for name, method in (("schedule", "_callback"), ("augmenter", "augment")):
            value = getattr(self, name)
            if isinstance(value, type) and hasattr(value, method):
                raise TypeError(
                    f"The '{name}' parameter of {owner} must be an instance. Got the "
                    f"class {value.__name__} instead: add parentheses."
                )
        if self.checkpoint == "":
            raise ValueError(
                f"The 'checkpoint' parameter of {owner} must be the path of a file or "
                "directory, or None. Got '' instead."
            )
        user_callbacks(self.callbacks, owner)
        scorers_of(self)
        defaults = Parameters._defaults()
        check_model_parameter(
            self.model,
            self.get_params(deep=False),
            owner,
            {name: defaults[name] for name in _OF_BUILT_IN},
        )

    def _check_units(self, owner):
        for units in self._units():
            if not isinstance(units, Integral) or isinstance(units, bool) or units < 1:
                raise ValueError(
                    f"The 'units' parameter of {owner} must be an int or a tuple of "
                    f"ints in the range [1, inf). Got {self.units!r} instead."
                )
        if not self._units():
            raise ValueError(
                f"The 'units' parameter of {owner} must name at least one layer. Got "
                f"{self.units!r} instead."
            )
        if self.n_layers not in (None, len(self._units())):
            raise ValueError(
                f"The 'n_layers' parameter of {owner} is {self.n_layers}, but its "
                f"'units' are those of {len(self._units())} layers: {self.units!r}. "
                "Leave 'n_layers' at None, or let 'units' be an int."
            )

    def _units(self):
        """Return the width of each layer."""
        if isinstance(self.units, Integral):
            return (self.units,) * (self.n_layers or 1)
        return tuple(self.units)


def _is_catch_all(parameter):
    return parameter.kind is inspect.Parameter.VAR_KEYWORD
