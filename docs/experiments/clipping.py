"""
Clipping
========

Forecast the weekly CO2 of Mauna Loa from the year before, by gradient descent with a
large learning rate. Without clipping the loss explodes within an epoch.
"""

import keras
import matplotlib.pyplot as plt
import numpy as np

from skgru import GRURegressor
from skgru.datasets import load_co2
from skgru.preprocessing import make_windows

co2 = load_co2(interpolate=True).data
X, y = make_windows(co2, window=52, step=4)
level = X[:, -1:]  # learn changes: the level of the future is one never seen
X, y = X - level, y - level[:, 0, 0]


class BatchLosses(keras.callbacks.Callback):
    """The loss of every batch."""

    def __init__(self):
        super().__init__()
        self.losses = []

    def on_train_batch_end(self, batch, logs=None):
        self.losses.append(logs["loss"])


losses = {}
for clipnorm in (None, 1.0, 0.1):
    record = BatchLosses()
    regressor = GRURegressor(
        32,
        filters=None,
        bidirectional=False,
        pooling="last",
        optimizer="sgd",
        learning_rate=1.0,
        clipnorm=clipnorm,
        epochs=15,
        callbacks=record,
        random_state=0,
    )
    try:
        regressor.fit(X, y)
        print(f"clipnorm={clipnorm}: loss {regressor.history_['loss'][-1]:.2f}")
    except ValueError as error:
        print(f"clipnorm={clipnorm}: {error}")
    losses[clipnorm] = np.array(record.losses)

# %%

fig, ax = plt.subplots()
for clipnorm, values in losses.items():
    ax.semilogy(values[np.isfinite(values)][:100], label=f"clipnorm={clipnorm}")
ax.set(xlabel="Batch", ylabel="Loss of the batch", ylim=(0.1, 1e12))
ax.legend()
plt.show()

# %%
# What the guide says: without clipping the loss explodes; a loose bound saves the
# training, and a tight one makes it learn (a loss of 1 is that of the mean).

explodes, loose, tight = losses.values()
assert np.nanmax(explodes[:20]) > 1e6
assert np.isfinite(loose).all()
assert tight[-35:].mean() < min(0.9, loose[-35:].mean())
