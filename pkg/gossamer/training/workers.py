"""Batches of a `PyDataset` computed ahead by threads, in order."""

from __future__ import annotations

import sys
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

# A page has one thread.
HAS_THREADS = sys.platform != "emscripten"


def batches_of(dataset: Any, indices: Iterable[int]) -> Iterator[Any]:
    """The batches of these numbers, by threads if the dataset asks for several.

    Args:
        dataset: a `PyDataset`.
        indices: in the order in which batches are wanted.
    """
    workers = dataset.workers
    threaded = workers > 1 or (workers > 0 and dataset.use_multiprocessing)
    if not threaded or not HAS_THREADS:
        return (dataset[index] for index in indices)
    return _threaded(dataset, iter(indices), workers, max(dataset.max_queue_size, 1))


def _threaded(dataset: Any, indices: Iterator[int], workers: int, ahead: int) -> Iterator[Any]:
    pool = ThreadPoolExecutor(workers, thread_name_prefix="gossamer-batches")
    waiting: deque[Any] = deque()
    try:
        for index in indices:
            waiting.append(pool.submit(dataset.__getitem__, index))
            if len(waiting) >= ahead:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        # Whoever stops early, or is stopped by an error, does not wait for the rest.
        pool.shutdown(wait=False, cancel_futures=True)
