"""A device for the texture pool's tests, without a GPU: textures are NumPy arrays."""

import itertools

import numpy as np

from gossamer.backend.webgl.pool import SizeClass
from gossamer.backend.webgl.storage import UPLOADED
from gossamer.errors import OutOfDeviceMemoryError


class FakeDevice:
    """What the pool asks of a device.

    Args:
        memory: bytes that it has in all; it refuses more.
    """

    def __init__(self, memory: float = float("inf")) -> None:
        self.memory = memory
        self.alive: dict[int, SizeClass] = {}
        self.content: dict[int, np.ndarray] = {}
        self.used: dict[int, int] = {}
        self.refusals = 0
        self._numbers = itertools.count(1)
        self._time = itertools.count(1)

    def allocate(self, wanted: SizeClass) -> int:
        if self.bytes + wanted.bytes > self.memory:
            self.refusals += 1
            raise OutOfDeviceMemoryError("no more")
        number = next(self._numbers)
        self.alive[number] = wanted
        self.content[number] = np.zeros(
            (wanted.layers, wanted.height * wanted.width * 4), UPLOADED[wanted.kind]
        )
        self.use(number)
        return number

    def free(self, number: int) -> None:
        for held in (self.alive, self.content, self.used):
            del held[number]

    def oldest(self, *excepted: int) -> int:
        left = [number for number in self.alive if number not in excepted]
        return min(left, key=self.used.__getitem__, default=0)

    def read(self, number: int, height: int, texels: np.ndarray) -> None:
        texels[:] = self.content[number][:, : texels.shape[1]]

    def upload(self, number: int, height: int, texels: np.ndarray) -> None:
        self.use(number)
        self.content[number][:, : texels.shape[1]] = texels

    def use(self, number: int) -> None:
        """What a draw does to what it samples and fills."""
        self.used[number] = next(self._time)

    @property
    def bytes(self) -> int:
        return sum(given.bytes for given in self.alive.values())
