"""Importing modules, and the first fit of skgru where it is one of them."""

import importlib
import time

from protocol import serve


def start(modules, data=None, config=None):
    """Import modules in order; with data, fit and predict for the first time."""
    times, began = {}, time.perf_counter()
    for module in modules:
        importlib.import_module(module)
    times["import"] = time.perf_counter() - began
    if data is not None:
        from tasks import load

        X_train, y_train, X_test, _ = load(data)
        from skgru_peer import make

        classifier = make(config, 0)
        for name, call in [
            ("first fit", lambda: classifier.fit(X_train, y_train)),
            ("second fit", lambda: classifier.fit(X_train, y_train)),
            ("first predict", lambda: classifier.predict(X_test)),
        ]:
            began = time.perf_counter()
            call()
            times[name] = time.perf_counter() - began
    return times


if __name__ == "__main__":
    serve(start=start)
