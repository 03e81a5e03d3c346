"""The table's rows of statistics and of what is normalized by them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from tests.ops.expected import row
from tests.ops.record import Record, f, i, v


def _batch(
    x: np.ndarray, mean: np.ndarray, variance: np.ndarray, offset: Any = 0.0, scale: Any = 1.0,
    *, axis: int, epsilon: float = 1e-3,
) -> np.ndarray:  # fmt: skip
    y = np.moveaxis(x, axis, -1)
    return np.moveaxis((y - mean) / np.sqrt(variance + epsilon) * scale + offset, -1, axis)


def batch(*inputs: Any, names: str = "", **static: Any) -> Record:
    made = row("batch_normalization", *inputs, atol=1e-5, expected=_batch, **static)
    return replace(made, named=tuple(names.split()))


def _layer(
    x: np.ndarray, gamma: Any = 1.0, beta: Any = 0.0, axis: Any = -1, epsilon: float = 1e-7
) -> np.ndarray:
    axes = sorted(k % x.ndim for k in (axis if isinstance(axis, tuple) else (axis,)))
    shape = [size if k in axes else 1 for k, size in enumerate(x.shape)]
    gamma, beta = (np.reshape(y, shape) if np.ndim(y) not in (0, x.ndim) else y
                   for y in (gamma, beta))  # fmt: skip
    mean, variance = (fold(x, axis=tuple(axes), keepdims=True) for fold in (np.mean, np.var))
    return (x - mean) / np.sqrt(variance + epsilon) * gamma + beta


def _rms(x: np.ndarray, scale: Any = 1.0, axis: Any = -1, epsilon: float = 1e-7) -> np.ndarray:
    return x / np.sqrt(np.mean(x**2, axis=axis, keepdims=True) + epsilon) * scale


FAR = np.random.default_rng(5).normal(size=(4, 2053)) + 1e4

NORMALIZED = [
    *(row(op, shape, atol=1e-5, **static) for op in ("mean", "var", "std") for shape, static in [
        ((7,), {}), ((3, 5), {"axis": 0}), ((2, 3, 5), {"axis": (0, 2)}), ((33, 65), {"axis": 0}),
        ((2, 3, 7), {"axis": 1, "keepdims": True}), ((2, 3, 2, 5), {"axis": (1, 3)}),
        ((2, 3, 4, 8), {"axis": (0, 1, 2), "keepdims": True}), ((3, 1037), {"axis": -1}),
    ]),
    *(row(op, (3, 4), axis=()) for op in ("mean", "var")),
    row("mean", ()), row("var", ()), row("var", (5, 1), axis=1), row("var", i(3, 5), axis=0,
        dtype="float32"),
    *(row(op, (0, 3), axis=0, gradients=(), expected=lambda x, axis: np.full(3, np.nan))
        for op in ("mean", "var")),
    # a mean that is large against the deviation
    *(row(op, v(FAR, "float32"), axis=axis, rtol=2e-3, gradients=())
        for op in ("var", "std") for axis in (None, 1)),
    row("moments", (2, 3, 4, 5), axes=(0, 1, 2), atol=1e-5), row("moments", (3, 5), axes=-1),
    batch((3, 5), (5,), f(5, low=0.5), axis=-1),
    batch((2, 3, 4), (3,), f(3, low=0.5), (3,), (3,), axis=1, epsilon=0.1, names="offset scale"),
    batch((2, 4, 4, 8), (8,), f(8, low=0.5), (8,), axis=3, names="offset"),
    row("layer_normalization", (3, 5), expected=_layer, atol=1e-5),
    row("layer_normalization", (2, 3, 8), (8,), (8,), epsilon=1e-3, expected=_layer, atol=1e-5),
    row("layer_normalization", (2, 3, 5), (3, 5), (3, 5), axis=(1, 2), expected=_layer, atol=1e-5),
    row("layer_normalization", (2, 3, 5), (3,), axis=1, expected=_layer, atol=1e-5),
    row("layer_normalization", v(FAR[:2, :64], "float32"), expected=_layer, atol=2e-3,
        gradients=()),
    row("layer_normalization", v([[0.0, 0.0], [1.0, 3.0]]), epsilon=1e-3, expected=_layer),
    row("rms_normalization", (3, 5), expected=_rms, atol=1e-5),
    row("rms_normalization", (2, 3, 5), (5,), expected=_rms, epsilon=1e-3, atol=1e-5),
    row("rms_normalization", (2, 3, 5), axis=(0, 2), expected=_rms, atol=1e-5),
    row("rms_normalization", (), expected=lambda x: np.reshape(x / np.sqrt(x * x + 1e-7), (1,)),
        gradients=()),
]  # fmt: skip
