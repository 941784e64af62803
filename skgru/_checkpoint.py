"""The checkpoint of a fit: a file from which the same fit resumes after a kill.

Format 1: the line ``skgru checkpoint``; the SHA-256 digest (32 bytes) of the rest of
the file; and a NumPy ``.npz`` file without pickled objects. Its array ``content`` is a
JSON object in UTF-8 with these members:

- ``format``: 1;
- ``settings``, ``data``: the parameters as texts and digests of the data, by name;
- ``held_out``, ``start``: digests of the validation data and of the state before
  training;
- ``seed``: the seed of the fit;
- ``progress``: a `Progress`. An object ``{"__array__": name}`` in it is the array of
  that name in the ``.npz`` file.

The file is replaced atomically: a temporary file in the same directory is written,
flushed and renamed, so there is always the old checkpoint or the new one, complete.
Reading a file does not execute code from it.
"""

import errno
import glob
import hashlib
import io
import json
import os
import secrets
import time
import warnings
import zipfile

import numpy as np

from ._engine.progress import Progress
from ._engine.training import TrainingState
from ._files.atomic import renamed_once_complete

FORMAT = 1
_MAGIC = b"skgru checkpoint\n"
_DIGEST_BYTES = hashlib.sha256().digest_size
_MEMBERS = {"settings", "data", "held_out", "start", "seed", "progress"}
_ARRAY = "__array__"

# A kill loses at most SECONDS seconds and one epoch, and writing checkpoints takes at
# most one part in PARTS of the time.
SECONDS, PARTS = 5.0, 20


class Checkpoint:
    """Keeps the progress of a fit in a file, and reads that of an equal earlier fit.

    Parameters
    ----------
    path : pathlib.Path
        The file.
    settings : dict of str to str
        The parameters of the fit and what else it depends on, as texts.
    data : dict of str to str
        Digests of its data.
    seed : int
        The seed to use if there is no checkpoint.
    owner : str
        Class name of the estimator, for messages.

    Attributes
    ----------
    seed : int
        That of the fit whose checkpoint was found, if any was.

    Raises
    ------
    ValueError
        The file is the checkpoint of another fit, or not a checkpoint.
    """

    def __init__(self, path, settings, data, seed, owner):
        self.path, self._owner = path, owner
        self._content = {"format": FORMAT, "settings": settings, "data": data}
        self._file, self._due, self._gives_up = None, 0.0, False
        self._warned = False
        self._found = self._read()
        if self._found is not None:
            self._refuse_differences(_differences(self._found, self._content))
            seed = self._found["seed"]
        self.seed = self._content["seed"] = seed

    def begin(self, held_out, start, state):
        """Return the `Progress` to resume from, or None.

        Parameters
        ----------
        held_out, start : str
            Digests of the validation data and of the state before training.
        state : TrainingState
            The state before training.
        """
        self._content |= {"held_out": held_out, "start": start}
        self._prepare()
        self._due = time.monotonic() + SECONDS
        if self._found is None:
            return None
        found, self._found = self._found, None
        differences = []
        if found["held_out"] != held_out:
            differences.append(
                "the validation data (give a splitter as 'validation_split' a "
                "'random_state' that is an int)"
            )
        if found["start"] != start:
            differences.append(
                "the state before training (that of the earlier fit that "
                "'warm_start' continues, or of the network that 'model' returns)"
            )
        self._refuse_differences(differences)
        progress = found["progress"]
        progress = Progress(**{**progress, "state": TrainingState(**progress["state"])})
        if _layout(progress.state) != _layout(state):
            raise self._not_one("its arrays are not those of this network")
        return progress

    def after_epochs(self, training):
        """Write the progress of a training run, unless it was written recently.

        If writing fails, the fit warns once and continues.
        """
        began = time.monotonic()
        if self._gives_up or began < self._due:
            return
        try:
            if self._is_anothers():
                self._gives_up = True
                self._warn(
                    f"Another fit keeps its checkpoint at {self.path}, so this one of "
                    f"{self._owner} keeps none. Set the 'checkpoint' parameter to a "
                    "directory, in which every fit has a file of its own."
                )
                return
            progress = vars(training.progress)
            progress = {**progress, "state": vars(progress["state"])}
            self._write(_packed({**self._content, "progress": progress}))
        except OSError as error:
            self._warn_of_writing(error)
        ended = time.monotonic()
        self._due = ended + max(SECONDS, PARTS * (ended - began))

    def remove(self):
        """Remove the file of a completed fit, and temporary files of killed fits."""
        if self._gives_up:
            return
        try:
            if self._file is not None and not self._is_anothers():
                self.path.unlink(missing_ok=True)
            self._remove_unfinished()
        except OSError as error:
            self._warn(
                f"The checkpoint of a fit that has ended cannot be removed: "
                f"{self.path} ({error.strerror}). Remove it."
            )

    def _read(self):
        """Return the content of the file, or None if there is no file."""
        try:
            with open(self.path, "rb") as file:
                self._file = _identity(file.fileno())
                if file.read(len(_MAGIC)) != _MAGIC:
                    raise self._not_one("it is another file, or damaged")
                content = file.read()
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            raise self._not_one(error.strerror) from error
        digest, payload = content[:_DIGEST_BYTES], content[_DIGEST_BYTES:]
        if digest != hashlib.sha256(payload).digest():
            raise self._not_one("it is damaged, its checksum is wrong")
        try:
            return _unpacked(payload)
        except (ValueError, KeyError, zipfile.BadZipFile) as error:
            raise self._not_one(error) from error

    def _not_one(self, reason):
        return ValueError(
            f"The file {self.path} cannot be read as a checkpoint of {self._owner}: "
            f"{reason}. Remove it to start again, or set the 'checkpoint' parameter to "
            "another path."
        )

    def _refuse_differences(self, differences):
        if differences:
            raise ValueError(
                f"The checkpoint {self.path} is that of another fit than this one of "
                f"{self._owner}. What differs: {'; '.join(differences)}. To resume the "
                "other fit, repeat its call. To start again, remove the file, or set "
                "the 'checkpoint' parameter to another path, or to a directory, in "
                "which every fit has a file of its own."
            )

    def _prepare(self):
        """Make the directory and remove temporary files of kills; warn on failure."""
        directory = self.path.parent
        try:
            directory.mkdir(parents=True, exist_ok=True)
            self._remove_unfinished()
            if not os.access(directory, os.W_OK | os.X_OK):
                raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        except OSError as error:
            self._warn_of_writing(error)

    def _is_anothers(self):
        """Whether another fit has written the file since this fit read or wrote it."""
        try:
            return _identity(self.path) != self._file
        except FileNotFoundError:
            return False

    def _write(self, payload):
        name = f".{self.path.name}.{secrets.token_hex(8)}.tmp"
        unfinished = self.path.with_name(name)
        with renamed_once_complete(unfinished, self.path, mode=0o600) as file:
            for part in (_MAGIC, hashlib.sha256(payload).digest(), payload):
                file.write(part)
            file.flush()
            written = _identity(file.fileno())
        self._file = written

    def _remove_unfinished(self):
        for path in self.path.parent.glob(f".{glob.escape(self.path.name)}.*.tmp"):
            path.unlink(missing_ok=True)

    def _warn_of_writing(self, error):
        self._warn(
            f"The checkpoint of {self._owner} cannot be written: "
            f"{error.strerror or error}: {self.path}. The fit continues, but if it is "
            "killed, it has to start again."
        )

    def _warn(self, message):
        if not self._warned:
            self._warned = True
            warnings.warn(message, UserWarning, stacklevel=2)


