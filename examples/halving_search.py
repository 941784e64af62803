"""Successive halving
==================

Successive halving: most candidates train for a few epochs, the best for all.

Every round triples the epochs and keeps the best third. Beside it, the full grid, which
trains every candidate for all epochs.
"""

from time import perf_counter

from sklearn.experimental import enable_halving_search_cv  # noqa: F401
from sklearn.model_selection import GridSearchCV, HalvingGridSearchCV
from sklearn.pipeline import make_pipeline

from skgru import GRUClassifier
from skgru.datasets import load_japanese_vowels
from skgru.preprocessing import SequenceScaler

EPOCHS = 18
X, y = load_japanese_vowels(return_X_y=True)
X_test, y_test = load_japanese_vowels(split="test", return_X_y=True)
pipeline = make_pipeline(
    SequenceScaler(),
    GRUClassifier(32, batch_size=16, epochs=EPOCHS, random_state=0),
)
grid = {
    "gruclassifier__learning_rate": [1e-4, 1e-3, 3e-3, 1e-2, 3e-2, 1e-1],
    "gruclassifier__clipnorm": [None, 1.0],
}
pipeline.set_params(gruclassifier__epochs=1).fit(X, y)  # compiles the network
pipeline.set_params(gruclassifier__epochs=EPOCHS)

full = GridSearchCV(pipeline, grid, cv=3)
halving = HalvingGridSearchCV(
    pipeline,
    grid,
    resource="gruclassifier__epochs",
    min_resources=2,
    max_resources=EPOCHS,
    factor=3,
    cv=3,
    random_state=0,
)
for search in (full, halving):
    began = perf_counter()
    search.fit(X, y)
    seconds = perf_counter() - began
    resources = search.cv_results_.get("n_resources")
    n_candidates = len(search.cv_results_["params"])
    epochs = 3 * (n_candidates * EPOCHS if resources is None else resources.sum())
    print(
        f"{type(search).__name__}: {epochs} epochs in {seconds:.1f} s, "
        f"best score {search.best_score_:.3f}, on the test set "
        f"{search.score(X_test, y_test):.3f}"
    )
for candidates, epochs in zip(halving.n_candidates_, halving.n_resources_, strict=True):
    print(f"  {candidates} candidates for {epochs} epochs")
