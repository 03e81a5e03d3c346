"""Models built alike in Keras and in gossamer: `BUILDS` maps names to functions of the library."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def _plain(k: Any) -> Any:
    x = k.Input((4,), name="x")
    return k.Model(x, k.layers.Dense(2)(k.layers.Dense(3, activation="relu")(x)), name="plain")


def _several(k: Any) -> Any:
    a, b = k.Input((4,), name="a"), k.Input((4,), name="b")
    h = k.layers.Dense(3, name="h")(a)
    both = k.ops.concatenate([h, k.layers.Dense(2, name="g")(b)], axis=-1)
    out_1, out_2 = k.layers.Dense(1, name="out_1")(both), k.layers.Dense(2, name="out_2")(h)
    return k.Model([a, b], [out_1, out_2], name="several")


def _shared(k: Any) -> Any:
    a, b = k.Input((4,), name="a"), k.Input((4,), name="b")
    layer = k.layers.Dense(4, name="shared")
    return k.Model([a, b], layer(layer(a)) + layer(b), name="shared_model")


def _residual(k: Any) -> Any:
    x = k.Input((6,), name="x")
    h = k.layers.Dense(6, activation="relu", name="first")(x)
    for n in range(3):
        h = k.ops.add(h, k.layers.Dense(6, name=f"block_{n}")(k.ops.relu(h)))
    return k.Model(x, k.ops.mean(h * 2.0, axis=-1, keepdims=True), name="residual")


def _nested(k: Any) -> Any:
    x = k.Input((4,), name="inner_x")
    inner = k.Model(x, k.layers.Dense(3, name="inner_dense")(x), name="inner")
    stack = k.Sequential([k.Input((3,)), k.layers.Dense(5, name="s")], name="stack")
    y = k.Input((4,), name="y")
    return k.Model(y, stack(inner(y)) + k.layers.Dense(5, name="skip")(y), name="nested")


def _dictionary(k: Any) -> Any:
    inputs = {"b": k.Input((2,), name="b"), "a": k.Input((3,), name="a")}
    h = k.layers.Dense(2, name="da")(inputs["a"]) * inputs["b"]
    return k.Model(inputs, {"sum": k.ops.sum(h, axis=-1), "all": h}, name="dictionary")


def _sliced(k: Any) -> Any:
    x = k.Input((6, 3), name="x")
    h = x[:, 1:5] - x[:, :1] / 2.0
    h = k.ops.reshape(k.ops.transpose(h, (0, 2, 1)), (-1, 12))
    h = k.ops.where(h > 0.1, -h, k.ops.exp(h))
    return k.Model(x, k.layers.Dense(2, name="d")(k.ops.softmax(h)), name="sliced")


def _branches(k: Any) -> Any:
    x = k.Input((4,), name="x")
    long = x
    for n in range(4):
        long = k.layers.Dense(4, name=f"long_{n}")(long)
    short = k.layers.Dense(4, name="short")(x)
    return k.Model(x, k.ops.maximum(short, long), name="branches")


def _sequential(k: Any) -> Any:
    return k.Sequential(
        [k.Input((4,)), k.layers.Dense(3, name="a"), k.layers.Dense(2, name="b")], name="stack"
    )


BUILDS: dict[str, Callable[[Any], Any]] = {
    function.__name__.strip("_"): function
    for function in (
        _plain, _several, _shared, _residual, _nested, _dictionary, _sliced, _branches,
        _sequential,
    )
}  # fmt: skip
