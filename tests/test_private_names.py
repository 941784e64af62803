"""Private names of other libraries, each in the one module that knows it.

A new version may change them without notice. These tests say which one did.
"""

import random
import re
from numbers import Integral
from pathlib import Path

import keras
import numpy as np
import pytest
import tensorflow as tf
from fresh_process import run_python
from sklearn.base import BaseEstimator
from sklearn.preprocessing import StandardScaler

import skgru
from skgru import _keras, _scikeras, _sklearn, _tensorflow

layers = keras.layers


def stack():
    """A model with layers inside a wrapper and inside another model."""
    inner = keras.Sequential([layers.Dense(3, name="inner")], name="nested")
    gru = layers.Bidirectional(layers.GRU(2), name="both")
    return keras.Sequential([keras.Input((5, 3)), inner, gru, layers.Dense(1)])


# ---- Keras ----


def test_layers_inside_wrappers_and_models():
    names = [layer.name for layer in _keras.layers_of(stack())]
    assert {"nested", "inner", "both", "forward_gru", "backward_gru"} <= {
        re.sub(r"_\d+$", "", name) for name in names
    }


def test_whether_a_model_has_a_graph():
    class Subclassed(keras.Model):
        def call(self, inputs):
            return inputs

    inputs = keras.Input((3,))
    assert _keras.has_graph(stack())
    assert _keras.has_graph(keras.Model(inputs, layers.Dense(1)(inputs)))
    assert not _keras.has_graph(keras.Sequential([layers.Dense(1)]))
    assert not _keras.has_graph(Subclassed())


def test_whether_a_call_takes_training():
    class Without(keras.Model):
        def call(self, inputs):
            return inputs

    class With(keras.Model):
        def call(self, inputs, training=False):
            return inputs

    assert _keras.takes_training(stack())
    assert _keras.takes_training(With())
    assert not _keras.takes_training(Without())


def test_the_last_operation():
    model = stack()
    assert _keras.last_operation(model) is model.layers[-1]
    functional = keras.Model(model.inputs, keras.ops.tanh(model.outputs[0]))
    assert type(_keras.last_operation(functional)).__name__ == "Tanh"


def test_shared_layers():
    inputs, dense = keras.Input((3,)), layers.Dense(3)
    once = dense(inputs)
    assert not _keras.is_shared(dense)
    dense(once)
    assert _keras.is_shared(dense)


def test_the_learning_rate_is_a_variable():
    optimizer = keras.optimizers.Adam(0.25)
    rate = _keras.learning_rate_variable(optimizer)
    assert any(variable is rate for variable in optimizer.variables)
    assert float(rate.value) == 0.25


def test_what_a_model_was_compiled_with():
    model = stack()
    assert _keras.compile_settings(model) is None
    model.compile("sgd", loss="mse", metrics=["mae"])
    settings = _keras.compile_settings(model)
    assert (settings["loss"], settings["metrics"]) == ("mse", ["mae"])


def test_layers_names_begin_anew_and_are_not_counted():
    layers.ReLU()
    before = layers.ReLU().name
    with _keras.private_names():
        assert layers.ReLU().name == "re_lu"
        assert layers.ReLU().name == "re_lu_1"
    after = layers.ReLU().name
    numbers = [int(name.rpartition("_")[2]) for name in (before, after)]
    assert numbers[1] == numbers[0] + 1


def test_seeds_that_nobody_sets_come_from_a_generator():
    """Of initializers, of dropout and of Keras' own global generator."""

    def drawn():
        with _keras.default_seeds(np.random.default_rng(3)):
            kernel = layers.Dense(2)
            kernel.build((None, 3))
            return kernel.get_weights()[0], layers.Dropout(0.5).seed_generator.state

    state = random.getstate()
    (kernel, seed), (same_kernel, same_seed) = drawn(), drawn()
    assert random.getstate() == state
    np.testing.assert_array_equal(kernel, same_kernel)
    np.testing.assert_array_equal(seed.numpy(), same_seed.numpy())
    other = layers.Dropout(0.5).seed_generator.state
    assert random.getstate() != state
    assert not np.array_equal(other.numpy(), seed.numpy())


def test_optimizers_without_distribution():
    """TensorFlow's layer of an optimizer replaces methods that Keras' own has."""
    replaced = set(vars(_keras.TFOptimizer)) & set(vars(_keras.BaseOptimizer))
    assert {"assign", "_backend_update_step", "_internal_apply_gradients"} & replaced
    assert issubclass(keras.optimizers.Optimizer, _keras.TFOptimizer)


# ---- TensorFlow ----


