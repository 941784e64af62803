"""A file is replaced as a whole or not at all."""

import errno
import os
import resource
import signal
import stat
import subprocess
import sys
import textwrap

import numpy as np
import pytest
import scipy.sparse

import skgru
from skgru import GRUClassifier

OLD, NEW = GRUClassifier(units=3), GRUClassifier(units=5)


@pytest.fixture
def path(tmp_path):
    """A file that holds the old estimator."""
    skgru.save(OLD, tmp_path / "estimator.skops")
    return tmp_path / "estimator.skops"


def only_the_old_one(path):
    names = [p.name for p in path.parent.iterdir()]
    return skgru.load(path).units == OLD.units and names == [path.name]


def test_a_full_disk_leaves_the_old_file(path):
    """Files may grow to 4 KB only, and what is saved needs more."""
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, limits[1]))
    try:
        with pytest.raises(OSError, match=r"estimator\.skops") as caught:
            skgru.save(NEW, path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert caught.value.errno == errno.EFBIG
    assert only_the_old_one(path)


def test_an_error_or_ctrl_c_leaves_the_old_file(path, monkeypatch):
    for error in (OSError(errno.EIO, "Input/output error"), KeyboardInterrupt()):

        def fail(descriptor, error=error):
            raise error

        monkeypatch.setattr(os, "fsync", fail)
        with pytest.raises(type(error)):
            skgru.save(NEW, path)
        assert only_the_old_one(path)


@pytest.mark.long
@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_a_process_that_dies_leaves_the_old_file(path, step):
    """It is killed when all is written, but not yet under the file's name."""
    code = f"""
        import os, signal, sys, skgru
        os.{step} = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
        skgru.save(skgru.GRUClassifier(units=5), sys.argv[1])
        """
    command = [sys.executable, "-c", textwrap.dedent(code), str(path)]
    assert subprocess.run(command, check=False).returncode == -signal.SIGKILL
    assert skgru.load(path).units == OLD.units


@pytest.mark.slow
def test_processes_killed_at_any_moment_leave_a_whole_file(path):
    code = """
        import itertools, sys, skgru
        estimators = [skgru.GRUClassifier(units=n) for n in (3, 5)]
        for estimator in itertools.cycle(estimators):
            skgru.save(estimator, sys.argv[1])
            print(estimator.units, flush=True)
        """
    command = [sys.executable, "-c", textwrap.dedent(code), str(path)]
    rng = np.random.default_rng(0)
    for _ in range(10):
        with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
            process.stdout.readline()
            with pytest.raises(subprocess.TimeoutExpired):
                process.wait(timeout=rng.uniform(0, 0.3))
            process.kill()
        assert skgru.load(path).units in (3, 5)


def test_a_new_file_is_an_ordinary_one(path):
    assert stat.S_IMODE(path.stat().st_mode) == 0o666 & ~umask(path.parent)


def umask(directory):
    plain = directory / "plain"
    plain.touch()
    return 0o666 & ~stat.S_IMODE(plain.stat().st_mode)


def test_permissions_and_links_stay(path):
    path.chmod(0o640)
    link = path.with_name("link.skops")
    link.symlink_to(path)
    skgru.save(NEW, link)
    assert link.is_symlink()
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert skgru.load(path).units == NEW.units


def test_what_cannot_be_replaced_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"nowhere/estimator\.skops"):
        skgru.save(NEW, tmp_path / "nowhere" / "estimator.skops")
    with pytest.raises(IsADirectoryError, match=str(tmp_path)):
        skgru.save(NEW, tmp_path)
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(OSError, match=r"Not a regular file.*pipe"):
        skgru.save(NEW, tmp_path / "pipe")


def test_what_could_not_be_loaded_is_not_saved(path):
    with pytest.raises(TypeError, match="could not be loaded: its sparse matrices"):
        skgru.save(with_sparse_zeros(), path)
    assert only_the_old_one(path)


def with_sparse_zeros():
    """An estimator with a matrix of zeros that takes 1/1000 of its size on disk."""
    scaler = skgru.preprocessing.SequenceScaler()
    scaler.zeros_ = scipy.sparse.csr_matrix((2**25, 1))
    return scaler
