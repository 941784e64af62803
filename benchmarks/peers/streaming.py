"""What each use of a memory-mapped X adds to the memory of the process."""

import tempfile
import threading
from pathlib import Path

import numpy as np

from skgru.preprocessing import SequenceScaler


def streamed(make, megabytes, timesteps, features, config):
    """Return the memory that each use of X adds at its peak, in MiB.

    It is the process' own memory: pages of the file count as the system's, which takes
    them back when it needs them. The first use compiles its programs as well.
    """
    n = int(megabytes * 1e6 / (4 * timesteps * features))
    with tempfile.TemporaryDirectory() as directory:
        X = _mapped(Path(directory, "X.npy"), (n, timesteps, features))
        y = np.arange(n) % 4
        weight = (np.arange(n) % 5 > 0).astype(np.float32)
        stopping = make(config, 0).set_params(early_stopping=True)
        few = slice(0, 1000)
        scaler = SequenceScaler()
        uses = {
            "fit": lambda: make(config, 0).fit(X, y),
            "fit, early_stopping": lambda: stopping.fit(X, y),
            "fit, samples of weight 0": lambda: make(config, 0).fit(X, y, weight),
            "fit, X_val": lambda: stopping.fit(X[few], y[few], X_val=X, y_val=y),
            "predict": lambda: stopping.predict(X),
            "fit a SequenceScaler": lambda: scaler.fit(X),
            "transform, beyond its output": lambda: scaler.transform(X),
        }
        added = {name: _added_by(use) for name, use in uses.items()}
        added["transform, beyond its output"] -= X.nbytes / 2**20
        return {"X": X.nbytes / 2**20, "added": added}


def _mapped(path, shape):
    """Write noise to a file piece by piece; return it, memory-mapped."""
    X = np.lib.format.open_memmap(path, "w+", np.float32, shape)
    rng = np.random.default_rng(0)
    for start in range(0, len(X), 1000):
        rows = X[start : start + 1000]
        rows[:] = rng.standard_normal(rows.shape, dtype=np.float32)
    X.flush()
    return np.load(path, mmap_mode="r")


def _added_by(use):
    """Return the peak of the process' own memory above what it was, in MiB."""
    before = peak = _own_memory()
    ended = threading.Event()

    def watch():
        nonlocal peak
        while not ended.wait(0.005):
            peak = max(peak, _own_memory())

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        use()
    finally:
        ended.set()
        thread.join()
    return max(peak, _own_memory()) - before


def _own_memory():
    with open("/proc/self/status") as file:
        for line in file:
            if line.startswith("RssAnon:"):
                return int(line.split()[1]) / 1024
    raise RuntimeError("/proc/self/status has no RssAnon.")
