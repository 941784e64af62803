"""The import of TensorFlow, Keras and scikit-learn, quiet and without pauses.

Some 400,000 objects come with them. Six times meanwhile Python visits all those that
are there so far in search of garbage, and finds next to none: a fifth of the import. So
it waits until all are there, and takes them for old.
"""

import gc

from . import _quiet

_collects = gc.isenabled()
gc.disable()
try:
    with _quiet.importing():
        import keras  # noqa: F401
        import sklearn.base  # noqa: F401
        import tensorflow  # noqa: F401
finally:
    # What is there becomes one of the oldest generation, unvisited. Not so where the
    # user has frozen objects: they would no longer be.
    if gc.get_freeze_count() == 0:
        gc.freeze()
        gc.unfreeze()
    if _collects:
        gc.enable()
