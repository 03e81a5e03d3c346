"""What a layer expects of its inputs."""

from __future__ import annotations

from typing import Any

from gossamer import tree
from gossamer.dtypes import standardize_dtype


class InputSpec:
    """The dtype, rank and sizes that a layer accepts; None for whatever it may be.

    Args:
        dtype: the dtype.
        shape: all sizes; None for one that may be any.
        ndim: the number of axes.
        max_ndim, min_ndim: its bounds.
        axes: sizes of single axes, by number.
        allow_last_axis_squeeze: whether a last axis of size 1 may be missing, or be too many.
        name: the key of the input in a dictionary of inputs.
        optional: whether None may be given.

    Raises:
        TypeError: for axes that are no dictionary of integers, or axes beyond the rank.

    Example:
        >>> gs.layers.InputSpec(ndim=4, axes={-1: 3})
        InputSpec(ndim=4, axes={-1: 3})
    """

    def __init__(
        self,
        dtype: Any = None,
        shape: Any = None,
        ndim: int | None = None,
        max_ndim: int | None = None,
        min_ndim: int | None = None,
        axes: dict[int, int | None] | None = None,
        allow_last_axis_squeeze: bool = False,
        name: str | None = None,
        optional: bool = False,
    ) -> None:
        self.dtype = None if dtype is None else standardize_dtype(dtype)
        self.shape = None if shape is None else tuple(shape)
        self.ndim = ndim if self.shape is None else len(self.shape)
        self.max_ndim = max_ndim
        self.min_ndim = min_ndim
        self.name = name
        self.optional = optional
        self.allow_last_axis_squeeze = allow_last_axis_squeeze
        try:
            self.axes = {int(axis): size for axis, size in (axes or {}).items()}
        except (TypeError, ValueError, AttributeError):
            raise TypeError(
                f"Expected axes as a dictionary of integers. Received: {axes}"
            ) from None
        most = self.ndim if self.ndim is not None else self.max_ndim
        if self.axes and most is not None and max(self.axes) > most - 1:
            raise TypeError(f"Expected axes below {most}. Received: axes={axes}")

    def __repr__(self) -> str:
        names = ("dtype", "shape", "ndim", "max_ndim", "min_ndim", "axes")
        given = [f"{name}={getattr(self, name)}" for name in names if getattr(self, name)]
        return f"InputSpec({', '.join(given)})"

    def get_config(self) -> dict[str, Any]:
        names = ("dtype", "shape", "ndim", "max_ndim", "min_ndim", "axes")
        return {**{name: getattr(self, name) for name in names}, "optional": self.optional}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> InputSpec:
        return cls(**config)


def check_inputs(input_spec: Any, inputs: Any, layer_name: str) -> None:
    """Compare inputs with what a layer expects.

    Args:
        input_spec: one, or a structure of them.
        inputs: a tensor, or a structure of them.
        layer_name: for the errors.

    Raises:
        ValueError: where they differ.
    """
    if not input_spec:
        return
    specs = tree.flatten(input_spec)
    if isinstance(inputs, dict) and any(spec.name is not None for spec in specs):
        missing = [spec.name for spec in specs if spec.name not in inputs and not spec.optional]
        if missing:
            raise ValueError(
                f"Expected the inputs {[spec.name for spec in specs]} for the layer "
                f"{layer_name!r}. Received: {list(inputs)}"
            )
        inputs = [inputs.get(spec.name) for spec in specs]
    tensors = tree.flatten(inputs)
    if len(tensors) != len(specs):
        raise ValueError(
            f"Expected {len(specs)} input(s) for the layer {layer_name!r}. "
            f"Received: {len(tensors)} input(s)"
        )
    for k, (tensor, spec) in enumerate(zip(tensors, specs, strict=True)):
        if spec is None or (tensor is None and spec.optional):
            continue
        if not hasattr(tensor, "shape"):
            raise ValueError(
                f"Expected a tensor as input {k} of the layer {layer_name!r}. Received: {tensor!r}"
            )
        problem = mismatch(spec, tuple(tensor.shape), tensor.dtype)
        if problem:
            raise ValueError(
                f"Expected {problem} of input {k} of the layer {layer_name!r}. "
                f"Received: shape={tuple(tensor.shape)}, dtype={tensor.dtype}"
            )


def mismatch(spec: InputSpec, shape: tuple[int | None, ...], dtype: Any) -> str:
    """What is expected and not so; empty if all is."""
    ndim = len(shape)
    if spec.ndim is not None and not spec.allow_last_axis_squeeze and ndim != spec.ndim:
        return f"ndim={spec.ndim}"
    if spec.max_ndim is not None and ndim > spec.max_ndim:
        return f"max_ndim={spec.max_ndim}"
    if spec.min_ndim is not None and ndim < spec.min_ndim:
        return f"min_ndim={spec.min_ndim}"
    if spec.dtype is not None and standardize_dtype(dtype) != spec.dtype:
        return f"dtype={spec.dtype}"
    for axis, size in spec.axes.items():
        if -ndim <= axis < ndim and size is not None and shape[axis] not in (size, None):
            return f"size {size} of axis {axis}"
    if spec.shape is not None:
        expected = spec.shape
        if spec.allow_last_axis_squeeze:
            shape = shape[:-1] if shape and shape[-1] == 1 else shape
            expected = expected[:-1] if expected and expected[-1] == 1 else expected
        if len(shape) != len(expected):
            return f"shape={spec.shape}"
        for one, other in zip(expected, shape, strict=True):
            if one is not None and other is not None and one != other:
                return f"shape={spec.shape}"
    return ""
