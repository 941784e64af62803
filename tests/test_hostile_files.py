"""Files that are made to harm: refused before anything of them runs or grows."""

import io
import json
import os
import pickle
import tracemalloc
import zipfile
from pathlib import Path

import keras
import numpy as np
import pytest
import scipy.sparse
from files import archived, array_header, first_array, forged, members
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from skops.io.exceptions import UntrustedTypesFoundException

import skgru
from skgru.exceptions import FileFormatError

DATA = Path(__file__).with_name("data") / "format_1"
CONTENT = (DATA / "classifier.skops").read_bytes()
GIGABYTE = 2**30


@pytest.fixture
def refused(tmp_path):
    """Assert that a file is refused in our own words, at little expense."""

    def check(content, message, error=FileFormatError):
        path = tmp_path / "estimator.skops"
        path.write_bytes(content)
        tracemalloc.start()
        try:
            with pytest.raises(error, match=message) as caught:
                skgru.load(path)
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
        assert str(path) in str(caught.value)
        assert peak < 20 * len(content) + 2**24

    return check


def other_archive():
    return archived({"word/document.xml": b"<document/>"})


def hdf5():
    return b"\x89HDF\r\n\x1a\n" + bytes(100)


def array():
    stream = io.BytesIO()
    np.save(stream, np.zeros(3))
    return stream.getvalue()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "it is empty"),
        (b"units: 64\n", "it is not a zip archive"),
        (pickle.dumps({"units": 64}), "it is a pickle"),
        (hdf5(), "it is an HDF5 file"),
        (array(), "it is a NumPy array"),
        (other_archive(), "a zip archive of another kind"),
        (CONTENT[:-10], "File is not a zip file"),
    ],
    ids=["empty", "text", "pickle", "hdf5", "array", "archive", "truncated"],
)
def test_other_files(refused, content, message):
    refused(content, message)


def test_what_is_no_file_at_all(tmp_path):
    with pytest.raises(FileFormatError, match="not a regular file"):
        skgru.load(tmp_path)
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(FileFormatError, match="not a regular file"):
        skgru.load(tmp_path / "pipe")
    with pytest.raises(FileNotFoundError, match=r"missing\.skops"):
        skgru.load(tmp_path / "missing.skops")


def test_a_later_format_names_its_writer(refused):
    parts = members(CONTENT)
    parts["skgru.json"] = json.dumps({"format": 2, "skgru": "7.1", "new": []})
    refused(archived(parts), r"by skgru 7\.1 in format 2.*Install skgru 7\.1 or newer")


def test_a_flipped_bit_names_the_member(refused):
    parts = members(CONTENT)
    name = first_array(parts)
    parts[name] = parts[name][:-1] + bytes([parts[name][-1] ^ 1])
    refused(archived(parts), f"{name}' has changed since it was written")


def test_what_is_compressed_could_expand(refused):
    parts = members(CONTENT)
    bomb = archived({**parts, "0.npy": bytes(2**27)}, zipfile.ZIP_DEFLATED)
    assert len(bomb) < 2**20
    refused(bomb, "is compressed")


def test_sizes_beyond_the_file_are_not_believed(refused):
    """The central directory claims that a stored member has a gigabyte."""
    end = CONTENT.rindex(b"PK\x05\x06")
    start = CONTENT.index(b"PK\x01\x02")
    size = np.uint32(GIGABYTE).tobytes()
    claims = CONTENT[: start + 20] + 2 * size + CONTENT[start + 28 :]
    assert len(claims) == len(CONTENT) and claims[end:] == CONTENT[end:]
    refused(claims, "its members claim")


def sparse_bomb(schema):
    """Turn the first array of a file into a sparse matrix."""
    state = first_state(schema, "NdArrayNode")
    state.update(__loader__="SparseMatrixNode", type="scipy")
    state.update(__module__="scipy.sparse._csr", __class__="csr_matrix")
    return schema


def first_state(value, loader):
    if isinstance(value, list):
        value = dict(enumerate(value))
    if not isinstance(value, dict):
        return None
    if value.get("__loader__") == loader:
        return value
    found = (first_state(item, loader) for item in value.values())
    return next(filter(None, found), None)


