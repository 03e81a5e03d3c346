"""Models with parts of the user's own: subclasses, containers of layers, files of layers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import gossamer as gs
from gossamer.saving import hdf5
from tests.saving.networks import made

X = np.random.default_rng(0).normal(size=(4, 3)).astype("float32")


@pytest.fixture(autouse=True)
def libraries(wait_for: Any) -> None:
    wait_for(hdf5.ready_to_read())
    wait_for(hdf5.ready_to_write())


def tower(k: Any) -> Any:
    """A subclass with layers in lists, dictionaries, lists within lists, and a weight."""

    @k.saving.register_keras_serializable("tests")
    class Tower(k.Model):
        def __init__(self, width: int = 4, **kwargs: Any) -> None:
            super().__init__(**kwargs)
            self.width = width
            self.blocks = [k.layers.Dense(width), k.layers.Dense(width)]
            self.heads = {"b": k.layers.Dense(2), "a": k.layers.BatchNormalization()}
            self.nested = [[k.layers.Dense(width)], (k.layers.LayerNormalization(),)]
            self.first = self.blocks[0]
            self._last = k.layers.Dense(2)

        def build(self, input_shape: Any) -> None:
            self.factor = self.add_weight(shape=(self.width,), initializer="ones", name="factor")
            super().build(input_shape)

        def call(self, x: Any) -> Any:
            for block in self.blocks:
                x = block(x)
            x = self.nested[1][0](self.nested[0][0](x) * self.factor)
            return self._last(self.heads["a"](self.heads["b"](x)))

        def get_config(self) -> dict[str, Any]:
            return {**super().get_config(), "width": self.width}

    k.utils.clear_session(free_memory=False)
    model = Tower(5)
    model(X)
    return model


def randomize(model: Any) -> None:
    generator = np.random.default_rng(1)
    model.set_weights([
        np.abs(generator.normal(size=w.shape)).astype("float32") for w in model.weights
    ])  # fmt: skip


def test_a_subclass(tmp_path: Path) -> None:
    model = tower(gs)
    randomize(model)
    model.compile("sgd", "mse")
    model.fit(X, np.zeros((4, 2)), verbose=0)
    model.save(tmp_path / "m.keras")
    again = gs.saving.load_model(tmp_path / "m.keras")
    assert type(again) is type(model)
    assert again.width == 5
    np.testing.assert_array_equal(again.predict(X, verbose=0), model.predict(X, verbose=0))


@pytest.mark.cpython_only
@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
def test_a_subclass_as_in_keras(tmp_path: Path) -> None:
    from tests.oracle import keras_library
    from tests.saving.test_layers import contents

    keras = keras_library.keras
    own, theirs = tower(gs), tower(keras)
    randomize(own)
    randomize(theirs)
    own.save_weights(tmp_path / "own.weights.h5")
    theirs.save_weights(tmp_path / "theirs.weights.h5")
    found = contents((tmp_path / "own.weights.h5").read_bytes())
    right = contents((tmp_path / "theirs.weights.h5").read_bytes())
    assert list(found) == list(right)
    theirs.save(tmp_path / "theirs.keras")
    again = gs.saving.load_model(tmp_path / "theirs.keras")
    np.testing.assert_allclose(
        again.predict(X, verbose=0), theirs.predict(X, verbose=0), rtol=1e-5, atol=1e-6
    )


def test_custom_objects(tmp_path: Path) -> None:
    class Twice(gs.layers.Layer):
        def call(self, x: Any) -> Any:
            return 2 * x

    def cube(x: Any) -> Any:
        return x**3

    gs.utils.clear_session(free_memory=False)
    model = gs.Sequential([gs.Input((3,)), Twice(), gs.layers.Dense(2, activation=cube)])
    model.save(tmp_path / "m.keras")
    with pytest.raises(TypeError, match="Twice"):
        gs.saving.load_model(tmp_path / "m.keras")
    known = {"Twice": Twice, "cube": cube}
    for again in (
        gs.saving.load_model(tmp_path / "m.keras", custom_objects=known),
        _in_scope(known, tmp_path / "m.keras"),
    ):
        np.testing.assert_array_equal(again.predict(X, verbose=0), model.predict(X, verbose=0))


def _in_scope(known: dict[str, Any], path: Path) -> Any:
    with gs.saving.custom_object_scope(known):
        return gs.saving.load_model(path)


def test_what_is_no_number(tmp_path: Path) -> None:
    """Vocabularies lie in files of their own."""
    gs.utils.clear_session(free_memory=False)

    @gs.saving.register_keras_serializable("tests")
    class Words(gs.layers.Layer):
        def __init__(self, **kwargs: Any) -> None:
            super().__init__(**kwargs)
            self.lookup = gs.layers.IntegerLookup(vocabulary=[3, 5, 9])
            self.words = ["zero", "one"]

        def call(self, x: Any) -> Any:
            return x

        def save_assets(self, folder: str) -> None:
            (Path(folder) / "words.txt").write_text("\n".join(self.words), encoding="utf-8")

        def load_assets(self, folder: str) -> None:
            self.words = (Path(folder) / "words.txt").read_text(encoding="utf-8").split("\n")

    model = gs.Sequential([gs.Input((3,)), Words()])
    model.layers[0].words = ["größer", "kleiner"]
    model.save(tmp_path / "m.keras")
    again = gs.saving.load_model(tmp_path / "m.keras")
    assert again.layers[0].words == ["größer", "kleiner"]
    assert again.layers[0].lookup.get_vocabulary() == model.layers[0].lookup.get_vocabulary()


def test_not_compiled_unless_wanted(tmp_path: Path) -> None:
    model = made(gs, "dense")
    model.save(tmp_path / "m.keras")
    model.save(tmp_path / "m.h5")
    for name in ("m.keras", "m.h5"):
        assert gs.saving.load_model(tmp_path / name).compiled
        assert not gs.saving.load_model(tmp_path / name, compile=False).compiled
        again = gs.saving.load_model(tmp_path / name)
        assert again.optimizer.learning_rate.numpy() == np.float32(0.01)
        np.testing.assert_allclose(again.layers[0].kernel_regularizer.l2, 0.01, rtol=1e-6)


def test_without_the_optimizer(tmp_path: Path) -> None:
    model = made(gs, "dense")
    model.fit(np.ones((2, 5)), np.eye(3)[:2], verbose=0)
    for name in ("m.keras", "m.h5"):
        gs.saving.save_model(model, tmp_path / name, include_optimizer=False)
        assert not gs.saving.load_model(tmp_path / name).compiled


def test_checkpoints(tmp_path: Path) -> None:
    model = made(gs, "dense")
    x, y = np.random.default_rng(0).normal(size=(8, 5)), np.eye(3)[np.arange(8) % 3]
    callbacks = [
        gs.callbacks.ModelCheckpoint(str(tmp_path / "best.keras"), monitor="loss",
                                     save_best_only=True),
        gs.callbacks.ModelCheckpoint(str(tmp_path / "{epoch:02d}.weights.h5"),
                                     save_weights_only=True),
        gs.callbacks.BackupAndRestore(str(tmp_path / "backup")),
    ]  # fmt: skip
    history = model.fit(x, y, epochs=3, verbose=0, callbacks=callbacks)
    assert sorted(one.name for one in tmp_path.glob("*.weights.h5")) == [
        "01.weights.h5", "02.weights.h5", "03.weights.h5",
    ]  # fmt: skip
    best = gs.saving.load_model(tmp_path / "best.keras")
    lowest = int(np.argmin(history.history["loss"])) + 1
    model.load_weights(tmp_path / f"{lowest:02d}.weights.h5")
    for one, other in zip(best.get_weights(), model.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)


def test_training_that_was_interrupted(tmp_path: Path) -> None:
    x, y = np.random.default_rng(0).normal(size=(8, 5)), np.eye(3)[np.arange(8) % 3]

    class Stop(gs.callbacks.Callback):
        def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
            if epoch == 2:
                raise RuntimeError("the page was closed")

    def backup() -> Any:
        return gs.callbacks.BackupAndRestore(str(tmp_path / "backup"))

    whole = made(gs, "frozen")
    right = whole.fit(x, y[:, :2], epochs=4, verbose=0, shuffle=False).history["loss"]
    model = made(gs, "frozen")
    with pytest.raises(RuntimeError, match="closed"):
        model.fit(x, y[:, :2], epochs=4, verbose=0, shuffle=False, callbacks=[backup(), Stop()])
    again = made(gs, "frozen")
    history = again.fit(
        x, y[:, :2], epochs=4, verbose=0, shuffle=False, callbacks=[backup()]
    ).history["loss"]
    np.testing.assert_allclose(history, right[2:], rtol=1e-5)
