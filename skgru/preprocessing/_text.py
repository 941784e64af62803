"""Turn texts into sequences of token ids."""

import copy
from numbers import Integral, Real

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.utils.validation import check_is_fitted

from .._hints import HintsAtNames
from .._naming import naming
from .._other_names import OF_SEQUENCER
from .._sklearn import (
    Interval,
    StrOptions,
    fit_context,
    output_container,
    set_output_container,
)
from ._chinese import warn_if_undivided
from ._token_array import TokenArray, token_frame
from ._vocabulary import PADDING, UNKNOWN_TOKEN, learn_vocabulary, token_ids, tokens_of

# Parameters that may be functions of the user.
_FUNCTIONS = ("analyzer", "tokenizer", "preprocessor", "strip_accents")


class TextSequencer(HintsAtNames, TransformerMixin, BaseEstimator):
    r"""Turn texts into padded sequences of token ids.

    Texts are split by the analyzers of scikit-learn's ``CountVectorizer``. Id 0 is
    padding, at the end; id 1 is a token that is not in the vocabulary; the tokens of
    the training texts follow from id 2, the most frequent first, and equally frequent
    ones in alphabetical order.

    The result carries the size of its vocabulary (see :class:`TokenArray`), so that an
    estimator after it needs no ``vocabulary_size``. Put no scaler or other numeric
    transformer between them: it would treat ids as values, often undetected.

    Parameters
    ----------
    max_tokens : int or None, default=None
        Largest size of the vocabulary, padding and unknown included, at least 3. The
        most frequent tokens are kept.
    max_length : int or None, default=None
        Number of columns of the result: longer texts are cut, shorter ones padded. By
        default, as many as the longest text of each call has tokens.
    keep : {"end", "start"}, default="end"
        Which part of a longer text is kept.
    min_df : int or float, default=1
        Least number of training texts that a token must occur in; a float in (0, 1) is
        a proportion of the texts.
    analyzer : {"word", "char"} or callable, default="word"
        Whether tokens are words or characters. A callable returns the tokens of an item
        of X: ``list`` is for texts that are already split, and for lists of events.
    tokenizer : callable or None, default=None
        Splits a text into words, for languages without spaces: :func:`chinese_words`
        for Chinese. Replaces ``token_pattern``. Use a function of a module, so that the
        sequencer can be copied, pickled and searched over.
    token_pattern : str or None, default=r"(?u)\b\w+\b"
        Regular expression of a word; unlike ``CountVectorizer``'s, it keeps "a" or "I".
    lowercase : bool, default=True
        Whether texts are turned into lower case first.
    strip_accents : {"ascii", "unicode"}, callable or None, default=None
        How accents are removed, as in ``CountVectorizer``.
    preprocessor : callable or None, default=None
        Applied to each text before it is split, in place of ``lowercase`` and
        ``strip_accents``.
    stop_words : {"english"}, list or None, default=None
        Words that are left out. Only for words, not characters.

    Attributes
    ----------
    vocabulary_ : dict
        The id of each token, in order of the ids.
    vocabulary_size_ : int
        Number of ids, padding and unknown included.

    See Also
    --------
    chinese_words : Splits Chinese into words, as a ``tokenizer``.
    skgru.augmentation.augment_text : Changes texts at random, before this.

    Notes
    -----
    A text without a token (empty, or only stop words) becomes a single unknown token.

    Examples
    --------
    >>> from skgru.preprocessing import TextSequencer
    >>> sequencer = TextSequencer().fit(["the cat sat", "the dog sat", "the end"])
    >>> sequencer.vocabulary_
    {'the': 2, 'sat': 3, 'cat': 4, 'dog': 5, 'end': 6}
    >>> X = sequencer.transform(["The cat!", "the old dog sat"])
    >>> X
    TokenArray([[2, 4, 0, 0],
                [2, 1, 5, 3]], dtype=int32)
    >>> X.vocabulary_size
    7

    Pretrained word vectors as the initial embedding of an estimator: the first rows
    are those of padding and of unknown tokens, then come the tokens in their order.

    >>> from skgru import GRUClassifier
    >>> vectors = {"cat": [1.0, 0.0], "dog": [0.9, 0.1], "sat": [0.0, 1.0]}
    >>> none = [0.0, 0.0]
    >>> rows = [none, none, *(vectors.get(t, none) for t in sequencer.vocabulary_)]
    >>> classifier = GRUClassifier(
    ...     4, embedding_dim=2, embedding_weights=rows, epochs=1, random_state=0
    ... )
    >>> classifier.fit(X, ["short", "long"]).predict(X).shape
    (2,)

    Chinese, character by character:

    >>> TextSequencer(analyzer="char").fit_transform(["猫坐", "猫"])
    TokenArray([[2, 3],
                [2, 0]], dtype=int32)
    """

    _parameter_constraints = {
        "max_tokens": [Interval(Integral, 3, None, closed="left"), None],
        "max_length": [Interval(Integral, 1, None, closed="left"), None],
        "keep": [StrOptions({"end", "start"})],
        "min_df": [
            Interval(Integral, 1, None, closed="left"),
            Interval(Real, 0, 1, closed="neither"),
        ],
        "analyzer": [StrOptions({"word", "char"}), callable],
        "tokenizer": [callable, None],
        "token_pattern": [str, None],
        "lowercase": ["boolean"],
        "strip_accents": [StrOptions({"ascii", "unicode"}), callable, None],
        "preprocessor": [callable, None],
        "stop_words": [StrOptions({"english"}), list, None],
    }
    _other_names = OF_SEQUENCER

    def __init__(
        self,
        max_tokens=None,
        max_length=None,
        *,
        keep="end",
        min_df=1,
        analyzer="word",
        tokenizer=None,
        token_pattern=r"(?u)\b\w+\b",
        lowercase=True,
        strip_accents=None,
        preprocessor=None,
        stop_words=None,
    ):
        self.max_tokens = max_tokens
        self.max_length = max_length
        self.keep = keep
        self.min_df = min_df
        self.analyzer = analyzer
        self.tokenizer = tokenizer
        self.token_pattern = token_pattern
        self.lowercase = lowercase
        self.strip_accents = strip_accents
        self.preprocessor = preprocessor
        self.stop_words = stop_words

    def set_output(self, *, transform=None):
        """Set what ``transform`` and ``fit_transform`` return.

        Parameters
        ----------
        transform : {"default", "pandas"} or None, default=None
            "default" is a :class:`TokenArray`; "pandas" a DataFrame with the columns
            ``token0``, ``token1``, ..., the size of the vocabulary in
            ``attrs["vocabulary_size"]`` and the index of X. None changes nothing.

        Returns
        -------
        self : TextSequencer
            The sequencer itself.

        Raises
        ------
        ValueError
            Another container: it could not hold the size of the vocabulary. Under
            ``sklearn.set_config(transform_output="polars")`` token ids stay a
            :class:`TokenArray`.
        """
        if transform not in ("default", "pandas", None):
            raise ValueError(
                "The 'transform' argument of TextSequencer.set_output must be "
                "'default', 'pandas' or None, because other containers cannot hold the "
                f"size of the vocabulary. Got {transform!r} instead."
            )
        if transform is not None:
            set_output_container(self, transform)
        return self

    def fit(self, X, y=None):
        """Learn the vocabulary of the texts of X.

        Parameters
        ----------
        X : iterable of str of length n_samples
            The training texts.
        y : object, default=None
            Ignored.

        Returns
        -------
        self : TextSequencer
            The fitted transformer.

        Raises
        ------
        TypeError
            X is one string or a table, or an item is no string; the sample is named.
        ValueError
            X is empty, or no token is left for the vocabulary.
        """
        self.fit_transform(X)
        return self

    @fit_context(prefer_skip_nested_validation=True)
    def fit_transform(self, X, y=None):
        """Learn the vocabulary of the texts of X and return their token ids.

        Parameters
        ----------
        X : iterable of str of length n_samples
            The training texts.
        y : object, default=None
            Ignored.

        Returns
        -------
        X_out : TokenArray of shape (n_samples, timesteps), dtype int32
            The token ids; a DataFrame if :meth:`set_output` says so.

        Raises
        ------
        TypeError
            X is one string or a table, or an item is no string; the sample is named.
        ValueError
            X is empty, or no token is left for the vocabulary; a parameter is out of
            its range.

        Warns
        -----
        UserWarning
            Whole sentences became tokens, as of a language without spaces.
        """
        texts = self._split(X)
        if self.analyzer == "word" and self.tokenizer is None:
            warn_if_undivided(texts)
        self.vocabulary_ = learn_vocabulary(texts, self.min_df, self.max_tokens)
        self.vocabulary_size_ = len(self.vocabulary_) + 2
        return self._contained(X, self._encode(texts))

    def transform(self, X):
        """Return the token ids of the texts of X.

        Parameters
        ----------
        X : iterable of str of length n_samples
            Texts.

        Returns
        -------
        X_out : TokenArray of shape (n_samples, timesteps), dtype int32
            The token ids; ``timesteps`` is ``max_length``, or the number of tokens of
            the longest text. A DataFrame if :meth:`set_output` says so.

        Raises
        ------
        sklearn.exceptions.NotFittedError
            ``fit`` has not been called.
        TypeError
            X is one string or a table, or an item is no string; the sample is named.
        ValueError
            X is empty.
        """
        check_is_fitted(self)
        return self._contained(X, self._encode(self._split(X)))

    def inverse_transform(self, X):
        """Return the tokens of sequences of token ids.

        Parameters
        ----------
        X : array-like of int of shape (n_samples, timesteps)
            Token ids.

        Returns
        -------
        tokens : list of list of str
            The tokens of each sequence without its padding; "[UNK]" where the token was
            unknown.

        Raises
        ------
        sklearn.exceptions.NotFittedError
            ``fit`` has not been called.
        ValueError
            X is not 2-D, or an id lies outside the vocabulary; its sample is named.
        """
        check_is_fitted(self)
        with naming("X"):
            ids = np.asarray(X)
        if ids.ndim != 2 or ids.dtype.kind not in "iu":
            raise ValueError(
                "X must hold integer token ids of shape (n_samples, timesteps); got "
                f"dtype {ids.dtype} and shape {ids.shape}."
            )
        outside = (ids < 0) | (ids >= self.vocabulary_size_)
        if outside.any():
            sample, step = np.argwhere(outside)[0]
            raise ValueError(
                f"Token ids must lie in [0, {self.vocabulary_size_}): sample {sample}, "
                f"position {step} of X is {ids[sample, step]}."
            )
        names = [None, UNKNOWN_TOKEN, *self.vocabulary_]
        return [[names[i] for i in row if i != PADDING] for row in ids.tolist()]

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.string = True
        tags.input_tags.one_d_array = True
        tags.input_tags.two_d_array = False
        return tags

    def __sklearn_clone__(self):
        try:
            return super().__sklearn_clone__()
        except TypeError:
            self._check_functions()
            raise

    def __getstate__(self):
        self._check_functions()
        return super().__getstate__()

    def _check_functions(self):
        """Raise a clear error if a function of the user cannot be copied."""
        for name in _FUNCTIONS:
            function = getattr(self, name)
            try:
                copy.deepcopy(function)
            except TypeError as error:
                raise TypeError(
                    f"The {name!r} parameter of TextSequencer cannot be copied, as "
                    f"searches and pickle do: {function!r} ({error}). Pass a "
                    "function of a module; for Chinese words, in place of jieba.lcut, "
                    "skgru.preprocessing.chinese_words."
                ) from error

    def _contained(self, X, ids):
        """Return token ids in the container of `set_output`."""
        if output_container(self) == "pandas":
            return token_frame(ids, X)
        return ids

    def _split(self, X):
        """Return the list of tokens of each text."""
        if isinstance(X, str | bytes):
            raise TypeError(
                "X must be an iterable of texts. Got a single text instead; use [text]."
            )
        if getattr(X, "ndim", 1) != 1:
            raise TypeError(
                f"X must be 1-D, an iterable of texts. Got shape {X.shape} instead; "
                "pass one column, such as df['text'] or X[:, 0]."
            )
        analyze = CountVectorizer(
            analyzer=self.analyzer,
            tokenizer=self.tokenizer,
            token_pattern=self.token_pattern,
            lowercase=self.lowercase,
            strip_accents=self.strip_accents,
            preprocessor=self.preprocessor,
            stop_words=self.stop_words,
        ).build_analyzer()
        texts = []
        for i, text in enumerate(X):
            if not callable(self.analyzer) and not isinstance(text, str):
                missing = text is None or (isinstance(text, float) and text != text)
                what = "missing" if missing else f"{type(text).__name__} ({text!r:.50})"
                raise TypeError(
                    f"Every item of X must be a string, but sample {i} is {what}. Drop "
                    "or fill missing texts, and decode bytes."
                )
            texts.append(tokens_of(analyze, text, i))
        if not texts:
            raise ValueError("X holds no text; at least one is needed.")
        return texts

    def _encode(self, texts):
        """Return the padded ids of tokenized texts."""
        ids = token_ids(texts, self.vocabulary_, self.max_length, self.keep)
        return TokenArray(ids, self.vocabulary_size_)
