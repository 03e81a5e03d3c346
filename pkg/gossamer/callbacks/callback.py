"""The base of callbacks: what is called as a model is trained, evaluated or asked."""

from __future__ import annotations

import weakref
from typing import Any


class Callback:
    """Methods that `fit`, `evaluate` and `predict` call; each does nothing unless it is written.

    Attributes:
        params: a dictionary: `verbose`, `epochs`, `steps`.
        model: the model that is trained.

    Example:
        >>> class Print(gs.callbacks.Callback):
        ...     def on_epoch_end(self, epoch, logs=None):
        ...         print(epoch, sorted(logs))
        >>> model = gs.Sequential([gs.layers.Dense(1)])
        >>> model.compile("sgd", "mse")
        >>> x = np.ones((4, 2), "float32")
        >>> _ = model.fit(x, x[:, :1], verbose=0, callbacks=[Print()])
        0 ['loss']
    """

    def __init__(self) -> None:
        self.params: dict[str, Any] | None = None
        self._model: Any = None

    @property
    def model(self) -> Any:
        return None if self._model is None else self._model()

    def set_params(self, params: dict[str, Any]) -> None:
        """Learn the settings of the run."""
        self.params = params

    def set_model(self, model: Any) -> None:
        """Learn the model."""
        # Weak: the model has its `History`, and must not wait for Python's garbage collector.
        self._model = None if model is None else weakref.ref(model)

    def on_batch_begin(self, batch: int, logs: Any = None) -> None:
        """Before each step of training; `on_train_batch_begin` calls it."""

    def on_batch_end(self, batch: int, logs: Any = None) -> None:
        """After each step of training; `on_train_batch_end` calls it."""

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        """Before each epoch."""

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """After each epoch, with its loss and metrics, those of validation as `val_...`."""

    def on_train_batch_begin(self, batch: int, logs: Any = None) -> None:
        """Before each step of training."""
        self.on_batch_begin(batch, logs=logs)

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        """After each step of training, with the loss and metrics so far."""
        self.on_batch_end(batch, logs=logs)

    def on_test_batch_begin(self, batch: int, logs: Any = None) -> None:
        """Before each batch of an evaluation."""

    def on_test_batch_end(self, batch: int, logs: Any = None) -> None:
        """After each batch of an evaluation."""

    def on_predict_batch_begin(self, batch: int, logs: Any = None) -> None:
        """Before each batch of a prediction."""

    def on_predict_batch_end(self, batch: int, logs: Any = None) -> None:
        """After each batch of a prediction, with its `outputs`."""

    def on_train_begin(self, logs: Any = None) -> None:
        """Before the first epoch."""

    def on_train_end(self, logs: Any = None) -> None:
        """After the last epoch."""

    def on_test_begin(self, logs: Any = None) -> None:
        """Before an evaluation."""

    def on_test_end(self, logs: Any = None) -> None:
        """After an evaluation."""

    def on_predict_begin(self, logs: Any = None) -> None:
        """Before a prediction."""

    def on_predict_end(self, logs: Any = None) -> None:
        """After a prediction."""
