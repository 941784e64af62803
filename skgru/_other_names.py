"""Parameters and metrics of other libraries, and what corresponds to them here.

The names are those of Keras' layers, optimizers, metrics and ``Model.fit``, and of
scikeras, skorch, PyTorch, sktime, XGBoost and scikit-learn's MLP.
"""

from ._suggest import suggest

# Metrics by the scorer of scikit-learn, in lower case and without underscores.
_METRICS = {
    "'accuracy'": "acc binaryaccuracy categoricalaccuracy sparsecategoricalaccuracy",
    "'roc_auc', or 'roc_auc_ovr' for several classes": "auc auroc rocaucscore",
    "'average_precision'": "prauc aucpr auprc averageprecisionscore",
    "'f1', or 'f1_macro' for several classes": "f1score fbetascore",
    "'neg_log_loss'": "crossentropy logloss binarycrossentropy categoricalcrossentropy "
    "sparsecategoricalcrossentropy",
    "'neg_mean_squared_error'": "mse meansquarederror",
    "'neg_root_mean_squared_error'": "rmse rootmeansquarederror",
    "'neg_mean_absolute_error'": "mae meanabsoluteerror",
    "'neg_mean_absolute_percentage_error'": "mape meanabsolutepercentageerror",
    "'neg_mean_squared_log_error'": "msle meansquaredlogarithmicerror",
    "'r2'": "r2score rsquared",
}
_SCORERS = {name: ours for ours, names in _METRICS.items() for name in names.split()}

# Other names of each parameter.
_SAME = {
    "units": "hidden_size hidden_dim hidden_units hidden_layer_sizes n_units n_hidden",
    "n_layers": "num_layers gru_layers n_hidden_layers",
    "bidirectional": "bidirection",
    "pooling": "return_sequences",
    "dropout": "dropout_rate drop_rate fc_dropout gru_dropout",
    "kernel_initializer": "init_weights init",
    "l2": "alpha kernel_regularizer recurrent_regularizer reg_lambda",
    "optimizer": "solver",
    "learning_rate": "lr learning_rate_init eta",
    "schedule": "lr_scheduler lr_schedule learning_rate_schedule",
    "clipnorm": "gradient_clip_val max_grad_norm grad_clip",
    "epochs": "max_iter n_epochs nb_epoch num_epochs max_epochs n_iter n_estimators",
    "validation_split": "validation_fraction train_split",
    "scoring": "metrics metric eval_metric monitor accuracy f1 auc",
    "patience": "n_iter_no_change early_stopping_rounds",
    "min_delta": "tol",
    "vocabulary_size": "vocab_size input_dim max_features num_words",
    "embedding_dim": "output_dim embedding_size embed_dim",
    "embedding_weights": "embedding_matrix embeddings_initializer pretrained_vectors",
    "model": "build_fn module net",
    "random_state": "seed random_seed",
}
_OF_OPTIMIZERS = (
    "momentum nesterov nesterovs_momentum beta_1 beta_2 epsilon rho amsgrad"
).split()
_OF_LAYERS = (
    "activation recurrent_activation bias use_bias bias_initializer bias_regularizer "
    "activity_regularizer bias_constraint kernel_constraint recurrent_constraint "
    "go_backwards stateful unroll reset_after batch_first nonlinearity"
).split()
_OF_FIT = "X_val y_val sample_weight groups".split()

_WEIGHT_DECAY = (
    "the 'l2' parameter, or decoupled from the gradient optimizer='adamw' with "
    "optimizer__weight_decay"
)
_X_VAL = "X_val and y_val, two arguments of fit"


def _parameters(others_of):
    """Return what each of the other names of parameters means."""
    return {
        other: f"the {name!r} parameter"
        for name, others in others_of.items()
        for other in others.split()
    }


