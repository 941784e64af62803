"""Search the configurations of Keras objects."""


def mappings_in(config):
    """Yield every dict in a configuration, outer ones first.

    Parameters
    ----------
    config : object
        Nested dicts and lists of plain values, as
        ``keras.saving.serialize_keras_object`` returns them.
    """
    if isinstance(config, list):
        for item in config:
            yield from mappings_in(item)
    elif isinstance(config, dict):
        yield config
        for item in config.values():
            yield from mappings_in(item)
