"""What each parameter does to training; optimizers, layers and callbacks have files."""

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


# ---- penalties ----


@pytest.mark.parametrize(
    "penalty, gradient", [("l1", np.sign), ("l2", lambda kernel: 2 * kernel)]
)
def test_penalties_shrink_kernels_alone(regressor, X, targets, penalty, gradient):
    """One step of SGD differs by the penalty's gradient, for biases by nothing."""
    params = {**ONE_STEP, "learning_rate": 0.5}
    before = weights_of(untrained(regressor(**params), X, targets))
    free = weights_of(regressor(**params).fit(X, targets))
    shrunk = weights_of(regressor(**params, **{penalty: 0.1}).fit(X, targets))
    changes = [b - a for a, b in zip(free, shrunk, strict=True)]
    for kernel in (0, 1, 3):
        expected = -0.5 * 0.1 * gradient(before[kernel])
        np.testing.assert_allclose(changes[kernel], expected, atol=1e-6)
    for bias in (2, 4):
        assert not changes[bias].any()


@pytest.mark.parametrize(
    "penalty, norm", [("l1", np.abs), ("l2", np.square)], ids=["l1", "l2"]
)
def test_history_includes_the_penalty(regressor, X, targets, penalty, norm):
    """In the training loss and in the validation loss, as in Keras."""
    val = {"X_val": X[:16], "y_val": targets[:16]}
    free = regressor(**FROZEN).fit(X, targets, **val)
    fitted = regressor(**FROZEN, **{penalty: 0.1}).fit(X, targets, **val)
    kernels = [w for w in weights_of(fitted) if w.shape not in [(2, 12), (1,)]]
    assert len(kernels) == 3
    expected = 0.1 * sum(norm(kernel).sum() for kernel in kernels)
    for name in ("loss", "val_loss"):
        added = np.subtract(fitted.history_[name], free.history_[name])
        np.testing.assert_allclose(added, expected, rtol=1e-5)


# ---- dropout ----


def test_dropout_acts_in_training_alone(either, X):
    """The loss of frozen weights varies with the masks; predictions do not."""
    free, y = either(**FROZEN)
    free.fit(X, y, X_val=X, y_val=y)
    dropped, _ = either(**FROZEN, dropout=0.5)
    dropped.fit(X, y, X_val=X, y_val=y)
    assert len(set(np.round(free.history_["loss"], 6))) == 1
    assert len(set(dropped.history_["loss"])) == 3
    assert dropped.history_["val_loss"] == free.history_["val_loss"]
    np.testing.assert_array_equal(dropped.predict(X), free.predict(X))


def test_recurrent_dropout_acts_in_training_alone(regressor, X, targets):
    validation = {"X_val": X, "y_val": targets}
    free = regressor(**FROZEN).fit(X, targets, **validation)
    dropped = regressor(**FROZEN, recurrent_dropout=0.5).fit(X, targets, **validation)
    assert len(set(dropped.history_["loss"])) == 3
    np.testing.assert_allclose(
        dropped.history_["val_loss"], free.history_["val_loss"], rtol=1e-6
    )
    np.testing.assert_array_equal(dropped.predict(X), free.predict(X))


def test_recurrent_dropout_acts_through_the_recurrent_kernel(regressor, X, targets):
    """With a recurrent kernel of zeros there is nothing that it could drop."""
    params = {**FROZEN, "recurrent_initializer": "zeros"}
    free = regressor(**params).fit(X, targets)
    dropped = regressor(**params, recurrent_dropout=0.5).fit(X, targets)
    np.testing.assert_allclose(
        dropped.history_["loss"], free.history_["loss"], rtol=1e-6
    )


def mean_output_in_training(regressor, X, **params):
    """Return the mean of the network's outputs over many epochs of training.

    For targets of 0 the gradient of the mean squared error by the head's bias is twice
    the mean output. The learning rate is too small to change anything else.
    """
    rate, epochs = 1e-7, 300
    fitted = regressor(
        optimizer="sgd",
        learning_rate=rate,
        epochs=epochs,
        batch_size=64,
        normalize_y=False,
        **params,
    ).fit(X, np.zeros(len(X)))
    head_bias = weights_of(fitted)[-1]
    return float(-head_bias[0] / (2 * rate * epochs))


def test_dropout_is_unbiased(regressor, X):
    """Inverted dropout: the expected output in training is the one at prediction."""
    X = X + 1.0
    params = {"kernel_initializer": "he_normal"}
    plain = mean_output_in_training(regressor, X, **params)
    dropped = mean_output_in_training(regressor, X, **params, dropout=0.4)
    assert abs(plain) > 0.1
    # Values that were not scaled up by 1 / (1 - 0.4) would give a ratio of 0.6.
    assert dropped / plain == pytest.approx(1, abs=0.05)


