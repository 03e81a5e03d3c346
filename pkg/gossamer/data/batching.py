"""Datasets whose elements are several of another's: batches and windows, and back."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from gossamer import tree
from gossamer.data import steps
from gossamer.data.arguments import positive
from gossamer.data.elements import with_axis, without_axis


class Batching:
    """The methods of `Dataset` that put elements together and take them apart."""

    _begin: Callable[[], Iterable[Any]]
    _next: Callable[..., Any]
    _count: Callable[[Callable[[int], int]], int]
    element_spec: Any
    _batch_size: int | None = None  # of the last step that made batches

    def batch(
        self, batch_size: int, drop_remainder: bool = False, num_parallel_calls: Any = None,
        deterministic: Any = None,
    ) -> Any:  # fmt: skip
        """So many elements as one, with a new first axis.

        Args:
            batch_size: how many.
            drop_remainder: whether to leave out a last batch that has fewer.
            num_parallel_calls, deterministic: without effect: there is one thread.

        Raises:
            ValueError: when elements of different shapes meet.

        Example:
            >>> [x.tolist() for x in gs.data.Dataset.range(5).batch(2, drop_remainder=True)]
            [[0, 1], [2, 3]]
        """
        size = positive("batch_size", batch_size)
        step = self._next(
            lambda: steps.batched(self._begin(), size, drop_remainder),
            lambda: self._count(lambda n: n // size if drop_remainder else math.ceil(n / size)),
            lambda: with_axis(self.element_spec, size if drop_remainder else None),
        )
        step._batch_size = size
        return step

    def padded_batch(
        self, batch_size: int, padded_shapes: Any = None, padding_values: Any = None,
        drop_remainder: bool = False,
    ) -> Any:  # fmt: skip
        """Batches of elements of different sizes, filled up at their ends.

        Args:
            batch_size: how many elements.
            padded_shapes: the structure of their shapes; the largest in the batch where None.
            padding_values: the structure of what to fill up with, or one for all; zeros if None.
            drop_remainder: whether to leave out a last batch that has fewer.

        Raises:
            ValueError: when an element is larger than its padded shape.

        Example:
            >>> dataset = gs.data.Dataset.range(1, 4).map(lambda n: np.arange(n))
            >>> [x.tolist() for x in dataset.padded_batch(3, padding_values=-1)]
            [[[0, -1, -1], [0, 1, -1], [0, 1, 2]]]
        """
        size = positive("batch_size", batch_size)
        return self._next(
            lambda: steps.padded_batches(
                self._begin(), size, padded_shapes, padding_values, drop_remainder
            ),
            lambda: self._count(lambda n: n // size if drop_remainder else math.ceil(n / size)),
        )

    def unbatch(self) -> Any:
        """The rows of batches, one by one."""
        return self._next(
            lambda: steps.unbatched(self._begin()), spec=lambda: without_axis(self.element_spec)
        )

    def window(
        self, size: int, shift: int | None = None, stride: int = 1, drop_remainder: bool = False
    ) -> Any:
        """Datasets of neighbouring elements; of an element with parts, one of each part.

        Args:
            size: how many elements a window has.
            shift: how far apart windows begin; `size` if None.
            stride: how far apart the elements in a window are.
            drop_remainder: whether to leave out windows at the end that have fewer.

        Example:
            >>> windows = gs.data.Dataset.range(5).window(3, shift=2)
            >>> [[int(x) for x in window] for window in windows]
            [[0, 1, 2], [2, 3, 4], [4]]
        """
        apart = positive("shift", size if shift is None else shift)
        size, stride = positive("size", size), positive("stride", stride)

        def begin() -> Iterator[Any]:
            for window in steps.windows(self._begin(), size, apart, stride, drop_remainder):
                yield tree.map_structure(lambda *leaves: self._of(leaves), *window)

        def count(n: int) -> int:
            span = (size - 1) * stride + 1
            return max((n - span) // apart + 1, 0) if drop_remainder else math.ceil(n / apart)

        return self._next(begin, lambda: self._count(count))

    def _of(self, elements: tuple[Any, ...]) -> Any:
        return self._next(lambda: iter(elements), len(elements))
