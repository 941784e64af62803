"""Run-time forms of stock Keras layers: same weights and results, faster arithmetic.

A form is a subclass of the stock layer. :func:`use_run_time_forms` changes the class of
a layer in place, in a model that only the engine uses: the layer keeps its name, its
weights, its configuration and its place in the graph. Each form's module says which
layers are eligible.
"""

import keras

from ..._keras import layers_of
from ..gru.layer import FusedGRU, can_fuse
from .adapted import AdaptedNormalization, is_adapted
from .batch_normalization import PresentRowsBatchNormalization, has_rows
from .conv1d import MatrixConv1D, can_be_a_product
from .dropout import RunTimeDropout
from .max_pooling import ReshapedMaxPooling1D, can_be_reshaped

# For each stock layer: its form, and a function that says whether a layer is eligible.
_FORMS = {
    keras.layers.GRU: (FusedGRU, can_fuse),
    keras.layers.Conv1D: (MatrixConv1D, can_be_a_product),
    keras.layers.MaxPooling1D: (ReshapedMaxPooling1D, can_be_reshaped),
    keras.layers.BatchNormalization: (PresentRowsBatchNormalization, has_rows),
    keras.layers.Normalization: (AdaptedNormalization, is_adapted),
    keras.layers.Dropout: (RunTimeDropout, lambda layer: True),
}
for _stock, (_form, _) in _FORMS.items():
    _form.__name__ = _stock.__name__  # so that Keras' messages show the stock name


def form_of(layer):
    """Return the run-time form of a stock layer, or None if it has none.

    Subclasses of stock layers have none: they may compute something else.
    """
    form, is_eligible = _FORMS.get(type(layer), (None, None))
    return form if form is not None and is_eligible(layer) else None


def convertible_layers(model):
    """Yield each layer of a stock model that has a run-time form, and that form.

    Layers inside ``TimeDistributed`` keep their stock form: ``TimeDistributed`` uses a
    vectorized map over the steps, which does not support the loops of the forms.
    """
    layers = layers_of(model)
    kept = {
        id(inner)
        for layer in layers
        if isinstance(layer, keras.layers.TimeDistributed)
        for inner in (layer.layer, *layers_of(layer))
    }
    for layer in layers:
        form = form_of(layer)
        if form is not None and id(layer) not in kept:
            yield layer, form


def use_run_time_forms(model):
    """Give every eligible layer of a model its run-time form.

    Parameters
    ----------
    model : keras.Model
        A model that only the engine uses: it works only inside a program afterwards.

    Returns
    -------
    model : keras.Model
        The same object.
    """
    for layer, form in list(convertible_layers(model)):
        layer.__class__ = form
        if form is FusedGRU:
            # Keras disables XLA where its cuDNN kernel may run; it never runs here.
            layer.use_cudnn, layer.supports_jit = False, True
    return model
