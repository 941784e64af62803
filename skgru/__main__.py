"""The main job: tune a GRU on real recordings, and print the results.

``python -m skgru`` tells nine speakers apart by how they pronounce two Japanese vowels.
"""

import argparse
import time

import joblib
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler

from skgru import GRUClassifier, cache_info
from skgru.datasets import load_japanese_vowels
from skgru.preprocessing import SequenceResampler, SequenceScaler

GRID = {
    "gruclassifier__learning_rate": [1e-3, 3e-3],
    "gruclassifier__batch_size": [16, 32],
    "gruclassifier__clipnorm": [None, 1.0],
    "gruclassifier__l2": [0.0, 1e-4],
    "gruclassifier__dropout": [0.0, 0.2],
}


def main(arguments=None):
    """Run the main job.

    Parameters
    ----------
    arguments : list of str or None, default=None
        Command-line arguments; None means those of the process.
    """
    options = _parser().parse_args(arguments)
    began = time.perf_counter()
    X_train, y_train = load_japanese_vowels(return_X_y=True)
    X_test, y_test = load_japanese_vowels(split="test", return_X_y=True)
    print(
        f"JapaneseVowels: {len(X_train)} training and {len(X_test)} test recordings, "
        "12 channels, 7 to 29 steps, 9 speakers"
    )
    pipeline = make_pipeline(
        SequenceScaler(),
        GRUClassifier(
            options.units,
            epochs=options.epochs,
            random_state=options.seed,
        ),
    )
    search = GridSearchCV(pipeline, GRID, cv=options.folds, n_jobs=options.jobs)
    _show_progress(search)
    # Threads share compiled programs, and XLA computes outside Python's lock.
    with joblib.parallel_config("threading"):
        search.fit(X_train, y_train)
    _print_candidates(search)
    baseline = make_pipeline(
        SequenceResampler(29),
        FunctionTransformer(_flatten),
        StandardScaler(),
        LogisticRegression(max_iter=1000),
    ).fit(X_train, y_train)
    print("\naccuracy on the test recordings")
    print(f"  GRU, best parameters      {search.score(X_test, y_test):.3f}")
    print(f"  logistic regression       {baseline.score(X_test, y_test):.3f}")
    n_fits = len(search.cv_results_["params"]) * search.n_splits_ + 1
    print(f"\n{n_fits} fits in {time.perf_counter() - began:.1f} s; {cache_info()}")


def _parser():
    parser = argparse.ArgumentParser(
        prog="python -m skgru",
        description="Tune a GRU on the bundled JapaneseVowels recordings: a Pipeline "
        "in GridSearchCV over learning rate, batch size, clipnorm, L2 and dropout. "
        "Prints the best parameters, the best candidates, the accuracy on held-out "
        "recordings beside a linear baseline, the time taken and how many programs "
        "were compiled.",
    )
    parser.add_argument("--units", type=int, default=32, help="width of the GRU layer")
    parser.add_argument("--epochs", type=int, default=20, help="epochs of each fit")
    parser.add_argument("--folds", type=int, default=3, help="folds of the search")
    parser.add_argument("--jobs", type=int, default=2, help="fits at the same time")
    parser.add_argument("--seed", type=int, default=0, help="random_state of the GRU")
    return parser


def _show_progress(search):
    try:
        from sklearn.callback import ProgressBar
    except ImportError:  # scikit-learn < 1.9
        search.verbose = 1
    else:
        search.set_callbacks(ProgressBar(max_propagation_depth=0))


def _flatten(X):
    return [x.ravel() for x in X]


def _print_candidates(search, n_best=8):
    results = search.cv_results_
    names = [name.removeprefix("gruclassifier__") for name in GRID]
    print("\nbest parameters")
    for name, value in search.best_params_.items():
        print(f"  {name.removeprefix('gruclassifier__'):<14}{value}")
    print(
        f"\nbest {n_best} of {len(results['params'])} candidates, by cross-validation"
    )
    print("  accuracy  seconds " + "".join(f"{name:>15}" for name in names))
    for i in results["rank_test_score"].argsort(kind="stable")[:n_best]:
        values = "".join(f"{results['params'][i][name]!s:>15}" for name in GRID)
        score, seconds = results["mean_test_score"][i], results["mean_fit_time"][i]
        print(f"  {score:.3f}     {seconds:7.2f} {values}")


if __name__ == "__main__":
    main()
