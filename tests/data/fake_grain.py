"""As much of Grain as Keras needs for time series: lists, in their order."""

from __future__ import annotations

import types
from collections.abc import Callable, Iterator, Sequence
from typing import Any


class MapDataset:
    """A list."""

    def __init__(self, items: Sequence[Any]) -> None:
        self.items = items

    @staticmethod
    def source(items: Sequence[Any]) -> MapDataset:
        return MapDataset(items)

    def to_iter_dataset(self) -> MapDataset:
        return self

    def batch(self, size: int, batch_fn: Callable[[Sequence[Any]], Any]) -> MapDataset:
        starts = range(0, len(self.items), size)
        return MapDataset([batch_fn(self.items[i : i + size]) for i in starts])

    def __iter__(self) -> Iterator[Any]:
        return iter(self.items)


def zipped(datasets: Sequence[MapDataset]) -> MapDataset:
    return MapDataset(list(zip(*(dataset.items for dataset in datasets), strict=True)))


GRAIN = types.SimpleNamespace(
    MapDataset=MapDataset, experimental=types.SimpleNamespace(ZipMapDataset=zipped)
)
