"""Bad input is a clear error before anything is compiled or an earlier fit touched."""

import keras
import numpy as np
import pytest
from scipy import sparse
from sklearn.exceptions import FitFailedWarning, NotFittedError
from sklearn.model_selection import GridSearchCV, KFold, PredefinedSplit

import skgru
from skgru import GRUClassifier, GRURegressor


@pytest.fixture
def refused():
    """Assert an error, and that it came before any compute and changed nothing."""

    def check(estimator, method, *data, message, error=ValueError, **more):
        compiled = skgru.cache_info()
        learnt = {k: v for k, v in vars(estimator).items() if k.endswith("_")}
        state = vars(estimator).get("_state")
        with pytest.raises(error, match=message):
            getattr(estimator, method)(*data, **more)
        assert skgru.cache_info() == compiled
        assert {k: v for k, v in vars(estimator).items() if k.endswith("_")} == learnt
        assert vars(estimator).get("_state") is state

    return check


def changed(X, *place, value):
    X = X.copy()
    X[place] = value
    return X


# ---- X ----

BAD_X = {
    "1-D": (lambda X: X[:, 0, 0], "1D array|Expected 2D"),
    "4-D": (lambda X: X[..., None], "dim 4.*timesteps"),
    "no sample": (lambda X: X[:0], "0 sample"),
    "an empty list": (lambda X: [], "0 sample|1D array|Expected 2D"),
    "no step": (lambda X: X[:, :0], "0 time step"),
    "no feature": (lambda X: X[:, :, :0], "0 feature"),
    "a sequence without a step": (
        lambda X: [*X[:5], X[5][:0], *X[6:]],
        "Sample 5 of X has 0 time steps",
    ),
    "a sequence of NaN alone": (
        lambda X: changed(X, 7, value=np.nan),
        "Sample 7 of X has 0 time steps",
    ),
    "NaN inside": (
        lambda X: changed(X, 4, 2, value=np.nan),
        "NaN: sample 4, time step 2",
    ),
    "NaN at the end in one feature": (
        lambda X: changed(X, 4, 5, 1, value=np.nan),
        "NaN: sample 4, time step 5, feature 1",
    ),
    "infinity": (
        lambda X: changed(X, 9, 3, 2, value=np.inf),
        "infinity.*sample 9, time step 3, feature 2",
    ),
    "too large for float32": (
        lambda X: changed(X, 9, 3, 2, value=1e300),
        "too large.*sample 9, time step 3, feature 2",
    ),
    "NaN in a list": (
        lambda X: list(changed(X, 4, 5, value=np.nan)),
        "NaN: sample 4, time step 5",
    ),
    "NaN in a univariate series": (
        lambda X: changed(X[:, :, 0], 4, 5, value=np.nan),
        "NaN: sample 4, time step 5",
    ),
    "features that differ": (
        lambda X: [*X[:6], X[6][:, :2], *X[7:]],
        "sample 0 has 3, sample 6 has 2",
    ),
    "a 1-D sequence": (
        lambda X: [*X[:6], X[6][:, 0], *X[7:]],
        r"(?s)sample 6 has shape \(6,\)",
    ),
    "complex": (lambda X: X * 1j, "[Cc]omplex"),
    "complex in a list": (lambda X: [*X[:3], X[3] * 1j, *X[4:]], "sample 3.*complex"),
    "text": (lambda X: np.full(X.shape[:2], "a"), "could not convert|numeric"),
    "text in a list": (
        lambda X: [*X[:3], np.full((6, 3), "a"), *X[4:]],
        "Sample 3 of X cannot be read",
    ),
}


@pytest.mark.parametrize("name", BAD_X)
def test_bad_X(either, X, name, refused):
    """In fit, in partial_fit, and again in predict after a good fit."""
    make, message = BAD_X[name]
    estimator, y = either()
    y = y[: len(make(X))]
    error = (ValueError, TypeError)
    refused(estimator, "fit", make(X), y, message=message, error=error)
    estimator, y = either()
    refused(estimator, "partial_fit", make(X), y[: len(make(X))], message=message)
    estimator.fit(X, y)
    refused(estimator, "fit", make(X), y, message=message, error=error)
    refused(estimator, "predict", make(X), message=message, error=error)


@pytest.mark.parametrize("form", [sparse.csr_array, sparse.csc_matrix])
def test_sparse_X(either, X, form, refused):
    estimator, y = either()
    message = "Sparse X.*toarray"
    refused(estimator, "fit", form(X[:, :, 0]), y, message=message, error=TypeError)


def test_features_that_differ_from_fit(either, X, refused):
    estimator, y = either()
    estimator.fit(X, y)
    message = "X has 2 features, but GRU.* is expecting 3 features"
    refused(estimator, "predict", X[:, :, :2], message=message)
    refused(estimator, "predict", list(X[:, :, :2]), message=message)
    refused(estimator, "partial_fit", X[:, :, :2], y, message=message)
    message = "X has 1 features, but GRU.* is expecting 3 features"
    refused(estimator, "predict", X[:, :, 0], message=message)


