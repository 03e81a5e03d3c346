"""The loops of `fit`, `evaluate` and `predict`.

Each is a coroutine, which hands the thread back to the page if it may wait, and never waits if it
may not; so that plain functions and `async` ones share it.
"""

from __future__ import annotations

import asyncio
import math
import time
import warnings
from typing import Any

import numpy as np

from gossamer import callbacks as callbacks_module
from gossamer import config, dtypes, tree
from gossamer.browser import event_loop
from gossamer.core.symbolic import KerasTensor
from gossamer.jitted import Jitted
from gossamer.tensor import Tensor
from gossamer.training.data_adapter import train_validation_split, upload
from gossamer.training.epoch_iterator import EpochIterator
from gossamer.training.logs import Logs
from gossamer.training.outputs import Outputs
from gossamer.utils import unpack_x_y_sample_weight

# After so long without a pause the page goes on: a frame in every 100 ms, with room for a step.
PAUSE_SECONDS = 0.04
# A step so short may be under way on the device while the page draws.
SHORT_STEP = 0.02


class _Pauses:
    """Hands the thread back when it is time.

    A step is given to the device long before it is done. So time is reckoned by how long the last
    steps took until the device had done them: the page's frames wait behind them there. Short
    steps are waited for one step later, so that the device has something to do meanwhile.
    """

    def __init__(self, may_wait: bool) -> None:
        self.may_wait = may_wait
        self._last = time.perf_counter()
        self._steps = 0  # since the last pause
        self._per_step = math.inf
        self._waiting: asyncio.Future[None] | None = None

    async def if_due(self, results: Logs | Outputs) -> None:
        """Pause if the last one was long ago.

        Args:
            results: what is waited for, so that the device does not fall behind.
        """
        if not self.may_wait:
            return
        self._steps += 1
        if self._waiting is not None:
            waiting, self._waiting = self._waiting, None
            await waiting
            self._reckon()
            return
        elapsed = time.perf_counter() - self._last
        if max(elapsed, self._steps * self._per_step) < PAUSE_SECONDS:
            return
        if self._per_step < SHORT_STEP:
            self._waiting = asyncio.ensure_future(results.read_later())
            await event_loop.give_way()
            return
        await results.read_later()
        await event_loop.give_way()
        self._reckon()

    async def end(self) -> None:
        """Wait for what is still waited for."""
        if self._waiting is not None:
            waiting, self._waiting = self._waiting, None
            await waiting

    def _reckon(self) -> None:
        now = time.perf_counter()
        self._per_step = (now - self._last) / self._steps
        self._last, self._steps = now, 0


def as_batch(x: Any, y: Any, sample_weight: Any) -> tuple[Any, ...]:
    """A batch as the step functions take it, on the device."""
    given: tuple[Any, ...] = (x,)
    if sample_weight is not None:
        given = (x, y, sample_weight)
    elif y is not None:
        given = (x, y)
    return tuple(upload(part) for part in given)


def as_list(model: Any, logs: dict[str, Any]) -> Any:
    """Results in the order of the model's metrics; the only one by itself."""
    names: list[str] = []
    for metric in model.metrics:
        names += [m.name for m in metric.metrics] if hasattr(metric, "metrics") else [metric.name]
    order = [name for name in names if name in logs]
    values = [logs[name] for name in [*order, *sorted(set(logs) - set(names))]]
    return values[0] if len(values) == 1 else values


def build(model: Any, batch: Any) -> None:
    """Make what a first step would make: weights, metrics' variables, the optimizer's state."""
    x, y, _ = unpack_x_y_sample_weight(batch)
    if not model.built or (
        model._compile_metrics is not None and not model._compile_metrics.built
    ) or (model._compile_loss is not None and not model._compile_loss.built):  # fmt: skip
        symbolic = tree.map_structure(_symbolic, x)
        y_pred = model.compute_output_spec(symbolic) if model.built else model(symbolic)
        if y is not None:
            targets = tree.map_structure(_symbolic, y)
            if model._compile_metrics is not None and not model._compile_metrics.built:
                model._compile_metrics.build(targets, y_pred)
            if model._compile_loss is not None and not model._compile_loss.built:
                model._compile_loss.build(targets, y_pred)
    if model.optimizer is not None and not model.optimizer.built:
        model.optimizer.build(model.trainable_variables)


