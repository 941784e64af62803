"""Data that fit and predict refuse, each before any compute."""

import numpy as np
import pandas as pd
import pytest
import tensorflow as tf
from containers import nested_frame
from scipy import sparse
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import GroupKFold, KFold, PredefinedSplit

from skgru.preprocessing import SequenceScaler


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
        "sample 0 has 3, sample 6 has 2. A row is a time step",
    ),
    "columns in another order": (
        lambda X: [
            pd.DataFrame(x, columns=list("abc" if i < 6 else "acb"))
            for i, x in enumerate(X)
        ],
        r"sample 0 are \['a', 'b', 'c'\], those of sample 6 are \['a', 'c', 'b'\]",
    ),
    "texts": (lambda X: ["a b"] * len(X), "'a b'.*TextSequencer"),
    "an array of texts": (lambda X: np.array(["a b"] * len(X)), "'a b'.*TextSequencer"),
    "a Series of texts": (lambda X: pd.Series(["a b"] * len(X)), "TextSequencer"),
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


NOT_READ = {
    "a generator": (lambda X: (x for x in X), r"X is a generator.*Pass list\(X\)"),
    "a map": (lambda X: map(np.asarray, X), r"X is a map.*Pass list\(X\)"),
    "values of a dict": (
        lambda X: dict(enumerate(X)).values(),
        r"X is a dict_values.*Pass list\(X\)",
    ),
    "a set": (lambda X: {1, 2}, r"X is a set.*Pass list\(X\)"),
    "a dict": (lambda X: dict(enumerate(X)), r"X is a dict.*list\(X.values\(\)\)"),
    "one text": (lambda X: "text", "X is a single str"),
    "a list of dicts": (
        lambda X: [{"a": 1.0}] * len(X),
        "Sample 0 of X is not a sequence but .* of type dict",
    ),
    "a list of iterators": (
        lambda X: [iter(x) for x in X],
        "Sample 0 of X is not a sequence but .* of type .*iterator",
    ),
    "a missing row": (
        lambda X: [*X[:4, :, 0].tolist(), None],
        "Sample 4 of X is not a sequence but None",
    ),
    "a missing first sequence": (
        lambda X: [None, *X[1:]],
        "Sample 0 of X is not a sequence but None",
    ),
    "a missing sequence": (
        lambda X: [*X[:4], None],
        "Sample 4 of X is not a sequence but None",
    ),
    "a sparse sequence": (
        lambda X: [*X[:3], sparse.csr_array(X[3])],
        r"Sample 3 of X is sparse.*toarray",
    ),
    "dates": (lambda X: X.astype("datetime64[s]"), r"X holds dates.*datetime64\[s\]"),
    "dates in a frame": (
        lambda X: pd.DataFrame({"day": pd.date_range("2020", periods=len(X))}),
        "X holds dates",
    ),
    "dates in a list": (
        lambda X: [*X[:3], X[3].astype("timedelta64[s]")],
        "Sample 3 of X holds dates",
    ),
    "a ragged tensor": (
        lambda X: tf.RaggedTensor.from_tensor(X, lengths=[2, 3] * (len(X) // 2)),
        r"X is a RaggedTensor.*list\(x.numpy\(\) for x in X\)",
    ),
    "a grouped frame": (
        lambda X: pd.DataFrame({"id": [1, 1, 2], "x": 0.5}).groupby("id"),
        "X is a DataFrameGroupBy.*skgru.preprocessing.sequences_from_frame",
    ),
}


@pytest.mark.parametrize("name", NOT_READ)
def test_what_is_no_container_of_sequences(either, X, name, refused):
    make, message = NOT_READ[name]
    estimator, y = either()
    refused(estimator, "fit", make(X), y, message=message, error=TypeError)
    scaler = SequenceScaler()
    refused(scaler, "fit", make(X), message=message, error=TypeError)


@pytest.mark.parametrize(
    "make, message",
    [
        (
            lambda X: [np.arange(2), np.arange(3)],
            r"sample 0 has shape \(2,\).*set vocabulary_size.*reshape\(-1, 1\)",
        ),
        (lambda X: [[1, 2], [1, 2, 3]], r"sample 0 has shape \(2,\).*vocabulary_size"),
        (
            lambda X: nested_frame(X).assign(age=1.0),
            r"sample 0 in column 'age' has shape \(\)",
        ),
        (
            lambda X: nested_frame(X).assign(x1=[pd.Series(x[:4, 1]) for x in X]),
            "sample 0 has 6 in column 'x0' and 4 in column 'x1'",
        ),
        (
            lambda X: [pd.DataFrame(x).mask(x > 1).astype("Float64") for x in X],
            "Input X contains NaN: sample 0, time step 2, feature 0",
        ),
        (lambda X: np.ma.masked_greater(X, 1), "NaN: sample 0, time step 2, feature 0"),
    ],
    ids=[
        "1-D integers", "lists of integers", "a nested frame and numbers",
        "a nested frame of two lengths", "NA", "masked values",
    ],
)  # fmt: skip
def test_sequences_that_cannot_be_told(either, X, make, message, refused):
    estimator, y = either()
    refused(estimator, "fit", make(X), y[: len(make(X))], message=message)


def test_missing_ids_are_refused(regressor, targets, refused):
    ids = [pd.Series([1, pd.NA, 2], dtype="Int64")] * len(targets)
    message = "sample 0 of X holds NaN"
    refused(regressor(vocabulary_size=9), "fit", ids, targets, message=message)


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
        (lambda y: [*y[:3], np.nan, *y[4:]], "y contains NaN.* first is at index 3"),
    ],
    ids=["none", "too short", "NaN"],
)
def test_bad_y(either, X, make, message, refused):
    estimator, y = either()
    y = np.unique(y, return_inverse=True)[1].astype(float)
    refused(estimator, "fit", X, make(y), message=message)


