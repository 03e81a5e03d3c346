"""Kept models: what there is, copied, moved and removed, as in TensorFlow.js's `tf.io`.

Each function has a form that ends in `_async`, for engines whose plain functions cannot wait.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

from gossamer.browser import event_loop
from gossamer.saving.formats import ModelFile
from gossamer.saving.places import addresses, stores
from gossamer.saving.places.names import files_of
from gossamer.saving.places.paths import list_path, remove_path
from gossamer.saving.places.reading import find, read
from gossamer.saving.places.stored import Stored
from gossamer.saving.places.writing import write

NamesBeside = Callable[[ModelFile], list[str]]


def list_models(folder: Any = None) -> dict[str, Stored]:
    """The models that are kept, by address.

    In a folder and in the origin-private file system that is every file but hidden ones, and a
    folder that holds `model.json` counts as one: what is in a file is known only to who reads it.

    Args:
        folder: a path; None for the stores of the page, IndexedDB and the origin-private file
            system.

    Returns:
        For each address `size` in bytes, `date`, and `files`, the names.

    Raises:
        NotImplementedError: without a folder on CPython.

    Example:
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     with open(f"{folder}/digits.keras", "wb") as file:
        ...         _ = file.write(b"1234")
        ...     print([(model.size, model.files) for model in list_models(folder).values()])
        [(4, ('digits.keras',))]
    """
    return event_loop.run(list_models_async(folder))


async def list_models_async(folder: Any = None) -> dict[str, Stored]:
    """`list_models` to await.

    Args:
        folder: as there.
    """
    if folder is not None:
        scheme, path = addresses.split(folder)
        if scheme:
            raise ValueError(f"Expected a folder's path or None. Received: folder={folder!r}")
        return list_path(path)
    found: dict[str, Stored] = {}
    for scheme in stores.STORES:
        found |= await stores.store_of(scheme).list()
    return found


def copy_model(source: Any, target: Any, names_beside: NamesBeside | None = None) -> None:
    """Copy a model's files, as they are, to another address.

    A single file gets the name that the target ends in.

    Args:
        source: an address, as `load_model` takes it.
        target: an address, as `save_model` takes it. What is there is replaced.
        names_beside: tells which files a file needs; the shards in its folder if None.

    Raises:
        ValueError: for a target that is the source.
        OSError: if it cannot be read or written.

    Example:
        >>> import os, tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     with open(f"{folder}/digits.keras", "wb") as file:
        ...         _ = file.write(b"1234")
        ...     copy_model(f"{folder}/digits.keras", f"{folder}/copy.keras")
        ...     print(sorted(os.listdir(folder)))
        ['copy.keras', 'digits.keras']
    """
    event_loop.run(copy_model_async(source, target, names_beside))


async def copy_model_async(
    source: Any, target: Any, names_beside: NamesBeside | None = None
) -> None:
    """`copy_model` to await.

    Args:
        source: as there.
        target: as there.
        names_beside: as there.
    """
    _check_apart(source, target)
    if names_beside is None:
        # A single file needs nobody to tell what lies beside it, and a server does not tell.
        place = await find(source)
        is_alone = not place.main.lower().endswith(".json")
        beside = [] if is_alone else files_of(place.main, place.names())[1:]
        names_beside = lambda file: beside  # noqa: E731
    file = await read(source, names_beside)
    files = {file.name: file.data, **file.beside}
    scheme, rest = addresses.split(target)
    if len(files) == 1 and scheme == "downloads":
        # The other places name a single file by the address; downloads have the files' names.
        last, ending = rest.rpartition("/")[2], os.path.splitext(file.name)[1]
        files = {last if last.endswith(ending) else last + ending: file.data}
    await write(target, files)


def move_model(source: Any, target: Any) -> None:
    """Move a model's files, as they are, to another address: copied, then removed.

    Args:
        source: a path, or a string that begins with `indexeddb://` or `opfs://`.
        target: an address, as `save_model` takes it. What is there is replaced.

    Raises:
        ValueError: for a target that is the source.
        OSError: if it cannot be read, written or removed.

    Example:
        >>> import os, tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     with open(f"{folder}/digits.keras", "wb") as file:
        ...         _ = file.write(b"1234")
        ...     move_model(f"{folder}/digits.keras", f"{folder}/moved.keras")
        ...     print(os.listdir(folder))
        ['moved.keras']
    """
    event_loop.run(move_model_async(source, target))


async def move_model_async(source: Any, target: Any) -> None:
    """`move_model` to await.

    Args:
        source: as there.
        target: as there.
    """
    scheme = addresses.split(source)[0]
    if scheme.startswith("http") or scheme == "downloads":
        raise NotImplementedError(f"{scheme}:// cannot be moved from: copy the model.")
    await copy_model_async(source, target)
    await remove_model_async(source)


def remove_model(address: Any) -> None:
    """Remove a model's files.

    Of a folder these are `model.json`, or the only model in it, with its shards; the folder goes
    if it is empty then.

    Args:
        address: a path, or a string that begins with `indexeddb://` or `opfs://`.

    Raises:
        FileNotFoundError: if there is no such model.
        NotImplementedError: for addresses that nothing can be removed from.

    Example:
        >>> import os, tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     with open(f"{folder}/digits.keras", "wb") as file:
        ...         _ = file.write(b"1234")
        ...     remove_model(f"{folder}/digits.keras")
        ...     print(os.listdir(folder))
        []
    """
    event_loop.run(remove_model_async(address))


async def remove_model_async(address: Any) -> None:
    """`remove_model` to await.

    Args:
        address: as there.
    """
    scheme, rest = addresses.split(address)
    if not scheme:
        remove_path(rest)
    elif scheme.startswith("http"):
        raise NotImplementedError("Nothing can be removed from a server.")
    else:
        await stores.store_of(scheme).remove(rest)


def _check_apart(source: Any, target: Any) -> None:
    """ValueError if one of two addresses is the other or lies in it."""
    try:
        places = [addresses.split(address) for address in (source, target)]
    except TypeError:  # bytes and files, which have no address
        addresses.split(target)
        return
    (one, first), (two, second) = places
    if one != two:
        return
    if not one:
        first, second = os.path.realpath(first), os.path.realpath(second)
    first, second = first.rstrip("/"), second.rstrip("/")
    within = one in ("", "opfs") and second.startswith((first + "/", first + os.sep))
    if first == second or within:
        raise ValueError(
            f"Expected a target apart from the source. Received: source={source!r}, "
            f"target={target!r}"
        )
