"""
A convolution before the GRU
============================

GunPoint: 50 training series of 150 steps, whether a hand draws a gun or points. The
same GRU on the raw steps, on averages of five steps, and behind the convolution with
its pooling.
"""

from pathlib import Path

import aeon.datasets
import matplotlib.pyplot as plt
import numpy as np

from skgru import GRUClassifier

folder = Path(aeon.datasets.__file__).parent / "data" / "GunPoint"


def load(part):
    X, y = aeon.datasets.load_from_ts_file(str(folder / f"GunPoint_{part}.ts"))
    return X.transpose(0, 2, 1), y  # time first, then channels


X, y = load("TRAIN")
X_test, y_test = load("TEST")
networks = {
    "plain GRU, last state": {
        "filters": None,
        "pooling": "last",
        "bidirectional": False,
    },
    "both ways, maximum over time": {"filters": None},
    "convolution before it": {},
}
accuracy = {}
for name, parameters in networks.items():
    accuracy[name] = []
    for seed in range(3):
        network = GRUClassifier(
            32, epochs=60, scoring="accuracy", random_state=seed, **parameters
        )
        network.fit(X, y, X_val=X_test, y_val=y_test)
        accuracy[name].append(network.history_["val_accuracy"])
    accuracy[name] = np.mean(accuracy[name], axis=0)
    print(f"{name}: accuracy {accuracy[name][-1]:.3f}")

# %%

fig, ax = plt.subplots()
for name, values in accuracy.items():
    ax.plot(values, label=name)
ax.set(xlabel="Epoch", ylabel="Test accuracy (mean of 3 seeds)", ylim=(0.2, 1.01))
ax.legend(loc="lower right")
plt.show()

# %%
# What the guide says.

plain, both_ways, convolution = (values[-5:].mean() for values in accuracy.values())
assert convolution > 0.95
assert convolution > plain + 0.1
assert convolution > both_ways
