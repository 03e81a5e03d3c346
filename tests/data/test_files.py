"""Tables, archives and images as datasets."""

from __future__ import annotations

import io
import sys
import tarfile
import types
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gossamer.data import UNKNOWN_CARDINALITY, Dataset, ElementSpec

TABLE = 'size,colour,price,count\n1.5,"red, dark",3,1\n,blue,,2\n2,,4,3\n'


def rows(dataset: Dataset) -> list[Any]:
    return [
        {key: value.item() for key, value in row.items()} for row in dataset.as_numpy_iterator()
    ]


def test_columns_have_their_dtypes() -> None:
    dataset = Dataset.from_csv(TABLE)
    found = rows(dataset)
    assert found[0] == {"size": 1.5, "colour": "red, dark", "price": 3.0, "count": 1}
    assert np.isnan(found[1]["size"])
    assert np.isnan(found[1]["price"])
    assert found[2] == {"size": 2.0, "colour": "", "price": 4.0, "count": 3}
    assert dataset.element_spec == {
        "size": ElementSpec((), "float32"), "colour": ElementSpec((), "string"),
        "price": ElementSpec((), "float32"), "count": ElementSpec((), "int32"),
    }  # fmt: skip
    assert len(dataset) == 3


OPTIONS: dict[str, tuple[str, dict[str, Any], Any]] = {
    "defaults": (TABLE, {"column_defaults": {"price": 0, "size": 0.5, "colour": "none"}},
                 {"size": 0.5, "colour": "blue", "price": 0, "count": 2}),
    "selected": (TABLE, {"select_columns": ["count", "colour"]}, {"count": 2, "colour": "blue"}),
    "renamed": (TABLE, {"column_names": ["a", "b", "c", "d"], "select_columns": ["b"]},
                {"b": "blue"}),
    "without a header": ("1,2\n3,4\n", {"header": False}, {"0": 3, "1": 4}),
    "another delimiter": ("a;b\n1;2\n1,5;x\n", {"field_delim": ";"}, {"a": "1,5", "b": "x"}),
    "another gap": ("a\n1\nNA\n", {"na_value": "NA", "column_defaults": {"a": 7}}, {"a": 7}),
    "large numbers": ("a\n1\n5000000000\n", {}, {"a": 5000000000}),
    "exponents": ("a\n1\n-2.5e-1\n", {}, {"a": -0.25}),
    "lines with CRLF": ("a,b\r\n1,x\r\n2,y\r\n", {}, {"a": 2, "b": "y"}),
    "a mark of the encoding": ("\ufeffa\n1\n2\n", {}, {"a": 2}),
}  # fmt: skip


@pytest.mark.parametrize("name", OPTIONS)
def test_options(name: str, tmp_path: Path) -> None:
    text, options, second = OPTIONS[name]
    path = tmp_path / "table.csv"
    path.write_text(text, encoding="utf-8", newline="")
    sources: list[Any] = [path, str(path), io.BytesIO(text.encode())]
    if "mark" not in name:
        sources.append(text)
    for source in sources:
        assert rows(Dataset.from_csv(source, **options))[1] == second


def test_labels_and_batches() -> None:
    dataset = Dataset.from_csv("a,b,y\n1,2,3\n4,5,6\n7,8,9\n", label_name="y")
    found = [(x["a"].tolist(), x["b"].tolist(), y.tolist()) for x, y in dataset.batch(2)]
    assert found == [([1, 4], [2, 5], [3, 6]), ([7], [8], [9])]
    stacked = dataset.map(lambda x, y: (np.stack([x["a"], x["b"]]), y)).batch(3)
    assert next(iter(stacked))[0].tolist() == [[1, 2], [4, 5], [7, 8]]


def test_a_table_is_read_when_it_is_needed(tmp_path: Path) -> None:
    dataset = Dataset.from_csv(tmp_path / "later.csv").batch(2)
    (tmp_path / "later.csv").write_text("a\n1\n2\n")
    assert [batch["a"].tolist() for batch in dataset] == [[1, 2]]


TABLE_ERRORS: dict[str, tuple[str, dict[str, Any], str]] = {
    "a short row": ("a,b\n1,2\n3\n", {}, "1 in row 1"),
    "a label that is none": ("a\n1\n", {"label_name": "y"}, "'y'"),
    "a column that is none": ("a\n1\n", {"select_columns": ["b"]}, "'b'"),
    "a default of none": ("a\n1\n", {"column_defaults": {"b": 1}}, "'b'"),
    "two of a name": ("a,a\n1,2\n", {}, "'a', 'a'"),
}


@pytest.mark.parametrize("name", TABLE_ERRORS)
def test_errors_of_tables(name: str) -> None:
    text, options, received = TABLE_ERRORS[name]
    with pytest.raises(ValueError, match=f"Received: .*{received}"):
        list(Dataset.from_csv(text, **options))


