"""A Keras callback that calls scikit-learn's callbacks at every epoch."""

from dataclasses import replace

import keras


class ScikitLearnCallbacks(keras.callbacks.Callback):
    """Passes epochs on to the callbacks of scikit-learn 1.9 and later.

    Parameters
    ----------
    estimator : BaseGRU
        The estimator while it is being fitted.
    fitted : Fitted
        The record of the fit, with the weights before it.
    X, y, sample_weight : array-like
        As the user gave them.
    epochs : int
        Epochs of this fit.
    """

    def __init__(self, estimator, fitted, X, y, sample_weight, epochs):
        super().__init__()
        self._estimator, self._fitted, self._epochs = estimator, fitted, epochs
        self._data = {"X": X, "y": y}
        if sample_weight is not None:
            self._data["metadata"] = {"sample_weight": sample_weight}

    def on_train_begin(self, logs=None):
        estimator = self._estimator
        self._fit = estimator._init_callback_context(max_subtasks=self._epochs)
        self._fit.call_on_fit_task_begin(estimator=estimator, **self._data)

    def on_epoch_begin(self, epoch, logs=None):
        self._epoch = self._fit.subcontext(task_name="epoch")
        self._epoch.call_on_fit_task_begin(estimator=self._estimator, **self._data)

    def on_epoch_end(self, epoch, logs=None):
        stop = self._epoch.call_on_fit_task_end(
            estimator=self._estimator,
            reconstruction_attributes=self._so_far,
            **self._data,
        )
        if stop:
            self.model.stop_training = True

    def on_train_end(self, logs=None):
        self._fit.call_on_fit_task_end(
            estimator=self._estimator,
            reconstruction_attributes=self._so_far,
            **self._data,
        )

    def _so_far(self):
        """Return the attributes with which a copy predicts as of the current epoch."""
        return {"_fitted": replace(self._fitted, state=self.model.state)}
