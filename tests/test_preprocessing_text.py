"""Texts to token ids, and arrays of token ids that know their vocabulary."""

import copy
import pickle
import re
import sys
import tempfile
from pathlib import Path

import jieba
import joblib
import numpy as np
import pandas as pd
import pytest
from fresh_process import run_python
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.model_selection import (
    GridSearchCV,
    ShuffleSplit,
    cross_validate,
    train_test_split,
)
from sklearn.pipeline import make_pipeline
from sklearn.utils import _safe_indexing, resample
from sklearn.utils.estimator_checks import (
    check_estimator_cloneable,
    check_estimator_repr,
    check_no_attributes_set_in_init,
    check_parameters_default_constructible,
)

from skgru.preprocessing import TextSequencer, TokenArray, _chinese, chinese_words

TEXTS = ["The cat sat.", "The dog sat!", "a cat, a dog", "the END"]
CHINESE = ["我喜欢猫", "他喜欢狗", "猫和狗"]


def characters_in_pairs(text):
    """Split as a tokenizer for Chinese would: into words of two characters."""
    return re.findall("..?", text)


class NeedsVocabularySize(ClassifierMixin, BaseEstimator):
    """Stands for a network after the sequencer; it learns the size from X alone."""

    def fit(self, X, y):
        self.classes_ = np.unique(y)
        self.vocabulary_size_ = X.vocabulary_size
        return self

    def predict(self, X):
        assert X.vocabulary_size == self.vocabulary_size_
        assert X.max() < self.vocabulary_size_
        return np.full(len(X), self.classes_[0])


@pytest.mark.parametrize(
    "check",
    [
        check_estimator_cloneable,
        check_estimator_repr,
        check_no_attributes_set_in_init,
        check_parameters_default_constructible,
    ],
)
def test_common_checks_that_need_no_numbers(check):
    check("TextSequencer", TextSequencer())


class TestVocabulary:
    """Which tokens get which id."""

    def test_is_ordered_by_frequency_and_then_by_alphabet(self):
        sequencer = TextSequencer().fit(TEXTS)
        expected = {"the": 2, "a": 3, "cat": 4, "dog": 5, "sat": 6, "end": 7}
        assert sequencer.vocabulary_ == expected
        assert list(sequencer.vocabulary_) == list(expected)
        assert sequencer.vocabulary_size_ == 8

    def test_does_not_depend_on_the_order_of_the_texts(self):
        forward, backward = TextSequencer().fit(TEXTS), TextSequencer().fit(TEXTS[::-1])
        assert list(forward.vocabulary_) == list(backward.vocabulary_)

    def test_max_tokens_counts_padding_and_unknown(self):
        X = TextSequencer(max_tokens=4)
        out = X.fit_transform(TEXTS)
        assert list(X.vocabulary_) == ["the", "a"]
        assert out.vocabulary_size == X.vocabulary_size_ == 4
        np.testing.assert_array_equal(out[0], [2, 1, 1, 0])

    @pytest.mark.parametrize("min_df", [2, 0.5])
    def test_min_df_counts_texts_and_not_occurrences(self, min_df):
        sequencer = TextSequencer(min_df=min_df).fit(TEXTS)
        assert list(sequencer.vocabulary_) == ["the", "cat", "dog", "sat"]

    def test_is_that_of_count_vectorizer(self):
        options = {
            "strip_accents": "unicode",
            "stop_words": "english",
            "token_pattern": r"\w\w\w+",
        }
        texts = ["Café and the Thé", "another café"]
        reference = CountVectorizer(**options).fit(texts)
        sequencer = TextSequencer(**options).fit(texts)
        assert sorted(sequencer.vocabulary_) == sorted(reference.vocabulary_)

    def test_preprocessor_and_lowercase(self):
        def drop_tags(text):
            return re.sub("<.*?>", " ", text)

        sequencer = TextSequencer(preprocessor=drop_tags).fit(["<b>Bold</b> Text"])
        assert list(sequencer.vocabulary_) == ["Bold", "Text"]
        assert list(TextSequencer(lowercase=False).fit(["A a"]).vocabulary_) == [
            "A",
            "a",
        ]

    def test_none_left_is_an_error(self):
        with pytest.raises(ValueError, match="No token is left for the vocabulary"):
            TextSequencer(min_df=5).fit(TEXTS)
        with pytest.raises(ValueError, match="0 different tokens in 2 texts"):
            TextSequencer().fit(["", "?!"])


