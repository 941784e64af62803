"""Weights of samples and classes, and targets of every kind, have their meaning."""

import keras
import numpy as np
import pytest
from reference import keras_fit, no_learning, one_hot, untrained
from sklearn.utils.class_weight import compute_class_weight

# All samples in one batch and one step of SGD, whose update is the gradient itself.
ONE_STEP = {"optimizer": "sgd", "batch_size": 64, "epochs": 1}
# The loss of weights that stay as they are.
FROZEN = {"optimizer": "sgd", "schedule": no_learning}


def weights_of(estimator):
    return estimator.model_.get_weights()


def assert_same_fit(first, second):
    """Equal to the last bit."""
    for a, b in zip(weights_of(first), weights_of(second), strict=True):
        np.testing.assert_array_equal(a, b)


# ---- sample_weight and class_weight ----


def test_a_weight_of_2_is_a_sample_counted_twice(either, X):
    """One step on a batch of all: the gradient's sum over samples is the same."""
    estimator, y = either(**ONE_STEP, learning_rate=1.0)
    before = weights_of(untrained(estimator, X, y))
    if hasattr(estimator, "normalize_y"):
        estimator.set_params(normalize_y=False)
        y = y / 500
    twice = np.arange(len(X)) % 3 == 0
    weighted = estimator.fit(X, y, sample_weight=1.0 + twice)
    weighted = [b - a for a, b in zip(before, weights_of(weighted), strict=True)]

    repeated = np.repeat(np.arange(len(X)), 1 + twice)
    repeated = estimator.fit(X[repeated], y[repeated])
    repeated = [b - a for a, b in zip(before, weights_of(repeated), strict=True)]
    for a, b in zip(weighted, repeated, strict=True):
        # Keras divides by the number of samples, not by their weight.
        np.testing.assert_allclose(
            a * len(X), b * (len(X) + twice.sum()), atol=1e-5 * np.abs(b).max() * 60
        )


def test_a_weight_of_0_is_a_sample_left_out(either, X):
    """To the last bit, and whatever it holds: shuffling, batches, target scale."""
    estimator, y = either()
    weight = np.arange(len(X)) % 4 / 2
    left_in = weight > 0
    few, _ = either()
    few.fit(X[left_in], y[left_in], sample_weight=weight[left_in])
    extreme = X.copy()
    extreme[~left_in] = 1e6
    estimator.fit(extreme, y, sample_weight=weight)
    assert_same_fit(estimator, few)
    assert estimator.history_ == few.history_


def test_a_class_of_weight_0_is_no_class(classifier, X, labels):
    fitted = classifier().fit(X, labels, sample_weight=labels != "middle")
    np.testing.assert_array_equal(fitted.classes_, ["high", "low"])


def test_equal_sample_weights_of_1_are_none(either, X):
    plain, y = either()
    weighted, _ = either()
    assert_same_fit(plain.fit(X, y), weighted.fit(X, y, sample_weight=np.ones(len(X))))


def test_sample_weight_equals_stock_keras_training(classifier, X, labels):
    weight = np.random.default_rng(0).uniform(0.5, 2, len(X))
    fitted = classifier(optimizer="sgd", shuffle=False)
    fitted.fit(X, labels, sample_weight=weight)
    model = untrained(fitted, X, labels).model_
    history = keras_fit(
        model, X, one_hot(labels), keras.optimizers.SGD(0.02),
        "categorical_crossentropy", sample_weight=weight,
    )  # fmt: skip
    for ours, keras_own in zip(weights_of(fitted), model.get_weights(), strict=True):
        np.testing.assert_allclose(ours, keras_own, atol=1e-5)
    np.testing.assert_allclose(fitted.history_["loss"], history["loss"], atol=1e-5)


def test_class_weight_is_a_sample_weight_by_class(classifier, X, labels):
    by_class = {"low": 2.0, "middle": 0.5, "high": 3.0}
    by_sample = np.array([by_class[label] for label in labels])
    expected = classifier().fit(X, labels, sample_weight=by_sample)
    assert_same_fit(classifier(class_weight=by_class).fit(X, labels), expected)


def test_class_weight_multiplies_sample_weight(classifier, X, labels):
    sample_weight = np.random.default_rng(0).uniform(0.5, 2, len(X)).astype(np.float32)
    doubled = sample_weight * np.where(labels == "low", 2, 1)
    expected = classifier().fit(X, labels, sample_weight=doubled)
    fitted = classifier(class_weight={"low": 2.0, "middle": 1, "high": 1})
    assert_same_fit(fitted.fit(X, labels, sample_weight=sample_weight), expected)


def test_balanced_class_weight_has_scikit_learns_formula(classifier, X, labels):
    classes, counts = np.unique(labels, return_counts=True)
    formula = dict(zip(classes, len(labels) / (3 * counts), strict=True))
    own = compute_class_weight("balanced", classes=classes, y=labels)
    np.testing.assert_allclose(list(formula.values()), own)
    assert len(set(counts)) > 1
    expected = classifier(class_weight=formula).fit(X, labels)
    assert_same_fit(classifier(class_weight="balanced").fit(X, labels), expected)