_MEANINGS = {
    **_parameters(_SAME),
    **{name: f"'optimizer__{name}', if its class has it" for name in _OF_OPTIMIZERS},
    **{
        name: "fixed in the built-in network: let 'model' be a function that returns a "
        "network with it"
        for name in _OF_LAYERS
    },
    **{name: f"the argument {name!r} of fit" for name in _OF_FIT},
    "return_sequences": "the 'pooling' parameter, which says how the steps become one "
    "vector",
    "kernel_regularizer": "the parameters 'l1' and 'l2'",
    "recurrent_regularizer": "the parameters 'l1' and 'l2'",
    "metrics": "the 'scoring' parameter, which takes scikit-learn's names, such as "
    "scoring='accuracy'",
    "accuracy": "scoring='accuracy'",
    "f1": "scoring='f1' or 'f1_macro'",
    "auc": "scoring='roc_auc'",
    "weight_decay": _WEIGHT_DECAY,
    "decay": "the 'schedule' parameter",
    "nesterovs_momentum": "'optimizer__nesterov', if its class has it",
    "validation_data": _X_VAL,
    "eval_set": _X_VAL,
    "loss": "what y asks for: cross-entropy over classes, or one for each label",
    "criterion": "the 'loss' of GRURegressor; that of GRUClassifier follows from y",
    "restore_best_weights": "what 'early_stopping' always does",
    "input_shape": "taken from X",
    "input_size": "taken from X",
    "n_features": "taken from X",
    "n_outputs": "taken from y",
    "n_classes": "taken from y",
    "class_weight": "the argument 'sample_weight' of fit",
    "initial_epoch": "what warm_start=True goes on from",
}


# Names of parameters in classes similar to TextSequencer and GRUForecaster.
OF_SEQUENCER = {
    **_parameters(
        {
            "max_tokens": "num_words vocabulary_size vocab_size max_features",
            "max_length": "maxlen max_len output_sequence_length sequence_length",
            "keep": "truncating truncation",
            "lowercase": "lower",
        }
    ),
    "char_level": "analyzer='char'",
    "standardize": "the parameters 'lowercase', 'strip_accents' and 'preprocessor'",
    "split": "the parameters 'analyzer', 'tokenizer' and 'token_pattern'",
    "padding": "fixed: 0 at the end",
    "oov_token": "fixed: id 1",
}
OF_FORECASTER = _parameters(
    {
        "horizon": "fh forecasting_horizon forecast_horizon prediction_length "
        "output_chunk_length n_steps_ahead",
        "window": "window_length lookback look_back lags n_lags context_length "
        "sequence_length input_chunk_length",
        "period": "sp seasonal_period seasonal_periods seasonality season_length",
        "regressor": "estimator model forecaster base_estimator",
    }
)


def hint(name, known, meanings=_MEANINGS):
    """Return the end of a message about an unknown parameter: what may be meant.

    Parameters
    ----------
    name : str
        The unknown name.
    known : iterable of str
        The parameters that exist.
    meanings : dict of str to str, default=_MEANINGS
        What names of other libraries correspond to.

    Returns
    -------
    hint : str

    Examples
    --------
    >>> hint("lr", ["learning_rate", "l2"])
    " Here it is the 'learning_rate' parameter."
    >>> hint("learning_rte", ["learning_rate", "l2"])
    " Did you mean 'learning_rate'?"
    """
    if name in meanings:
        return f" Here it is {meanings[name]}."
    return suggest(name, known)


def no_such_parameter(name, known, owner, meanings=_MEANINGS):
    """Return the TypeError for an argument of ``__init__`` that is no parameter."""
    return TypeError(f"{owner} has no parameter {name!r}.{hint(name, known, meanings)}")


def check_names(names, known, owner, meanings=_MEANINGS):
    """Raise a ValueError for a parameter that does not exist; not for nested ones."""
    for name in names:
        if "__" not in name and name not in known:
            raise ValueError(
                f"Invalid parameter {name!r} for estimator {owner}."
                f"{hint(name, known, meanings)} Valid parameters are: {known}."
            )


def hint_of_scorer(name, known):
    """Return the end of a message about an unknown metric: a scorer that may be meant.

    Parameters
    ----------
    name : str
        The name of a metric, such as ``"AUC"``.
    known : iterable of str
        The scorers that exist.
    """
    plain = {other.replace("_", ""): repr(other) for other in known}
    same = (plain | _SCORERS).get(name.lower().replace("_", ""))
    return f" Here it is {same}." if same else suggest(name, known)


def refuse_fit_arguments(names, known, owner):
    """Raise an error for arguments that ``fit`` does not take, if there are any.

    Parameters
    ----------
    names : iterable of str
        The unknown arguments.
    known : list of str
        The estimator's parameters.
    owner : str
        Class name of the estimator.

    Raises
    ------
    TypeError
        The message says what to do instead.
    """
    for name in names:
        message = f"fit of {owner} takes no {name!r}."
        if name in known:
            raise TypeError(
                f"{message} It is a parameter of the estimator: {owner}({name}=...)."
            )
        raise TypeError(message + hint(name, [*_OF_FIT, *known]))
