"""What fits of the built-in network have, fits of a user's network have as well."""

import random
import sys
from concurrent.futures import ThreadPoolExecutor

import keras
import numpy as np
import pytest
from fresh_process import run_python
from keras.optimizers import Adafactor, Lamb, Muon
from own_models import data, functional, masked
from sklearn.base import clone
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline

import skgru
from skgru import GRUClassifier, GRURegressor
from skgru.augmentation import Jitter
from skgru.preprocessing import SequenceScaler
from skgru.schedules import StepDecay

X, Y, TARGETS = data()
SMALL = {"batch_size": 16, "learning_rate": 0.02, "random_state": 0}


def network(**params):
    return GRUClassifier(**{"model": functional, "epochs": 3, **SMALL, **params})


def probabilities(**params):
    return network(**params).fit(X, Y).predict_proba(X)


def test_it_learns():
    assert network(epochs=40).fit(X, Y).score(X, Y) > 0.9


def test_early_stopping_keeps_the_best_epoch():
    stopped = network(epochs=60, early_stopping=True, patience=3).fit(X, Y)
    losses = stopped.history_["val_loss"]
    assert stopped.best_epoch_ == np.argmin(losses)
    assert len(losses) < 60
    short = network(epochs=stopped.best_epoch_ + 1, early_stopping=True, patience=60)
    # Batch normalisation's averages are those of that epoch as well.
    np.testing.assert_array_equal(
        short.fit(X, Y).predict_proba(X), stopped.predict_proba(X)
    )


def test_validation_data_is_measured_as_keras_measures_it():
    fitted = network(epochs=1, model__l2=0.1).fit(X, Y, X_val=X[:20], y_val=Y[:20])
    stock = fitted.model_
    stock.compile(loss="sparse_categorical_crossentropy")
    expected = stock.evaluate(X[:20], Y[:20], verbose=0)
    np.testing.assert_allclose(fitted.history_["val_loss"], [expected], rtol=1e-5)


def test_schedules():
    fitted = network(schedule=StepDecay(drop=0.5, every=1)).fit(X, Y)
    np.testing.assert_allclose(fitted.history_["learning_rate"], [0.02, 0.01, 0.005])


@pytest.mark.parametrize("optimizer", ["adafactor", "lamb", "muon"])
def test_optimizers_that_need_each_weight_by_itself(optimizer):
    """Beside stock Keras, from the same weights."""

    class Remember(keras.callbacks.Callback):
        def on_train_begin(self, logs=None):
            self.weights = self.model.get_weights()

    remember = Remember()
    fitted = network(
        model=masked, optimizer=optimizer, epochs=2, shuffle=False, callbacks=remember
    ).fit(X, Y)
    stock = keras.models.clone_model(fitted.model_)
    stock.set_weights(remember.weights)
    classes = {cls.__name__.lower(): cls for cls in (Adafactor, Lamb, Muon)}
    stock.compile(
        classes[optimizer](learning_rate=0.02),
        loss="sparse_categorical_crossentropy",
        run_eagerly=True,
    )
    stock.fit(X, Y, batch_size=16, epochs=2, shuffle=False, verbose=0)
    np.testing.assert_allclose(
        fitted.predict_proba(X), stock.predict(X, verbose=0), atol=2e-4
    )


def test_weights_of_samples_and_classes():
    """A weight counts as often as its sample; a weight of 0 leaves it out."""
    weight = np.ones(44)
    weight[40:] = 0
    first = {"model__rate": 0.0, "shuffle": False, "epochs": 1}
    some = network(**first).fit(X[:40], Y[:40]).predict_proba(X)
    same = network(**first).fit(X, Y, sample_weight=weight).predict_proba(X)
    np.testing.assert_array_equal(same, some)
    heavy = {0: 5.0, 1: 1.0, 2: 1.0}
    by_class = network(**first, class_weight=heavy).fit(X, Y).predict_proba(X)
    by_sample = network(**first).fit(X, Y, sample_weight=np.where(Y == 0, 5.0, 1.0))
    np.testing.assert_array_equal(by_class, by_sample.predict_proba(X))


