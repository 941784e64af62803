"""The parts of a Keras model: weights, state, run-time inputs."""

import keras

from .forms import convertible_layers
from .forms.batch_normalization import PresentRowsBatchNormalization

_PENALTIES = (keras.regularizers.L1, keras.regularizers.L2, keras.regularizers.L1L2)


class ModelParts:
    """The parts of a stock model, in the same order for all models with equal keys.

    Parameters
    ----------
    model : keras.Model
        A built model of stock layers, before `use_run_time_forms`.

    Attributes
    ----------
    converted : list of pairs (layer, form)
        The layers that have a run-time form.
    trainable : list of keras.Variable
        The weights.
    state : list of keras.Variable
        The non-trainable variables: moving averages, frozen weights, states of random
        generators. Generators that a run-time form does not use are left out.
    of_rows : set of int
        The ``id`` of each state variable whose new value may depend on rows of a batch
        without a sample.
    rate_slots : list of pairs (layer, parameter)
        Dropout rates that are run-time inputs.
    penalised : list of keras.Variable
        Weights whose regularizer is an ``L1``, ``L2`` or ``L1L2``: its factors are
        run-time inputs as well.
    """

    def __init__(self, model):
        self.converted = list(convertible_layers(model))
        self.trainable = model.trainable_variables
        unused = {id(generator.state) for generator in self._generators()}
        self.state = [v for v in model.non_trainable_variables if id(v) not in unused]
        self.of_rows = {id(v) for v in self.state if v.dtype.startswith("float")}
        self.of_rows -= {
            id(v)
            for layer, form in self.converted
            if form is PresentRowsBatchNormalization
            for v in layer.variables
        }
        self.rate_slots = [
            (layer, name)
            for layer, _ in self.converted
            for name in _rates_of_layer(layer)
        ]
        self.penalised = [
            v for v in self.trainable if type(v.regularizer) in _PENALTIES
        ]

    def _generators(self):
        for layer, _ in self.converted:
            for owner in (layer, getattr(layer, "cell", None)):
                if getattr(owner, "seed_generator", None) is not None:
                    yield owner.seed_generator

    def run_time_inputs(self):
        """Return the rates and the factors of the penalties, as a list of floats."""
        values = [float(getattr(layer, name)) for layer, name in self.rate_slots]
        for variable in self.penalised:
            factors = vars(variable.regularizer)
            values += [float(factors.get("l1", 0.0)), float(factors.get("l2", 0.0))]
        return values

    def values(self):
        """Return the weights and the state as two lists of arrays."""
        return [v.numpy() for v in self.trainable], [v.numpy() for v in self.state]


def _rates_of_layer(layer):
    if isinstance(layer, keras.layers.Dropout):
        return ("rate",)
    if isinstance(layer, keras.layers.GRU):
        # Whether a rate is above 0 changes the graph; its value does not.
        return [n for n in ("dropout", "recurrent_dropout") if getattr(layer, n)]
    return ()
