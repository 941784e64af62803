"""Token ids on their way from texts to the network: read as ids, or not at all."""

import re
import warnings

import numpy as np
import pandas as pd
import polars as pl
import pytest
from sklearn import config_context
from sklearn.base import clone
from sklearn.compose import ColumnTransformer
from sklearn.model_selection import GridSearchCV, train_test_split
from sklearn.pipeline import FeatureUnion, make_pipeline
from sklearn.preprocessing import (
    FunctionTransformer,
    MaxAbsScaler,
    MinMaxScaler,
    RobustScaler,
    StandardScaler,
)

from skgru import GRUClassifier
from skgru.preprocessing import SequenceTruncator, TextSequencer

WORDS = ["river", "stone", "cloud", "grass", "night", "paper"]
# Found in the warning that a 2-D X of whole numbers looks like ids.
LOOKS_LIKE_IDS = "looks like token ids.*vocabulary_size is None"
LOOKS_PADDED = "smallest value of each column.*vocabulary_size set"


@pytest.fixture
def texts():
    """60 texts of 1 to 8 words; the class is whether they say "good"."""
    rng = np.random.default_rng(0)
    texts, y = [], []
    for i in range(60):
        words = list(rng.choice(WORDS, size=rng.integers(0, 8)))
        words.insert(rng.integers(len(words) + 1), ["good", "bad"][i % 2])
        texts.append(" ".join(words))
        y.append(i % 2 == 0)
    return pd.DataFrame({"text": texts, "words": np.arange(60.0)}), np.array(y)


def network(**params):
    return GRUClassifier(
        4, epochs=1, learning_rate=0.02, embedding_dim=4, random_state=0, **params
    )


@pytest.fixture
def as_plain_texts(texts):
    """What the network makes of the texts where nothing stands in the way."""
    frame, y = texts
    pipe = make_pipeline(TextSequencer(), network()).fit(frame["text"], y)
    return pipe.predict_proba(frame["text"])


# ---- kept ----


@pytest.mark.parametrize(
    "make",
    [
        lambda pipe: pipe.set_output(transform="pandas"),
        lambda pipe: make_pipeline(pipe[0], FunctionTransformer(), pipe[1]),
        lambda pipe: make_pipeline(pipe[0], SequenceTruncator(50), pipe[1]),
        lambda pipe: make_pipeline(pipe[0], SequenceTruncator(50), pipe[1]).set_output(
            transform="pandas"
        ),
    ],
    ids=["pandas", "a step that changes nothing", "truncator", "truncator, pandas"],
)
def test_the_vocabulary_reaches_the_network(texts, as_plain_texts, make):
    frame, y = texts
    pipe = make(make_pipeline(TextSequencer(), network()))
    pipe = clone(pipe).fit(frame["text"], y)
    got = pipe.predict_proba(frame["text"])
    np.testing.assert_array_equal(got, as_plain_texts)


@pytest.mark.parametrize("container", ["pandas", "polars"])
def test_the_vocabulary_survives_the_global_setting(texts, as_plain_texts, container):
    frame, y = texts
    with config_context(transform_output=container):
        pipe = make_pipeline(TextSequencer(), network()).fit(frame["text"], y)
        got = pipe.predict_proba(frame["text"])
    np.testing.assert_array_equal(got, as_plain_texts)


@pytest.mark.parametrize("container", ["default", "pandas"])
def test_a_column_transformer_of_one_text_column(texts, as_plain_texts, container):
    frame, y = texts
    columns = ColumnTransformer([("text", TextSequencer(), "text")])
    pipe = make_pipeline(columns, network()).set_output(transform=container)
    got = pipe.fit(frame, y).predict_proba(frame)
    np.testing.assert_array_equal(got, as_plain_texts)


def test_rows_and_lists_of_rows_of_token_ids_keep_it(texts, as_plain_texts):
    frame, y = texts
    ids = TextSequencer().fit_transform(frame["text"])
    for X in (ids, list(ids), tuple(ids), ids[:, :, np.newaxis]):
        got = network().fit(X, y).predict_proba(X)
        np.testing.assert_array_equal(got, as_plain_texts)


