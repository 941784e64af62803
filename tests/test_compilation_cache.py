"""Compiled programs on disk: found by the next process, and by nobody else."""

import os
import stat

import pytest
from fresh_process import run_python

FIT = """
import sys
import numpy as np, skgru
rng = np.random.default_rng(0)
X, y = rng.normal(size=(20, 5, 2)), rng.integers(0, 2, 20)
for units in map(int, sys.argv[1:]):
    skgru.GRUClassifier(units, epochs=1, random_state=0).fit(X, y).predict(X)
"""


def run(directory, *units, code=FIT):
    """Fit networks of some widths in a fresh process; return what it printed."""
    return run_python(code, *units, SKGRU_CACHE_DIR=str(directory))


def kept(directory):
    return sorted(p.name for p in directory.rglob("xla_compile_cache*"))


def test_a_second_process_compiles_nothing_whatever_it_fits_first(tmp_path):
    cache = tmp_path / "cache"
    run(cache, 3, 4)
    programs = kept(cache)
    assert len(programs) == 4  # to train and to predict, for each width
    run(cache, 4, 3)
    assert kept(cache) == programs


def test_the_directory_is_private(tmp_path):
    cache = tmp_path / "cache"
    run(cache, 3)
    (inner,) = cache.iterdir()
    for directory in (cache, inner):
        assert stat.S_IMODE(directory.stat().st_mode) == 0o700


def test_a_directory_that_others_can_write_to_is_refused(tmp_path):
    cache = tmp_path / "cache"
    cache.mkdir()
    cache.chmod(0o777)
    _, errors = run(cache, 3)
    assert f"others can write to {cache}" in errors
    assert "SKGRU_CACHE_DIR" in errors
    assert kept(cache) == []


@pytest.mark.skipif(os.name != "posix", reason="owners are a matter of POSIX")
def test_a_path_that_is_no_directory_is_refused(tmp_path):
    occupied = tmp_path / "file"
    occupied.write_text("")
    _, errors = run(occupied, code="import skgru")
    assert "Compiled programs are not kept" in errors


def test_an_empty_variable_turns_it_off():
    code = "import os, skgru; print(os.environ.get('TF_XLA_FLAGS'))"
    printed, _ = run("", code=code)
    assert printed.strip() == "None"


def test_a_directory_chosen_through_tensorflow_stays(tmp_path):
    code = f"""
import os
os.environ["TF_XLA_FLAGS"] = "--tf_xla_persistent_cache_directory={tmp_path}"
import skgru
print(os.environ["TF_XLA_FLAGS"])
"""
    flags, _ = run(tmp_path / "other", code=code)
    assert flags.strip() == f"--tf_xla_persistent_cache_directory={tmp_path}"