def test_recurrent_dropout_is_unbiased(regressor, X):
    """In the limit of small recurrent weights, where the network is linear in them."""
    X = X + 1.0
    small = keras.initializers.RandomNormal(stddev=0.05, seed=0)
    none = mean_output_in_training(regressor, X, recurrent_initializer="zeros")
    plain = mean_output_in_training(regressor, X, recurrent_initializer=small)
    dropped = mean_output_in_training(
        regressor, X, recurrent_initializer=small, recurrent_dropout=0.4
    )
    assert abs(plain - none) > 1e-3
    assert (dropped - none) / (plain - none) == pytest.approx(1, abs=0.15)


def test_where_all_is_dropped_only_the_heads_bias_learns(regressor, X, targets):
    fitted = regressor(**ONE_STEP, dropout=0.999999).fit(X, targets)
    before = untrained(fitted, X, targets)
    *others, head_bias = (
        b - a for a, b in zip(weights_of(before), weights_of(fitted), strict=True)
    )
    assert not any(change.any() for change in others)
    # The targets are standardised, so their mean alone moves it: by almost nothing.
    assert abs(head_bias[0]) < 1e-6


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


# ---- batches, epochs, shuffling ----


def test_epochs_is_the_length_of_the_history(either, X):
    estimator, y = either(epochs=5)
    estimator.fit(X, y)
    assert estimator.n_iter_ == 5
    assert {name: len(values) for name, values in estimator.history_.items()} == {
        "loss": 5,
        "learning_rate": 5,
    }
    assert estimator.best_epoch_ == np.argmin(estimator.history_["loss"])


def test_batch_size_is_the_number_of_samples_a_step(regressor, X, targets):
    """44 samples: three steps of at most 16, or one of 64; each step is bounded."""
    for batch_size, n_steps in [(16, 3), (64, 1)]:
        fitted = regressor(
            optimizer="sgd", epochs=1, batch_size=batch_size, clipvalue=1e-9,
            learning_rate=1e6, normalize_y=False,
        )  # fmt: skip
        # Targets so far away that every gradient of the head's bias has one sign.
        fitted.fit(X, targets)
        assert weights_of(fitted)[-1] == pytest.approx(n_steps * 1e-3, rel=1e-4)


def test_shuffle_changes_the_order_at_every_epoch(regressor, X, targets):
    """Without it, the mean loss of the last batch of 12 is that of the last 12."""
    params = {**FROZEN, "epochs": 4}

    def losses_of_the_first_batch(**more):
        seen = []

        class Listener(keras.callbacks.Callback):
            def on_train_batch_end(self, batch, logs):
                if batch == 0:
                    seen.append(logs["loss"])

        fitted = regressor(**params, **more, callbacks=Listener()).fit(X, targets)
        errors = (fitted.predict(X[:16]) - targets[:16]) / targets.std()
        return seen, np.mean(errors**2)

    in_order, expected = losses_of_the_first_batch(shuffle=False)
    np.testing.assert_allclose(in_order, expected, rtol=1e-5)
    shuffled, _ = losses_of_the_first_batch(shuffle=True)
    assert len(set(shuffled)) == 4
    again, _ = losses_of_the_first_batch(shuffle=True)
    assert shuffled == again


def test_random_state_determines_the_fit(either, X):
    first, y = either(dropout=0.2)
    again, _ = either(dropout=0.2)
    other, _ = either(dropout=0.2, random_state=1)
    assert_same_fit(first.fit(X, y), again.fit(X, y))
    assert (weights_of(first)[0] != weights_of(other.fit(X, y))[0]).all()


def test_a_random_state_instance_moves_on(regressor, X, targets):
    """As in scikit-learn: two fits with one generator are two different fits."""
    generator = np.random.RandomState(0)
    first = regressor(random_state=generator).fit(X, targets)
    second = regressor(random_state=generator).fit(X, targets)
    same = regressor(random_state=np.random.RandomState(0)).fit(X, targets)
    assert (weights_of(first)[0] != weights_of(second)[0]).all()
    assert_same_fit(first, same)


# ---- verbose ----


def test_verbose_0_prints_nothing(either, X, capfd):
    estimator, y = either(verbose=0)
    estimator.fit(X, y).predict(X)
    assert capfd.readouterr().out == ""


def test_verbose_1_shows_keras_progress_bar(regressor, X, targets, capsys):
    fitted = regressor(verbose=1).fit(X, targets)
    out = capsys.readouterr().out
    for epoch in (1, 2, 3):
        assert f"Epoch {epoch}/3" in out
    assert "3/3" in out
    assert f"loss: {fitted.history_['loss'][-1]:.4f}" in out


def test_verbose_2_prints_a_line_an_epoch(regressor, X, targets, capsys):
    fitted = regressor(verbose=2).fit(X, targets, X_val=X[:16], y_val=targets[:16])
    lines = capsys.readouterr().out.splitlines()
    shown = [line for line in lines if "val_loss" in line]
    assert len(shown) == 3
    assert f"val_loss: {fitted.history_['val_loss'][-1]:.4f}" in shown[-1]
