"""``scoring``: scores of the validation data at every epoch."""

import keras
import numpy as np
import pytest
from sklearn.metrics import (
    accuracy_score,
    f1_score,
    get_scorer,
    make_scorer,
    mean_absolute_error,
)
from sklearn.model_selection import GridSearchCV, KFold

from skgru.schedules import ReduceOnPlateau

# The held-out part is the second half.
HELD_OUT = {"early_stopping": True, "validation_split": KFold(2), "patience": 100}


def by_hand(make, X, y, scorer, epochs):
    """Return the scores of fits of 1, 2, ... epochs on the training part."""
    train, held_out = list(KFold(2).split(X))[-1]
    return [
        scorer(make(epochs=n).fit(X[train], y[train]), X[held_out], y[held_out])
        for n in range(1, epochs + 1)
    ]


@pytest.mark.parametrize(
    "scoring", ["accuracy", "f1_macro", "neg_log_loss", "roc_auc_ovr"]
)
def test_scores_are_those_of_the_scorer_after_each_epoch(
    classifier, X, labels, scoring
):
    fitted = classifier(**HELD_OUT, scoring=scoring).fit(X, labels)
    expected = by_hand(classifier, X, labels, get_scorer(scoring), 3)
    np.testing.assert_allclose(fitted.history_[f"val_{scoring}"], expected, rtol=1e-5)


def test_scores_of_a_regressor_are_in_the_units_of_y(regressor, X, targets):
    fitted = regressor(**HELD_OUT, normalize_y=False, scoring="neg_mean_absolute_error")
    fitted.fit(X, targets / 500)
    scorer = get_scorer("neg_mean_absolute_error")

    def make(**params):
        return regressor(normalize_y=False, **params)

    expected = by_hand(make, X, targets / 500, scorer, 3)
    actual = fitted.history_["val_neg_mean_absolute_error"]
    np.testing.assert_allclose(actual, expected, rtol=1e-5)

    fitted = regressor(scoring="r2").fit(X, targets, X_val=X[:12], y_val=targets[:12])
    last = fitted.history_["val_r2"][-1]
    assert last == pytest.approx(fitted.score(X[:12], targets[:12]), rel=1e-6)


@pytest.mark.parametrize("form", ["multilabel", "two classes", "sequences", "tokens"])
def test_every_form_of_data_is_scored(classifier, X, labels, binary, sequences, form):
    y, params = labels, {}
    if form == "multilabel":
        y = np.stack([binary, X[:, 0, 1] > 0], axis=1).astype(int)
    elif form == "two classes":
        y = binary
    elif form == "sequences":
        X = sequences
    else:
        X, params = (np.abs(X[:, :, 0]) * 5).astype(int) + 1, {"vocabulary_size": 30}
    fitted = classifier(**params, scoring=["accuracy", "neg_log_loss"], epochs=1)
    if form == "multilabel":
        fitted.set_params(scoring=["accuracy", "f1_macro"])
    fitted.fit(X, y, X_val=X[:20], y_val=y[:20])
    score = fitted.history_["val_accuracy"][0]
    assert score == accuracy_score(y[:20], fitted.predict(X[:20]))


def macro(estimator, X, y):
    return f1_score(y, estimator.predict(X), average="macro")


def first_rows(estimator, X, y):
    """A scorer that asks for predictions of its own choice."""
    return accuracy_score(y[:5], estimator.predict(X[:5]))


@pytest.mark.parametrize(
    "scoring, names",
    [
        ("accuracy", ["val_accuracy"]),
        (["accuracy", "f1_macro"], ["val_accuracy", "val_f1_macro"]),
        (("f1_macro", macro), ["val_f1_macro", "val_macro"]),
        ({"mine": macro, "acc": "accuracy"}, ["val_mine", "val_acc"]),
        (make_scorer(f1_score, average="macro", pos_label=None), ["val_f1_score"]),
        (first_rows, ["val_first_rows"]),
    ],
    ids=["name", "list", "tuple", "dict", "make_scorer", "callable"],
)
def test_names_of_the_history(classifier, X, labels, scoring, names):
    fitted = classifier(scoring=scoring).fit(X, labels, X_val=X[:20], y_val=labels[:20])
    assert list(fitted.history_) == ["loss", "val_loss", *names, "learning_rate"]
    expected = {
        "val_accuracy": fitted.score(X[:20], labels[:20]),
        "val_acc": fitted.score(X[:20], labels[:20]),
        "val_first_rows": fitted.score(X[:5], labels[:5]),
    }
    for name in names:
        last = expected.get(name, macro(fitted, X[:20], labels[:20]))
        assert fitted.history_[name][-1] == pytest.approx(last)


def test_the_first_score_is_what_early_stopping_watches(classifier, X, labels):
    """The best accuracy is not at the lowest loss; its epoch's weights are kept."""
    params = {"early_stopping": True, "epochs": 30, "learning_rate": 0.1}
    data = {"X_val": X[:20], "y_val": np.roll(labels, 3)[:20]}
    fitted = classifier(**params, patience=5, scoring=["accuracy", "f1_macro"])
    fitted.fit(X, labels, **data)
    scores = fitted.history_["val_accuracy"]
    assert fitted.best_epoch_ == np.argmax(scores)
    assert fitted.best_epoch_ != np.argmin(fitted.history_["val_loss"])
    assert fitted.n_iter_ == fitted.best_epoch_ + 1 + 5 < 30
    assert fitted.score(data["X_val"], data["y_val"]) == max(scores)


