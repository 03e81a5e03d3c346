"""Stop training when it does not get better."""

from __future__ import annotations

from typing import Any

from gossamer.callbacks.monitor import MonitorCallback


class EarlyStopping(MonitorCallback):
    """Stops training when a number has not become better for some epochs.

    Args:
        monitor: the name of the number.
        min_delta: by how much it has to become better.
        patience: for how many epochs it may not.
        verbose: 1 to say when it stops.
        mode: `"min"`, `"max"` or `"auto"`.
        baseline: what it has to be better than at least.
        restore_best_weights: whether the model has the weights of the best epoch in the end.
        start_from_epoch: from which epoch on to watch.

    Example:
        >>> gs.callbacks.EarlyStopping("loss", patience=3).patience
        3
    """

    def __init__(
        self,
        monitor: str = "val_loss",
        min_delta: float = 0,
        patience: int = 0,
        verbose: int = 0,
        mode: str = "auto",
        baseline: float | None = None,
        restore_best_weights: bool = False,
        start_from_epoch: int = 0,
    ) -> None:
        super().__init__(monitor, mode, min_delta=min_delta)
        self.patience = patience
        self.verbose = verbose
        self.baseline = baseline
        self.restore_best_weights = restore_best_weights
        self.start_from_epoch = start_from_epoch
        self._begin()

    def _begin(self) -> None:
        self.wait = 0
        self.stopped_epoch = 0
        self.best = None
        self.best_weights: Any = None
        self.best_epoch = 0

    def on_train_begin(self, logs: Any = None) -> None:
        self._begin()

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        self._direction()
        value = self._value(logs)
        if value is None or epoch < self.start_from_epoch:
            return
        if self.restore_best_weights and self.best_weights is None:
            self.best_weights, self.best_epoch = self.model.get_weights(), epoch
        self.wait += 1
        if self._is_improvement(value, self.best):
            self.best, self.best_epoch = value, epoch
            if self.restore_best_weights:
                self.best_weights = self.model.get_weights()
            if self.baseline is None or self._is_improvement(value, self.baseline):
                self.wait = 0
            return
        if self.wait >= self.patience and epoch > 0:
            self.stopped_epoch = epoch
            self.model.stop_training = True

    def on_train_end(self, logs: Any = None) -> None:
        if self.stopped_epoch > 0 and self.verbose > 0:
            print(f"Epoch {self.stopped_epoch + 1}: early stopping")
        if self.restore_best_weights and self.best_weights is not None:
            if self.verbose > 0:
                print(f"The weights are those of the best epoch, {self.best_epoch + 1}.")
            self.model.set_weights(self.best_weights)
