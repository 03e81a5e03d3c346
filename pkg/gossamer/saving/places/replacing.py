"""New files in the place of old ones, all or none.

Every file is whole under a name of its own before the first old one goes. If a step fails the old
ones come back; the last step is the file that names the others, so that who reads meanwhile
finds what belongs together or an old file that misses something, and no mixture that looks whole.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Protocol

from gossamer.saving.places.names import TEMPORARY, main_of


class Folders(Protocol):
    """The steps of a file system."""

    async def write(self, path: str, data: object, model: str) -> None:
        """A new file with these contents, on the disk when this returns."""
        ...

    async def exists(self, path: str) -> bool:
        """Whether there is a file."""
        ...

    async def move(self, path: str, target: str) -> None:
        """Another name for a file; what had that name before is gone."""
        ...

    async def remove(self, path: str) -> None:
        """No such file, whether there was one or not."""
        ...


def beside(path: str) -> str:
    """A name for something temporary beside a file: hidden, and nobody else's."""
    folder, slash, name = path.rpartition("/")
    return f"{folder}{slash}.{name[:100]}-{secrets.token_hex(4)}{TEMPORARY}"


async def replace_all(folders: Folders, targets: Mapping[str, str], files: Mapping) -> None:
    """Write files, all or none.

    Args:
        folders: where.
        targets: their paths, by name.
        files: their contents, by name.
    """
    main = main_of(files, "what is written")
    order = [*(name for name in files if name != main), main]
    fresh = {name: beside(targets[name]) for name in order}
    kept: dict[str, str] = {}
    placed: list[str] = []
    try:
        for name in order:
            await folders.write(fresh[name], files[name], targets[name])
        for name in order:
            target = targets[name]
            # One file alone is replaced in one step, and nothing can be left half-way.
            if len(order) > 1 and await folders.exists(target):
                old = beside(target)
                await folders.move(target, old)
                kept[target] = old
            await folders.move(fresh[name], target)
            placed.append(target)
    except BaseException:
        for target in placed:
            if target not in kept:
                await folders.remove(target)
        for target, old in kept.items():
            await folders.move(old, target)
        for path in fresh.values():
            await folders.remove(path)
        raise
    for old in kept.values():
        await folders.remove(old)
