"""HDF5, the container of Keras's weights: libraries read and write it, behind a small interface.

pyfive reads, h5py writes, in a page h5wasm does. h5py reads where there is no pyfive, and only
there: one flipped bit can have its C library run for ever, where Python raises. A file from
elsewhere is not trusted: links out of it are refused, and a dataset is measured against the file
before anything is allocated for it.
"""

from __future__ import annotations

import functools
import importlib.util
import io
import math
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

import numpy as np

from gossamer.browser.event_loop import IN_PAGE
from gossamer.saving.formats import ModelFileError

MAGIC = b"\x89HDF\r\n\x1a\n"
LARGEST_EXPANSION = 100  # of all datasets together, against the file's size; Keras's have 1
SMALLEST_LIMIT = 64 << 20  # below it expansion does not matter
CONTIGUOUS = 1  # the layout class of data that lie in one piece, as HDF5's specification counts
MAX_DEPTH = 64  # of groups within groups
LONGEST_ATTRIBUTE = 64512  # bytes of a list of names, which HDF5 keeps in a header; as in Keras


@dataclass
class Node:
    """A group that is to be written: its attributes, arrays, and groups by name.

    Attributes: text, or lists of text, by name.
    """

    attributes: dict[str, Any] = field(default_factory=dict)
    arrays: dict[str, np.ndarray] = field(default_factory=dict)
    groups: dict[str, Node] = field(default_factory=dict)

    def at(self, path: str) -> Node:
        """The group at a path below this one, which is made when it is not there."""
        node = self
        for name in path.split("/") if path else ():
            node = node.groups.setdefault(name, Node())
        return node


def is_hdf5(data: memoryview) -> bool:
    """Whether a file begins as HDF5 files do."""
    return bytes(data[: len(MAGIC)]) == MAGIC


async def ready_to_write() -> None:
    """Waits for the library that writes, in a page; elsewhere there is nothing to wait for."""
    if IN_PAGE and importlib.util.find_spec("h5py") is None:
        from gossamer.browser import hdf5_writer

        await hdf5_writer.load()


async def ready_to_read() -> None:
    """Waits for the library that reads, in a page that has not loaded it yet."""
    if IN_PAGE and not any(importlib.util.find_spec(name) for name in ("h5py", "pyfive")):
        from gossamer.browser.packages import load

        await load("pyfive")
    _library("pyfive")  # now, while a file may still be on its way


def write(root: Node) -> bytes:
    """The file that a tree becomes.

    Raises:
        ImportError: without a library that writes HDF5.
    """
    if IN_PAGE and importlib.util.find_spec("h5py") is None:
        from gossamer.browser import hdf5_writer

        return hdf5_writer.write(root)
    h5py = _library("h5py")
    if h5py is None:
        raise ImportError(
            "Expected h5py, which writes HDF5 files: `pip install h5py`. Received: none"
        )
    stream = io.BytesIO()
    with h5py.File(stream, "w") as file:
        _write_with_h5py(file, root)
    return stream.getvalue()


def _write_with_h5py(group: Any, node: Node) -> None:
    for name, value in node.attributes.items():
        # As Keras writes them: text of any length, lists of names as bytes of one length.
        group.attrs[name] = value if isinstance(value, str) else np.array(
            [text.encode() for text in value] or [], dtype=None if value else "S1"
        )  # fmt: skip
    for name, array in node.arrays.items():
        group.create_dataset(name, data=array)
    for name, child in node.groups.items():
        _write_with_h5py(group.require_group(name), child)


