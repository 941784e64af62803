"""TensorFlow says nothing, whichever library a script imports first."""

import pytest
from fresh_process import run_python

pytestmark = pytest.mark.long

FIT = """
import sys
print("imported", file=sys.stderr, flush=True)
import numpy as np
X = np.zeros((20, 5, 2))
skgru.GRURegressor(3, epochs=1, random_state=0).fit(X, X[:, 0, 0])
"""


@pytest.fixture(scope="module")
def programs(tmp_path_factory):
    """A directory that holds the program that FIT needs."""
    directory = tmp_path_factory.mktemp("programs")
    directory.chmod(0o700)
    run_python("import skgru" + FIT, SKGRU_CACHE_DIR=str(directory))
    return directory


def said(code, directory, **environment):
    """Return what a script prints on standard error once all is imported."""
    _, errors = run_python(code + FIT, SKGRU_CACHE_DIR=str(directory), **environment)
    return errors.partition("imported\n")[2]


@pytest.mark.parametrize("first", ["keras", "tensorflow"])
def test_nothing_is_printed_where_another_comes_first(first, programs, tmp_path):
    dump = tmp_path / "dump"
    flags = f"--xla_dump_to={dump} --xla_dump_hlo_as_text"
    code = f"import {first}, skgru"
    assert said(code, programs, XLA_FLAGS=flags) == ""
    # The program came from disk, which is what TensorFlow has so much to say about.
    assert list(dump.glob("*skgru_*before_optimizations*")) == []


def test_nothing_is_printed_where_programs_are_compiled(tmp_path):
    assert said("import tensorflow, skgru", tmp_path / "empty") == ""


def test_a_level_of_the_user_stays_but_for_errors_that_are_none(programs):
    code = "import tensorflow, skgru"
    some, all_ = (said(code, programs, TF_CPP_MIN_LOG_LEVEL=level) for level in "20")
    assert "Error parsing text-format" not in some
    assert "Error parsing text-format" in all_
    # Whether TensorFlow warns of SIGILL at all depends on the processor.
    assert "SIGILL" not in some


def test_what_tensorflow_cannot_load_in_silence_stays_on_disk(programs):
    """As of a build of TensorFlow that does not show the function."""
    code = """
import tensorflow
tensorflow.sysconfig.get_include = lambda: "/nowhere"
import skgru
"""
    assert "SIGILL" not in said(code, programs)


def test_importing_prints_nothing_but_what_others_write():
    code = """
import importlib.abc, os, sys
class Noise(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path, target=None):
        if name == "tensorflow":
            os.write(2, b"W0000 00:00:1795763306.491194 44 a.cc:1] a warning\\n")
            os.write(2, b"E0000 00:00:1795763306.491194 44 a.cc:1] an error\\n")
            os.write(2, b"something else\\n")
sys.meta_path.insert(0, Noise())
import skgru
"""
    assert run_python(code) == ("", "something else\n")
    _, errors = run_python(code, TF_CPP_MIN_LOG_LEVEL="2")
    assert [line.split("] ")[-1] for line in errors.splitlines()] == [
        "an error",
        "something else",
    ]


def test_the_main_job_prints_no_line_but_its_own(tmp_path):
    code = "import runpy; runpy.run_module('skgru', run_name='__main__')"
    options = ["--units=3", "--epochs=1", "--folds=2", "--final-epochs=1"]
    for _ in ("compiled", "loaded"):
        printed, errors = run_python(code, *options, SKGRU_CACHE_DIR=str(tmp_path))
        assert printed.startswith("JapaneseVowels: 270 training and 370 test")
        assert errors == ""


def test_another_backend_of_keras_is_refused():
    code = """
import keras
keras.backend.backend = lambda: "jax"
try:
    import skgru
except ImportError as error:
    print(error)
"""
    printed, _ = run_python(code)
    assert "Keras runs on 'jax' here: set the environment variable" in printed
