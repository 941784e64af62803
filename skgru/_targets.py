"""Encode targets for a network, and decode its outputs."""

from dataclasses import dataclass, replace

import numpy as np


@dataclass(frozen=True)
class Labels:
    """Classes or labels as 0-1 columns.

    Parameters
    ----------
    classes : ndarray of shape (n_classes,)
        The labels, sorted; for multilabel targets the label numbers.
    multilabel : bool
    n_outputs : int
        Columns: one a class or label, or one for two classes.
    """

    classes: np.ndarray
    multilabel: bool
    n_outputs: int

    rescaling = None

    @property
    def loss(self):
        """Name of the loss, which is Keras'."""
        single = self.multilabel or self.n_outputs == 1
        return "binary_crossentropy" if single else "categorical_crossentropy"

    @property
    def activation(self):
        """Name of the activation that the network ends with."""
        single = self.multilabel or self.n_outputs == 1
        return "sigmoid" if single else "softmax"

    @property
    def heads(self):
        """Pairs (width, activation) that a network may end with."""
        if not self.multilabel and len(self.classes) == 2:
            return [(1, "sigmoid"), (2, "softmax")]
        return [(self.n_outputs, self.activation)]

    def with_head(self, n_outputs):
        """Return the labels for a network of so many outputs, one of ``heads``."""
        return replace(self, n_outputs=n_outputs)

    def encode(self, y, owner):
        """Return y as 0-1 columns.

        Parameters
        ----------
        y : ndarray of shape (n_samples,) or (n_samples, n_labels)
        owner : str
            Class name of the estimator, for messages.

        Raises
        ------
        ValueError
            y has another form, or labels that are not among the classes.
        """
        if self.multilabel != (y.ndim == 2):
            raise ValueError(
                f"{owner} was fitted on "
                f"{'multilabel' if self.multilabel else 'one-dimensional'} targets, "
                f"but y has shape {y.shape}."
            )
        if self.multilabel:
            if y.shape[1] != self.n_outputs:
                raise ValueError(
                    f"y has {y.shape[1]} labels, but {owner} was fitted on "
                    f"{self.n_outputs}."
                )
            return y.astype(np.float32)
        unseen = np.setdiff1d(y, self.classes).tolist()
        if unseen:
            raise ValueError(
                f"y contains the label {unseen[0]!r}, which is not among the classes "
                f"{self.classes.tolist()} that {owner} was given first. Pass all "
                "labels as 'classes' to the first partial_fit, or call fit again."
            )
        codes = np.searchsorted(self.classes, y)
        if self.n_outputs == 1:
            return codes[:, np.newaxis].astype(np.float32)
        return np.eye(self.n_outputs, dtype=np.float32)[codes]

    def check_classes(self, classes, owner):
        """Raise unless ``classes``, sorted, are those of the first call."""
        if not self.multilabel and not np.array_equal(classes, self.classes):
            raise ValueError(
                f"classes={classes.tolist()} is not what {owner} was given first, "
                f"{self.classes.tolist()}. Leave it out, or call fit again."
            )

    def probabilities(self, outputs):
        """Return the probability of each class or label, from a network's outputs."""
        if self.n_outputs == 1 and not self.multilabel:
            return np.hstack([1 - outputs, outputs])
        return outputs


@dataclass(frozen=True)
class RealTargets:
    """Real targets, standardised or as they are.

    Parameters
    ----------
    scaler : sklearn.preprocessing.StandardScaler
        Fitted on the columns of the targets.
    ndim : {1, 2}
        Axes of y.
    n_outputs : int
    loss : {"mse", "mae", "huber"}
    """

    scaler: object
    ndim: int
    n_outputs: int
    loss: str

    activation = "linear"

    @property
    def heads(self):
        """Pairs (width, activation) that a network may end with."""
        return [(self.n_outputs, "linear")]

    def with_head(self, n_outputs):
        """Return the targets for a network of so many outputs."""
        return self

    @property
    def rescaling(self):
        """Scale and offset that turn outputs into y's units, or None."""
        if self.scaler.scale_ is None:
            return None
        return self.scaler.scale_.tolist(), self.scaler.mean_.tolist()

    def encode(self, y, owner):
        """Return y as standardised columns.

        Parameters
        ----------
        y : ndarray of shape (n_samples,) or (n_samples, n_outputs)
        owner : str
            Class name of the estimator, for messages.

        Raises
        ------
        ValueError
            y has another number of columns.
        """
        columns = y.reshape(len(y), -1)
        if columns.shape[1] != self.n_outputs:
            raise ValueError(
                f"y has {columns.shape[1]} outputs, but {owner} was fitted on "
                f"{self.n_outputs}."
            )
        return self.scaler.transform(columns).astype(np.float32)

    def decode(self, outputs):
        """Return targets in y's units from a network's outputs."""
        y = self.scaler.inverse_transform(outputs.astype(np.float64))
        return y[:, 0] if self.ndim == 1 else y
