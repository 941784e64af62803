"""Search on a Dask cluster
========================

A grid search on a Dask cluster; here two worker processes on this machine.

On many machines, `Client("tcp://scheduler:8786")` takes the place of the cluster. Needs
the extra "dask".
"""

import logging
from itertools import chain

import joblib
from dask.distributed import Client, LocalCluster
from sklearn.model_selection import GridSearchCV, StratifiedKFold
from sklearn.pipeline import make_pipeline

from skgru import GRUClassifier
from skgru.datasets import load_japanese_vowels
from skgru.preprocessing import SequenceScaler


def main():
    X, y = load_japanese_vowels(return_X_y=True)
    splits = list(StratifiedKFold(3).split(X, y))
    search = GridSearchCV(
        make_pipeline(
            SequenceScaler(),
            GRUClassifier(16, batch_size=16, epochs=8, random_state=0),
        ),
        {"gruclassifier__learning_rate": [1e-3, 3e-3, 1e-2, 3e-2]},
        cv=splits,
    )
    # In a scheduler and workers of your own, these are options of their commands.
    with (
        LocalCluster(
            n_workers=2,
            threads_per_worker=1,
            host="127.0.0.1",
            dashboard_address="127.0.0.1:0",
            silence_logs=logging.ERROR,
        ) as cluster,
        Client(cluster) as client,
    ):
        # All that the fits share is sent to every worker once and stays there, so that
        # a worker that is lost costs no more than the fits that it was at.
        client.amm.stop()
        with joblib.parallel_config("dask", scatter=[X, y, *chain(*splits)]):
            search.fit(X, y)
    print(f"Best of {len(search.cv_results_['params'])}: {search.best_params_}")
    print(f"Score: {search.best_score_:.3f}")


if __name__ == "__main__":  # workers import this file
    main()
