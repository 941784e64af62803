"""Parameters that fit refuses, and training that diverges."""

import re

import keras
import numpy as np
import pytest
from sklearn.exceptions import FitFailedWarning
from sklearn.model_selection import GridSearchCV

from skgru import GRUClassifier, GRURegressor
from skgru.augmentation import Jitter

BAD_PARAMETERS = [
    ("units", 0, r"'units' parameter of .* \[1, inf\).* Got 0"),
    ("units", -3, "'units' parameter of .* Got -3"),
    ("units", 2.5, "'units' parameter of .* Got 2.5"),
    ("units", True, "'units' parameter of .* Got True"),
    ("units", "64", "'units' parameter of .* Got '64'"),
    ("units", (), "'units' parameter of .* at least one layer"),
    ("units", (4, 0), r"'units' parameter of .* Got \(4, 0\)"),
    ("n_layers", 0, "'n_layers' parameter of .* Got 0"),
    ("bidirectional", "yes", "'bidirectional' parameter"),
    ("standardize", "yes", "'standardize' parameter"),
    ("filters", 0, "'filters' parameter of .* Got 0"),
    ("kernel_size", 2.5, "'kernel_size' parameter of .* Got 2.5"),
    ("pool_size", "all", "'pool_size' parameter of .*'auto'.* Got 'all'"),
    ("pooling", "avg", "'pooling' parameter of .*'mean'.* Got 'avg'"),
    ("dropout", 1.0, r"'dropout' parameter of .* \[0.0, 1.0\). Got 1.0"),
    ("dropout", -0.1, "'dropout' parameter of .* Got -0.1"),
    ("model", "gru", "'model' parameter of .* function that returns .* Got 'gru'"),
    ("recurrent_dropout", 1.5, "'recurrent_dropout' parameter of .* Got 1.5"),
    (
        "kernel_initializer",
        "he_norml",
        "'kernel_initializer'.*Did you mean 'he_normal'",
    ),
    ("kernel_initializer", "stft", "'kernel_initializer'"),  # not for a GRU's kernels
    ("recurrent_initializer", 3, "'recurrent_initializer' parameter"),
    ("l1", -1e-3, "'l1' parameter of .* Got -0.001"),
    ("l2", np.nan, "'l2' parameter of .* Got nan"),
    ("optimizer", "adma", "'optimizer' parameter of .*Did you mean 'adam'"),
    ("optimizer", 3, "'optimizer' parameter"),
    ("optimizer", dict, "'optimizer'.*dict"),
    ("learning_rate", 0, "'learning_rate' parameter of .* Got 0"),
    ("learning_rate", "fast", "'learning_rate' parameter of .* Got 'fast'"),
    ("schedule", "step_decya", "'schedule' parameter of .*Did you mean 'step_decay'"),
    ("schedule", 0.5, "'schedule' parameter"),
    ("clipnorm", -1, r"The 'clipnorm' parameter of .* \(0.0, inf\) or None. Got -1"),
    ("clipvalue", 0, "'clipvalue' parameter of .* Got 0"),
    ("global_clipnorm", "1", "'global_clipnorm' parameter of .* Got '1'"),
    ("batch_size", 0, "'batch_size' parameter of .* Got 0"),
    ("batch_size", 16.0, "'batch_size' parameter of .* Got 16.0"),
    ("epochs", 0, "'epochs' parameter of .* Got 0"),
    ("shuffle", "no", "'shuffle' parameter"),
    ("early_stopping", "auto", "'early_stopping' parameter"),
    ("validation_split", "0.2", "'validation_split' parameter"),
    ("scoring", 0.5, "'scoring' parameter of .* Got 0.5"),
    ("patience", 0, "'patience' parameter of .* Got 0"),
    ("min_delta", -1, "'min_delta' parameter of .* Got -1"),
    ("vocabulary_size", 1, "'vocabulary_size' parameter of .* Got 1"),
    ("embedding_dim", 0, "'embedding_dim' parameter of .* Got 0"),
    ("embedding_weights", 5, "'embedding_weights' parameter of .* Got 5"),
    ("augmenter", "jitter", "'augmenter' parameter"),
    ("callbacks", [print], "'callbacks' parameter"),
    ("callbacks", keras.callbacks.Callback, "'callbacks' parameter"),
    ("checkpoint", 1, "'checkpoint' parameter of .* Got 1"),
    ("checkpoint", "", "'checkpoint' parameter of .* Got ''"),
    ("warm_start", "yes", "'warm_start' parameter"),
    ("verbose", -1, "'verbose' parameter of .* Got -1"),
    ("random_state", "seed", "'random_state' parameter"),
]


@pytest.mark.parametrize("name, value, message", BAD_PARAMETERS)
def test_bad_parameters(either, X, name, value, message, refused):
    estimator, y = either(**{name: value})
    error = (ValueError, TypeError)
    refused(estimator, "fit", X, y, message=message, error=error)
    refused(estimator, "partial_fit", X, y, message=message, error=error)


