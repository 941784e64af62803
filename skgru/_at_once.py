"""The state of an estimator, read and replaced in one step.

Threads may predict with an estimator while another one fits it. So a fit works on a
copy, and the estimator gets all that the copy has learnt at once. A prediction works on
a copy as well, so that all attributes that it reads belong to one fit.
"""

import contextlib
import functools


def shallow_copy(estimator):
    """Return a copy that shares the values of all attributes, as they are now."""
    copy = object.__new__(type(estimator))
    copy.__dict__ = vars(estimator).copy()  # one call, which no thread interrupts
    return copy


@contextlib.contextmanager
def fitted_at_once(estimator):
    """Yield a copy to fit, and give the estimator at the end what the copy has learnt.

    An error leaves the estimator as it was. Parameters that were set meanwhile stay.
    """
    copy = shallow_copy(estimator)
    before = dict(vars(copy))
    yield copy
    after = vars(copy)
    learnt = {
        name: value
        for name, value in after.items()
        # Another thread may have fitted the estimator meanwhile: what this fit has
        # found to be as it was before is replaced as well.
        if name.endswith("_") or name not in before or before[name] is not value
    }
    forgotten = before.keys() - after.keys()
    kept = {k: v for k, v in vars(estimator).copy().items() if k not in forgotten}
    estimator.__dict__ = kept | learnt


def at_once(method):
    """Have a method read one state of its estimator, whatever other threads fit."""

    @functools.wraps(method)
    def of_copy(self, *args, **kwargs):
        return method(shallow_copy(self), *args, **kwargs)

    return of_copy
