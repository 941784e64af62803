"""Compiled programs on disk: found by the next process, and by nobody else."""

import os
import stat

import pytest
from fresh_process import run_python

pytestmark = pytest.mark.long

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
    return sorted(p.name for p in directory.rglob("skgru_*"))


def test_a_second_process_compiles_nothing_whatever_it_fits_first(tmp_path):
    cache = tmp_path / "cache"
    run(cache, 3, 4)
    programs = kept(cache)
    assert len(programs) == 4  # to train and to predict, for each width
    run(cache, 4, 3)
    assert kept(cache) == programs


def test_the_directory_is_private_and_has_any_name(tmp_path):
    cache = tmp_path / "my cache"
    _, errors = run(cache, 3)
    assert errors == ""
    assert len(kept(cache)) == 2
    (inner,) = cache.iterdir()
    for directory in (cache, inner):
        assert stat.S_IMODE(directory.stat().st_mode) == 0o700


def test_a_directory_that_others_can_write_to_is_refused(tmp_path):
    cache = tmp_path / "cache"
    cache.mkdir()
    cache.chmod(0o777)
    _, errors = run(cache, code="import skgru")
    assert f"others can write to {cache}" in errors
    assert "SKGRU_CACHE_DIR" in errors
    assert kept(cache) == []


@pytest.mark.skipif(os.name != "posix", reason="owners are a matter of POSIX")
def test_a_path_that_is_no_directory_is_refused(tmp_path):
    occupied = tmp_path / "file"
    occupied.write_text("")
    _, errors = run(occupied, code="import skgru")
    assert "Compiled programs are not kept" in errors


def test_an_empty_variable_turns_it_off(tmp_path):
    home = {"HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path)}
    run_python(FIT, 3, SKGRU_CACHE_DIR="", **home)
    assert kept(tmp_path) == []


def test_a_directory_chosen_through_tensorflow_stays(tmp_path):
    theirs, ours = tmp_path / "theirs", tmp_path / "ours"
    flags = f"--tf_xla_persistent_cache_directory={theirs}"
    run_python(FIT, 3, SKGRU_CACHE_DIR=str(ours), TF_XLA_FLAGS=flags)
    assert len(list(theirs.iterdir())) == 2
    assert not ours.exists()


def test_importing_changes_no_environment_variable(tmp_path):
    code = """
    import os
    before = dict(os.environ)
    import skgru
    print(dict(os.environ) == before)
    """
    printed, _ = run(tmp_path, code=code)
    assert printed == "True\n"


def test_a_child_process_heeds_a_directory_of_its_own(tmp_path):
    code = f"""
    import os, subprocess, sys
    import skgru
    own = dict(os.environ, SKGRU_CACHE_DIR={str(tmp_path / "child")!r})
    subprocess.run([sys.executable, "-c", {FIT!r}, "3"], env=own, check=True)
    """
    run(tmp_path / "parent", code=code)
    assert len(kept(tmp_path / "child")) == 2
    assert kept(tmp_path / "parent") == []


def test_tensorflow_that_ran_before_gets_a_warning(tmp_path):
    """It has read its settings then, and reads them only once."""
    ran = "import tensorflow; tensorflow.ones(3)\n"
    _, errors = run(tmp_path, 3, 4, code=ran + FIT)
    assert errors.count("Compiled programs are not kept") == 1
    assert "Import skgru first" in errors
