"""Search spaces for the searches of scikit-learn, Optuna and scikit-optimize.

One table of parameters, in the form that each engine wants. Two sizes:

* ``"small"`` holds what matters most and costs least: parameters that are inputs of the
  compiled program, so that a whole search compiles one network;
* ``"full"`` adds the others. A new ``batch_size``, new ``units`` and the first
  ``recurrent_dropout`` above 0 each compile a network of their own, so their values are
  few, also where they are numbers.

Tune on standardised features, and search the learning rate first: among the parameters
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
.. [Masters2018] D. Masters and C. Luschi (2018), "Revisiting Small Batch Training for
   Deep Neural Networks", arXiv:1804.07612.
"""

import importlib
import textwrap
from dataclasses import dataclass

from scipy import stats

from ._sklearn import InvalidParameterError

__all__ = [
    "optuna_distributions",
    "param_distributions",
    "param_grid",
    "skopt_spaces",
]


@dataclass(frozen=True)
class _Interval:
    """A range of real numbers, searched evenly or, if ``log``, by order of magnitude.

    ``grid`` holds its values in a grid: small, full. There None or 0 may stand for
    "off", which the low end of a logarithmic range amounts to.
    """

    name: str
    low: float
    high: float
    log: bool
    grid: dict
    why: str
    size: str = "small"

    def __str__(self):
        scale = ", logarithmic" if self.log else ""
        return f"{self.low:g} to {self.high:g}{scale}"

    def scipy(self):
        if self.log:
            return stats.loguniform(self.low, self.high)
        return stats.uniform(self.low, self.high - self.low)

    def optuna(self, distributions):
        return distributions.FloatDistribution(self.low, self.high, log=self.log)

    def skopt(self, space):
        prior = "log-uniform" if self.log else "uniform"
        return space.Real(self.low, self.high, prior=prior)


@dataclass(frozen=True)
class _Choice:
    """A few values, each as likely as the others."""

    name: str
    values: tuple
    grid: dict
    why: str
    size: str = "full"

    def __str__(self):
        return ", ".join(map(repr, self.values))

    def scipy(self):
        return list(self.values)

    def optuna(self, distributions):
        return distributions.CategoricalDistribution(self.values)

    def skopt(self, space):
        return space.Categorical(list(self.values))


_PARAMETERS = (
    _Interval(
        "learning_rate",
        1e-4,
        1e-1,
        log=True,
        grid={"small": [1e-3, 3e-3, 1e-2], "full": [1e-3, 3e-3, 1e-2, 3e-2]},
        why="""Step size of the optimizer. If only one parameter can be tuned,
        it is this one [Goodfellow2016]_; always on a logarithmic scale
        [Bengio2012]_. Good values fill a basin up to two orders of magnitude wide:
        start high and go down by tens [Greff2017]_. The range is that around 1e-3, the
        usual value for Adam, wider to the top, where training is short.""",
    ),
    _Interval(
        "clipnorm",
        0.1,
        10.0,
        log=True,
        grid={"small": [None, 1.0], "full": [None, 1.0]},
        why="""Bound of each weight's gradient norm. Gradients through time can explode;
        clipping bounds the step and keeps its direction. Thresholds from half to ten
        times the average norm can work [Pascanu2013]_, whence two orders of magnitude
        around the usual 1; at 10 clipping hardly ever acts.""",
    ),
    _Interval(
        "dropout",
        0.0,
        0.5,
        log=False,
        grid={"small": [0.0, 0.3], "full": [0.0, 0.3]},
        why="""Fraction of each layer's outputs dropped in training. On connections
        between layers it does not disturb the memory [Zaremba2014]_. 0.2 to 0.5 where
        the validation loss rises while the training loss falls, 0 where data is
        plenty.""",
    ),
    _Interval(
        "l2",
        1e-7,
        1e-2,
        log=True,
        grid={"small": [0.0, 1e-4], "full": [0.0, 1e-4]},
        why="""Penalty on the squared kernels. It is coupled with the learning rate, and
        small data and small networks want the larger values [Smith2018]_. At 1e-7 it
        is as good as off.""",
    ),
    _Choice(
        "batch_size",
        (16, 32, 64, 128),
        grid={"full": [16, 64]},
        why="""Samples a step. 32 is a good default, and it affects the time of
        training more than its result [Bengio2012]_; small batches (2 to 32) generalise
        best and bear a wider range of learning rates [Masters2018]_. Large ones take
        fewer, larger steps and want a larger learning rate.""",
    ),
    _Choice(
        "units",
        (16, 32, 64, 128),
        grid={"full": [32, 64, 128]},
        why="""Width of the layer: the most important parameter after the learning rate;
        wider is better, with less and less return and more and more time
        [Greff2017]_. Choose regularisation anew when it changes.""",
    ),
    _Choice(
        "recurrent_dropout",
        (0.0, 0.1, 0.2, 0.3),
        grid={"full": [0.0, 0.2]},
        why="""Fraction of the state dropped from one step to the next, the same units
        at all steps of a sequence [Gal2016]_. It takes memory from the network: less
        of it than of ``dropout``.""",
    ),
    _Choice(
        "kernel_initializer",
        ("glorot_uniform", "he_normal"),
        grid={"full": ["glorot_uniform", "he_normal"]},
        why="""Scale of the first input weights. Glorot's keeps the variance through
        saturating units such as gates [Glorot2010]_; He's is larger, meant for
        rectifiers [He2015]_, and lets inputs move the gates more from the start.""",
    ),
    _Choice(
        "schedule",
        (None, "time_decay", "exponential_decay"),
        grid={"full": [None, "exponential_decay"]},
        why="""Course of the learning rate. A decay lets training begin fast and settle
        [Goodfellow2016]_. These depend on the epoch alone, so a candidate trained
        epoch by epoch goes the same way as one trained at once; ``"cosine_decay"``,
        which must know the end, is worth a try in plain fits.""",
    ),
)