class TestChinese:
    """No spaces: characters, or a tokenizer."""

    def test_character_by_character(self):
        sequencer = TextSequencer(analyzer="char")
        X = sequencer.fit_transform(CHINESE)
        assert ["".join(row) for row in sequencer.inverse_transform(X)] == CHINESE
        assert X.shape == (3, 4)

    def test_with_a_tokenizer_as_jieba_has(self):
        sequencer = TextSequencer(tokenizer=characters_in_pairs)
        sequencer.fit(CHINESE)
        assert set(sequencer.vocabulary_) == {
            "我喜",
            "欢猫",
            "他喜",
            "欢狗",
            "猫和",
            "狗",
        }
        again = pickle.loads(pickle.dumps(sequencer))
        np.testing.assert_array_equal(
            again.transform(CHINESE), sequencer.transform(CHINESE)
        )

    def test_words_are_those_of_jieba_without_punctuation(self):
        text = "我来到北京清华大学,今天 天气不错! iPhone 15"
        expected = [w for w in jieba.Tokenizer().lcut(text) if w not in (",", "!", " ")]
        assert chinese_words(text) == expected
        assert chinese_words("?! ") == chinese_words("") == []
        count = CountVectorizer(tokenizer=chinese_words, token_pattern=None)
        assert "清华大学" in count.fit([text]).vocabulary_

    def test_jieba_is_loaded_without_a_word_a_file_or_a_trace(self, tmp_path):
        """In a process of its own, where its old source is compiled anew."""
        printed, errors = run_python(FIRST_USE, tmp_path, TMPDIR=str(tmp_path))
        assert printed == "['我', '来到', '北京大学'] False\n"
        # TensorFlow says what it likes.
        assert not re.search("jieba|prefix dict|Warning", errors)
        assert list(tmp_path.glob("*.cache")) == []

    def test_without_jieba_the_extra_is_named(self, monkeypatch):
        _chinese._jieba.cache_clear()
        monkeypatch.setitem(sys.modules, "jieba", None)
        with pytest.raises(ImportError, match=r"skgru\[chinese\].*analyzer=.char"):
            TextSequencer(tokenizer=chinese_words).fit(CHINESE)

    @pytest.mark.parametrize("make_copy", [clone, pickle.dumps, copy.deepcopy])
    def test_a_tokenizer_that_cannot_be_copied_is_named(self, make_copy):
        message = (
            "'tokenizer' parameter of TextSequencer cannot be copied.*chinese_words"
        )
        with pytest.raises(TypeError, match=message):
            make_copy(make_pipeline(TextSequencer(tokenizer=jieba.lcut)))

    @pytest.mark.parametrize(
        "texts",
        [
            ["我喜欢这只小猫", "他不喜欢这条小狗"],
            ["good film", "great film", "这部电影非常好看"],
            ["わたしはねこがすきです", "いぬがすきです"],
        ],
        ids=["Chinese", "some Chinese", "Japanese"],
    )
    def test_sentences_that_are_not_divided_are_warned_of(self, texts):
        with pytest.warns(UserWarning, match='analyzer="char".*chinese_words'):
            TextSequencer().fit(texts)

    @pytest.mark.parametrize(
        "texts",
        [
            ["我 喜欢 这 只 小猫", "他 不 喜欢 这 条 小狗"],
            ["Seoul 은 한국의 수도입니다", "나는고양이를좋아합니다"],
            [*["good film"] * 20, "这部电影非常好看"],
        ],
        ids=["divided", "Korean", "hardly any Chinese"],
    )
    def test_texts_with_spaces_are_not_warned_of(self, texts):
        TextSequencer().fit(texts)

    def test_no_warning_where_texts_are_divided_otherwise(self):
        for options in ({"analyzer": "char"}, {"tokenizer": chinese_words}):
            TextSequencer(**options).fit(["我喜欢这只小猫", "他不喜欢这条小狗"])


