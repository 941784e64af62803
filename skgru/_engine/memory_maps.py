"""How many regions of memory the process may still map.

XLA loads each kernel of a program into regions of its own, three for each, hundreds for
a program. TensorFlow never unloads any, and Linux lets a process have 65530 by default.
Where they run out, compiling ends the process with a segmentation fault.
"""

from pathlib import Path

_LIMIT = Path("/proc/sys/vm/max_map_count")
_MAPS = Path("/proc/self/maps")
# More than any program takes that was seen, with as much again for what else runs.
_RESERVE = 4_000


def check_room(n_compiled):
    """Refuse to compile what the process may not be able to load.

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
    except OSError:  # not Linux, which alone has the limit, or nothing of it is shown
        return
    if n_regions + _RESERVE > limit:
        raise RuntimeError(
            f"No other program can be compiled in this process: it has {n_compiled}, "
            f"which TensorFlow keeps until the process ends, and maps {n_regions} "
            f"regions of memory of the {limit} that the system allows. Search fewer "
            "parameters that change the network (skgru.tuning says which do), spread "
            "the search over processes, or raise the limit: "
            "sysctl -w vm.max_map_count=1048576."
        )
