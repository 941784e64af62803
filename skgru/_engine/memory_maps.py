"""Whether the process may map enough further memory regions for another program.

XLA maps three memory regions for each kernel, hundreds for a program. TensorFlow never
unloads a program, and Linux allows a process 65530 regions by default. When none are
left, compiling another program ends the process with a segmentation fault.
"""

from pathlib import Path

_LIMIT = Path("/proc/sys/vm/max_map_count")
_MAPS = Path("/proc/self/maps")
# Twice the most regions that any program took in tests, as other code maps some too.
_RESERVE = 4_000


def check_room(n_compiled):
    """Raise if the process may be unable to load another compiled program.

    Parameters
    ----------
    n_compiled : int
        Programs that the process has compiled or loaded so far.

    Raises
    ------
    RuntimeError
        Too few regions are left for another program.
    """
    try:
        limit = int(_LIMIT.read_text())
        with _MAPS.open("rb") as file:
            n_regions = sum(1 for _ in file)
    except OSError:  # not Linux (only Linux has the limit), or /proc is not readable
        return
    if n_regions + _RESERVE > limit:
        raise RuntimeError(
            f"No other program can be compiled in this process: it holds {n_compiled}, "
            f"which TensorFlow keeps until the process ends, and maps {n_regions} "
            f"memory regions of the {limit} that the system allows. Search fewer "
            "parameters that change the network (skgru.tuning says which do), spread "
            "the search over processes, or raise the limit: "
            "sysctl -w vm.max_map_count=1048576."
        )
