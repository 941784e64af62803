"""The augmenter that averages sequences and their targets."""

from numbers import Real

import numpy as np

from .._sklearn import Interval
from ._base import Augmenter, with_sections_of


class Mixup(Augmenter):
    r"""Average each sequence, and its target, with those of a random partner.

    .. math:: x'_i = \lambda_i x_i + (1 - \lambda_i) x_j, \qquad
              y'_i = \lambda_i y_i + (1 - \lambda_i) y_j, \qquad
              \lambda_i \sim \text{Beta}(\alpha, \alpha)

    The partners :math:`j` are a random permutation of the chunk of sequences that is
    augmented, and each sequence has a :math:`\lambda` of its own. Targets are one-hot
    classes, 0-1 labels or real numbers; the rows of one-hot targets still sum to 1.

    The steps of the two sequences are averaged from their first on, and the result is
    as long as the longer one. After the end of the shorter one its share is zero, as
    its padding is.

    Sample weights are averaged like the targets, so that a sample counts as much as
    the weights of what is in it. Samples of weight zero are neither changed nor
    anyone's partner.

    Parameters
    ----------
    alpha : float, default=0.2
        Strength of the mixing. Near 0 one of the two sequences all but vanishes; 1
        draws :math:`\lambda` uniformly; large values average in equal parts.

    See Also
    --------
    RandomApply : Mixes a part of the sequences only.
    Compose : Mixes after other changes.

    References
    ----------
    Zhang, Cisse, Dauphin and Lopez-Paz (2018), "mixup: Beyond empirical risk
    minimization", ICLR.

    Examples
    --------
    >>> import numpy as np
    >>> from skgru.augmentation import Mixup
    >>> X = np.array([[0.0, 0.0], [1.0, 2.0]])
    >>> one_hot = np.array([[1.0, 0.0], [0.0, 1.0]])
    >>> X_mixed, y_mixed = Mixup(alpha=1.0)(X, one_hot, random_state=3)
    >>> X_mixed.round(2)
    array([[0.14, 0.28],
           [0.47, 0.95]])
    >>> y_mixed.round(2)
    array([[0.86, 0.14],
           [0.53, 0.47]])
    """

    kind = "series"
    mixes_targets = True
    _parameter_constraints = {"alpha": [Interval(Real, 0, None, closed="neither")]}

    def __init__(self, alpha=0.2):
        self.alpha = alpha

    @with_sections_of(Augmenter.augment)
    def augment(self, X, lengths, y, sample_weight, rng):
        """Return mixed sequences, targets and weights."""
        partner = np.arange(len(X))
        takes_part = partner if sample_weight is None else sample_weight.nonzero()[0]
        partner[takes_part] = rng.permutation(takes_part)
        share = 1 - rng.beta(self.alpha, self.alpha, size=len(X))
        return (
            _mix(X, partner, share),
            np.maximum(lengths, lengths[partner]),
            _mix(y, partner, share),
            None if sample_weight is None else _mix(sample_weight, partner, share),
        )


def _mix(values, partner, share):
    # x + (1 - lambda) (x_j - x) leaves a sample that is its own partner as it is.
    shape = (-1,) + (1,) * (values.ndim - 1)
    mixed = values.take(partner, axis=0)
    mixed -= values
    mixed *= share.astype(values.dtype).reshape(shape)
    mixed += values
    return mixed
