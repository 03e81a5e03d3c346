"""Cells on top of each other as one cell."""

from __future__ import annotations

from typing import Any

from gossamer import ops, tree
from gossamer.layers.call_arguments import parameters_of
from gossamer.layers.layer import Layer
from gossamer.serialization import deserialize_keras_object, serialize_keras_object
from gossamer.tensor import Tensor


def output_size_of(cell: Any) -> int:
    """The size of a cell's output: that of its first state if it does not say.

    Raises:
        ValueError: for what is no integer.
    """
    size = getattr(cell, "output_size", None)
    if size is None:
        size = cell.state_size
        size = size[0] if isinstance(size, (list, tuple)) else size
    if not isinstance(size, int):
        raise ValueError(f"Expected an integer as `output_size`. Received: {size!r}")
    return size


class StackedRNNCells(Layer):
    """Cells as one: `x, states[k] = cells[k](x, states[k])`, for one cell after another.

    Args:
        cells: a list of cells.
        kwargs: as for `Layer`.

    Raises:
        ValueError: for what is no cell.

    Example:
        >>> stack = gs.layers.StackedRNNCells([gs.layers.LSTMCell(4), gs.layers.LSTMCell(3)])
        >>> gs.layers.RNN(stack)(ops.ones((2, 5, 6))).shape, stack.state_size
        ((2, 3), [[4, 4], [3, 3]])
    """

    def __init__(self, cells: Any, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        for cell in cells:
            for name in ("call", "state_size"):
                if not hasattr(cell, name):
                    raise ValueError(f"Expected cells with an attribute `{name}`. Received: {cell}")
        self.cells = list(cells)

    @property
    def state_size(self) -> list[Any]:
        return [cell.state_size for cell in self.cells]

    @property
    def output_size(self) -> int:
        return output_size_of(self.cells[-1])

    def get_initial_state(self, batch_size: int | None = None) -> list[Any]:
        """The states of each cell before the first step: what it says, or zeros."""
        return [self._initial_state(cell, batch_size) for cell in self.cells]

    def _initial_state(self, cell: Any, batch_size: int | None) -> Any:
        get = getattr(cell, "get_initial_state", None)
        if get is not None:
            return get(batch_size=batch_size)
        if isinstance(cell.state_size, int):
            return ops.zeros((batch_size, cell.state_size), self.compute_dtype)
        return [ops.zeros((batch_size, size), self.compute_dtype) for size in cell.state_size]

    def build(self, input_shape: Any) -> None:
        for cell in self.cells:
            if isinstance(cell, Layer) and not cell.built:
                cell.build(input_shape)
            input_shape = (input_shape[0], output_size_of(cell))

    def call(
        self, inputs: Tensor, states: Any, training: bool | None = False, **kwargs: Any
    ) -> Any:
        new_states = []
        for cell, state in zip(self.cells, states, strict=True):
            nested = tree.is_nested(state)
            own = dict(kwargs)
            if isinstance(cell, Layer) and "training" in parameters_of(cell.call):
                own["training"] = training
            run = cell if callable(cell) else cell.call
            inputs, new = run(inputs, list(state) if nested else [state], **own)
            new_states.append(new[0] if tree.is_nested(new) and not nested else new)
        return inputs, new_states

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "cells": [serialize_keras_object(cell) for cell in self.cells],
        }

    @classmethod
    def from_config(
        cls, config: dict[str, Any], custom_objects: dict[str, Any] | None = None
    ) -> Any:
        config = dict(config)
        cells = [deserialize_keras_object(c, custom_objects) for c in config.pop("cells")]
        return cls(cells, **config)
