"""Prediction with a compiled program."""

import numpy as np

from .batches import Chunker
from .program_cache import get_program
from .samples import Samples


def predict(spec, state, sequences):
    """Return the network's outputs, shape ``(n_samples, n_outputs)``.

    Parameters
    ----------
    spec : ForwardSpec
    state : TrainingState
    sequences : Sequences
    """
    program = get_program(spec)
    n_samples, n_outputs = len(sequences), program.network.n_outputs
    samples = Samples(
        sequences,
        np.zeros((n_samples, n_outputs), np.float32),
        np.zeros(n_samples, np.float32),
    )
    evaluation = Evaluation(program, samples)
    return evaluation.run(state.weights, state.of_model)[0]


class Evaluation:
    """Computes the outputs and the mean loss for fixed samples, any number of times.

    Parameters
    ----------
    program : ForwardProgram
    samples : Samples
    """

    def __init__(self, program, samples):
        self._program, self._samples = program, samples
        self._chunker = Chunker(program)
        # Sequences of similar lengths share batches: the cost of a batch grows with the
        # length of its longest sequence.
        self._order = np.argsort(samples.sequences.lengths, kind="stable")

    def run(self, weights, of_model, penalty=0.0, call_hook=lambda *args: None):
        """Return the outputs, and the mean loss with ``penalty`` added.

        ``call_hook`` is called before and after each call of the program, as Keras
        calls batch hooks where ``steps_per_execution`` is above 1.
        """
        n_samples, n_outputs = len(self._samples), self._program.network.n_outputs
        outputs = np.empty((n_samples, n_outputs), np.float32)
        start, batch, total = 0, 0, 0.0
        for chunk in self._chunker.chunks(self._samples, self._order):
            call_hook("on_test_batch_begin", batch)
            values, loss = self._program(weights, of_model, chunk)
            values = values.numpy().reshape(-1, n_outputs)[: n_samples - start]
            outputs[self._order[start : start + len(values)]] = values
            start += len(values)
            total += float(loss)
            batch += int(chunk.n_steps)
            call_hook("on_test_batch_end", batch - 1, {"loss": total / start + penalty})
        return outputs, total / n_samples + penalty
