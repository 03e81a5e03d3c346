"""`.npz`: what NumPy writes and reads, and archives that are not what they say."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import gossamer as gs
from gossamer.saving.formats import ModelFile, ModelFileError, ReadOptions
from gossamer.saving.npz import FORMAT, load_npz, packed, save_npz
from tests.saving import mutations


def arrays() -> dict[str, np.ndarray]:
    random = np.random.default_rng(3)
    dtypes = ("f8", "f4", "f2", "i8", "i2", "i1", "?")
    made = {d: (random.normal(size=(2, 3)) * 100).astype(d) for d in dtypes}
    columns = np.asfortranarray(random.normal(size=(3, 4)))
    return made | {"a/b": np.ones(3, ">i4"), "scalar": np.array(1), "columns": columns}


def same(one: dict[str, Any], other: Any) -> None:
    assert set(one) == set(other)
    for name, value in one.items():
        assert other[name].dtype == value.dtype
        np.testing.assert_array_equal(other[name], value)


def header(shape: str = "(2,)", descr: str = "'<f4'", version: int = 1) -> bytes:
    text = f"{{'descr': {descr}, 'fortran_order': False, 'shape': {shape}}}".encode()
    return b"\x93NUMPY" + bytes([version, 0]) + len(text).to_bytes(2, "little") + text


def archive(name: str, data: bytes, method: int = zipfile.ZIP_STORED) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as writer:
        writer.writestr(name, data)
    return stream.getvalue()


def test_what_is_written_is_read_here_and_by_numpy(tmp_path: Path, record_property: Any) -> None:
    save_npz(tmp_path / "a.npz", arrays())
    same(arrays(), load_npz(tmp_path / "a.npz"))
    with np.load(tmp_path / "a.npz", allow_pickle=False) as read:
        same(arrays(), dict(read))
    record_property("npz arrays compared with NumPy, both ways", len(arrays()))


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
def test_what_numpy_writes_is_read(save: Any) -> None:
    stream = io.BytesIO()
    save(stream, **arrays())
    same(arrays(), load_npz(stream.getvalue()))
    assert FORMAT.recognises(ModelFile("a", memoryview(stream.getvalue())))


def test_weights_are_the_same_file_each_time() -> None:
    assert packed(arrays()) == packed(arrays())


def test_python_objects_are_neither_written_nor_read() -> None:
    with pytest.raises(TypeError, match="array of numbers"):
        packed({"x": np.array([{}])})
    stream = io.BytesIO()
    np.savez(stream, x=np.array([{}]))
    with pytest.raises(ModelFileError, match="Expected numbers"):
        load_npz(stream.getvalue())


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "whole zip archive"),
        (archive("x.txt", b"x"), "names end in .npy"),
        (archive("x.npy", b"x"), "whole zip archive"),
        (archive("x.npy", header() + b"1234"), "Expected 8 bytes"),
        (archive("x.npy", header("(-2,)") + b"12345678"), "Expected -8 bytes"),
        (archive("x.npy", header("(-1, -2)") + b"12345678"), "Expected 8 bytes"),
        (archive("x.npy", header(f"({1 << 40}, {1 << 40})") + b"12345678"), "shape"),
        (archive("x.npy", header(descr="'|O'") + b"12345678"), "Expected numbers"),
        (archive("x.npy", header(descr="'<U2'") + b"1234567812345678"), "Expected numbers"),
        (archive("x.npy", header(descr="__import__('os')")), "whole zip archive"),
        (archive("x.npy", header(version=3) + b"12345678"), "version"),
        (archive("x.npy", header() + b"12345678", zipfile.ZIP_BZIP2), "stored or deflated"),
        (archive("x.npy", b"0" * (8 << 20), zipfile.ZIP_DEFLATED), "times larger"),
    ],
)  # fmt: skip
def test_broken_files_are_refused(data: bytes, said: str) -> None:
    with pytest.raises(ModelFileError, match=said):
        load_npz(data)


@pytest.mark.filterwarnings("ignore::UserWarning")  # zipfile's of the second of two names
def test_two_arrays_of_a_name_are_refused() -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as writer:
        for _ in range(2):
            writer.writestr("x.npy", header() + b"12345678")
    with pytest.raises(ModelFileError, match="different names"):
        load_npz(stream.getvalue())


def test_every_mutation_is_read_or_refused(record_property: Any) -> None:
    refused = mutations.count_refused(packed(arrays()), load_npz, ModelFileError)
    assert refused > mutations.MUTATIONS // 4
    record_property("mutated npz files refused", refused)


def test_a_model_s_weights_go_by_their_paths() -> None:
    def model() -> Any:
        x = gs.Input((3,))
        return gs.Model(x, gs.layers.Dense(2, name="dense")(x))

    one, other = model(), model()
    (data,) = FORMAT.write_weights(one, "w.npz").values()  # type: ignore[misc]
    assert FORMAT.recognises(ModelFile("w.npz", memoryview(data)))
    assert sorted(load_npz(data)) == ["dense/bias", "dense/kernel"]
    FORMAT.read_weights(ModelFile("w.npz", memoryview(data)), other, ReadOptions())  # type: ignore[misc]
    np.testing.assert_array_equal(one.weights[0].numpy(), other.weights[0].numpy())
    assert not FORMAT.recognises(ModelFile("w.npz", memoryview(archive("x.txt", b""))))
