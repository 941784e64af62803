"""The documentation that both estimators share: parameters, attributes, equations.

The texts are indented as in a class docstring, into which they are inserted.
"""

import inspect
import textwrap

PARAMETERS = """units : int or tuple of int, default=64
        Width of the GRU layer, or of each of several stacked layers.
    n_layers : int or None, default=None
        Number of stacked layers, each of width ``units``. None is one layer, or as many
        as ``units`` is a tuple of.
    model : callable or None, default=None
        None is the built-in network. Otherwise a function that returns a new,
        uncompiled ``keras.Model``, as for scikeras. It gets those of these arguments
        that it takes: ``meta``, a dict that describes the data (``X_shape_``,
        ``n_features_in_``, ``n_classes_``, ``n_outputs_``, ``target_type_``, ...); the
        estimator's parameters, under their names; and ``model__<name>`` as ``<name>``.
        The model must end with a softmax over the classes (or one sigmoid for two), a
        sigmoid for each label, or a linear output for each target. Sequences of
        different lengths are padded with zeros: begin the model with
        ``keras.layers.Masking()`` or ``Embedding(..., mask_zero=True)``.
    standardize : bool, default=True
        Standardise each feature inside the network, by the mean and the variance of the
        training data, so that the units of X do not matter. Not for token ids.
    filters : int, "auto" or None, default="auto"
        Filters of a convolution before the first GRU layer, with batch normalisation,
        ReLU and max pooling over time. It detects local patterns and leaves fewer steps
        to the GRU: on series of more than about 50 steps that is more accurate and
        faster. "auto" is 64 for real values and None, no convolution, for token ids.
    kernel_size : int, default=16
        Width of the convolution in steps; at most a third of the longest sequence.
    pool_size : int or "auto", default="auto"
        Steps that the max pooling after the convolution reduces to one. "auto" is a
        twelfth of the longest sequence's steps, at most 8.
    bidirectional : bool, default=True
        Run every GRU layer in both directions and concatenate the outputs.
    pooling : {"last", "mean", "max"}, default="max"
        How the top layer's outputs are reduced to one vector: the last state, or the
        mean or maximum over the steps that are not padding. "max" finds a pattern
        wherever it is. Where the last steps decide, or steps at fixed positions, use
        "last" with ``filters=None``.
    dropout : float, default=0.0
        Fraction of the values after every GRU layer set to 0 in training, in [0, 1).
        After the top layer it acts on the pooled vector.
    recurrent_dropout : float, default=0.0
        Fraction of the recurrent state dropped in training, in [0, 1); the same at all
        steps of a sequence (Gal and Ghahramani 2016, arXiv:1512.05287).
    kernel_initializer : str or keras.Initializer, default="glorot_uniform"
        Initializer of the input kernels and the head's kernel, such as ``"he_normal"``.
    recurrent_initializer : str or keras.Initializer, default="orthogonal"
        Initializer of the recurrent kernels.
    l1, l2 : float, default=0.0
        Penalties ``l1 * sum(|w|) + l2 * sum(w**2)`` on every kernel (input, recurrent,
        head), never on biases.
    optimizer : str, type or keras.optimizers.Optimizer, default="adam"
        Name, class or instance. For a name or class, set parameters of the optimizer as
        ``optimizer__<name>``: ``optimizer__momentum=0.9``. An instance keeps its own
        settings, and its learning rate if ``learning_rate`` is left at its default. To
        tune the learning rate, pass a name or class.
    learning_rate : float or Keras LearningRateSchedule, default=3e-3
        The initial learning rate; or an object of ``keras.optimizers.schedules``, which
        sets the rate of every optimizer step.
    schedule : schedule object, str, callable or None, default=None
        Learning rate by epoch: an object of :mod:`skgru.schedules`, its name
        (``"time_decay"``, ``"step_decay"``, ``"exponential_decay"``,
        ``"cosine_decay"``, ``"reduce_on_plateau"``), or a callable
        ``(epoch, learning_rate) -> learning_rate``, which gets the *initial* rate, or
        ``(epoch) -> learning_rate``.
    clipnorm, clipvalue, global_clipnorm : float or None, default=None
        Bound of each weight's gradient norm, of each element of the gradients, or of
        the norm of all gradients together. At most one can be set.
    batch_size : int, default=16
        Samples per optimizer step.
    epochs : int, default=100
        Passes over the training data.
    shuffle : bool, default=True
        Shuffle the samples before every epoch. If sequences differ in length, batches
        then hold similar lengths, because the longest decides the time of a batch.
    early_stopping : bool, default=False
        Stop when the validation loss, or the first of ``scoring``, has not improved for
        ``patience`` epochs, and keep the weights of the best epoch. If training
        continues (``warm_start``, ``partial_fit``) on the same validation data, earlier
        epochs count as well; on other validation data, values cannot be compared, and
        counting starts again.
    validation_split : float or splitter, default=0.2
        What early stopping holds out: a fraction, drawn after shuffling (stratified for
        classes), or a scikit-learn splitter of the rows of X. The split with the most
        training samples is used, and the last of equal ones: for ``TimeSeriesSplit``,
        the last fold. A group splitter needs ``groups``, an argument of ``fit``. Unused
        if ``X_val`` is passed to ``fit``.
    scoring : str, callable, list, tuple, dict or None, default=None
        Scorers of scikit-learn, ``"accuracy"`` or ``["f1_macro", "roc_auc_ovr"]``,
        measured on the validation data at every epoch, without sample weights. They are
        in ``history_`` and in the callbacks' ``logs`` as ``val_<name>``. A callable
        takes ``(estimator, X, y)`` and is named by its ``__name__``; a dict names them
        itself. The first is what ``early_stopping`` and
        :class:`~skgru.schedules.ReduceOnPlateau` watch, larger being better.
    patience : int, default=10
        Epochs without improvement before training stops.
    min_delta : float, default=0.0
        Smallest decrease of the validation loss, or increase of the score, that counts
        as an improvement.
    vocabulary_size : int or None, default=None
        If set, X holds token ids below it, and 0 is padding.
    embedding_dim : int, default=32
        Width of the embedding of token ids.
    embedding_weights : array-like of shape (vocabulary_size, embedding_dim) or None, \
            default=None
        Initial vectors of the embedding of token ids, which training changes. Row i
        belongs to id i: row 0 to padding (never read), row 1 to unknown tokens, the
        others to the tokens of ``TextSequencer``'s ``vocabulary_`` in its order (see
        there for an example). None draws them from Keras' ``"random_uniform"``.
    augmenter : augmenter or None, default=None
        An object of :mod:`skgru.augmentation`, which transforms the training sequences
        at random, differently in every epoch. Not applied at prediction.
    callbacks : keras.callbacks.Callback, list of them or None, default=None
        Called as Keras calls them, with a ``keras.Model`` that has the current weights.
        Many batches run in one call, as with Keras' ``steps_per_execution``, unless a
        callback overrides a batch hook. What callbacks add to ``logs`` is not recorded
        in ``history_``. Keras' ``BackupAndRestore``, ``OrbaxCheckpoint`` and
        ``SwapEMAWeights`` are not supported and raise an error.
    checkpoint : str, os.PathLike or None, default=None
        File in which ``fit`` saves its progress. If the process is killed, the same
        call with the same parameters and data resumes from the file; the result is
        identical, bit by bit, to that of an uninterrupted fit. The file is written at
        the end of an epoch, at most every 5 seconds and for at most a twentieth of the
        time. It is removed at the end of ``fit``, but kept after an error or Ctrl-C. A
        damaged file, or the checkpoint of another fit, raises a ValueError that says
        what differs; a file that cannot be written causes a warning. If the path is an
        existing directory, or a str that ends with a slash, every fit has a file of its
        own in it, so the clones in a search can share it. With ``random_state=None``
        the seed that was drawn is used again. The state of ``EarlyStopping``,
        ``ReduceLROnPlateau`` and ``ModelCheckpoint`` among ``callbacks`` is restored;
        other callbacks start again: ``on_train_begin`` is called, then the hooks of the
        remaining epochs, with their numbers. With ``warm_start``, resume by calling
        ``fit`` on the estimator as it was before the interrupted fit. ``partial_fit``,
        a single epoch, saves no progress.
    warm_start : bool, default=False
        Continue from the last fit: weights, optimizer state and epoch count. Early
        stopping does not change that: training continues from the weights of the last
        epoch, which the optimizer state belongs to, not from those of the best one.
    verbose : {0, 1, 2}, default=0
        0 is silent, 1 shows Keras' progress bar, 2 prints one line per epoch.
    random_state : int, RandomState instance or None, default=None
        Determines weights, shuffling, dropout, augmentation and the validation split.
        Pass an int for the same results at every call."""

