"""Search spaces for the searches of scikit-learn, Optuna and scikit-optimize.

One table of parameters, in the form that each engine wants. Two sizes:

* ``"small"`` holds what matters most for its cost: parameters that are inputs of the
  compiled program, and ``kernel_size``, of which each value is a network of its own to
  compile, two in the grid and three in the distributions;
* ``"full"`` adds the others. A new ``batch_size``, ``units``, ``pool_size`` or
  ``pooling`` and the first ``recurrent_dropout`` above 0 each compile a network of
  their own, for some seconds, so their values are few, also where they are numbers.

Search the learning rate first: among the parameters
of recurrent networks it mattered most by far, followed by the network's size, and the
parameters hardly interact, so that it can be found with a small network [Greff2017]_.
Random or Bayesian search beats a grid of equal cost where few of the parameters matter
[Bergstra2012]_. All searches compare candidates at equal ``epochs`` (or with
``early_stopping=True``); for the winner, train longer.

The ranges are wide starting points, not laws: where the best candidate lies on the edge
of one, move it.

{table}

Pruning
-------
Three ways to stop bad candidates early need nothing from this module:

* ``HalvingRandomSearchCV(estimator, param_distributions(), resource="epochs", ...)``;
* ``optuna_integration.OptunaSearchCV(..., enable_pruning=True, max_iter=...)``, which
  trains epoch by epoch through ``partial_fit``, with the pruner of its
  ``study``. Give ``max_iter`` and the estimator's ``epochs``, which the last fit uses,
  the same value. A ``Pipeline`` has no ``partial_fit``: transform X beforehand, or use
  the third way;
* a plain Optuna study with ``callbacks=[KerasPruningCallback(trial, "val_loss")]`` of
  ``optuna_integration``, which reports the validation loss of every epoch.

A name that is no parameter of the estimator needs no check of ours either: every engine
passes it to ``set_params``, which names it and lists the valid ones.

References
----------
.. [Greff2017] K. Greff et al. (2017), "LSTM: A Search Space Odyssey", IEEE TNNLS
   28(10), arXiv:1503.04069, section V.
.. [Bergstra2012] J. Bergstra and Y. Bengio (2012), "Random Search for Hyper-Parameter
   Optimization", JMLR 13.
.. [Bengio2012] Y. Bengio (2012), "Practical Recommendations for Gradient-Based Training
   of Deep Architectures", arXiv:1206.5533, section 3.
.. [Goodfellow2016] I. Goodfellow, Y. Bengio and A. Courville (2016), "Deep Learning",
   MIT Press, sections 8.3.1 and 11.4.
.. [Pascanu2013] R. Pascanu, T. Mikolov and Y. Bengio (2013), "On the difficulty of
   training recurrent neural networks", ICML, arXiv:1211.5063, section 3.2.
.. [Smith2018] L. N. Smith (2018), "A disciplined approach to neural network
   hyper-parameters: Part 1", arXiv:1803.09820.
.. [Zaremba2014] W. Zaremba, I. Sutskever and O. Vinyals (2014), "Recurrent Neural
   Network Regularization", arXiv:1409.2329.
.. [Gal2016] Y. Gal and Z. Ghahramani (2016), "A Theoretically Grounded Application of
   Dropout in Recurrent Neural Networks", NIPS, arXiv:1512.05287.
.. [Glorot2010] X. Glorot and Y. Bengio (2010), "Understanding the difficulty of
   training deep feedforward neural networks", AISTATS.
.. [He2015] K. He et al. (2015), "Delving Deep into Rectifiers", ICCV, arXiv:1502.01852.
.. [Dempster2020] A. Dempster, F. Petitjean and G. I. Webb (2020), "ROCKET:
   exceptionally fast and accurate time series classification using random
   convolutional kernels", Data Mining and Knowledge Discovery 34, section 3.1.
.. [Masters2018] D. Masters and C. Luschi (2018), "Revisiting Small Batch Training for
   Deep Neural Networks", arXiv:1804.07612.
"""

