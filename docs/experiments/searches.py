"""
Grid, random, halving and Bayesian search at equal cost
=======================================================

Four searches over the learning rate, the dropout rate, the L2 penalty and clipping of
one network on JapaneseVowels. Each may spend the same number of epochs, over all
candidates and folds. The best score after so many epochs is drawn as it grows.
"""

import warnings

import matplotlib.pyplot as plt
import numpy as np
from scipy.stats import loguniform, uniform
from sklearn.experimental import enable_halving_search_cv  # noqa: F401
from sklearn.model_selection import (
    GridSearchCV,
    HalvingRandomSearchCV,
    RandomizedSearchCV,
    StratifiedKFold,
)
from sklearn.pipeline import make_pipeline
from skopt import BayesSearchCV
from skopt.space import Real

from skgru import GRUClassifier
from skgru.datasets import load_japanese_vowels
from skgru.preprocessing import SequenceScaler

X, y = load_japanese_vowels(return_X_y=True)
X_test, y_test = load_japanese_vowels(split="test", return_X_y=True)
few = slice(None, None, 3)  # ten recordings a speaker, so that regularisation matters
X, y = X[few], y[few]

EPOCHS, CANDIDATES = 18, 16
pipeline = make_pipeline(
    SequenceScaler(), GRUClassifier(16, epochs=EPOCHS, random_state=0)
)
folds = StratifiedKFold(3, shuffle=True, random_state=0)
prefix = "gruclassifier__"

# %%
# A grid of 16 candidates has two values of each parameter. Random and Bayesian search
# draw 16 candidates, and have 16 values of each. Halving starts 54 candidates with 2
# epochs each, keeps the best third of them and triples their epochs, twice: 324 epochs
# a fold, where the others spend 288.

grid = GridSearchCV(
    pipeline,
    {
        prefix + "learning_rate": [1e-3, 1e-2],
        prefix + "dropout": [0.0, 0.3],
        prefix + "l2": [1e-6, 1e-3],
        prefix + "clipnorm": [0.5, 5.0],
    },
    cv=folds,
)
distributions = {
    prefix + "learning_rate": loguniform(1e-4, 1e-1),
    prefix + "dropout": uniform(0, 0.5),
    prefix + "l2": loguniform(1e-7, 1e-2),
    prefix + "clipnorm": loguniform(0.1, 10),
}
random = RandomizedSearchCV(
    pipeline, distributions, n_iter=CANDIDATES, cv=folds, random_state=0
)
halving = HalvingRandomSearchCV(
    pipeline,
    distributions,
    resource=prefix + "epochs",
    n_candidates=54,
    min_resources=2,
    max_resources=EPOCHS,
    factor=3,
    cv=folds,
    random_state=0,
)
bayesian = BayesSearchCV(
    pipeline,
    {
        prefix + "learning_rate": Real(1e-4, 1e-1, prior="log-uniform"),
        prefix + "dropout": Real(0.0, 0.5),
        prefix + "l2": Real(1e-7, 1e-2, prior="log-uniform"),
        prefix + "clipnorm": Real(0.1, 10, prior="log-uniform"),
    },
    n_iter=CANDIDATES,
    optimizer_kwargs={"n_initial_points": 6},
    cv=folds,
    random_state=0,
)
searches = {"grid": grid, "random": random, "halving": halving, "Bayesian": bayesian}

# %%

fig, ax = plt.subplots()
best, spent = {}, {}
for name, search in searches.items():
    with warnings.catch_warnings():
        # Of scikit-optimize, of NumPy's and scikit-learn's newer versions.
        warnings.simplefilter("ignore")
        search.fit(X, y)
    scores = np.asarray(search.cv_results_["mean_test_score"])
    epochs = search.cv_results_.get("n_resources", np.full(len(scores), EPOCHS))
    if name == "halving":  # rounds of few epochs do not compare
        scores = np.where(epochs == EPOCHS, scores, np.nan)
    cost = 3 * np.cumsum(epochs)
    ax.plot(cost, np.fmax.accumulate(scores), "o-", markersize=3, label=name)
    best[name], spent[name] = np.nanmax(scores), cost[-1]
    print(
        f"{name}: best score {best[name]:.3f} after {cost[-1]} epochs, on the test set "
        f"{search.score(X_test, y_test):.3f}, learning rate "
        f"{search.best_params_[prefix + 'learning_rate']:.1e}"
    )
ax.set(xlabel="Epochs of training, of all fits", ylabel="Best score so far (3 folds)")
ax.legend()
plt.show()

# %%
# What the guide says: on a set this easy all come to much the same score, and none of
# the others is worse than the grid.

assert np.ptp(list(best.values())) < 0.05
assert min(best["random"], best["halving"], best["Bayesian"]) > best["grid"] - 0.02