def test_a_frame_of_ids_is_split_and_searched(texts):
    frame, y = texts
    sequencer = TextSequencer().set_output(transform="pandas")
    X = sequencer.fit_transform(frame["text"].set_axis(range(100, 160)))
    assert X.index[0] == 100
    assert list(X.columns[:2]) == ["token0", "token1"]
    assert X.attrs == {"vocabulary_size": sequencer.vocabulary_size_}
    assert train_test_split(X, random_state=0)[1].attrs == X.attrs
    search = GridSearchCV(network(), {"clipnorm": [None, 1.0]}, error_score="raise")
    search.fit(X, y)
    assert search.best_estimator_.n_features_in_ == 1
    words = sequencer.inverse_transform(X)
    assert [" ".join(row) for row in words] == frame["text"].tolist()


def test_other_containers_cannot_hold_it():
    with pytest.raises(ValueError, match=r"'default', 'pandas' or None.*'polars'"):
        TextSequencer().set_output(transform="polars")


# ---- refused ----


@pytest.mark.parametrize("container", ["default", "pandas", "polars"])
@pytest.mark.parametrize("beside", ["numbers", "texts"])
def test_token_ids_beside_other_columns(texts, container, beside):
    """Of one vocabulary size, too: the sizes agree, the ids do not."""
    frame, y = texts
    other = {
        "numbers": ("words", StandardScaler(), ["words"]),
        "texts": ("characters", TextSequencer(9, analyzer="char"), "text"),
    }
    columns = ColumnTransformer([("text", TextSequencer(9), "text"), other[beside]])
    with config_context(transform_output=container):
        pipe = make_pipeline(columns, network())
        with pytest.raises(
            (TypeError, ValueError), match="one TextSequencer or a series"
        ):
            pipe.fit(frame, y)


@pytest.mark.parametrize("container", ["default", "pandas"])
def test_a_union_of_sequencers(texts, container):
    frame, y = texts
    union = FeatureUnion(
        [("words", TextSequencer(9)), ("characters", TextSequencer(9, analyzer="char"))]
    )
    with config_context(transform_output=container):
        with pytest.raises(
            (TypeError, ValueError), match="one TextSequencer or a series"
        ):
            make_pipeline(union, network()).fit(frame["text"], y)


def test_a_frame_of_ids_that_lost_its_vocabulary(texts, refused):
    """A scaler's frame has the names of the columns, but no vocabulary."""
    frame, y = texts
    ids = TextSequencer().set_output(transform="pandas").fit_transform(frame["text"])
    scaled = StandardScaler().set_output(transform="pandas").fit_transform(ids)
    message = "column 'token0'.*vocabulary was lost.*vocabulary_size"
    refused(network(), "fit", scaled, y, message=message)
    without = pd.DataFrame(ids.to_numpy(), columns=ids.columns)
    refused(network(), "fit", without, y, message=message)
    # Told the size, the network reads it.
    size = ids.attrs["vocabulary_size"]
    network(vocabulary_size=size).fit(without, y)


def test_ids_of_another_vocabulary_than_in_training(texts, refused):
    frame, y = texts
    ids = TextSequencer().fit_transform(frame["text"])
    other = TextSequencer(max_tokens=5).fit_transform(frame["text"])
    fitted = network().fit(ids, y)
    message = f"vocabulary of size {ids.vocabulary_size}, but that of X has size 5"
    refused(fitted, "predict", other, message=message)
    refused(fitted, "partial_fit", other, y, message=message)
    refused(fitted, "fit", ids, y, message=message, X_val=other, y_val=y)
    mixed = [*ids[:30], *other[30:]]
    refused(network(), "fit", mixed, y, message="one vocabulary, but .* sizes")


def test_ids_where_the_network_was_fitted_on_series(texts, refused):
    frame, y = texts
    ids = TextSequencer(max_length=6).fit_transform(frame["text"])
    series = np.random.default_rng(0).normal(size=(60, 6))
    fitted = network().fit(series, y)
    message = "fitted on series of real values, but X holds token ids"
    refused(fitted, "predict", ids, message=message, error=TypeError)


# ---- warned of ----


def warnings_of(function):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        function()
    return [str(w.message) for w in caught if issubclass(w.category, UserWarning)]