import importlib
import textwrap

from ._search_space import PARAMETERS
from ._sklearn import InvalidParameterError

__all__ = [
    "optuna_distributions",
    "param_distributions",
    "param_grid",
    "skopt_spaces",
]


def param_grid(size="small", *, prefix=""):
    """Return lists of values for ``GridSearchCV`` and ``HalvingGridSearchCV``.

    Parameters
    ----------
    size : {"small", "full"}, default="small"
        The small grid has 48 candidates and compiles two networks; the full one has
        9216, and compiles up to 96 networks: to pick from, or fit for halving.
    prefix : str, default=""
        What stands before each name: ``"gruclassifier__"`` for the last step of
        ``make_pipeline(SequenceScaler(), GRUClassifier())``.

    Returns
    -------
    grid : dict of str to list
        A new dict: change it freely.

    Raises
    ------
    ValueError
        An unknown size, or a prefix that does not end with two underscores.

    See Also
    --------
    skgru.tuning : What each parameter does, and the reason for its range.

    Examples
    --------
    >>> from skgru.tuning import param_grid
    >>> for name, values in param_grid().items():
    ...     print(name, values)
    learning_rate [0.001, 0.003, 0.01]
    clipnorm [None, 1.0]
    dropout [0.0, 0.3]
    l2 [0.0, 0.0001]
    kernel_size [8, 16]
    >>> list(param_grid(prefix="gruclassifier__"))[0]
    'gruclassifier__learning_rate'
    """
    parameters = _select(size, prefix, "param_grid")
    return {name: list(parameter.grid[size]) for name, parameter in parameters}


def param_distributions(size="small", *, prefix=""):
    """Return distributions for ``RandomizedSearchCV`` and ``HalvingRandomSearchCV``.

    Parameters
    ----------
    size : {"small", "full"}, default="small"
        Small compiles up to three networks, full up to one for each candidate.
    prefix : str, default=""
        What stands before each name: ``"gruclassifier__"`` for the last step of
        ``make_pipeline(SequenceScaler(), GRUClassifier())``.

    Returns
    -------
    distributions : dict of str to scipy.stats distribution or list
        They hold no random state: the search's ``random_state`` determines the draws.

    Raises
    ------
    ValueError
        An unknown size, or a prefix that does not end with two underscores.

    See Also
    --------
    skgru.tuning : What each parameter does, and the reason for its range.

    Examples
    --------
    >>> from sklearn.model_selection import ParameterSampler
    >>> from skgru.tuning import param_distributions
    >>> draws = ParameterSampler(param_distributions(), n_iter=2, random_state=0)
    >>> for draw in draws:
    ...     print({name: float(f"{value:.2g}") for name, value in draw.items()})
    {'clipnorm': 1.3, 'dropout': 0.36, 'kernel_size': 16.0, 'l2': 0.00013,
     'learning_rate': 0.0018}
    {'clipnorm': 0.39, 'dropout': 0.028, 'kernel_size': 8.0, 'l2': 8.3e-06,
     'learning_rate': 0.011}
    """
    parameters = _select(size, prefix, "param_distributions")
    return {name: parameter.scipy() for name, parameter in parameters}


