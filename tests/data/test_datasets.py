"""Keras's data sets, of small files like the real ones, as Keras reads them."""

from __future__ import annotations

import gzip
import io
import json
import pickle
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import gossamer as gs

RANDOM = np.random.RandomState(3)


def texts(count: int) -> np.ndarray:
    lists = np.empty(count, object)
    lists[:] = [RANDOM.randint(1, 30, size).tolist() for size in RANDOM.randint(1, 9, count)]
    return lists


def images(*shape: int) -> np.ndarray:
    return RANDOM.randint(0, 256, shape, dtype=np.uint8)


def npz(path: Path, **arrays: np.ndarray) -> str:
    np.savez(path, **arrays)
    return str(path)


def idx(array: np.ndarray) -> bytes:
    header = bytes([0, 0, 8, array.ndim]) + np.array(array.shape, ">u4").tobytes()
    return gzip.compress(header + array.tobytes())


def tar(path: Path, files: dict[str, Any]) -> str:
    with tarfile.open(path, "w:gz") as archive:
        for name, content in files.items():
            data = pickle.dumps(content, 4)
            member = tarfile.TarInfo(name)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    return str(path)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file of each set."""
    root = tmp_path_factory.mktemp("sets")
    for name in ("boston_housing", "california_housing"):
        npz(root / f"{name}.npz", x=RANDOM.rand(700, 3), y=RANDOM.rand(700))
    npz(root / "mnist.npz", x_train=images(6, 28, 28), y_train=images(6),
        x_test=images(2, 28, 28), y_test=images(2))  # fmt: skip
    npz(root / "imdb.npz", x_train=texts(20), y_train=images(20) % 2,
        x_test=texts(10), y_test=images(10) % 2)  # fmt: skip
    npz(root / "reuters.npz", x=texts(30), y=images(30) % 46)
    for name in ("imdb", "reuters"):
        (root / f"{name}_word_index.json").write_text(json.dumps({"the": 1, "café": 2}))
    fashion = root / "fashion-mnist"
    fashion.mkdir()
    for part, count in (("train", 4), ("t10k", 3)):
        (fashion / f"{part}-images-idx3-ubyte.gz").write_bytes(idx(images(count, 28, 28)))
        (fashion / f"{part}-labels-idx1-ubyte.gz").write_bytes(idx(images(count)))

    def batch(count: int, *keys: bytes) -> dict[bytes, Any]:
        labels = {key: (images(count) % 10).tolist() for key in keys}
        return {b"data": images(count, 3 * 32 * 32), **labels}

    ten = {f"data_batch_{i}": batch(3, b"labels") for i in range(1, 6)}
    tar(root / "cifar-10-python.tar.gz",
        {f"cifar-10-batches-py/{name}": content
         for name, content in (ten | {"test_batch": batch(2, b"labels")}).items()})  # fmt: skip
    tar(root / "cifar-100-python.tar.gz",
        {f"cifar-100-python/{name}": batch(count, b"fine_labels", b"coarse_labels")
         for name, count in (("train", 4), ("test", 2))})  # fmt: skip
    return root


def flat(result: Any) -> list[Any]:
    return [array for part in result for array in part]


# The module, and the arguments beside the path. Keras's CIFAR-10 has room for the real one only.
CASES: list[tuple[str, dict[str, Any]]] = [
    ("boston_housing", {}),
    ("boston_housing", {"test_split": 0.5, "seed": 1}),
    ("california_housing", {}),
    ("california_housing", {"version": "small", "test_split": 0}),
    ("mnist", {}),
    ("fashion_mnist", {}),
    ("cifar100", {}),
    ("cifar100", {"label_mode": "coarse"}),
    ("imdb", {}),
    ("imdb", {"num_words": 10, "skip_top": 2, "maxlen": 7}),
    ("imdb", {"start_char": None, "oov_char": None, "index_from": 0, "num_words": 20}),
    ("imdb", {"start_char": None, "seed": 1}),
    ("reuters", {}),
    ("reuters", {"num_words": 10, "skip_top": 2, "maxlen": 7, "test_split": 0.4}),
    ("reuters", {"start_char": None, "oov_char": None, "index_from": 0, "num_words": 20}),
]
FILES = {
    "boston_housing": "boston_housing.npz", "california_housing": "california_housing.npz",
    "mnist": "mnist.npz", "fashion_mnist": "fashion-mnist", "imdb": "imdb.npz",
    "reuters": "reuters.npz", "cifar10": "cifar-10-python.tar.gz",
    "cifar100": "cifar-100-python.tar.gz",
}  # fmt: skip


@pytest.fixture
def keras_reads(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[[str], Any]:
    """Keras's module of a set, which finds the files here."""
    from tests.oracle.keras_library import keras

    def get_file(fname: str, origin: str = "", extract: bool = False, **_: Any) -> str:
        path = folder / origin.rsplit("/", 1)[-1]
        if extract:
            with tarfile.open(path) as archive:
                archive.extractall(tmp_path, filter="data")
            return str(tmp_path)
        return str(path if path.exists() else folder / "fashion-mnist" / path.name)

    def module(name: str) -> Any:
        import importlib

        monkeypatch.setattr(
            importlib.import_module(f"keras.src.datasets.{name}"), "get_file", get_file
        )
        return getattr(keras.datasets, name)

    return module