def open_file(data: memoryview, name: str) -> Group:
    """The root of a file.

    Args:
        data: the whole file.
        name: what errors call it.

    Raises:
        ImportError: without a library that reads HDF5.
        ModelFileError: for another kind of file, or a broken one.
    """
    if not is_hdf5(data):
        raise ModelFileError(
            f"Expected an HDF5 file. Received: {name}, which begins with {bytes(data[:8])!r}"
        )
    library = _library("pyfive") or _library("h5py")
    if library is None:
        raise ImportError(
            "Expected pyfive or h5py, which read HDF5 files: `pip install pyfive`, in a page "
            "`micropip.install('pyfive==1.2.1')`. Received: neither"
        )
    budget = _Budget(name, max(SMALLEST_LIMIT, LARGEST_EXPANSION * len(data)), len(data))
    with _broken(name):
        return Group(library, library.File(io.BytesIO(data), "r"), data, budget, "")


def _library(name: str) -> Any:
    """A library, None where it is not installed."""
    if importlib.util.find_spec(name) is None:
        return None
    if name == "pyfive" and importlib.util.find_spec("fsspec") is None:
        return _pyfive_without_fsspec()
    return importlib.import_module(name)


def _pyfive_without_fsspec() -> Any:
    """pyfive, which imports fsspec and asks it only for files on other machines.

    A page would load twice as much for it, and import it longer than pyfive itself.
    """
    package, module = ModuleType("fsspec"), ModuleType("fsspec.utils")
    package.utils = module  # type: ignore[attr-defined]
    sys.modules |= {"fsspec": package, "fsspec.utils": module}
    try:
        return importlib.import_module("pyfive")
    finally:
        del sys.modules["fsspec"], sys.modules["fsspec.utils"]


