"""Models in IndexedDB: one object store, and in it a record for each, with all its files.

The files are kept as `Blob`s: the list of models is read without them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from gossamer.browser.js_files import blob_of, storage_error

DATABASE = "gossamer"
STORE = "models"
VERSION = 1


async def read(name: str) -> dict[str, Any]:
    """The files of a model, as `Blob`s, by name.

    Raises:
        FileNotFoundError: if there is no such model.
    """
    record = await _transaction("readonly", name, lambda store: store.get(name))
    if record is None:
        raise FileNotFoundError(f"Expected a model at indexeddb://{name}. Received: none")
    return {file.name: file.data for file in record.files}


async def write(name: str, files: Mapping[str, Any]) -> None:
    """Keep a model in the place of what has this name: whole, or not at all."""
    import js
    from pyodide.ffi import to_js

    record = {
        "name": name,
        "files": [{"name": file, "data": blob_of(data)} for file, data in files.items()],
        "size": sum(memoryview(data).nbytes for data in files.values()),
        "date": js.Date.now(),
    }
    put = to_js(record, dict_converter=js.Object.fromEntries)
    await _transaction("readwrite", name, lambda store: store.put(put))


async def records() -> list[tuple[str, int, float, list[str]]]:
    """Name, size in bytes, date in milliseconds and names of files, of every model."""
    found = await _transaction("readonly", "", lambda store: store.getAll())
    return [(r.name, int(r.size), r.date, [file.name for file in r.files]) for r in found]


async def remove(name: str) -> None:
    """No such model.

    Raises:
        FileNotFoundError: if there is none.
    """
    await read(name)
    await _transaction("readwrite", name, lambda store: store.delete(name))


async def _transaction(mode: str, name: str, act: Any) -> Any:
    """What one request gives, once its transaction is complete."""
    import js
    from pyodide.ffi import JsException

    if not hasattr(js, "indexedDB"):
        raise NotImplementedError("indexeddb:// needs a browser, and this is none.")
    try:
        opening = js.indexedDB.open(DATABASE, VERSION)
        await _end_of(opening, "success", "error", upgradeneeded=_upgrade)
        database = opening.result
        try:
            transaction = database.transaction(STORE, mode)
            request = act(transaction.objectStore(STORE))
            await _end_of(transaction, "complete", "abort")
            return request.result
        finally:
            database.close()
    except JsException as error:
        raise storage_error(error, f"indexeddb://{name}") from error


async def _end_of(target: Any, good: str, bad: str, **others: Any) -> None:
    """Wait for one of two events; the second raises the target's error."""
    from pyodide.ffi import create_proxy

    end: asyncio.Future[bool] = asyncio.get_running_loop().create_future()

    def ends(well: bool) -> Any:
        return lambda event: None if end.done() else end.set_result(well)

    others |= {good: ends(True), bad: ends(False)}
    handlers = {name: create_proxy(handler) for name, handler in others.items()}
    for name, handler in handlers.items():
        target.addEventListener(name, handler)
    try:
        if not await end:
            raise target.error or OSError("Expected a complete transaction. Received: its end")
    finally:
        for name, handler in handlers.items():
            target.removeEventListener(name, handler)
            handler.destroy()


def _upgrade(event: Any) -> None:
    """The database is new."""
    from js import Object
    from pyodide.ffi import to_js

    options = to_js({"keyPath": "name"}, dict_converter=Object.fromEntries)
    event.target.result.createObjectStore(STORE, options)
