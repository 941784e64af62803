"""Every public docstring is whole: by numpydoc's rules, and by some of our own."""

import ast
import doctest
import importlib
import inspect
import pkgutil
import re

import pytest
from numpydoc.docscrape import get_doc_object
from numpydoc.validate import validate

import skgru

IGNORED = {
    "ES01": "one sentence may say all there is to say",
    "RT02": "as in scikit-learn, what is returned has a name",
}
IGNORED_OF_METHODS = {
    "SA01": "See Also stands in the docstring of the class",
    "EX01": "and so does the example",
}
# They take arguments, and none of these can be bad: `check` comes before `augment`.
RAISE_NOTHING = {
    "skgru.GRUClassifier.get_params",
    "skgru.augmentation.Augmenter.augment",
    "skgru.augmentation.Augmenter.expanded_timesteps",
    "skgru.augmentation.Compose.augment",
    "skgru.augmentation.Compose.expanded_timesteps",
    "skgru.augmentation.Compose.get_params",
    "skgru.augmentation.Mixup.augment",
    "skgru.augmentation.RandomApply.augment",
    "skgru.augmentation.RandomApply.expanded_timesteps",
    "skgru.augmentation.TokenInsertion.expanded_timesteps",
    "skgru.forecasting.LastWindows.get_n_splits",
}


def public_modules():
    names = [module.name for module in pkgutil.iter_modules(skgru.__path__)]
    public = [name for name in names if not name.startswith("_")]
    return [skgru, *(importlib.import_module(f"skgru.{name}") for name in public)]


def public_members(cls):
    """Yield the methods and properties of a class that this package has written."""
    for name in dir(cls):
        if name.startswith("_") and name != "__call__":
            continue
        member = inspect.getattr_static(cls, name)
        function = member.fget if isinstance(member, property) else getattr(cls, name)
        if (getattr(function, "__module__", None) or "").startswith("skgru."):
            yield name, function


def public_docstrings():
    """Return the names of all that has a docstring, each docstring once."""
    names = {}
    for module in public_modules():
        for name in module.__all__:
            value, path = getattr(module, name), f"{module.__name__}.{name}"
            if callable(value):
                names.setdefault((value.__module__, value.__qualname__), path)
            if inspect.isclass(value):
                for method, function in public_members(value):
                    where = function.__module__, function.__qualname__
                    names.setdefault(where, f"{path}.{method}")
    return sorted(names.values())


NAMES = public_docstrings()
OBJECTS = {name: pkgutil.resolve_name(name) for name in NAMES}
CLASSES = [name for name in NAMES if inspect.isclass(OBJECTS[name])]
METHODS = [name for name in NAMES if name.rpartition(".")[0] in CLASSES]
CLASSES_AND_FUNCTIONS = [name for name in NAMES if name not in METHODS]


def signature(name):
    """Return the parameters of a class or function, without ``self``."""
    value = OBJECTS[name]
    if isinstance(value, property) or name == "skgru.exceptions.FileFormatError":
        return {}  # errors take what they like
    parameters = dict(inspect.signature(value).parameters)
    parameters.pop("self", None)
    return parameters


TAKE_ARGUMENTS = [name for name in NAMES if signature(name)]


def section(name, title):
    return get_doc_object(OBJECTS[name], config={"show_class_members": False})[title]


def test_the_names_are_those_of_the_package():
    assert "skgru.GRURegressor" in CLASSES
    assert "skgru.load" in CLASSES_AND_FUNCTIONS
    assert "skgru.schedules.CosineDecay.__call__" in METHODS
    assert "skgru.GRUClassifier.model_" in METHODS  # a property
    assert "skgru.GRUClassifier.score" not in METHODS  # scikit-learn's
    assert set(TAKE_ARGUMENTS) >= RAISE_NOTHING


@pytest.mark.parametrize("module", public_modules(), ids=lambda m: m.__name__)
def test_every_public_module_says_what_it_is_for(module):
    assert module.__doc__.strip().split("\n")[0].endswith(".")


@pytest.mark.parametrize("name", NAMES)
def test_numpydoc_finds_no_fault(name):
    ignored = {**IGNORED, **(IGNORED_OF_METHODS if name in METHODS else {})}
    errors = validate(name)["errors"]
    assert [error for error in errors if error[0] not in ignored] == []


@pytest.mark.parametrize("name", [n for n in TAKE_ARGUMENTS if n not in CLASSES])
def test_what_takes_arguments_says_what_it_raises(name):
    assert bool(section(name, "Raises")) == (name not in RAISE_NOTHING)


@pytest.mark.parametrize("name", NAMES)
def test_what_is_raised_and_what_is_learnt_is_described(name):
    entries = section(name, "Raises") + section(name, "Warns")
    if name in CLASSES:
        entries += section(name, "Attributes")
        assert all(entry.type for entry in section(name, "Attributes"))
    assert [entry for entry in entries if not "".join(entry.desc).endswith(".")] == []


@pytest.mark.parametrize("name", CLASSES_AND_FUNCTIONS)
def test_classes_and_functions_have_an_example_that_runs(name):
    assert doctest.DocTestParser().get_examples(OBJECTS[name].__doc__)


@pytest.mark.parametrize("name", TAKE_ARGUMENTS)
def test_stated_defaults_are_the_defaults(name):
    stated = {}
    for entry in section(name, "Parameters"):
        default = re.search(r"default=(.*)", entry.type)
        for parameter in entry.name.split(", "):
            stated[parameter] = ast.literal_eval(default[1]) if default else ...
    for parameter in signature(name).values():
        if parameter.default is not parameter.empty:
            assert stated[parameter.name] == parameter.default, parameter.name


@pytest.mark.parametrize("estimator", [skgru.GRUClassifier, skgru.GRURegressor])
def test_the_equations_of_the_network_stand_with_its_estimators(estimator):
    notes = " ".join(get_doc_object(estimator)["Notes"])
    for gate in ("z_t", "r_t", "g_t", "h_t"):
        assert f"{gate} &=" in notes
