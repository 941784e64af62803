"""The import of TensorFlow, Keras and scikit-learn, quiet and without pauses.

The import creates some 400,000 objects. Meanwhile Python's garbage collector visits all
objects six times and finds almost no garbage, which takes 20 % of the import's time. So
the collector is off during the import, and the objects then join its oldest generation.
"""

import gc

from . import _quiet

_collects = gc.isenabled()
gc.disable()
try:
    with _quiet.importing():
        import keras
        import sklearn.base  # noqa: F401
        import tensorflow  # noqa: F401
finally:
    # freeze and unfreeze move all objects to the oldest generation without visiting
    # them. Not if the user has frozen objects: unfreeze would release those.
    if gc.get_freeze_count() == 0:
        gc.freeze()
        gc.unfreeze()
    if _collects:
        gc.enable()

if keras.backend.backend() != "tensorflow":
    raise ImportError(
        f"skgru needs Keras on TensorFlow. Keras runs on {keras.backend.backend()!r} "
        "here: set the environment variable KERAS_BACKEND=tensorflow, or 'backend' in "
        "~/.keras/keras.json, before Keras is imported."
    )