class TestIds:
    """The array of token ids."""

    def test_is_padded_int32_with_unknown_as_1(self):
        sequencer = TextSequencer().fit(TEXTS)
        X = sequencer.transform(["the wolf", "a dog sat", "end"])
        assert X.dtype == np.int32
        np.testing.assert_array_equal(X, [[2, 1, 0], [3, 5, 6], [7, 0, 0]])

    def test_fit_transform_equals_fit_and_transform(self):
        together = TextSequencer(max_length=2).fit_transform(TEXTS)
        apart = TextSequencer(max_length=2).fit(TEXTS).transform(TEXTS)
        np.testing.assert_array_equal(together, apart)
        assert together.vocabulary_size == apart.vocabulary_size

    @pytest.mark.parametrize(
        ("keep", "expected"), [("start", [[2, 4], [7, 0]]), ("end", [[4, 6], [7, 0]])]
    )
    def test_max_length_cuts(self, keep, expected):
        sequencer = TextSequencer(max_length=2, keep=keep).fit(TEXTS)
        X = sequencer.transform(["the cat sat", "end"])
        np.testing.assert_array_equal(X, expected)

    def test_max_length_is_the_number_of_columns_of_every_call(self):
        sequencer = TextSequencer(max_length=9).fit(TEXTS)
        assert sequencer.transform(["end"]).shape == (1, 9)

    @pytest.mark.parametrize("max_length", [None, 3])
    @pytest.mark.parametrize("keep", ["start", "end"])
    def test_a_text_without_token_is_one_unknown(self, max_length, keep):
        sequencer = TextSequencer(max_length=max_length, keep=keep).fit(TEXTS)
        assert (
            sequencer.transform(["", "?!"]).tolist()
            == [[1] + [0] * ((max_length or 1) - 1)] * 2
        )

    def test_inverse_transform_returns_the_tokens(self):
        sequencer = TextSequencer().fit(TEXTS)
        tokens = sequencer.inverse_transform(sequencer.transform(["The wolf", "dog"]))
        assert tokens == [["the", "[UNK]"], ["dog"]]

    @pytest.mark.parametrize(
        ("X", "message"),
        [
            ([[2, 3], [2, 8]], "sample 1, position 1 of X is 8"),
            ([[-1, 3]], "sample 0, position 0 of X is -1"),
            ([[1.5]], "integer token ids"),
            ([2, 3], r"shape \(2,\)"),
        ],
    )
    def test_inverse_transform_refuses_other_ids(self, X, message):
        with pytest.raises(ValueError, match=message):
            TextSequencer().fit(TEXTS).inverse_transform(X)

    def test_lists_of_events_are_read_with_a_callable_analyzer(self):
        events = [["open", "close"], ["open"], []]
        X = TextSequencer(analyzer=list).fit_transform(events)
        np.testing.assert_array_equal(X, [[2, 3], [2, 0], [1, 0]])


@pytest.mark.parametrize("container", [list, tuple, np.array, pd.Series, iter])
def test_texts_may_come_in_any_container(container):
    expected = TextSequencer().fit_transform(TEXTS)
    out = TextSequencer().fit_transform(container(TEXTS))
    np.testing.assert_array_equal(out, expected)


@pytest.mark.parametrize(
    ("X", "message"),
    [
        ("one text", "Got a single text"),
        (["text", 3], r"sample 1 is int \(3\)"),
        (["text", None], "sample 1 is missing"),
        (["text", "text", np.nan], "sample 2 is missing"),
        (["text", b"bytes"], "sample 1 is bytes"),
        (pd.DataFrame({"text": TEXTS}), r"Got shape \(4, 1\)"),
        (np.array([TEXTS]), r"Got shape \(1, 4\)"),
    ],
)
def test_what_is_no_text_is_refused_with_its_sample(X, message):
    with pytest.raises(TypeError, match=message):
        TextSequencer().fit(X)
    with pytest.raises(TypeError, match=message):
        TextSequencer().fit(TEXTS).transform(X)


def test_no_text_at_all_is_refused():
    with pytest.raises(ValueError, match="X holds no text"):
        TextSequencer().fit([])


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("max_tokens", 2),
        ("max_length", 0),
        ("keep", "middle"),
        ("min_df", 1.5),
        ("min_df", 0),
        ("analyzer", "sentence"),
        ("tokenizer", "jieba.lcut"),
        ("lowercase", "yes"),
    ],
)
def test_bad_parameters_are_named(name, value):
    with pytest.raises(ValueError, match=f"'{name}' parameter of TextSequencer must"):
        TextSequencer(**{name: value}).fit(TEXTS)


class TestInAPipeline:
    """The vocabulary size reaches the estimator, which is never told it."""

    pipeline = make_pipeline(TextSequencer(), NeedsVocabularySize())
    y = np.array([0, 1, 0, 1])

    def test_cross_validation(self):
        splits = ShuffleSplit(3, test_size=2, random_state=0)
        result = cross_validate(
            self.pipeline,
            TEXTS,
            self.y,
            cv=splits,
            return_estimator=True,
            error_score="raise",
        )
        for (train, _), fitted in zip(
            splits.split(TEXTS), result["estimator"], strict=True
        ):
            alone = TextSequencer().fit([TEXTS[i] for i in train])
            assert fitted[0].vocabulary_ == alone.vocabulary_
            assert fitted[-1].vocabulary_size_ == alone.vocabulary_size_

    def test_search_over_the_tokenizer(self):
        grid = {
            "textsequencer__max_tokens": [4, None],
            "textsequencer__analyzer": ["word", "char"],
        }
        search = GridSearchCV(clone(self.pipeline), grid, cv=2, error_score="raise")
        search.fit(TEXTS * 3, np.tile(self.y, 3))
        fitted = search.best_estimator_
        assert fitted[-1].vocabulary_size_ == fitted[0].vocabulary_size_

    def test_ids_that_are_split_after_the_transformation(self):
        X = TextSequencer().fit_transform(TEXTS * 3)
        search = GridSearchCV(NeedsVocabularySize(), {}, cv=3, error_score="raise")
        search.fit(X, np.tile(self.y, 3))
        assert search.best_estimator_.vocabulary_size_ == X.vocabulary_size


