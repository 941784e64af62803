"""Texts augmented before training."""

import re

import numpy as np
import pandas as pd
import pytest
from augmenters import in_range, is_subsequence
from scipy import stats

from skgru.augmentation import (
    augment_text,
)

TEXT = " ".join(f"w{i}" for i in range(60))


def n_words(texts):
    return sum(len(text.split()) for text in texts)


def test_text_insertion_repeats_words_of_the_same_text():
    other = TEXT.replace("w", "v")
    new = augment_text([TEXT, other] * 20, 0, insertion=0.2, deletion=0, swap=0)
    assert in_range(n_words(new) - 2400, 2400, 0.2)
    for text, longer in zip([TEXT, other] * 20, new, strict=True):
        assert set(longer.split()) == set(text.split())
        assert is_subsequence(text.split(), longer.split())
    one_more = augment_text(["a b"] * 500, 0, insertion=0.5, deletion=0, swap=0)
    assert {text for text in one_more if len(text) == 5} == {
        "a a b",
        "b a b",
        "a b a",
        "a b b",
    }


def test_text_deletion_keeps_order_and_a_word():
    new = augment_text([TEXT] * 40, 0, insertion=0, deletion=0.3, swap=0)
    assert in_range(2400 - n_words(new), 2400, 0.3)
    assert all(is_subsequence(text.split(), TEXT.split()) for text in new)
    left = augment_text(["a b c"] * 300, 0, deletion=1.0)
    assert set(left) == {"a", "b", "c"}


def test_text_swap_keeps_the_words():
    texts = [TEXT] * 400
    new = augment_text(texts, 0, insertion=0, deletion=0, swap=0.01)
    assert all(sorted(text.split()) == sorted(TEXT.split()) for text in new)
    moved = [
        sum(a != b for a, b in zip(text.split(), TEXT.split(), strict=True))
        for text in new
    ]
    # None, one swap, two swaps (of four words, of three or of the same two), ...
    n_swaps = stats.binom(60, 0.01)
    assert in_range(moved.count(0), 400, n_swaps.pmf(0) + n_swaps.pmf(2) / 1770)
    assert in_range(moved.count(2), 400, n_swaps.pmf(1) + n_swaps.pmf(3) * 0.003)
    assert set(moved) >= {0, 2, 4}
    assert augment_text("a b", 0, insertion=0, deletion=0, swap=1.0) in ("a b", "b a")


def test_text_forms_and_determinism():
    assert augment_text(TEXT, 3) == augment_text(TEXT, 3) != augment_text(TEXT, 4)
    assert isinstance(augment_text(TEXT, 0), str)
    assert augment_text([], 0) == []
    assert augment_text(pd.Series([TEXT, "a"]), 0) == augment_text([TEXT, "a"], 0)
    rng = np.random.default_rng(0)
    assert augment_text(TEXT, rng) != augment_text(TEXT, rng)


def test_text_without_words_and_without_edits_is_kept():
    assert augment_text(["", "  "], 0) == ["", "  "]
    assert augment_text(["one"], 0, insertion=0, swap=1.0, deletion=1.0) == ["one"]
    assert augment_text(TEXT, 0, insertion=0, swap=0, deletion=0) == TEXT


def test_text_without_spaces_is_split_by_a_tokenizer():
    text = "我们今天去公园散步"
    shorter = augment_text(text, 1, tokenizer=list, insertion=0, swap=0, deletion=0.4)
    assert 0 < len(shorter) < len(text)
    assert is_subsequence(shorter, text)
    kept = {"insertion": 0, "swap": 0, "deletion": 0}
    split = re.compile("[a-z]+").findall
    assert augment_text("ab, cd", 0, tokenizer=split, **kept) == "abcd"
    assert augment_text("ab, cd", 0, tokenizer=split, separator="-", **kept) == "ab-cd"


def test_bad_text_names_the_sample():
    with pytest.raises(TypeError, match="sample 1 is 3 of type int"):
        augment_text(["a", 3])
    with pytest.raises(ValueError, match="'swap' parameter of augment_text must be a"):
        augment_text("a", swap=1.5)
    with pytest.raises(ValueError, match="random_state must be"):
        augment_text("a", "b")
