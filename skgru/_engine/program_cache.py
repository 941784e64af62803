"""The bounded cache of compiled programs, and why each of them was compiled."""

import json
import threading
from collections import deque, namedtuple
from dataclasses import fields, is_dataclass

from cachetools import LRUCache

from .interrupts import InterruptLater

CacheInfo = namedtuple("CacheInfo", "hits misses currsize maxsize")

# Number of latest compilations whose reasons are kept; a reason is a short text.
REMEMBERED = 256
# Programs with more differences than this are reported as different networks.
MOST_DIFFERENCES = 8
# Left out of reasons: entries that follow from the rest of a model's configuration, and
# keys of functions, which are not readable.
_NOT_SHOWN = {"build_config", "build_input_shape", "inbound_nodes", "behaviours"}


class _ProgramCache:
    """A bounded cache that builds each program once, also if threads ask at once."""

    def __init__(self, maxsize):
        self._lock = threading.Lock()
        self._entries = LRUCache(maxsize)
        self.clear()

    def get(self, spec):
        with self._lock:
            entry = self._entries.get(spec)
            if entry is None:
                self._misses += 1
                self._reasons.append(_reason(spec, reversed(list(self._entries))))
                entry = self._entries[spec] = _Entry()
            else:
                self._hits += 1
        try:
            return entry.program(spec)
        except BaseException:
            with self._lock:
                if self._entries.get(spec) is entry:
                    del self._entries[spec]
            raise

    def info(self):
        with self._lock:
            size, maxsize = self._entries.currsize, self._entries.maxsize
            return CacheInfo(self._hits, self._misses, size, maxsize)

    def reasons(self):
        with self._lock:
            return list(self._reasons)

    def clear(self):
        with self._lock:
            self._entries.clear()
            self._hits = self._misses = 0
            self._reasons = deque(maxlen=REMEMBERED)


class _Entry:
    """A program, built at the first request."""

    def __init__(self):
        self._lock = threading.Lock()
        self._program = None

    def program(self, spec):
        with self._lock:
            if self._program is None:
                with InterruptLater():
                    self._program = spec.build()
            return self._program


def _reason(spec, others):
    """Describe how a spec differs from the most similar one of its kind."""
    kind = "training" if type(spec).__name__ == "TrainSpec" else "prediction"
    new = dict(_flat(spec))
    best = None
    for other in others:
        if type(other) is not type(spec):
            continue
        old = dict(_flat(other))
        differing = [
            f"{name}: {old.get(name)!r} -> {new.get(name)!r}"
            for name in {**old, **new}
            if old.get(name) != new.get(name)
        ]
        if best is None or len(differing) < len(best):
            best = differing
    if best is None:
        return f"{kind}: the first program of its kind"
    if len(best) > MOST_DIFFERENCES:
        return f"{kind}: another network"
    what = "; ".join(best) or "another class or function of the same name"
    return f"{kind}: {what}"


def _flat(value, name=""):
    """Yield the values of a nested record, each with the path to it."""
    if isinstance(value, str) and value.startswith("{"):
        value = json.loads(value)  # the configuration of a model or an optimizer
    if is_dataclass(value):
        items = [(f.name, getattr(value, f.name)) for f in fields(value) if f.compare]
    elif isinstance(value, dict):
        items = value.items()
    elif isinstance(value, list | tuple):
        items = enumerate(value)
    else:
        yield name, value
        return
    for key, item in items:
        if key in _NOT_SHOWN:
            continue
        yield from _flat(item, f"{name}.{key}" if name else str(key))


_cache = _ProgramCache(maxsize=64)


def get_program(spec):
    """Return the program of a `TrainSpec` or `ForwardSpec`, compiled at most once."""
    return _cache.get(spec)


def cache_info():
    """Return how often compiled programs were found or made.

    Returns
    -------
    info : namedtuple of (hits, misses, currsize, maxsize)
        As of ``functools.lru_cache``. Every miss compiled one program: training
        programs and prediction programs both count.

    See Also
    --------
    compilations : Why each program was compiled.
    clear_cache : Forget all programs.

    Examples
    --------
    >>> import skgru
    >>> skgru.clear_cache()
    >>> skgru.cache_info()
    CacheInfo(hits=0, misses=0, currsize=0, maxsize=64)
    """
    return _cache.info()


def compilations():
    """Return why each program was compiled since the last `clear_cache`.

    Returns
    -------
    reasons : list of str
        One for each miss of `cache_info`, in order (at most the last 256): what sets
        the program apart from the most similar one that was there already.

    See Also
    --------
    cache_info : How many there were.

    Examples
    --------
    >>> import numpy as np, skgru
    >>> skgru.clear_cache()
    >>> X, y = np.zeros((20, 5, 1)), np.arange(20.0)
    >>> for batch_size in (8, 16):
    ...     regressor = skgru.GRURegressor(4, epochs=1, batch_size=batch_size)
    ...     regressor = regressor.fit(X, y)
    >>> for reason in skgru.compilations():
    ...     print(reason)
    training: the first program of its kind
    training: batch_size: 8 -> 16
    """
    return _cache.reasons()


def clear_cache():
    """Forget all compiled programs and set the counts of `cache_info` to zero.

    See Also
    --------
    cache_info : How many programs there are.

    Examples
    --------
    >>> import skgru
    >>> skgru.clear_cache()
    >>> skgru.cache_info().currsize
    0
    """
    _cache.clear()