def test_best_epoch_follows_the_score_without_early_stopping(classifier, X, labels):
    fitted = classifier(scoring="accuracy", epochs=10, learning_rate=0.1)
    fitted.fit(X, labels, X_val=X[:20], y_val=np.roll(labels, 3)[:20])
    assert fitted.best_epoch_ == np.argmax(fitted.history_["val_accuracy"])


def test_a_plateau_of_the_score_reduces_the_rate(regressor, X, targets):
    """R² of 1 is never reached by 2: every epoch is one without improvement."""
    plateau = ReduceOnPlateau(0.5, patience=1, min_delta=2.0)
    fitted = regressor(scoring="r2", schedule=plateau)
    fitted.fit(X, targets, X_val=X[:12], y_val=targets[:12])
    assert fitted.history_["learning_rate"] == [0.02, 0.02, 0.01]
    # And one that improves at every epoch does not.
    plateau = ReduceOnPlateau(0.5, patience=1, min_delta=0.0)
    fitted.set_params(schedule=plateau).fit(X, targets, X_val=X, y_val=targets)
    assert np.all(np.diff(fitted.history_["val_r2"]) > 0)
    assert fitted.history_["learning_rate"] == [0.02] * 3


def test_scores_cost_no_other_pass_and_change_nothing(classifier, X, labels):
    plain = classifier(**HELD_OUT).fit(X, labels)
    scored = classifier(**HELD_OUT, scoring={"mine": macro}).fit(X, labels)
    for name, values in plain.history_.items():
        assert scored.history_[name] == values


def test_callbacks_of_keras_can_watch_a_score(classifier, X, labels):
    """Here one that stops after an epoch that is no better."""
    stopping = keras.callbacks.EarlyStopping(
        "val_accuracy", mode="max", patience=1, min_delta=2.0
    )
    fitted = classifier(callbacks=stopping, scoring="accuracy")
    fitted.fit(X, labels, X_val=X[:20], y_val=labels[:20])
    assert fitted.n_iter_ == 2


def test_verbose_shows_scores(classifier, X, labels, capsys):
    fitted = classifier(verbose=2, scoring="accuracy")
    fitted.fit(X, labels, X_val=X[:20], y_val=labels[:20])
    assert f"val_accuracy: {fitted.history_['val_accuracy'][0]:.4f}" in (
        capsys.readouterr().out
    )


def test_scores_in_a_search_and_over_a_warm_start(classifier, X, labels):
    estimator = classifier(**HELD_OUT, scoring="accuracy", warm_start=True)
    search = GridSearchCV(estimator, {"l2": [0.0, 0.1]}, cv=2).fit(X, labels)
    best = search.best_estimator_.fit(X, labels)
    scores = best.history_["val_accuracy"]
    assert len(scores) == 6 and best.best_epoch_ == np.argmax(scores)


# ---- what cannot be measured ----


@pytest.mark.parametrize(
    "scoring, message",
    [
        (
            "acuracy",
            "'scoring' parameter of .* Got 'acuracy' .*Did you mean 'accuracy'",
        ),
        (["r2", 3], "'scoring' parameter of .* Got 3"),
        ([], "'scoring' parameter of .* at least one scorer"),
        (["r2", "r2"], "'scoring' parameter of .* two scorers named 'r2'"),
        ({"loss": "r2"}, "'scoring' parameter of .* not 'loss'"),
        (mean_absolute_error, "'scoring' parameter of .* metric function"),
        (3, "'scoring' parameter of .* Got 3"),
        ("auc", "Got 'auc' instead. Here it is 'roc_auc', or 'roc_auc_ovr' for"),
        ("AUC", "Got 'AUC' instead. Here it is 'roc_auc'"),
        ("mse", "Got 'mse' instead. Here it is 'neg_mean_squared_error'"),
        (keras.metrics.AUC(), "Got AUC of Keras instead. Here it is 'roc_auc'"),
        ([keras.metrics.Recall], "Got Recall of Keras instead. Here it is 'recall'"),
        (
            {"error": keras.metrics.mean_absolute_error},
            "mean_absolute_error of Keras .* Here it is 'neg_mean_absolute_error'",
        ),
    ],
    ids=[
        "name", "number", "none", "twice", "loss", "metric", "type", "auc", "AUC",
        "mse", "metric of Keras", "class of Keras", "function of Keras",
    ],
)  # fmt: skip
def test_bad_scoring(either, X, scoring, message, refused):
    estimator, y = either(**HELD_OUT, scoring=scoring)
    refused(estimator, "fit", X, y, message=f"(?s){message}")


def test_a_score_of_another_task(regressor, classifier, X, targets, labels, refused):
    """Known before any compute."""
    message = "'scoring' parameter of GRURegressor cannot be measured.*accuracy"
    estimator = regressor(**HELD_OUT, scoring=["r2", "accuracy"])
    refused(estimator, "fit", X, targets, message=message)
    message = "'scoring' parameter of GRUClassifier cannot be measured.*r2"
    estimator = classifier(**HELD_OUT, scoring="r2")
    refused(estimator, "fit", X, labels, message=message)


def test_a_score_needs_validation_data(either, X, refused):
    estimator, y = either(scoring="r2")
    message = "'scoring' parameter of .* early_stopping=True, or pass X_val"
    refused(estimator, "fit", X, y, message=message)


def test_a_scorer_that_returns_no_number(regressor, X, targets):
    estimator = regressor(**HELD_OUT, scoring={"mine": lambda *args: "good"})
    with pytest.raises(TypeError, match=r"'scoring' .* numbers\. Got 'good' of mine"):
        estimator.fit(X, targets)
