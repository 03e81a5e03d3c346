"""What gives batches itself: generators, `PyDataset`s, `data.Dataset`s and other iterables."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterable, Iterator
from typing import Any

from gossamer.training.data_adapter import as_arrays, class_weight_to_sample_weights, single
from gossamer.training.workers import batches_of
from gossamer.utils.py_dataset import PyDataset


def batches(source: Iterable[Any], shuffle: Any, class_weight: Any) -> Batches:
    """The batches of a source.

    Args:
        source: gives batches, each `x`, `(x, y)` or `(x, y, sample_weight)`.
        shuffle: whether a `PyDataset`'s batches come in another order each epoch. What others
            give stays in the order that they give it in.
        class_weight: weights of samples by their class.
    """
    if isinstance(source, PyDataset):
        return OfPyDataset(source, shuffle, class_weight)
    if isinstance(source, Iterator):
        return OfGenerator(source, class_weight)
    return Batches(source, class_weight)


class Batches:
    """Batches of an iterable, which begins anew each epoch.

    Args:
        source: gives batches, each `x`, `(x, y)` or `(x, y, sample_weight)`.
        class_weight: weights of samples by their class.

    Attributes:
        num_batches: how many there are; None if it does not say.
    """

    def __init__(self, source: Iterable[Any], class_weight: dict[int, float] | None = None) -> None:
        self._source: Any = source
        self._class_weight = class_weight
        self.num_batches = _length(source)

    def __iter__(self) -> Iterator[Any]:
        return map(self._standardized, self._source)

    def on_epoch_begin(self) -> None:
        """Called before each epoch."""

    def on_epoch_end(self) -> None:
        """Called after each epoch."""

    def _standardized(self, batch: Any) -> tuple[Any, ...]:
        if isinstance(batch, list):
            batch = tuple(batch)
        if not isinstance(batch, tuple) or hasattr(batch, "_fields"):
            batch = (batch,)
        if not 1 <= len(batch) <= 3:
            raise ValueError(
                "Expected batches of x, (x, y) or (x, y, sample_weight). "
                f"Received: a tuple of {len(batch)}"
            )
        parts = tuple(as_arrays(part) for part in batch)
        if self._class_weight is not None:
            if len(parts) == 3:
                raise ValueError(
                    "Expected class_weight, or batches with a sample_weight. Received: both"
                )
            if len(parts) == 2:
                weights = class_weight_to_sample_weights(single(parts[1]), self._class_weight)
                parts = (*parts, weights)
        return parts


class OfGenerator(Batches):
    """Batches of an iterator, which cannot begin anew: each epoch goes on where the last ended.

    Args:
        source: the iterator.
        class_weight: None.

    Raises:
        ValueError: if it gives nothing, or something else than tuples, or for a class_weight.
    """

    def __init__(self, source: Iterator[Any], class_weight: dict[int, float] | None = None) -> None:
        if class_weight is not None:
            raise ValueError(
                "Expected no class_weight with a generator, which can give a sample_weight. "
                f"Received: class_weight={class_weight}"
            )
        first = list(itertools.islice(source, 1))
        if not first:
            raise ValueError("Expected a generator of batches. Received: one that gives none")
        super().__init__(itertools.chain(first, source))
        self.num_batches = None
        self._standardized(first[0])

    def _standardized(self, batch: Any) -> tuple[Any, ...]:
        if not isinstance(batch, tuple):
            raise ValueError(
                "Expected a generator of tuples (x,), (x, y) or (x, y, sample_weight). "
                f"Received: {type(batch).__name__}"
            )
        return super()._standardized(batch)


class OfPyDataset(Batches):
    """Batches of a `PyDataset`.

    Args:
        source: the dataset.
        shuffle: whether its batches come in another order each epoch.
        class_weight: weights of samples by their class.
    """

    def __init__(
        self, source: PyDataset, shuffle: Any = False, class_weight: dict[int, float] | None = None
    ) -> None:
        super().__init__(source, class_weight)
        self._shuffle = shuffle

    def __iter__(self) -> Iterator[Any]:
        indices: Iterable[int] = itertools.count()
        if self.num_batches is not None:
            order = list(range(self.num_batches))
            if self._shuffle:
                random.shuffle(order)
            indices = order
        return map(self._standardized, batches_of(self._source, indices))

    def on_epoch_begin(self) -> None:
        self._source.on_epoch_begin()

    def on_epoch_end(self) -> None:
        self._source.on_epoch_end()
        # The next epoch may have another number of them.
        self.num_batches = self._source.num_batches


def _length(source: Any) -> int | None:
    """How many batches there are, as far as the source says it."""
    if isinstance(source, PyDataset):
        return source.num_batches
    number = getattr(source, "num_batches", None)
    if number is not None and not callable(number):
        return int(number)
    try:
        return len(source)
    except TypeError:
        return None
