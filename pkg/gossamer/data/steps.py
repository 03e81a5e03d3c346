"""What the methods of `Dataset` do to streams of elements, as generators."""

from __future__ import annotations

import itertools
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np

from gossamer import tree
from gossamer.data.elements import as_element, on_host, padded, size_of, stacked, taken
from gossamer.tensor import Tensor
from gossamer.training.data_adapter import as_array, upload


def called(function: Callable[..., Any], element: Any) -> Any:
    """The function's result for an element, whose parts are its arguments if it is a tuple."""
    return function(*element) if type(element) is tuple else function(element)


def mapped(elements: Iterable[Any], function: Callable[..., Any]) -> Iterator[Any]:
    for element in elements:
        yield as_element(called(function, element))


def filtered(elements: Iterable[Any], predicate: Callable[..., Any]) -> Iterator[Any]:
    return (element for element in elements if bool(np.asarray(called(predicate, element))))


def groups(elements: Iterable[Any], size: int, drop_remainder: bool) -> Iterator[list[Any]]:
    """Lists of so many elements; the last one may have fewer."""
    iterator = iter(elements)
    while group := list(itertools.islice(iterator, size)):
        if len(group) == size or not drop_remainder:
            yield group


def batched(elements: Iterable[Any], size: int, drop_remainder: bool) -> Iterator[Any]:
    return map(stacked, groups(elements, size, drop_remainder))


def padded_batches(
    elements: Iterable[Any], size: int, shapes: Any, values: Any, drop_remainder: bool
) -> Iterator[Any]:
    return (padded(group, shapes, values) for group in groups(elements, size, drop_remainder))


def unbatched(elements: Iterable[Any]) -> Iterator[Any]:
    for element in map(on_host, elements):
        for row in range(size_of(element)):
            yield taken(element, row)


def shuffled(elements: Iterable[Any], size: int, generator: np.random.Generator) -> Iterator[Any]:
    """Each element is drawn from a buffer that is filled up again with the next one."""
    iterator = iter(elements)
    buffer = [on_host(element) for element in itertools.islice(iterator, size)]
    for element in iterator:
        place = int(generator.integers(len(buffer)))
        yield buffer[place]
        buffer[place] = on_host(element)
    for place in generator.permutation(len(buffer)):
        yield buffer[place]


def repeated(begin: Callable[[], Iterable[Any]], times: int | None) -> Iterator[Any]:
    rounds = itertools.count() if times is None else range(times)
    for _ in rounds:
        empty = True
        for element in begin():
            empty = False
            yield element
        if empty:  # for ever so
            return


def windows(
    elements: Iterable[Any], size: int, shift: int, stride: int, drop_remainder: bool
) -> Iterator[list[Any]]:
    """Lists of every `stride`-th element, each list `shift` elements after the one before."""
    iterator = map(on_host, elements)
    span = (size - 1) * stride + 1
    waiting: deque[Any] = deque(itertools.islice(iterator, span))
    while waiting:
        window = list(itertools.islice(waiting, 0, span, stride))
        if len(window) < size and drop_remainder:
            return
        yield window
        for _ in range(min(shift, len(waiting))):
            waiting.popleft()
        # A shift beyond the window leaves elements out.
        for _ in itertools.islice(iterator, max(shift - span, 0)):
            pass
        waiting.extend(itertools.islice(iterator, span - len(waiting)))


def prefetched(elements: Iterable[Any], ahead: int) -> Iterator[Any]:
    """The elements as tensors; so many are on the device beside the one in use."""
    iterator = map(on_device, elements)
    waiting = deque(itertools.islice(iterator, ahead))
    for element in iterator:
        waiting.append(element)
        del element  # so that the device forgets it when its user does
        yield waiting.popleft()
    while waiting:
        yield waiting.popleft()


def on_device(element: Any) -> Any:
    """The element with tensors in the place of numbers; strings stay where they are."""
    return tree.map_structure(_tensor, element)


def _tensor(x: Any) -> Any:
    is_number = isinstance(x, (np.ndarray, np.generic)) and x.dtype.kind in "biufc"
    return upload(as_array(x)) if is_number and not isinstance(x, Tensor) else x
