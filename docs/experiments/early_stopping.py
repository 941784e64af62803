"""
Early stopping
==============

Sentences of product reviews are learnt by heart within a few epochs. Early stopping
watches the validation loss and keeps the weights of its best epoch.
"""

import matplotlib.pyplot as plt
from sklearn.model_selection import StratifiedGroupKFold

from skgru import GRUClassifier
from skgru.datasets import load_product_reviews
from skgru.plotting import TrainingCurveDisplay
from skgru.preprocessing import TextSequencer

# Sentences of one review never stand on both sides of a split.
reviews = load_product_reviews(min_intensity=1.5)
train, test = next(
    StratifiedGroupKFold(4).split(reviews.data, reviews.target, reviews.groups)
)
sequencer = TextSequencer(max_length=40, min_df=2).fit(reviews.data[train])
X = sequencer.transform(reviews.data[train])
X_test = sequencer.transform(reviews.data[test])
y, y_test = reviews.target[train], reviews.target[test]

network = GRUClassifier(32, epochs=25, random_state=0)
long = network.fit(X, y, X_val=X_test, y_val=y_test)
accuracy_long = long.score(X_test, y_test)

# %%
# The same training, with a fifth of the training sentences held out.

stopped = GRUClassifier(
    32,
    epochs=25,
    early_stopping=True,
    validation_split=StratifiedGroupKFold(5),
    patience=4,
    random_state=0,
).fit(X, y, groups=reviews.groups[train])

# %%

fig, (left, right) = plt.subplots(1, 2, figsize=(9.5, 3.6), sharey=True)
TrainingCurveDisplay.from_estimator(long, ax=left, learning_rate=False)
left.set_title("25 epochs")
TrainingCurveDisplay.from_estimator(stopped, ax=right, learning_rate=False)
left.legend(loc="center right")
right.set_ylabel("")
right.set_title("early_stopping=True, patience=4")
plt.show()

# %%
# What the guide says.

print(f"25 epochs: accuracy {accuracy_long:.3f}")
print(
    f"stopped after {stopped.n_iter_} epochs, best {stopped.best_epoch_}: accuracy "
    f"{stopped.score(X_test, y_test):.3f}"
)
losses = long.history_["val_loss"]
assert losses[-1] > 1.5 * min(losses)
assert stopped.n_iter_ == stopped.best_epoch_ + 1 + 4
assert stopped.n_iter_ < 20
assert stopped.score(X_test, y_test) > accuracy_long - 0.03
