"""The table of the search spaces: each parameter, its range and the reasons."""

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
        3e-4,
        3e-2,
        log=True,
        grid={"small": [1e-3, 3e-3, 1e-2], "full": [1e-3, 3e-3, 1e-2]},
        why="""Step size of the optimizer. If only one parameter can be tuned,
        it is this one [Goodfellow2016]_; always on a logarithmic scale
        [Bengio2012]_. Good values fill a basin up to two orders of magnitude wide
        [Greff2017]_: the range is that, around 3e-3, the default. Go below it, by
        tens, for a network without normalisation or for long trainings.""",
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
        "kernel_size",
        (8, 16, 32),
        grid={"small": [8, 16], "full": [8, 16, 32]},
        why="""Width, in steps, of the convolution before the first GRU layer: how long
        the shapes are that the GRU sees as one feature. After the learning rate it
        decides most on series of more than some 50 steps, and no one width fits all
        series [Dempster2020]_. At most a third of the steps counts, so short series
        have fewer values. Of no effect with token ids or ``filters=None``.""",
        size="small",
    ),
    Choice(
        "pool_size",
        ("auto", 1, 4),
        grid={"full": ["auto", 4]},
        why="""How many steps after the convolution become one for the GRU. More make
        it faster and let it look further back; 1, no pooling, keeps the exact time of
        what happens. "auto" leaves the GRU at least 12 steps.""",
    ),
    Choice(
        "pooling",
        ("max", "mean", "last"),
        grid={"full": ["max", "mean"]},
        why="""What of the last layer's outputs is kept: "max" whether a thing occurs
        anywhere in the series, "mean" how much of it there is, "last" what the series
        has come to, which is natural for forecasts of the next value.""",
    ),
    Choice(
        "batch_size",
        (16, 32, 64),
        grid={"full": [16, 32]},
        why="""Samples a step. 32 is a good default, and it affects the time of
        training more than its result [Bengio2012]_; small batches (2 to 32) generalise
        best and bear a wider range of learning rates [Masters2018]_. Large ones take
        fewer, larger steps and want a larger learning rate.""",
    ),
    Choice(
        "units",
        (32, 64, 128),
        grid={"full": [32, 64]},
        why="""Width of the layer: the most important parameter after the learning rate;
        wider is better, with less and less return and more and more time
        [Greff2017]_. Choose regularisation anew when it changes.""",
    ),
    Choice(
        "recurrent_dropout",
        (0.0, 0.2),
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
