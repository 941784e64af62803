"""Fitted estimators in files, without pickle.

A pickle can run any code when it is loaded. These files are written and read by skops
[1]_: they hold arrays and names of types, and loading refuses every type that is not
known to be harmless.

.. [1] https://skops.readthedocs.io/en/stable/persistence.html
"""

import importlib
from pathlib import Path

import keras
from sklearn.base import BaseEstimator

from ._data import Reading
from ._early_stopping import Stopping
from ._engine.network import InputShape
from ._engine.optimizers import OptimizerSpec
from ._engine.training import TrainingState
from ._fitted import Fitted
from ._network import BuiltInNetwork
from ._portable import without_keras_objects
from ._targets import Labels, RealTargets
from ._user_network import UserNetwork
from .preprocessing import chinese_words

__all__ = ["load", "save"]

# What an estimator of this package is made of, besides arrays and plain values.
_HARMLESS = (
    BaseEstimator,
    BuiltInNetwork,
    Fitted,
    InputShape,
    Labels,
    OptimizerSpec,
    Reading,
    RealTargets,
    Stopping,
    TrainingState,
    UserNetwork,
    keras.optimizers.Optimizer,
)
# What a search is made of: its splitter, its scorer and, in scikit-learn 1.7, the
# metadata that they asked for; and what votes, stacks and calibrates.
_OF_SCIKIT_LEARN = (
    "sklearn.model_selection.",
    "sklearn.metrics.",
    "sklearn.utils._metadata_requests",
    "sklearn.utils._bunch",
    "sklearn.calibration",
)


def save(estimator, path):
    """Write an estimator, or a pipeline or search that holds one, to a file.

    ``callbacks`` are left out: they belong to a training, not to what it learnt.

    Parameters
    ----------
    estimator : estimator
        Fitted or not.
    path : str or path-like
        File to write; by convention ``*.skops``.

    Raises
    ------
    TypeError
        The estimator holds an object that cannot be written without pickle, such as a
        lambda as ``schedule``, or a network that only the code of ``model`` describes.

    Examples
    --------
    >>> import tempfile, numpy as np, skgru
    >>> X, y = np.random.default_rng(0).normal(size=(20, 5, 1)), [0, 1] * 10
    >>> classifier = skgru.GRUClassifier(4, epochs=1, random_state=0).fit(X, y)
    >>> with tempfile.TemporaryDirectory() as directory:
    ...     skgru.save(classifier, f"{directory}/classifier.skops")
    ...     loaded = skgru.load(f"{directory}/classifier.skops")
    >>> (loaded.predict(X) == classifier.predict(X)).all()
    np.True_
    """
    import skops.io  # imports all of scikit-learn, which takes a second

    with without_keras_objects():
        content = skops.io.dumps(estimator)
    for name in skops.io.get_untrusted_types(data=content):
        if not _can_be_found(name):  # a lambda, or local to a function
            raise TypeError(
                f"{type(estimator).__name__} cannot be saved: it holds {name}, which "
                "has no name to find it by when it is loaded. Use a function or class "
                "of a module."
            )
    # Only now, so that an error leaves a file that was there as it was.
    Path(path).write_bytes(content)


def load(path, trusted=()):
    """Read an estimator from a file that `save` wrote.

    Parameters
    ----------
    path : str or path-like
        The file.
    trusted : sequence of str, default=()
        Names of further types to accept, as ``skops.io.load`` takes them: those of the
        user's own transformers, ``model`` functions and layers, for example.

    Returns
    -------
    estimator : estimator

    Raises
    ------
    skops.io.exceptions.UntrustedTypesFoundException
        The file names a type that is neither scikit-learn's, this package's nor in
        ``trusted``. Nothing of it has run. A randomised search holds distributions of
        SciPy, which run code that their file holds: name them in ``trusted`` if it is
        yours, or save its ``best_estimator_`` alone.
    ValueError
        The file holds a network with code in it, such as a ``Lambda`` layer's.
    """
    import skops.io

    found = skops.io.get_untrusted_types(file=path)
    harmless = [name for name in found if _is_harmless(name)]
    with without_keras_objects():  # nor code in the configuration of a network
        return skops.io.load(path, trusted=[*harmless, *trusted])


def _can_be_found(name):
    """Whether a type or function can be had by its module and name."""
    module_name, _, found_name = name.rpartition(".")
    try:
        return hasattr(importlib.import_module(module_name), found_name)
    except ImportError:
        return False


def _is_harmless(name):
    """Whether a name is of ours, of Keras' optimizers or of scikit-learn's above."""
    module_name, _, type_name = name.rpartition(".")
    package = module_name.split(".")[0]
    if package not in ("keras", "skgru", "sklearn"):
        return False
    try:
        module = importlib.import_module(module_name)
    except ImportError:
        return False
    found = getattr(module, type_name, None)
    if found is chinese_words:
        return True
    if not isinstance(found, type) or found.__module__ != module_name:
        return False
    return module_name.startswith(_OF_SCIKIT_LEARN) or issubclass(found, _HARMLESS)