def test_sparse_matrices_do_not_explode(refused):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("data.npy", bytes(2**27))
    bomb = forged(CONTENT, schema=sparse_bomb, array=lambda _: stream.getvalue())
    refused(bomb, "sparse matrices claim to expand")
    stream = io.BytesIO()
    scipy.sparse.save_npz(stream, scipy.sparse.csr_matrix((1, 3)))
    parts = members(stream.getvalue())
    parts["data.npy"] = array_header((10**15,))
    absurd = forged(CONTENT, schema=sparse_bomb, array=lambda _: archived(parts))
    refused(absurd, r"claims shape \(1000000000000000,\)")


HEADERS = {
    "too long": array_header((10**15,)),
    "overflowing": array_header((10**9, 10**9), version=(2, 0)),
    "of no values": array_header((0, 10**15)) + b"more",
    "negative": array_header((-1,)),
    "of no bytes": array_header((10**15,), dtype="|S0"),
    "a long text": array_header((), dtype=f"<U{10**9}"),
    "objects": array_header((1,), dtype="|O") + pickle.dumps([1]),
    "no header": b"\x93NUMPY\x01\x00" + b"\xff\xff" + b"-" * 2**16,
    "a pickle": pickle.dumps(np.zeros(3)),
    "an archive": archived({"a.npy": b""}),
}


@pytest.mark.parametrize("header", HEADERS.values(), ids=HEADERS)
def test_arrays_that_are_not_what_they_claim(refused, header):
    refused(forged(CONTENT, array=lambda _: header), "npy|magic|header|dtype|Error")


@pytest.mark.parametrize("name", ["../../escape.npy", "/etc/passwd", "a/../../b.npy"])
def test_names_that_lead_elsewhere(refused, name, tmp_path):
    parts = members(CONTENT)
    parts[name] = parts[first_array(parts)]
    refused(archived(parts), "it has a member")

    def elsewhere(schema):
        first_state(schema, "NdArrayNode")["file"] = name
        return schema

    refused(forged(CONTENT, schema=elsewhere), "is missing")
    assert [path.name for path in tmp_path.iterdir()] == ["estimator.skops"]


def state(loader, module, class_, id_, **more):
    return {
        "__loader__": loader,
        "__module__": module,
        "__class__": class_,
        "__id__": id_,
        **more,
    }


def in_list(*content, id_=1):
    return state("ListNode", "builtins", "list", id_, content=list(content))


def root(value):
    """Return a change that puts an object in the place of the estimator."""
    return lambda schema: {**schema, **value}


def test_lists_of_lists_do_not_multiply(refused):
    """Thirty lists, each of which holds the next one twice."""
    nested = in_list(id_=30)
    for id_ in range(29, 0, -1):
        again = state("ListNode", "builtins", "list", id_ + 1, content=[])
        nested = in_list(nested, again, id_=id_)
    refused(forged(CONTENT, schema=root(nested)), "expand to more than it holds")


def test_an_array_is_read_but_once(refused):
    name = first_array(members(CONTENT))
    arrays = [
        state("NdArrayNode", "numpy", "ndarray", id_, type="numpy", file=name)
        for id_ in (2, 3)
    ]
    refused(
        forged(CONTENT, schema=root(in_list(*arrays))), "two of its objects are read"
    )


def test_an_object_cannot_hold_itself(refused):
    itself = state("ListNode", "builtins", "list", 1, content=[])
    refused(forged(CONTENT, schema=root(in_list(itself))), "holds itself")


def test_nesting_that_is_too_deep(refused):
    nested = in_list(id_=10_000)
    depth = 150
    for id_ in range(depth, 0, -1):
        nested = in_list(nested, id_=id_)
    text = json.dumps(nested)
    deep = text.replace("[]", "[" * 10**5 + "]" * 10**5)

    def schema(_):
        return nested

    parts = members(forged(CONTENT, schema=schema))
    parts["schema.json"] = deep
    del parts["skgru.json"]
    refused(archived(parts), "RecursionError")


@pytest.mark.parametrize("class_", ["void", "bytes_"])
def test_a_number_is_not_taken_for_a_size(refused, class_):
    stream = io.BytesIO()
    np.save(stream, np.array(GIGABYTE))

    def of_class(schema):
        first_state(schema, "NdArrayNode")["__class__"] = class_
        return schema

    content = forged(CONTENT, schema=of_class, array=lambda _: stream.getvalue())
    refused(content, f"is to be a numpy.{class_}")


