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
