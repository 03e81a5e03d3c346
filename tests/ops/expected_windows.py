"""What the convolutions that NumPy lacks give, from their definitions.

Compared once with Keras 3.15 on JAX, over all the rows and several hundred more geometries.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from tests.ops.expected import EXPECTED


def depthwise_conv(
    x: np.ndarray, w: np.ndarray, *, data_format: str = "channels_last", **static: Any
) -> np.ndarray:
    """Channel by channel: each is an image of its own."""
    x = np.moveaxis(x, 1, -1) if data_format == "channels_first" else x
    channels = [
        EXPECTED["conv"](x[..., c : c + 1], w[..., c : c + 1, :], **static)
        for c in range(x.shape[-1])
    ]
    out = np.concatenate(channels, -1)
    return np.moveaxis(out, -1, 1) if data_format == "channels_first" else out


def separable_conv(
    x: np.ndarray, depthwise: np.ndarray, pointwise: np.ndarray, **static: Any
) -> np.ndarray:
    between = depthwise_conv(x, depthwise, **static)
    first = static.get("data_format") == "channels_first"
    matrix = pointwise.reshape(pointwise.shape[-2:])
    if first:
        return np.moveaxis(np.moveaxis(between, 1, -1) @ matrix, -1, 1)
    return between @ matrix


def conv_transpose(
    x: np.ndarray,
    w: np.ndarray,
    strides: Any = 1,
    padding: str = "valid",
    output_padding: Any = None,
    data_format: str = "channels_last",
    dilation_rate: Any = 1,
) -> np.ndarray:
    """Every input place adds its multiple of the kernel; then the margins are cut or added."""
    x = np.moveaxis(x, 1, -1) if data_format == "channels_first" else x
    spatial, places = x.ndim - 2, x.shape[1:-1]
    steps, spread = (np.broadcast_to(n, spatial) for n in (strides, dilation_rate))
    reach = [(k - 1) * d + 1 for k, d in zip(w.shape[:-2], spread, strict=True)]
    full = [(n - 1) * s + r for n, s, r in zip(places, steps, reach, strict=True)]
    out = np.zeros((x.shape[0], *full, w.shape[-2]))
    for place in np.ndindex(*places):
        spans = (
            slice(p * s, p * s + r, d)
            for p, s, r, d in zip(place, steps, reach, spread, strict=True)
        )
        out[(slice(None), *spans)] += np.tensordot(x[(slice(None), *place)], w, (-1, -1))
    for i in range(spatial):
        extra = None if output_padding is None else np.broadcast_to(output_padding, spatial)[i]
        n, s, r = places[i], steps[i], reach[i]
        if padding == "valid":
            cut, size = 0, full[i] + (max(s - r, 0) if extra is None else extra)
        elif extra is None:
            cut, size = r - 1 - min(math.ceil((s + r - 2) / 2), r - 1), n * s
        else:
            size = (n - 1) * s + r % 2 + extra
            cut = r - 1 - min(math.ceil((r + r % 2 - 2 + extra) / 2), r - 1)
        more = [(0, 0)] * out.ndim
        more[i + 1] = (0, max(cut + size - full[i], 0))
        out = np.take(np.pad(out, more), range(cut, cut + size), i + 1)
    return np.moveaxis(out, -1, 1) if data_format == "channels_first" else out