def optuna_distributions(size="small", *, prefix=""):
    """Return distributions for Optuna: ``OptunaSearchCV``, or ``study.ask``.

    Parameters
    ----------
    size : {"small", "full"}, default="small"
        Small compiles up to three networks, full up to one for each candidate.
    prefix : str, default=""
        What stands before each name: ``"gruclassifier__"`` for the last step of
        ``make_pipeline(SequenceScaler(), GRUClassifier())``.

    Returns
    -------
    distributions : dict of str to optuna.distributions.BaseDistribution
        A new dict: change it freely.

    Raises
    ------
    ImportError
        Optuna is not installed.
    ValueError
        An unknown size, or a prefix that does not end with two underscores.

    See Also
    --------
    skgru.tuning : What each parameter does, and the reason for its range.

    Examples
    --------
    A study whose pruner stops bad trials by the validation loss of each epoch::

        def objective(trial):
            classifier = GRUClassifier(
                callbacks=[KerasPruningCallback(trial, "val_loss")], random_state=0
            )
            classifier.set_params(**trial.params)
            classifier.fit(X_train, y_train, X_val=X_val, y_val=y_val)
            return min(classifier.history_["val_loss"])

        study = optuna.create_study(pruner=optuna.pruners.HyperbandPruner())
        for _ in range(50):
            trial = study.ask(optuna_distributions())
            try:
                study.tell(trial, objective(trial))
            except optuna.TrialPruned:
                study.tell(trial, state=optuna.trial.TrialState.PRUNED)

    >>> from skgru.tuning import optuna_distributions
    >>> optuna_distributions()["learning_rate"]
    FloatDistribution(high=0.03, log=True, low=0.0003, step=None)
    """
    parameters = _select(size, prefix, "optuna_distributions")
    distributions = _import("optuna.distributions", "Optuna", "optuna_distributions")
    return {name: parameter.optuna(distributions) for name, parameter in parameters}


def skopt_spaces(size="small", *, prefix=""):
    """Return dimensions for scikit-optimize's ``BayesSearchCV``.

    Parameters
    ----------
    size : {"small", "full"}, default="small"
        Small compiles up to three networks, full up to one for each candidate.
    prefix : str, default=""
        What stands before each name: ``"gruclassifier__"`` for the last step of
        ``make_pipeline(SequenceScaler(), GRUClassifier())``.

    Returns
    -------
    spaces : dict of str to skopt.space.Dimension
        A new dict: change it freely.

    Raises
    ------
    ImportError
        scikit-optimize is not installed.
    ValueError
        An unknown size, or a prefix that does not end with two underscores.

    See Also
    --------
    skgru.tuning : What each parameter does, and the reason for its range.

    Examples
    --------
    >>> from skgru.tuning import skopt_spaces
    >>> skopt_spaces()["dropout"]
    Real(low=0.0, high=0.5, prior='uniform', transform='identity')
    """
    parameters = _select(size, prefix, "skopt_spaces")
    space = _import("skopt.space", "scikit-optimize", "skopt_spaces")
    return {name: parameter.skopt(space) for name, parameter in parameters}


def _select(size, prefix, function):
    """Return pairs of a prefixed name and a parameter of the table."""
    if size not in ("small", "full"):
        raise InvalidParameterError(
            f"The 'size' parameter of {function} must be a str among 'small' or "
            f"'full'. Got {size!r} instead."
        )
    if not isinstance(prefix, str) or (prefix and not prefix.endswith("__")):
        hint = f": write '{prefix}__'" if isinstance(prefix, str) else ""
        raise InvalidParameterError(
            f"The 'prefix' parameter of {function} must be '' or a str that ends with "
            f"'__'. Got {prefix!r} instead{hint}."
        )
    return [
        (prefix + parameter.name, parameter)
        for parameter in PARAMETERS
        if parameter.size == "small" or size == "full"
    ]


def _import(module, project, function):
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise ImportError(
            f"{function} needs {project}. Install it with the extra 'tune': "
            'pip install "skgru[tune]".'
        ) from error


def _describe(parameter):
    text = " ".join(parameter.why.split())
    where = "" if parameter.size == "small" else " (full)"
    lines = textwrap.wrap(text, 84, initial_indent="    ", subsequent_indent="    ")
    return "\n".join([f"``{parameter.name}``{where}: {parameter}", *lines])


if __doc__ is not None:  # it is None under python -OO
    __doc__ = __doc__.format(table="\n".join(map(_describe, PARAMETERS)))
