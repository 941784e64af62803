"""Files that are damaged: refused, or loaded as they were."""

import random
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from files import archived, members
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

import skgru
from skgru.exceptions import FileFormatError

# The files were written with the newest scikit-learn, which an older one warns of.
pytestmark = pytest.mark.filterwarnings(
    "ignore::sklearn.exceptions.InconsistentVersionWarning"
)

DATA = Path(__file__).with_name("data") / "format_1"
CONTENT = (DATA / "pipeline.skops").read_bytes()
OTHER = (DATA / "regressor.skops").read_bytes()

place = st.integers(0, len(CONTENT) - 1)
length = st.integers(1, 4096)


@st.composite
def flipped(draw):
    content = bytearray(CONTENT)
    for _ in range(draw(st.integers(1, 8))):
        content[draw(place)] ^= 1 << draw(st.integers(0, 7))
    return bytes(content)


@st.composite
def truncated(draw):
    return CONTENT[: draw(place)]


@st.composite
def overwritten(draw):
    """As a lost sector of a disk."""
    start, n = draw(place), draw(length)
    filling = draw(st.sampled_from([b"\0", b"\xff", b"PK\x03\x04"]))
    return (CONTENT[:start] + (filling * n)[:n] + CONTENT[start + n :])[: len(CONTENT)]


@st.composite
def spliced(draw):
    """Part of it left out, given twice or taken from another file."""
    start, end, n = draw(place), draw(place), draw(length)
    piece = draw(st.sampled_from([CONTENT, OTHER]))[end : end + n]
    return CONTENT[:start] + piece + CONTENT[draw(place) :]


@st.composite
def rearranged(draw):
    """A sound archive whose members are not where they belong."""
    parts = members(CONTENT)
    one, two = draw(st.permutations(sorted(parts)))[:2]
    how = draw(st.sampled_from(["swap", "drop", "replace", "add"]))
    if how == "swap":
        parts[one], parts[two] = parts[two], parts[one]
    elif how == "drop":
        del parts[one]
    elif how == "replace":
        others = members(OTHER)
        parts[one] = others[draw(st.sampled_from(sorted(others)))]
    else:
        parts["0.npy"] = parts[one]
    return archived(parts)


damaged = st.one_of(flipped(), truncated(), overwritten(), spliced(), rearranged())


@pytest.fixture(scope="module")
def outcome(tmp_path_factory):
    """Load a damaged file: say whether it was refused or is equal, or fail."""
    original = skgru.load(DATA / "pipeline.skops")
    X = np.load(DATA / "pipeline.npz")["X"]
    expected = original.predict_proba(X)
    path = tmp_path_factory.mktemp("files") / "damaged.skops"

    def load(content):
        path.write_bytes(content)
        try:
            loaded = skgru.load(path)
        except FileFormatError as error:
            assert str(path) in str(error)
            return "refused"
        assert repr(loaded) == repr(original)
        network, its_own = original[-1], loaded[-1]
        assert its_own.history_ == network.history_
        np.testing.assert_array_equal(loaded.predict_proba(X), expected)
        return "equal"

    return load


fuzzed = settings(
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


# What failed is shown as a whole, however long it is.
@pytest.mark.filterwarnings("ignore:Generating overly large repr")
@settings(fuzzed, max_examples=50)
@example(b"")
@example(b"PK\x05\x06" + b"\0" * 18)
@given(damaged)
def test_damage_is_refused_or_changes_nothing(outcome, content):
    outcome(content)


@pytest.mark.slow
def test_damage_of_a_thousand_files(outcome, capsys):
    counts = Counter()

    @settings(fuzzed, max_examples=1000, database=None)
    @given(damaged)
    def damage(content):
        counts[outcome(content)] += 1

    damage()
    with capsys.disabled():
        print(f"\n{sum(counts.values())} damaged files: {dict(counts)}")
    assert sum(counts.values()) >= 1000
    assert counts["refused"] > 0 and counts["equal"] > 0


def test_every_truncation_is_refused(outcome):
    lengths = random.Random(0).sample(range(len(CONTENT)), 40)
    assert {outcome(CONTENT[:n]) for n in lengths} == {"refused"}
