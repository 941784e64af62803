"""Successive halving, by epochs and by samples, on real recordings."""

import numpy as np
import pytest
from sklearn.experimental import enable_halving_search_cv  # noqa: F401
from sklearn.model_selection import (
    GridSearchCV,
    HalvingGridSearchCV,
    HalvingRandomSearchCV,
    StratifiedKFold,
)
from sklearn.pipeline import make_pipeline

from skgru import GRUClassifier, cache_info, tuning
from skgru.datasets import load_japanese_vowels
from skgru.preprocessing import SequenceScaler

# Nine learning rates, of which one, 0.03, is clearly the best.
GRID = {
    "learning_rate": [1e-6, 1e-5, 3e-5, 1e-4, 3e-4, 1e-3, 3e-3, 3e-2, 1.0],
}


@pytest.fixture(scope="module")
def vowels():
    """The recordings of four speakers: 30 each, in an order of no meaning."""
    X, y = load_japanese_vowels(padded=True, return_X_y=True)
    X, y = X[y < 4], y[y < 4]
    order = np.random.default_rng(0).permutation(len(y))
    return X[order], y[order]


def classifier(**parameters):
    return GRUClassifier(16, **{"epochs": 9, "random_state": 0, **parameters})


def epochs_spent(search):
    """Count the epochs of all fits but the last."""
    results = search.cv_results_
    resources = results.get("n_resources", np.full(len(results["params"]), 9))
    return int(resources.sum()) * search.n_splits_


@pytest.mark.long
@pytest.mark.parametrize("Search", [HalvingGridSearchCV, HalvingRandomSearchCV])
def test_halving_by_epochs_finds_the_best_of_the_grid_for_less(Search, vowels):
    cv = StratifiedKFold(3)
    grid = GridSearchCV(classifier(), GRID, cv=cv).fit(*vowels)
    settings = {"resource": "epochs", "min_resources": 1, "max_resources": 9}
    if Search is HalvingRandomSearchCV:
        settings["n_candidates"] = len(GRID["learning_rate"])
    halving = Search(
        classifier(), GRID, factor=3, cv=cv, random_state=0, **settings
    ).fit(*vowels)
    assert halving.n_candidates_ == [9, 3, 1]
    assert halving.n_resources_ == [1, 3, 9]
    assert epochs_spent(halving) == 3 * (9 + 9 + 9)
    assert epochs_spent(grid) == 3 * 81
    # The best candidate of all, trained as long, scores the same in both searches.
    assert halving.best_params_ == {**grid.best_params_, "epochs": 9}
    assert halving.best_score_ == grid.best_score_
    assert halving.best_estimator_.n_iter_ == 9


@pytest.mark.long
def test_every_round_trains_its_candidates_for_its_epochs(vowels):
    """A candidate's score in a round is that of a plain fit of as many epochs."""
    cv = StratifiedKFold(2)
    halving = HalvingGridSearchCV(
        classifier(),
        {"learning_rate": [1e-3, 1e-2, 3e-2, 1.0]},
        resource="epochs",
        min_resources=2,
        max_resources=8,
        factor=2,
        cv=cv,
        random_state=0,
    ).fit(*vowels)
    results = halving.cv_results_
    assert results["iter"].tolist() == [0] * 4 + [1] * 2 + [2]
    for params, score in zip(
        results["params"], results["mean_test_score"], strict=True
    ):
        plain = GridSearchCV(
            classifier(),
            {name: [value] for name, value in params.items()},
            cv=cv,
            refit=False,
        ).fit(*vowels)
        assert plain.cv_results_["mean_test_score"][0] == score


@pytest.mark.long
def test_halving_by_samples_gives_its_rounds_more_and_more_of_them(vowels):
    X, y = vowels
    search = HalvingRandomSearchCV(
        classifier(epochs=6),
        tuning.param_distributions(),
        resource="n_samples",
        n_candidates=9,
        min_resources=40,
        factor=3,
        cv=2,
        random_state=0,
    ).fit(X, y)
    assert search.n_resources_ == [40, 120]
    assert search.n_candidates_ == [9, 3]
    assert search.best_estimator_.n_iter_ == 6
    assert search.score(X, y) > 0.5  # 1/4 is chance


def test_rounds_of_samples_and_of_epochs_share_one_network(vowels):
    """Neither epochs nor the number of samples is part of a program."""
    X, y = vowels
    X = X[:, :7]  # as long as the shortest recording
    classifier(epochs=1).fit(X, y).predict(X)
    before = cache_info().misses
    settings = {"factor": 2, "cv": 2, "random_state": 0}
    grid = {"learning_rate": [1e-3, 1e-2, 3e-2, 1e-1]}
    by_epochs = HalvingGridSearchCV(
        classifier(), grid, resource="epochs", max_resources=4, **settings
    )
    by_samples = HalvingGridSearchCV(
        classifier(epochs=2), grid, min_resources=60, **settings
    )
    for search in (by_epochs, by_samples):
        search.fit(X, y)
        assert len(search.n_resources_) > 1
    assert cache_info().misses == before


@pytest.mark.long
def test_epochs_of_a_pipeline_are_named_with_its_step(vowels):
    search = HalvingRandomSearchCV(
        make_pipeline(SequenceScaler(), classifier()),
        tuning.param_distributions(prefix="gruclassifier__"),
        resource="gruclassifier__epochs",
        n_candidates=4,
        min_resources=2,
        max_resources=8,
        factor=2,
        cv=2,
        random_state=0,
    ).fit(*vowels)
    assert search.n_resources_ == [2, 4, 8]
    assert search.best_estimator_[-1].n_iter_ == 8
    assert search.best_score_ > 0.5


def test_a_resource_that_is_no_parameter_is_refused(vowels):
    search = HalvingGridSearchCV(classifier(), GRID, resource="epoch", max_resources=9)
    with pytest.raises(ValueError, match="Cannot use resource=epoch"):
        search.fit(*vowels)
