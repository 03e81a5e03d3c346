"""safetensors: against the library of that name, whole files and broken ones."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import gossamer as gs
from gossamer.saving.formats import ModelFile, ModelFileError, ReadOptions
from gossamer.saving.safetensors import FORMAT, load_safetensors, packed, save_safetensors
from tests.saving import mutations

DTYPES = ["f8", "f4", "f2", "i8", "i4", "i2", "i1", "u1", "u2", "u4", "u8", "?"]


def arrays() -> dict[str, np.ndarray]:
    random = np.random.default_rng(3)
    made = {f"of {d}": (random.normal(size=(2, 3)) * 100).astype(d) for d in DTYPES if d[0] != "u"}
    made |= {f"of {d}": random.integers(0, 200, (3,)).astype(d) for d in DTYPES if d[0] == "u"}
    return made | {"scalar": np.array(2.5), "empty": np.zeros((0, 4), "f4"), "é/ü": np.ones(1)}


def same(one: dict[str, Any], other: dict[str, Any]) -> None:
    assert set(one) == set(other)
    for name, value in one.items():
        assert other[name].dtype == value.dtype
        np.testing.assert_array_equal(other[name], value)


def file(header: Any, data: bytes = b"", length: int | None = None) -> bytes:
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return (len(text) if length is None else length).to_bytes(8, "little") + text + data


def entry(dtype: Any = "F32", shape: Any = (2,), offsets: Any = (0, 8)) -> dict[str, Any]:
    return {"dtype": dtype, "shape": shape, "data_offsets": offsets}


def test_what_is_written_is_read(tmp_path: Path) -> None:
    save_safetensors(tmp_path / "a.safetensors", arrays(), {"by": "us"})
    same(arrays(), load_safetensors(tmp_path / "a.safetensors"))
    assert [path.name for path in tmp_path.iterdir()] == ["a.safetensors"]


@pytest.mark.cpython_only
def test_the_library_reads_what_is_written_and_the_other_way_round(
    record_property: Any, tmp_path: Path
) -> None:
    from safetensors import safe_open
    from safetensors.numpy import load, save

    same(arrays(), load(packed(arrays())))
    same(arrays(), load_safetensors(save(arrays(), {"by": "them"})))
    save_safetensors(tmp_path / "m.safetensors", arrays(), {"by": "us"})
    with safe_open(tmp_path / "m.safetensors", "numpy") as opened:
        assert opened.metadata() == {"by": "us"}
    record_property("safetensors arrays compared with the library, both ways", len(arrays()))


def test_arrays_are_views_on_the_file() -> None:
    data = packed({"x": np.arange(1000.0)})
    assert np.shares_memory(load_safetensors(data)["x"], np.frombuffer(data, "u1"))


def test_bfloat16_is_widened() -> None:
    values = np.float32([1.5, -2.0, 3e38])
    data = (values.view("<u4") >> 16).astype("<u2").tobytes()
    read = load_safetensors(file({"x": entry("BF16", [3], [0, 6])}, data))["x"]
    assert read.dtype == "float32"
    np.testing.assert_allclose(read, values, rtol=1 / 128)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "within the 0 bytes"),
        (file({}, length=1 << 40), "of at most"),
        (file(b"[]"), "arrays by name"),
        (file(b"{]"), "in JSON"),
        (file(b"[" * 100_000), "in JSON"),
        (file(b'{"a":1,"a":1}'), "twice 'a'"),
        (file({"__metadata__": {"a": 1}}), "texts as metadata"),
        (file({"x": {"dtype": "F32"}}), "data_offsets of 'x'"),
        (file({"x": entry("F8_E4M3", [8])}, b"8" * 8), "NumPy has no others"),
        (file({"x": entry(["F32"])}, b"8" * 8), "one of the dtypes"),
        (file({"x": entry(shape=[-2])}, b"8" * 8), "sizes"),
        (file({"x": entry(shape=[2.0])}, b"8" * 8), "sizes"),
        (file({"x": entry(shape=[True, 2])}, b"8" * 8), "sizes"),
        (file({"x": entry(shape=[1] * 40)}, b"8" * 8), "at most 32"),
        (file({"x": entry(shape=[3])}, b"8" * 8), "Expected 12 bytes"),
        (file({"x": entry(shape=[1 << 62, 1 << 62])}, b"8" * 8), "data_offsets"),
        (file({"x": entry(offsets=[0, 8, 8])}, b"8" * 8), "begin and end"),
        (file({"x": entry(offsets=[4, 12])}, b"8" * 12), "one behind the other"),
        (file({"x": entry(), "y": entry(offsets=[4, 12])}, b"8" * 12), "'y' at 8"),
        (file({"x": entry()}, b"8" * 12), "Expected 8 bytes of arrays"),
        (file({"x": entry()}, b"8" * 4), "Expected 8 bytes of arrays"),
        (file({"x": entry("BOOL", [2], [0, 2])}, b"\x01\x07"), "0 or 1"),
    ],
)
def test_broken_files_are_refused(data: bytes, said: str) -> None:
    with pytest.raises(ModelFileError, match=said):
        load_safetensors(data)


def test_every_mutation_is_read_or_refused(record_property: Any) -> None:
    refused = mutations.count_refused(packed(arrays()), load_safetensors, ModelFileError)
    assert refused > mutations.MUTATIONS // 4
    record_property("mutated safetensors files refused", refused)


def test_what_the_format_does_not_have_is_not_written(tmp_path: Path) -> None:
    with pytest.raises(TypeError, match="dtypes"):
        packed({"x": np.ones(2, "complex64")})
    with pytest.raises(TypeError, match="as text"):
        packed({3: np.ones(2)})  # type: ignore[dict-item]
    with pytest.raises(TypeError, match="as text"):
        packed({"x": np.ones(2)}, {"a": 1})  # type: ignore[dict-item]
    with pytest.raises(TypeError, match="__metadata__"):
        packed({"__metadata__": np.ones(2)})
    with pytest.raises(TypeError, match="path"):
        load_safetensors(3)
    (tmp_path / "there").mkdir()
    with pytest.raises(OSError, match="there"):
        save_safetensors(tmp_path / "there", {"x": np.ones(2)})
    assert [path.name for path in tmp_path.iterdir()] == ["there"]


def model(seed: int, units: int = 3) -> Any:
    gs.utils.set_random_seed(seed)
    layers = gs.layers
    return gs.Sequential([
        gs.Input((6, 4)), layers.LSTM(units, name="lstm"), layers.BatchNormalization(name="norm"),
        layers.Dense(2, name="dense"),
    ])  # fmt: skip


def test_a_model_s_weights_go_by_their_paths() -> None:
    one, other = model(1), model(2)
    (data,) = FORMAT.write_weights(one, "w.safetensors").values()  # type: ignore[misc]
    assert FORMAT.recognises(ModelFile("w", memoryview(data)))
    assert "lstm/lstm_cell/recurrent_kernel" in load_safetensors(data)
    read = ModelFile("w.safetensors", memoryview(data))
    FORMAT.read_weights(read, other, ReadOptions())  # type: ignore[misc]
    for before, after in zip(one.weights, other.weights, strict=True):
        np.testing.assert_array_equal(before.numpy(), after.numpy())


def test_a_file_that_does_not_fit_changes_nothing() -> None:
    one, other = model(1), model(2, units=5)
    values = load_safetensors(*FORMAT.write_weights(one, "w").values())  # type: ignore[misc]
    del values["dense/bias"]
    values["dense/colour"] = np.ones(3)
    read = ModelFile("w.safetensors", memoryview(packed(values)))
    before = [variable.numpy() for variable in other.weights]
    with pytest.raises(ModelFileError, match="without dense/bias and with dense/colour"):
        FORMAT.read_weights(read, other, ReadOptions())  # type: ignore[misc]
    del values["dense/colour"]
    read = ModelFile("w.safetensors", memoryview(packed(values | {"dense/bias": np.ones(2)})))
    with pytest.raises(ModelFileError, match=r"shape \(4, 20\) of .*lstm/lstm_cell/kernel"):
        FORMAT.read_weights(read, other, ReadOptions())  # type: ignore[misc]
    for variable, value in zip(other.weights, before, strict=True):
        np.testing.assert_array_equal(variable.numpy(), value)
    with pytest.warns(UserWarning, match="left out"):
        FORMAT.read_weights(read, other, ReadOptions(skip_mismatch=True))  # type: ignore[misc]
    np.testing.assert_array_equal(other.get_layer("dense").bias.numpy(), np.ones(2))
    np.testing.assert_array_equal(other.weights[0].numpy(), before[0])


def test_layers_may_be_left_as_they_are() -> None:
    one, other = model(1), model(2)
    (data,) = FORMAT.write_weights(one, "w").values()  # type: ignore[misc]
    dense = other.get_layer("dense")
    before = dense.kernel.numpy()
    options = ReadOptions(objects_to_skip=[dense])
    FORMAT.read_weights(ModelFile("w", memoryview(data)), other, options)  # type: ignore[misc]
    np.testing.assert_array_equal(dense.kernel.numpy(), before)
    np.testing.assert_array_equal(other.weights[0].numpy(), one.weights[0].numpy())


def test_equal_paths_are_named_when_writing() -> None:
    twins = [gs.Sequential([gs.Input((2,)), gs.layers.Dense(2, name="d")], name="s") for _ in "ab"]
    twins[1].name = "t"
    x = gs.Input((2,))
    both = gs.Model(x, twins[1](twins[0](x)), name="both")
    with pytest.raises(ValueError, match="s/d/kernel, s/d/bias, each more than once"):
        FORMAT.write_weights(both, "w")  # type: ignore[misc]


def test_arrays_at_odd_places_are_copied_to_even_ones() -> None:
    entries = {"a": entry("U8", [1], [0, 1]), "b": entry("F32", [2], [1, 9])}
    data = file(entries, b"\x07" + np.float32([1, 2]).tobytes())
    for padding in range(4):
        read = load_safetensors(memoryview(b" " * padding + data)[padding:])["b"]
        assert read.flags.aligned
        assert gs.ops.convert_to_tensor(read).tolist() == [1.0, 2.0]