class _broken:
    """Turns whatever a library raises over a broken file into one kind of error."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: Any, error: Any, traceback: Any) -> None:
        # A broken file may send a library anywhere, so nearly all of its errors say the same.
        if isinstance(error, Exception) and not isinstance(error, (ModelFileError, ImportError)):
            raise ModelFileError(
                f"Expected a whole HDF5 file. Received: {self._name}, which is broken "
                f"({type(error).__name__}: {error})"
            ) from error


@dataclass
class _Budget:
    """What may still be read of a file."""

    name: str
    remaining: int
    file_size: int

    def spend(self, path: str, dataset: Any, is_plain: bool) -> None:
        """Count a dataset before it is read; ModelFileError for more than the file can hold."""
        size = math.prod(dataset.shape) * max(int(dataset.dtype.itemsize), 1)
        self.remaining -= size
        if size > self.file_size if is_plain else self.remaining < 0:
            raise ModelFileError(
                f"Expected no more data than the file holds ({self.file_size} bytes) in {path} of "
                f"{self.name}. Received: shape={dataset.shape}"
            )


class Group:
    """A group of a file that is read. Paths have slashes. What was looked up once is kept.

    Attributes:
        name: of the file.
        path: from the root, `""` for the root itself.
    """

    def __init__(
        self, library: Any, group: Any, data: memoryview, budget: _Budget, path: str
    ) -> None:
        self._library, self._group, self._data, self._budget = library, group, data, budget
        self.path = path
        self.name = budget.name
        self._children: dict[str, Any] = {}  # groups as this class, datasets as the library's

    @functools.cached_property
    def _names(self) -> frozenset[str]:
        with _broken(self.name):
            return frozenset(iter(self._group))

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(self._names))

    def __contains__(self, path: str) -> bool:
        return self._find(path) is not None

    def is_group(self, path: str) -> bool:
        """Whether there is a group at a path."""
        return isinstance(self._find(path), Group)

    def group(self, path: str) -> Group:
        """The group at a path.

        Raises:
            ModelFileError: if there is none.
        """
        found = self._find(path)
        if not isinstance(found, Group):
            raise ModelFileError(
                f"Expected a group {self._full(path)!r} in {self.name}. Received: {found!r}"
            )
        return found

    def array(self, path: str) -> np.ndarray:
        """The array at a path.

        Raises:
            ModelFileError: if there is none, or one that cannot be.
        """
        found, full = self._find(path), self._full(path)
        if found is None or isinstance(found, Group):
            raise ModelFileError(f"Expected data {full!r} in {self.name}. Received: {found!r}")
        with _broken(self.name):
            if getattr(found, "external", None) or getattr(found, "is_virtual", False):
                raise ModelFileError(
                    f"Expected data within {self.name}. Received: {full!r}, which lies elsewhere"
                )
            self._budget.spend(full, found, found.chunks is None)
            value = self._contents(found)
            if value.shape != tuple(found.shape):
                raise ModelFileError(
                    f"Expected the shape {found.shape} of {full!r} in {self.name}. "
                    f"Received: shape={value.shape}"
                )
            return value

    def _contents(self, dataset: Any) -> np.ndarray:
        """All of a dataset."""
        place = dataset.id
        if self._library.__name__ == "pyfive" and place.layout_class == CONTIGUOUS:
            start, dtype = place.data_offset, dataset.dtype
            # pyfive would copy it four times, by an index of pieces.
            if isinstance(dtype, np.dtype) and dtype.kind in "biuf" and start < len(self._data):
                count = math.prod(dataset.shape)
                flat = np.frombuffer(self._data, dtype, count, start)
                return flat.reshape(dataset.shape).copy()  # aligned, and the file may go
        return np.asarray(dataset[()])

    def text(self, name: str) -> str | None:
        """The text that an attribute is, None if there is none."""
        with _broken(self.name):
            value = self._group.attrs.get(name)
            return None if value is None else _decoded(value)

    def texts(self, name: str) -> list[str]:
        """The list that an attribute is; long ones are in pieces, `name0`, `name1`, ..."""
        with _broken(self.name):
            attributes = self._group.attrs
            if name in attributes:
                return [_decoded(value) for value in attributes[name]]
            pieces: list[str] = []
            number = 0
            while f"{name}{number}" in attributes:
                pieces += [_decoded(value) for value in attributes[f"{name}{number}"]]
                number += 1
            return pieces

    def _full(self, path: str) -> str:
        return f"{self.path}/{path}" if self.path else path

    def _find(self, path: str) -> Any:
        """What lies at a path, a Group or the library's dataset; None for nothing."""
        found: Any = self
        names = [name for name in path.split("/") if name]
        if len(names) > MAX_DEPTH:
            raise ModelFileError(f"Expected fewer than {MAX_DEPTH} groups. Received: {path[:200]}")
        for name in names:
            if not isinstance(found, Group):
                return None
            found = found._child(name)
        return found

    def _child(self, name: str) -> Any:
        if name not in self._children:
            if name in (".", "..") or name not in self._names:
                return None
            with _broken(self.name):
                self._refuse_links(name)
                child = self._group[name]
            if isinstance(child, self._library.Group):
                child = Group(self._library, child, self._data, self._budget, self._full(name))
            elif not isinstance(child, self._library.Dataset):
                raise ModelFileError(
                    f"Expected groups and data in {self.name}. Received: {self._full(name)!r}"
                )
            self._children[name] = child
        return self._children[name]

    def _refuse_links(self, name: str) -> None:
        """Links may lead out of the file, or around in circles; Keras writes none."""
        if self._library.__name__ == "h5py":
            kind = self._group.get(name, getclass=True, getlink=True)
            is_link = kind is not self._library.HardLink
        else:
            is_link = isinstance(self._group._links[name], str)
        if is_link:
            raise ModelFileError(
                f"Expected data within {self.name}. Received: {name!r}, a link to elsewhere"
            )


def _decoded(value: Any) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)


def in_pieces(name: str, texts: list[str]) -> dict[str, list[str]]:
    """Attributes for a list of names, in as many pieces as HDF5's headers need, as Keras has it."""
    width = max((len(text.encode()) for text in texts), default=0)
    if width > LONGEST_ATTRIBUTE:
        raise ValueError(f"Expected shorter names. Received: one of {width} bytes")
    fits = max(LONGEST_ATTRIBUTE // max(width, 1), 1)
    if len(texts) <= fits:
        return {name: texts}
    pieces = [texts[k : k + fits] for k in range(0, len(texts), fits)]
    return {f"{name}{number}": piece for number, piece in enumerate(pieces)}
