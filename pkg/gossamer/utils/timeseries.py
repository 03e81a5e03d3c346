"""Windows of a time series as a dataset."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from gossamer.data import AUTOTUNE, Dataset
from gossamer.data.arguments import generators_of
from gossamer.tensor import Tensor
from gossamer.utils.directories import check_format


def timeseries_dataset_from_array(
    data: Any,
    targets: Any,
    sequence_length: int,
    sequence_stride: int = 1,
    sampling_rate: int = 1,
    batch_size: int | None = 128,
    shuffle: bool = False,
    seed: int | None = None,
    start_index: int | None = None,
    end_index: int | None = None,
    format: str = "tf",
) -> Dataset:
    """Batches of windows of a series: `data[i], data[i + rate], ...` for `i = 0, stride, ...`.

    Args:
        data: an array with time along its first axis.
        targets: `targets[i]` belongs to the window that begins at `i`; None for none.
        sequence_length: how many steps a window has.
        sequence_stride: how far apart windows begin.
        sampling_rate: how far apart the steps in a window are.
        batch_size: how many windows a batch has; None for windows one by one.
        shuffle: whether they come in another order each time.
        seed: of that order.
        start_index: where in `data` to begin.
        end_index: before which of `data` to end.
        format: without effect: it is a `gossamer.data.Dataset` in any case.

    Returns:
        A dataset of windows, or of pairs of windows and targets.

    Raises:
        ValueError: for indices, strides or rates that `data` are too short for.

    Example:
        >>> dataset = gs.utils.timeseries_dataset_from_array(np.arange(6), np.arange(3, 6), 3)
        >>> [(x.numpy().tolist(), y.numpy().tolist()) for x, y in dataset]
        [([[0, 1, 2], [1, 2, 3], [2, 3, 4]], [3, 4, 5])]
    """
    data = _on_host(data)
    total = len(data)
    _check(total, start_index, end_index, sampling_rate, sequence_stride)
    check_format(format)
    start = start_index or 0
    stop = total if end_index is None else end_index
    count = stop - start - (sequence_length - 1) * sampling_rate
    if targets is not None:
        targets = _on_host(targets)
        count = min(count, len(targets))
        targets = targets[start:]
    series = data[start:stop]
    steps = np.arange(0, sequence_length * sampling_rate, sampling_rate)
    places = np.arange(0, max(count, 0), sequence_stride)
    generators = generators_of(seed, differently=True)

    def parts() -> Iterator[Any]:
        order = next(generators).permutation(places) if shuffle else places
        if batch_size is None:
            yield from order
        else:
            for first in range(0, len(order), batch_size):
                yield order[first : first + batch_size]

    def begin() -> Iterator[Any]:
        for part in parts():
            windows = series[part[..., None] + steps]
            yield windows if targets is None else (windows, targets[part])

    size = len(places) if batch_size is None else -(-len(places) // batch_size)
    return Dataset(begin, size).prefetch(AUTOTUNE)


def _on_host(x: Any) -> np.ndarray:
    return x.numpy() if isinstance(x, Tensor) else np.asarray(x)


def _check(total: int, start: int | None, end: int | None, rate: int, stride: int) -> None:
    if start and not 0 <= start < total:
        raise ValueError(
            f"Expected an index of data of length {total}. Received: start_index={start}"
        )
    if end and not max(start or 0, 0) < end < total:
        raise ValueError(
            f"Expected an index after start_index and before the length of data, {total}. "
            f"Received: start_index={start}, end_index={end}"
        )
    for name, value in (("sampling_rate", rate), ("sequence_stride", stride)):
        if not 0 < value < total:
            raise ValueError(
                f"Expected a positive number below the length of data, {total}. "
                f"Received: {name}={value}"
            )
