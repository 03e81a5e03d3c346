"""Reading: the file at an address, whole, with those that it names."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from gossamer.saving.formats import ModelFile
from gossamer.saving.places import addresses, given, stores
from gossamer.saving.places.names import check_name
from gossamer.saving.places.paths import PathPlace
from gossamer.saving.places.place import Place
from gossamer.saving.places.tally import Report, Tally
from gossamer.saving.places.web import WebPlace


async def find(address: Any, cache: bool = True) -> Place:
    """The place that an address means.

    Args:
        address: as `read` takes it.
        cache: as `read` takes it.
    """
    place = given.place_of(address)
    if place is not None:
        return place
    scheme, rest = addresses.split(address)
    if not scheme:
        return PathPlace(rest)
    if scheme.startswith("http"):
        return WebPlace(rest, cache)
    return await stores.store_of(scheme).open(rest)


async def read(
    address: Any,
    names_beside: Callable[[ModelFile], list[str]],
    progress: Report | None = None,
    cache: bool = True,
) -> ModelFile:
    """The file at an address, whole, with the files that it needs beside it.

    Paths are read from the file system: on CPython files are mapped and not copied; of a folder,
    `model.json` or its only model is read. `http(s)` addresses come with progress; if a
    connection breaks, the rest is asked for up to three times where the server knows ranges and
    the file is the same. In a page a file is kept, and the next time the server is asked whether
    it has changed (`ETag`, `Last-Modified`): if not, its contents are not sent again. Servers
    of other origins are compared by what they let the page see, and their answer is cut off
    before its contents.

    Args:
        address: a path; bytes; a binary file; a list of files or a mapping of bytes by name; a
            string that begins with `http://`, `https://`, `indexeddb://` or `opfs://`; in a page
            also JavaScript's `URL`, `File`, `Blob`, `FileList` or an `<input type=file>`.
        names_beside: tells of the file which others it needs, by their paths from its folder.
        progress: called with the bytes that have come, and with how many come in all, or None as
            long as that is not known; with equal numbers once, in the end.
        cache: whether a page keeps what it gets and uses what it kept.

    Returns:
        The file.

    Raises:
        OSError: if a file is not to be had.
        ModelFileError: for a file that is too large or missing beside the other, and for names
            that lead out of the folder.

    Example:
        >>> from gossamer.browser.event_loop import run
        >>> files = {"net.json": b"{}", "net.bin": b"1234"}
        >>> file = run(read(files, lambda file: ["net.bin"]))
        >>> file.name, bytes(file.data), bytes(file.beside["net.bin"])
        ('net.json', b'{}', b'1234')
    """
    tally = Tally(progress)
    place = await find(address, cache)
    file = ModelFile(place.main, await place.read(place.main, tally.part()), {})
    names = [check_name(name) for name in dict.fromkeys(names_beside(file))]
    file = file._replace(beside=await place.read_all(names, tally))
    tally.finish()
    return file
