"""The input shape of a program for a user's network, after checking the sequences."""

from ._engine.network import InputShape
from ._engine.program import padded_length
from ._padding_check import ignores_padding


def inputs_of_users(network, sequences, longest, unequal, owner, fitted=None):
    """Return the input shape of a program for a user's network.

    Raises
    ------
    ValueError
        The network cannot take such sequences.
    """
    tokens = sequences.form == "tokens"
    _check_features(network, sequences, tokens, owner)
    steps = network.input_shape[0]
    if steps is not None and longest > steps:
        raise ValueError(
            f"X has sequences of {longest} steps, but the network that 'model' of "
            f"{owner} returned takes {steps}. Let its input be "
            "keras.Input((None, n_features)), or truncate X."
        )
    if fitted is not None and tokens and not ignores_padding(network):
        if longest > fitted.inputs.n_timesteps:
            raise ValueError(
                f"X has {longest} token ids per row, but {owner} was fitted on "
                f"{fitted.inputs.n_timesteps}, and its network does not mask padding. "
                "Use keras.layers.Embedding(..., mask_zero=True), or truncate X."
            )
    if tokens:
        padded = ignores_padding(network)
    else:
        padded = unequal or (steps is not None and longest < steps)
    if padded and not ignores_padding(network):
        raise ValueError(
            f"X has sequences of different lengths (or fewer steps than the network "
            f"takes), which {owner} pads with zeros, but padding changes what the "
            f"network that 'model' returned predicts. {_how_to_mask(network)}, or "
            "bring X to one length with skgru.preprocessing.SequenceResampler."
        )
    if steps is None:
        steps = padded_length(longest) if padded else longest
    return InputShape(steps, 0 if tokens else sequences.n_features, padded)


def _how_to_mask(network):
    if not network.masks:
        return "Begin it with keras.layers.Masking()"
    return (
        "Its mask gets lost, as in Conv1D, Flatten and GlobalMaxPooling1D: pass it on, "
        "GRU(...)(x, mask=keras.layers.Masking().compute_mask(inputs))"
    )


def _check_features(network, sequences, tokens, owner):
    got = () if tokens else (sequences.n_features,)
    expected = tuple(network.input_shape[1:])
    flat = not expected and sequences.form == "univariate"
    if (not flat and len(got) != len(expected)) or (
        expected and expected[0] is not None and got != expected
    ):
        raise ValueError(
            f"The network that 'model' of {owner} returned takes sequences of shape "
            f"{tuple(network.input_shape)}, but those of X have shape "
            f"{(sequences.n_timesteps, *got)}. Use meta['X_shape_'] or "
            "meta['n_features_in_'] in the function."
        )
