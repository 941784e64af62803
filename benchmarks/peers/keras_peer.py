"""Raw Keras: keras.layers.GRU in Model.fit; ``jit_compile`` as the request says."""

import keras
import numpy as np
from keras_model import build
from tasks import serve_classifier


class Classifier:
    """A model that is built at the first fit and trained further by the next."""

    def __init__(self, config, seed):
        self.config, self.seed = dict(config), seed
        self.jit_compile = self.config.pop("jit_compile", "auto")
        self.epochs = self.config.pop("epochs")
        self.batch_size = self.config.pop("batch_size")
        self.optimizer = {"learning_rate": self.config.pop("learning_rate")}
        self.optimizer["clipnorm"] = self.config.pop("clipnorm", None)
        self.model = None

    def fit(self, X, y):
        if self.model is None:
            keras.utils.set_random_seed(self.seed)
            self.model = build(X.shape[1:], int(y.max()) + 1, **self.config)
            self.model.compile(
                keras.optimizers.Adam(**self.optimizer),
                "sparse_categorical_crossentropy",
                jit_compile=self.jit_compile,
            )
        self.model.fit(X, y, self.batch_size, self.epochs, verbose=0)
        return self

    def predict(self, X):
        return np.argmax(self.model.predict(X, verbose=0), axis=1)


if __name__ == "__main__":
    serve_classifier(Classifier)
