"""The augmenter that applies several augmenters one after the other."""

from collections import Counter

from ._base import Augmenter, copied, with_sections_of


class Compose(Augmenter):
    """Apply several augmenters, one after the other.

    Parameters
    ----------
    steps : list of Augmenter, or list of (str, Augmenter) tuples
        The augmenters in order, all for series or all for tokens. Without names, a
        step is called by its class in lower case (``jitter``), numbered from the first
        on where a class is there twice (``jitter-1``, ``jitter-2``), as in
        :func:`sklearn.pipeline.make_pipeline`. ``"passthrough"`` is a step that does
        nothing.

    See Also
    --------
    RandomApply : Apply an augmenter to a part of the sequences.

    Notes
    -----
    As in a Pipeline, steps and their parameters are parameters by name:
    ``jitter__scale`` tunes, and ``jitter=Jitter(0.2)`` or ``jitter="passthrough"``
    replaces a step. A step without a name of its own is called by the class of the
    new one from then on; give ``(name, augmenter)`` tuples to keep names.

    Examples
    --------
    >>> from skgru.augmentation import Compose, Jitter, TimeWarp
    >>> augmenter = Compose([Jitter(0.1), TimeWarp()])
    >>> augmenter.set_params(jitter__scale=0.2)
    Compose(steps=[Jitter(scale=0.2), TimeWarp()])
    >>> augmenter = Compose([("noise", Jitter(0.1)), ("warp", TimeWarp())])
    >>> sorted(augmenter.get_params())
    ['noise', 'noise__scale', 'steps', 'warp', 'warp__n_knots', 'warp__scale']
    """

    def __init__(self, steps):
        self.steps = steps

    def get_params(self, deep=True):
        """Return the parameters, those of the steps included.

        Parameters
        ----------
        deep : bool, default=True
            Include the steps by name and their parameters.

        Returns
        -------
        params : dict
            The value of each parameter by its name.
        """
        params = super().get_params(deep=False)
        if deep:
            for name, step in self._named_steps():
                params[name] = step
                if isinstance(step, Augmenter):
                    nested = step.get_params(deep=True)
                    params.update({f"{name}__{key}": nested[key] for key in nested})
        return params

    def set_params(self, **params):
        """Set parameters, replace steps by name, or set parameters of the steps.

        Parameters
        ----------
        **params : dict
            ``steps``, ``<name>`` or ``<name>__<parameter>``.

        Returns
        -------
        self : Compose
            The augmenter itself.

        Raises
        ------
        ValueError
            There is no such parameter.
        """
        if "steps" in params:
            self.steps = params.pop("steps")
        # Set steps before their parameters, as in {"a": Jitter(), "a__scale": 1}.
        names = [name for name, _ in self._named_steps()]
        nested = {}
        for key in list(params):
            name, delimiter, parameter = key.partition("__")
            if name in names:
                if delimiter:
                    nested.setdefault(name, {})[parameter] = params.pop(key)
                else:
                    self._replace(names.index(name), params.pop(key))
        super().set_params(**params)
        for name, values in nested.items():
            step = _step_of(self.steps[names.index(name)])
            if step == "passthrough":
                raise ValueError(
                    f"Step {name!r} of Compose is 'passthrough' and has no parameter "
                    f"{next(iter(values))!r}."
                )
            step.set_params(**values)
        return self

    def _replace(self, index, step):
        steps = list(self.steps)
        named = _is_pair(steps[index])
        steps[index] = (steps[index][0], step) if named else step
        self.steps = steps

    def _named_steps(self):
        """Return (name, step) pairs; empty if ``steps`` is not a list."""
        if not isinstance(self.steps, list | tuple):
            return []
        names = [
            item[0] if _is_pair(item) else _default_name(item) for item in self.steps
        ]
        count, seen = Counter(names), Counter()
        pairs = []
        for name, item in zip(names, self.steps, strict=True):
            if not _is_pair(item) and count[name] > 1:
                seen[name] += 1
                name = f"{name}-{seen[name]}"
            pairs.append((name, _step_of(item)))
        return pairs

    def _augmenters(self):
        items = self.steps if isinstance(self.steps, list | tuple) else []
        return [step for step in map(_step_of, items) if isinstance(step, Augmenter)]

    @property
    def kind(self):
        """What the steps augment: "series" or "tokens"."""
        augmenters = self._augmenters()
        return augmenters[0].kind if augmenters else "series"

    @property
    def changes_lengths(self):
        """Whether a step makes sequences of equal length differ."""
        return any(step.changes_lengths for step in self._augmenters())

    @property
    def mixes_targets(self):
        """Whether a step mixes targets."""
        return any(step.mixes_targets for step in self._augmenters())

    @with_sections_of(Augmenter.check)
    def check(self, kind, vocabulary_size=None):
        """Raise if a step is invalid or not for this kind of X."""
        if not isinstance(self.steps, list | tuple) or not self.steps:
            raise ValueError(
                "The 'steps' parameter of Compose must be a list of at least one "
                f"augmenter. Got {self.steps!r} instead."
            )
        for i, item in enumerate(self.steps):
            step = _step_of(item)
            if isinstance(step, str) and step == "passthrough":
                continue
            if not isinstance(step, Augmenter):
                hint = f" Did you mean {step.__name__}()?" if _is_class(step) else ""
                raise ValueError(
                    "The 'steps' parameter of Compose must hold augmenters, (name, "
                    f"augmenter) tuples or 'passthrough'. Got {item!r} as step {i} "
                    f"instead.{hint}"
                )
        self._check_names()
        for step in self._augmenters():
            step.check(kind, vocabulary_size)

    def _check_names(self):
        names = [name for name, _ in self._named_steps()]
        for name in names:
            if "__" in name or name in ("", "steps"):
                raise ValueError(
                    "The names of the steps of Compose must not be empty, not be "
                    f"'steps', and hold no '__'. Got {name!r} instead."
                )
        if len(set(names)) < len(names):
            raise ValueError(
                f"The names of the steps of Compose must differ. Got {names!r} instead."
            )

    @with_sections_of(Augmenter.expanded_timesteps)
    def expanded_timesteps(self, n_timesteps):
        """Return how many steps the block needs for all steps together."""
        for step in self._augmenters():
            n_timesteps = step.expanded_timesteps(n_timesteps)
        return n_timesteps

    @with_sections_of(Augmenter.augment)
    def augment(self, X, lengths, y, sample_weight, rng):
        """Return sequences that went through every step."""
        arrays = X, lengths, y, sample_weight
        augmenters = self._augmenters()
        for step in augmenters:
            arrays = step.augment(*arrays, rng)
        return arrays if augmenters else tuple(map(copied, arrays))


def _is_pair(item):
    return isinstance(item, tuple) and len(item) == 2 and isinstance(item[0], str)


def _step_of(item):
    return item[1] if _is_pair(item) else item


def _is_class(step):
    return isinstance(step, type) and issubclass(step, Augmenter)


def _default_name(item):
    if isinstance(item, str):
        return item
    return (item if isinstance(item, type) else type(item)).__name__.lower()