def test_a_random_generator_is_not_kept_busy(refused, tmp_path):
    class_ = skgru.preprocessing.SequenceScaler
    scaler = class_()
    scaler.rng_ = np.random.default_rng(0)
    path = tmp_path / "scaler.skops"
    skgru.save(scaler, path)
    assert skgru.load(path).rng_.random() == scaler.rng_.random()

    def busy(schema):
        generator = first_state(schema, "RandomGeneratorNode")
        seed = generator["content"]["seed_seq"]["content"]
        seed["pool_size"].update(content=str(2**31), __id__=12345)
        return schema

    refused(forged(path.read_bytes(), schema=busy), "a pool of 2147483648 words")


def test_an_unknown_type_is_not_even_imported(refused, tmp_path, monkeypatch):
    """Importing a module runs it."""
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "harmful.py").write_text("raise SystemExit('it has run')")

    def harmful(schema):
        return {**schema, "__module__": "harmful", "__class__": "Estimator"}

    content = forged(CONTENT, schema=harmful)
    refused(content, r"harmful\.Estimator.*trusted=", UntrustedTypesFoundException)


@pytest.mark.parametrize(
    "thing",
    [
        keras.layers.Dense(10**9),
        keras.layers.Lambda(lambda x: 1 / 0),
        {"class_name": "function", "module": "os", "config": "system"},
        {"class_name": "HeNormal", "module": "harmful", "config": {}},
    ],
    ids=["layer", "code", "function", "module"],
)
def test_a_parameter_holds_no_other_object_of_keras(refused, tmp_path, thing):
    classifier = skgru.GRUClassifier(kernel_initializer=keras.initializers.HeNormal(3))
    path = tmp_path / "classifier.skops"
    skgru.save(classifier, path)
    if not isinstance(thing, dict):
        thing = keras.saving.serialize_keras_object(thing)
    forgery = json.loads(members(path.read_bytes())["schema.json"])
    attributes = forgery["content"]["content"]
    attributes["kernel_initializer"]["content"]["__keras_object__"] = {
        **attributes["units"],
        "__id__": 12345,
        "content": json.dumps(thing),
    }
    content = forged(path.read_bytes(), schema=lambda _: forgery)
    refused(content, "'kernel_initializer' parameter holds")


@pytest.mark.parametrize("layer", ["TorchModuleWrapper", "TFSMLayer"])
def test_layers_that_hold_code_are_not_made(tmp_path, layer):
    """Keras would unpickle the one, and run the saved program of the other."""
    if layer == "TorchModuleWrapper":
        pytest.importorskip("torch")
    path = tmp_path / "network.skops"
    trusted = ["own_models.functional"]
    content = (DATA / "own_model.skops").read_bytes()

    def with_layer(schema):
        fitted = schema["content"]["content"]["_fitted"]["content"]["content"]
        config = fitted["architecture"]["content"]["content"]["config"]
        text = json.loads(json.loads(config["content"]))
        named = next(x for x in text["config"]["layers"] if x["class_name"] == "ReLU")
        harmful = {"name": named["config"]["name"], "filepath": "x", "module": "x"}
        named.update(class_name=layer, config=harmful)
        config["content"] = json.dumps(json.dumps(text))
        return schema

    path.write_bytes(forged(content, schema=with_layer))
    with pytest.raises(ValueError, match="arbitrary"):
        _ = skgru.load(path, trusted=trusted).model_


ANYTHING = st.sampled_from(
    [None, 0, -1, 10**18, "", "[]", "numpy", "dict", "os", "system", [], {}, True]
)


@settings(
    deadline=None,
    max_examples=60,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=st.data())
def test_any_other_change_is_refused_or_loads(tmp_path, data):
    """With checksums that fit: as someone would forge it."""

    def change(schema):
        for _ in range(data.draw(st.integers(1, 3))):
            place = schema
            for _ in range(data.draw(st.integers(1, 12))):
                keys = sorted(place) if isinstance(place, dict) else range(len(place))
                key = data.draw(st.sampled_from(list(keys)))
                if not isinstance(place[key], dict | list) or not place[key]:
                    break
                above, place = place, place[key]
            else:
                place = above
            place[key] = data.draw(ANYTHING)
        return schema

    path = tmp_path / "estimator.skops"
    path.write_bytes(forged(CONTENT, schema=change))
    try:
        skgru.load(path)
    except (FileFormatError, UntrustedTypesFoundException) as error:
        assert str(path) in str(error)
