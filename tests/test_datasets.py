"""The bundled data: its shapes, its truth to the sources, its licences."""

import hashlib
import sys

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold, cross_val_score, train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import skgru.datasets
from skgru.datasets import load_co2, load_japanese_vowels, load_product_reviews

LOADERS = [load_japanese_vowels, load_co2, load_product_reviews]


def sha256(array):
    return hashlib.sha256(np.ascontiguousarray(array).tobytes()).hexdigest()


def test_every_loader_is_exported():
    assert sorted(f.__name__ for f in LOADERS) == sorted(skgru.datasets.__all__)


@pytest.mark.parametrize(
    ("loader", "licence", "author"),
    [
        (load_japanese_vowels, "CC BY 4.0", "Kudo"),
        (load_co2, "Public domain", "Keeling"),
        (load_product_reviews, "The MIT License", "Hutto"),
        (load_product_reviews, "CC BY 4.0", "Hu"),
    ],
)
def test_description_names_source_citation_and_licence(loader, licence, author):
    description = loader().DESCR
    for section in ("Source\n---", "Citation\n---", "Licence\n---"):
        assert section in description
    assert author in description.split("Citation\n")[1].split("Licence\n")[0]
    assert licence in description.split("Licence\n")[1]


@pytest.mark.parametrize("loader", LOADERS)
def test_each_call_returns_fresh_writable_data(loader):
    first, second = loader(), loader()
    before = second.data[0].copy() if loader is load_japanese_vowels else second.data[0]
    if loader is load_japanese_vowels:
        first.data[0][:] = 0  # within a recording, not only which one it is
    else:
        first.data[0] = first.data[1]
    assert_array_equal(second.data[0], before)
    assert_array_equal(loader().data[0], before)


# JapaneseVowels


@pytest.mark.parametrize(
    ("split", "counts", "shortest", "longest"),
    [
        ("train", [30] * 9, 7, 26),
        ("test", [31, 35, 88, 44, 29, 24, 40, 50, 29], 7, 29),
        ("all", [61, 65, 118, 74, 59, 54, 70, 80, 59], 7, 29),
    ],
)
def test_japanese_vowels_has_the_official_split(split, counts, shortest, longest):
    vowels = load_japanese_vowels(split=split)
    assert_array_equal(np.bincount(vowels.target), counts)
    assert vowels.target.dtype == np.int64
    assert vowels.data.shape == vowels.target.shape == (sum(counts),)
    assert {x.dtype for x in vowels.data} == {np.dtype(np.float32)}
    assert {x.ndim for x in vowels.data} == {2}
    assert {x.shape[1] for x in vowels.data} == {12}
    assert all(np.isfinite(x).all() for x in vowels.data)
    assert_array_equal(vowels.lengths, [len(x) for x in vowels.data])
    assert (vowels.lengths.min(), vowels.lengths.max()) == (shortest, longest)
    assert len(vowels.feature_names) == 12
    assert vowels.target_names[vowels.target[0]] == "speaker 1"


def test_japanese_vowels_gives_the_training_recordings_by_default():
    assert_array_equal(
        load_japanese_vowels().lengths, load_japanese_vowels(split="train").lengths
    )


def test_japanese_vowels_all_is_train_then_test():
    parts = [load_japanese_vowels(split=split) for split in ("train", "test")]
    both = load_japanese_vowels(split="all")
    assert_array_equal(both.target, np.concatenate([p.target for p in parts]))
    for x, y in zip(both.data, [*parts[0].data, *parts[1].data], strict=True):
        assert_array_equal(x, y)


@pytest.mark.parametrize("split", ["train", "test", "all"])
def test_japanese_vowels_padded_holds_the_same_recordings_then_nan(split):
    listed = load_japanese_vowels(split=split)
    padded = load_japanese_vowels(split=split, padded=True)
    assert padded.data.shape == (len(listed.data), 29, 12)
    assert padded.data.dtype == np.float32
    for row, recording in zip(padded.data, listed.data, strict=True):
        assert_array_equal(row[: len(recording)], recording)
        assert np.isnan(row[len(recording) :]).all()


@pytest.mark.parametrize("padded", [False, True])
def test_japanese_vowels_return_X_y_is_data_and_target(padded):
    vowels = load_japanese_vowels(padded=padded)
    X, y = load_japanese_vowels(padded=padded, return_X_y=True)
    assert_array_equal(y, vowels.target)
    assert X.shape == vowels.data.shape
    for a, b in zip(X, vowels.data, strict=True):
        assert_array_equal(a, b)


