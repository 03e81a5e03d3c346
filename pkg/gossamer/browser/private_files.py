"""Files of the origin-private file system, which pages and workers of an origin share.

Paths have slashes and begin at its root.
"""

from __future__ import annotations

from typing import Any

from gossamer.browser.js_files import blob_of, storage_error


def _options(**values: Any) -> Any:
    import js
    from pyodide.ffi import to_js

    return to_js(values, dict_converter=js.Object.fromEntries)


def are_here() -> bool:
    """Whether this page has such files: it comes by https or from localhost, then."""
    import js

    storage = getattr(getattr(js, "navigator", None), "storage", None)
    return storage is not None and hasattr(storage, "getDirectory")


async def _folder(path: str, create: bool = False) -> Any:
    """The handle of a folder; raises JavaScript's errors."""
    import js

    if not are_here():
        raise NotImplementedError(
            "This page has no origin-private file system: it has to come by https or localhost."
        )
    handle = await js.navigator.storage.getDirectory()
    for part in path.split("/") if path else ():
        handle = await handle.getDirectoryHandle(part, _options(create=create))
    return handle


async def _file(path: str, create: bool = False) -> Any:
    """The handle of a file; raises JavaScript's errors."""
    folder, _, name = path.rpartition("/")
    handle = await _folder(folder, create)
    return await handle.getFileHandle(name, _options(create=create))


async def _is(found: Any, path: str) -> bool:
    """Whether there is a file or folder, as `_file` or `_folder` finds it."""
    from pyodide.ffi import JsException

    try:
        await found(path)
    except JsException as error:
        if error.name in ("NotFoundError", "TypeMismatchError"):
            return False
        raise storage_error(error, f"opfs://{path}") from error
    return True


async def is_folder(path: str) -> bool:
    """Whether there is a folder at a path."""
    return await _is(_folder, path)


async def files_in(path: str, deep: bool = False) -> dict[str, Any]:
    """The files in a folder as `File`s, by their paths from there.

    Args:
        path: of the folder.
        deep: whether those in folders in it are wanted, too.

    Raises:
        FileNotFoundError: if there is no such folder.
    """
    from pyodide.ffi import JsException

    try:
        return await _files(await _folder(path), "", deep)
    except JsException as error:
        raise storage_error(error, f"opfs://{path}") from error


async def _files(folder: Any, prefix: str, deep: bool) -> dict[str, Any]:
    found = {}
    async for entry in folder.values():
        if entry.kind == "file":
            found[prefix + entry.name] = await entry.getFile()
        elif deep:
            found |= await _files(entry, f"{prefix}{entry.name}/", deep)
    return found


async def remove(path: str) -> None:
    """No such file, whether there was one or not."""
    from pyodide.ffi import JsException

    folder, _, name = path.rpartition("/")
    try:
        await (await _folder(folder)).removeEntry(name)
    except JsException as error:
        if error.name != "NotFoundError":
            raise storage_error(error, f"opfs://{path}") from error


async def remove_if_empty(path: str) -> None:
    """No such folder if nothing is in it, nor those around it."""
    while path and not await _has_entries(path):
        await remove(path)
        path = path.rpartition("/")[0]


async def _has_entries(path: str) -> bool:
    async for _ in (await _folder(path)).values():
        return True
    return False


async def _check_space(size: int, path: str) -> None:
    """OSError if the page has not so much space left: Chromium 156 often waits for ever, then."""
    import js

    estimate = await js.navigator.storage.estimate()
    left = int(estimate.quota - estimate.usage)
    if size > left:
        raise OSError(
            f"Expected space for the {size} bytes of opfs://{path}. Received: {left} bytes left "
            "for this page"
        )


class Steps:
    """The steps of `gossamer.saving.places.replacing`."""

    async def write(self, path: str, data: Any, model: str) -> None:
        from pyodide.ffi import JsException

        try:
            handle = await _file(path, create=True)
            if not hasattr(handle, "createWritable"):
                raise NotImplementedError(
                    "This browser cannot write to the origin-private file system: use indexeddb://."
                )
            await _check_space(memoryview(data).nbytes, path)
            # Until it is closed it writes to a copy, which goes with it if a write fails.
            stream = await handle.createWritable()
            await stream.write(blob_of(data))
            await stream.close()
        except JsException as error:
            raise storage_error(error, f"opfs://{path}") from error

    async def exists(self, path: str) -> bool:
        return await _is(_file, path)

    async def move(self, path: str, target: str) -> None:
        from pyodide.ffi import JsException

        folder, _, name = target.rpartition("/")
        try:
            await (await _file(path)).move(await _folder(folder, create=True), name)
        except JsException as error:
            raise storage_error(error, f"opfs://{target}") from error

    async def remove(self, path: str) -> None:
        await remove(path)
