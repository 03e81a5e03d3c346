"""What a `.keras` file has in it, as files in a folder: `save(..., zipped=False)`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from gossamer.saving.archive import Archive, pack
from gossamer.saving.formats import ModelFile
from gossamer.saving.keras_file import ASSETS, CONFIG, METADATA, WEIGHTS
from gossamer.saving.keras_file import write_model as archived


def is_one(path: Any) -> bool:
    """Whether there is such a folder at a path."""
    return all(Path(path, name).is_file() for name in (CONFIG, WEIGHTS))


def read(path: Any) -> ModelFile:
    """The folder as the archive that it would be."""
    folder = Path(path)
    found = [folder / name for name in (METADATA, CONFIG, WEIGHTS)]
    found += sorted((folder / ASSETS).rglob("*"))
    files = {
        file.relative_to(folder).as_posix(): file.read_bytes() for file in found if file.is_file()
    }
    return ModelFile(folder.name, memoryview(pack(files)))


def write_model(model: Any, path: Any, include_optimizer: bool) -> dict[str, bytes]:
    """The files of a model, by their paths in the folder.

    Raises:
        ValueError: for a name that ends in `.keras`.
    """
    if os.fspath(path).endswith(".keras"):
        raise ValueError(
            "Expected the name of a folder, which does not end in .keras, for zipped=False. "
            f"Received: filepath={path!r}"
        )
    (data,) = archived(model, "model.keras", include_optimizer).values()
    archive = Archive(memoryview(data), "model.keras")
    return {name: bytes(archive.read(name)) for name in archive.names()}