def test_functions_are_registered_and_called_by_name():
    traced = tf.function(
        lambda x: 2.0 * x, input_signature=[tf.TensorSpec((), tf.float32)]
    ).get_concrete_function()
    definition = type(traced.function_def)()
    definition.CopyFrom(traced.function_def)
    definition.signature.name = "skgru_test_twice"
    runtime = _tensorflow.runtime()
    runtime.add_function_def(definition)
    assert runtime.has_function("skgru_test_twice")
    (result,) = runtime.call_function(b"skgru_test_twice", [tf.constant(4.0)], 1)
    assert float(result) == 8.0
    assert _tensorflow.started_runtime() is runtime


def test_a_scratch_graph_may_use_tensors_from_outside():
    outside = tf.constant([1.0])
    graph = _tensorflow.scratch_graph()
    with graph.as_default():
        outside + 1.0
    ((captured, inside),) = graph.captures
    assert captured is outside
    assert [operation.type for operation in inside.consumers()] == ["AddV2"]


def test_flags_and_library():
    _tensorflow.parse_flags()
    assert Path(_tensorflow.library_path()).is_file()


# ---- scikit-learn ----


def test_a_context_checks_parameters_before_a_fit():
    class Checked(BaseEstimator):
        _parameter_constraints = {
            "n": [_sklearn.Interval(Integral, 1, None, closed="left"), None],
            "how": [_sklearn.StrOptions({"a"}), _sklearn.HasMethods("fit")],
            "kind": [_sklearn.Options(int, {3}), _sklearn.Hidden(type(None))],
        }

        def __init__(self, n=1, how="a", kind=3):
            self.n, self.how, self.kind = n, how, kind

        @_sklearn.fit_context(prefer_skip_nested_validation=True)
        def fit(self):
            return self

    assert Checked(None, StandardScaler(), None).fit()
    for wrong in ({"n": 0}, {"how": "b"}, {"kind": 4}):
        with pytest.raises(_sklearn.InvalidParameterError, match=next(iter(wrong))):
            Checked(**wrong).fit()


def test_what_a_transformer_puts_out():
    scaler = StandardScaler()
    assert _sklearn.output_container(scaler) == "default"
    _sklearn.set_output_container(scaler, "pandas")
    assert _sklearn.output_container(scaler) == "pandas"


def test_callbacks_of_scikit_learn():
    """A decorator and a mixin from 1.9 on, and stand-ins before."""
    assert callable(_sklearn.with_callbacks(lambda self: None))
    assert issubclass(skgru.GRUClassifier, _sklearn.CallbackSupportMixin)


# ---- scikeras ----


def test_arguments_are_routed_as_scikeras_does():
    def takes_all(**more):
        """Takes anything."""

    def takes_one(meta):
        """Takes one argument."""

    assert _scikeras.accepts_kwargs(takes_all)
    assert not _scikeras.accepts_kwargs(takes_one)
    assert _scikeras.has_param(takes_one, "meta")
    params = {"model__units": 3, "epochs": 2, "batch_size": 8}
    assert _scikeras.route_params(
        params, destination="model", pass_filter={"epochs"}, strict=True
    ) == {"units": 3, "epochs": 2}
    assert issubclass(skgru.GRUClassifier, _scikeras.BaseWrapper)


CHANGED = """
import copy, pickle, keras, numpy as np
parts = (keras.Model, keras.losses.Loss, keras.metrics.Metric,
         keras.optimizers.Optimizer)
def methods():
    return [{name: value for name, value in vars(part).items()
             if name in ("__reduce__", "__reduce_ex__", "__deepcopy__", "__copy__")}
            for part in parts]
before = methods()
"""


@pytest.mark.long
def test_importing_leaves_the_classes_of_keras_as_they_were():
    """scikeras replaces how they are pickled and copied."""
    printed, _ = run_python(CHANGED + "import skgru; print(methods() == before)")
    assert printed == "True\n"
    # The test can fail.
    printed, _ = run_python(
        CHANGED + "import scikeras.wrappers\nprint(methods()==before)"
    )
    assert printed == "False\n"


@pytest.mark.long
def test_importing_keeps_what_scikeras_did_for_the_user():
    printed, _ = run_python(
        "import keras, scikeras.wrappers\n"
        "before = keras.Model.__reduce__, keras.losses.Loss.__reduce__\n"
        "import skgru\n"
        "print((keras.Model.__reduce__, keras.losses.Loss.__reduce__) == before)"
    )
    assert printed == "True\n"


# ---- nowhere else ----


def test_private_modules_are_imported_in_one_place():
    package = Path(skgru.__file__).parent
    private = re.compile(
        r"^\s*(?:from|import) (keras\.src|tensorflow\.python|sklearn(?:\.\w+)*\._\w+"
        r"|scikeras)",
        re.MULTILINE,
    )
    found = {
        str(path.relative_to(package))
        for path in package.rglob("*.py")
        if private.search(path.read_text())
    }
    assert found == {"_keras.py", "_tensorflow.py", "_sklearn.py", "_scikeras.py"}
