"""Make the .npz files of this folder from the sources that the .rst files name.

Run ``python build.py VADER_SDIST`` where aeon and statsmodels are installed, with
the source archive of vaderSentiment 3.3.2. Not installed with skgru.
"""

import io
import sys
import tarfile
from pathlib import Path

import numpy as np

FOLDER = Path(__file__).parent


def build_japanese_vowels():
    """All frames one after another, training recordings first."""
    from aeon.datasets import load_japanese_vowels

    recordings, labels = [], []
    for split in ("train", "test"):
        X, y = load_japanese_vowels(split=split)
        recordings += [np.asarray(x).T for x in X]  # aeon: channels first
        labels += list(y)
    frames = np.concatenate(recordings)
    # The source has 6 decimals; float32 must hold every one of them.
    assert np.array_equal(frames.astype(np.float32).astype(float).round(6), frames)
    np.savez_compressed(
        FOLDER / "japanese_vowels.npz",
        frames=frames.astype(np.float32),
        lengths=np.array([len(x) for x in recordings], dtype=np.int16),
        target=np.array(labels, dtype=np.int8) - np.int8(1),
    )


def build_co2():
    """Values of evenly spaced weeks, and the first week's date."""
    from statsmodels.datasets import co2

    series = co2.load_pandas().data["co2"]
    dates = series.index.to_numpy().astype("datetime64[D]")
    assert (np.diff(dates) == np.timedelta64(7, "D")).all()
    np.savez_compressed(
        FOLDER / "co2.npz", co2=series.to_numpy(float), first_date=dates[0]
    )


def build_product_reviews(sdist):
    """Sentences as one text of lines, mean ratings, numbers of the reviews."""
    with tarfile.open(sdist) as outer:
        name = next(
            n for n in outer.getnames() if n.endswith("hutto_ICWSM_2014.tar.gz")
        )
        inner = io.BytesIO(outer.extractfile(name).read())
    with tarfile.open(fileobj=inner) as archive:
        name = next(
            n
            for n in archive.getnames()
            if n.endswith("/amazonReviewSnippets_GroundTruth.txt")
        )
        lines = archive.extractfile(name).read().decode("ascii").splitlines()
    identifiers, ratings, sentences = zip(
        *(line.split("\t") for line in lines), strict=True
    )
    text = "\n".join(sentence.strip() for sentence in sentences)
    np.savez_compressed(
        FOLDER / "product_reviews.npz",
        sentences=np.frombuffer(text.encode("ascii"), dtype=np.uint8),
        ratings=np.array(ratings, dtype=float),
        groups=np.array([i.split("_")[0] for i in identifiers], dtype=np.int16),
    )


if __name__ == "__main__":
    build_japanese_vowels()
    build_co2()
    build_product_reviews(sys.argv[1])
