"""Whatever happens to the programs on disk, a fit comes out the same: only later."""

import os
import shutil
from concurrent.futures import ThreadPoolExecutor

import pytest
from fresh_process import run_python

pytestmark = pytest.mark.long

UNITS = [3, 4]  # two programs each, one to train and one to predict
FIT = """
import os, pathlib, sys
import numpy as np, skgru
rng = np.random.default_rng(0)
X, y = rng.normal(size=(20, 5, 2)), rng.integers(0, 2, 20)
def fit(units):
    network = skgru.GRUClassifier(units, epochs=1, random_state=0).fit(X, y)
    print(network.predict_proba(X).tobytes().hex())
directory = pathlib.Path(os.environ["SKGRU_CACHE_DIR"])
"""
FIT_ALL = f"{FIT}\nfor units in {UNITS}: fit(units)"


def run(directory, code=FIT_ALL, **environment):
    return run_python(code, SKGRU_CACHE_DIR=str(directory), **environment)


def files(directory):
    return sorted(p for p in directory.rglob("*") if p.is_file())


@pytest.fixture(scope="module")
def filled(tmp_path_factory):
    """A directory of programs, and what a process prints that compiled them."""
    directory = tmp_path_factory.mktemp("filled")
    directory.chmod(0o700)
    printed, _ = run(directory)
    return directory, printed


@pytest.fixture
def copy(filled, tmp_path):
    directory = shutil.copytree(filled[0], tmp_path / "copy")
    return directory, filled[1]


def flip_a_bit(path):
    content = bytearray(path.read_bytes())
    content[len(content) * 2 // 3] ^= 1  # in machine code, or beside it
    path.write_bytes(content)


def become_a_directory(path):
    path.unlink()
    path.mkdir()


def test_damaged_programs_are_named_removed_and_compiled_again(copy):
    directory, expected = copy
    damage = [
        lambda path: os.truncate(path, path.stat().st_size // 2),
        flip_a_bit,
        lambda path: os.truncate(path, 0),
        lambda path: path.write_text("This is no program.\n"),
    ]
    paths = files(directory)
    for spoil, path in zip(damage, paths, strict=True):
        spoil(path)
    printed, errors = run(directory)
    assert printed == expected
    for path in paths:
        assert errors.count(str(path)) == 1
    assert run(directory) == (expected, "")
    assert files(directory) == paths


def test_programs_that_cannot_be_read_are_compiled_again(copy):
    directory, expected = copy
    mislaid, taken, *_ = files(directory)
    shutil.copy(files(directory)[-1], mislaid)  # a program, but another one
    become_a_directory(taken)  # cannot be read, nor removed, nor written
    printed, errors = run(directory)
    assert printed == expected
    assert f"{mislaid} (its checksum is wrong)" in errors
    assert f"{taken} (Is a directory). It cannot be removed" in errors
    assert f"Compiled programs are not kept: Is a directory: {taken}" in errors


def test_programs_that_tensorflow_does_not_take_are_compiled_again(copy):
    directory, expected = copy
    paths = files(directory)
    spoil = f"""
    from pathlib import Path
    from skgru._engine import disk_cache
    disk_cache._write(Path({str(paths[-1])!r}), b"\\n\\x03abc")
    """
    run(directory, spoil)
    printed, errors = run(directory)
    assert printed == expected
    assert errors.count("cannot be used, and is compiled again") == 1
    assert str(paths[-1]) in errors
    assert files(directory) == paths[:-1]


def test_a_directory_that_is_removed_meanwhile_is_made_again(tmp_path):
    directory = tmp_path / "cache"
    code = f"""{FIT}
import shutil
shutil.rmtree(directory)
fit(3)
directory.chmod(0o777)
fit(4)
"""
    _, errors = run(directory, code)
    assert len(files(directory)) == 2
    assert errors.count("Compiled programs are not kept") == 1
    assert f"others can write to {directory}" in errors


@pytest.mark.skipif(os.name != "posix", reason="limits are a matter of POSIX")
def test_a_disk_that_takes_no_more_costs_a_warning(filled, tmp_path):
    code = f"""{FIT}
import resource
resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, resource.RLIM_INFINITY))
for units in {UNITS}: fit(units)
"""
    printed, errors = run(tmp_path / "cache", code)
    assert printed == filled[1]
    assert errors.count("Compiled programs are not kept") == 1
    assert str(tmp_path / "cache") in errors
    assert files(tmp_path / "cache") == []


def test_processes_share_a_directory_at_the_same_time(filled, tmp_path):
    directory = tmp_path / "cache"
    with ThreadPoolExecutor(2) as pool:
        outcomes = list(pool.map(run, [directory] * 2))
    assert outcomes == [(filled[1], "")] * 2
    names = [path.name for path in files(directory)]
    assert names == [path.name for path in files(filled[0])]
    assert run(directory) == (filled[1], "")


@pytest.mark.slow
def test_a_process_that_is_killed_while_it_writes_leaves_no_half_program(
    filled, tmp_path
):
    """Two that come after it, at the same time, compile what it could not write."""
    directory = tmp_path / "cache"
    killed = f"""{FIT}
import signal
replace = os.replace
def killed_at_the_second(*paths):
    if any(directory.rglob("skgru_*")):
        os.kill(os.getpid(), signal.SIGKILL)
    replace(*paths)
os.replace = killed_at_the_second
fit(3)
"""
    code = "import subprocess, sys; print(subprocess.call([sys.executable, '-c', {}]))"
    assert run(directory, code.format(repr(killed)))[0] == "-9\n"
    assert len(list(directory.rglob("skgru_*"))) == 1
    with ThreadPoolExecutor(2) as pool:
        outcomes = list(pool.map(run, [directory] * 2))
    assert outcomes == [(filled[1], "")] * 2
    names = sorted(path.name for path in directory.rglob("skgru_*"))
    assert names == [path.name for path in files(filled[0])]
