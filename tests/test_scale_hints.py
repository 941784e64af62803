"""What `fit` says of data whose shapes are lost in their scale."""

import warnings

import numpy as np
import pytest
from sklearn.pipeline import make_pipeline

from skgru import GRUClassifier, GRURegressor
from skgru.preprocessing import SequenceScaler


def sines(n=30, offset=0.0, seed=0):
    """Return sines and square waves of any phase, one feature, and which is which."""
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 2, n)
    phase = np.arange(24) / 3 + rng.uniform(0, 6, (n, 1))
    waves = np.where(y[:, None], np.sin(phase), np.sign(np.sin(phase)))
    return waves[:, :, None] + offset, y


def quiet(estimator, X, y):
    """Fit; any warning is an error."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return estimator.fit(X, y)


@pytest.fixture
def classifier():
    return GRUClassifier(2, filters=None, epochs=1, random_state=0)


class TestLevels:
    def test_sequences_that_vary_less_than_their_levels_are_named(self, classifier):
        X, y = sines()
        X += np.random.default_rng(1).normal(0, 50, (len(X), 1, 1))
        X = np.concatenate([np.zeros_like(X), X], axis=2)
        with pytest.warns(UserWarning, match="In feature 1 of X, 100% of"):
            classifier.fit(X, y)

    def test_what_the_warning_says_to_do_silences_it(self, classifier):
        X, y = sines()
        X += np.random.default_rng(1).normal(0, 50, (len(X), 1, 1))
        quiet(make_pipeline(SequenceScaler(per="sequence"), classifier), X, y)

    @pytest.mark.parametrize("level", [0, 2, 5])
    def test_levels_as_large_as_shapes_are_no_reason(self, classifier, level):
        X, y = sines()
        quiet(classifier, X + np.random.default_rng(1).normal(0, level, (30, 1, 1)), y)

    def test_constant_sequences_are_no_reason(self, classifier):
        X, y = sines()
        quiet(classifier, np.concatenate([X, np.ones_like(X) * y[:, None, None]], 2), y)

    def test_a_network_that_does_not_standardize_is_not_told(self, classifier):
        X, y = sines()
        X += np.random.default_rng(1).normal(0, 50, (len(X), 1, 1))
        quiet(classifier.set_params(standardize=False), X, y)


class TestOutliers:
    def test_a_feature_whose_scale_is_that_of_outliers_is_named(self, classifier):
        X, y = sines()
        X[3, 5] = 1e5
        with pytest.warns(UserWarning, match="98% of the values of feature 0 of X lie"):
            classifier.fit(X, y)
        quiet(classifier, X.clip(-2, 2), y)

    def test_padding_is_no_value(self, classifier):
        X, y = sines(offset=100.0)
        quiet(classifier, [x[: 24 - i % 20] for i, x in enumerate(X)], y)

    @pytest.mark.parametrize("events", [1.0, 1e5])
    def test_rare_events_in_a_feature_of_zeros_are_no_outliers(
        self, classifier, events
    ):
        X, y = sines()
        rare = np.zeros_like(X)
        rare[3, 5] = events
        quiet(classifier, np.concatenate([X, rare], axis=2), y)

    def test_heavy_tails_are_no_reason(self, classifier):
        X, y = sines(200)
        noise = np.random.default_rng(0).standard_t(3, X.shape)
        quiet(classifier, np.concatenate([X, noise], axis=2), y)


class TestCodes:
    @pytest.mark.parametrize("code", [-999.0, 1e5])
    def test_a_code_for_missing_values_is_named(self, classifier, code):
        X, y = sines()
        X[::3, 5] = code
        with pytest.warns(UserWarning, match=f"{code:g} stands in 1.4% of"):
            classifier.fit(X, y)

    def test_a_code_for_padding_is_named(self, classifier):
        X, y = sines()
        X[::2, 18:] = -999
        with pytest.warns(UserWarning, match="-999 stands in .*trailing steps of NaN"):
            classifier.fit(X, y)
        X[::2, 18:] = np.nan
        quiet(classifier, X, y)

    def test_values_that_recur_at_an_end_are_no_codes(self, classifier):
        X, y = sines()
        quiet(classifier, X.clip(-0.5, 0.5), y)
        counts = np.random.default_rng(0).poisson(0.05, X.shape)
        quiet(classifier, np.concatenate([X, counts], axis=2), y)


class TestTargets:
    def test_outlying_targets_are_named(self):
        X, _ = sines(200)
        y = X.mean(axis=(1, 2))
        y[7] += 1e4
        network = GRURegressor(2, filters=None, epochs=1, random_state=0)
        with pytest.warns(UserWarning, match="98% of the targets lie between"):
            network.fit(X, y)
        quiet(network, np.delete(X, 7, axis=0), np.delete(y, 7))
        quiet(network.set_params(normalize_y=False), X, y)

    def test_skewed_targets_are_no_reason(self):
        X, _ = sines(200)
        y = np.random.default_rng(0).lognormal(0, 2, (200, 2))
        quiet(GRURegressor(2, filters=None, epochs=1, random_state=0), X, y)


OFFSETS = {
    "an array": lambda X: X,
    "a list": lambda X: [x[: 24 - i % 5] for i, x in enumerate(X)],
    "a table": lambda X: X[:, :, 1],
    "integers": lambda X: (X * 100).round().astype(np.int64),
}


class TestFloat32:
    @pytest.mark.parametrize("form", OFFSETS)
    def test_digits_that_float32_loses_are_told(self, classifier, form):
        X, y = sines()
        X = OFFSETS[form](np.concatenate([X, X + 1e9], axis=2))
        feature = 0 if form == "a table" else 1
        with pytest.warns(UserWarning, match=f"Feature {feature} of X deviates"):
            classifier.fit(X, y)
        if form == "an array":
            scaled = make_pipeline(SequenceScaler(), classifier).fit(X, y)
            plain = make_pipeline(SequenceScaler(), classifier).fit(sines()[0], y)
            assert scaled[0].scale_[1] == pytest.approx(plain[0].scale_[0], rel=1e-6)

    def test_what_the_warning_says_to_do_silences_it(self, classifier):
        X, y = sines(offset=1e9)
        quiet(make_pipeline(SequenceScaler(), classifier), X, y)

    @pytest.mark.parametrize("offset", [0.0, 1e3, 1e5])
    def test_offsets_that_float32_can_hold_are_no_reason(self, classifier, offset):
        quiet(classifier, *sines(offset=offset))

    @pytest.mark.parametrize("value", [0.0, 7.3, 1e9 / 3])
    def test_constant_features_are_no_reason(self, classifier, value):
        X, y = sines()
        quiet(classifier, np.concatenate([X, np.full_like(X, value)], axis=2), y)

    def test_float32_data_have_no_digits_to_lose(self, classifier):
        X, y = sines(offset=1e7)
        quiet(classifier, X.astype(np.float32), y)
