"""How a peer talks to the harness: one JSON request a line in, one JSON answer out."""

import json
import os
import sys
from importlib import metadata

DISTRIBUTIONS = {
    "keras": "keras",
    "numpy": "numpy",
    "optuna": "optuna",
    "optuna_integration": "optuna-integration",
    "scikeras": "scikeras",
    "skgru": "skgru",
    "sklearn": "scikit-learn",
    "skorch": "skorch",
    "skopt": "scikit-optimize",
    "sktime": "sktime",
    "tensorflow": "tensorflow",
    "torch": "torch",
}


def serve(**tasks):
    """Answer requests from standard input until it ends.

    A request ``{"task": name, **arguments}`` calls that task; its answer is what the
    task returns. An error ends the process, and the harness shows it.
    """
    answers = os.fdopen(os.dup(1), "w")
    # Libraries print to standard output; nothing may stand between answers.
    os.dup2(2, 1)
    tasks["about"] = about
    for line in sys.stdin:
        request = json.loads(line)
        answer = tasks[request.pop("task")](**request)
        answers.write(json.dumps(answer) + "\n")
        answers.flush()


def about():
    """Return the versions of what this process has imported, and its thread pools."""
    import threadpoolctl

    loaded = {d for module, d in DISTRIBUTIONS.items() if module in sys.modules}
    versions = {name: metadata.version(name) for name in sorted(loaded)}
    versions["python"] = sys.version.split()[0]
    pools = [
        "{internal_api} {version} {architecture} {num_threads} threads".format(
            **{"version": "", "architecture": ""} | pool
        )
        for pool in threadpoolctl.threadpool_info()
    ]
    return {"versions": versions, "pools": sorted(set(pools))}
