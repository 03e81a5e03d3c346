"""The batches of one epoch, whatever they are made of."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator
from typing import Any

from gossamer import config
from gossamer.training.batches import Batches, batches
from gossamer.training.data_adapter import Arrays, is_array


class EpochIterator:
    """Gives `(step, batch)` for each step of an epoch, and begins anew for the next one.

    A batch is a tuple `(x,)`, `(x, y)` or `(x, y, sample_weight)`.

    Args:
        x: inputs, or what gives batches.
        y, sample_weight: of the samples, if `x` are arrays.
        batch_size: how many samples a batch has, if `x` are arrays; if None, as many as make
            `steps_per_epoch` batches, or 32.
        steps_per_epoch: how many steps an epoch has; as many as there are batches if None.
        shuffle: whether arrays' samples and a `PyDataset`'s batches come in another order each
            epoch; `"batch"` to move samples within their batches only.
        class_weight: weights of samples by their class.

    Attributes:
        num_batches: how many steps an epoch has; None as long as it is not known.

    Raises:
        ValueError: for data that do not go together.
    """

    def __init__(
        self,
        x: Any,
        y: Any = None,
        sample_weight: Any = None,
        batch_size: int | None = None,
        steps_per_epoch: int | None = None,
        shuffle: Any = False,
        class_weight: dict[int, float] | None = None,
    ) -> None:
        self._steps = _limited(steps_per_epoch)
        self._source: Arrays | Batches
        if is_array(x):
            self._source = Arrays(
                x, y, sample_weight, batch_size, shuffle, class_weight, self._steps
            )  # fmt: skip
        elif isinstance(x, Iterable):
            given = {"y": y, "sample_weight": sample_weight}
            for name, value in given.items():
                if value is not None:
                    raise ValueError(
                        f"Expected no {name} beside data that give batches: they give it, too. "
                        f"Received: x={type(x).__name__}, {name}={type(value).__name__}"
                    )
            self._source = batches(x, shuffle, class_weight)
        else:
            raise ValueError(
                "Expected arrays, tensors, structures of them, or what gives batches. "
                f"Received: x={x!r} of type {type(x)}"
            )
        self.num_batches = self._source.num_batches if self._steps is None else self._steps
        self._running: Iterator[Any] | None = None
        self._seen = 0  # how many batches it has given

    def __iter__(self) -> Iterator[tuple[int, Any]]:
        self._source.on_epoch_begin()
        if self._running is None or self._steps is None:
            self._running = iter(self._source)
            self._seen = 0
        known = self._source.num_batches
        step = 0
        while self._steps is None or step < self._steps:
            batch = next(self._running, None)
            if batch is None:
                self._ran_out(step)
                self._running = None
                break
            yield step, batch
            step += 1
            self._seen += 1
        # The next epoch goes on where this one ended, and begins anew where the batches do.
        if known is not None and self._seen >= known:
            self._running = None
        if self.num_batches is None and step:
            self.num_batches = step
        self._source.on_epoch_end()

    def _ran_out(self, step: int) -> None:
        if step < (1 if self._steps is None else self._steps):
            warnings.warn(
                "Your input ran out of data; interrupting training. It has to give at least "
                f"`steps_per_epoch * epochs` batches. There were {step} of {self._steps or 'any'}; "
                "a dataset's `repeat()` begins anew.",
                stacklevel=4,
            )

    def reset(self) -> None:
        """Begin anew with the next epoch."""
        self._running = None


def _limited(steps: int | None) -> int | None:
    most = config.max_steps_per_epoch()
    if not most or (steps and steps <= most):
        return steps
    warnings.warn(f"Limiting steps_per_epoch to {most}", stacklevel=4)
    return most