def zipped(path: Path, files: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def tarred(path: Path, files: dict[str, bytes]) -> Path:
    with tarfile.open(path, "w:gz") as archive:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
        link = tarfile.TarInfo("a/link")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(link)
    return path


ARCHIVES = {"zip": zipped, "tar": tarred}
FILES = {"a/one.txt": b"1\0", "b/two.txt": b"22", "b/three.png": b"333"}


@pytest.mark.parametrize("kind", ARCHIVES)
def test_archives(kind: str, tmp_path: Path) -> None:
    path = ARCHIVES[kind](tmp_path / "files", FILES)
    dataset = Dataset.from_archive(path)
    for _ in range(2):
        assert dict(dataset) == FILES  # and no link
    assert dataset.cardinality() == UNKNOWN_CARDINALITY
    assert [name for name, _ in Dataset.from_archive(path, pattern="b/*.txt")] == ["b/two.txt"]


@pytest.mark.parametrize("kind", ARCHIVES)
@pytest.mark.parametrize("name", ["../up.txt", "/root.txt", "a/../../up.txt", "C:/x", "..\\up"])
def test_no_name_leads_out(kind: str, name: str, tmp_path: Path) -> None:
    path = ARCHIVES[kind](tmp_path / "files", {name: b""})
    with pytest.raises(ValueError, match="within the archive's folder"):
        list(Dataset.from_archive(path))


@pytest.mark.parametrize("kind", ARCHIVES)
def test_sizes_are_limited(kind: str, tmp_path: Path) -> None:
    path = ARCHIVES[kind](tmp_path / "files", {"a": bytes(1000), "b": bytes(1000)})
    assert len(list(Dataset.from_archive(path, max_file_bytes=1000, max_total_bytes=2000))) == 2
    with pytest.raises(ValueError, match="Received: 'a', larger"):
        list(Dataset.from_archive(path, max_file_bytes=999))
    with pytest.raises(ValueError, match="Received: 2000 or more"):
        list(Dataset.from_archive(path, max_total_bytes=1999))


def test_what_is_no_archive(tmp_path: Path) -> None:
    (tmp_path / "text").write_text("text")
    with pytest.raises(ValueError, match="zip or tar"):
        list(Dataset.from_archive(tmp_path / "text"))
    with pytest.raises(FileNotFoundError, match="none is"):
        list(Dataset.from_archive(tmp_path / "nothing"))


class Picture:
    """Stands in for Pillow's images: files are NumPy's, of bytes in three channels."""

    def __init__(self, array: np.ndarray, mode: str = "RGB") -> None:
        self.array = array
        self.mode = mode

    def convert(self, mode: str) -> Picture:
        array = self.array
        if mode == "L":
            return Picture(array.mean(-1).astype("uint8"), mode)
        if mode == "RGBA":
            array = np.concatenate([array, np.full_like(array[..., :1], 255)], -1)
        return Picture(array, mode)

    def __array__(self, dtype: Any = None, copy: Any = None) -> np.ndarray:
        return self.array if dtype is None else self.array.astype(dtype)


@pytest.fixture
def pillow(monkeypatch: pytest.MonkeyPatch) -> None:
    image = types.ModuleType("PIL.Image")
    image.open = lambda file: Picture(np.load(file))  # type: ignore[attr-defined]
    package = types.ModuleType("PIL")
    package.Image = image  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "PIL", package)
    monkeypatch.setitem(sys.modules, "PIL.Image", image)


def picture(value: int, height: int = 2, width: int = 3) -> bytes:
    file = io.BytesIO()
    np.save(file, np.full((height, width, 3), value, np.uint8))
    return file.getvalue()


PICTURES = {
    "cats/1.png": picture(10), "cats/2.JPG": picture(20, 4, 4), "dogs/1.png": picture(30),
    "dogs/notes.txt": b"no image",
}  # fmt: skip


@pytest.mark.parametrize("kind", ["folder", *ARCHIVES])
def test_images(kind: str, tmp_path: Path, pillow: None) -> None:
    if kind == "folder":
        for name, content in PICTURES.items():
            (tmp_path / name).parent.mkdir(exist_ok=True)
            (tmp_path / name).write_bytes(content)
        dataset = Dataset.from_images(tmp_path)
    else:
        dataset = Dataset.from_images(ARCHIVES[kind](tmp_path / "files", PICTURES))
    assert dataset.class_names == ["cats", "dogs"]
    assert len(dataset) == 3
    found = [(image.shape, int(image.max()), int(label)) for image, label in dataset]
    assert found == [((2, 3, 3), 10, 0), ((4, 4, 3), 20, 0), ((2, 3, 3), 30, 1)]


@pytest.mark.parametrize("channels", [1, 3, 4])
def test_channels(channels: int, pillow: None) -> None:
    from gossamer.data.images import decode_image

    image = decode_image(picture(7), channels)
    assert (image.shape, image.dtype) == ((2, 3, channels), np.uint8)
    with pytest.raises(ValueError, match="num_channels=2"):
        decode_image(picture(7), 2)


def test_no_images(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="none in"):
        Dataset.from_images(tmp_path)
