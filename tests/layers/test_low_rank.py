"""Low-rank adaptation: what Keras computes, trains, keeps in its files and says in its errors."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import gossamer as gs
from gossamer import ops

# A layer's class, its arguments, and the shape of its inputs; integers for embeddings.
CASES: dict[str, tuple[str, dict[str, Any], tuple[int, ...]]] = {
    "dense": ("Dense", {"units": 4, "activation": "relu"}, (3, 5)),
    "dense, 3 axes": ("Dense", {"units": 4, "use_bias": False}, (2, 3, 5)),
    "einsum": (
        "EinsumDense", {"equation": "abc,cde->abde", "output_shape": (None, 2, 4)}, (2, 3, 5),
    ),
    "einsum, bias": (
        "EinsumDense",
        {"equation": "ab,bc->ac", "output_shape": 6, "bias_axes": "c", "lora_alpha": 4.0},
        (3, 5),
    ),
    "embedding": ("Embedding", {"input_dim": 7, "output_dim": 6}, (2, 4)),
    "conv1d": ("Conv1D", {"filters": 4, "kernel_size": 3, "lora_alpha": 5.0}, (2, 6, 3)),
    "conv2d": ("Conv2D", {"filters": 4, "kernel_size": 3, "groups": 2}, (2, 6, 5, 4)),
    "conv3d": ("Conv3D", {"filters": 2, "kernel_size": 2, "padding": "same"}, (1, 3, 4, 3, 2)),
}  # fmt: skip
RANK = 2


def inputs_of(kind: str, shape: tuple[int, ...]) -> np.ndarray:
    random = np.random.default_rng(0)
    if kind == "Embedding":
        return random.integers(7, size=shape).astype(np.int32)
    return random.standard_normal(shape, np.float32)


def adapted_model(library: Any, case: str) -> Any:
    """A model of one layer whose adaptation is not nothing."""
    kind, arguments, shape = CASES[case]
    x = library.Input(shape[1:], dtype="int32" if kind == "Embedding" else "float32")
    layer = getattr(library.layers, kind)(**arguments, lora_rank=RANK, name="layer")
    model = library.Model(x, layer(x), name="model")
    random = np.random.default_rng(1)
    model.set_weights([random.standard_normal(w.shape, np.float32) for w in model.weights])
    return model


def formula(weights: dict[str, np.ndarray], scale: float) -> np.ndarray:
    (large,) = (v for name, v in weights.items() if name in ("kernel", "embeddings"))
    (a,) = (v for name, v in weights.items() if name.endswith("_a"))
    (b,) = (v for name, v in weights.items() if name.endswith("_b"))
    return large + scale * (a @ b)


@pytest.mark.parametrize("case", CASES)
def test_it_is_the_layer_of_the_sum(case: str) -> None:
    kind, arguments, shape = CASES[case]
    model = adapted_model(gs, case)
    layer = model.layers[-1]
    weights = {w.name: w.numpy() for w in layer.weights}
    total = formula(weights, layer.lora_alpha / RANK)
    np.testing.assert_allclose(getattr(layer, layer._large_weight).numpy(), total, 1e-5, 1e-5)
    plain = getattr(gs.layers, kind)(**{k: v for k, v in arguments.items() if k != "lora_alpha"})
    plain.build(shape)
    plain.set_weights([total, *([weights["bias"]] if "bias" in weights else [])])
    x = inputs_of(kind, shape)
    np.testing.assert_allclose(layer(x).numpy(), plain(x).numpy(), 1e-4, 1e-4)


@pytest.mark.parametrize("case", CASES)
def test_training_changes_the_factors_alone(case: str) -> None:
    kind, _, shape = CASES[case]
    model = adapted_model(gs, case)
    before = {w.name: w.numpy() for w in model.weights}
    model.compile("sgd", "mse")
    x = inputs_of(kind, shape)
    model.fit(x, np.zeros(model(x).shape, np.float32), epochs=2, verbose=0)
    changed = {w.name for w in model.weights if not np.array_equal(w.numpy(), before[w.name])}
    frozen = {"kernel", "embeddings"}
    assert changed == set(before) - frozen
    assert {w.name for w in model.non_trainable_weights} == frozen & set(before)


@pytest.mark.cpython_only
@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # of Keras
@pytest.mark.parametrize("case", CASES)
def test_beside_keras(case: str, tmp_path: Path, record_property: Any) -> None:
    from tests.oracle.keras_library import keras

    kind, _, shape = CASES[case]
    own, theirs = adapted_model(gs, case), adapted_model(keras, case)
    assert [w.name for w in own.weights] == [w.name for w in theirs.weights]
    assert [w.name for w in own.trainable_weights] == [w.name for w in theirs.trainable_weights]
    assert own.count_params() == theirs.count_params()
    x = inputs_of(kind, shape)
    expected = np.asarray(theirs(x))
    np.testing.assert_allclose(own(x).numpy(), expected, 1e-5, 1e-5)
    config = own.layers[-1].get_config()
    assert (config["lora_rank"], config["lora_alpha"]) == (
        theirs.layers[-1].get_config()["lora_rank"], theirs.layers[-1].get_config()["lora_alpha"],
    )  # fmt: skip

    # Files hold the sum; what reads them is adapted again, by nothing yet.
    own.save(tmp_path / "own.keras")
    theirs.save(tmp_path / "theirs.keras")
    there = keras.models.load_model(tmp_path / "own.keras")
    here = gs.saving.load_model(tmp_path / "theirs.keras")
    np.testing.assert_allclose(np.asarray(there(x)), expected, 1e-4, 1e-4)
    np.testing.assert_allclose(here(x).numpy(), expected, 1e-4, 1e-4)
    assert here.layers[-1].lora_enabled
    assert not here.layers[-1].small_weights[1].numpy().any()
    record_property("adapted layers compared with Keras", 1)


def test_a_layer_that_is_built_already() -> None:
    layer = gs.layers.Dense(4)
    x = ops.ones((2, 3))
    before = layer(x).numpy()
    with pytest.raises(ValueError, match="positive integer"):
        layer.enable_lora(0)
    layer.enable_lora(2, lora_alpha=6.0)
    np.testing.assert_array_equal(layer(x).numpy(), before)  # b begins with zeros
    assert [(w.name, w.dtype) for w in layer.trainable_weights] == [
        ("bias", "float32"), ("lora_kernel_a", "float32"), ("lora_kernel_b", "float32"),
    ]  # fmt: skip
    assert layer.get_config()["lora_alpha"] == 6.0
    with pytest.raises(ValueError, match="not adapted yet"):
        layer.enable_lora(2)
    with pytest.raises(NotImplementedError, match="quantize"):
        layer.quantize("int8")


def test_what_cannot_be_adapted() -> None:
    with pytest.raises(ValueError, match="built"):
        gs.layers.Dense(4).enable_lora(2)
    with pytest.raises(ValueError, match="lora_rank=-1"):
        gs.layers.Conv2D(4, 3, lora_rank=-1)
    bound = gs.layers.Dense(4, kernel_constraint="non_neg")
    bound.build((None, 3))
    with pytest.raises(ValueError, match="no constraint"):
        bound.enable_lora(2)
    quantized = gs.layers.Dense(4)
    quantized.build((None, 3))
    quantized.quantize("int8")
    with pytest.raises(NotImplementedError, match="adapt"):
        quantized.enable_lora(2)
    with pytest.raises(AttributeError, match="'kernel'"):
        _ = gs.layers.Dense(4).kernel


def test_attention_can_be_adapted() -> None:
    layer = gs.layers.MultiHeadAttention(2, 4)
    x = ops.convert_to_tensor(np.random.default_rng(0).standard_normal((2, 5, 8), np.float32))
    before = layer(x, x).numpy()
    for part in (layer.query_dense, layer.value_dense):
        part.enable_lora(2)
    np.testing.assert_array_equal(layer(x, x).numpy(), before)
    with gs.GradientTape() as tape:
        loss = ops.sum(layer(x, x) ** 2)
    gradients = tape.gradient(loss, [layer.query_dense.lora_kernel_b])
    assert np.abs(gradients[0].numpy()).max() > 0
