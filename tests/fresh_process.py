"""Code in a process of its own, which shares no compiled program with this one."""

import os
import subprocess
import sys
import textwrap


def run_python(code, *arguments, **environment):
    """Run code in a fresh process; return what it printed, out and error."""
    # What importing skgru has set in this process: TensorFlow's log, its programs.
    ours = {"TF_CPP_MIN_LOG_LEVEL", "TF_XLA_FLAGS"}
    inherited = {key: value for key, value in os.environ.items() if key not in ours}
    result = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code), *map(str, arguments)],
        env={**inherited, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    return result.stdout, result.stderr


def compiled_programs(code, tmp_path, **environment):
    """Return how many training and prediction programs XLA compiled for some code."""
    dump = tmp_path / "dump"
    flags = f"--xla_dump_to={dump} --xla_dump_hlo_as_text"
    # A program that comes from the persistent cache would not be counted.
    run_python(code, XLA_FLAGS=flags, SKGRU_CACHE_DIR="", **environment)
    modules = [p.name for p in dump.glob("*.before_optimizations.txt")]
    return tuple(
        sum(f"skgru_{name}_" in module for module in modules)
        for name in ("train", "forward")
    )
