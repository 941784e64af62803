"""The forms of X through the estimators; padding has no part in any result."""

import numpy as np
import pandas as pd
import polars as pl
import pytest
from containers import CONTAINERS


def nan_padded(sequences, n_timesteps=6):
    block = np.full((len(sequences), n_timesteps, 3), np.nan)
    for row, sequence in zip(block, sequences, strict=True):
        row[: len(sequence)] = sequence
    return block


def as_objects(sequences):
    array = np.empty(len(sequences), dtype=object)
    array[:] = sequences
    return array


# ---- one X in several forms ----


@pytest.mark.parametrize(
    "form",
    [
        list,
        tuple,
        as_objects,
        nan_padded,
        lambda sequences: nan_padded(sequences, 8),
        lambda sequences: [sequence.tolist() for sequence in sequences],
        lambda sequences: [np.asfortranarray(sequence) for sequence in sequences],
        lambda sequences: [pd.DataFrame(sequence) for sequence in sequences],
        lambda sequences: pd.Series(list(sequences)),
    ],
    ids=[
        "list", "tuple", "object array", "NaN padding", "more NaN padding",
        "nested lists", "Fortran order", "list of frames", "series of arrays",
    ],
)  # fmt: skip
def test_forms_of_sequences_of_unequal_length(classifier, sequences, labels, form):
    expected = classifier().fit(sequences, labels).predict_proba(sequences)
    fitted = classifier().fit(form(sequences), labels)
    np.testing.assert_array_equal(fitted.predict_proba(form(sequences)), expected)
    # What it was fitted on does not bind what it predicts.
    np.testing.assert_array_equal(fitted.predict_proba(sequences), expected)


@pytest.mark.parametrize("make", CONTAINERS)
def test_containers_of_sequences_of_unequal_length(classifier, sequences, labels, make):
    expected = classifier().fit(sequences, labels).predict_proba(sequences)
    fitted = classifier().fit(make(sequences), labels)
    np.testing.assert_array_equal(fitted.predict_proba(make(sequences)), expected)


@pytest.mark.parametrize(
    "form",
    [
        np.float32,
        np.asfortranarray,
        lambda X: X.tolist(),
        list,
        lambda X: as_objects(list(X)),
    ],
    ids=["float32", "Fortran order", "nested lists", "list", "object array"],
)
def test_forms_of_sequences_of_equal_length(either, X, form):
    estimator, y = either()
    expected = estimator.fit(X, y).predict(X)
    other, _ = either()
    np.testing.assert_array_equal(other.fit(form(X), y).predict(form(X)), expected)


@pytest.mark.parametrize(
    "form",
    [
        lambda X: X[:, :, None],
        lambda X: X.tolist(),
        pd.DataFrame,
        lambda X: [series[:, None] for series in X],
        lambda X: pd.DataFrame(X, columns=[f"t{i}" for i in range(X.shape[1])]),
        list,
        lambda X: as_objects(list(X)),
        lambda X: [pd.Series(series) for series in X],
        lambda X: pl.Series(X.tolist()),
        lambda X: pl.Series(X.tolist(), dtype=pl.Array(pl.Float64, 6)),
        pl.DataFrame,
        lambda X: pd.DataFrame({"height": [pd.Series(series) for series in X]}),
        lambda X: pl.DataFrame({"height": X.tolist()}),
    ],
    ids=[
        "3-D", "nested lists", "frame", "list", "frame with names", "1-D arrays",
        "objects", "list of series", "polars lists", "polars arrays", "polars frame",
        "nested frame", "nested polars frame",
    ],
)  # fmt: skip
def test_forms_of_univariate_series(regressor, X, targets, form):
    """A 2-D X has one value a step."""
    X = X[:, :, 0]
    expected = regressor().fit(X, targets).predict(X)
    fitted = regressor().fit(form(X), targets)
    np.testing.assert_array_equal(fitted.predict(form(X)), expected)
    assert fitted.n_timesteps_in_ == 6


def test_univariate_series_of_unequal_length(regressor, sequences, targets):
    """A sequence of floats, which are no token ids, needs no feature axis."""
    series = [sequence[:, 0] for sequence in sequences]
    expected = regressor().fit([s[:, None] for s in series], targets)
    expected = expected.predict([s[:, None] for s in series])
    for form in (list, pd.Series, pl.Series, lambda X: [s.tolist() for s in X]):
        fitted = regressor().fit(form(series), targets)
        np.testing.assert_array_equal(fitted.predict(form(series)), expected)


@pytest.mark.parametrize("make", CONTAINERS)
def test_names_of_features_are_found_in_every_container(regressor, X, targets, make):
    fitted = regressor().fit(make(X), targets)
    names = getattr(fitted, "feature_names_in_", None)
    if "frame" not in make.__name__:
        assert names is None
        return
    assert list(names) == ["x0", "x1", "x2"]
    with pytest.raises(ValueError, match="feature names"):
        fitted.predict(make(X, names=["x0", "x2", "x1"]))


def test_integers_are_read_as_numbers(regressor, X, targets):
    whole = np.round(X * 3)
    expected = regressor().fit(whole, targets).predict(whole)
    fitted = regressor().fit(whole.astype(np.int64), targets)
    np.testing.assert_array_equal(fitted.predict(whole.astype(np.int8)), expected)


