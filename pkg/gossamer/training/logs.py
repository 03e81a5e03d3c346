"""What callbacks are told: numbers that are read from the device when somebody looks at them."""

from __future__ import annotations

from collections.abc import Coroutine, Iterator, MutableMapping
from typing import Any

from gossamer import ops
from gossamer.tensor import Tensor


class Logs(MutableMapping[str, Any]):
    """A dictionary of numbers, kept as tensors until one is asked for; then all are read at once.

    A read waits for all that the device has been given to do. Callbacks that look at nothing
    between two steps cost nothing.

    Args:
        values: tensors and numbers by name.

    Example:
        >>> from gossamer.training.logs import Logs
        >>> logs = Logs({"loss": ops.ones(())})
        >>> logs["loss"], dict(logs)
        (1.0, {'loss': 1.0})
    """

    def __init__(self, values: dict[str, Any]) -> None:
        self._values = dict(values)
        self._tensors = {name: x for name, x in values.items() if _is_scalar(x)}

    def _read(self) -> None:
        if self._tensors:
            self._take(_joined(self._tensors).numpy())

    def _take(self, numbers: Any) -> None:
        for name, number in zip(self._tensors, numbers, strict=True):
            self._values[name] = float(number)
        self._tensors = {}

    def read_later(self) -> Coroutine[Any, Any, None]:
        """Read them without blocking the page: `await logs.read_later()`."""
        return self._read_later()

    async def _read_later(self) -> None:
        if self._tensors:
            numbers = await _joined(self._tensors).data()
            if self._tensors:  # and nobody has looked meanwhile
                self._take(numbers)

    def __getitem__(self, name: str) -> Any:
        if name in self._tensors:
            self._read()
        return self._values[name]

    def __setitem__(self, name: str, value: Any) -> None:
        self._tensors.pop(name, None)
        self._values[name] = value

    def __delitem__(self, name: str) -> None:
        self._tensors.pop(name, None)
        del self._values[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __repr__(self) -> str:
        self._read()
        return repr(self._values)


def _is_scalar(x: Any) -> bool:
    return isinstance(x, Tensor) and x.size == 1


def _joined(tensors: dict[str, Tensor]) -> Tensor:
    """One tensor of all, so that one read will do."""
    if len(tensors) == 1:
        return ops.reshape(next(iter(tensors.values())), (1,))
    return ops.stack([ops.cast(ops.reshape(x, ()), "float32") for x in tensors.values()])
