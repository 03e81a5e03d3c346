"""Callbacks of a few lines: functions as a callback, an end to training at a NaN."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from gossamer.callbacks.callback import Callback


class LambdaCallback(Callback):
    """A callback of functions.

    Args:
        on_epoch_begin, on_epoch_end: functions `(epoch, logs)`.
        on_train_begin, on_train_end: functions `(logs)`.
        on_train_batch_begin, on_train_batch_end: functions `(batch, logs)`.
        kwargs: functions for other methods of `Callback`, by name.

    Example:
        >>> callback = gs.callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: print(epoch))
        >>> callback.on_epoch_end(3, {})
        3
    """

    def __init__(
        self,
        on_epoch_begin: Callable[..., Any] | None = None,
        on_epoch_end: Callable[..., Any] | None = None,
        on_train_begin: Callable[..., Any] | None = None,
        on_train_end: Callable[..., Any] | None = None,
        on_train_batch_begin: Callable[..., Any] | None = None,
        on_train_batch_end: Callable[..., Any] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__()
        self.__dict__.update(kwargs)
        given = {
            "on_epoch_begin": on_epoch_begin, "on_epoch_end": on_epoch_end,
            "on_train_begin": on_train_begin, "on_train_end": on_train_end,
            "on_train_batch_begin": on_train_batch_begin,
            "on_train_batch_end": on_train_batch_end,
        }  # fmt: skip
        self.__dict__.update({name: f for name, f in given.items() if f is not None})


class TerminateOnNaN(Callback):
    """Stops training when the loss is NaN or infinite; says so once, with the step.

    It looks at the loss after each step, which waits for the device.

    Args:
        raise_error: whether a RuntimeError is raised.

    Raises:
        RuntimeError: in training, with `raise_error`.

    Example:
        >>> gs.callbacks.TerminateOnNaN().raise_error
        False
    """

    def __init__(self, raise_error: bool = False) -> None:
        super().__init__()
        self.raise_error = raise_error

    def on_batch_end(self, batch: int, logs: Any = None) -> None:
        loss = (logs or {}).get("loss")
        if loss is None or math.isfinite(loss):
            return
        if self.raise_error:
            raise RuntimeError(f"Expected a finite loss. Received: {loss}, at step {batch}")
        print(f"Batch {batch}: Invalid loss, terminating training")
        self.model.stop_training = True


class SwapEMAWeights(Callback):
    """Evaluates with the optimizer's moving averages of the weights in the place of these.

    Args:
        swap_on_epoch: whether they are swapped at the end of each epoch, so that a checkpoint
            has the averages.

    Raises:
        ValueError: in training, for an optimizer without `use_ema`.

    Example:
        >>> gs.callbacks.SwapEMAWeights().swap_on_epoch
        False
    """

    def __init__(self, swap_on_epoch: bool = False) -> None:
        super().__init__()
        self.swap_on_epoch = swap_on_epoch
        self._swapped = False

    def _pairs(self) -> list[tuple[Any, Any]]:
        optimizer = getattr(self.model.optimizer, "inner_optimizer", self.model.optimizer)
        found = [
            one for one in getattr(optimizer, "optimizers", [optimizer])
            if getattr(one, "use_ema", False)
        ]  # fmt: skip
        if not found:
            raise ValueError(
                f"Expected an optimizer with use_ema=True. Received: {optimizer.name!r}"
            )
        return [
            pair for one in found
            for pair in zip(
                one._trainable_variables, one._model_variables_moving_average, strict=True
            )
        ]  # fmt: skip

    def _swap(self) -> None:
        for variable, average in self._pairs():
            value = variable.value
            variable.assign(average.value)
            average.assign(value)
        self._swapped = not self._swapped

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        if self.swap_on_epoch and self._swapped:
            self._swap()

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        if self.swap_on_epoch and not self._swapped:
            self._swap()
            if self.params and epoch == self.params["epochs"] - 1:
                for variable, average in self._pairs():
                    average.assign(variable.value)

    def on_test_begin(self, logs: Any = None) -> None:
        if not self._swapped:
            self._swap()

    def on_test_end(self, logs: Any = None) -> None:
        if self._swapped:
            self._swap()

    def on_predict_begin(self, logs: Any = None) -> None:
        if not self._swapped:
            self._swap()

    def on_predict_end(self, logs: Any = None) -> None:
        if self._swapped:
            self._swap()