@pytest.mark.cpython_only
@pytest.mark.parametrize(("name", "options"), CASES)
def test_as_keras(
    name: str, options: dict[str, Any], folder: Path, keras_reads: Any, record_property: Any
) -> None:
    right = flat(keras_reads(name).load_data(**options))
    found = flat(getattr(gs.datasets, name).load_data(path=str(folder / FILES[name]), **options))
    for one, other in zip(found, right, strict=True):
        assert one.dtype == other.dtype
        np.testing.assert_array_equal(one, other)
    record_property("data sets as Keras's", 1)


@pytest.mark.cpython_only
def test_words_as_keras(folder: Path, keras_reads: Any) -> None:
    for name in ("imdb", "reuters"):
        found = getattr(gs.datasets, name).get_word_index(str(folder / f"{name}_word_index.json"))
        assert found == keras_reads(name).get_word_index() == {"the": 1, "café": 2}
    assert gs.datasets.reuters.get_label_names() == keras_reads("reuters").get_label_names()


@pytest.mark.parametrize("name", FILES)
def test_shapes(name: str, folder: Path) -> None:
    (x, y), (x_test, y_test) = getattr(gs.datasets, name).load_data(path=str(folder / FILES[name]))
    assert (len(x), len(x_test)) == (len(y), len(y_test))
    if "cifar" in name:
        assert x.shape[1:] == (32, 32, 3)
        assert y.shape[1:] == (1,)


def test_cifar_is_read_in_order(folder: Path, tmp_path: Path) -> None:
    path = folder / FILES["cifar10"]
    with tarfile.open(path) as archive:
        archive.extractall(tmp_path, filter="data")
    unpacked = gs.datasets.cifar10.load_data(path=str(tmp_path / "cifar-10-batches-py"))
    for one, other in zip(flat(gs.datasets.cifar10.load_data(str(path))), flat(unpacked),
                          strict=True):  # fmt: skip
        assert one.dtype == np.uint8
        np.testing.assert_array_equal(one, other)
    second = pickle.loads((tmp_path / "cifar-10-batches-py" / "data_batch_2").read_bytes())
    image = second[b"data"][0].reshape(3, 32, 32).transpose(1, 2, 0)
    np.testing.assert_array_equal(unpacked[0][0][3], image)


def test_where_keras_keeps_them(folder: Path, tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    with pytest.raises(FileNotFoundError, match=r"Expected mnist\.npz.*Received: path='mnist.npz'"):
        gs.datasets.mnist.load_data()
    (tmp_path / "datasets").mkdir()
    (tmp_path / "datasets" / "mnist.npz").write_bytes((folder / "mnist.npz").read_bytes())
    assert gs.datasets.mnist.load_data()[0][0].shape == (6, 28, 28)


class Evil:
    """Creates a file when it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = str(path)

    def __reduce__(self) -> Any:
        return open, (self.path, "w")


def test_files_run_nothing(tmp_path: Path) -> None:
    trace = tmp_path / "trace"
    lists = np.empty(1, object)
    lists[0] = Evil(trace)
    bad = npz(tmp_path / "bad.npz", x=lists, y=np.zeros(1))
    with pytest.raises(pickle.UnpicklingError, match="asks for"):
        gs.datasets.reuters.load_data(bad)
    archive = tar(tmp_path / "bad.tar.gz", {"train": Evil(trace), "test": Evil(trace)})
    with pytest.raises(pickle.UnpicklingError, match="asks for"):
        gs.datasets.cifar100.load_data(path=archive)
    assert not trace.exists()


def test_a_plain_array_is_no_pickle(tmp_path: Path) -> None:
    from gossamer.datasets.sources import load_npz

    # Of the second version of the format.
    with zipfile.ZipFile(tmp_path / "two.npz", "w") as archive:
        content = io.BytesIO()
        np.lib.format.write_array(content, np.arange(3), version=(2, 0))
        archive.writestr("a.npy", content.getvalue())
    np.testing.assert_array_equal(load_npz(str(tmp_path / "two.npz"))["a"], [0, 1, 2])


ERRORS: list[tuple[str, dict[str, Any], str]] = [
    ("boston_housing", {"test_split": 1.0}, "test_split=1.0"),
    ("california_housing", {"version": "medium"}, "version='medium'"),
    ("cifar100", {"label_mode": "none"}, "label_mode='none'"),
    ("imdb", {"maxlen": 1}, "maxlen=1"),
]


@pytest.mark.parametrize(("name", "options", "received"), ERRORS)
def test_errors(name: str, options: dict[str, Any], received: str, folder: Path) -> None:
    with pytest.raises(ValueError, match=f"Received: {received}"):
        getattr(gs.datasets, name).load_data(path=str(folder / FILES[name]), **options)
