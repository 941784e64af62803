"""Ctrl-C ends a computation as a KeyboardInterrupt, wherever it comes."""

import itertools
import signal
import sys
import warnings

import pytest
from sklearn.exceptions import ConvergenceWarning


@pytest.fixture(autouse=True)
def not_ignored():
    """A shell starts its background jobs with Ctrl-C ignored; tests may be one."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def interrupt_at(number, function):
    """Press Ctrl-C at the n-th tensor that is made of an array.

    TensorFlow asks Python for its context then, and there Ctrl-C can come in.

    Returns
    -------
    error : BaseException or None
        What came out of the function.
    """
    count = 0

    def listen(frame, event, argument):
        nonlocal count
        if event == "call" and frame.f_code.co_name == "_handle":
            callers = []
            while frame is not None:
                callers.append(frame.f_code.co_qualname)
                frame = frame.f_back
            if "convert_to_eager_tensor" in callers:
                count += 1
                if count == number:
                    signal.raise_signal(signal.SIGINT)

    sys.setprofile(listen)
    try:
        function()
    except BaseException as error:
        return error
    finally:
        sys.setprofile(None)


def test_ctrl_c_is_a_keyboard_interrupt_wherever_it_comes(X, labels, classifier):
    network = classifier(epochs=1).fit(X, labels)
    network.predict(X)
    outcomes = []
    while not outcomes or outcomes[-1] is not None:
        outcomes.append(interrupt_at(len(outcomes) + 1, lambda: network.predict(X)))
    assert len(outcomes) > 3
    assert {type(error) for error in outcomes[:-1]} == {KeyboardInterrupt}
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_ctrl_c_ends_a_fit_wherever_it_comes(X, labels, classifier):
    """While it trains or validates: what it has learnt so far is kept."""
    network = classifier(epochs=1, early_stopping=True).fit(X, labels)
    for number in itertools.count(1):
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always", ConvergenceWarning)
            error = interrupt_at(number, lambda: network.fit(X, labels))
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
        assert interrupt_at(1, lambda: network.predict(X)) is None
    finally:
        signal.signal(signal.SIGINT, before)
    assert len(heard) == 1
