"""Layers that TensorFlow.js does not have and that others of its do the work of."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from gossamer.config import epsilon
from gossamer.saving.tfjs.lowering import lowered

Described = dict[str, Any]


def of(config: Described, layer: Any, free: Callable[[str], str]) -> list[Described] | None:
    """The layers that one after the other do what a layer does; None if it needs no such.

    Args:
        config: of the layer, under its final name, which the last of them takes.
        layer: the layer, built already.
        free: gives a name like another that no layer has.

    Raises:
        NotImplementedError: for arguments with which no others do its work.
    """
    if config["config"].get("keepdims"):
        return _pooling_that_keeps_axes(config, layer, free)
    if config["class_name"] == "Normalization" and layer is not None:
        return [_normalization(config, layer)]
    return None


def _pooling_that_keeps_axes(
    config: Described, layer: Any, free: Callable[[str], str]
) -> list[Described]:
    given = config["config"]
    shape = [-1 if size is None else size for size in layer.output.shape[1:]]
    flat = {**given, "keepdims": False, "name": free(f"{given['name']}_flat")}
    return [
        lowered({**config, "config": flat}),
        _described("Reshape", given["name"], target_shape=shape),
    ]


def _normalization(config: Described, layer: Any) -> Described:
    """`(x - mean) / deviation` as a multiple of `x` and an offset, of all or of each channel."""
    given, own = config["config"], layer.input_mean is None
    last = len(layer.input.shape) - 1
    if any(axis % (last + 1) != last for axis in layer.axis):
        raise NotImplementedError(
            "TensorFlow.js normalizes along the last axis only. "
            f"Received: axis={layer.axis}, Normalization {given['name']!r}"
        )
    mean, variance = (
        (layer.adapt_mean, layer.adapt_variance) if own
        else (layer.input_mean, layer.input_variance)
    )  # fmt: skip
    mean, variance = (np.asarray(x, "float64").ravel() for x in (mean, variance))
    deviation = np.maximum(np.sqrt(variance), epsilon())
    scale, offset = (deviation, mean) if given["invert"] else (1 / deviation, -mean / deviation)
    numbers = [x.tolist() if x.size > 1 else x.item() for x in (scale, offset)]
    return _described("Rescaling", given["name"], scale=numbers[0], offset=numbers[1])


def _described(class_name: str, name: str, **arguments: Any) -> Described:
    kept = {"name": name, "trainable": True, "dtype": "float32"}
    return {"class_name": class_name, "config": {**kept, **arguments}}