def _differences(found, own):
    """Return readable descriptions of the differences between two fits."""
    differences = []
    for name in {**found["settings"], **own["settings"]}:
        there, here = (each["settings"].get(name, "not set") for each in (found, own))
        if there != here:
            differences.append(f"{name} was {there} and is {here}")
    names = {**found["data"], **own["data"]}
    return differences + [
        name for name in names if found["data"].get(name) != own["data"].get(name)
    ]


def _layout(state):
    arrays = [state.weights, *state.of_model, *state.slots]
    return [(np.shape(array), np.asarray(array).dtype) for array in arrays]


def _identity(file):
    """Return values that differ between a file and one that has replaced it."""
    status = os.stat(file)
    return status.st_dev, status.st_ino, status.st_mtime_ns


def _packed(content):
    """Serialize nested dicts and lists of plain values and arrays to bytes."""
    arrays = {}

    def plain(value):
        if isinstance(value, dict):
            return {key: plain(item) for key, item in value.items()}
        if isinstance(value, list | tuple):
            return [plain(item) for item in value]
        if isinstance(value, np.generic):
            return value.item()
        if hasattr(value, "__array__"):  # also tensors in the state of a callback
            name = str(len(arrays))
            arrays[name] = np.asarray(value)
            return {_ARRAY: name}
        return value

    text = json.dumps(plain(content))
    arrays["content"] = np.frombuffer(text.encode(), np.uint8)
    file = io.BytesIO()
    np.savez(file, **arrays)
    return file.getvalue()


def _unpacked(payload):
    """Return the argument of `_packed`, with lists in place of tuples."""
    with np.load(io.BytesIO(payload), allow_pickle=False) as arrays:
        content = json.loads(arrays["content"].tobytes())
        if not isinstance(content, dict) or "format" not in content:
            raise ValueError("it names no format")
        if content["format"] != FORMAT:
            raise ValueError(
                f"its format is {content['format']}, and this version of skgru reads "
                f"{FORMAT}"
            )
        if not _MEMBERS <= content.keys():
            raise ValueError(f"it lacks {sorted(_MEMBERS - content.keys())}")

        def whole(value):
            if isinstance(value, dict):
                if value.keys() == {_ARRAY}:
                    return arrays[value[_ARRAY]]
                return {key: whole(item) for key, item in value.items()}
            return list(map(whole, value)) if isinstance(value, list) else value

        return whole(content)
