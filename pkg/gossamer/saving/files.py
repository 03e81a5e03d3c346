"""Models to files and back, whatever the format and wherever the file: what users call.

Each function has two forms: a plain one, which on the page's thread needs an engine that lets plain
functions wait (Chromium does), and one to `await`, which works everywhere.
"""

from __future__ import annotations

import asyncio
import os
import warnings
from collections.abc import Callable
from typing import Any

from gossamer.browser import event_loop
from gossamer.saving import (
    hdf5,
    keras_file,
    keras_folder,
    legacy_h5,
    npz,
    places,
    safetensors,
    sharded_weights,
    tfjs,
)
from gossamer.saving.formats import Format, ModelFile, ModelFileError, ReadOptions

FORMATS: tuple[Format, ...] = (
    keras_file.KERAS,
    keras_file.KERAS_WEIGHTS,
    sharded_weights.FORMAT,
    legacy_h5.FORMAT,
    tfjs.FORMAT,
    safetensors.FORMAT,
    npz.FORMAT,
)

Progress = Callable[[int, "int | None"], None]


def load_model(
    filepath: Any,
    custom_objects: dict[str, Any] | None = None,
    compile: bool = True,
    safe_mode: bool = True,
) -> Any:
    """The model in a file, of whatever format: its contents say which.

    Formats: `.keras`, `.h5` of Keras 2 and 3, TensorFlow.js's layers models (`model.json` and its
    shards).

    Args:
        filepath: a path or folder; a URL with its scheme; `indexeddb://name` or `opfs://name`; the
            contents as bytes; a file object; in a page what a file input gives.
        custom_objects: classes and functions by name, beside those registered.
        compile: whether a model that was compiled is so again, with its optimizer's state.
        safe_mode: whether to refuse files that hold Python code. Code may do anything: switch it
            off for files of people whom you trust.

    Raises:
        ModelFileError: for what is no model, or a broken one; a `ValueError`.
        OSError: for what cannot be read.
        TypeError: for classes that are not known.
        ValueError: for code, in safe mode.

    Example:
        >>> model = gs.Sequential([gs.Input((3,)), gs.layers.Dense(2)])
        >>> model.save("/tmp/small.keras")
        >>> gs.saving.load_model("/tmp/small.keras").count_params()
        8
    """
    waiting = load_model_async(filepath, custom_objects, compile, safe_mode)
    return event_loop.run(waiting)


async def load_model_async(
    filepath: Any,
    custom_objects: dict[str, Any] | None = None,
    compile: bool = True,
    safe_mode: bool = True,
    progress: Progress | None = None,
) -> Any:
    """`load_model`, to await.

    Args:
        filepath, custom_objects, compile, safe_mode: as for `load_model`.
        progress: called with the bytes received and those expected, None if nobody knows; what
            comes from the internet has a bar if this is None.
    """
    file, kind = await _read(filepath, progress)
    options = ReadOptions(custom_objects, compile, safe_mode)
    if kind.read_model is None:
        raise ModelFileError(
            f"Expected a model. Received: {file.name}, {kind.name}, which is weights alone: make "
            "the model and call `model.load_weights`"
        )
    return kind.read_model(file, options)


def save_model(
    model: Any,
    filepath: Any,
    overwrite: bool = True,
    zipped: bool | None = None,
    include_optimizer: bool = True,
    save_format: Any = None,
) -> None:
    """Write a model: its configuration, its weights, and the optimizer's state.

    The name says the format: `.keras`; `.h5`; a name that ends in `model.json` for TensorFlow.js.
    A name without an ending, such as `indexeddb://name`, is that of a `.keras` file. If writing
    fails, what was there before is there still.

    Args:
        model: to write.
        filepath: a path; `indexeddb://name`, `opfs://name` or `downloads://name`.
        overwrite: whether to replace a file without asking.
        zipped: False for a folder with what a `.keras` file has in it.
        include_optimizer: whether the optimizer's state is written.
        save_format: Keras 2's, and not needed.

    Raises:
        ValueError: for the ending of another format; for a file that is there, when it may not be
            overwritten and nobody can be asked.

    Example:
        >>> model = gs.Sequential([gs.Input((3,)), gs.layers.Dense(2)])
        >>> gs.saving.save_model(model, "/tmp/model.h5")
    """
    if _may_write(filepath, overwrite):
        event_loop.run(save_model_async(model, filepath, zipped, include_optimizer, save_format))