IDS = np.arange(24).reshape(6, 4) % 7


FIRST_USE = """
import sys, warnings
from skgru.preprocessing import chinese_words
sys.pycache_prefix = sys.argv[1]
warnings.simplefilter("error")
words = chinese_words("我来到北京大学")
import jieba
print(words, jieba.dt.initialized)
"""


def through_joblib(X):
    with tempfile.TemporaryDirectory() as folder:
        joblib.dump(X, Path(folder, "ids"))
        return joblib.load(Path(folder, "ids"))


class TestTokenArray:
    """It is an int32 array that keeps the size of its vocabulary."""

    @pytest.mark.parametrize(
        "operation",
        [
            lambda X: X[2:5],
            lambda X: X[[3, 1]],
            lambda X: X[np.array([True, False] * 3)],
            lambda X: X[0],
            lambda X: X[:, ::2],
            lambda X: X.T,
            lambda X: X.reshape(4, 6),
            lambda X: X.copy(),
            lambda X: X.astype(np.int64),
            lambda X: np.take(X, [0, 1], axis=0),
            copy.copy,
            copy.deepcopy,
            lambda X: _safe_indexing(X, [0, 2]),
            lambda X: train_test_split(X, random_state=0)[1],
            lambda X: resample(X, random_state=0),
            lambda X: np.concatenate([X, X[:2]]),
            lambda X: np.vstack([X, X]),
            lambda X: np.append(X, X, axis=0),
            through_joblib,
            *[
                lambda X, p=p: pickle.loads(pickle.dumps(X, protocol=p))
                for p in range(pickle.HIGHEST_PROTOCOL + 1)
            ],
        ],
    )
    def test_the_size_survives(self, operation):
        out = operation(TokenArray(IDS, vocabulary_size=9))
        assert out.vocabulary_size == 9
        np.testing.assert_array_equal(out, operation(IDS))

    @pytest.mark.parametrize(
        "operation",
        [
            lambda X: X + 1,
            lambda X: X == 0,
            lambda X: X.max(axis=1),
            np.asarray,
            lambda X: np.concatenate([X, TokenArray(IDS, vocabulary_size=7)]),
            lambda X: np.concatenate([X, IDS]),
        ],
    )
    def test_what_holds_no_ids_of_the_vocabulary_is_a_plain_array(self, operation):
        assert type(operation(TokenArray(IDS, vocabulary_size=9))) is np.ndarray

    @pytest.mark.parametrize(
        "join",
        [
            lambda X: np.hstack([X, np.ones((6, 1))]),
            lambda X: np.hstack([np.ones((6, 1)), X]),
            lambda X: np.concatenate([X, X], axis=-1),
            lambda X: np.column_stack([X, np.ones(6)]),
            lambda X: np.append(X, X, axis=1),
        ],
    )
    def test_other_columns_beside_it_are_refused(self, join):
        with pytest.raises(TypeError, match="cannot be combined with other columns"):
            join(TokenArray(IDS, vocabulary_size=9))

    def test_a_single_array_may_be_stacked(self):
        X = TokenArray(IDS, vocabulary_size=9)
        assert np.hstack([X]).vocabulary_size == 9

    def test_scalars_are_scalars(self):
        X = TokenArray(IDS, vocabulary_size=9)
        assert type(X.max()) is type(X[0, 0]) is np.int32

    def test_int32_ids_are_not_copied(self):
        ids = IDS.astype(np.int32)
        assert np.shares_memory(TokenArray(ids, 9), ids)


def test_tokens_without_an_order_are_refused():
    events = [["login"], [404]]
    message = "sample 1 holds 404 of type int, sample 0 str. .*map"
    with pytest.raises(TypeError, match=message):
        TextSequencer(analyzer=list).fit(events)


def describe(X):
    """Say what arrived in another process."""
    base = X
    while isinstance(getattr(base, "base", None), np.ndarray):
        base = base.base
    return X.vocabulary_size, int(X.sum()), isinstance(base, np.memmap)


def test_token_ids_reach_other_processes_memory_mapped_if_large():
    small = TokenArray(np.ones((3, 4)), vocabulary_size=5)
    large = TokenArray(np.ones((600, 1000)), vocabulary_size=5)  # over joblib's 1 MB
    sent = joblib.Parallel(n_jobs=2)(
        joblib.delayed(describe)(X) for X in (small, large)
    )
    assert sent == [(5, 12, False), (5, 600_000, True)]
