"""Batches that a user's class computes, one for each number."""

from __future__ import annotations

import itertools
import warnings
from collections.abc import Iterator
from typing import Any


class PyDataset:
    """A base for classes that give batch number `i` when they are asked for it.

    A subclass has `__getitem__`, which gives a batch, and `__len__` or `num_batches`, which says
    how many there are. `fit` asks for batches ahead with `workers > 1`: by threads on CPython. In
    a page there is one thread, and batches are computed when they are needed.

    Args:
        workers: how many threads compute batches.
        use_multiprocessing: Keras has processes then; here they are threads in any case.
        max_queue_size: how many batches are computed ahead at most.

    Example:
        >>> class Squares(gs.utils.PyDataset):
        ...     def __len__(self):
        ...         return 2
        ...     def __getitem__(self, index):
        ...         x = np.arange(2.0) + 2 * index
        ...         return x, x * x
        >>> [y.tolist() for x, y in Squares()]
        [[0.0, 1.0], [4.0, 9.0]]
    """

    def __init__(
        self, workers: int = 1, use_multiprocessing: bool = False, max_queue_size: int = 10
    ) -> None:
        self._workers = workers
        self._use_multiprocessing = use_multiprocessing
        self._max_queue_size = max_queue_size

    def _option(self, name: str, default: Any) -> Any:
        if not hasattr(self, name):
            warnings.warn(
                f"{type(self).__name__} should call `super().__init__(**kwargs)`, which takes "
                "workers, use_multiprocessing and max_queue_size.",
                stacklevel=3,
            )
            PyDataset.__init__(self)
        return getattr(self, name, default)

    @property
    def workers(self) -> int:
        """How many threads compute batches."""
        return self._option("_workers", 1)

    @workers.setter
    def workers(self, value: int) -> None:
        self._workers = value

    @property
    def use_multiprocessing(self) -> bool:
        """Whether Keras would take processes."""
        return self._option("_use_multiprocessing", False)

    @use_multiprocessing.setter
    def use_multiprocessing(self, value: bool) -> None:
        self._use_multiprocessing = value

    @property
    def max_queue_size(self) -> int:
        """How many batches are computed ahead at most."""
        return self._option("_max_queue_size", 10)

    @max_queue_size.setter
    def max_queue_size(self, value: int) -> None:
        self._max_queue_size = value

    def __getitem__(self, index: int) -> Any:
        """The batch of this number: a tuple `(x,)`, `(x, y)` or `(x, y, sample_weight)`."""
        raise NotImplementedError(f"Expected a subclass with it. Received: {type(self).__name__}")

    def __iter__(self) -> Iterator[Any]:
        try:
            count = self.num_batches
        except NotImplementedError:
            count = None
        for index in itertools.count() if count is None else range(count):
            yield self[index]

    @property
    def num_batches(self) -> int | None:
        """How many batches there are; None for infinitely many."""
        if hasattr(self, "__len__"):
            return len(self)
        raise NotImplementedError(
            f"Expected a subclass with `__len__` or `num_batches`. Received: {type(self).__name__}"
        )

    def on_epoch_begin(self) -> None:
        """Called before each epoch."""

    def on_epoch_end(self) -> None:
        """Called after each epoch."""
