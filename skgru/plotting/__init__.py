"""Plots of a training, a search, a forecast and importances.

Displays as in scikit-learn: ``from_estimator`` computes what is shown and draws it;
``plot`` draws it again. They need matplotlib, the extra ``plots``. The colours, those
of Okabe and Ito and viridis, can be told apart with any colour vision.
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
