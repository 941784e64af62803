"""The choice of the network: the built-in one, or that of the user's function."""

from dataclasses import replace

from ._choose_built_in import choose_built_in
from ._choose_users import choose_users
from ._engine.interrupts import InterruptLater
from ._padding_check import ignores_padding
from ._user_network import UserNetwork
from ._users_inputs import inputs_of_users


class NetworkChoice:
    """How an estimator gets its network; mixed into `BaseGRU`."""

    def _choose_network(self, X, y, data, parts, seed, optimizer, rates):
        sequences = [part.sequences for part in parts if part is not None]
        longest = max(s.n_timesteps for s in sequences)
        unequal = any(s.is_padded for s in sequences) or any(
            s.n_timesteps < longest for s in sequences
        )
        if self.augmenter is not None:
            longest = self.augmenter.expanded_timesteps(longest)
            unequal = unequal or self.augmenter.changes_lengths
        if self.model is None:
            return choose_built_in(self, parts[0], longest, unequal, data)
        with InterruptLater():
            return choose_users(
                self, X, y, sequences[0], longest, unequal, data, seed, optimizer, rates
            )

    def _for_sequences(self, fitted, sequences):
        """Return the architecture and the input shape for predicting sequences."""
        architecture, inputs = fitted.architecture, fitted.inputs
        if isinstance(architecture, UserNetwork):
            longest = sequences.n_timesteps
            tokens = sequences.form == "tokens"
            as_any = tokens and not ignores_padding(architecture)
            unequal = sequences.is_padded and not as_any
            if as_any:
                # It does not mask id 0, so the width must be that of training.
                longest = max(longest, inputs.n_timesteps)
            return architecture, inputs_of_users(
                architecture, sequences, longest, unequal, type(self).__name__, fitted
            )
        if sequences.n_timesteps != inputs.n_timesteps or sequences.is_padded:
            length = max(sequences.n_timesteps, inputs.n_timesteps)
            inputs = replace(inputs, n_timesteps=length, padded=True)
            architecture = replace(architecture, padded=True)
        return architecture, inputs

    def _build_stock(self, fitted):
        """Return a fitted network as a stock model, whose weights are not set yet."""
        if isinstance(fitted.architecture, UserNetwork):
            return fitted.architecture.build()
        architecture = fitted.architecture
        size = fitted.reading.vocabulary_size
        if size is not None:
            architecture = replace(architecture, vocabulary_size=int(size))
        return architecture.build(
            dropout=float(self.dropout),
            recurrent_dropout=float(self.recurrent_dropout),
        )

    def _what_makes_shapes(self):
        if self.model is not None:
            return "the network that 'model' returns"
        return (
            "'units', 'n_layers', 'filters', 'kernel_size', 'pool_size', 'pooling', "
            "'standardize', 'bidirectional' or 'embedding_dim'"
        )