def test_y_that_is_not_real(regressor, X, targets, refused):
    for y, message in [
        (changed(targets, 3, value=np.inf), "y contains infinity.* first .* index 3"),
        (changed(targets[:, None], 3, 0, value=np.nan), r"NaN.* at index \[3, 0\]"),
        (np.full(len(X), "a"), "could not convert string"),
        ([[1.0], *[[1.0, 2.0]] * (len(X) - 1)], "y: setting an array element"),
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
        (X, "sample_weight: Found array with dim 3"),
        (np.full(len(X), "heavy"), "sample_weight: could not convert string"),
        (changed(np.ones(len(X)), 2, value=-1), "[Nn]egative.* first is at index 2"),
        (changed(np.ones(len(X)), 2, value=np.nan), "sample_weight contains NaN.* 2"),
        (np.zeros(len(X)), "weight 0|zero"),
    ]:
        refused(estimator, "fit", X, y, message=message, sample_weight=weight)


@pytest.mark.parametrize(
    "class_weight, message",
    [
        ({"low": 2, "hihg": 3}, "class_weight"),
        ("balance", "The 'class_weight' parameter of GRUClassifier"),
        ({"low": -1.0, "middle": 1, "high": 1}, "class_weight|[Nn]egative"),
        ({"low": "2", "middle": "a", "high": 1}, "class_weight: could not convert"),
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
        (X, y[:3], "^y_val: .*inconsistent numbers of samples"),
        (X, y.reshape(-1, 1, 1), "^y_val: "),
        (X[:, :, :2], y, "^X_val: X has 2 features.*expecting 3"),
        (changed(X, 4, 2, value=np.nan), y, "^X_val: .*NaN: sample 4, time step 2"),
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
        (GroupKFold(2), "cannot split X and y alone: GroupKFold.*'groups'.*X_val"),
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
    message = "training part without samples of class 'middle'.*stratified"
    refused(estimator, "fit", X[order], labels[order], message=message)


def test_a_class_of_one_sample_cannot_be_stratified(classifier, X, labels, refused):
    labels = changed(labels.astype(object), 5, value="rare")
    estimator = classifier(early_stopping=True)
    refused(estimator, "fit", X, labels, message="class 'rare' has only 1 sample")
