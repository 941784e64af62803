"""Files of earlier versions are read, and predict what they did.

tests/data/write_files.py has written them, once for each format of files.
"""

from pathlib import Path

import numpy as np
import pytest
from sklearn.base import clone

import skgru

FILES = sorted(Path(__file__).with_name("data").glob("format_*/*.skops"))


# Another version of scikit-learn than that of the file.
@pytest.mark.filterwarnings("ignore::sklearn.exceptions.InconsistentVersionWarning")
@pytest.mark.parametrize(
    "path", FILES, ids=lambda path: f"{path.parent.name}-{path.stem}"
)
def test_a_file_of_an_earlier_version_is_read(path):
    estimator = skgru.load(path, trusted=["own_models.functional"])
    assert repr(clone(estimator)) == repr(estimator)  # with parameters that came later
    with np.load(path.with_suffix(".npz")) as expected:
        X = [expected[name] for name in ("X",) if name in expected]
        predicted = estimator.predict(*X)
        if predicted.dtype.kind == "f":  # another processor may round differently
            np.testing.assert_allclose(predicted, expected["predicted"], rtol=1e-4)
        else:
            np.testing.assert_array_equal(predicted, expected["predicted"])


def test_there_are_files_of_every_format():
    kinds = {"classifier", "regressor", "pipeline", "texts", "forecaster", "own_model"}
    for format_ in (0, 1):
        names = {p.stem for p in FILES if p.parent.name == f"format_{format_}"}
        assert names == kinds