def test_every_parameter_has_a_bad_value_above(either):
    """But those of one head alone, which the next test has."""
    estimator, _ = either()
    own = {"class_weight", "loss", "normalize_y"}
    assert {name for name, *_ in BAD_PARAMETERS} == set(estimator.get_params()) - own


def test_bad_parameters_of_the_regressor(regressor, X, targets, refused):
    message = "The 'loss' parameter of GRURegressor.*'huber'.* Got 'rmse'"
    refused(regressor(loss="rmse"), "fit", X, targets, message=message)
    message = "The 'normalize_y' parameter of GRURegressor"
    refused(regressor(normalize_y="no"), "fit", X, targets, message=message)


@pytest.mark.parametrize("cls", [GRUClassifier, GRURegressor])
def test_misspelt_parameters(cls):
    with pytest.raises(
        TypeError, match=r"'learning_rte'.* Did you mean 'learning_rate'"
    ):
        cls(learning_rte=0.1)
    with pytest.raises(ValueError, match="Invalid parameter 'learning_rte'"):
        cls().set_params(learning_rte=0.1)
    with pytest.raises(TypeError, match="positional"):
        cls(64, 0.1)


@pytest.mark.parametrize(
    "params, message",
    [
        ({"optimizer__momentm": 0.9}, "'optimizer__momentm'.*Did you mean 'momentum'"),
        ({"optimizer__momentum": 2.0}, "momentum"),
        # Neither suggests nor lists what is refused.
        (
            {"optimizer": "adam", "optimizer__momentum": 0.9},
            "Adam has no 'momentum'. It has amsgrad, beta_1, beta_2, epsilon, name, "
            "weight_decay.$",
        ),
        ({"optimizer__learning_rate": 0.1}, "Set 'learning_rate'"),
        ({"optimizer__clipnorm": 0.1}, "Set 'clipnorm'"),
        ({"optimizer__use_ema": True}, "'use_ema' is not supported"),
        ({"optimizer__gradient_accumulation_steps": 2}, "'batch_size'"),
        ({"optimizer__loss_scale_factor": 2.0}, "'loss_scale_factor' is not supported"),
        ({"clipnorm": 1.0, "clipvalue": 1.0}, "At most one of 'clipnorm', 'clipvalue'"),
        (
            {"optimizer": keras.optimizers.SGD(0.5)},
            "'learning_rate' parameter of .* is 0.02, but its optimizer .* with 0.5",
        ),
        (
            {"optimizer": keras.optimizers.SGD(), "optimizer__momentum": 0.9},
            "'optimizer__momentum' .*instance",
        ),
        (
            {
                "optimizer": keras.optimizers.SGD(
                    keras.optimizers.schedules.ExponentialDecay(0.1, 1, 0.5)
                )
            },
            "'learning_rate' parameter of .* is 0.02, .* made with ExponentialDecay",
        ),
    ],
    ids=lambda value: re.sub(" at 0x[0-9a-f]+", "", str(value)),
)
def test_optimizer_parameters_that_cannot_be(either, X, params, message, refused):
    estimator, y = either(**{"optimizer": "sgd", **params})
    refused(estimator, "fit", X, y, message=message)


def test_all_errors_of_parameters_precede_those_of_data(either, X, refused):
    """They cost nothing to find."""
    estimator, y = either(units=0)
    refused(estimator, "fit", X[:, :0], y[:3], message="'units'")


# ---- training that diverges ----


def test_a_loss_that_is_no_number_stops_training(regressor, X, targets):
    """With the epoch and a remedy, and without harm to an earlier fit."""
    fitted = regressor(optimizer="sgd", normalize_y=False).fit(X, targets / 500)
    before = fitted.predict(X)
    fitted.set_params(learning_rate=1e30)
    message = "diverged: loss is .* at epoch 0 .*'clipnorm'.*'learning_rate'"
    with pytest.raises(ValueError, match=message):
        fitted.fit(X, targets)
    np.testing.assert_array_equal(fitted.predict(X), before)
    assert fitted.n_iter_ == 3


def test_a_diverging_candidate_is_a_failed_fit_of_a_search(regressor, X, targets):
    """The search goes on, and finds the candidate that trains."""
    estimator = regressor(optimizer="sgd")
    search = GridSearchCV(estimator, {"learning_rate": [1e30, 0.02]}, cv=2)
    with pytest.warns(FitFailedWarning, match="(?s)2 fits failed.*diverged"):
        with pytest.warns(UserWarning, match="non-finite"):
            search.fit(X, targets)
    assert search.best_params_ == {"learning_rate": 0.02}
    assert np.isnan(search.cv_results_["mean_test_score"][0])


def test_an_augmenters_class_instead_of_one(either, X, refused):
    estimator, y = either(augmenter=Jitter)
    message = "The 'augmenter' parameter of .* class Jitter instead: add parentheses"
    refused(estimator, "fit", X, y, message=message, error=TypeError)
