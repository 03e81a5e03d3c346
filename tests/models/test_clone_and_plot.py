"""Copies of models, and drawings of them."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from pathlib import Path

import numpy as np
import pytest

import gossamer as gs
from tests.models.builds import BUILDS


@pytest.mark.parametrize("name", BUILDS)
def test_clones(name: str) -> None:
    model = BUILDS[name](gs)
    copy = gs.models.clone_model(model)
    assert type(copy) is type(model)
    assert [layer.name for layer in copy.layers] == [layer.name for layer in model.layers]
    own = {id(w) for w in model.weights}
    assert not own & {id(w) for w in copy.weights}
    copy.set_weights(model.get_weights())
    x = gs.tree.map_structure(lambda x: np.ones((2, *x.shape[1:]), "float32"), model.input)
    for one, other in zip(gs.tree.flatten(copy(x)), gs.tree.flatten(model(x)), strict=True):
        np.testing.assert_allclose(one, other, 1e-6)


def test_clone_function() -> None:
    def wider(layer: gs.Layer) -> gs.Layer:
        config = layer.get_config()
        if isinstance(layer, gs.layers.Dense):
            config["units"] = 7
        return type(layer).from_config(config)

    copy = gs.models.clone_model(BUILDS["sequential"](gs), clone_function=wider)
    assert copy.output_shape == (None, 7)


@pytest.mark.parametrize("name", BUILDS)
def test_drawings(name: str, tmp_path: Path) -> None:
    model = BUILDS[name](gs)
    path = tmp_path / "model.svg"
    drawing = gs.utils.plot_model(model, path, show_shapes=True, show_layer_names=True)
    root = ElementTree.fromstring(path.read_text())
    texts = [element.text for element in root.iter("{http://www.w3.org/2000/svg}text")]
    for layer in model.layers:
        assert any(str(text).startswith(f"{layer.name} (") for text in texts)
    assert drawing._repr_svg_() == path.read_text()
    assert gs.utils.model_to_dot(model).count("->") >= len(model.layers) - 2


def test_chart_of_history() -> None:
    history = gs.callbacks.History()
    for epoch in range(4):
        history.on_epoch_end(epoch, {"loss": 1 / (epoch + 1), "val_loss": float("nan")})
    ElementTree.fromstring(history.plot())
