"""Change the learning rate between epochs: by a schedule, or when nothing gets better."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from gossamer.callbacks.callback import Callback
from gossamer.callbacks.monitor import MonitorCallback


def _optimizers(model: Any) -> list[tuple[str, Any]]:
    """The model's optimizers, each with what is put behind `learning_rate` in the logs."""
    optimizer = model.optimizer
    if hasattr(optimizer, "optimizers"):
        return [(f"_{one.name}", one) for one in optimizer.optimizers]
    return [("", optimizer)]


def _note_rates(model: Any, logs: Any) -> None:
    for suffix, optimizer in _optimizers(model):
        logs[f"learning_rate{suffix}"] = float(optimizer.learning_rate)


class LearningRateScheduler(Callback):
    """Sets the learning rate before each epoch.

    Args:
        schedule: a function `(epoch, learning_rate) -> learning_rate`, or `(epoch) -> ...`.
        verbose: 1 to say so.

    Raises:
        ValueError: in training, if the function gives no float.

    Example:
        >>> gs.callbacks.LearningRateScheduler(lambda epoch, rate: rate / 2).verbose
        0
    """

    def __init__(self, schedule: Callable[..., float], verbose: int = 0) -> None:
        super().__init__()
        self.schedule = schedule
        self.verbose = verbose

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        for _, optimizer in _optimizers(self.model):
            if not hasattr(optimizer, "learning_rate"):
                raise ValueError(f"Expected an optimizer with a rate. Received: {optimizer}")
            try:
                rate = self.schedule(epoch, float(optimizer.learning_rate))
            except TypeError:
                rate = self.schedule(epoch)
            if not isinstance(rate, (float, np.float32, np.float64)):
                raise ValueError(f"Expected a float of the schedule. Received: {rate!r}")
            optimizer.learning_rate = rate
            if self.verbose > 0:
                print(f"\nEpoch {epoch + 1}: the learning rate is {rate}.")

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        _note_rates(self.model, {} if logs is None else logs)


class ReduceLROnPlateau(MonitorCallback):
    """Multiplies the learning rate by a factor when a number has not become better for long.

    Args:
        monitor: the name of the number.
        factor: below 1.
        patience: for how many epochs it may not become better.
        verbose: 1 to say so.
        mode: `"min"`, `"max"` or `"auto"`.
        min_delta: by how much it has to become better.
        cooldown: how many epochs to wait after a change.
        min_lr: the least learning rate.

    Raises:
        ValueError: for a factor that is not below 1.

    Example:
        >>> gs.callbacks.ReduceLROnPlateau("loss", factor=0.5).factor
        0.5
    """

    def __init__(
        self,
        monitor: str = "val_loss",
        factor: float = 0.1,
        patience: int = 10,
        verbose: int = 0,
        mode: str = "auto",
        min_delta: float = 1e-4,
        cooldown: int = 0,
        min_lr: float = 0.0,
    ) -> None:
        super().__init__(monitor, mode, min_delta=min_delta)
        if factor >= 1.0:
            raise ValueError(f"Expected a factor below 1. Received: factor={factor}")
        self.factor = factor
        self.min_lr = min_lr
        self.patience = patience
        self.verbose = verbose
        self.cooldown = cooldown
        self.cooldown_counter = 0
        self.wait = 0

    def on_train_begin(self, logs: Any = None) -> None:
        self.best = None
        self.cooldown_counter = 0
        self.wait = 0

    def in_cooldown(self) -> bool:
        """Whether a change is too recent for another one."""
        return self.cooldown_counter > 0

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        self._direction()
        logs = {} if logs is None else logs
        _note_rates(self.model, logs)
        value = self._value(logs)
        if value is None:
            return
        if self.in_cooldown():
            self.cooldown_counter -= 1
            self.wait = 0
        if self._is_improvement(value, self.best):
            self.best = value
            self.wait = 0
        elif not self.in_cooldown():
            self.wait += 1
            if self.wait >= self.patience and self._reduce(epoch):
                self.cooldown_counter = self.cooldown
                self.wait = 0

    def _reduce(self, epoch: int) -> bool:
        reduced = False
        for _, optimizer in _optimizers(self.model):
            rate = float(optimizer.learning_rate)
            if rate > np.float32(self.min_lr):
                reduced = True
                rate = max(rate * self.factor, self.min_lr)
                optimizer.learning_rate = rate
                if self.verbose > 0:
                    print(f"\nEpoch {epoch + 1}: the learning rate is reduced to {rate}.")
        return reduced
