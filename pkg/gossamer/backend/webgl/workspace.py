"""Textures for what lives within one replay only: all replays use them, one after another.

So a replay takes no time to find its textures, and what many programs need in between is there
once. They hold nothing between two replays: where memory is short they go, and come back empty.
"""

from __future__ import annotations

from collections.abc import Sequence
from weakref import ref

from gossamer.backend.webgl.pool import SizeClass, TexturePool


class Scratch:
    """One of them; its number is zero while it has no texture."""

    __slots__ = ("__weakref__", "_workspace", "generation", "number", "size_class")

    def __init__(self, workspace: Workspace, wanted: SizeClass) -> None:
        self._workspace = workspace
        self.size_class = wanted
        self.number = self.generation = 0

    def page_out(self) -> None:
        """Leave the device: nothing is kept."""
        self._workspace.release(self)


class Workspace:
    """Hands out scratch textures.

    Attributes:
        version: grows whenever some of them change their texture.
    """

    def __init__(self, pool: TexturePool) -> None:
        self._pool = pool
        self._scratches: dict[SizeClass, list[Scratch]] = {}
        self.version = 0

    @property
    def bytes(self) -> int:
        held = (x for scratches in self._scratches.values() for x in scratches if x.number)
        return sum(x.size_class.bytes for x in held)

    def scratches(self, wanted: Sequence[SizeClass]) -> list[Scratch]:
        """As many as are wanted, each of its class; they get their textures by `hold`."""
        found, counts = [], dict.fromkeys(wanted, 0)
        for one in wanted:
            there = self._scratches.setdefault(one, [])
            if counts[one] == len(there):
                there.append(Scratch(self, one))
            found.append(there[counts[one]])
            counts[one] += 1
        return found

    def hold(self, scratches: Sequence[Scratch]) -> None:
        """Give textures to those that have none, or one that is lost."""
        for scratch in scratches:
            if not scratch.number or scratch.generation != self._pool.generation:
                self.release(scratch)
                generation = self._pool.generation
                scratch.number = self._pool.take(scratch.size_class)
                scratch.generation = generation
                self._pool.owners[scratch.number] = ref(scratch)
                self.version += 1

    def release(self, scratch: Scratch) -> None:
        if scratch.number:
            number, scratch.number = scratch.number, 0
            self._pool.give_back(number, scratch.size_class, scratch.generation)
            self.version += 1
