"""The base of callbacks that watch one number: whether it gets better."""

from __future__ import annotations

import warnings
from typing import Any

from gossamer.callbacks.callback import Callback


class MonitorCallback(Callback):
    """Watches one of the logs.

    Args:
        monitor: its name.
        mode: `"min"` or `"max"`: what is better; `"auto"` to ask the metric.
        baseline: what it has to be better than at first.
        min_delta: by how much it has to be better.
    """

    def __init__(
        self,
        monitor: str = "val_loss",
        mode: str = "auto",
        baseline: float | None = None,
        min_delta: float = 0.0,
    ) -> None:
        super().__init__()
        if mode not in ("auto", "min", "max"):
            warnings.warn(f"{mode!r} is no mode; it is 'auto' now.", stacklevel=3)
            mode = "auto"
        self.monitor = monitor
        self.mode = mode
        self.best = baseline
        self.min_delta = abs(min_delta)
        self._sign: int | None = None

    def _direction(self) -> int:
        """1 if more is better, -1 if less is.

        Raises:
            ValueError: if the metric does not say.
        """
        if self._sign is None:
            self._sign = {"min": -1, "max": 1}.get(self.mode) or self._direction_of_metric()
        return self._sign

    def _direction_of_metric(self) -> int:
        name = self.monitor.removeprefix("val_")
        if name == "loss":
            return -1
        compiled = getattr(self.model, "_compile_metrics", None)
        found = list(getattr(self.model, "metrics", ()))
        found += compiled.metrics if compiled is not None else []
        for metric in found:
            if metric.name == name and hasattr(metric, "_direction"):
                return 1 if metric._direction == "up" else -1
        raise ValueError(
            f"Expected mode='max' or mode='min' for {type(self).__name__}, since it is not known "
            f"which values of the metric are good. Received: monitor={self.monitor!r}"
        )

    def _is_improvement(self, value: float, best: float | None) -> bool:
        if best is None:
            return True
        sign = self._direction()
        return sign * (value - sign * self.min_delta) > sign * best

    def _value(self, logs: Any) -> Any:
        """The number that is watched; None, with a warning, if it is not there."""
        logs = logs or {}
        if self.monitor not in logs:
            warnings.warn(
                f"{type(self).__name__} watches {self.monitor!r}, which is not there. "
                f"There are: {', '.join(logs)}",
                stacklevel=3,
            )
            return None
        return logs[self.monitor]
