"""Files that are broken, hostile, or of another model: one clear error, and the model as it was."""

from __future__ import annotations

import io
import json
import random
import time
import warnings
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import gossamer as gs
from gossamer.saving import ModelFileError, files, hdf5
from gossamer.saving.formats import ModelFile, ReadOptions
from tests.saving.mutations import mutated
from tests.saving.networks import made

MUTATIONS, SECONDS = 400, 20  # of each reader: as many, or as many as there is time for
# What tells somebody what is wrong with a file, in a sentence.
CLEAR = (ModelFileError, ValueError, TypeError, NotImplementedError)
MODEL_FORMATS = [kind for kind in files.FORMATS if kind.write_model is not None]
WEIGHT_FORMATS = [kind for kind in files.FORMATS if kind.write_weights is not None]


@pytest.fixture(autouse=True)
def libraries(wait_for: Any) -> None:
    wait_for(hdf5.ready_to_read())
    wait_for(hdf5.ready_to_write())


def small() -> Any:
    """Compiled and trained, so that there is something of everything."""
    gs.utils.clear_session(free_memory=False)
    model = gs.Sequential([gs.Input((3,)), gs.layers.Dense(4), gs.layers.BatchNormalization()])
    model.compile("adam", "mse")
    x = np.ones((2, 3), "float32")
    model.fit(x, np.zeros((2, 4), "float32"), verbose=0)
    return model


def as_file(contents: dict[str, bytes], name: str) -> ModelFile:
    beside = {other: memoryview(data) for other, data in contents.items() if other != name}
    return ModelFile(name, memoryview(contents[name]), beside)


def written(kind: Any, model: Any) -> ModelFile:
    name = f"model{kind.endings[0]}" if kind.endings[0].startswith(".") else kind.endings[0]
    return as_file(kind.write_model(model, name, True), name)


@pytest.mark.parametrize("kind", MODEL_FORMATS, ids=lambda kind: kind.name)
def test_fuzzed_models(kind: Any, record_property: Any) -> None:
    file = written(kind, small())
    generator, begun, tried = random.Random(0), time.monotonic(), 0
    said: list[str] = []
    parts = {file.name: bytes(file.data)} | {n: bytes(d) for n, d in file.beside.items()}
    while tried < MUTATIONS and time.monotonic() - begun < SECONDS:
        which = generator.choice(list(parts))
        broken = parts | {which: mutated(parts[which], generator)}
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                kind.read_model(as_file(broken, file.name), ReadOptions())
        except CLEAR as error:
            said.append(str(error))
        tried += 1
    assert tried > 20
    assert not [text for text in said if "Expected" not in text or "Received" not in text]
    record_property(f"broken files read, {kind.name}", tried)


@pytest.mark.parametrize("kind", WEIGHT_FORMATS, ids=lambda kind: kind.name)
def test_fuzzed_weights(kind: Any, record_property: Any) -> None:
    model = small()
    name = f"model{kind.endings[0]}"
    data = kind.write_weights(model, name)[name]
    for variable in model.variables:
        variable.assign(variable.value * 0 + 3)
    before = [variable.numpy() for variable in model.variables]
    generator, begun, tried = random.Random(1), time.monotonic(), 0
    while tried < MUTATIONS and time.monotonic() - begun < SECONDS:
        broken = ModelFile(name, memoryview(mutated(data, generator)))
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                kind.read_weights(broken, model, ReadOptions())
        except CLEAR:
            for variable, value in zip(model.variables, before, strict=True):
                np.testing.assert_array_equal(variable.numpy(), value)
        else:  # what was changed meant nothing, or is a value
            for variable, value in zip(model.variables, before, strict=True):
                variable.assign(value)
        tried += 1
    assert tried > 20
    record_property(f"broken files read, {kind.name}", tried)


def keras_archive(**changes: Any) -> bytes:
    """A `.keras` file, with other members."""
    model = small()
    kind = files.FORMATS[0]
    assert kind.write_model is not None
    source = zipfile.ZipFile(io.BytesIO(kind.write_model(model, "m.keras", True)["m.keras"]))
    members = {name: source.read(name) for name in source.namelist()} | changes
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, data in members.items():
            if data is not None:
                archive.writestr(name, data)
    return stream.getvalue()


def config_of(archive: bytes) -> Any:
    return json.loads(zipfile.ZipFile(io.BytesIO(archive)).read("config.json"))


def test_no_model_at_all() -> None:
    for data in (b"", b"hello", b"PK\x03\x04", hdf5.MAGIC, b"{}", b"\x00" * 100):
        with pytest.raises(ModelFileError, match="Received"):
            gs.saving.load_model(data)


def test_missing_parts() -> None:
    for name in ("config.json", "model.weights.h5"):
        with pytest.raises(ModelFileError, match="Received"):
            gs.saving.load_model(keras_archive(**{name: None}))


def test_paths_that_escape() -> None:
    for name in ("../evil", "/etc/evil", "assets/../../evil", "assets\\..\\evil"):
        with pytest.raises(ModelFileError, match="Expected paths within the archive"):
            gs.saving.load_model(keras_archive(**{name: b"x"}))


def test_decompression_bomb() -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("config.json", b" " * (64 << 20))
    with pytest.raises(ModelFileError, match="not much larger"):
        gs.saving.load_model(stream.getvalue())


def test_stored_file_that_promises_more_than_there_is() -> None:
    data = bytearray(keras_archive())
    place = data.index(b"PK\x01\x02")
    data[place + 24 : place + 28] = (1 << 30).to_bytes(4, "little")
    with pytest.raises(ModelFileError):
        gs.saving.load_model(bytes(data))