def test_columns_that_differ_from_fit(either, X, refused):
    estimator, y = either()
    estimator.fit(X[:, :, 0], y)
    message = "X has 5 features, but GRU.* is expecting 6 features"
    refused(estimator, "predict", X[:, :5, 0], message=message)
    message = "X has 3 features, but GRU.* is expecting 1 features"
    refused(estimator, "predict", X, message=message)


def test_predict_before_fit(either, X):
    estimator, _ = either()
    with pytest.raises(NotFittedError, match="not fitted yet"):
        estimator.predict(X)
    with pytest.raises(NotFittedError, match="not fitted yet"):
        _ = estimator.model_


@pytest.mark.parametrize(
    "ids, message",
    [
        (lambda ids: changed(ids, 3, 2, value=9), r"\[0, 9\).*sample 3, position 2.*9"),
        (lambda ids: changed(ids, 3, 2, value=-1), r"sample 3, position 2 of X is -1"),
        (lambda ids: changed(ids, 6, value=0), "Sample 6 of X has 0 time steps"),
        (lambda ids: ids + 0.5, "integer token ids.*fractions"),
        (lambda ids: np.full(ids.shape, "word"), "integer token ids"),
        (lambda ids: np.stack([ids, ids], axis=2), "token ids of shape"),
        (lambda ids: [*ids[:4], ids[4][None], *ids[5:]], "1-D; sample 4"),
    ],
    ids=["beyond", "negative", "padding alone", "fractions", "text", "3-D", "list"],
)
def test_bad_token_ids(regressor, targets, ids, message, refused):
    tokens = np.random.default_rng(0).integers(1, 9, size=(44, 6))
    estimator = regressor(vocabulary_size=9)
    refused(estimator, "fit", ids(tokens), targets, message=message)


# ---- y, weights and validation data ----


@pytest.mark.parametrize(
    "make, message",
    [
        (lambda y: None, "requires y"),
        (lambda y: y[:-1], "inconsistent numbers of samples"),
        (lambda y: [*y[:3], np.nan, *y[4:]], "y contains NaN|mix|Unknown label"),
    ],
    ids=["none", "too short", "NaN"],
)
def test_bad_y(either, X, make, message, refused):
    estimator, y = either()
    y = np.unique(y, return_inverse=True)[1].astype(float)
    refused(estimator, "fit", X, make(y), message=message)


def test_y_that_is_not_real(regressor, X, targets, refused):
    for y, message in [
        (changed(targets, 3, value=np.inf), "y contains infinity"),
        (np.full(len(X), "a"), "could not convert string"),
        (np.zeros((len(X), 2, 2)), "y must have shape.*got|dim 3"),
    ]:
        refused(regressor(), "fit", X, y, message=message)


def test_y_that_is_not_classes(classifier, X, targets, refused):
    message = "Unknown label type: continuous"
    refused(classifier(), "fit", X, targets, message=message)


def test_a_single_class(classifier, X, labels, refused):
    message = r"at least 2 classes.*one class: \['low'\]"
    refused(classifier(), "fit", X, np.full(len(X), "low"), message=message)
    # Also where the others have no weight.
    only_low = (labels == "low").astype(float)
    refused(classifier(), "fit", X, labels, message=message, sample_weight=only_low)


def test_labels_unseen_in_the_first_partial_fit(classifier, X, labels, refused):
    fitted = classifier().partial_fit(X, labels)
    new = changed(labels.astype(object), 3, value="new")
    refused(fitted, "partial_fit", X, new, message="label 'new'.*'classes'")
    refused(
        classifier(), "partial_fit", X, new,
        message="label 'new'", classes=["low", "middle", "high"],
    )  # fmt: skip


def test_y_of_another_form_in_partial_fit(classifier, X, labels, refused):
    fitted = classifier().partial_fit(X, labels)
    indicator = (X[:, 0] > 0).astype(int)
    refused(fitted, "partial_fit", X, indicator, message="one-dimensional targets")


def test_another_number_of_targets_in_partial_fit(regressor, X, targets, refused):
    fitted = regressor().partial_fit(X, targets)
    two = np.column_stack([targets, targets])
    refused(fitted, "partial_fit", X, two, message="y has 2 outputs.*fitted on 1")


def test_bad_sample_weight(either, X, refused):
    estimator, y = either()
    for weight, message in [
        (np.ones(3), r"sample_weight.shape == \(3,\)"),
        (-np.ones(len(X)), "[Nn]egative"),
        (np.full(len(X), np.nan), "sample_weight contains NaN"),
        (np.zeros(len(X)), "weight 0|zero"),
    ]:
        refused(estimator, "fit", X, y, message=message, sample_weight=weight)


