"""Product reviews: short English sentences, negative or positive."""

from numbers import Real

import numpy as np
from sklearn.utils import Bunch

from ._bundled import check_flags, read_arrays, read_description, to_object_array


def load_product_reviews(*, min_intensity=0.5, return_X_y=False):
    """Load sentences of product reviews with their sentiment (text, 2 classes).

    Sentences of customers' reviews of five electronic products, each rated by
    about 20 people from -4 (extremely negative) to 4 (extremely positive).

    ===================  ===========================================
    Classes              2
    Sentences            2985 (1235 negative, 1750 positive)
    Reviews              298
    Words a sentence     1 to 146, median 15
    ===================  ===========================================

    These are the numbers with the default `min_intensity`.

    Parameters
    ----------
    min_intensity : float, default=0.5
        Sentences whose mean rating is closer to 0 than this are left out; a mean
        of exactly 0 has no class and always is. In the range [0, 3]. Higher values
        give fewer sentences on which people agree more.
    return_X_y : bool, default=False
        If True, return ``(data, target)`` in place of a Bunch.

    Returns
    -------
    data : :class:`~sklearn.utils.Bunch`
        Dictionary-like, with the attributes:

        data : ndarray of shape (n_samples,), dtype object
            The sentences (str, ASCII, lower case), in the order of the reviews.
        target : ndarray of shape (n_samples,), dtype int64
            The sign of the mean rating, 0 or 1: an index into `target_names`.
        target_names : ndarray of 2 str
            "negative" and "positive".
        ratings : ndarray of shape (n_samples,), dtype float64
            Mean rating, -4 to 4: a target for regression.
        groups : ndarray of shape (n_samples,), dtype int64
            The number of the review that a sentence is from, for splitters such
            as :class:`~sklearn.model_selection.GroupKFold`.
        DESCR : str
            Description, sources, citations and licences (MIT; CC BY 4.0).

    (data, target) : tuple, if `return_X_y` is True
        The attributes of these names.

    Raises
    ------
    ValueError
        If a parameter is not one of the values above.

    See Also
    --------
    load_japanese_vowels : Recordings to classify, of unequal lengths.
    load_co2 : A series to forecast.
    skgru.preprocessing.TextSequencer : Turns the sentences into token ids.

    References
    ----------
    C. J. Hutto and E. E. Gilbert (2014). VADER: A parsimonious rule-based model
    for sentiment analysis of social media text. Eighth International Conference on
    Weblogs and Social Media (ICWSM-14).

    M. Hu and B. Liu (2004). Mining and summarizing customer reviews. Proceedings of
    the ACM SIGKDD International Conference on Knowledge Discovery and Data Mining
    (KDD-2004).

    Examples
    --------
    >>> from skgru.datasets import load_product_reviews
    >>> reviews = load_product_reviews()
    >>> reviews.data[0]
    'troubleshooting ad-2500 and ad-2600 no picture scrolling b/w.'
    >>> print(reviews.target_names[reviews.target[0]], reviews.ratings[0])
    negative -0.9
    """
    if (
        not isinstance(min_intensity, Real)
        or isinstance(min_intensity, (bool, np.bool_))
        or not 0 <= min_intensity <= 3
    ):
        raise ValueError(
            "The 'min_intensity' parameter of load_product_reviews must be a float "
            f"in the range [0, 3]. Got {min_intensity!r} instead."
        )
    check_flags("load_product_reviews", return_X_y=return_X_y)

    stored = read_arrays("product_reviews")
    sentences = to_object_array(stored["sentences"].tobytes().decode().split("\n"))
    ratings = stored["ratings"]
    kept = (np.abs(ratings) >= min_intensity) & (ratings != 0)
    data = sentences[kept]
    target = (ratings[kept] > 0).astype(np.int64)
    if return_X_y:
        return data, target
    return Bunch(
        data=data,
        target=target,
        target_names=np.array(["negative", "positive"]),
        ratings=ratings[kept],
        groups=stored["groups"][kept].astype(np.int64),
        DESCR=read_description("product_reviews"),
    )