def _symbolic(x: Any) -> Any:
    if x is None:
        return None
    if not isinstance(x, (Tensor, np.ndarray)):
        x = np.asarray(x)
    # Of its dtype alone: nothing is uploaded for a shape.
    dtype = dtypes.canonical(x.dtype if isinstance(x, Tensor) else x.dtype.name)
    return KerasTensor((None, *x.shape[1:]) if x.shape else (), dtype)


async def fit(model: Any, arguments: dict[str, Any], may_wait: bool) -> Any:
    """`Model.fit`, of its arguments by name."""
    a = arguments
    model._check_compiled("fit")
    epochs = a["epochs"]
    most = config.max_epochs()
    if most and most < epochs:
        warnings.warn(f"Training for {most} epochs only, as config.set_max_epochs says.",
                      stacklevel=2)  # fmt: skip
        epochs = most
    x, y, sample_weight = a["x"], a["y"], a["sample_weight"]
    validation = a["validation_data"]
    if a["validation_split"] and validation is None:
        (x, y, sample_weight), validation = train_validation_split(
            (x, y, sample_weight), a["validation_split"]
        )
    batches = EpochIterator(
        x, y, sample_weight, a["batch_size"], a["steps_per_epoch"], a["shuffle"],
        a["class_weight"],
    )  # fmt: skip
    callbacks = _callbacks(model, a["callbacks"], a["verbose"], epochs, batches.num_batches,
                           add_history=True)  # fmt: skip
    held_out = None
    if validation is not None:
        # Made ready once, for all epochs.
        held_out = EpochIterator(
            *unpack_x_y_sample_weight(validation),
            a["validation_batch_size"] or a["batch_size"],
            a["validation_steps"],
        )
    model.stop_training = False
    pauses = _Pauses(may_wait)
    epoch_logs: Any = None
    callbacks.on_train_begin()
    # After it, since a callback may say where an interrupted training goes on.
    first_epoch = model._initial_epoch or a["initial_epoch"]
    try:
        for epoch in range(first_epoch, epochs):
            model.reset_metrics()
            callbacks.on_epoch_begin(epoch)
            epoch_logs = await _train_epoch(model, batches, callbacks, pauses)
            if held_out is not None and _is_due(epoch, a["validation_freq"]):
                held_out.reset()
                results = await _evaluated(model, held_out, callbacks, pauses)
                epoch_logs |= {f"val_{name}": value for name, value in results.items()}
            callbacks.on_epoch_end(epoch, epoch_logs)
            if model.stop_training:
                break
    finally:
        # An interrupted training leaves the model as the last whole step did.
        if model.optimizer is not None and model.optimizer.built:
            model.optimizer.finalize_variable_values(model.trainable_weights)
    callbacks.on_train_end(logs=epoch_logs)
    return model.history


async def _train_epoch(
    model: Any, batches: EpochIterator, callbacks: Any, pauses: _Pauses
) -> dict[str, Any]:
    logs = Logs({})
    function = None
    for step, batch in batches:
        if function is None:
            build(model, batch)
            function = model.make_train_function()
        if step % model.steps_per_execution == 0:
            callbacks.on_train_batch_begin(step)
        logs = Logs(in_order(await _called(function, batch, pauses.may_wait)))
        await pauses.if_due(logs)
        is_last = batches.num_batches is not None and step + 1 >= batches.num_batches
        if (step + 1) % model.steps_per_execution == 0 or is_last:
            callbacks.on_train_batch_end(step, logs)
        if model.stop_training:
            break
    return in_order(logs)


