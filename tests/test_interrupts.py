"""Ctrl-C ends a computation as a KeyboardInterrupt, wherever it comes."""

import itertools
import signal
import sys
import warnings

import numpy as np
import own_models
import pytest
from fresh_process import run_python
from reference import SMALL
from sklearn.exceptions import ConvergenceWarning

import skgru
from skgru import GRUClassifier

OF_THE_USER = {"model": own_models.sequential, "epochs": 1, "random_state": 0}


@pytest.fixture(autouse=True)
def not_ignored():
    """A shell starts its background jobs with Ctrl-C ignored; tests may be one."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def makes_a_tensor(frame, event):
    """TensorFlow asks Python for its context then, and there Ctrl-C can come in."""
    if event != "call" or frame.f_code.co_name != "_handle":
        return False
    while frame is not None and frame.f_code.co_name != "convert_to_eager_tensor":
        frame = frame.f_back
    return frame is not None


def has_entered_a_scope(frame, event):
    """What a scope has set is reset by its __exit__, which is not called then."""
    return event == "return" and frame.f_code.co_name == "__enter__"


def calls_a_function(frame, event):
    """Of Python; Keras ignores all exceptions in some of them."""
    return event == "call"


def interrupt_at(number, function, is_point=makes_a_tensor):
    """Press Ctrl-C at the n-th point of a function.

    Returns
    -------
    error : BaseException or None
        What came out of the function.
    count : int
        Number of points that were passed.
    """
    count = 0

    def listen(frame, event, argument):
        nonlocal count
        if is_point(frame, event):
            count += 1
            if count == number:
                signal.raise_signal(signal.SIGINT)

    sys.setprofile(listen)
    try:
        function()
    except BaseException as error:
        return error, count
    finally:
        sys.setprofile(None)
    return None, count


def test_ctrl_c_is_a_keyboard_interrupt_wherever_it_comes(X, labels, classifier):
    network = classifier(epochs=1).fit(X, labels)
    network.predict(X)
    outcomes = []
    while not outcomes or outcomes[-1] is not None:
        error, _ = interrupt_at(len(outcomes) + 1, lambda: network.predict(X))
        outcomes.append(error)
    assert len(outcomes) > 3
    assert {type(error) for error in outcomes[:-1]} == {KeyboardInterrupt}
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_ctrl_c_ends_a_fit_wherever_it_comes(X, labels, classifier):
    """While it trains or validates: what it has learnt so far is kept."""
    network = classifier(epochs=1, early_stopping=True).fit(X, labels)
    for number in itertools.count(1):
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always", ConvergenceWarning)
            error, _ = interrupt_at(number, lambda: network.fit(X, labels))
        told = any("was interrupted after" in str(w.message) for w in caught)
        if error is None and not told:
            break
        assert told or isinstance(error, KeyboardInterrupt), error
    assert number > 10


def test_a_handler_of_the_users_own_hears_of_ctrl_c(X, labels, classifier):
    network = classifier(epochs=1).fit(X, labels)
    network.predict(X)
    heard = []
    before = signal.signal(signal.SIGINT, lambda *details: heard.append(details))
    try:
        assert interrupt_at(1, lambda: network.predict(X))[0] is None
    finally:
        signal.signal(signal.SIGINT, before)
    assert len(heard) == 1


@pytest.mark.long
@pytest.mark.parametrize("n_points", [3, pytest.param(60, marks=pytest.mark.slow)])
@pytest.mark.parametrize("is_point", [calls_a_function, has_entered_a_scope])
@pytest.mark.parametrize(
    "params", [SMALL, OF_THE_USER], ids=["built-in network", "the user's"]
)
def test_ctrl_c_while_a_network_is_built_and_traced(
    params, is_point, n_points, X, labels
):
    """No half-made program is left, nor a scope that is still entered."""

    def first_fit(network):
        skgru.clear_cache()
        network.fit(X, labels)

    network = GRUClassifier(**params)
    _, count = interrupt_at(0, lambda: first_fit(network), is_point)
    expected = network.predict_proba(X)
    # The fit ends with training, which has tests of its own.
    for number in np.linspace(1, 0.9 * count, n_points).astype(int):
        network = GRUClassifier(**params)
        error, _ = interrupt_at(number, lambda n=network: first_fit(n), is_point)
        assert isinstance(error, KeyboardInterrupt)
        assert not network.initialized_
        np.testing.assert_array_equal(network.fit(X, labels).predict_proba(X), expected)


def test_a_second_ctrl_c_ends_what_never_ends(X, labels):
    """A function of the user's, for example."""
    pressed = []

    def endless(meta):
        while True:
            pressed.append(signal.raise_signal(signal.SIGINT))

    network = GRUClassifier(model=endless)
    with pytest.raises(KeyboardInterrupt):
        network.fit(X, labels)
    assert len(pressed) == 1  # the second did not return


FIRST_FITS = """
import os, signal, sys, threading, time, warnings
import numpy as np, skgru
signal.signal(signal.SIGINT, signal.default_int_handler)
warnings.simplefilter("error")
warnings.filterwarnings("ignore", "Training of GRURegressor was interrupted after")
X = np.random.default_rng(0).normal(size=(40, 6, 2))

def fit(units, seconds=None):
    network = skgru.GRURegressor(units, epochs=2, random_state=0)
    end = None
    if seconds is not None:
        end = threading.Timer(seconds, os.kill, [os.getpid(), signal.SIGINT])
        end.start()
    try:
        network.fit(X, X[:, 0, 0])
        return network
    except KeyboardInterrupt:
        assert not network.initialized_
        return None
    finally:
        if end is not None:
            end.cancel()
            end.join()

fit(1)  # the first of a process takes longer than those that follow
begin = time.monotonic()
fit(2)
seconds = time.monotonic() - begin
ended = []
n_points = int(sys.argv[1])
for i in range(n_points):
    units = 3 + i  # not compiled yet
    try:
        ended.append(fit(units, seconds * (i + 0.5) / n_points) is None)
    except KeyboardInterrupt:  # as the fit returned
        ended.append(False)
    after = fit(units).predict(X)
    skgru.clear_cache()
    np.testing.assert_array_equal(fit(units).predict(X), after)
    print(after.tobytes().hex())
print(sum(ended), file=sys.stderr)
"""


@pytest.mark.long
@pytest.mark.parametrize("n_points", [2, pytest.param(20, marks=pytest.mark.slow)])
def test_ctrl_c_at_any_time_of_the_first_fit(n_points):
    """Also while XLA compiles: the fit that follows has the bits of any other."""
    printed, ended = run_python(FIRST_FITS, n_points, SKGRU_CACHE_DIR="")
    uninterrupted = FIRST_FITS.replace("end.start()", "end = None")
    assert int(ended) >= n_points // 2
    assert printed == run_python(uninterrupted, n_points, SKGRU_CACHE_DIR="")[0]
