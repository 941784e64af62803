"""A fork copies no threads: a fit that would wait for them says so instead."""

import multiprocessing

import pytest
from fresh_process import run_python

pytestmark = pytest.mark.skipif(
    "fork" not in multiprocessing.get_all_start_methods(),
    reason="this system starts processes anew",
)

PRELUDE = """
import multiprocessing, warnings
import joblib, numpy as np, skgru
from sklearn.model_selection import GridSearchCV
warnings.simplefilter("ignore", DeprecationWarning)  # Python 3.12's word on any fork
X, y = np.zeros((20, 5, 2)), np.arange(20) % 2
def accuracy(units):
    return skgru.GRUClassifier(units, epochs=1, random_state=0).fit(X, y).score(X, y)
def in_child(units):
    with multiprocessing.get_context("fork").Pool(1) as pool:
        return pool.apply_async(accuracy, [units]).get(timeout=120)
"""


@pytest.mark.long
def test_a_fit_in_a_fork_after_one_in_the_parent_is_refused():
    printed, _ = run_python(f"""{PRELUDE}
accuracy(3)
for units in (3, 4):  # compiled in the parent, and not
    try:
        in_child(units)
    except RuntimeError as error:
        print(error)
with joblib.parallel_config("multiprocessing", n_jobs=2):
    search = GridSearchCV(skgru.GRUClassifier(3, epochs=1), {{"l2": [0, 1]}}, cv=2)
    try:
        search.fit(X, y)
    except ValueError as error:
        print(str(error).splitlines()[-1])
print(accuracy(3))  # the parent goes on
""")
    *refusals, score = printed.splitlines()
    assert len(refusals) == 3
    for refusal in refusals:
        assert "This process was forked from one in which TensorFlow had run" in refusal
        for remedy in ("spawn", "loky", "threading"):
            assert remedy in refusal
    assert score == "0.5"


def test_a_fork_from_a_process_in_which_tensorflow_ran_is_refused():
    printed, _ = run_python(f"""{PRELUDE}
import tensorflow
tensorflow.ones(3)
try:
    in_child(3)
except RuntimeError as error:
    print(error)
""")
    assert "forked" in printed


@pytest.mark.long
def test_a_fit_in_a_fork_before_any_in_the_parent_works():
    printed, _ = run_python(f"{PRELUDE}\nprint(in_child(3), in_child(3), accuracy(3))")
    assert printed == "0.5 0.5 0.5\n"
