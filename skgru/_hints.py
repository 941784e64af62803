"""Errors about unknown parameters say which parameter may be meant."""

import functools
import inspect

from ._other_names import check_names, no_such_parameter


class HintsAtNames:
    """Mixin of estimators with names of other libraries in ``_other_names``.

    Attributes
    ----------
    _other_names : dict of str to str
        What the parameters of other libraries correspond to.
    """

    def __init_subclass__(cls, **kwargs):
        super().__init_subclass__(**kwargs)
        if "__init__" in vars(cls):
            cls.__init__ = _with_hints(cls.__init__)

    def set_params(self, **params):
        """Set parameters, also nested ones.

        Parameters
        ----------
        **params : dict
            New values by name; nested ones as ``<parameter>__<name>``.

        Returns
        -------
        self : object
            The object itself.

        Raises
        ------
        ValueError
            There is no such parameter.
        """
        owner, known = type(self).__name__, self._get_param_names()
        check_names(params, known, owner, self._other_names)
        return super().set_params(**params)


def _with_hints(init):
    parameters = inspect.signature(init).parameters
    if any(p.kind is p.VAR_KEYWORD for p in parameters.values()):
        return init

    @functools.wraps(init)
    def init_with_hints(self, *args, **given):
        for name in given:
            if name not in parameters:
                owner, known = type(self).__name__, self._get_param_names()
                raise no_such_parameter(name, known, owner, self._other_names)
        init(self, *args, **given)

    return init_with_hints
