"""Files of the file system: the machine's on CPython, Pyodide's own in a page."""

from __future__ import annotations

import contextlib
import datetime
import mmap
import os
import shutil
import stat
from collections.abc import Mapping
from typing import Any

from gossamer.browser.event_loop import IN_PAGE
from gossamer.saving.formats import ModelFileError
from gossamer.saving.places.limits import check_size
from gossamer.saving.places.names import FOLDER_MODEL, files_of, main_of, models_among, targets_of
from gossamer.saving.places.place import Place
from gossamer.saving.places.replacing import replace_all
from gossamer.saving.places.stored import Stored
from gossamer.saving.places.tally import Report


def read_path(path: str, report: Report) -> memoryview:
    """A file's contents: on CPython they are the file itself, mapped, and nothing is copied.

    Args:
        path: of the file.
        report: told how far it is.
    """
    with open(path, "rb") as file:
        status = os.fstat(file.fileno())
        if not stat.S_ISREG(status.st_mode):
            raise ModelFileError(f"Expected an ordinary file at {path}. Received: a device")
        check_size(status.st_size, path)
        if IN_PAGE or not status.st_size:
            data = memoryview(file.read())
        else:
            data = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
    report(len(data), len(data))
    return data


class PathPlace(Place):
    """A file, and what else lies in its folder.

    Args:
        path: of the file, or of a folder with one model.
    """

    def __init__(self, path: str) -> None:
        self._folder, main = os.path.split(path)
        if os.path.isdir(path):
            self._folder, main = path, main_of(_names(path), path)
        super().__init__(path, main, {})

    def names(self) -> list[str]:
        return _names(self._folder or os.curdir)

    async def read(self, name: str, report: Report) -> memoryview:
        try:
            return read_path(os.path.join(self._folder, name), report)
        except FileNotFoundError as error:
            if name == self.main:
                raise
            raise ModelFileError(
                f"Expected the file {name!r} beside {self.main!r} in {self._folder or os.curdir}. "
                "Received: none"
            ) from error


def _names(folder: str) -> list[str]:
    """The files in a folder."""
    return sorted(entry.name for entry in os.scandir(folder) if entry.is_file())


class _FileSystem:
    """The steps of `replace_all`."""

    async def write(self, path: str, data: Any, model: str) -> None:
        os.makedirs(os.path.dirname(path) or os.curdir, exist_ok=True)
        with open(path, "xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if os.path.exists(model):
            shutil.copymode(model, path)

    async def exists(self, path: str) -> bool:
        return os.path.isfile(path)

    async def move(self, path: str, target: str) -> None:
        os.replace(path, target)

    async def remove(self, path: str) -> None:
        with contextlib.suppress(FileNotFoundError):
            os.remove(path)


async def write_path(path: str, files: Mapping[str, Any]) -> None:
    """Write files, all or none; see `targets_of` for where each goes."""
    path = path.replace(os.sep, "/") + ("/" if os.path.isdir(path) else "")
    targets = targets_of(path, files, os.path.isdir(path))
    # Through a link, so that the link stays.
    real = {name: os.path.realpath(target).replace(os.sep, "/") for name, target in targets.items()}
    await replace_all(_FileSystem(), real, files)


def list_path(folder: str) -> dict[str, Stored]:
    """The models in a folder, and in folders in it that hold `model.json`."""
    paths = _names(folder)
    for entry in os.scandir(folder):
        if entry.is_dir() and os.path.isfile(os.path.join(entry.path, FOLDER_MODEL)):
            paths += [f"{entry.name}/{name}" for name in _names(entry.path)]
    return {
        os.path.join(folder, place): _described(folder, files)
        for place, files in models_among(paths).items()
    }


def _described(folder: str, files: list[str]) -> Stored:
    found = [os.stat(os.path.join(folder, file)) for file in files]
    date = datetime.datetime.fromtimestamp(max(one.st_mtime for one in found), datetime.UTC)
    names = tuple(file.rpartition("/")[2] for file in files)
    return Stored(sum(one.st_size for one in found), date, names)


def remove_path(path: str) -> None:
    """No such model: its files are gone, and a folder at the path that is empty then."""
    folder, main = os.path.split(path)
    if os.path.isdir(path):
        folder, main = path, main_of(_names(path), path)
    for name in files_of(main, _names(folder or os.curdir)):
        os.remove(os.path.join(folder, name))
    if folder == path and not os.listdir(folder):
        os.rmdir(folder)