def test_japanese_vowels_is_what_was_converted():
    frames = np.concatenate(load_japanese_vowels(split="all").data)
    assert frames.shape == (9961, 12)
    # Written out in the source's six decimals.
    assert_allclose(frames[0, :3], [1.860936, -0.207383, 0.261557], atol=5e-8)
    assert sha256(frames.astype("<f4")) == (
        "f4e9490b1d6bf2010c017a59ae028910153bb3c6406716e6f29d9e27b62aa5c4"
    )


@pytest.mark.parametrize("split", ["train", "test"])
def test_japanese_vowels_equals_aeons_to_every_decimal(split):
    aeon = pytest.importorskip("aeon.datasets")
    X, y = aeon.load_japanese_vowels(split=split)
    vowels = load_japanese_vowels(split=split)
    assert_array_equal(vowels.target, y.astype(int) - 1)
    for ours, theirs in zip(vowels.data, X, strict=True):
        assert_array_equal(ours.astype(float).round(6), theirs.T)


def test_japanese_vowels_can_be_learnt_from_and_indexed_by_sklearn():
    def summarize(X):
        return [np.hstack([x.mean(axis=0), x.std(axis=0)]) for x in X]

    X, y = load_japanese_vowels(return_X_y=True)
    X_test, y_test = load_japanese_vowels(split="test", return_X_y=True)
    X_half, X_rest, y_half, _ = train_test_split(X, y, test_size=0.5, random_state=0)
    assert len(X_half) == len(X_rest) == 135
    model = make_pipeline(StandardScaler(), LogisticRegression())
    model.fit(summarize(X_half), y_half)
    assert model.score(summarize(X_test), y_test) > 0.85


@pytest.mark.parametrize("split", ["Train", "validation", None, ["train"], 0])
def test_japanese_vowels_rejects_an_unknown_split(split):
    with pytest.raises(ValueError, match=r"The 'split' parameter .*'test'.*Got "):
        load_japanese_vowels(split=split)


# Mauna Loa CO2


def test_co2_is_weekly_with_its_gaps():
    co2 = load_co2()
    assert co2.data.shape == co2.dates.shape == (2284,)
    assert co2.data.dtype == np.float64
    assert co2.dates.dtype == np.dtype("datetime64[D]")
    assert set(np.diff(co2.dates)) == {np.timedelta64(7, "D")}
    assert co2.dates[0] == np.datetime64("1958-03-29")
    assert co2.dates[-1] == np.datetime64("2001-12-29")
    assert np.isnan(co2.data).sum() == 59
    assert np.nanmin(co2.data) == 313.0
    assert np.nanmax(co2.data) == 373.9
    assert_array_equal(co2.data[[0, 1, -1]], [316.1, 317.3, 371.5])
    assert co2.frame is None
    assert sha256(co2.data.astype("<f8")) == (
        "ee5afa98318c2069baa753b7b8a327b96b0217017cf94aa8407e914d3cbfaa35"
    )


def test_co2_interpolate_draws_straight_lines_through_gaps_only():
    raw, filled = load_co2().data, load_co2(interpolate=True).data
    measured = ~np.isnan(raw)
    assert np.isfinite(filled).all()
    assert_array_equal(filled[measured], raw[measured])
    # The second derivative vanishes at every missing week.
    bend = np.diff(filled, n=2)
    assert_allclose(bend[~measured[1:-1]], 0, atol=1e-9)


@pytest.mark.parametrize("interpolate", [False, True])
def test_co2_equals_that_of_statsmodels(interpolate):
    pytest.importorskip("pandas")
    source = pytest.importorskip("statsmodels.datasets").co2
    theirs = source.load_pandas().data["co2"]
    if interpolate:
        theirs = theirs.interpolate()
    ours = load_co2(interpolate=interpolate, as_frame=True).data
    assert_allclose(ours, theirs, rtol=1e-14)
    assert_array_equal(ours.index, theirs.index)


def test_co2_as_frame_has_the_weeks_as_index():
    pytest.importorskip("pandas")
    co2 = load_co2(as_frame=True)
    assert co2.data.name == "co2"
    assert co2.frame.shape == (2284, 1)
    assert co2.frame.index.freqstr == "W-SAT"
    assert co2.frame.index.name == "date"
    assert_array_equal(co2.frame.index.to_numpy(), co2.dates)
    assert_array_equal(co2.frame["co2"], load_co2().data)