def param_grid(size="small", *, prefix=""):
    """Return lists of values for ``GridSearchCV`` and ``HalvingGridSearchCV``.

    Parameters
    ----------
    size : {"small", "full"}, default="small"
        The small grid has 24 candidates and compiles one network; the full one has
        1536, and compiles 12 networks: fit for halving, or to pick from.
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
        Small compiles one network, full up to 32.
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
    {'clipnorm': 1.3, 'dropout': 0.36, 'l2': 0.0001, 'learning_rate': 0.0043}
    {'clipnorm': 0.7, 'dropout': 0.32, 'l2': 1.5e-05, 'learning_rate': 0.047}
    """
    parameters = _select(size, prefix, "param_distributions")
    return {name: parameter.scipy() for name, parameter in parameters}


def optuna_distributions(size="small", *, prefix=""):
    """Return distributions for Optuna: ``OptunaSearchCV``, or ``study.ask``.

    Parameters
    ----------
    size : {"small", "full"}, default="small"
        Small compiles one network, full up to 32.
    prefix : str, default=""
        What stands before each name: ``"gruclassifier__"`` for the last step of
        ``make_pipeline(SequenceScaler(), GRUClassifier())``.

    Returns
    -------
    distributions : dict of str to optuna.distributions.BaseDistribution

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
    FloatDistribution(high=0.1, log=True, low=0.0001, step=None)
    """
    parameters = _select(size, prefix, "optuna_distributions")
    distributions = _import("optuna.distributions", "Optuna", "optuna_distributions")
    return {name: parameter.optuna(distributions) for name, parameter in parameters}


def skopt_spaces(size="small", *, prefix=""):
    """Return dimensions for scikit-optimize's ``BayesSearchCV``.

    Parameters
    ----------
    size : {"small", "full"}, default="small"
        Small compiles one network, full up to 32.
    prefix : str, default=""
        What stands before each name: ``"gruclassifier__"`` for the last step of
        ``make_pipeline(SequenceScaler(), GRUClassifier())``.

    Returns
    -------
    spaces : dict of str to skopt.space.Dimension

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
        for parameter in _PARAMETERS
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


if __doc__ is not None:  # it is under python -OO
    __doc__ = __doc__.format(table="\n".join(map(_describe, _PARAMETERS)))
