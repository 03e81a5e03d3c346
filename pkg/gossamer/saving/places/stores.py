"""The stores of a page: IndexedDB, the origin-private file system, and the folder of downloads.

Names in them are only names. Their code is in `gossamer.browser`, because it talks to JavaScript;
here is what they mean for models.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any

from gossamer.browser import event_loop
from gossamer.saving.places.given import Blob
from gossamer.saving.places.names import check_name, files_of, main_of, models_among, targets_of
from gossamer.saving.places.place import Place
from gossamer.saving.places.replacing import replace_all
from gossamer.saving.places.stored import Stored


def _date(milliseconds: float) -> datetime.datetime:
    return datetime.datetime.fromtimestamp(milliseconds / 1000, datetime.UTC)


class IndexedDb:
    """`indexeddb://name`: a record for each model, with all its files."""

    scheme = "indexeddb"

    async def open(self, name: str) -> Place:
        """The model of a name."""
        from gossamer.browser import indexed_db

        source = f"{self.scheme}://{name}"
        blobs = await indexed_db.read(name)
        files = {check_name(file): Blob(blob, f"{source}, {file}") for file, blob in blobs.items()}
        return Place(source, main_of(files, source), files)

    async def write(self, name: str, files: Mapping[str, Any]) -> None:
        """Put a model there; in one transaction, so that it is there whole or not at all."""
        from gossamer.browser import indexed_db

        main_of(files, "what is written")
        await indexed_db.write(name, {check_name(file): data for file, data in files.items()})

    async def list(self) -> dict[str, Stored]:
        """All models, by address."""
        from gossamer.browser import indexed_db

        return {
            f"{self.scheme}://{name}": Stored(size, _date(date), tuple(_main_first(files)))
            for name, size, date, files in await indexed_db.records()
        }

    async def remove(self, name: str) -> None:
        """No such model."""
        from gossamer.browser import indexed_db

        await indexed_db.remove(name)


def _main_first(files: list[str]) -> list[str]:
    main = main_of(files, "a record")
    return [main, *sorted(name for name in files if name != main)]


class PrivateFiles:
    """`opfs://folder/name`: files of the origin-private file system, which a page may share."""

    scheme = "opfs"

    async def open(self, path: str) -> Place:
        """The file at a path with those beside it, or the model in a folder."""
        from gossamer.browser import private_files

        source = f"{self.scheme}://{path}"
        path = check_name(path.strip("/"))
        if await private_files.is_folder(path):
            blobs = await private_files.files_in(path)
            main = main_of(blobs, source)
        else:
            folder, _, main = path.rpartition("/")
            blobs = await private_files.files_in(folder)
            if main not in blobs:
                raise FileNotFoundError(f"Expected a file. Received: {source}, which is not there")
        files = {name: Blob(blob, f"{source}, {name}") for name, blob in blobs.items()}
        return Place(source, main, files)

    async def write(self, path: str, files: Mapping[str, Any]) -> None:
        """Write files, all or none; see `targets_of` for where each goes."""
        from gossamer.browser import private_files

        check_name(path.strip("/"))
        path = path.lstrip("/")
        is_folder = await private_files.is_folder(path.strip("/"))
        targets = targets_of(path.rstrip("/") + "/" if is_folder else path, files, is_folder)
        await replace_all(private_files.Steps(), targets, files)

    async def list(self) -> dict[str, Stored]:
        """All models, by address."""
        from gossamer.browser import private_files

        blobs = await private_files.files_in("", deep=True) if private_files.are_here() else {}
        return {
            f"{self.scheme}://{place}": Stored(
                sum(int(blobs[file].size) for file in files),
                _date(max(blobs[file].lastModified for file in files)),
                tuple(file.rpartition("/")[2] for file in files),
            )
            for place, files in models_among(blobs).items()
        }

    async def remove(self, path: str) -> None:
        """No such model: its files are gone, and the folders that are empty then."""
        from gossamer.browser import private_files

        place = await self.open(path)
        path = path.strip("/")
        folder = path if await private_files.is_folder(path) else path.rpartition("/")[0]
        within = f"{folder}/" if folder else ""
        for name in files_of(place.main, place.names()):
            await private_files.remove(within + name)
        await private_files.remove_if_empty(folder)


class Downloads:
    """`downloads://name`: files that the browser hands to the user. They cannot be read back."""

    scheme = "downloads"

    async def open(self, name: str) -> Place:
        """NotImplementedError: pages see no downloads."""
        raise NotImplementedError(
            "A page cannot read its downloads: let the user choose the file, <input type=file>."
        )

    async def write(self, name: str, files: Mapping[str, Any]) -> None:
        """Hand over the files, under their own names."""
        from gossamer.browser import download_links

        for file in files:
            check_name(file)
        await download_links.offer({file.rpartition("/")[2]: data for file, data in files.items()})

    async def list(self) -> dict[str, Stored]:
        """None: pages see no downloads."""
        return {}

    async def remove(self, name: str) -> None:
        """NotImplementedError: pages see no downloads."""
        raise NotImplementedError("A page cannot remove what the user has downloaded.")


Store = IndexedDb | PrivateFiles | Downloads
STORES: dict[str, Store] = {
    store.scheme: store for store in (IndexedDb(), PrivateFiles(), Downloads())
}


def store_of(scheme: str) -> Store:
    """The store of a scheme.

    Raises:
        NotImplementedError: on CPython.
        RuntimeError: where it takes waiting, in a plain function that cannot.
    """
    if not event_loop.IN_PAGE:
        raise NotImplementedError(f"{scheme}:// is a browser's, and this is none: give a path.")
    event_loop.require_await(f"{scheme}://")
    return STORES[scheme]
