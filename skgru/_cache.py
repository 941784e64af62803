"""The bounded cache of compiled programs."""

import threading
from collections import OrderedDict, namedtuple

CacheInfo = namedtuple("CacheInfo", "hits misses currsize maxsize")


class _ProgramCache:
    """A bounded cache that builds each program once, whichever thread asks first."""

    def __init__(self, maxsize):
        self.maxsize = maxsize
        self._lock = threading.Lock()
        self.clear()

    def get(self, spec):
        with self._lock:
            entry = self._entries.get(spec)
            if entry is None:
                self._misses += 1
                entry = self._entries[spec] = _Entry()
                if len(self._entries) > self.maxsize:
                    self._entries.popitem(last=False)
            else:
                self._hits += 1
                self._entries.move_to_end(spec)
        try:
            return entry.program(spec)
        except BaseException:
            with self._lock:
                if self._entries.get(spec) is entry:
                    del self._entries[spec]
            raise

    def info(self):
        with self._lock:
            return CacheInfo(self._hits, self._misses, len(self._entries), self.maxsize)

    def clear(self):
        with self._lock:
            self._entries = OrderedDict()
            self._hits = self._misses = 0


class _Entry:
    """A program that is being built or has been."""

    def __init__(self):
        self._lock = threading.Lock()
        self._program = None

    def program(self, spec):
        with self._lock:
            if self._program is None:
                self._program = spec.build()
            return self._program


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

    Examples
    --------
    >>> import skgru
    >>> skgru.clear_cache()
    >>> skgru.cache_info()
    CacheInfo(hits=0, misses=0, currsize=0, maxsize=64)
    """
    return _cache.info()


def clear_cache():
    """Forget all compiled programs and set the counts of `cache_info` to zero.

    Examples
    --------
    >>> import skgru
    >>> skgru.clear_cache()
    >>> skgru.cache_info().currsize
    0
    """
    _cache.clear()
