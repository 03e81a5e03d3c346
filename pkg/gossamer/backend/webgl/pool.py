"""The texture pool: freed textures wait here for the next tensor of their size class.

Allocating a texture is slow and freeing one may stall, so neither happens in a loop that has been
run before. Past the byte budget what waits longest unused goes first; then the textures in use
that were used least recently are paged out to the CPU, but none that the call being run needs.

The device keeps the times of use, as it sees each texture anyway: in Python a use costs nothing.
"""

from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, Protocol

import numpy as np

from gossamer.backend.webgl.storage import READ, TEXEL_BYTES, UPLOADED
from gossamer.errors import GossamerError, OutOfDeviceMemoryError


class SizeClass(NamedTuple):
    """What a texture can be used again for: any tensor of this kind, width and layers."""

    kind: str
    width: int
    height: int
    layers: int

    @property
    def bytes(self) -> int:
        return self.width * self.height * self.layers * TEXEL_BYTES[self.kind]


def size_class(kind: str, width: int, height: int, layers: int) -> SizeClass:
    """The class of a texture with at least `height` rows: a quarter of a power of two."""
    step = max(1, 1 << max(height.bit_length() - 3, 0))
    return SizeClass(kind, width, -(-height // step) * step, layers)


class Device(Protocol):
    """Where textures are."""

    def allocate(self, wanted: SizeClass) -> int:
        """Make a texture; its number. Raises `OutOfDeviceMemoryError`."""

    def free(self, number: int) -> None:
        """Destroy a texture."""

    def oldest(self, *excepted: int) -> int:
        """The least recently used texture, zero if there is none but these."""

    def read(self, number: int, height: int, texels: np.ndarray) -> None:
        """Fill an array with the first rows of each layer."""

    def upload(self, number: int, height: int, texels: np.ndarray) -> None:
        """The inverse."""


class Owner(Protocol):
    """What a texture in use belongs to, which can do without it for a while."""

    number: int

    def page_out(self) -> None: ...


class TexturePool:
    """Hands out texture numbers.

    Args:
        device: where the textures are.
        budget: bytes of all textures, used and waiting, above which some are destroyed.

    Attributes:
        owners: who a texture in use belongs to; a function that returns None when it is gone.
        pinned: buffers that the call being run needs.
        lost: generations up to this one are no longer on the device.
        used: how many textures are in use, on the device.
        paged: how many are in use, on the CPU.
    """

    def __init__(self, device: Device, budget: int) -> None:
        self.device = device
        self.budget = budget
        self.owners: dict[int, Callable[[], Owner | None]] = {}
        self.pinned: Sequence[Any] = ()
        self._waiting: OrderedDict[SizeClass, list[int]] = OrderedDict()
        self.generation = 1
        self.lost = 0
        self.allocated_bytes = 0
        self.waiting_bytes = 0
        self.paged_bytes = 0
        self.peak_bytes = 0
        self.used = 0
        self.paged = 0
        self.hits = 0
        self.misses = 0
        self.page_outs = 0
        self.page_ins = 0

    def take(self, wanted: SizeClass) -> int:
        """A texture of the class, whose content is anything.

        Raises:
            OutOfDeviceMemoryError: if the device refuses, with all paged out that can be.
        """
        if wanted in self._waiting:
            self.hits += 1
            number = self._take_waiting(wanted)
        else:
            self.misses += 1
            number = self._obtain(wanted)
        self.used += 1
        return number

    def give_back(self, number: int, given: SizeClass, generation: int) -> None:
        """Let a texture wait for its next use, unless it is of an earlier generation."""
        self._let_wait(number, given, generation)
        self.trim()

    def trim(self) -> None:
        """Destroy what waits longest while there is more than the budget."""
        while self.allocated_bytes > self.budget and self._free_one():
            pass

    def page_out(self, number: int, given: SizeClass, generation: int) -> np.ndarray:
        """The same, for a texture that is still needed: returns what to bring it back from."""
        read = np.empty((given.layers, given.width * given.height * 4), READ[given.kind])
        self.device.read(number, given.height, read)
        texels = read.astype(UPLOADED[given.kind], copy=False)
        self._let_wait(number, given, generation)
        self.page_outs += 1
        self.add_page(texels)
        return texels

    def add_page(self, texels: np.ndarray) -> None:
        """Count what is in use on the CPU."""
        self.paged += 1
        self.paged_bytes += texels.nbytes

    def page_in(self, texels: np.ndarray, wanted: SizeClass) -> int:
        """The inverse; also of fewer rows than the class has."""
        generation = self.generation
        number = self.take(wanted)
        try:
            self.device.upload(number, texels.shape[1] // (4 * wanted.width), texels)
        except GossamerError:
            self._let_wait(number, wanted, generation)
            raise
        self.drop_page(texels)
        self.page_ins += 1
        return number

    def drop_page(self, texels: np.ndarray) -> None:
        """The inverse of `add_page`."""
        self.paged -= 1
        self.paged_bytes -= texels.nbytes

    def restart(self) -> None:
        """Begin a new generation: the device lost all textures there were."""
        self.retire()
        self.lost = self.generation - 1
        self.allocated_bytes = 0

    def retire(self) -> None:
        """Begin a new generation: some of the textures there were cannot be used again."""
        self.clear()
        self.generation += 1

    def clear(self) -> None:
        """Destroy everything that waits."""
        while self._free_one():
            pass

    def _take_waiting(self, wanted: SizeClass) -> int:
        numbers = self._waiting[wanted]
        number = numbers.pop()
        self.waiting_bytes -= wanted.bytes
        if not numbers:
            del self._waiting[wanted]
        return number

    def _let_wait(self, number: int, given: SizeClass, generation: int) -> None:
        self.used -= 1
        self.owners.pop(number, None)
        if generation == self.generation:
            self._waiting.setdefault(given, []).append(number)
            self._waiting.move_to_end(given)
            self.waiting_bytes += given.bytes
            return
        self.device.free(number)
        if generation > self.lost:
            self.allocated_bytes -= given.bytes

    def _obtain(self, wanted: SizeClass) -> int:
        """A texture that did not wait: a new one, or one that is paged out for it."""
        while self.allocated_bytes + wanted.bytes > self.budget and self._free_or_page_out_one():
            if wanted in self._waiting:
                return self._take_waiting(wanted)
        try:
            number = self.device.allocate(wanted)
        except OutOfDeviceMemoryError:
            # The device has less than the budget. Half of what there is makes room for more than
            # this one, as the next will want some, too.
            goal = min(self.allocated_bytes // 2, self.allocated_bytes - wanted.bytes)
            while self.allocated_bytes > goal and self._free_or_page_out_one():
                pass
            self.clear()
            number = self.device.allocate(wanted)
        self.allocated_bytes += wanted.bytes
        self.peak_bytes = max(self.peak_bytes, self.allocated_bytes)
        return number

    def _free_or_page_out_one(self) -> bool:
        return self._free_one() or self._page_out_one()

    def _free_one(self) -> bool:
        """Destroy what waits longest; whether anything did."""
        if not self._waiting:
            return False
        oldest, numbers = next(iter(self._waiting.items()))
        self.device.free(numbers.pop(0))
        self.allocated_bytes -= oldest.bytes
        self.waiting_bytes -= oldest.bytes
        if not numbers:
            del self._waiting[oldest]
        return True

    def _page_out_one(self) -> bool:
        """Page out what was used least recently; whether anything could be."""
        kept = [number for x in self.pinned if (number := getattr(x, "number", 0))]
        while number := self.device.oldest(*kept):
            owner = self.owners[number]() if number in self.owners else None
            if owner is not None:
                owner.page_out()
                return True
            kept.append(number)
        return False
