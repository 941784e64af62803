"""Names that users bring from other libraries are answered with those of this one."""

import numpy as np
import pytest
from sklearn.pipeline import make_pipeline

from skgru import GRUClassifier, GRURegressor
from skgru.forecasting import GRUForecaster
from skgru.preprocessing import TextSequencer


@pytest.mark.parametrize(
    "name, meant",
    [
        ("lr", "'learning_rate'"),
        ("learning_rate_init", "'learning_rate'"),
        ("hidden_size", "'units'"),
        ("hidden_layer_sizes", "'units'"),
        ("n_units", "'units'"),
        ("hidden_dim", "'units'"),
        ("num_layers", "'n_layers'"),
        ("max_iter", "'epochs'"),
        ("n_epochs", "'epochs'"),
        ("nb_epoch", "'epochs'"),
        ("max_epochs", "'epochs'"),
        ("num_epochs", "'epochs'"),
        ("weight_decay", "'l2'.*adamw.*optimizer__weight_decay"),
        ("kernel_regularizer", "'l1' and 'l2'"),
        ("bias_regularizer", "'model'"),
        ("activation", "'model'"),
        ("return_sequences", "'pooling'"),
        ("dropout_rate", "'dropout'"),
        ("metrics", "'scoring'.*'accuracy'"),
        ("validation_data", "X_val and y_val.*fit"),
        ("validation_fraction", "'validation_split'"),
        ("early_stopping_rounds", "'patience'"),
        ("n_iter_no_change", "'patience'"),
        ("tol", "'min_delta'"),
        ("momentum", "optimizer__momentum"),
        ("solver", "'optimizer'"),
        ("module", "'model'"),
        ("build_fn", "'model'"),
        ("vocab_size", "'vocabulary_size'"),
        ("seed", "'random_state'"),
        ("sample_weight", "argument .* of fit"),
        ("criterion", "'loss' of GRURegressor"),
    ],
)
@pytest.mark.parametrize("cls", [GRUClassifier, GRURegressor])
def test_names_of_other_libraries(cls, name, meant):
    message = f"(?s)'{name}'.* Here it is .*{meant}"
    with pytest.raises(TypeError, match=message):
        cls(**{name: 3})
    estimator = cls()
    with pytest.raises(ValueError, match=message):
        estimator.set_params(epochs=7, **{name: 3})
    assert estimator.epochs == 100


@pytest.mark.parametrize(
    "cls, name, meant",
    [
        (GRUForecaster, "fh", "'horizon' parameter"),
        (GRUForecaster, "prediction_length", "'horizon' parameter"),
        (GRUForecaster, "window_length", "'window' parameter"),
        (GRUForecaster, "lookback", "'window' parameter"),
        (GRUForecaster, "sp", "'period' parameter"),
        (GRUForecaster, "estimator", "'regressor' parameter"),
        (TextSequencer, "num_words", "'max_tokens' parameter"),
        (TextSequencer, "vocabulary_size", "'max_tokens' parameter"),
        (TextSequencer, "output_sequence_length", "'max_length' parameter"),
        (TextSequencer, "maxlen", "'max_length' parameter"),
        (TextSequencer, "char_level", "analyzer='char'"),
    ],
)
def test_names_of_other_forecasters_and_text_transformers(cls, name, meant):
    message = f"'{name}'.* Here it is .*{meant}"
    given = [GRURegressor()] if cls is GRUForecaster else []
    with pytest.raises(TypeError, match=f"{cls.__name__} has no parameter {message}"):
        cls(*given, **{name: 3})
    with pytest.raises(ValueError, match=message):
        cls(*given).set_params(**{name: 3})


def test_misspelt_names_of_forecasters_and_text_transformers():
    with pytest.raises(TypeError, match=r"'windw'\. Did you mean 'window'"):
        GRUForecaster(GRURegressor(), windw=3)
    sequencer = make_pipeline(TextSequencer())
    with pytest.raises(ValueError, match=r"'max_tokns'.* Did you mean 'max_tokens'"):
        sequencer.set_params(textsequencer__max_tokns=3)


def test_names_that_one_head_alone_lacks():
    with pytest.raises(TypeError, match=r"'loss'.*what y asks for: cross-entropy"):
        GRUClassifier(loss="mse")
    with pytest.raises(TypeError, match=r"'class_weight'.*'sample_weight' of fit"):
        GRURegressor(class_weight="balanced")


@pytest.mark.parametrize(
    "name, message",
    [
        ("validation_split", "a parameter of the estimator: .*validation_split="),
        ("epochs", "a parameter of the estimator: .*epochs="),
        ("batch_size", "a parameter of the estimator: .*batch_size="),
        ("callbacks", "a parameter of the estimator: .*callbacks="),
        ("verbose", "a parameter of the estimator: .*verbose="),
        ("validation_data", "X_val and y_val"),
        ("eval_set", "X_val and y_val"),
        ("lr", "'learning_rate' parameter"),
        ("sample_weights", "Did you mean 'sample_weight'"),
    ],
)
def test_fit_says_where_a_setting_belongs(either, X, name, message, refused):
    estimator, y = either()
    message = f"fit of .* takes no '{name}'.*{message}"
    refused(estimator, "fit", X, y, message=message, error=TypeError, **{name: 1})


# ---- n_layers ----


def shapes_of(estimator, X, y):
    return [w.shape for w in estimator.fit(X, y).model_.get_weights()]


def test_n_layers_are_as_many_layers_of_one_width(regressor, X, targets):
    assert shapes_of(regressor(n_layers=2, epochs=1), X, targets) == shapes_of(
        regressor(units=(4, 4), epochs=1), X, targets
    )
    assert shapes_of(regressor(n_layers=1), X, targets) == shapes_of(
        regressor(), X, targets
    )


def test_n_layers_may_say_what_units_say(regressor, X, targets):
    regressor(units=(4, 4), n_layers=2, epochs=1).fit(X, targets)


def test_n_layers_that_contradict_units(either, X, refused):
    estimator, y = either(units=(4, 4), n_layers=3)
    message = r"'n_layers' parameter of .* is 3, .* those of 2 layers: \(4, 4\)"
    refused(estimator, "fit", X, y, message=message)


# ---- one-hot targets ----


def test_one_hot_targets_are_probably_classes(classifier, X, labels):
    y = (labels[:, None] == np.unique(labels)).astype(int)
    with pytest.warns(UserWarning, match=r"exactly one 1 .* y\.argmax\(axis=1\)"):
        fitted = classifier(epochs=1).fit(X, y)
    assert fitted.predict(X).shape == (len(X), 3)


def test_two_one_hot_columns_are_probably_classes(classifier, X, labels):
    high = (labels == "high").astype(int)
    with pytest.warns(UserWarning, match=r"exactly one 1 .* y\.argmax\(axis=1\)"):
        classifier(epochs=1).fit(X, np.stack([1 - high, high], axis=1))


def test_labels_that_do_not_exclude_each_other_are_none(classifier, X, labels):
    """Without a warning, which would be an error here."""
    y = (labels[:, None] == np.unique(labels)).astype(int)
    y[0] = 1
    classifier(epochs=1).fit(X, y)
