"""What `predict` gives, read from the device while that computes the next batches."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Sequence
from typing import Any

import numpy as np

from gossamer.tensor import Tensor


class Outputs:
    """The outputs of batch after batch, as arrays in the end.

    Reads begin at once, so that no output stays on the device for long, and are waited for when
    somebody has the time.

    Args:
        may_wait: whether reads may be waited for; if not, each blocks.

    Example:
        >>> import gossamer as gs
        >>> outputs = Outputs(may_wait=False)
        >>> outputs.add([gs.ops.ones((2, 1))])
        >>> outputs.add([gs.ops.zeros((1, 1))])
        >>> [array.shape for array in outputs.joined()]
        [(3, 1)]
    """

    def __init__(self, may_wait: bool) -> None:
        self._may_wait = may_wait
        self._arrays: list[Sequence[np.ndarray]] = []  # of each batch, in order
        self._begun: list[list[Coroutine[Any, Any, np.ndarray]]] = []

    def add(self, leaves: Sequence[Any]) -> None:
        """Begin to read a batch's outputs.

        Args:
            leaves: tensors, and arrays of what never was on the device.
        """
        if self._may_wait:
            self._begun.append([_reading(leaf) for leaf in leaves])
        else:
            self._arrays.append([np.asarray(leaf) for leaf in leaves])

    async def read_later(self) -> None:
        """Wait for all that has begun. One such wait ends before the next one begins."""
        begun, self._begun = self._begun, []
        if begun:
            # All at once: they share a fence, and one error is that of all.
            self._arrays += await asyncio.gather(*(asyncio.gather(*each) for each in begun))

    def joined(self) -> list[np.ndarray]:
        """Each output, of all batches; they have been waited for.

        Raises:
            ValueError: if there was no batch.
        """
        if not self._arrays:
            raise ValueError("Expected data to predict for. Received: none")
        return [np.concatenate(parts, axis=0) for parts in zip(*self._arrays, strict=True)]

    def close(self) -> None:
        """Give up what nobody waits for any more."""
        for readings in self._begun:
            for reading in readings:
                reading.close()
        self._begun = []


def _reading(leaf: Any) -> Coroutine[Any, Any, np.ndarray]:
    return leaf.data() if isinstance(leaf, Tensor) else _here(leaf)


async def _here(leaf: Any) -> np.ndarray:
    return np.asarray(leaf)
