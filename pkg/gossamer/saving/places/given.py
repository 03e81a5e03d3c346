"""Files that are here already: bytes, open files, and what people choose in a page."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from typing import Any

from gossamer.browser import js_files
from gossamer.saving.places.limits import check_size
from gossamer.saving.places.names import main_of
from gossamer.saving.places.paths import read_path
from gossamer.saving.places.place import Place, Readable
from gossamer.saving.places.tally import Report

PIECE = 1 << 24


class Bytes:
    """Bytes as a file."""

    def __init__(self, data: Any) -> None:
        self._data = memoryview(data).cast("B")

    async def read(self, report: Report) -> memoryview:
        """All of them, not copied."""
        report(len(self._data), len(self._data))
        return self._data


class OpenFile:
    """What has `read`, from where it stands to its end."""

    def __init__(self, file: Any) -> None:
        self._file = file

    async def read(self, report: Report) -> memoryview:
        """All that comes, in pieces: some allocate what they are asked for."""
        data = bytearray()
        while piece := self._file.read(PIECE):
            if not isinstance(piece, bytes | bytearray | memoryview):
                raise TypeError(
                    f"Expected a file opened for bytes. Received: read() gave {piece!r:.40}"
                )
            data += piece
            check_size(len(data), str(self._file))
            report(len(data), None)
        return memoryview(data)


class Path:
    """A file of the file system, given by its path."""

    def __init__(self, path: str) -> None:
        self._path = path

    async def read(self, report: Report) -> memoryview:
        """All of it."""
        return read_path(self._path, report)


class Blob:
    """A JavaScript `Blob` or `File`."""

    def __init__(self, blob: Any, source: str) -> None:
        self._blob = blob
        self._source = source

    async def read(self, report: Report) -> memoryview:
        """All of it."""
        check_size(int(self._blob.size), self._source)
        return await js_files.read_blob(self._blob, report)


def place_of(address: Any) -> Place | None:
    """Where a model is that was given itself; None if it was not.

    Args:
        address: bytes, an open file, a JavaScript `File`, `Blob`, `FileList` or `<input>`, or a
            list of files, or files by name.
    """
    if isinstance(address, str | os.PathLike):
        return None
    chosen = js_files.chosen(address)
    if chosen is not None or isinstance(address, list | tuple):
        return _several(address if chosen is None else chosen)
    if isinstance(address, Mapping):
        files: dict[str, Readable] = {name: Bytes(data) for name, data in address.items()}
        return Place("what was given", main_of(files, "what was given"), files)
    found = _file(address)
    if found is None:
        return None
    return Place(found[0], found[0], {found[0]: found[1]})


def _several(items: Iterable[Any]) -> Place:
    files: dict[str, Readable] = {}
    for item in items:
        path = os.fspath(item) if isinstance(item, str | os.PathLike) else None
        found = (os.path.basename(path), Path(path)) if path is not None else _file(item)
        if found is None:
            raise TypeError(f"Expected files in the list. Received: {item!r}")
        if found[0] in files:
            raise ValueError(f"Expected files of different names. Received: {found[0]!r} twice")
        files[found[0]] = found[1]
    source = "the files given"
    return Place(source, main_of(files, source), files)


def _file(item: Any) -> tuple[str, Readable] | None:
    """A file's name and contents; None if it is none."""
    name = js_files.name_of(item)
    if name is not None:
        return name, Blob(item, name)
    if isinstance(item, bytes | bytearray | memoryview):
        return "bytes", Bytes(item)
    if callable(getattr(item, "read", None)):
        name = getattr(item, "name", None)
        return os.path.basename(name) if isinstance(name, str) else "file", OpenFile(item)
    return None