def test_training_in_parts_is_training_in_one_go():
    """partial_fit and warm_start, dropout and moving averages included."""
    whole = probabilities()
    parts = network()
    for _ in range(3):
        parts.partial_fit(X, Y)
    np.testing.assert_array_equal(parts.predict_proba(X), whole)
    warm = network(epochs=1, warm_start=True).fit(X, Y)
    warm.set_params(epochs=2).fit(X, Y)
    np.testing.assert_array_equal(warm.predict_proba(X), whole)


def test_another_network_is_no_start():
    warm = network(epochs=1, warm_start=True).fit(X, Y)
    before = warm.predict_proba(X)
    warm.set_params(model__width=5)
    with pytest.raises(ValueError, match="'model' returns has changed"):
        warm.fit(X, Y)
    np.testing.assert_array_equal(warm.predict_proba(X), before)


def test_augmenters():
    assert not np.array_equal(probabilities(augmenter=Jitter(0.5)), probabilities())


def test_callbacks_hear_a_model_that_is_equal_to_the_training():
    class Listen(keras.callbacks.Callback):
        def on_train_begin(self, logs=None):
            self.outputs, self.losses = [], []

        def on_epoch_end(self, epoch, logs=None):
            self.outputs.append(self.model.predict_on_batch(X))
            self.losses.append(logs["loss"])
            self.model.stop_training = epoch == 1

    listen = Listen()
    fitted = network(callbacks=listen).fit(X, Y)
    assert fitted.history_["loss"] == listen.losses
    assert len(listen.losses) == 2
    np.testing.assert_allclose(listen.outputs[-1], fitted.predict_proba(X), atol=1e-5)
    assert not np.allclose(*listen.outputs, atol=1e-3)


def test_what_a_callback_sets_is_taken_over():
    class Zero(keras.callbacks.Callback):
        def on_train_end(self, logs=None):
            self.model.set_weights([0 * w for w in self.model.get_weights()])

    expected = np.full((44, 3), 1 / 3)
    np.testing.assert_allclose(probabilities(callbacks=Zero()), expected, atol=1e-6)


def test_the_same_bits_in_threads():
    alone = [probabilities(random_state=seed) for seed in range(4)]
    skgru.clear_cache()
    with ThreadPoolExecutor(2) as pool:
        together = list(pool.map(lambda s: probabilities(random_state=s), range(4)))
    np.testing.assert_array_equal(together, alone)
    assert not np.array_equal(alone[0], alone[1])


@pytest.mark.long
def test_the_same_bits_in_another_process_and_order(tmp_path):
    code = f"""
    import random, keras, numpy as np, skgru
    from own_models import data, functional
    random.seed(99); keras.utils.set_random_seed(5); keras.layers.GRU(2)
    X, y, targets = data()
    skgru.GRURegressor(model=functional, epochs=1, batch_size=16).fit(X, targets)
    network = skgru.GRUClassifier(model=functional, epochs=3, **{SMALL})
    np.save({str(tmp_path / "other.npy")!r}, network.fit(X, y).predict_proba(X))
    """
    run_python(code, PYTHONPATH=":".join(sys.path))
    np.testing.assert_array_equal(np.load(tmp_path / "other.npy"), probabilities())


def test_fitting_moves_no_state_of_keras_or_python():
    """Neither random numbers nor the numbers in layers' names."""

    def number():
        return int(keras.layers.Activation("relu").name.partition("_")[2] or 0)

    before, state = number(), random.getstate()
    fitted = network(early_stopping=True, callbacks=keras.callbacks.Callback())
    fitted.fit(X, Y).predict(X)
    names = [layer.name for layer in fitted.model_.layers]
    assert random.getstate() == state
    assert number() == before + 1
    # They are those of the only model there is.
    assert {"conv1d", "bidirectional", "dense"} < set(names)


def test_in_a_pipeline_a_search_and_cross_validation():
    pipeline = make_pipeline(SequenceScaler(), network(epochs=1))
    grid = {"gruclassifier__model__rate": [0.0, 0.5]}
    search = GridSearchCV(pipeline, grid, cv=2).fit(X, Y)
    assert search.best_estimator_[-1].get_params()["model__rate"] in (0.0, 0.5)
    assert clone(search.best_estimator_[-1]).get_params()["model"] is functional
    scores = cross_val_score(
        GRURegressor(model=functional, epochs=1, **SMALL), X, TARGETS, cv=2
    )
    assert np.isfinite(scores).all()
