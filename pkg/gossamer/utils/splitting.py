"""One dataset as two."""

from __future__ import annotations

import random
from typing import Any

import numpy as np

from gossamer.data import AUTOTUNE, Dataset
from gossamer.data.elements import on_host, stacked


def split_dataset(
    dataset: Any,
    left_size: Any = None,
    right_size: Any = None,
    shuffle: bool = False,
    seed: int | None = None,
    preferred_backend: str | None = None,
) -> tuple[Dataset, Dataset]:
    """The first and the last samples of a dataset, as two datasets.

    All samples are held in memory. A `data.Dataset` that makes batches gives two that make such
    batches, too.

    Args:
        dataset: a `data.Dataset`, an array, or a tuple or list of arrays of one length.
        left_size: how many samples, or which fraction of them, are in the first one; what the
            other leaves if None.
        right_size: the same of the second one.
        shuffle: whether to put the samples in another order first.
        seed: of that order.
        preferred_backend: without effect: they are `gossamer.data.Dataset`s in any case.

    Raises:
        TypeError: for other data, and for sizes that are no numbers.
        ValueError: for sizes that do not go together or with the data.

    Example:
        >>> left, right = gs.utils.split_dataset(np.arange(10), left_size=0.8)
        >>> len(left), [int(x) for x in right]
        (8, [8, 9])
    """
    if left_size is None and right_size is None:
        raise ValueError("Expected left_size or right_size. Received: neither")
    samples = _samples(dataset)
    if shuffle:
        # Keras's order, of the same seed.
        random.Random(random.randint(0, 10**6) if seed is None else seed).shuffle(samples)
    left, right = _sizes(left_size, right_size, len(samples))
    batch_size = getattr(dataset, "_batch_size", None)
    parts = []
    for part in (samples[:left], samples[len(samples) - right :]):
        split = Dataset.from_tensor_slices(stacked(part))
        parts.append((split if batch_size is None else split.batch(batch_size)).prefetch(AUTOTUNE))
    return parts[0], parts[1]


def _samples(dataset: Any) -> list[Any]:
    if isinstance(dataset, Dataset):
        whole = dataset if dataset._batch_size is None else dataset.unbatch()
        samples = list(map(on_host, whole))
    elif isinstance(dataset, np.ndarray):
        samples = list(dataset)
    elif isinstance(dataset, (list, tuple)):
        if not dataset or not all(isinstance(array, np.ndarray) for array in dataset):
            raise ValueError(
                "Expected NumPy arrays in the list. "
                f"Received: {[type(array).__name__ for array in dataset]}"
            )
        if len({len(array) for array in dataset}) > 1:
            raise ValueError(
                "Expected arrays of one length. "
                f"Received: shapes {[array.shape for array in dataset]}"
            )
        samples = list(zip(*dataset, strict=True))
    else:
        raise TypeError(
            "Expected a data.Dataset, an array, or a list of arrays. "
            f"Received: {type(dataset).__name__}"
        )
    if not samples:
        raise ValueError("Expected samples. Received: an empty dataset")
    return samples


def _sizes(left: Any, right: Any, total: int) -> tuple[int, int]:
    """Both sizes as numbers of samples."""
    counts = [_count(name, size, total) for name, size in (("left", left), ("right", right))]
    if type(left) is type(right) is float and left + right > 1:
        raise ValueError(f"Expected fractions of at most 1 together. Received: {left=}, {right=}")
    first, second = counts
    if first is None:
        assert second is not None  # as one of them is given
        first = total - second
    elif second is None:
        second = total - first
    if first + second > total:
        raise ValueError(
            f"Expected at most {total} samples together. Received: {first} and {second}"
        )
    for name, size in (("left", first), ("right", second)):
        if size == 0:
            raise ValueError(
                f"Expected samples on both sides of {total}. Received: none for {name}_size"
            )
    return first, second


def _count(name: str, size: Any, total: int) -> int | None:
    if size is None:
        return None
    if type(size) not in (int, float):
        raise TypeError(f"Expected an integer, a fraction or None. Received: {name}_size={size!r}")
    if not 0 < size < (total if isinstance(size, int) else 1):
        raise ValueError(
            f"Expected a positive integer below {total}, or a fraction between 0 and 1. "
            f"Received: {name}_size={size}"
        )
    return size if isinstance(size, int) else round(size * total)
