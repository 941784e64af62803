"""The table of the search spaces: each parameter, its range and the reasons."""

from dataclasses import dataclass

from scipy import stats


@dataclass(frozen=True)
class Interval:
    """A range of real numbers, searched uniformly or, if ``log``, log-uniformly.

    ``grid`` holds the values of the small grid and of the full one. In a grid, None or
    0 may stand for "off"; in a logarithmic range, the low end has the same effect.
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
    """A few values, all equally likely."""

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
        [Bengio2012]_. Good values span up to two orders of magnitude [Greff2017]_, as
        this range does around the default, 3e-3. Try values ten times smaller for a
        network without normalisation or for long training.""",
    ),
    Interval(
        "clipnorm",
        0.1,
        10.0,
        log=True,
        grid={"small": [None, 1.0], "full": [None, 1.0]},
        why="""Bound of each weight's gradient norm. Gradients through time can explode;
        clipping bounds the step and keeps its direction. Thresholds from half to ten
        times the average norm can work [Pascanu2013]_; the range is two orders of
        magnitude around the usual 1. At 10, gradients are hardly ever clipped.""",
    ),
    Interval(
        "dropout",
        0.0,
        0.5,
        log=False,
        grid={"small": [0.0, 0.3], "full": [0.0, 0.3]},
        why="""Fraction of each layer's outputs dropped in training. Between layers it
        does not disturb the recurrent state [Zaremba2014]_. Use 0.2 to 0.5 if the
        validation loss rises while the training loss falls, 0 with much data.""",
    ),
    Interval(
        "l2",
        1e-7,
        1e-2,
        log=True,
        grid={"small": [0.0, 1e-4], "full": [0.0, 1e-4]},
        why="""Penalty on the squared kernels. The best value depends on the learning
        rate, and is larger for small data sets and small networks [Smith2018]_. 1e-7
        has practically no effect.""",
    ),
    Choice(
        "kernel_size",
        (8, 16, 32),
        grid={"small": [8, 16], "full": [8, 16, 32]},
        why="""Width, in steps, of the convolution before the first GRU layer: the
        length of the patterns that it detects. On series of more than about 50 steps it
        matters most after the learning rate, and no single width suits all series
        [Dempster2020]_. It is limited to a third of the steps, so short series have
        fewer different values. No effect with token ids or ``filters=None``.""",
        size="small",
    ),
    Choice(
        "pool_size",
        ("auto", 1, 4),
        grid={"full": ["auto", 4]},
        why="""Number of steps after the convolution that are pooled into one. Larger
        values make the GRU faster and shorten the distances it has to bridge; 1, no
        pooling, keeps the exact time of events. "auto" leaves the GRU at least 12
        steps.""",
    ),
    Choice(
        "pooling",
        ("max", "mean", "last"),
        grid={"full": ["max", "mean"]},
        why="""How the last layer's outputs are reduced to one vector: "max" shows
        whether a pattern occurs anywhere in the series, "mean" how often it occurs;
        "last" is the final state, which suits forecasts of the next value.""",
    ),
    Choice(
        "batch_size",
        (16, 32, 64),
        grid={"full": [16, 32]},
        why="""Samples per optimizer step. 32 is a good default; the batch size affects
        the training time more than the result [Bengio2012]_. Small batches (2 to 32)
        generalise best and allow a wider range of learning rates [Masters2018]_. Large
        batches mean fewer steps and need a larger learning rate.""",
    ),
    Choice(
        "units",
        (32, 64, 128),
        grid={"full": [32, 64]},
        why="""Width of the layer: the most important parameter after the learning rate;
        wider is better, with diminishing returns and growing training time
        [Greff2017]_. Tune regularisation again when it changes.""",
    ),
    Choice(
        "recurrent_dropout",
        (0.0, 0.2),
        grid={"full": [0.0, 0.2]},
        why="""Fraction of the state dropped from one step to the next, the same units
        at all steps of a sequence [Gal2016]_. It disturbs the network's memory: use
        smaller values than for ``dropout``.""",
    ),
    Choice(
        "kernel_initializer",
        ("glorot_uniform", "he_normal"),
        grid={"full": ["glorot_uniform", "he_normal"]},
        why="""Scale of the initial input weights. Glorot's preserves the variance
        through saturating units such as gates [Glorot2010]_; He's is larger, meant for
        rectifiers [He2015]_, and makes the gates depend more on the inputs at
        first.""",
    ),
    Choice(
        "schedule",
        (None, "time_decay", "exponential_decay"),
        grid={"full": [None, "exponential_decay"]},
        why="""How the learning rate changes over the epochs. With a decay, training
        starts fast and then converges [Goodfellow2016]_. These schedules depend on the
        epoch alone, so they are the same for a candidate that is trained in several
        calls; ``"cosine_decay"`` depends on the number of epochs: try it in single
        fits.""",
    ),
)