def test_co2_needs_pandas_for_frames_only(monkeypatch):
    monkeypatch.setitem(sys.modules, "pandas", None)
    assert load_co2().data.shape == (2284,)
    with pytest.raises(ImportError, match=r"requires pandas.*as_frame=False"):
        load_co2(as_frame=True)


# Product reviews


def test_product_reviews_are_short_labelled_texts():
    reviews = load_product_reviews()
    assert_array_equal(np.bincount(reviews.target), [1235, 1750])
    assert reviews.target.dtype == np.int64
    assert_array_equal(reviews.target_names, ["negative", "positive"])
    for name in ("data", "target", "ratings", "groups"):
        assert reviews[name].shape == (2985,)
    assert all(isinstance(text, str) for text in reviews.data)
    assert all(text and text == text.strip() for text in reviews.data)
    assert all(text.isascii() and text == text.lower() for text in reviews.data)
    assert reviews.data[-1].startswith("it did lock up on me a couple of times")
    assert (reviews.groups[0], reviews.groups[-1]) == (1, 309)
    assert (np.diff(reviews.groups) >= 0).all()


@pytest.mark.parametrize(
    ("min_intensity", "counts"),
    [(0, [1482, 2128]), (0.5, [1235, 1750]), (np.float32(1.0), [941, 1514])],
)
def test_product_reviews_min_intensity_leaves_out_neutral_ones(min_intensity, counts):
    reviews = load_product_reviews(min_intensity=min_intensity)
    assert_array_equal(np.bincount(reviews.target), counts)
    assert np.abs(reviews.ratings).min() >= min_intensity
    assert_array_equal(reviews.target, reviews.ratings > 0)
    assert (reviews.ratings != 0).all()
    assert np.abs(reviews.ratings).max() <= 4


def test_product_reviews_are_what_was_converted():
    reviews = load_product_reviews(min_intensity=0)
    text = "\n".join(reviews.data).encode()
    assert hashlib.sha256(text).hexdigest() == (
        "10a9adfa21cddbb833efc108c81162469f45e82b0ee529353c1bea6e3ca0c6e9"
    )
    assert sha256(reviews.ratings.astype("<f8")) == (
        "4c3a76bd3e0115bf57850283e8a337eac9b2c44c0f1094da9f3a9f494769f947"
    )


def test_product_reviews_return_X_y_is_data_and_target():
    reviews = load_product_reviews(min_intensity=1)
    X, y = load_product_reviews(min_intensity=1, return_X_y=True)
    assert_array_equal(X, reviews.data)
    assert_array_equal(y, reviews.target)


def test_product_reviews_can_be_learnt_from_across_reviews():
    reviews = load_product_reviews(min_intensity=1)
    scores = cross_val_score(
        make_pipeline(CountVectorizer(), LogisticRegression(C=0.3)),
        reviews.data,
        reviews.target,
        groups=reviews.groups,
        cv=GroupKFold(3),
        scoring="balanced_accuracy",
    )
    assert scores.mean() > 0.68


@pytest.mark.parametrize("value", [-0.1, 3.5, float("nan"), "0.5", None, True])
def test_product_reviews_rejects_a_bad_min_intensity(value):
    message = r"The 'min_intensity' parameter .* float in the range \[0, 3\]. Got "
    with pytest.raises(ValueError, match=message):
        load_product_reviews(min_intensity=value)


# What all share


@pytest.mark.parametrize(
    ("loader", "flag"),
    [
        (load_japanese_vowels, "padded"),
        (load_japanese_vowels, "return_X_y"),
        (load_co2, "interpolate"),
        (load_co2, "as_frame"),
        (load_product_reviews, "return_X_y"),
    ],
)
@pytest.mark.parametrize("value", ["yes", 1, None])
def test_flags_must_be_bool(loader, flag, value):
    message = (
        f"The {flag!r} parameter of {loader.__name__} must be a bool. "
        f"Got {value!r} instead."
    )
    with pytest.raises(ValueError, match=message):
        loader(**{flag: value})


@pytest.mark.parametrize("loader", LOADERS)
def test_arguments_are_keyword_only(loader):
    with pytest.raises(TypeError, match="positional"):
        loader(True)
