"""Early stopping: what is held out, when training ends, which weights are kept."""

import warnings

import keras
import numpy as np
import pytest
import sklearn
from reference import keras_fit, one_hot, untrained
from sklearn.model_selection import (
    GridSearchCV,
    GroupKFold,
    GroupShuffleSplit,
    KFold,
    PredefinedSplit,
    ShuffleSplit,
    StratifiedGroupKFold,
    StratifiedShuffleSplit,
    TimeSeriesSplit,
    train_test_split,
)

# A learning rate at which the validation loss soon gets worse.
STOPPED = {"early_stopping": True, "epochs": 60, "learning_rate": 0.1, "patience": 3}


def mean_log_loss(classifier, X, y):
    columns = np.searchsorted(classifier.classes_, y)
    return -np.log(classifier.predict_proba(X)[np.arange(len(X)), columns]).mean()


def test_the_best_epochs_weights_are_kept(classifier, X, labels):
    X, X_val, y, y_val = train_test_split(X, labels, test_size=12, random_state=0)
    fitted = classifier(**STOPPED).fit(X, y, X_val=X_val, y_val=y_val)
    losses = fitted.history_["val_loss"]
    assert fitted.best_epoch_ == np.argmin(losses) < len(losses) - 1
    assert mean_log_loss(fitted, X_val, y_val) == pytest.approx(min(losses), rel=1e-5)


def test_the_kept_weights_are_those_of_a_shorter_fit(classifier, X, labels):
    """To the last bit: stopping looks at training and does not touch it."""
    fitted = classifier(**STOPPED).fit(X, labels, X_val=X[:12], y_val=labels[:12][::-1])
    shorter = classifier(epochs=fitted.best_epoch_ + 1, learning_rate=0.1)
    shorter.fit(X, labels)
    np.testing.assert_array_equal(fitted.predict_proba(X), shorter.predict_proba(X))


def test_patience_is_the_number_of_epochs_without_improvement(either, X):
    # Validated on other sequences' targets, nothing improves for long.
    for patience in (1, 4):
        estimator, y = either(**{**STOPPED, "patience": patience})
        estimator.fit(X, y, X_val=X[:12], y_val=y[12:24])
        assert estimator.n_iter_ == estimator.best_epoch_ + 1 + patience < 60


def test_min_delta_is_the_least_improvement(classifier, X, labels):
    """No epoch after the first improves the loss by 100."""
    fitted = classifier(**{**STOPPED, "min_delta": 100.0}).fit(X, labels)
    assert (fitted.best_epoch_, fitted.n_iter_) == (0, 1 + STOPPED["patience"])


def test_training_stops_as_keras_early_stopping_does(classifier, X, labels):
    params = {**STOPPED, "min_delta": 0.02, "optimizer": "sgd", "learning_rate": 1.0}
    fitted = classifier(**params, shuffle=False)
    fitted.fit(X[:32], labels[:32], X_val=X[32:], y_val=labels[32:])
    model = untrained(fitted, X[:32], labels[:32]).model_
    stopping = keras.callbacks.EarlyStopping(
        patience=3, min_delta=0.02, restore_best_weights=True
    )
    history = keras_fit(
        model, X[:32], one_hot(labels)[:32], keras.optimizers.SGD(1.0),
        "categorical_crossentropy", epochs=60, callbacks=[stopping],
        validation_data=(X[32:], one_hot(labels)[32:]),
    )  # fmt: skip
    np.testing.assert_allclose(fitted.history_["val_loss"], history["val_loss"], 1e-3)
    assert fitted.best_epoch_ == stopping.best_epoch
    np.testing.assert_allclose(
        fitted.predict_proba(X), model.predict(X, verbose=0), atol=1e-3
    )


# ---- what is held out ----


@pytest.mark.parametrize(
    "splitter, which",
    [
        (TimeSeriesSplit(5), 4),
        (KFold(4), 3),
        (KFold(4, shuffle=True, random_state=1), 3),
        # 44 rows: four parts of 9 and one of 8.
        (KFold(5), 4),
        (PredefinedSplit([0] * 11 + [-1] * 33), 0),
        (PredefinedSplit([0] * 33 + [1] * 11), 1),
    ],
    ids=["in time", "KFold", "shuffled", "unequal", "predefined", "two folds"],
)
def test_the_split_that_trains_on_most_rows_is_used(
    regressor, X, targets, splitter, which
):
    """Of equal ones the last. The last fold of a series trains on all but its end."""
    fitted = regressor(early_stopping=True, validation_split=splitter).fit(X, targets)
    train, held_out = list(splitter.split(X, targets))[which]
    assert len(train) >= 33
    # The targets' scale is that of all targets, so give both fits one of their own.
    scaled = (targets - targets.mean()) / targets.std()
    params = {"early_stopping": True, "normalize_y": False}
    expected = regressor(**params).fit(
        X[train], scaled[train], X_val=X[held_out], y_val=scaled[held_out]
    )
    np.testing.assert_allclose(
        fitted.history_["val_loss"], expected.history_["val_loss"], rtol=1e-5
    )
    np.testing.assert_allclose(
        fitted.history_["loss"], expected.history_["loss"], rtol=1e-5
    )


