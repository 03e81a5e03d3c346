"""Several callbacks as one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from gossamer import tree
from gossamer.callbacks.callback import Callback
from gossamer.callbacks.history import History
from gossamer.callbacks.progbar_logger import ProgbarLogger

EVENTS = (
    "batch_begin", "batch_end", "epoch_begin", "epoch_end", "train_batch_begin",
    "train_batch_end", "test_batch_begin", "test_batch_end", "predict_batch_begin",
    "predict_batch_end", "train_begin", "train_end", "test_begin", "test_end", "predict_begin",
    "predict_end",
)  # fmt: skip


class CallbackList(Callback):
    """A list of callbacks, each of which is called as this one is.

    Args:
        callbacks: the callbacks.
        add_history: whether a `History` is added if there is none.
        add_progbar: whether a `ProgbarLogger` is added if there is none.
        model: the model that is trained.
        params: what the callbacks are told of the run.

    Example:
        >>> callbacks = gs.callbacks.CallbackList([], add_history=True)
        >>> [type(callback).__name__ for callback in callbacks.callbacks]
        ['History']
    """

    def __init__(
        self,
        callbacks: Any = None,
        add_history: bool = False,
        add_progbar: bool = False,
        model: Any = None,
        **params: Any,
    ) -> None:
        super().__init__()
        self.callbacks: list[Callback] = tree.flatten(callbacks) if callbacks else []
        self._history = self._first(History)
        if self._history is None and add_history:
            self._history = History()
            self.callbacks.append(self._history)
        if self._first(ProgbarLogger) is None and add_progbar:
            self.callbacks.append(ProgbarLogger())
        if model is not None:
            self.set_model(model)
        self.set_params(params)

    def _first(self, kind: type) -> Any:
        return next((one for one in self.callbacks if isinstance(one, kind)), None)

    def append(self, callback: Callback) -> None:
        """Add a callback."""
        self.callbacks.append(callback)

    def set_params(self, params: dict[str, Any]) -> None:
        super().set_params(params)
        for callback in self.callbacks:
            callback.set_params(params)

    def set_model(self, model: Any) -> None:
        super().set_model(model)
        if self._history is not None:
            object.__setattr__(model, "history", self._history)
        for callback in self.callbacks:
            callback.set_model(model)


def _passed_on(event: str) -> Callable[..., None]:
    if "batch" in event:

        def method(self: CallbackList, batch: int, logs: Any = None) -> None:
            logs = {} if logs is None else logs
            for callback in self.callbacks:
                getattr(callback, f"on_{event}")(batch, logs=logs)

    elif "epoch" in event:

        def method(  # type: ignore[misc]
            self: CallbackList, epoch: int, logs: Any = None
        ) -> None:
            logs = {} if logs is None else logs
            for callback in self.callbacks:
                getattr(callback, f"on_{event}")(epoch, logs)

    else:

        def method(self: CallbackList, logs: Any = None) -> None:  # type: ignore[misc]
            logs = {} if logs is None else logs
            for callback in self.callbacks:
                getattr(callback, f"on_{event}")(logs)

    method.__name__ = f"on_{event}"
    method.__doc__ = getattr(Callback, f"on_{event}").__doc__
    return method


for _event in EVENTS:
    setattr(CallbackList, f"on_{_event}", _passed_on(_event))