@pytest.mark.parametrize(
    ("lose", "message"),
    [
        (np.asarray, LOOKS_LIKE_IDS),
        (lambda ids: ids.tolist(), LOOKS_LIKE_IDS),
        (lambda ids: pd.DataFrame(np.asarray(ids)), LOOKS_LIKE_IDS),
        (lambda ids: pl.DataFrame(np.asarray(ids)), LOOKS_LIKE_IDS),
        (FunctionTransformer(validate=True).fit_transform, LOOKS_LIKE_IDS),
        (MaxAbsScaler().fit_transform, LOOKS_PADDED),
        (MinMaxScaler().fit_transform, LOOKS_PADDED),
        (StandardScaler().fit_transform, LOOKS_PADDED),
        (RobustScaler().fit_transform, LOOKS_PADDED),
    ],
    ids=[
        "asarray", "lists", "pandas", "polars", "validated", "largest 1",
        "from 0 to 1", "standard", "robust",
    ],
)  # fmt: skip
def test_ids_that_lost_their_vocabulary(texts, lose, message):
    frame, y = texts
    ids = TextSequencer().fit_transform(frame["text"])
    (warning,) = warnings_of(lambda: network().fit(lose(ids), y))
    assert re.search(message, warning)


def test_a_fit_warns_and_a_prediction_does_not(texts):
    frame, y = texts
    ids = np.asarray(TextSequencer().fit_transform(frame["text"]))
    with pytest.warns(UserWarning, match=LOOKS_LIKE_IDS):
        fitted = network().fit(ids, y)
    assert warnings_of(lambda: fitted.predict(ids)) == []


def test_ids_padded_at_the_front_are_noticed_and_running_totals_are_not(texts):
    frame, y = texts
    ids = np.asarray(TextSequencer().fit_transform(frame["text"]))
    front = np.stack([np.roll(row, (row == 0).sum()) for row in ids])
    assert front[0, 0] == 0 != front[0, -1]
    with pytest.warns(UserWarning, match=LOOKS_LIKE_IDS):
        network().fit(front, y)
    totals = np.cumsum(np.roll(front, 1, axis=0), axis=1).astype(float)
    assert warnings_of(lambda: network().fit(totals, y)) == []


def test_series_that_zeros_pad(texts):
    rng = np.random.default_rng(0)
    series = rng.normal(size=(60, 8)) * (np.arange(8) < rng.integers(1, 9, (60, 1)))
    series = np.abs(series)
    (warning,) = warnings_of(lambda: network().fit(series, texts[1]))
    assert re.search(LOOKS_PADDED, warning)
    # Said to be series of equal length, they are read as such.
    assert warnings_of(lambda: network().fit(series[:, :, np.newaxis], texts[1])) == []


@pytest.mark.parametrize(
    "series",
    [
        lambda rng: rng.poisson(0.2, size=(60, 8)),
        lambda rng: rng.poisson(3.0, size=(60, 8)),
        lambda rng: rng.poisson(np.linspace(5, 0.2, 8), size=(60, 8)),
        lambda rng: rng.integers(0, 2, size=(60, 8)),
        lambda rng: rng.integers(1, 9, size=(60, 8)),
        lambda rng: np.round(rng.normal(size=(60, 8)).cumsum(axis=1)),
        lambda rng: np.maximum(rng.normal(size=(60, 8)), 0),
        lambda rng: rng.normal(size=(60, 8)),
        lambda rng: np.zeros((60, 8)),
        lambda rng: np.triu(np.ones((60, 8))),
    ],
    ids=[
        "rare counts", "counts", "fewer and fewer counts", "0 or 1", "ids without "
        "padding", "whole steps", "rectified", "real", "constant", "one length each",
    ],
)  # fmt: skip
def test_series_are_not_taken_for_ids(texts, series):
    X = series(np.random.default_rng(0))
    assert warnings_of(lambda: network().fit(X, texts[1])) == []


def test_ids_are_read_from_every_container(texts, as_plain_texts):
    frame, y = texts
    ids = TextSequencer().fit_transform(frame["text"])
    lists = [[int(i) for i in row if i] for row in ids]
    for X in (
        lists,
        pd.Series(lists),
        pl.Series(lists),
        pl.DataFrame({"ids": lists}),
        pd.DataFrame({"ids": [pd.Series(row) for row in lists]}),
        [np.reshape(row, (-1, 1)) for row in lists],
        pd.DataFrame(ids).astype("Int64"),
    ):
        fitted = network(vocabulary_size=ids.vocabulary_size).fit(X, y)
        np.testing.assert_array_equal(fitted.predict_proba(X), as_plain_texts)


def test_ids_told_to_be_ids_are_not_warned_of(texts):
    frame, y = texts
    ids = np.asarray(TextSequencer().fit_transform(frame["text"]))
    fit = network(vocabulary_size=int(ids.max()) + 1).fit
    assert warnings_of(lambda: fit(ids, y)) == []
