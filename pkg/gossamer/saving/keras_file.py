"""Keras 3's own files: `.keras`, an archive with configuration and weights, and `.weights.h5`."""

from __future__ import annotations

import datetime
import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from gossamer.saving import hdf5, keras2, state
from gossamer.saving.archive import Archive, pack
from gossamer.saving.configuration import deserialized, parsed, reading
from gossamer.saving.formats import Format, ModelFile, ModelFileError, ReadOptions
from gossamer.serialization import serialize_keras_object
from gossamer.serialization.objects import sharing_scope

METADATA, CONFIG, WEIGHTS, ASSETS = "metadata.json", "config.json", "model.weights.h5", "assets"
KERAS_VERSION = "3.15.1"  # whose files these are; readers go by it


def read_model(file: ModelFile, options: ReadOptions) -> Any:
    """The model in a `.keras` file, compiled again if it was and this is wanted.

    Raises:
        ModelFileError: for another kind of file, a broken one, or one that lacks something.
        TypeError: for classes that are not known.
        ValueError: for code, in safe mode.
    """
    archive = Archive(file.data, file.name)
    model = _made(archive, options, file)
    with _assets(archive) as assets:
        root = hdf5.open_file(archive.read(WEIGHTS), f"{file.name}/{WEIGHTS}")
        state.load(model, root, assets=assets)
    return model


def _made(archive: Archive, options: ReadOptions, file: ModelFile) -> Any:
    """The model without its weights."""

    def config() -> Any:
        value = parsed(archive.read(CONFIG), file.name)
        if not options.compile and isinstance(value, dict):
            value["compile_config"] = None
        return value

    def upgraded() -> Any:
        with reading(options, file):
            return keras2.upgraded(config())

    if _is_of_keras2(archive):
        return deserialized(upgraded(), options, file)
    try:
        return deserialized(config(), options, file)
    except (TypeError, ValueError):
        # Files say that they are Keras 3's and still have what Keras 2 wrote, or a later version.
        # To look for that takes longer than to make the model, so it comes second.
        return deserialized(upgraded(), options, file)


def _is_of_keras2(archive: Archive) -> bool:
    """The last versions of Keras 2 wrote archives, too."""
    metadata = parsed(archive.read(METADATA), archive.name) if METADATA in archive else {}
    version = metadata.get("keras_version") if isinstance(metadata, dict) else None
    return isinstance(version, str) and version.startswith("2.")


@contextmanager
def _assets(archive: Archive) -> Iterator[Path | None]:
    """The folder that layers find their files in, as long as it lasts; None if there are none."""
    if not any(name.startswith(f"{ASSETS}/") for name in archive.names()):
        yield None
        return
    with tempfile.TemporaryDirectory() as folder:
        archive.unpack(ASSETS, Path(folder))
        yield Path(folder)


def read_weights(file: ModelFile, model: Any, options: ReadOptions) -> None:
    """Give a model the weights of a `.keras` or `.weights.h5` file, all or none.

    Raises:
        ValueError: before the model is built, and for `by_name`.
        ModelFileError: for weights that do not fit.
    """
    if options.by_name:
        raise ValueError(
            f"Expected an .h5 file of Keras 2's kind for `by_name=True`. Received: {file.name}"
        )
    if not model.built:
        raise ValueError(
            "Expected a model that is built, by a call or by `build(input_shape)`. "
            f"Received: {model.name!r}, which is not"
        )
    data, name = file.data, file.name
    if not hdf5.is_hdf5(data):
        data, name = Archive(data, name).read(WEIGHTS), f"{name}/{WEIGHTS}"
    root = hdf5.open_file(data, name)
    skipped = options.objects_to_skip or ()
    state.load(model, root, skip_mismatch=options.skip_mismatch, skipped=skipped)


def write_model(model: Any, name: str, include_optimizer: bool) -> dict[str, bytes]:
    """The `.keras` file of a model."""
    with sharing_scope():
        config = serialize_keras_object(model)
    skipped: list[Any] = []
    if not include_optimizer:
        config.pop("compile_config", None)
        skipped.append(getattr(model, "optimizer", None))
    metadata = {
        "keras_version": KERAS_VERSION,
        "date_saved": datetime.datetime.now().strftime("%Y-%m-%d@%H:%M:%S"),
    }
    with tempfile.TemporaryDirectory() as folder:
        root = state.save(model, skipped, Path(folder))
        assets = {
            f"{ASSETS}/{path.relative_to(folder).as_posix()}": path.read_bytes()
            for path in sorted(Path(folder).rglob("*"))
            if path.is_file()
        }
    files = {
        METADATA: json.dumps(metadata).encode(),
        CONFIG: json.dumps(config).encode(),
        WEIGHTS: hdf5.write(root),
    }
    return {name: pack(files | assets)}


def write_weights(model: Any, name: str) -> dict[str, bytes]:
    """The `.weights.h5` file of a model.

    Raises:
        ValueError: before the model is built.
    """
    if not model.built:
        raise ValueError(
            "Expected a model that is built, by a call or by `build(input_shape)`. "
            f"Received: {model.name!r}, which is not"
        )
    return {name: hdf5.write(state.save(model))}


def _is_archive(file: ModelFile) -> bool:
    return bytes(file.data[:4]) == b"PK\x03\x04" and CONFIG in Archive(file.data, file.name)


def _holds_weights(file: ModelFile) -> bool:
    """Keras 2's kind of HDF5 file has attributes where this one has groups."""
    if not hdf5.is_hdf5(file.data):
        return False
    root = hdf5.open_file(file.data, file.name)
    return not root.texts("layer_names") and root.text("model_config") is None and (
        "model_weights" not in root
    )  # fmt: skip


def _read_no_model(file: ModelFile, options: ReadOptions) -> Any:
    raise ModelFileError(
        "Expected a model. "
        f"Received: {file.name}, which holds weights alone: make the model and call "
        "`model.load_weights`"
    )


KERAS = Format(
    "Keras 3 (.keras)",
    (".keras",),
    _is_archive,
    read_model,
    read_weights,
    write_model,
    ready_to_write=hdf5.ready_to_write,
)
KERAS_WEIGHTS = Format(
    "Keras 3 weights (.weights.h5)",
    (".weights.h5",),
    _holds_weights,
    _read_no_model,
    read_weights,
    write_weights=write_weights,
    ready_to_write=hdf5.ready_to_write,
)
