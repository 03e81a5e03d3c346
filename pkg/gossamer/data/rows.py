"""Rows of arrays as a dataset that takes whole batches at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from gossamer.data import steps
from gossamer.data.arguments import generators_of, positive
from gossamer.data.dataset import Dataset
from gossamer.data.elements import spec_of, taken, without_axis


class Rows(Dataset):
    """Rows of arrays: whole batches are taken of them at once.

    Args:
        arrays: a structure of arrays.
        order: gives the numbers of the rows, in their order.
        size: how many there are.
    """

    def __init__(self, arrays: Any, order: Callable[[], np.ndarray], size: int) -> None:
        super().__init__(
            lambda: (taken(arrays, int(i)) for i in order()), size,
            lambda: without_axis(spec_of(arrays)),
        )  # fmt: skip
        self._arrays = arrays
        self._order = order
        self._size = size

    def batch(
        self, batch_size: int, drop_remainder: bool = False, num_parallel_calls: Any = None,
        deterministic: Any = None,
    ) -> Dataset:  # fmt: skip
        size = positive("batch_size", batch_size)
        step = super().batch(size, drop_remainder)

        def begin() -> Iterator[Any]:
            order = self._order()
            stop = len(order) - len(order) % size if drop_remainder else len(order)
            for start in range(0, stop, size):
                yield taken(self._arrays, order[start : min(start + size, stop)])

        step._begin = begin
        return step

    def shuffle(
        self, buffer_size: int, seed: int | None = None, reshuffle_each_iteration: bool = True
    ) -> Dataset:
        size = positive("buffer_size", buffer_size)
        generators = generators_of(seed, reshuffle_each_iteration)

        def order() -> np.ndarray:
            generator, rows = next(generators), self._order()
            if size >= len(rows):
                return generator.permutation(rows)
            return np.fromiter(steps.shuffled(rows, size, generator), rows.dtype, len(rows))

        return Rows(self._arrays, order, self._size)

    def take(self, count: int) -> Dataset:
        if count < 0:
            return self
        return Rows(self._arrays, lambda: self._order()[:count], min(self._size, count))

    def skip(self, count: int) -> Dataset:
        left = 0 if count < 0 else max(self._size - count, 0)
        return Rows(self._arrays, lambda: self._order()[self._size - left :], left)