async def save_model_async(
    model: Any,
    filepath: Any,
    zipped: bool | None = None,
    include_optimizer: bool = True,
    save_format: Any = None,
) -> None:
    """`save_model`, to await; it replaces what is there."""
    if zipped is False:
        await hdf5.ready_to_write()
        await places.write(filepath, keras_folder.write_model(model, filepath, include_optimizer))
        return
    if save_format is not None:
        warnings.warn(
            f"The name says the format. Received: save_format={save_format!r}", stacklevel=2
        )
    name = _name(filepath, ".keras")
    kind = _format_for(name, [one for one in FORMATS if one.write_model is not None], filepath)
    assert kind.write_model is not None
    if not model.built:
        warnings.warn(
            f"The model {model.name!r} has not been built, so that it has no weights yet: call it "
            "on data first.",
            stacklevel=2,
        )
    if kind.ready_to_write is not None:
        await kind.ready_to_write()
    await places.write(filepath, kind.write_model(model, name, include_optimizer))


def load_weights(
    model: Any,
    filepath: Any,
    skip_mismatch: bool = False,
    objects_to_skip: Any = None,
    by_name: bool | None = None,
) -> None:
    """Give a model the weights in a file, all of them or none.

    Formats: `.weights.h5` and `.keras`, `.h5` of Keras 2 and 3, `.safetensors`, `.npz`,
    TensorFlow.js's `model.json`.

    Args:
        model: built already.
        filepath: as for `load_model`.
        skip_mismatch: whether to leave out those of other shapes, with a warning.
        objects_to_skip: layers that are left as they are; for `.weights.h5`.
        by_name: whether layers get the weights of the same names, whatever the order; for `.h5`.

    Raises:
        ModelFileError: for weights that do not fit; the model is then as it was.

    Example:
        >>> model = gs.Sequential([gs.Input((3,)), gs.layers.Dense(2)])
        >>> model.save_weights("/tmp/small.weights.h5")
        >>> gs.saving.load_weights(model, "/tmp/small.weights.h5")
    """
    waiting = load_weights_async(model, filepath, skip_mismatch, objects_to_skip, by_name)
    event_loop.run(waiting)


async def load_weights_async(
    model: Any,
    filepath: Any,
    skip_mismatch: bool = False,
    objects_to_skip: Any = None,
    by_name: bool | None = None,
    progress: Progress | None = None,
) -> None:
    """`load_weights`, to await."""
    file, kind = await _read(filepath, progress)
    if kind.read_weights is None:
        raise ModelFileError(f"Expected weights. Received: {file.name}, {kind.name}")
    options = ReadOptions(
        skip_mismatch=skip_mismatch, by_name=bool(by_name), objects_to_skip=objects_to_skip
    )
    kind.read_weights(file, model, options)


def save_weights(
    model: Any, filepath: Any, overwrite: bool = True, max_shard_size: float | None = None
) -> None:
    """Write the weights of a model.

    Args:
        model: built already.
        filepath: a name that ends in `.weights.h5`, `.safetensors` or `.npz`; in `.weights.json`
            for several files.
        overwrite: whether to replace a file without asking.
        max_shard_size: gigabytes of each of several files.

    Raises:
        ValueError: for another ending, and before the model is built.

    Example:
        >>> model = gs.Sequential([gs.Input((3,)), gs.layers.Dense(2)])
        >>> gs.saving.save_weights(model, "/tmp/model.weights.h5")
    """
    if _may_write(filepath, overwrite):
        event_loop.run(save_weights_async(model, filepath, max_shard_size))


async def save_weights_async(
    model: Any, filepath: Any, max_shard_size: float | None = None
) -> None:
    """`save_weights`, to await; it replaces what is there."""
    name = _name(filepath, ".weights.h5")
    if max_shard_size is not None:
        if not name.endswith(sharded_weights.ENDING):
            raise ValueError(
                f"Expected a name that ends in {sharded_weights.ENDING} for several files. "
                f"Received: filepath={filepath!r}, max_shard_size={max_shard_size}"
            )
        await hdf5.ready_to_write()
        files = sharded_weights.write_weights(model, name, max_shard_size)
        await places.write(filepath, files)
        return
    kinds = [one for one in FORMATS if one.write_weights is not None]
    kind = _format_for(name, kinds, filepath)
    assert kind.write_weights is not None
    if kind.ready_to_write is not None:
        await kind.ready_to_write()
    await places.write(filepath, kind.write_weights(model, name))


