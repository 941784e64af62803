"""The zip archive of a file: its members, their checksums, the writer's version."""

import hashlib
import io
import json
import re
import zipfile

from .arrays import check_array, check_sparse
from .states import check_states

# Raised when earlier versions cannot read new files. Format 0 had no manifest.
FORMAT = 1
MANIFEST, SCHEMA = "skgru.json", "schema.json"
_OTHER_MEMBER = re.compile(r"[0-9a-f-]+\.(npy|npz|bin)")
_FOREIGN = {
    b"\x89HDF": "it is an HDF5 file, as Keras writes them",
    b"\x80": "it is a pickle, which skgru neither writes nor reads",
    b"\x93NUMPY": "it is a NumPy array",
}
# Called with an integer n, these types allocate n bytes.
_SIZED = {"numpy.bytes_": "S", "numpy.void": "V"}


def write_archive(file, content, version):
    """Write what skops has made of an estimator, with a manifest.

    Parameters
    ----------
    file : binary file
    content : binary file
        An archive of skops.
    version : str
        Of skgru.
    """
    digests = {}
    with zipfile.ZipFile(content) as source, zipfile.ZipFile(file, "w") as archive:
        for name in source.namelist():
            data = source.read(name)
            if name == SCHEMA:  # without spaces, which are half of its size
                data = json.dumps(json.loads(data), separators=(",", ":")).encode()
            digests[name] = hashlib.sha256(data).hexdigest()
            archive.writestr(name, data)
        manifest = {"format": FORMAT, "skgru": version, "sha256": digests}
        archive.writestr(MANIFEST, json.dumps(manifest, indent=1))


def check_archive(content, version):
    """Raise if an archive is not one that `write_archive` has written.

    Sizes are compared before anything is read, so memory use is bounded by a small
    multiple of the file's size. skops checks whether types can be trusted.

    Parameters
    ----------
    content : io.BytesIO
    version : str
        Of skgru, for messages.

    Raises
    ------
    ValueError, zipfile.BadZipFile or another error
        The message says what is wrong.
    """
    _check_kind(content.getbuffer()[:8].tobytes())
    with zipfile.ZipFile(content) as archive:
        names = _checked_names(archive, content.getbuffer().nbytes)
        if MANIFEST in names:
            _check_manifest(archive, names, version)
        _check_members(archive, check_states(json.loads(archive.read(SCHEMA))))


def _check_kind(start):
    if not start:
        raise ValueError("it is empty")
    for mark, kind in _FOREIGN.items():
        if start.startswith(mark):
            raise ValueError(kind)
    if not start.startswith(b"PK\x03\x04"):
        raise ValueError("it is not a zip archive")


def _checked_names(archive, n_bytes):
    """Return the names of the members, none of which is larger than the file."""
    members = archive.infolist()
    names = [member.filename for member in members]
    if SCHEMA not in names:
        raise ValueError("it is a zip archive of another kind")
    if len(set(names)) < len(names):
        raise ValueError("it has two members with the same name")
    for name in names:
        if name not in (SCHEMA, MANIFEST) and not _OTHER_MEMBER.fullmatch(name):
            raise ValueError(f"it has a member {name!r}")
    for member in members:
        # Members are not compressed, so none can expand when read.
        if member.compress_type != zipfile.ZIP_STORED or member.flag_bits & 1:
            raise ValueError(
                f"its member {member.filename!r} is compressed or encrypted"
            )
        if member.file_size != member.compress_size:
            raise ValueError(f"its member {member.filename!r} has two sizes")
    total = sum(member.file_size for member in members)
    if total > n_bytes:
        raise ValueError(f"its members claim {total} bytes, and it has {n_bytes}")
    return names


def _check_manifest(archive, names, version):
    manifest = json.loads(archive.read(MANIFEST))
    format_, writer = manifest["format"], manifest["skgru"]
    if type(format_) is not int or format_ < 1:
        raise ValueError(f"its format is {format_!r}")
    if format_ > FORMAT:
        raise ValueError(
            f"it was written by skgru {writer} in format {format_}, and skgru "
            f"{version} reads formats up to {FORMAT}. Install skgru {writer} or newer"
        )
    digests = manifest["sha256"]
    if set(digests) != set(names) - {MANIFEST}:
        raise ValueError("members are missing from it, or have been added")
    for name, digest in digests.items():
        if hashlib.sha256(archive.read(name)).hexdigest() != digest:
            raise ValueError(f"its member {name!r} has changed since it was written")


def _check_members(archive, files):
    """Check the headers of arrays; ``files`` holds the kind of reader by member."""
    sparse = {}
    for name, (loader, kind) in files.items():
        if name not in archive.namelist():
            raise ValueError(f"its member {name!r} is missing")
        content = archive.read(name)
        if loader.startswith("SparseMatrix"):
            sparse[name] = content
        elif loader.startswith("NdArray"):
            dtype = check_array(io.BytesIO(content), len(content), name)
            if dtype.kind != _SIZED.get(kind, dtype.kind):
                raise ValueError(f"{name!r}, of dtype {dtype}, is to be a {kind}")
    check_sparse(sparse)
