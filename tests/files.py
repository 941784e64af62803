"""Archives taken apart and put together again."""

import hashlib
import io
import json
import zipfile

import numpy as np


def members(content):
    """Return the members of a file as a dict."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def archived(members, compression=zipfile.ZIP_STORED):
    """Return the bytes of an archive of these members."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", compression) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return content.getvalue()


def forged(content, **changes):
    """Return a file with changed members and checksums that fit.

    ``changes`` maps ``schema`` or ``array`` (any one of them) to functions of what they
    hold: of a dict, or of bytes.
    """
    parts = members(content)
    if "schema" in changes:
        schema = changes["schema"](json.loads(parts["schema.json"]))
        parts["schema.json"] = json.dumps(schema).encode()
    if "array" in changes:
        name = first_array(parts)
        parts[name] = changes["array"](parts[name])
    manifest = json.loads(parts.pop("skgru.json"))
    manifest["sha256"] = {n: hashlib.sha256(d).hexdigest() for n, d in parts.items()}
    return archived({**parts, "skgru.json": json.dumps(manifest)})


def first_array(parts):
    return next(name for name in parts if name.endswith(".npy"))


def array_header(shape, dtype="<f4", version=(1, 0)):
    """Return the start of an array of NumPy's, which claims any shape."""
    stream = io.BytesIO()
    header = {"descr": dtype, "fortran_order": False, "shape": shape}
    write = {
        (1, 0): np.lib.format.write_array_header_1_0,
        (2, 0): np.lib.format.write_array_header_2_0,
    }[version]
    write(stream, header)
    return stream.getvalue()
