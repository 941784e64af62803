"""What is read from a display, and results to be displayed."""

import numpy as np

from skgru import GRUClassifier


def classifier(**parameters):
    return GRUClassifier(16, **{"epochs": 4, "random_state": 0, **parameters})


def legend_of(display):
    return [text.get_text() for text in display.ax_.get_legend().get_texts()]


def results_of(candidates, metric="score"):
    """Return a cv_results_ of pairs of parameters and the scores of two folds."""
    scores = np.array([folds for _, folds in candidates], float)
    return {
        "params": [params for params, _ in candidates],
        f"split0_test_{metric}": scores[:, 0],
        f"split1_test_{metric}": scores[:, 1],
        f"mean_test_{metric}": scores.mean(axis=1),
        f"std_test_{metric}": scores.std(axis=1),
    }


def points_of(container):
    """Return the points of an errorbar, and the half lengths of its bars."""
    points, _, (bars,) = container
    lengths = [np.ptp(segment[:, 1]) / 2 for segment in bars.get_segments()]
    return points.get_xdata(), points.get_ydata(), lengths


GRID = results_of(
    [
        ({"learning_rate": 0.001, "l2": 0.0}, (0.4, 0.6)),
        ({"learning_rate": 0.001, "l2": 0.1}, (0.5, 0.7)),
        ({"learning_rate": 0.01, "l2": 0.0}, (0.7, 0.7)),
        ({"learning_rate": 0.01, "l2": 0.1}, (0.8, 1.0)),
        ({"learning_rate": 0.1, "l2": 0.0}, (0.6, 0.8)),
        ({"learning_rate": 0.1, "l2": 0.1}, (0.3, 0.1)),
    ]
)
