"""Texts without spaces between words: split Chinese with jieba, or warn."""

import re
import warnings
from functools import cache

# Chinese and Japanese characters: neither language has spaces between words.
_UNSPACED = re.compile("[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff]")
# Chinese words have 1.5 to 2 characters on average.
_LONG_WORDS = 3
_LEAST_SHARE = 0.1


def chinese_words(text):
    """Split a Chinese text into words, without punctuation and spaces.

    This is the precise mode of jieba [1]_ with its own dictionary, as a function that
    can be cloned, pickled and searched over: pass it as ``tokenizer`` to
    :class:`TextSequencer`, to scikit-learn's ``CountVectorizer`` and
    ``TfidfVectorizer``, or to :func:`skgru.augmentation.augment_text`. ``jieba.lcut``
    cannot be copied, because it belongs to an object that holds a lock.

    Nothing is printed and no file is written. The dictionary is loaded in about a
    second by the first call in each process.

    Parameters
    ----------
    text : str
        Text. Words of other languages in it are split at their spaces.

    Returns
    -------
    words : list of str
        The words, in order; what holds neither a letter nor a digit is left out.

    Raises
    ------
    TypeError
        ``text`` is no string.
    ImportError
        jieba is not installed.

    See Also
    --------
    TextSequencer : With ``analyzer="char"`` it reads single characters, which needs no
        dictionary.

    References
    ----------
    .. [1] https://github.com/fxsjy/jieba

    Examples
    --------
    >>> from skgru.preprocessing import TextSequencer, chinese_words
    >>> chinese_words("我来到北京清华大学。")
    ['我', '来到', '北京', '清华大学']
    >>> sequencer = TextSequencer(tokenizer=chinese_words).fit(["屏幕很好,电池很好"])
    >>> list(sequencer.vocabulary_)
    ['好', '很', '屏幕', '电池']
    """
    if not isinstance(text, str):
        raise TypeError(
            f"text must be a string. Got {text!r:.50} of type {type(text).__name__} "
            "instead."
        )
    words = _jieba().lcut(text)
    return [word for word in words if any(map(str.isalnum, word))]


@cache
def _jieba():
    """Return a separate tokenizer, which words added to jieba's own do not affect."""
    try:
        with warnings.catch_warnings():
            # jieba has invalid escape sequences and imports pkg_resources.
            warnings.simplefilter("ignore")
            import jieba
    except ImportError as error:
        raise ImportError(
            "chinese_words needs jieba. Install it with the extra 'chinese': pip "
            'install "skgru[chinese]". TextSequencer(analyzer="char") does without.'
        ) from error
    tokenizer = jieba.Tokenizer()
    # As its initialize(), but without messages on stderr, and without a cache file in
    # the directory for temporary files, where another user could have placed one.
    tokenizer.FREQ, tokenizer.total = tokenizer.gen_pfdict(tokenizer.get_dict_file())
    tokenizer.initialized = True
    return tokenizer


def warn_if_undivided(texts):
    """Warn if lists of tokens hold whole sentences of a language without spaces.

    Parameters
    ----------
    texts : list of list of str
        The tokens of each text.
    """
    n_texts = n_tokens = n_characters = 0
    for tokens in texts:
        unspaced = [token for token in tokens if _UNSPACED.search(token)]
        n_texts += bool(unspaced)
        n_tokens += len(unspaced)
        n_characters += sum(map(len, unspaced))
    if n_texts < _LEAST_SHARE * len(texts) or n_characters <= _LONG_WORDS * n_tokens:
        return
    example = next(t for tokens in texts for t in tokens if _UNSPACED.search(t))
    warnings.warn(
        f"Whole sentences became tokens, such as {example!r:.30}: X holds texts "
        'without spaces between words. Use TextSequencer(analyzer="char"), or for '
        "Chinese TextSequencer(tokenizer=skgru.preprocessing.chinese_words).",
        UserWarning,
        stacklevel=4,
    )