# ---- targets ----


def test_normalize_y_makes_the_fit_independent_of_units(regressor, X, targets):
    """Kelvin or degrees: the same network."""
    first = regressor().fit(X, targets)
    second = regressor().fit(X, 1.8 * targets - 460)
    np.testing.assert_allclose(first.history_["loss"], second.history_["loss"], 1e-5)
    np.testing.assert_allclose(
        1.8 * first.predict(X) - 460, second.predict(X), rtol=1e-5
    )


def test_without_normalize_y_the_loss_is_in_ys_units(regressor, X, targets):
    """Of the untrained network, which knows nothing of the targets' size."""
    fitted = regressor(**FROZEN, normalize_y=False).fit(X, targets)
    expected = np.mean((fitted.predict(X) - targets) ** 2)
    assert fitted.history_["loss"][0] == pytest.approx(expected, rel=1e-5)
    assert expected > 100_000


@pytest.mark.parametrize(
    "loss, formula",
    [
        ("mse", np.square),
        ("mae", np.abs),
        # Huber (1964), with delta = 1.
        ("huber", lambda e: np.where(abs(e) <= 1, e**2 / 2, abs(e) - 0.5)),
    ],
)
def test_losses_have_their_formulas(regressor, X, targets, loss, formula):
    fitted = regressor(**FROZEN, loss=loss).fit(X, targets)
    errors = (fitted.predict(X) - targets) / targets.std()
    assert np.abs(errors).max() > 1 > np.abs(errors).min()
    expected = formula(errors).mean()
    assert fitted.history_["loss"][0] == pytest.approx(expected, rel=1e-5)


def test_the_loss_of_a_classifier_is_the_log_loss(classifier, X, labels):
    for y in (labels, labels == "low"):
        fitted = classifier(**FROZEN).fit(X, y)
        columns = np.searchsorted(fitted.classes_, y)
        chosen = fitted.predict_proba(X)[np.arange(len(X)), columns]
        expected = -np.log(chosen).mean()
        assert fitted.history_["loss"][0] == pytest.approx(expected, rel=1e-5)


def test_several_targets_are_fitted_at_once(regressor, X, targets):
    """The loss is the mean over the targets, each standardised on its own."""
    y = np.column_stack([targets, -0.01 * targets])
    fitted = regressor(**FROZEN).fit(X, y)
    predicted = fitted.predict(X)
    assert predicted.shape == (len(X), 2)
    expected = np.mean(((predicted - y) / y.std(axis=0)) ** 2)
    assert fitted.history_["loss"][0] == pytest.approx(expected, rel=1e-5)


def test_a_column_of_targets_stays_a_column(regressor, X, targets):
    fitted = regressor().fit(X, targets[:, None])
    assert fitted.predict(X).shape == (len(X), 1)
    flat = regressor().fit(X, targets).predict(X)
    np.testing.assert_array_equal(fitted.predict(X)[:, 0], flat)


def test_constant_targets_are_predicted(regressor, X):
    """A standard deviation of 0 divides nothing."""
    fitted = regressor(epochs=30).fit(X, np.full(len(X), 7.0))
    np.testing.assert_allclose(fitted.predict(X), 7, atol=0.5)


@pytest.mark.parametrize(
    "names",
    [
        ["one", "two", "three"],
        np.array(["one", "two", "three"], dtype=object),
        [3, 1, 2],
        [-0.0, 2.0, 1.0],
    ],
    ids=["text", "object", "int", "whole float"],
)
def test_labels_of_any_type_come_back(classifier, X, labels, names):
    y = np.asarray(names)[np.unique(labels, return_inverse=True)[1]]
    fitted = classifier(epochs=20).fit(X, y)
    np.testing.assert_array_equal(fitted.classes_, np.unique(y))
    predicted = fitted.predict(X)
    assert predicted.dtype == y.dtype
    assert set(predicted) <= set(y)
    assert np.mean(predicted == y) == fitted.score(X, y)


def test_two_classes_of_truth_values(classifier, X, labels):
    y = labels == "low"
    fitted = classifier(epochs=30).fit(X, y)
    assert fitted.predict(X).dtype == bool
    probabilities = fitted.predict_proba(X)
    assert probabilities.shape == (len(X), 2)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, atol=1e-6)
    assert fitted.score(X, y) > 0.8


def test_multilabel_targets(classifier, X):
    """One sigmoid a label; the loss is the mean of their log losses."""
    y = (X[:, -1, :] > 0).astype(int)
    fitted = classifier(**FROZEN).fit(X, y)
    probabilities = fitted.predict_proba(X)
    assert probabilities.shape == (len(X), 3)
    np.testing.assert_array_equal(fitted.predict(X), probabilities > 0.5)
    chosen = np.where(y == 1, probabilities, 1 - probabilities)
    assert fitted.history_["loss"][0] == pytest.approx(-np.log(chosen).mean(), rel=1e-5)
