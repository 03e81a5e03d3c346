"""Weights files looked into and changed, as Keras's own editor does."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import gossamer as gs
from tests.saving.networks import made


@pytest.fixture
def path(tmp_path: Path, wait_for: Any) -> Path:
    wait_for(made(gs, "dense").save_weights_async(tmp_path / "m.weights.h5"))
    return tmp_path / "m.weights.h5"


def test_it_compares(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    editor = gs.saving.KerasFileEditor(path)
    assert editor.compare(made(gs, "dense"))["status"] == "success"
    other = gs.Sequential([gs.Input((5,)), gs.layers.Dense(9)])
    answer = editor.compare(other)
    assert answer["status"] == "error"
    assert "shape=(5, 9) in the model, shape=(5, 8) in the file" in capsys.readouterr().out
    editor.summary()
    assert "kernel" not in (said := capsys.readouterr().out)
    assert "0: shape=(5, 8), dtype=float32" in said


def test_it_edits(path: Path, tmp_path: Path) -> None:
    editor = gs.saving.KerasFileEditor(path)
    editor.delete_object("batch_normalization")
    editor.rename_object("layers/dense_1", "head")
    editor.add_object("layers/extra", {"0": np.ones(3)})
    editor.add_weights("extra", {"1": np.zeros((2, 2)), "2": np.zeros(1)})
    editor.delete_weight("extra", "2")
    editor.save(tmp_path / "edited.weights.h5")
    again = gs.saving.KerasFileEditor(tmp_path / "edited.weights.h5").weights_dict
    assert sorted(again["layers"]) == ["dense", "extra", "head"]
    assert {name: value.shape for name, value in again["layers"]["extra"].items()} == {
        "0": (3,),
        "1": (2, 2),
    }
    for change in (
        lambda: editor.delete_object("nothing"),
        lambda: editor.rename_object("head", "a/b"),
        lambda: editor.delete_weight("head", "7"),
        lambda: editor.add_object("no/where", {}),
        lambda: editor.add_weights("head", [1]),  # type: ignore[arg-type]
        lambda: editor.save("model.h5"),
    ):
        with pytest.raises(ValueError, match="Received"):
            change()


@pytest.mark.cpython_only
def test_the_same_as_keras(path: Path, tmp_path: Path) -> None:
    from tests.oracle import keras_library

    keras = keras_library.keras
    editor = gs.saving.KerasFileEditor(path)
    theirs = keras.saving.KerasFileEditor(str(path))
    flat = {p: v.shape for p, v in _leaves(editor.weights_dict)}
    assert flat == {p: tuple(v.shape) for p, v in _leaves(theirs.weights_dict)}
    editor.rename_object("dense_1", "other")
    editor.save(tmp_path / "edited.weights.h5")
    again = keras.saving.KerasFileEditor(str(tmp_path / "edited.weights.h5"))
    assert "other" in again.weights_dict["layers"]


def _leaves(weights: Any, path: str = "") -> Any:
    for name, value in weights.items():
        if isinstance(value, dict):
            yield from _leaves(value, f"{path}/{name}")
        else:
            yield f"{path}/{name}", value
