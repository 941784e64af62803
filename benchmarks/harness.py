"""What the benchmarks share: options, peers in processes of their own, reports."""

import argparse
import contextlib
import datetime
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass, field
from importlib import metadata
from pathlib import Path

import data
import joblib

HERE = Path(__file__).parent
RESULTS = HERE / "results"
# What some machines set for old builds of OpenBLAS, and what would change what is
# compared; peers start without them.
UNSET = ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE", "TF_XLA_FLAGS", "XLA_FLAGS")


def parser(description, rounds, *, fewest=1):
    """Return the options that every benchmark has.

    ``--quick`` is for trying a script out: tiny settings, and results in a temporary
    folder.
    """
    options = argparse.ArgumentParser(
        description=description, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument(
        "--rounds",
        type=lambda text: _at_least(fewest, int(text)),
        default=rounds,
        help=f"repetitions, {fewest} or more (default {rounds})",
    )
    options.add_argument(
        "--quick", action="store_true", help="tiny settings, to try the script out"
    )
    options.add_argument("--out", type=Path, help="folder for the results")
    options.add_argument(
        "--python",
        action="append",
        default=[],
        metavar="PEER=PATH",
        help="interpreter of one peer (skgru, scikeras, keras, torch, skorch, sktime, "
        "blas, startup), where it is not this one; may be given several times",
    )
    return options


def parsed_with_memory(options, score):
    """Return the options, with ``--memory``, and ``score`` with that memory."""
    options.add_argument(
        "--memory",
        metavar="DIR",
        help="folder that keeps every score, so that a run that was stopped goes on",
    )
    parsed = options.parse_args()
    return parsed, joblib.Memory(parsed.memory, verbose=0).cache(score)


def _at_least(fewest, value):
    if value < fewest:
        raise argparse.ArgumentTypeError(f"must be {fewest} or more, got {value}")
    return value


class Bench:
    """One run of a benchmark: its options, its data, its peers.

    Parameters
    ----------
    options : argparse.Namespace
        Of `parser`.
    """

    def __init__(self, options):
        self.options, self.quick = options, options.quick
        self.rounds = min(options.rounds, 2) if options.quick else options.rounds
        self.out = options.out or (
            Path(tempfile.mkdtemp(prefix="skgru-quick-")) if self.quick else RESULTS
        )
        self.interpreters = dict(item.split("=", 1) for item in options.python)
        self.about = {}
        self._started = []
        self._exit = contextlib.ExitStack()

    def __enter__(self):
        directory = self._exit.enter_context(tempfile.TemporaryDirectory())
        self.directory = Path(directory)
        return self

    def __exit__(self, *error):
        self._exit.close()

    def data(self, name):
        """Return the path of a prepared data set."""
        return data.prepare(name, self.directory)

    def start(self, peer, **environment):
        """Start a peer that lives as long as this run; return it."""
        process = Peer(peer, self._interpreter(peer), environment)
        self._started.append(process)
        return self._exit.enter_context(process)

    def run(self, peer, task, environment=None, **arguments):
        """Run one task in a process of its own; return its seconds and its answer.

        The seconds are those of the whole process, from its start to its end.
        """
        aside = 0.0
        began = time.perf_counter()
        with Peer(peer, self._interpreter(peer), environment or {}) as process:
            answer = process.ask(task, **arguments)
            if peer not in self.about:
                paused = time.perf_counter()
                self.about[peer] = process.ask("about")
                aside = time.perf_counter() - paused
        return time.perf_counter() - began - aside, answer

    def describe_one_process(self, *packages):
        """Note the versions of packages, for a benchmark that starts no peers."""
        self.about["one process"] = {
            "versions": {name: metadata.version(name) for name in packages},
            "pools": ["TensorFlow's own threads"],
        }

    def describe_peers(self):
        """Return the versions and thread pools of every peer of this run."""
        for process in self._started:
            if process.name not in self.about and not process.closed:
                self.about[process.name] = process.ask("about")
        return self.about

    def _interpreter(self, peer):
        return self.interpreters.get(peer, sys.executable)

    def interleaved(self, labels):
        """Yield ``(round, label)``: every label once in every round."""
        for r, order in enumerate(self.orders(labels)):
            for label in order:
                print(f"round {r + 1}/{self.rounds}: {label}", file=sys.stderr)
                yield r, label

    def orders(self, labels):
        """Yield each round's order of the labels; each round starts with another."""
        labels = list(labels)
        for r in range(self.rounds):
            start = r % len(labels)
            yield labels[start:] + labels[:start]


class Peer:
    """A process that answers requests; see ``peers/protocol.py``."""

    def __init__(self, name, python, environment):
        self.name, self.closed = name, False
        variables = {k: v for k, v in os.environ.items() if k not in UNSET}
        # Programs on disk would spare skgru what its peers pay: only where asked for.
        variables |= {"SKGRU_CACHE_DIR": "", "TF_CPP_MIN_LOG_LEVEL": "3"}
        variables |= {"CUDA_VISIBLE_DEVICES": "-1", "KERAS_BACKEND": "tensorflow"}
        self._errors = tempfile.TemporaryFile("w+")
        self._process = subprocess.Popen(
            [python, HERE / "peers" / f"{name}_peer.py"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            text=True,
            env=variables | environment,
        )

    def ask(self, task, **arguments):
        """Return the answer to one request."""
        try:
            self._process.stdin.write(json.dumps({"task": task, **arguments}) + "\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            pass  # the empty answer below says so
        answer = self._process.stdout.readline()
        if not answer:
            self._process.wait()
            self._errors.seek(0)
            raise RuntimeError(f"The peer {self.name} ended:\n{self._errors.read()}")
        return json.loads(answer)

    def __enter__(self):
        return self

    def __exit__(self, kind, *error):
        self.closed = True
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.close()
        if kind is not None:
            self._process.terminate()
        self._process.wait()
        self._process.stdout.close()
        self._errors.close()


def machine():
    """Return what the results depend on besides versions."""
    cpu = platform.processor()
    if Path("/proc/cpuinfo").exists():
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                cpu = line.split(":", 1)[1].strip()
                break
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"{cpu}, {len(os.sched_getaffinity(0))} cores, {memory:.0f} GiB, "
        f"{platform.system()} {platform.release()}"
    )


def median(values):
    """Return the median of numbers."""
    return statistics.median(values)


def mean(values):
    """Return the mean of numbers."""
    return statistics.fmean(values)


@dataclass
class Report:
    """The results of one run: sentences, tables, claims and a chart.

    Parameters
    ----------
    name : str
        Stem of the files.
    title : str
    settings : str
        What was run, in words.
    """

    name: str
    title: str
    settings: str
    tables: list = field(default_factory=list)
    claims: list = field(default_factory=list)
    panels: list = field(default_factory=list)
    raw: dict = field(default_factory=dict)

    def table(self, caption, columns, rows):
        """Add a table; numbers are shown with three figures."""
        rows = [[_show(value) for value in row] for row in rows]
        self.tables.append({"caption": caption, "columns": columns, "rows": rows})

    def claim(self, text, value, *, at_least=None, at_most=None):
        """Add a number that this run shows, and the limit it is held against."""
        value, holds, limit = float(value), None, ""
        if at_least is not None:
            holds, limit = value >= at_least, f"at least {at_least:g}"
        if at_most is not None:
            holds, limit = value <= at_most, f"at most {at_most:g}"
        self.claims.append(
            {"text": text, "value": value, "limit": limit, "holds": holds}
        )

    def bars(self, title, label, values):
        """Add a bar chart of a dict of numbers."""
        self.panels.append(("bars", title, label, None, values, False))

    def lines(self, title, xlabel, ylabel, series, *, log=True):
        """Add a line chart of a dict of ``(xs, ys)``; ``log`` makes both axes so."""
        self.panels.append(("lines", title, xlabel, ylabel, series, log))

    def write(self, bench):
        """Write the table, the numbers and the chart; print the table."""
        bench.out.mkdir(parents=True, exist_ok=True)
        now = datetime.datetime.now(datetime.UTC)
        header = {
            "date": f"{now:%Y-%m-%d %H:%M} UTC",
            "machine": machine(),
            "rounds": bench.rounds,
            "quick": bench.quick,
            "peers": bench.describe_peers(),
        }
        stem = bench.out / self.name
        content = asdict(self) | header
        del content["panels"]
        stem.with_suffix(".json").write_text(json.dumps(content, indent=1) + "\n")
        if self.panels:
            _draw(self.panels, stem.with_suffix(".png"))
        text = self._markdown(header)
        stem.with_suffix(".md").write_text(text)
        _write_index(bench.out)
        print(text)
        print(f"written: {stem}.md, .json, .png", file=sys.stderr)

    def _markdown(self, header):
        lines = [f"# {self.title}", "", self.settings, ""]
        if header["quick"]:
            lines += [
                "**A quick run: the settings are too small to mean anything.**",
                "",
            ]
        if self.claims:
            lines += _markdown_claims(self.claims)
        for table in self.tables:
            lines += [table["caption"], ""]
            lines += markdown_table(table["columns"], table["rows"])
        if self.panels:
            lines += [f"![{self.title}]({self.name}.png)", ""]
        lines += [
            f"{header['date']}; {header['machine']}; rounds: {header['rounds']}.",
            "",
        ]
        for peer, about in header["peers"].items():
            versions = ", ".join(f"{k} {v}" for k, v in about["versions"].items())
            lines.append(f"- {peer}: {versions}; {', '.join(about['pools'])}")
        return "\n".join(lines) + "\n"


def _show(value):
    if isinstance(value, float):
        return f"{value:.3g}" if abs(value) < 1000 else f"{value:.0f}"
    return str(value)


def markdown_table(columns, rows):
    lines = ["| " + " | ".join(columns) + " |", "|" + " --- |" * len(columns)]
    return [*lines, *("| " + " | ".join(row) + " |" for row in rows), ""]


def _markdown_claims(claims):
    shown = {True: "yes", False: "**no**", None: ""}
    rows = [
        [c["text"], _show(c["value"]), c["limit"], shown[c["holds"]]] for c in claims
    ]
    return markdown_table(["shown by this run", "value", "aim", "reached"], rows)


def _write_index(directory):
    """Write README.md of the results: what every run there has shown."""
    lines = [
        "# Results",
        "",
        "Written by the scripts; how to run them: ../README.md.",
        "",
    ]
    for path in sorted(directory.glob("bench_*.json")):
        content = json.loads(path.read_text())
        lines += [f"## [{content['title']}]({path.stem}.md)", ""]
        lines += [f"{content['date']}; {content['machine']}", ""]
        if content["claims"]:
            lines += _markdown_claims(content["claims"])
    (directory / "README.md").write_text("\n".join(lines))


def _draw(panels, path):
    import matplotlib

    matplotlib.use("agg")
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(
        1, len(panels), figsize=(5.5 * len(panels), 4), squeeze=False
    )
    for ax, (kind, title, xlabel, ylabel, values, log) in zip(
        axes[0], panels, strict=True
    ):
        if kind == "bars":
            bars = ax.barh(list(values), list(values.values()))
            ax.bar_label(
                bars, labels=[_show(float(v)) for v in values.values()], padding=2
            )
            ax.invert_yaxis()
            ax.margins(x=0.25)
        else:
            for label, (xs, ys) in values.items():
                ax.plot(xs, ys, marker="o", markersize=3, label=label)
            if log:
                ax.set_xscale("log", base=2)
                ax.set_yscale("log")
            ax.legend(fontsize="small")
        ax.set_xlabel(xlabel)
        if ylabel:
            ax.set_ylabel(ylabel)
        ax.set_title(title)
    figure.tight_layout()
    figure.savefig(path, dpi=110)
    plt.close(figure)
