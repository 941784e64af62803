"""What each parameter does to training; optimizers, layers and callbacks have files."""

import keras
import numpy as np
import pytest
from reference import no_learning, untrained

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
