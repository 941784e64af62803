"""The import of TensorFlow, Keras and scikit-learn, quiet and without pauses.

Some 400,000 objects come with them. Six times meanwhile Python visits all those that
are there so far in search of garbage, and finds next to none: a fifth of the import. So
it waits until all are there, and takes them for old.
"""

import gc
import os

# TensorFlow logs three errors, none of them one, for every compiled program that it
# finds on disk (https://github.com/openxla/xla/issues/44565). It reads this variable
# once, as it is loaded; a level that the user has set stays.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

_collects = gc.isenabled()
gc.disable()
try:
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
