"""Pictures of a training, of a search, of a forecast and of importances.

Displays in scikit-learn's manner: ``from_estimator`` computes what is shown and draws
it; ``plot`` draws it again, on other axes or in another way. They need matplotlib, the
extra ``plots``. Colours are those of Okabe and Ito, and viridis, which readers with any
colour vision can tell apart.
"""

from ._forecast import ForecastDisplay
from ._importance import ImportanceDisplay
from ._search import SearchDisplay
from ._training_curve import TrainingCurveDisplay

__all__ = [
    "ForecastDisplay",
    "ImportanceDisplay",
    "SearchDisplay",
    "TrainingCurveDisplay",
]
