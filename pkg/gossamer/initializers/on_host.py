"""Where initial values are drawn: those of most weights by NumPy, whatever the backend.

A device would have to make half a dozen programs before the first weight is there, 0.4 s of a
page's first training; NumPy draws the same bits at once. They come to the device with their use.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from gossamer.backend import current_backend, get_backend, putting_later, using
from gossamer.core import tracing
from gossamer.ops.convert import convert_to_tensor
from gossamer.tensor import Tensor

# NumPy takes 30 ms for so many normal values in a page; for more a device is the faster one.
MOST_ELEMENTS = 1 << 16


def drawn(draw: Callable[[], Tensor], shape: Any, seed: Any) -> Tensor:
    """What a function draws, on the current backend.

    Args:
        draw: makes the tensor.
        shape: of it.
        seed: an integer, or a `SeedGenerator`, whose state lives on a backend of its own.
    """
    host, backend = get_backend("numpy"), current_backend()
    is_traced = tracing.current.trace is not None
    if backend is host or is_traced or not isinstance(seed, int):
        return draw()
    if not isinstance(shape, (tuple, list)) or math.prod(shape) > MOST_ELEMENTS:
        return draw()
    with using(host):
        values = draw().numpy()
    with putting_later():
        return convert_to_tensor(values)
