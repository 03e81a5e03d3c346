"""What became of the loss and the metrics, epoch by epoch."""

from __future__ import annotations

from typing import Any

from gossamer.callbacks.callback import Callback
from gossamer.utils.line_chart import line_chart
from gossamer.utils.model_plot import Drawing


class History(Callback):
    """Keeps the logs of each epoch; `fit` returns one.

    Attributes:
        epoch: the numbers of the epochs.
        history: for each name a list of the values, one an epoch.

    Example:
        >>> history = gs.callbacks.History()
        >>> history.on_train_begin()
        >>> history.on_epoch_end(0, {"loss": 0.5})
        >>> history.history
        {'loss': [0.5]}
    """

    def __init__(self) -> None:
        super().__init__()
        self.epoch: list[int] = []
        self.history: dict[str, list[Any]] = {}

    def plot(self, names: Any = None) -> Drawing:
        """The values over the epochs as a chart, SVG, which a notebook shows.

        Args:
            names: which; all if None.

        Example:
            >>> history = gs.callbacks.History()
            >>> history.on_epoch_end(0, {"loss": 0.5})
            >>> history.on_epoch_end(1, {"loss": 0.25})
            >>> history.plot().startswith("<svg")
            True
        """
        chosen = list(self.history) if names is None else list(names)
        return line_chart({name: self.history[name] for name in chosen}, "epoch")

    def on_train_begin(self, logs: Any = None) -> None:
        self.epoch = []

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        self.epoch.append(epoch)
        for name, value in (logs or {}).items():
            self.history.setdefault(name, []).append(value)
        if self.model is not None:
            object.__setattr__(self.model, "history", self)
