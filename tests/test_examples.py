"""Every example runs, with warnings as errors, and finds what it claims to show."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[1] / "examples"


def numbers(pattern, text):
    """Return the numbers that follow each match of a pattern."""
    return [float(value) for value in re.findall(rf"{pattern}\D*?(\d+\.\d+)", text)]


def check_prepare_sequences(printed):
    assert min(numbers("test accuracy", printed)) > 0.9
    assert len(numbers("test accuracy", printed)) == 3


def check_text_classification(printed):
    gru, bag_of_words = numbers("balanced test accuracy", printed)
    gru_auc, bag_of_words_auc = numbers("ROC AUC", printed)
    assert gru > 0.65
    assert gru_auc > 0.75
    # Printed as it is: neither is ahead by much.
    assert gru > bag_of_words - 0.08
    assert gru_auc > bag_of_words_auc - 0.08
    assert "textsequencer__min_df" in printed


def check_forecasting(printed):
    one_week, one_year = numbers("GRU:", printed)
    last_year = numbers("last year's value:", printed)
    assert one_week < 0.3 * last_year[0]
    assert one_week < 0.9 * numbers("last week's value:", printed)[0]
    assert one_year < 0.7 * last_year[1]


def check_long_frame(printed):
    assert "270 sequences of 7 to 26 steps" in printed
    assert numbers("accuracy in 3 folds:", printed)[0] > 0.85


def check_series_augmentation(printed):
    (plain,) = numbers("without augmentation:", printed)
    (augmented,) = numbers("with augmentation:", printed)
    assert plain > 0.85
    assert augmented > plain - 0.01


def check_token_augmentation(printed):
    plain, augmented = numbers("ROC AUC", printed)
    assert plain > 0.75
    # Printed as it is: a gain of about 0.01 is within the noise of one split.
    assert augmented > plain - 0.02
    original, edited = re.findall("(?:sentence|string): +(.+)", printed)
    assert original != edited
    assert set(edited.split()) & set(original.split())


def check_variable_length(printed):
    (masked,) = numbers("masked:", printed)
    (padded,) = numbers("zero-padded:", printed)
    assert masked > padded + 0.01


def check_own_model(printed):
    assert numbers("test accuracy", printed)[0] > 0.9
    (programs,) = re.findall(r"(\d+) programs compiled for 13 fits", printed)
    # One to train; folds whose lengths differ may need two to predict.
    assert int(programs) <= 3


def check_plots(printed):
    for line in printed.splitlines():
        path = Path(line.removeprefix("wrote "))
        assert path.read_bytes().startswith(b"\x89PNG")
    assert len(printed.splitlines()) == 3


def check_halving_search(printed):
    grid, halving = re.findall(r"SearchCV: (\d+) epochs", printed)
    assert int(halving) < 0.5 * int(grid)
    scores = numbers("best score", printed)
    assert scores[1] > scores[0] - 0.02


def check_dask_search(printed):
    assert numbers("Score:", printed)[0] > 0.85


def check_optuna_study(printed):
    assert re.match(r"1\d trials", printed)
    assert numbers("accuracy", printed)[0] > 0.9


def check_resumed_search(printed):
    killed, begun, more, in_all = map(
        int,
        re.search(
            r"(?s)after (\d+) fits; (\d+) had begun\n.*\n(\d+) more fits, (\d+) in",
            printed,
        ).groups(),
    )
    # Four candidates in three folds, and the best on all data.
    assert 4 <= killed <= begun <= killed + 1 < in_all == 13
    assert more == in_all - killed
    assert numbers("accuracy", printed)[0] > 0.9


def check_tracking(printed):
    assert numbers("test accuracy", printed)[0] > 0.9
    assert "TensorBoard: tensorboard/best/validation" in printed


NEEDS = {
    "dask_search": ["distributed"],
    "long_frame": ["pandas"],
    "optuna_study": ["optuna", "optuna_integration"],
    "plots": ["matplotlib"],
    "tracking": ["mlflow", "tensorboard"],
}


@pytest.mark.long
@pytest.mark.parametrize(
    "example", sorted(EXAMPLES.glob("*.py")), ids=lambda path: path.stem
)
def test_example(example, tmp_path):
    for module in NEEDS.get(example.stem, []):
        pytest.importorskip(module)
    arguments = [tmp_path] if example.stem == "plots" else []
    result = subprocess.run(
        [sys.executable, "-W", "error", example, *arguments],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        timeout=300,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    globals()[f"check_{example.stem}"](result.stdout)