def test_a_splitter_may_stratify(classifier, X, labels):
    splitter = StratifiedShuffleSplit(1, test_size=12, random_state=3)
    train, held_out = next(splitter.split(X, labels))
    fitted = classifier(early_stopping=True, validation_split=splitter).fit(X, labels)
    expected = classifier(early_stopping=True).fit(
        X[train], labels[train], X_val=X[held_out], y_val=labels[held_out]
    )
    assert fitted.history_ == expected.history_


def test_a_splitter_gets_the_classes(classifier, X, labels):
    seen = []

    class Splitter:
        def get_n_splits(self, X=None, y=None):
            return 1

        def split(self, X, y=None):  # groups are passed if there are any
            seen.append((len(X), y))
            yield np.arange(30), np.arange(30, len(X))

    classifier(early_stopping=True, validation_split=Splitter()).fit(X, labels)
    ((n_samples, classes),) = seen
    assert n_samples == len(X)
    np.testing.assert_array_equal(classes, labels)


def test_rows_in_neither_part_are_counted_in_a_warning(regressor, X, targets):
    splitter = ShuffleSplit(1, train_size=20, test_size=10, random_state=0)
    estimator = regressor(early_stopping=True, validation_split=splitter)
    with pytest.warns(UserWarning, match="14 of 44 samples are in neither part"):
        estimator.fit(X, targets)


class _AllTrain(KFold):
    """A splitter of the user's, which forgets to leave out what it validates on."""

    def split(self, X, y=None, groups=None):
        for _, test in super().split(X, y, groups):
            yield np.arange(len(X)), test


def test_rows_in_both_parts_are_counted_in_a_warning(regressor, X, targets):
    estimator = regressor(early_stopping=True, validation_split=_AllTrain(4))
    with pytest.warns(UserWarning, match="11 of 44 samples are in both parts.*row 33"):
        estimator.fit(X, targets)


def test_the_gap_that_a_splitter_was_asked_for_is_no_mistake(regressor, X, targets):
    splitter = TimeSeriesSplit(3, gap=2)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        regressor(early_stopping=True, validation_split=splitter).fit(X, targets)


# ---- groups ----

SUBJECTS = np.repeat(np.arange(11), 4)


@pytest.mark.parametrize("method", ["fit", "partial_fit"])
@pytest.mark.parametrize(
    "splitter",
    [
        GroupKFold(4),
        GroupShuffleSplit(1, test_size=0.25, random_state=0),
        StratifiedGroupKFold(4),
    ],
    ids=lambda splitter: type(splitter).__name__,
)
def test_groups_are_held_out_as_a_whole(classifier, X, labels, splitter, method):
    """By what is trained on: a copy of it that is given the parts is the same fit."""
    estimator = classifier(early_stopping=True, validation_split=splitter, epochs=1)
    getattr(estimator, method)(X, labels, groups=SUBJECTS)
    splits = list(splitter.split(X, labels, SUBJECTS))
    train, held_out = max(enumerate(splits), key=lambda s: (len(s[1][0]), s[0]))[1]
    assert not set(SUBJECTS[train]) & set(SUBJECTS[held_out])
    expected = classifier(epochs=1, early_stopping=True).fit(
        X[train], labels[train], X_val=X[held_out], y_val=labels[held_out]
    )
    assert estimator.history_ == expected.history_


def test_groups_reach_early_stopping_through_a_search(regressor, X, targets):
    """By scikit-learn's metadata routing; each fold has its own part of the groups."""
    seen = []

    class Splitter(GroupKFold):
        def split(self, X, y=None, groups=None):
            seen.append(np.array(groups))
            return super().split(X, y, groups)

    estimator = regressor(early_stopping=True, validation_split=Splitter(3), epochs=1)
    with sklearn.config_context(enable_metadata_routing=True):
        estimator.set_fit_request(groups=True)
        search = GridSearchCV(estimator, {"l2": [0.0]}, cv=GroupKFold(2))
        search.fit(X, targets, groups=SUBJECTS)
    folds = [SUBJECTS[train] for train, _ in GroupKFold(2).split(X, groups=SUBJECTS)]
    for actual, expected in zip(seen, [*folds, SUBJECTS], strict=True):
        np.testing.assert_array_equal(actual, expected)


def test_a_group_splitter_without_groups(regressor, X, targets, refused):
    estimator = regressor(early_stopping=True, validation_split=GroupKFold(3))
    message = "cannot split X alone.*'groups' parameter.*Pass groups, or X_val"
    refused(estimator, "fit", X, targets, message=message)


def test_groups_of_another_length(regressor, X, targets, refused):
    estimator = regressor(early_stopping=True, validation_split=GroupKFold(3))
    message = "inconsistent numbers of samples"
    refused(estimator, "fit", X, targets, groups=SUBJECTS[1:], message=message)


