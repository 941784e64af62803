"""Augmentation of strings, before they become token ids."""

from collections.abc import Iterable
from numbers import Real

from .._sklearn import Interval, InvalidParameterError
from ._random import as_generator


def augment_text(
    text,
    random_state=None,
    *,
    insertion=0.1,
    deletion=0.1,
    swap=0.1,
    tokenizer=None,
    separator=None,
):
    r"""Insert, swap and delete words of texts at random.

    This is "easy data augmentation" (EDA) without its thesaurus: what EDA inserts, and
    replaces, are synonyms; here an inserted word is one of the same text, repeated at
    a random place, and there is no replacement. Of a text of :math:`n` words, in this
    order:

    1. :math:`\text{Binomial}(n, \text{insertion})` times, a word of the text is
       inserted at a random place;
    2. :math:`\text{Binomial}(n, \text{swap})` times, two random words change places;
    3. each word is deleted with probability ``deletion``; if none is left, a random
       one is kept.

    To augment at every epoch of a fit instead, pass an ``augmenter`` to the estimator.

    Parameters
    ----------
    text : str or iterable of str
        One text or several.
    random_state : int, Generator, RandomState or None, default=None
        Seed or source of the random numbers; None is fresh entropy.
    insertion, deletion, swap : float, default=0.1
        Expected number of each edit for one word of a text, in [0, 1].
    tokenizer : callable or None, default=None
        From a string to a list of strings. None splits at white space. For Chinese use
        :func:`skgru.preprocessing.chinese_words`, or ``list`` for single characters.
    separator : str or None, default=None
        What joins the words again. None is a space without ``tokenizer`` and nothing
        with one.

    Returns
    -------
    augmented : str or list of str
        A string for a string, otherwise one string for each text. A text without a
        word is returned as it is.

    Raises
    ------
    TypeError
        A text is not a string (the message names the sample), or ``text`` is neither
        one nor several.
    ValueError
        A probability lies outside [0, 1].

    See Also
    --------
    TokenInsertion : Does so at every epoch; also ``TokenDeletion`` and ``TokenSwap``.
    skgru.preprocessing.TextSequencer : Turns texts into token ids.

    References
    ----------
    Wei and Zou (2019), "EDA: Easy data augmentation techniques for boosting
    performance on text classification tasks", EMNLP.

    Examples
    --------
    >>> from skgru.augmentation import augment_text
    >>> augment_text("the cat sat on the mat", random_state=1)
    'cat the sat the on'
    >>> augment_text(["今天天气很好"], random_state=2, tokenizer=list)
    ['今天气很']

    Texts and their labels, doubled:

    >>> texts, labels = ["good film", "bad film"], [1, 0]
    >>> texts, labels = texts + augment_text(texts, random_state=0), labels * 2
    >>> len(texts), labels
    (4, [1, 0, 1, 0])
    """
    _check_probabilities(insertion=insertion, deletion=deletion, swap=swap)
    if not isinstance(text, Iterable):
        raise TypeError(
            "text must be a string or an iterable of strings. Got "
            f"{text!r} of type {type(text).__name__} instead."
        )
    split = str.split if tokenizer is None else tokenizer
    if separator is None:
        separator = " " if tokenizer is None else ""
    rng = as_generator(random_state)
    augmented = []
    for i, item in enumerate([text] if isinstance(text, str) else text):
        if not isinstance(item, str):
            raise TypeError(
                f"Texts must be strings: sample {i} is {item!r} of type "
                f"{type(item).__name__}. Pass a string or a list of strings."
            )
        words = list(split(item))
        if not words:
            augmented.append(item)
            continue
        words = _insert(words, insertion, rng)
        words = _swap(words, swap, rng)
        words = _delete(words, deletion, rng)
        augmented.append(separator.join(words))
    return augmented[0] if isinstance(text, str) else augmented


def _check_probabilities(**probabilities):
    allowed = Interval(Real, 0, 1, closed="both")
    for name, value in probabilities.items():
        if not allowed.is_satisfied_by(value):
            raise InvalidParameterError(
                f"The {name!r} parameter of augment_text must be {allowed}. Got "
                f"{value!r} instead."
            )


def _insert(words, p, rng):
    longer = list(words)
    for _ in range(rng.binomial(len(words), p)):
        word = words[rng.integers(len(words))]
        longer.insert(rng.integers(len(longer) + 1), word)
    return longer


def _swap(words, p, rng):
    if len(words) < 2:
        return words
    for _ in range(rng.binomial(len(words), p)):
        i = rng.integers(len(words))
        j = (i + 1 + rng.integers(len(words) - 1)) % len(words)
        words[i], words[j] = words[j], words[i]
    return words


def _delete(words, p, rng):
    keep = rng.random(len(words)) >= p
    if not keep.any():
        return [words[rng.integers(len(words))]]
    return [word for word, kept in zip(words, keep, strict=True) if kept]
