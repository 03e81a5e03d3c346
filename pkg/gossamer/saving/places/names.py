"""Names of files: which may not be, and what they tell of the part that a file has in a model.

A model's names come from files and pages that anybody may have written. They name files within a
folder and are never taken for anything else.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from gossamer.saving.formats import ModelFileError

# What TensorFlow.js calls its pieces of weights; older ones have no ending.
_SHARD = re.compile(r".*(\.bin|-shard\d+of\d+)", re.IGNORECASE | re.DOTALL)
FOLDER_MODEL = "model.json"
UNPACKED_MODEL, UNPACKED_WEIGHTS = "config.json", "model.weights.h5"  # Keras's, in a folder
TEMPORARY = ".gossamer-part"


def check_name(name: Any) -> str:
    """A name of a file within a folder, as it is.

    Args:
        name: the file's path from the folder, with slashes.

    Raises:
        ModelFileError: for what would lie elsewhere: absolute paths, `..`, backslashes, drives and
            schemes.

    Example:
        >>> check_name("weights/group1-shard1of2.bin")
        'weights/group1-shard1of2.bin'
    """
    fits = (
        isinstance(name, str)
        and not re.search(r"[\\:\x00-\x1f\x7f]", name)
        and all(part not in ("", ".", "..") for part in name.split("/"))
    )
    if not fits:
        raise ModelFileError(f"Expected the name of a file within a folder. Received: {name!r}")
    return name


def is_shard(name: str) -> bool:
    """Whether a file is by its name a piece of weights, which another file names."""
    return _SHARD.fullmatch(name) is not None


def is_hidden(name: str) -> bool:
    """Whether a file is hidden or temporary: then it is no one's model."""
    return name.rpartition("/")[2].startswith(".")


def main_of(names: Iterable[str], source: str) -> str:
    """Which of the files is the model and names the others.

    It is `model.json`, or the only one that is no shard, or the only `.json` among such.

    Args:
        names: of the files.
        source: where they lie, for the error.

    Raises:
        ModelFileError: if none or several could be it.

    Example:
        >>> main_of(["net.json", "net.weights.bin"], "a list")
        'net.json'
    """
    shown = [name for name in names if not is_hidden(name)]
    if FOLDER_MODEL in shown:
        return FOLDER_MODEL
    if {UNPACKED_MODEL, UNPACKED_WEIGHTS} <= set(shown):
        return UNPACKED_MODEL
    found = [name for name in shown if not is_shard(name)] or shown
    if len(found) > 1:
        found = [name for name in found if name.lower().endswith(".json")] or found
    if len(found) != 1:
        raise ModelFileError(f"Expected one model in {source}. Received: the files {sorted(shown)}")
    return found[0]


def files_of(main: str, names: Iterable[str]) -> list[str]:
    """A model's files in one folder, the model itself first.

    Shards belong to the `.json` file; where there are several of these, nobody but who reads
    them knows to which.

    Args:
        main: the model's name.
        names: of all files in the folder.

    Raises:
        ModelFileError: if shards may belong to another model, too.
    """
    names = list(names)
    shards = [name for name in names if is_shard(name) and name != main]
    if not shards or not main.lower().endswith(".json"):
        return [main]
    others = [n for n in names if n.lower().endswith(".json") and n != main and not is_hidden(n)]
    if others:
        raise ModelFileError(
            f"Expected one model with shards in a folder. Received: {sorted([main, *others])}"
        )
    return [main, *sorted(shards)]


def models_among(paths: Iterable[str]) -> dict[str, list[str]]:
    """The models among many files: the files of each, by its path.

    A folder that holds `model.json` is a model. Any other file is one that is no shard: only who
    reads it knows better.

    Args:
        paths: of the files, from the folder that all lie in.

    Example:
        >>> models_among(["a.keras", "b/model.json", "b/group1-shard1of1.bin"])
        {'a.keras': ['a.keras'], 'b': ['b/model.json', 'b/group1-shard1of1.bin']}
    """
    folders: dict[str, list[str]] = {}
    for path in sorted(paths):
        folder, _, name = path.rpartition("/")
        if not is_hidden(name):
            folders.setdefault(folder, []).append(name)
    found = {}
    for folder, names in folders.items():
        within = f"{folder}/" if folder else ""
        alone = sum(name.lower().endswith(".json") for name in names) == 1
        for name in names:
            if is_shard(name):
                continue
            files = files_of(name, names) if alone else [name]
            place = folder if folder and name == FOLDER_MODEL else within + name
            found[place] = [within + file for file in files]
    return found


def targets_of(path: str, files: Mapping[str, Any], is_folder: bool) -> dict[str, str]:
    """Where each file goes: paths by names.

    One file is written to the path itself. Several lie beside each other: in the folder of the
    path if one of them has the path's last name, otherwise in a folder at the path.

    Args:
        path: what the user gave, with slashes.
        files: by name.
        is_folder: whether there is a folder at the path already.

    Example:
        >>> targets_of("out/m.json", {"m.json": b"", "m.bin": b""}, False)
        {'m.json': 'out/m.json', 'm.bin': 'out/m.bin'}
    """
    if not files:
        raise ValueError(f"Expected files to write to {path}. Received: none")
    for name in files:
        check_name(name)
    is_folder = is_folder or path.endswith("/")
    if len(files) == 1 and not is_folder:
        return dict.fromkeys(files, path)
    folder, slash, last = path.rpartition("/")
    within = f"{path.rstrip('/')}/" if is_folder or last not in files else folder + slash
    return {name: within + name for name in files}