async def evaluate(model: Any, arguments: dict[str, Any], may_wait: bool) -> Any:
    """`Model.evaluate`, of its arguments by name."""
    a = arguments
    model._check_compiled("evaluate")
    batches = EpochIterator(
        a["x"], a["y"], a["sample_weight"], a["batch_size"], a["steps"], shuffle=False
    )
    callbacks = _callbacks(model, a["callbacks"], a["verbose"], 1, batches.num_batches)
    numbers = await _evaluated(model, batches, callbacks, _Pauses(may_wait))
    return numbers if a["return_dict"] else as_list(model, numbers)


async def _evaluated(
    model: Any, batches: EpochIterator, callbacks: Any, pauses: _Pauses
) -> dict[str, Any]:
    """The loss and the metrics on these batches, by name."""
    function = None
    logs = Logs({})
    callbacks.on_test_begin()
    model.reset_metrics()
    for step, batch in batches:
        if function is None:
            build(model, batch)
            function = model.make_test_function()
        callbacks.on_test_batch_begin(step)
        logs = Logs(in_order(await _called(function, batch, pauses.may_wait)))
        await pauses.if_due(logs)
        callbacks.on_test_batch_end(step, logs)
    numbers = in_order(logs)
    callbacks.on_test_end(numbers)
    return numbers


async def predict(model: Any, arguments: dict[str, Any], may_wait: bool) -> Any:
    """`Model.predict`, of its arguments by name."""
    a = arguments
    batches = EpochIterator(a["x"], None, None, a["batch_size"], a["steps"], shuffle=False)
    callbacks = _callbacks(model, a["callbacks"], a["verbose"], 1, batches.num_batches)
    pauses = _Pauses(may_wait)
    outputs = Outputs(may_wait)
    function = None
    structure: Any = None
    callbacks.on_predict_begin()
    try:
        for step, batch in batches:
            if function is None:
                if not model.built:
                    model(tree.map_structure(_symbolic, batch[0]))
                function = model.make_predict_function()
            callbacks.on_predict_batch_begin(step)
            structure = await _called(function, batch, may_wait)
            outputs.add(tree.flatten(structure))
            await pauses.if_due(outputs)
            callbacks.on_predict_batch_end(step, {"outputs": structure})
        await pauses.end()
        await outputs.read_later()
    finally:
        outputs.close()
    callbacks.on_predict_end()
    return tree.pack_sequence_as(structure, outputs.joined())


async def _called(function: Any, batch: tuple[Any, ...], may_wait: bool) -> Any:
    """A step's results. Its program is made at the first one, while the page goes on."""
    data = tuple(upload(part) for part in batch)
    if may_wait and isinstance(function, Jitted):
        return await function.call_async(data)
    return function(data)


def _callbacks(
    model: Any, given: Any, verbose: Any, epochs: int, steps: int | None,
    add_history: bool = False,
) -> Any:  # fmt: skip
    if isinstance(given, callbacks_module.CallbackList):
        return given
    return callbacks_module.CallbackList(
        given, add_history=add_history, add_progbar=verbose != 0, model=model,
        verbose=verbose, epochs=epochs, steps=steps,
    )  # fmt: skip


def in_order(logs: Any) -> dict[str, Any]:
    """Results by name, those of several metrics in one taken apart, in Keras's order."""
    flat: dict[str, Any] = {}
    for name in logs:
        value = logs[name]
        flat.update(value if isinstance(value, dict) else {name: value})
    return {name: flat[name] for name in sorted(flat)}


def _is_due(epoch: int, frequency: Any) -> bool:
    """Whether it is evaluated after this epoch, counted from 0."""
    if isinstance(frequency, int):
        return (epoch + 1) % frequency == 0
    return epoch + 1 in frequency


__all__ = [
    "Logs",
    "as_batch",
    "as_list",
    "build",
    "evaluate",
    "fit",
    "in_order",
    "predict",
]
