"""A Keras model of your own
=========================

A Keras model of one's own: a GRU whose steps are weighted by attention.

`model=` takes a function that returns a keras.Model, as scikeras does. Its arguments
are tuned as `model__<name>`. All candidates of one width share a compiled program:
dropout, penalties and the learning rate are inputs of it.
"""

import keras
from keras import layers
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline

from skgru import GRUClassifier, compilations
from skgru.datasets import load_japanese_vowels
from skgru.preprocessing import SequenceScaler


class Attention(layers.Layer):
    """A mean over time, weighted by how much each step has to say."""

    supports_masking = True

    def build(self, input_shape):
        self.score = layers.Dense(1)
        self.score.build(input_shape)

    def call(self, steps, mask=None):
        scores = self.score(steps)
        if mask is not None:  # Padding has nothing to say.
            scores = keras.ops.where(mask[:, :, None], scores, -1e9)
        return keras.ops.sum(keras.ops.softmax(scores, axis=1) * steps, axis=1)

    def compute_output_shape(self, input_shape):
        return (input_shape[0], input_shape[-1])

    def compute_mask(self, steps, mask=None):
        return None


def gru_with_attention(meta, width=24, dropout=0.0):
    sequences = keras.Input((None, meta["n_features_in_"]))
    steps = layers.Masking()(sequences)
    gru = layers.GRU(width, return_sequences=True)
    steps = layers.Bidirectional(gru)(steps)
    summary = layers.Dropout(dropout)(Attention()(steps))
    scores = layers.Dense(meta["n_classes_"], activation="softmax")(summary)
    return keras.Model(sequences, scores)


X, y = load_japanese_vowels(return_X_y=True)
X_test, y_test = load_japanese_vowels(split="test", return_X_y=True)
pipeline = make_pipeline(
    SequenceScaler(),
    GRUClassifier(
        model=gru_with_attention,
        epochs=15,
        batch_size=16,
        learning_rate=0.003,
        random_state=0,
    ),
)
search = GridSearchCV(
    pipeline,
    {
        "gruclassifier__model__dropout": [0.0, 0.3],
        "gruclassifier__learning_rate": [0.003, 0.01],
    },
    cv=3,
)
search.fit(X, y)
print("best:", search.best_params_)
print(f"test accuracy: {search.score(X_test, y_test):.3f}")
print(f"{len(compilations())} programs compiled for {4 * 3 + 1} fits")
