"""`Model.quantize`: each layer that can be, as far as it is wanted."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable
from typing import Any

from gossamer.quantizers.configs import resolved


def quantize(
    model: Any, mode: str | None, config: Any, filters: Any, type_check: bool = True
) -> None:
    """Quantize the innermost layers of a model; a warning for those that cannot be.

    Args:
        model: a built model.
        mode, config: as for a layer's `quantize`.
        filters: a pattern of names, a list of patterns, or a function of layers; all layers if
            None.
        type_check: whether layers of subclasses are left out.

    Raises:
        ValueError: for other filters, and for neither a mode nor a configuration.
        NotImplementedError: for other modes than int8.
    """
    resolved(mode, config)
    wanted = _wanted(filters)
    changed = False
    for layer in model._flatten_layers():
        if not wanted(layer) or len(layer._flatten_layers()) > 1 or not layer.weights:
            continue
        try:
            layer.quantize(mode, type_check=type_check, config=config)
            changed = True
        except NotImplementedError as error:
            warnings.warn(str(error), stacklevel=3)
    if changed:
        for name in ("train_function", "test_function", "predict_function"):
            model._set(name, None)


def _wanted(filters: Any) -> Callable[[Any], bool]:
    if filters is None:
        return lambda layer: True
    if callable(filters):
        return filters
    patterns = [filters] if isinstance(filters, str) else filters
    if not isinstance(patterns, (list, tuple)):
        raise ValueError(
            f"Expected a pattern, a list of patterns, or a function. Received: filters={filters!r}"
        )
    return lambda layer: any(re.search(pattern, layer.name) for pattern in patterns)
