"""
Let the learning rate decay
===========================

The same network with a learning rate that is good at the start and too large at the
end: kept constant, and decayed in each of the ways of :mod:`skgru.schedules`. The
recordings are JapaneseVowels', and every curve is the mean of four seeds.
"""

import matplotlib.pyplot as plt
import numpy as np
from sklearn.model_selection import train_test_split

from skgru import GRUClassifier
from skgru.datasets import load_japanese_vowels
from skgru.preprocessing import SequenceScaler
from skgru.schedules import CosineDecay, ExponentialDecay, StepDecay, TimeDecay

X, y = load_japanese_vowels(return_X_y=True)
X, X_val, y, y_val = train_test_split(X, y, stratify=y, random_state=0, test_size=0.4)
scaler = SequenceScaler().fit(X)
X, X_val = scaler.transform(X), scaler.transform(X_val)

schedules = {
    "constant": None,
    "TimeDecay(0.3)": TimeDecay(0.3),
    "StepDecay(0.5, every=6)": StepDecay(0.5, every=6),
    "ExponentialDecay(0.12)": ExponentialDecay(0.12),
    "CosineDecay()": CosineDecay(),
}
rates, accuracy = {}, {}
for name, schedule in schedules.items():
    of_seeds = []
    for seed in range(4):
        classifier = GRUClassifier(
            32,
            learning_rate=0.05,
            schedule=schedule,
            epochs=24,
            scoring="accuracy",
            random_state=seed,
        )
        classifier.fit(X, y, X_val=X_val, y_val=y_val)
        of_seeds.append(classifier.history_["val_accuracy"])
    rates[name] = classifier.history_["learning_rate"]
    accuracy[name] = np.mean(of_seeds, axis=0)
    print(f"{name}: accuracy in the last six epochs {accuracy[name][-6:].mean():.3f}")

# %%

fig, (left, right) = plt.subplots(1, 2, figsize=(9, 3.6))
for name in schedules:
    left.plot(rates[name], label=name)
    right.plot(accuracy[name], label=name)
left.set(xlabel="Epoch", ylabel="Learning rate", ylim=(0, None))
right.set(xlabel="Epoch", ylabel="Validation accuracy", ylim=(0.7, 1))
right.legend(loc="lower right")
plt.show()

# %%
# What the guide says: the decays end higher than the constant rate.

end = {name: values[-6:].mean() for name, values in accuracy.items()}
constant = end.pop("constant")
assert np.mean(list(end.values())) > constant
