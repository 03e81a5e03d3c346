"""`fit`, `evaluate`, `predict` beside Keras's on JAX: same losses, same metrics, same weights."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

import gossamer as gs
from tests.oracle.elsewhere import on_jax
from tests.training.fits import CLASSES, FITS, ONE_HOT, X


@pytest.fixture(scope="module")
def keras() -> Any:
    return on_jax("tests.training.fits:keras_fits")


@pytest.mark.cpython_only
@pytest.mark.parametrize("name", FITS)
def test_as_keras(name: str, keras: Any, record_property: Any) -> None:
    found, right = FITS[name](gs), keras[name]
    assert list(found["history"]) == list(right["history"])
    assert found["epoch"] == right["epoch"]
    for key, values in right["history"].items():
        np.testing.assert_allclose(found["history"][key], values, 1e-4, 1e-5, err_msg=key)
    for one, other in zip(found["weights"], right["weights"], strict=True):
        np.testing.assert_allclose(one, other, 1e-4, 1e-5)
    record_property("trainings as Keras's", 1)


def classifier() -> Any:
    model = gs.Sequential([gs.layers.Dense(8, activation="relu"), gs.layers.Dense(3)])
    model.compile(
        gs.optimizers.Adam(0.02),
        gs.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
    )
    return model


def test_it_learns() -> None:
    gs.utils.set_random_seed(1)
    model = classifier()
    history = model.fit(X, CLASSES, epochs=30, batch_size=8, verbose=0)
    assert history.history["accuracy"][-1] > 0.9
    assert model.history is history


def test_eagerly_the_same() -> None:
    results = []
    for eagerly in (False, True):
        model = gs.Sequential([gs.Input((4,)), gs.layers.Dense(3, kernel_initializer="ones")])
        model.compile("sgd", "mse", metrics=["mae"], run_eagerly=eagerly)
        history = model.fit(X, ONE_HOT, epochs=2, batch_size=16, shuffle=False, verbose=0)
        results.append(history.history)
    for key, values in results[0].items():
        np.testing.assert_allclose(values, results[1][key], 1e-5)


def test_a_step_is_one_program() -> None:
    model = classifier()
    model.fit(X, CLASSES, epochs=3, batch_size=20, verbose=0)
    info = model.train_function.cache_info()
    assert (info.misses, info.hits) == (1, 5)


def test_own_train_step() -> None:
    class Own(gs.Model):
        def __init__(self) -> None:
            super().__init__()
            self.dense = gs.layers.Dense(3)
            self.tracker = gs.metrics.Mean(name="mine")

        def call(self, inputs: Any) -> Any:
            return self.dense(inputs)

        def train_step(self, data: Any) -> dict[str, Any]:
            x, y = data
            with gs.GradientTape() as tape:
                loss = gs.ops.mean(gs.ops.square(self(x, training=True) - y))
            variables = self.trainable_weights
            self.optimizer.apply(tape.gradient(loss, variables), variables)
            self.tracker.update_state(loss)
            return {"mine": self.tracker.result()}

        @property
        def metrics(self) -> list[Any]:
            return [self.tracker]

    model = Own()
    model.compile("sgd")
    history = model.fit(X, ONE_HOT, epochs=3, batch_size=20, verbose=0).history
    assert list(history) == ["mine"]
    assert history["mine"][2] < history["mine"][0]


def test_fit_async(wait_for: Any) -> None:
    model = classifier()
    history = wait_for(model.fit_async(X, CLASSES, epochs=2, verbose=0))
    assert len(history.history["loss"]) == 2
    assert wait_for(model.predict_async(X, verbose=0)).shape == (40, 3)
    assert len(wait_for(model.evaluate_async(X, CLASSES, verbose=0))) == 2


def test_callbacks_are_called_in_keras_order() -> None:
    calls: list[str] = []

    class Note(gs.callbacks.Callback):
        pass

    for event in gs.callbacks.callback_list.EVENTS:
        if event not in ("batch_begin", "batch_end"):
            setattr(Note, f"on_{event}", lambda self, *a, event=event, **k: calls.append(event))
    model = classifier()
    model.fit(X, CLASSES, batch_size=20, validation_split=0.5, verbose=0, callbacks=[Note()])
    assert calls == [
        "train_begin", "epoch_begin", "train_batch_begin", "train_batch_end", "test_begin",
        "test_batch_begin", "test_batch_end", "test_end", "epoch_end", "train_end",
    ]  # fmt: skip


def test_an_interrupted_fit_leaves_a_usable_model() -> None:
    class Stop(gs.callbacks.Callback):
        def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
            if batch == 1:
                raise KeyboardInterrupt

    model = classifier()
    with pytest.raises(KeyboardInterrupt):
        model.fit(X, CLASSES, batch_size=10, verbose=0, callbacks=[Stop()])
    assert all(np.isfinite(w).all() for w in model.get_weights())
    assert int(model.optimizer.iterations) == 2
    model.fit(X, CLASSES, batch_size=10, verbose=0)
    assert int(model.optimizer.iterations) == 6


def test_a_loss_that_is_nan_is_said_once(capsys: Any) -> None:
    model = classifier()
    bad = X.copy()
    bad[25] = math.nan
    history = model.fit(
        bad, CLASSES, batch_size=10, epochs=3, shuffle=False, verbose=0,
        callbacks=[gs.callbacks.TerminateOnNaN()],
    )  # fmt: skip
    assert capsys.readouterr().out == "Batch 2: Invalid loss, terminating training\n"
    assert len(history.epoch) == 1


def test_bad_input() -> None:
    model = classifier()
    with pytest.raises(ValueError, match=r"as many samples.*Received: .*40.*39"):
        model.fit(X, CLASSES[:39], verbose=0)
    with pytest.raises(ValueError, match="no y beside"):
        model.fit(iter([(X, CLASSES)]), CLASSES, verbose=0)
    with pytest.raises(ValueError, match="`compile` before `fit`"):
        gs.Sequential([gs.layers.Dense(1)]).fit(X, CLASSES, verbose=0)
    model.fit(X, CLASSES, verbose=0)
    with pytest.raises(ValueError, match=r"shape \(None, 4\).*Received: shape=\(32, 3\)"):
        model.fit(X[:, :3], CLASSES, verbose=0)


def test_memory_comes_back() -> None:
    import gc

    gc.collect()
    gc.disable()
    try:
        before = gs.memory()["tensors"]
        model = classifier()
        model.fit(X, CLASSES, verbose=0)
        del model
        assert gs.memory()["tensors"] == before
    finally:
        gc.enable()


def test_a_callback_says_where_training_goes_on() -> None:
    """As `BackupAndRestore` does, before the first epoch."""
    calls: list[str] = []

    class Resume(gs.callbacks.Callback):
        def on_train_begin(self, logs: Any = None) -> None:
            calls.append("begin")
            self.model._initial_epoch = 2

        def on_train_end(self, logs: Any = None) -> None:
            calls.append("end")
            self.model._initial_epoch = None

    model = classifier()
    history = model.fit(X, CLASSES, epochs=4, verbose=0, callbacks=[Resume()])
    assert history.epoch == [2, 3]
    model.fit(X, CLASSES, epochs=0, verbose=0, callbacks=[Resume()])
    assert calls == ["begin", "end"] * 2


def test_validation_data_are_made_ready_once(monkeypatch: Any) -> None:
    from gossamer.training import data_adapter

    made = []
    original = data_adapter.Arrays.__init__

    def counted(self: Any, *args: Any, **kwargs: Any) -> None:
        made.append(self)
        original(self, *args, **kwargs)

    monkeypatch.setattr(data_adapter.Arrays, "__init__", counted)
    model = classifier()
    model.fit(X, CLASSES, epochs=3, verbose=0, validation_data=(X, CLASSES))
    assert len(made) == 2


def test_logs_may_be_looked_at_while_they_are_read_later(wait_for):
    import asyncio

    from gossamer.training.logs import Logs

    async def both():
        logs = Logs({"loss": gs.ops.ones(()), "mae": gs.ops.zeros(())})
        reading = asyncio.ensure_future(logs.read_later())
        await asyncio.sleep(0)
        seen = dict(logs)
        await reading
        return seen, dict(logs)

    seen, read = wait_for(both())
    assert seen == read == {"loss": 1.0, "mae": 0.0}
