"""An environment for each peer, with what it needs and nothing else.

Packages import others where they find them: Keras imports matplotlib and pandas, for
example. Where a process is timed from its start to its end, an environment that holds
all peers costs some of them more than others.
"""

import subprocess
import sys
import venv
from importlib import metadata
from pathlib import Path

# What a user of each peer would ask pip for.
REQUIREMENTS = {
    "skgru": [str(Path(__file__).parents[1])],
    "scikeras": ["scikeras", "tensorflow"],
    "skorch": ["skorch", "torch"],
    "sktime": ["sktime", "torch"],
}


def interpreters(directory):
    """Return the interpreter of each peer; environments that are missing are made.

    They hold the versions that are installed here, and skgru as it is now.
    """
    directory = Path(directory).absolute()
    directory.mkdir(parents=True, exist_ok=True)
    constraints = directory / "constraints.txt"
    constraints.write_text(
        "".join(
            f"{distribution.name}=={distribution.version}\n"
            for distribution in metadata.distributions()
            if distribution.name != "skgru"
        )
    )
    return {peer: _interpreter(directory / peer, constraints) for peer in REQUIREMENTS}


def _interpreter(environment, constraints):
    python = environment / ("Scripts" if sys.platform == "win32" else "bin") / "python"
    done = environment / "complete"
    install = [python, "-m", "pip", "install", "--quiet"]
    requirements = REQUIREMENTS[environment.name]
    if not done.exists():
        print(f"making {environment}", file=sys.stderr)
        venv.create(environment, clear=True, with_pip=True)
        install += ["--constraint", constraints]
        subprocess.run([*install, *requirements], check=True)
        done.touch()
    elif environment.name == "skgru":
        install += ["--no-deps", "--force-reinstall"]
        subprocess.run([*install, *requirements], check=True)
    return str(python)
