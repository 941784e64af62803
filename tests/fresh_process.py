"""Code in a process of its own, which shares no compiled program with this one."""

import os
import subprocess
import sys
import textwrap


def run_python(code, *arguments, **environment):
    """Run code in a fresh process; return what it printed, out and error."""
    inherited = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"}
    inherited.pop("TF_XLA_FLAGS", None)  # where this process keeps its programs
    result = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code), *map(str, arguments)],
        env={**inherited, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    return result.stdout, result.stderr