@pytest.mark.cpython_only
def test_shape_bomb() -> None:
    """A dataset that promises a terabyte in a file of a few kilobytes."""
    import h5py

    stream = io.BytesIO()
    with h5py.File(stream, "w") as file:
        file.create_dataset("layers/dense/vars/0", (1 << 20, 1 << 18), "f4", chunks=(64, 64))
        file.create_dataset("layers/dense/vars/1", data=np.zeros(4, "f4"))
    with pytest.raises(ModelFileError, match="no more data than the file holds"):
        small().load_weights(stream.getvalue())


@pytest.mark.cpython_only
def test_links_out_of_the_file() -> None:
    import h5py

    for link in (h5py.ExternalLink("/etc/passwd", "/x"), h5py.SoftLink("/layers")):
        stream = io.BytesIO()
        with h5py.File(stream, "w") as file:
            file["vars"] = link
            file.create_group("layers")
        with pytest.raises(ModelFileError, match=r"link|broken"):
            small().load_weights(stream.getvalue())


def test_layers_larger_than_the_file() -> None:
    """Configurations ask for memory, too: variables are counted before they are made."""
    config = config_of(archive := keras_archive())
    dense = config["config"]["layers"][1]
    assert dense["class_name"] == "Dense"
    dense["config"]["units"] = 10**9
    hostile = keras_archive(**{"config.json": json.dumps(config).encode()})
    assert len(hostile) < 2 * len(archive)
    with pytest.raises(ModelFileError, match="about as large as its file"):
        gs.saving.load_model(hostile)


def test_levels_without_end() -> None:
    level = b'{"class_name": "Sequential", "module": "keras", "config": {"layers": ['
    for text in (b"[" * 100_000, level * 900 + b"]}}" * 900, level * 300 + b"]}}" * 300):
        with pytest.raises((ModelFileError, ValueError)):
            gs.saving.load_model(keras_archive(**{"config.json": text}))


def test_code_is_refused() -> None:
    gs.utils.clear_session(free_memory=False)
    model = gs.Sequential([gs.Input((3,)), gs.layers.Lambda(lambda x: x * 2)])
    kind = files.FORMATS[0]
    assert kind.write_model is not None
    data = kind.write_model(model, "m.keras", True)["m.keras"]
    with pytest.raises(ValueError, match="safe_mode"):
        gs.saving.load_model(data)
    again = gs.saving.load_model(data, safe_mode=False)
    assert again.predict(np.ones((1, 3), "float32"), verbose=0).tolist() == [[2.0, 2.0, 2.0]]


def test_nothing_is_imported_by_name() -> None:
    config = config_of(keras_archive())
    for module, name in (("os", "system"), ("subprocess", "Popen"), ("builtins", "eval")):
        hostile = dict(config, module=module, class_name=name, registered_name=None)
        with pytest.raises((TypeError, ValueError), match="Expected the name of a class"):
            gs.saving.load_model(
                keras_archive(**{"config.json": json.dumps(hostile).encode()}), safe_mode=False
            )


def test_weights_of_another_model(tmp_path: Path) -> None:
    gs.utils.clear_session(free_memory=False)
    other = gs.Sequential([gs.Input((5,)), gs.layers.Dense(4), gs.layers.BatchNormalization()])
    other.save_weights(tmp_path / "other.weights.h5")
    model = small()
    before = model.get_weights()
    with pytest.raises(ModelFileError, match=r"Expected.*\(3, 4\).*Received.*\(5, 4\)"):
        model.load_weights(tmp_path / "other.weights.h5")
    for one, value in zip(model.get_weights(), before, strict=True):
        np.testing.assert_array_equal(one, value)
    with pytest.warns(UserWarning, match="does not fit"):
        model.load_weights(tmp_path / "other.weights.h5", skip_mismatch=True)
    np.testing.assert_array_equal(model.get_weights()[0], before[0])
    np.testing.assert_array_equal(model.get_weights()[2], np.ones(4))


def test_a_save_that_fails_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model, path = small(), tmp_path / "model.keras"
    model.save(path)
    before = path.read_bytes()

    def fail(self: Any, store: Any) -> None:
        raise RuntimeError("the disk is on fire")

    monkeypatch.setattr(gs.layers.BatchNormalization, "save_own_variables", fail)
    with pytest.raises(RuntimeError, match="on fire"):
        model.save(path)
    assert path.read_bytes() == before
    assert [one.name for one in tmp_path.iterdir()] == ["model.keras"]


def test_an_unbuilt_model_has_no_weights(tmp_path: Path) -> None:
    model = gs.Sequential([gs.layers.Dense(2)])
    with pytest.raises(ValueError, match="built"):
        model.save_weights(tmp_path / "m.weights.h5")
    made(gs, "dense").save_weights(tmp_path / "m.weights.h5")
    with pytest.raises(ValueError, match="built"):
        model.load_weights(tmp_path / "m.weights.h5")


def test_names_that_say_no_format(tmp_path: Path) -> None:
    model = small()
    with pytest.raises(ValueError, match=r"endings.*Received: filepath="):
        model.save(tmp_path / "model.pt")
    with pytest.raises(ValueError, match=r"endings.*Received: filepath="):
        model.save_weights(tmp_path / "model.keras")
    with pytest.raises(OSError, match="nothing"):
        gs.saving.load_model(tmp_path / "nothing.keras")