def copy_model(source: Any, target: Any) -> None:
    """Copy a model's files, as they are, to another address: from a URL into the browser, say.

    Args:
        source: an address, as `load_model` takes it.
        target: an address, as `save_model` takes it. What is there is replaced.

    Raises:
        ValueError: for a target that is the source.
        OSError: if it cannot be read or written.

    Example:
        >>> model = gs.Sequential([gs.Input((3,)), gs.layers.Dense(2)])
        >>> model.save("/tmp/first.keras")
        >>> gs.saving.copy_model("/tmp/first.keras", "/tmp/second.keras")
        >>> gs.saving.load_model("/tmp/second.keras").count_params()
        8
    """
    event_loop.run(copy_model_async(source, target))


async def copy_model_async(source: Any, target: Any) -> None:
    """`copy_model`, to await."""
    await places.copy_model_async(source, target, _names_beside)


async def _read(filepath: Any, progress: Progress | None) -> tuple[ModelFile, Format]:
    """A file and its format; what reads HDF5 is loaded for what holds it."""
    if isinstance(filepath, str | os.PathLike):
        if keras_folder.is_one(filepath):
            await hdf5.ready_to_read()
            return keras_folder.read(filepath), keras_file.KERAS
        if str(filepath).startswith(("http://", "https://")):
            name = _name(filepath, "")
            progress = progress or places.bar(name)
            _prepare(name)
    file = await places.read(filepath, _names_beside, progress)
    if any(map(hdf5.is_hdf5, (file.data, *file.beside.values()))):
        await hdf5.ready_to_read()
    kind = _format_of(file)
    if kind is keras_file.KERAS:
        await hdf5.ready_to_read()
    return file, kind


def _prepare(name: str) -> None:
    """Have a page load what reads HDF5 while the file comes, if its name promises such a file."""
    if event_loop.IN_PAGE and event_loop.may_await() and name.endswith((".keras", ".h5")):
        loading = asyncio.ensure_future(hdf5.ready_to_read())
        # Who needs it waits for it, and meets its errors.
        loading.add_done_callback(lambda task: task.exception())


def save_files(filepath: Any, made: Callable[[str], dict[str, bytes]]) -> None:
    """Write files of HDF5 that are made once the library for it is there.

    Args:
        filepath: of the first.
        made: gives the files by name, given the name of the first.
    """

    async def write() -> None:
        await hdf5.ready_to_write()
        await places.write(filepath, made(_name(filepath, "")))

    event_loop.run(write())


def _format_of(file: ModelFile) -> Format:
    for kind in FORMATS:
        if kind.recognises(file):
            return kind
    raise ModelFileError(
        f"Expected one of these formats: {', '.join(kind.name for kind in FORMATS)}. "
        f"Received: {file.name}, {len(file.data)} bytes that begin with {bytes(file.data[:12])!r}"
    )


def _names_beside(file: ModelFile) -> list[str]:
    for kind in FORMATS:
        if kind.names_beside is not None and kind.recognises(file):
            return kind.names_beside(file)
    return []


def _format_for(name: str, kinds: list[Format], filepath: Any) -> Format:
    """The format that a name's ending asks for."""
    endings = {ending: kind for kind in kinds for ending in kind.endings}
    fitting = [ending for ending in endings if name.lower().endswith(ending)]
    if not fitting:
        raise ValueError(
            f"Expected a name with one of the endings {', '.join(endings)}. "
            f"Received: filepath={filepath!r}"
        )
    return endings[max(fitting, key=len)]


def _name(filepath: Any, ending: str) -> str:
    """The last part of an address, with the ending that is meant when it has none."""
    name = os.fspath(filepath).replace("\\", "/").rstrip("/").rpartition("/")[2]
    has_scheme = "://" in os.fspath(filepath)
    return f"{name}{ending}" if has_scheme and "." not in name else name


def _may_write(filepath: Any, overwrite: bool) -> bool:
    """Whether a file may be written, asking whoever sits there."""
    path = os.fspath(filepath)
    if overwrite or "://" in path or not os.path.exists(path):
        return True
    if event_loop.IN_PAGE:
        raise ValueError(f"Expected overwrite=True for a file that is there. Received: {path!r}")
    answer = ""
    while answer not in ("y", "n"):
        answer = input(f"{path} is there already. Overwrite it? [y/n] ").strip().lower()
    return answer == "y"
