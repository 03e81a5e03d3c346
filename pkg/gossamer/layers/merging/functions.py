"""Functions that make a merging layer and call it."""

from __future__ import annotations

from typing import Any

from gossamer.layers.merging.merge import (
    Add,
    Average,
    Concatenate,
    Dot,
    Maximum,
    Minimum,
    Multiply,
    Subtract,
)


def add(inputs: Any, **kwargs: Any) -> Any:
    """What a layer `Add` makes of inputs.

    Args:
        inputs: a list of tensors.
        kwargs: as for `Add`.

    Example:
        >>> gs.layers.add([ops.ones((1, 1)), ops.ones((1, 1))]).tolist()
        [[2.0]]
    """
    return Add(**kwargs)(inputs)


def average(inputs: Any, **kwargs: Any) -> Any:
    """What a layer `Average` makes of inputs.

    Args:
        inputs: a list of tensors.
        kwargs: as for `Average`.

    Example:
        >>> gs.layers.average([ops.ones((1, 1)), ops.ones((1, 1))]).tolist()
        [[1.0]]
    """
    return Average(**kwargs)(inputs)


def concatenate(inputs: Any, axis: int = -1, **kwargs: Any) -> Any:
    """What a layer `Concatenate` makes of inputs.

    Args:
        inputs: a list of tensors.
        axis: as for `Concatenate`.
        kwargs: as for `Concatenate`.

    Example:
        >>> gs.layers.concatenate([ops.ones((1, 1)), ops.ones((1, 1))]).tolist()
        [[1.0, 1.0]]
    """
    return Concatenate(axis=axis, **kwargs)(inputs)


def dot(inputs: Any, axes: Any = -1, **kwargs: Any) -> Any:
    """What a layer `Dot` makes of inputs.

    Args:
        inputs: a list of tensors.
        axes: as for `Dot`.
        kwargs: as for `Dot`.

    Example:
        >>> gs.layers.dot([ops.ones((1, 1)), ops.ones((1, 1))], axes=1).tolist()
        [[1.0]]
    """
    return Dot(axes=axes, **kwargs)(inputs)


def maximum(inputs: Any, **kwargs: Any) -> Any:
    """What a layer `Maximum` makes of inputs.

    Args:
        inputs: a list of tensors.
        kwargs: as for `Maximum`.

    Example:
        >>> gs.layers.maximum([ops.ones((1, 1)), ops.ones((1, 1))]).tolist()
        [[1.0]]
    """
    return Maximum(**kwargs)(inputs)


def minimum(inputs: Any, **kwargs: Any) -> Any:
    """What a layer `Minimum` makes of inputs.

    Args:
        inputs: a list of tensors.
        kwargs: as for `Minimum`.

    Example:
        >>> gs.layers.minimum([ops.ones((1, 1)), ops.ones((1, 1))]).tolist()
        [[1.0]]
    """
    return Minimum(**kwargs)(inputs)


def multiply(inputs: Any, **kwargs: Any) -> Any:
    """What a layer `Multiply` makes of inputs.

    Args:
        inputs: a list of tensors.
        kwargs: as for `Multiply`.

    Example:
        >>> gs.layers.multiply([ops.ones((1, 1)), ops.ones((1, 1))]).tolist()
        [[1.0]]
    """
    return Multiply(**kwargs)(inputs)


def subtract(inputs: Any, **kwargs: Any) -> Any:
    """What a layer `Subtract` makes of inputs.

    Args:
        inputs: a list of tensors.
        kwargs: as for `Subtract`.

    Example:
        >>> gs.layers.subtract([ops.ones((1, 1)), ops.ones((1, 1))]).tolist()
        [[0.0]]
    """
    return Subtract(**kwargs)(inputs)