def test_a_fraction_that_divides_groups_is_probably_a_mistake(regressor, X, targets):
    with pytest.warns(UserWarning, match="0.2, which divides groups.*GroupShuffle"):
        regressor(early_stopping=True).fit(X, targets, groups=SUBJECTS)


@pytest.mark.parametrize("weighted", ["sample_weight", "class_weight"])
def test_a_splitter_splits_the_rows_of_X_those_of_weight_0_too(
    classifier, X, labels, weighted
):
    """Leaving samples out moves no other into the part that is held out."""
    weight = np.where(labels == "low", 0, 1)
    params, more = {}, {}
    if weighted == "sample_weight":
        more = {"sample_weight": weight}
    else:
        params = {"class_weight": {"low": 0, "middle": 1, "high": 1}}
    train = np.arange(len(X)) < 16
    fitted = classifier(
        **{**STOPPED, "epochs": 2},
        **params,
        validation_split=PredefinedSplit(np.where(train, -1, 0)),
    )
    fitted.fit(X, labels, **more)
    by_hand = classifier(epochs=2, learning_rate=0.1, **params)
    more = {name: values[train] for name, values in more.items()}
    held_out = ~train & (weight > 0)
    by_hand.fit(
        X[train], labels[train], X_val=X[held_out], y_val=labels[held_out], **more
    )
    assert fitted.history_["val_loss"] == by_hand.history_["val_loss"]


def test_a_fraction_of_sorted_classes_holds_out_every_class(classifier, X, labels):
    """Shuffled and stratified: the last rows, all of one class, would be no measure.

    A tenth of 44 samples, rounded up, is 5; frozen weights show which they are, as
    every sample has a loss of its own.
    """
    order = np.argsort(labels)
    X, y = X[order], labels[order]
    fitted = classifier(
        early_stopping=True,
        validation_split=0.1,
        optimizer="sgd",
        schedule=lambda epoch, rate: 0.0,
        epochs=1,
    ).fit(X, y)
    columns = np.searchsorted(fitted.classes_, y)
    losses = -np.log(fitted.predict_proba(X)[np.arange(len(X)), columns])
    held_out_loss = 5 * fitted.history_["val_loss"][0]
    training_loss = 39 * fitted.history_["loss"][0]
    assert held_out_loss + training_loss == pytest.approx(losses.sum(), rel=1e-5)
    last_rows = losses[-5:].mean()
    assert fitted.history_["val_loss"][0] != pytest.approx(last_rows, rel=1e-3)


def test_without_early_stopping_nothing_is_held_out(either, X):
    estimator, y = either(validation_split=0.5)
    plain, _ = either()
    estimator.fit(X, y)
    assert "val_loss" not in estimator.history_
    assert estimator.history_ == plain.fit(X, y).history_


def test_X_val_is_logged_without_early_stopping(either, X):
    """And changes nothing in training."""
    estimator, y = either()
    estimator.fit(X, y, X_val=X[:12], y_val=y[:12])
    plain, _ = either()
    assert len(estimator.history_["val_loss"]) == 3
    assert estimator.history_["loss"] == plain.fit(X, y).history_["loss"]
    assert estimator.best_epoch_ == np.argmin(estimator.history_["val_loss"])


def test_X_val_takes_the_place_of_validation_split(classifier, X, labels):
    """All of X is trained on."""
    fitted = classifier(early_stopping=True).fit(
        X, labels, X_val=X[:12], y_val=labels[:12]
    )
    plain = classifier().fit(X, labels)
    assert fitted.history_["loss"] == plain.history_["loss"]


def test_X_val_may_be_longer_than_X(regressor, X, targets):
    """Padding is masked: the validation loss is that of the sequences as they are."""
    longer = np.concatenate([X, X], axis=1)
    fitted = regressor(epochs=1).fit(X, targets, X_val=longer, y_val=targets)
    errors = (fitted.predict(longer) - targets) / targets.std()
    assert fitted.history_["val_loss"][0] == pytest.approx(np.mean(errors**2), rel=1e-4)


def test_held_out_samples_are_not_weighted_in_val_loss(regressor, X, targets):
    """Given as X_val they have no weight."""
    weight = np.random.default_rng(0).uniform(0.5, 2, len(X))
    fitted = regressor(epochs=1, normalize_y=False).fit(
        X, targets / 500, sample_weight=weight, X_val=X, y_val=targets / 500
    )
    expected = np.mean((fitted.predict(X) - targets / 500) ** 2)
    assert fitted.history_["val_loss"][0] == pytest.approx(expected, rel=1e-5)


def test_samples_held_out_by_a_fraction_keep_their_weights(regressor, X, targets):
    """A sample that counts twice in training counts twice in validation."""
    params = {
        "early_stopping": True, "optimizer": "sgd", "epochs": 1,
        "schedule": lambda epoch, rate: 0.0, "normalize_y": False,
    }  # fmt: skip
    y = targets / 500
    plain = regressor(**params).fit(X, y)
    doubled = regressor(**params).fit(X, y, sample_weight=np.full(len(X), 2.0))
    for name in ("loss", "val_loss"):
        assert doubled.history_[name][0] == pytest.approx(2 * plain.history_[name][0])
