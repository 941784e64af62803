"""What a search shows of two parameters: a heat map."""

import numpy as np
import pytest
from pictures import GRID, results_of

from skgru.plotting import SearchDisplay

matplotlib = pytest.importorskip("matplotlib")


def luminance(color):
    """Return the relative luminance of the Web Content Accessibility Guidelines."""
    rgb = np.asarray(color[:3])
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


class TestSearchDisplayOfTwoParameters:
    """Heat map and coloured points."""

    def test_a_cell_shows_its_candidate(self):
        display = SearchDisplay.from_cv_results(GRID, ("learning_rate", "l2"))
        expected = [[0.5, 0.7, 0.7], [0.6, 0.9, 0.2]]
        np.testing.assert_allclose(display.image_.get_array(), expected)
        texts = [[text.get_text() for text in row] for row in display.text_]
        assert texts == [["0.500", "0.700", "0.700"], ["0.600", "0.900", "0.200"]]
        x_labels = [tick.get_text() for tick in display.ax_.get_xticklabels()]
        y_labels = [tick.get_text() for tick in display.ax_.get_yticklabels()]
        assert (x_labels, y_labels) == (["0.001", "0.01", "0.1"], ["0", "0.1"])
        assert display.ax_.get_xlabel() == "learning_rate"
        assert display.ax_.get_ylabel() == "l2"
        assert display.colorbar_.ax.get_ylabel() == "Mean score"

    def test_the_best_cell_is_framed(self):
        display = SearchDisplay.from_cv_results(GRID, ("learning_rate", "l2"))
        frame = display.best_point_.get_xydata()
        np.testing.assert_allclose(frame[:4].mean(axis=0), [1, 1])

    @pytest.mark.parametrize(
        ("aggregate", "expected"),
        [("best", [[0.8, 0.4], [0.6, 0.5]]), ("mean", [[0.5, 0.25], [0.6, 0.5]])],
    )
    def test_a_cell_shows_the_best_or_mean_over_the_others(self, aggregate, expected):
        results = results_of(
            [
                ({"a": 1, "b": 1, "c": 1}, (0.8, 0.8)),
                ({"a": 1, "b": 1, "c": 2}, (0.2, 0.2)),
                ({"a": 2, "b": 1, "c": 1}, (0.1, 0.1)),
                ({"a": 2, "b": 1, "c": 2}, (0.4, 0.4)),
                ({"a": 1, "b": 2, "c": 1}, (0.6, 0.6)),
                ({"a": 1, "b": 2, "c": 2}, (np.nan, np.nan)),
                ({"a": 2, "b": 2, "c": 1}, (0.5, 0.5)),
            ]
        )
        display = SearchDisplay.from_cv_results(
            results, ("a", "b"), aggregate=aggregate
        )
        np.testing.assert_allclose(display.image_.get_array(), expected)
        expected = f"Mean score, {aggregate} over the other parameters"
        assert display.colorbar_.ax.get_ylabel() == expected

    def test_failed_and_missing_cells_have_no_colour(self):
        results = results_of(
            [
                ({"a": 1, "b": 1}, (0.8, 0.8)),
                ({"a": 2, "b": 1}, (np.nan, np.nan)),
                ({"a": 1, "b": 2}, (0.1, 0.1)),
            ]
        )
        display = SearchDisplay.from_cv_results(results, ("a", "b"))
        masked = display.image_.get_array().mask
        np.testing.assert_array_equal(masked, [[False, True], [False, True]])
        assert display.text_[0, 1].get_text() == "failed"
        assert display.text_[1, 1].get_text() == ""

    @pytest.mark.parametrize("values", [[1], [1, 2]])
    def test_a_single_row_is_as_high_as_wide(self, values):
        results = results_of([({"a": v, "b": 1}, (0.8, 0.8)) for v in values])
        display = SearchDisplay.from_cv_results(results, ("a", "b"))
        corners = display.image_.get_coordinates()
        np.testing.assert_allclose(np.diff(corners[:, 0, 1]), [1])
        np.testing.assert_allclose(np.diff(corners[0, :, 0]), 1)

    def test_a_halving_search_shows_the_last_round_of_each(self):
        results = results_of(
            [
                ({"a": 1, "b": 1}, (0.8, 0.8)),
                ({"a": 2, "b": 1}, (0.1, 0.1)),
                ({"b": 1, "a": 1}, (0.5, 0.5)),
            ]
        )
        results |= {"iter": [0, 0, 1], "n_resources": [2, 2, 4]}
        display = SearchDisplay.from_cv_results(results, ("a", "b"))
        np.testing.assert_allclose(display.image_.get_array(), [[0.5, 0.1]])
        # Rounds are no other parameters.
        assert display.colorbar_.ax.get_ylabel() == "Mean score"

    def test_numbers_can_be_read_on_their_cells(self):
        scores = np.linspace(0, 1, 50)
        results = results_of([({"a": s, "b": 1}, (s, s)) for s in scores])
        display = SearchDisplay.from_cv_results(results, ("a", "b"))
        texts = display.text_.ravel()
        for text, score in zip(texts, display.image_.get_array().ravel(), strict=True):
            cell = luminance(display.image_.cmap(display.image_.norm(score)))
            writing = luminance(matplotlib.colors.to_rgb(text.get_color()))
            low, high = sorted([cell, writing])
            assert (high + 0.05) / (low + 0.05) > 3.9  # at least 3 for large text

    def test_candidates_that_form_no_grid_are_points(self):
        rng = np.random.default_rng(0)
        draws = [({"a": a, "b": b}, (a, b)) for a, b in rng.random((9, 2))]
        draws.append(({"a": 0.5, "b": 0.5}, (np.nan, np.nan)))
        results = results_of(draws)
        display = SearchDisplay.from_cv_results(results, ("a", "b"))
        assert display.image_ is None
        points = dict(
            zip(
                map(tuple, display.scatter_.get_offsets().tolist()),
                display.scatter_.get_array(),
                strict=True,
            )
        )
        assert points == pytest.approx(
            {(p["a"], p["b"]): np.mean(folds) for p, folds in draws[:-1]}
        )
        best = max(draws[:-1], key=lambda draw: np.mean(draw[1]))[0]
        assert display.best_point_.get_xydata().tolist() == [[best["a"], best["b"]]]
        assert display.failed_points_.get_xydata().tolist() == [[0.5, 0.5]]
