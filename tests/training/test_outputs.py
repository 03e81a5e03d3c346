"""`predict` reads one batch while the next is computed: none is lost, none is mixed up."""

from __future__ import annotations

import asyncio
import gc
from typing import Any

import numpy as np
import pytest

import gossamer as gs
from gossamer.training.outputs import Outputs

X = np.arange(20, dtype=np.float32).reshape(20, 1)


def doubling() -> Any:
    model = gs.Sequential([gs.Input((1,)), gs.layers.Dense(1, use_bias=False)])
    model.set_weights([np.array([[2.0]], np.float32)])
    return model


class Note(gs.callbacks.Callback):
    """Keeps what it is told of each batch."""

    def __init__(self, fails_at: int | None = None) -> None:
        super().__init__()
        self.fails_at = fails_at
        self.seen: list[np.ndarray] = []

    def on_predict_batch_end(self, batch: int, logs: Any = None) -> None:
        if batch == self.fails_at:
            raise KeyError("of the callback")
        self.seen.append(np.asarray(logs["outputs"]))


def test_batches_stay_in_order_however_they_are_waited_for(wait_for: Any) -> None:
    async def read() -> list[np.ndarray]:
        outputs = Outputs(may_wait=True)
        waiting = None
        for k in range(6):
            outputs.add([gs.ops.full((k + 1, 2), float(k)), np.full(k + 1, k)])
            if waiting is not None:
                await waiting
            waiting = asyncio.ensure_future(outputs.read_later()) if k % 2 else None
        if waiting is not None:
            await waiting
        await outputs.read_later()
        return outputs.joined()

    tensors, arrays = wait_for(read())
    expected = np.repeat(np.arange(6), np.arange(1, 7))
    np.testing.assert_array_equal(arrays, expected)
    np.testing.assert_array_equal(tensors, np.stack([expected, expected], 1))


def test_callbacks_see_each_batch(wait_for: Any) -> None:
    model, note = doubling(), Note()
    found = wait_for(model.predict_async(X, batch_size=3, verbose=0, callbacks=[note]))
    np.testing.assert_array_equal(found, 2 * X)
    assert [len(batch) for batch in note.seen] == [3, 3, 3, 3, 3, 3, 2]
    np.testing.assert_array_equal(np.concatenate(note.seen), found)


def test_a_failing_callback_leaves_nothing_behind(wait_for: Any) -> None:
    model = doubling()
    counts = []
    for _ in range(4):
        with pytest.raises(KeyError, match="of the callback"):
            wait_for(model.predict_async(X, batch_size=3, verbose=0, callbacks=[Note(4)]))
        gc.collect()
        counts.append(gs.memory()["tensors"])
    # The last error's traceback may hold what it met.
    assert counts[-1] == counts[0]
    np.testing.assert_array_equal(model.predict(X, verbose=0), 2 * X)


def test_no_batch_is_an_error() -> None:
    with pytest.raises(ValueError, match="Expected data to predict for"):
        Outputs(may_wait=True).joined()