def test_what_a_fit_says_of_X(classifier, X, sequences, labels):
    fitted = classifier().fit(X, labels)
    assert (fitted.n_timesteps_in_, fitted.n_features_in_) == (6, 3)
    fitted = classifier().fit(sequences, labels)
    assert (fitted.n_timesteps_in_, fitted.n_features_in_) == (6, 3)
    # scikit-learn counts the columns of a 2-D X.
    fitted = classifier().fit(X[:, :, 0], labels)
    assert (fitted.n_timesteps_in_, fitted.n_features_in_) == (6, 6)


# ---- predictions do not depend on padding ----


def test_a_sequence_alone_is_predicted_as_among_longer_ones(
    classifier, sequences, labels
):
    """The shortest has 3 steps, then 3 steps of padding, then 18 and more.

    test_model.py compares every pooling with what it is without padding.
    """
    fitted = classifier().fit(sequences, labels)
    together = fitted.predict_proba(sequences)
    longer = [*sequences, np.ones((21, 3))]
    np.testing.assert_allclose(
        fitted.predict_proba(longer)[:-1], together, rtol=0, atol=1e-6
    )
    for i in (0, 1, 2, 3):
        alone = fitted.predict_proba([sequences[i]])
        np.testing.assert_allclose(alone[0], together[i], rtol=0, atol=1e-6)


def test_training_does_not_depend_on_padding(classifier, sequences, labels):
    """More NaN at the end, up to another compiled length: the same network."""
    expected = classifier().fit(sequences, labels)
    padded = classifier().fit(nan_padded(sequences, 20), labels)
    np.testing.assert_allclose(
        padded.history_["loss"], expected.history_["loss"], rtol=1e-5
    )
    np.testing.assert_allclose(
        padded.predict_proba(sequences), expected.predict_proba(sequences), atol=1e-5
    )


def test_predictions_do_not_depend_on_the_other_samples(either, X):
    """Nor on their number or order: to the last bit."""
    estimator, y = either()
    method = "predict" if hasattr(estimator, "loss") else "predict_proba"
    predict = getattr(estimator.fit(X, y), method)
    together = predict(X)
    np.testing.assert_array_equal(predict(X[::-1]), together[::-1])
    for rows in ([7], [40, 2], range(5)):
        np.testing.assert_array_equal(predict(X[rows]), together[rows])


def test_many_samples_are_predicted_in_pieces(regressor, X, targets):
    """More than one call of the program takes: the pieces join without a seam."""
    fitted = regressor().fit(X, targets)
    many = np.tile(X, (60, 1, 1))
    np.testing.assert_array_equal(fitted.predict(many), np.tile(fitted.predict(X), 60))


def test_3_d_X_of_another_length_is_predicted(regressor, X, targets):
    """Steps have no column: only their features are fixed."""
    fitted = regressor().fit(X, targets)
    shorter, longer = X[:, :4], np.concatenate([X, X], axis=1)
    for other in (shorter, longer):
        as_list = fitted.predict(list(other))
        np.testing.assert_allclose(fitted.predict(other), as_list, rtol=1e-6)
    assert np.abs(fitted.predict(shorter) - fitted.predict(X)).max() > 1e-3


# ---- feature names ----


def test_column_names_are_kept_and_checked(regressor, X, targets):
    frame = pd.DataFrame(X[:, :, 0], columns=list("abcdef"))
    fitted = regressor().fit(frame, targets)
    np.testing.assert_array_equal(fitted.feature_names_in_, list("abcdef"))
    with pytest.raises(ValueError, match="feature names"):
        fitted.predict(frame[list("fedcba")])
    with pytest.warns(UserWarning, match="does not have valid feature names"):
        fitted.predict(frame.to_numpy())
    # A fit on an array forgets them.
    assert not hasattr(fitted.fit(X, targets), "feature_names_in_")


def test_nothing_passed_is_changed(either, X):
    estimator, y = either(dropout=0.2)
    X_before, y_before, weight = X.copy(), y.copy(), np.full(len(X), 0.5)
    X.flags.writeable = y.flags.writeable = weight.flags.writeable = False
    estimator.fit(X, y, sample_weight=weight, X_val=X, y_val=y).predict(X)
    np.testing.assert_array_equal(X, X_before)
    np.testing.assert_array_equal(y, y_before)


def test_shapes_that_standardizing_would_hide_are_warned_of(classifier, X, labels):
    """Half of the sequences are a thousand times smaller than the others."""
    small = np.where(np.arange(len(X)) % 2, 1e-5, 1.0)[:, None, None] * X
    with pytest.warns(UserWarning, match=r"feature \d of X, 50% .*Scaler\(per"):
        classifier(standardize=True).fit(small, labels)


@pytest.mark.parametrize("standardize", [True, False])
def test_constant_sequences_have_no_shape_to_warn_of(
    classifier, X, labels, standardize
):
    X = np.where(np.arange(len(X)) % 2, 0.0, 1.0)[:, None, None] * X + 0.1
    classifier(standardize=standardize).fit(X, labels)
