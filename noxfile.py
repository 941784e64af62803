"""The suite on every version that setup.cfg names, and the files of a release.

``nox`` runs all of it: what a release must pass. ``nox -s lowest -- tests/test_x.py``
runs some tests on the lowest versions of all dependencies.
"""

import configparser
import os
from pathlib import Path

import nox
from packaging.requirements import Requirement

nox.needs_version = ">=2025.2.9"
nox.options.default_venv_backend = "venv"
nox.options.error_on_missing_interpreters = True

SETUP = configparser.ConfigParser()
SETUP.read(Path(__file__).with_name("setup.cfg"))


def lines(section, option):
    """Return the lines of an option of setup.cfg."""
    return SETUP[section][option].split("\n")[1:]


def supported_pythons():
    """Return the Pythons among the classifiers, the oldest first."""
    prefix = "Programming Language :: Python :: 3."
    found = [c for c in lines("metadata", "classifiers") if c.startswith(prefix)]
    return [c.rpartition(" ")[2] for c in found]


def lowest_versions():
    """Return a constraint for each dependency: the lowest version that it may have."""
    required = lines("options", "install_requires")
    for extra in SETUP["options.extras_require"]:
        if extra != "bench":  # peers, which no test needs
            required += lines("options.extras_require", extra)
    constraints = []
    for requirement in map(Requirement, required):
        if requirement.name != SETUP["metadata"]["name"]:
            lowest = [s.version for s in requirement.specifier if s.operator == ">="]
            if len(lowest) != 1:
                raise ValueError(f"setup.cfg: give {requirement.name!r} a lower bound.")
            constraints.append(f"{requirement.name}=={lowest[0]}")
    return constraints


PYTHONS = supported_pythons()


def test(session, *options):
    """Run some tests or all, with no programs on disk but those of the caller."""
    session.run("python", "-m", "pip", "list")
    pytest = ("python", "-m", "pytest", "-q", "-p", "no:cacheprovider", *options)
    own = str(Path(session.virtualenv.location, "programs"))
    programs = os.environ.get("SKGRU_CACHE_DIR", own)
    session.run(*pytest, *session.posargs, env={"SKGRU_CACHE_DIR": programs})


@nox.session(python=PYTHONS)
def newest(session):
    """Run the suite with the newest version of everything."""
    session.install("--upgrade", "--upgrade-strategy", "eager", ".[test]")
    test(session)


@nox.session(python=PYTHONS[0])
def lowest(session):
    """Run the suite with the lowest version of every dependency in setup.cfg."""
    constraints = Path(session.virtualenv.location, "lowest.txt")
    constraints.write_text("\n".join(lowest_versions()) + "\n")
    # Most files of TensorFlow are never imported: they need not be compiled.
    session.install("--no-compile", "--constraint", str(constraints), ".[test]")
    # They are older than the newest versions of what they depend on themselves.
    test(session, "-W", "ignore::DeprecationWarning")


@nox.session(python=PYTHONS)
def package(session):
    """Build the files of a release, check them, and run both away from the clone."""
    session.install("build", "twine")
    directory = Path(session.virtualenv.location, "dist")
    session.run("python", "-m", "build", "--outdir", str(directory))
    files = sorted(directory.iterdir())  # the wheel first
    session.run("python", "-m", "twine", "check", "--strict", *map(str, files))
    session.chdir(directory)
    for file in files:
        session.install("--force-reinstall", "--no-deps", str(file))
        session.install(str(file))
        session.run(
            *("python", "-m", "skgru", "--units=4", "--epochs=1", "--folds=2"),
            "--final-epochs=1",
            env={"SKGRU_CACHE_DIR": ""},
        )
