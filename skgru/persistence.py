"""Fitted estimators in files, without pickle.

A pickle can run any code when it is loaded. These files are written and read by skops
[1]_: they hold arrays and names of types, and loading refuses every type that is not
known to be harmless. docs/file_format.md describes them.

.. [1] https://skops.readthedocs.io/en/stable/persistence.html
"""

import contextlib
import importlib
import io
import re
import stat
import sys
import zipfile
from pathlib import Path

import keras
from sklearn.base import BaseEstimator

from ._data import Reading
from ._early_stopping import Stopping
from ._engine.network import InputShape
from ._engine.optimizers import OptimizerSpec
from ._engine.training import TrainingState
from ._files.archive import check_archive, write_archive
from ._files.atomic import replaced
from ._fitted import Fitted
from ._network import BuiltInNetwork
from ._portable import without_keras_objects
from ._targets import Labels, RealTargets
from ._user_network import UserNetwork
from ._version import __version__
from .exceptions import FileFormatError
from .preprocessing import chinese_words

__all__ = ["load", "save"]

# Types of which this package's estimators consist, besides arrays and plain values.
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
# Modules of the parts of a search (splitters, scorers and, in scikit-learn 1.7,
# metadata requests), and of ensembles and calibration.
_OF_SCIKIT_LEARN = (
    "sklearn.model_selection.",
    "sklearn.metrics._scorer",
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
    OSError
        The file cannot be written. One that was there is as it was: a new one takes
        its place only once all of it is on disk.

    See Also
    --------
    load : Read it.

    Examples
    --------
    >>> import tempfile, numpy as np, skgru
    >>> X, y = np.random.default_rng(0).normal(size=(20, 5, 1)), [0, 1] * 10
    >>> classifier = skgru.GRUClassifier(4, epochs=1, random_state=0).fit(X, y)
    >>> with tempfile.TemporaryDirectory() as directory:
    ...     skgru.save(classifier, f"{directory}/classifier.skops")
    ...     loaded = skgru.load(f"{directory}/classifier.skops")
    >>> bool((loaded.predict(X) == classifier.predict(X)).all())
    True
    """
    import skops.io  # imports all of scikit-learn, which takes a second

    content, archive = io.BytesIO(), io.BytesIO()
    try:
        with without_keras_objects():
            skops.io.dump(estimator, content)
    except TypeError as error:
        if not re.search("cannot (be )?pickle", str(error)):
            raise  # it says what holds what
        raise TypeError(
            f"{type(estimator).__name__} cannot be saved: {error}."
        ) from error
    for name in skops.io.get_untrusted_types(file=content):
        if not _can_be_found(name):  # a lambda, or local to a function
            raise TypeError(
                f"{type(estimator).__name__} cannot be saved: it holds {name}, which "
                "has no name to find it by when it is loaded. Use a function or class "
                "of a module."
            )
    write_archive(archive, content, __version__)
    try:
        check_archive(archive, __version__)
    except ValueError as error:
        raise TypeError(
            f"{type(estimator).__name__} cannot be saved, as the file could not be "
            f"loaded: {error}."
        ) from error
    # Written only now, so that an error above does not change an existing file.
    with replaced(path) as file:
        file.write(archive.getbuffer())


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
        As it was saved, fitted or not, but without ``callbacks``.

    Raises
    ------
    TypeError
        ``trusted`` is a single string.
    skgru.exceptions.FileFormatError
        The file is truncated, damaged or of another kind; a later version of skgru has
        written it; it claims sizes that it does not have; or it holds a network with
        code in it, such as a ``Lambda`` layer's. A `ValueError`.
    skops.io.exceptions.UntrustedTypesFoundException
        The file names a type that is neither scikit-learn's, this package's nor in
        ``trusted``. Nothing of it has run. A randomised search holds distributions of
        SciPy, which run code that their file holds: name them in ``trusted`` if it is
        yours, or save its ``best_estimator_`` alone.
    OSError
        The file cannot be read.

    See Also
    --------
    save : Write it.

    Examples
    --------
    >>> import tempfile, skgru
    >>> with tempfile.TemporaryDirectory() as directory:
    ...     skgru.save(skgru.GRUClassifier(8), f"{directory}/classifier.skops")
    ...     skgru.load(f"{directory}/classifier.skops")
    GRUClassifier(units=8)
    """
    if isinstance(trusted, str):
        raise TypeError(
            f"The 'trusted' argument of load must be a sequence of names. Got "
            f"{trusted!r} instead: put it into a list."
        )
    path = Path(path)
    # Check before opening: opening a pipe would wait for a writer.
    if not stat.S_ISREG(path.stat().st_mode):
        raise FileFormatError(f"{str(path)!r} is not a regular file.")
    # Read all at once, so that the content cannot change between check and use.
    content = io.BytesIO(path.read_bytes())
    with _refusing(path):
        check_archive(content, __version__)
    with _refusing(path, besides=MemoryError):
        return _load(path, content, trusted)


def _load(path, content, trusted):
    import skops.io
    from skops.io.exceptions import UntrustedTypesFoundException

    found = skops.io.get_untrusted_types(file=content)
    trusted = [name for name in found if _is_harmless(name)] + list(trusted)
    try:
        with without_keras_objects():  # and no code in network configurations
            return skops.io.load(content, trusted=trusted)
    except UntrustedTypesFoundException as error:
        error.args = (
            f"{str(path)!r} is not loaded. {error} If you know these types and trust "
            "who wrote the file, name them: load(path, trusted=[...]).",
        )
        raise


@contextlib.contextmanager
def _refusing(path, besides=()):
    """Turn any error that a bad file causes into a `FileFormatError`."""
    from skops.io.exceptions import UntrustedTypesFoundException

    try:
        yield
    except UntrustedTypesFoundException:
        raise
    except besides:
        raise
    # A damaged file can cause almost any exception.
    except Exception as error:
        known = isinstance(error, ValueError | zipfile.BadZipFile)
        reason = str(error) if known else f"{type(error).__name__}: {error}"
        raise FileFormatError(
            f"{str(path)!r} cannot be loaded as a file of skgru: {reason.rstrip('.')}."
        ) from error


def _can_be_found(name):
    """Whether a type or function can be imported by its module and name."""
    module_name, _, found_name = name.rpartition(".")
    try:
        return hasattr(importlib.import_module(module_name), found_name)
    except ImportError:
        return False


def _is_harmless(name):
    """Whether a name is of this package, a Keras optimizer, or listed above."""
    module_name, _, type_name = name.rpartition(".")
    package = module_name.split(".")[0]
    if package not in ("keras", "skgru", "sklearn"):
        return False
    # Do not import a module because a file names it.
    found = getattr(sys.modules.get(module_name), type_name, None)
    if found is chinese_words:
        return True
    if not isinstance(found, type) or found.__module__ != module_name:
        return False
    return module_name.startswith(_OF_SCIKIT_LEARN) or issubclass(found, _HARMLESS)