ATTRIBUTES = """n_features_in_ : int
        Features of a time step; for 2-D X, the number of columns.
    feature_names_in_ : ndarray of str
        Column names, where X is a DataFrame with string names.
    n_timesteps_in_ : int
        Steps of the longest training sequence.
    n_outputs_ : int
        Number of outputs of the network.
    n_iter_ : int
        Epochs trained.
    best_epoch_ : int
        Number, from 0, of the epoch in ``history_`` with the best value of the first of
        ``scoring``, else with the lowest validation loss (training loss where nothing
        was held out). With early stopping it is the one whose weights are kept.
    history_ : dict of str to list
        ``loss``, ``learning_rate`` and, with validation data, ``val_loss`` and the
        scores of ``scoring`` of every epoch; NaN for epochs of an earlier ``fit`` that
        did not measure a value. Losses include the penalties and are on the targets'
        standardised scale. The learning rate is that of the epoch's first step.
    model_ : keras.Model
        The network in stock Keras layers, which can be saved and loaded without this
        package."""

NOTES = r"""A GRU layer reads a sequence step by step. With the input :math:`x_t` of a
    step, the state :math:`h_{t-1}` before it, and :math:`\odot` the product element by
    element, the gates :math:`z` (update) and :math:`r` (reset), the candidate :math:`g`
    and the new state are

    .. math::

        z_t &= \sigma(x_t W_z + b_z + h_{t-1} U_z + c_z) \\
        r_t &= \sigma(x_t W_r + b_r + h_{t-1} U_r + c_r) \\
        g_t &= \tanh(x_t W_g + b_g + r_t \odot (h_{t-1} U_g + c_g)) \\
        h_t &= z_t \odot h_{t-1} + (1 - z_t) \odot g_t

    where :math:`\sigma` is the logistic sigmoid, :math:`W` are the input kernels,
    :math:`U` the recurrent kernels, :math:`b` and :math:`c` biases, and the first state
    is zero. This is the form of [1]_ that Keras calls ``reset_after=True`` and that
    cuDNN computes: its reset gate acts after the product with :math:`U_g`. A step of
    padding leaves the state as it is. Recurrent dropout [2]_ multiplies
    :math:`h_{t-1}`, before its products with :math:`U`, by factors that are 0 or
    :math:`1 / (1 - \text{rate})`, the same at all steps.

    Besides the parameters above there are ``optimizer__<name>``, parameters of the
    optimizer, and ``model__<name>``, arguments of the ``model`` function."""

REFERENCES = """.. [1] K. Cho et al. (2014), "Learning Phrase Representations using RNN
       Encoder-Decoder for Statistical Machine Translation", arXiv:1406.1078v1.
    .. [2] Y. Gal and Z. Ghahramani (2016), "A Theoretically Grounded Application of
       Dropout in Recurrent Neural Networks", NIPS, arXiv:1512.05287."""

_SECTIONS = {
    "{parameters}": PARAMETERS,
    "{attributes}": ATTRIBUTES,
    "{notes}": NOTES,
    "{references}": REFERENCES,
}


def with_shared_sections(docstring, sections=_SECTIONS):
    """Return a docstring with the shared texts in place of their names."""
    # Python 3.13 takes the indent away, and earlier ones leave it.
    docstring = inspect.cleandoc(docstring) + "\n"
    for name, text in sections.items():
        docstring = docstring.replace(name, textwrap.dedent(f"    {text}"))
    return docstring
