"""The one source of the search spaces: each parameter, its range, and why."""

from dataclasses import dataclass

from scipy import stats


@dataclass(frozen=True)
class Interval:
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
class Choice:
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


PARAMETERS = (
    Interval(
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
    Interval(
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
    Interval(
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
    Interval(
        "l2",
        1e-7,
        1e-2,
        log=True,
        grid={"small": [0.0, 1e-4], "full": [0.0, 1e-4]},
        why="""Penalty on the squared kernels. It is coupled with the learning rate, and
        small data and small networks want the larger values [Smith2018]_. At 1e-7 it
        is as good as off.""",
    ),
    Choice(
        "batch_size",
        (16, 32, 64, 128),
        grid={"full": [16, 64]},
        why="""Samples a step. 32 is a good default, and it affects the time of
        training more than its result [Bengio2012]_; small batches (2 to 32) generalise
        best and bear a wider range of learning rates [Masters2018]_. Large ones take
        fewer, larger steps and want a larger learning rate.""",
    ),
    Choice(
        "units",
        (16, 32, 64, 128),
        grid={"full": [32, 64, 128]},
        why="""Width of the layer: the most important parameter after the learning rate;
        wider is better, with less and less return and more and more time
        [Greff2017]_. Choose regularisation anew when it changes.""",
    ),
    Choice(
        "recurrent_dropout",
        (0.0, 0.1, 0.2, 0.3),
        grid={"full": [0.0, 0.2]},
        why="""Fraction of the state dropped from one step to the next, the same units
        at all steps of a sequence [Gal2016]_. It takes memory from the network: less
        of it than of ``dropout``.""",
    ),
    Choice(
        "kernel_initializer",
        ("glorot_uniform", "he_normal"),
        grid={"full": ["glorot_uniform", "he_normal"]},
        why="""Scale of the first input weights. Glorot's keeps the variance through
        saturating units such as gates [Glorot2010]_; He's is larger, meant for
        rectifiers [He2015]_, and lets inputs move the gates more from the start.""",
    ),
    Choice(
        "schedule",
        (None, "time_decay", "exponential_decay"),
        grid={"full": [None, "exponential_decay"]},
        why="""Course of the learning rate. A decay lets training begin fast and settle
        [Goodfellow2016]_. These depend on the epoch alone, so a candidate trained
        epoch by epoch goes the same way as one trained at once; ``"cosine_decay"``,
        which must know the end, is worth a try in plain fits.""",
    ),
)