@pytest.mark.parametrize(
    "class_weight, message",
    [
        ({"low": 2, "hihg": 3}, "class_weight"),
        ("balance", "The 'class_weight' parameter of GRUClassifier"),
        ({"low": -1.0, "middle": 1, "high": 1}, "class_weight|[Nn]egative"),
        ({"low": 0, "middle": 0, "high": 0}, "weight 0"),
    ],
)
def test_bad_class_weight(classifier, X, labels, class_weight, message, refused):
    estimator = classifier(class_weight=class_weight)
    refused(estimator, "fit", X, labels, message=message)


def test_class_weight_of_multilabel_targets(classifier, X, refused):
    y = (X[:, 0] > 0).astype(int)
    message = "'class_weight'.*multilabel.*sample_weight"
    refused(classifier(class_weight="balanced"), "fit", X, y, message=message)


def test_bad_validation_data(either, X, refused):
    estimator, y = either()
    for X_val, y_val, message in [
        (X, None, "X_val and y_val together"),
        (None, y, "X_val and y_val together"),
        (X, y[:3], "inconsistent numbers of samples"),
        (X[:, :, :2], y, "X has 2 features.*expecting 3"),
        (changed(X, 4, 2, value=np.nan), y, "NaN: sample 4, time step 2"),
    ]:
        refused(estimator, "fit", X, y, message=message, X_val=X_val, y_val=y_val)


def test_a_class_that_only_validation_data_has(classifier, X, labels, refused):
    y_val = changed(labels.astype(object), 0, value="new")
    refused(classifier(), "fit", X, labels, message="'new'", X_val=X, y_val=y_val)


@pytest.mark.parametrize(
    "split, message",
    [
        (0.01, "'validation_split' parameter of GRUClassifier is 0.01 of 44 samples"),
        (0.99, "'validation_split' parameter of GRUClassifier is 0.99 of 44 samples"),
        (PredefinedSplit([-1] * 44), "yields no split"),
        (PredefinedSplit([0] * 44), "leaves no sample for training"),
        (0.0, "The 'validation_split' parameter"),
        (1.0, "The 'validation_split' parameter"),
        (5, "The 'validation_split' parameter"),
    ],
)
def test_bad_validation_split(classifier, X, labels, split, message, refused):
    estimator = classifier(early_stopping=True, validation_split=split)
    refused(estimator, "fit", X, labels, message=message)


def test_a_split_without_a_class_to_train_on(classifier, X, labels, refused):
    order = np.argsort(labels)
    estimator = classifier(early_stopping=True, validation_split=KFold(2))
    message = "training part without samples of class 'high'.*stratified"
    refused(estimator, "fit", X[order], labels[order], message=message)


def test_a_class_of_one_sample_cannot_be_stratified(classifier, X, labels, refused):
    labels = changed(labels.astype(object), 5, value="rare")
    estimator = classifier(early_stopping=True)
    refused(estimator, "fit", X, labels, message="class 'rare' has only 1 sample")


# ---- parameters ----

BAD_PARAMETERS = [
    ("units", 0, r"'units' parameter of .* \[1, inf\).* Got 0"),
    ("units", -3, "'units' parameter of .* Got -3"),
    ("units", 2.5, "'units' parameter of .* Got 2.5"),
    ("units", True, "'units' parameter of .* Got True"),
    ("units", "64", "'units' parameter of .* Got '64'"),
    ("units", (), "'units' parameter of .* at least one layer"),
    ("units", (4, 0), r"'units' parameter of .* Got \(4, 0\)"),
    ("bidirectional", "yes", "'bidirectional' parameter"),
    ("pooling", "avg", "'pooling' parameter of .*'mean'.* Got 'avg'"),
    ("dropout", 1.0, r"'dropout' parameter of .* \[0.0, 1.0\). Got 1.0"),
    ("dropout", -0.1, "'dropout' parameter of .* Got -0.1"),
    ("recurrent_dropout", 1.5, "'recurrent_dropout' parameter of .* Got 1.5"),
    (
        "kernel_initializer",
        "he_norml",
        "'kernel_initializer'.*Did you mean 'he_normal'",
    ),
    ("recurrent_initializer", 3, "'recurrent_initializer' parameter"),
    ("l1", -1e-3, "'l1' parameter of .* Got -0.001"),
    ("l2", np.nan, "'l2' parameter of .* Got nan"),
    ("optimizer", "adma", "'optimizer' parameter of .*Did you mean 'adam"),
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
    ("patience", 0, "'patience' parameter of .* Got 0"),
    ("min_delta", -1, "'min_delta' parameter of .* Got -1"),
    ("vocabulary_size", 1, "'vocabulary_size' parameter of .* Got 1"),
    ("embedding_dim", 0, "'embedding_dim' parameter of .* Got 0"),
    ("augmenter", "jitter", "'augmenter' parameter"),
    ("callbacks", [print], "'callbacks' parameter"),
    ("callbacks", keras.callbacks.Callback, "'callbacks' parameter"),
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
            "Use the 'schedule' parameter",
        ),
    ],
    ids=str,
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
