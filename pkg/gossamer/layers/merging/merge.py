"""Layers that make one tensor of several, elementwise."""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from typing import Any

from gossamer import ops
from gossamer.core.symbolic import KerasTensor
from gossamer.layers.layer import Layer
from gossamer.masking import get_keras_mask, set_keras_mask
from gossamer.tensor import Tensor

Shape = tuple[int | None, ...]


class Merge(Layer):
    """A layer of a list of inputs; subclasses write `_merge_function`."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.supports_masking = True

    def _merge_function(self, inputs: list[Any]) -> Any:
        raise NotImplementedError(f"{type(self).__name__} does not say how it merges.")

    def build(self, input_shape: Any) -> None:
        if not isinstance(input_shape, (list, tuple)) or not input_shape or not isinstance(
            input_shape[0], (list, tuple)
        ):  # fmt: skip
            raise ValueError(
                f"Expected a list of inputs for the layer {self.name!r}. "
                f"Received: input_shape={input_shape}"
            )
        batches = {shape[0] for shape in input_shape if shape} - {None}
        if len(batches) > 1:
            raise ValueError(
                f"Expected inputs of one batch size for the layer {self.name!r}. "
                f"Received: input_shape={input_shape}"
            )
        self.compute_output_shape(input_shape)

    def call(self, inputs: Any) -> Any:
        if not isinstance(inputs, (list, tuple)):
            raise ValueError(
                f"Expected a list of inputs for the layer {self.name!r}. Received: {inputs!r}"
            )
        rank = max(x.ndim for x in inputs)
        aligned = []
        for x in inputs:
            y = x
            for _ in range(rank - x.ndim):
                y = ops.expand_dims(y, 1)
            if y is not x and get_keras_mask(x) is not None:
                set_keras_mask(y, get_keras_mask(x))
            aligned.append(y)
        return self._merge_function(aligned)

    def compute_output_shape(self, input_shape: Any) -> Any:
        merged = reduce(self._elementwise_shape, [tuple(shape[1:]) for shape in input_shape])
        batches = {shape[0] for shape in input_shape} - {None}
        return (batches.pop() if len(batches) == 1 else None, *merged)

    def _elementwise_shape(self, one: Shape, other: Shape) -> Shape:
        if len(one) < len(other):
            one, other = other, one
        if not other:
            return one
        sizes: list[int | None] = list(one[: len(one) - len(other)])
        for i, j in zip(one[len(one) - len(other) :], other, strict=True):
            if i is None or j is None:
                sizes.append(None)
            elif i == 1 or j == 1 or i == j:
                sizes.append(max(i, j))
            else:
                raise ValueError(
                    f"Expected shapes that broadcast for the layer {self.name!r}. "
                    f"Received: {one} and {other}"
                )
        return tuple(sizes)

    def compute_output_spec(self, inputs: Any) -> Any:
        shape = self.compute_output_shape([x.shape for x in inputs])
        return KerasTensor(shape, self.compute_dtype)

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:
        if mask is None or any(m is None for m in mask):
            return None
        return reduce(ops.logical_or, mask)

    def _masked(self, op: Callable[[Any, Any], Any], inputs: list[Any]) -> Any:
        """Fold inputs with an op that takes the other one where one is masked."""
        output, output_mask = None, None
        for x in inputs:
            mask = get_keras_mask(x)
            if mask is not None:
                mask = ops.broadcast_to(ops.expand_dims(mask, -1), x.shape)
            if output is None:
                output, output_mask = x, mask
                continue
            if mask is not None:
                x = ops.where(mask, x, output)
            if output_mask is not None:
                output = ops.where(output_mask, output, x)
            both = mask is not None and output_mask is not None
            output_mask = ops.logical_or(output_mask, mask) if both else None
            output = op(output, x)
        if output_mask is not None:
            set_keras_mask(output, ops.any(output_mask, axis=-1))
        return output


class Add(Merge):
    """The sum of its inputs.

    Example:
        >>> gs.layers.Add()([ops.ones((1, 2)), ops.ones((1, 2))]).tolist()
        [[2.0, 2.0]]
    """

    def _merge_function(self, inputs: list[Any]) -> Any:
        return self._masked(ops.add, inputs)


class Average(Merge):
    """The mean of its inputs.

    Example:
        >>> gs.layers.Average()([ops.ones((1, 2)), ops.zeros((1, 2))]).tolist()
        [[0.5, 0.5]]
    """

    def _merge_function(self, inputs: list[Any]) -> Any:
        return reduce(ops.add, inputs) / len(inputs)


class Maximum(Merge):
    """The largest of its inputs, elementwise.

    Example:
        >>> gs.layers.Maximum()([ops.ones((1, 2)), ops.zeros((1, 2))]).tolist()
        [[1.0, 1.0]]
    """

    def _merge_function(self, inputs: list[Any]) -> Any:
        return self._masked(ops.maximum, inputs)


class Minimum(Merge):
    """The least of its inputs, elementwise.

    Example:
        >>> gs.layers.Minimum()([ops.ones((1, 2)), ops.zeros((1, 2))]).tolist()
        [[0.0, 0.0]]
    """

    def _merge_function(self, inputs: list[Any]) -> Any:
        return self._masked(ops.minimum, inputs)


class Multiply(Merge):
    """The product of its inputs.

    Example:
        >>> gs.layers.Multiply()([ops.ones((1, 2)), ops.zeros((1, 2))]).tolist()
        [[0.0, 0.0]]
    """

    def _merge_function(self, inputs: list[Any]) -> Any:
        return self._masked(ops.multiply, inputs)


class Subtract(Merge):
    """The first input less the second.

    Raises:
        ValueError: for other than two inputs.

    Example:
        >>> gs.layers.Subtract()([ops.ones((1, 2)), ops.ones((1, 2))]).tolist()
        [[0.0, 0.0]]
    """

    def build(self, input_shape: Any) -> None:
        super().build(input_shape)
        if len(input_shape) != 2:
            raise ValueError(
                f"Expected two inputs for the layer {self.name!r}. "
                f"Received: input_shape={input_shape}"
            )

    def _merge_function(self, inputs: list[Any]) -> Any:
        return ops.subtract(inputs[0], inputs[1])


class Concatenate(Merge):
    """Its inputs behind one another.

    Args:
        axis: along which.
        kwargs: as for `Layer`.

    Raises:
        ValueError: for sizes that differ along other axes.

    Example:
        >>> gs.layers.Concatenate()([ops.ones((1, 2)), ops.ones((1, 3))]).shape
        (1, 5)
    """

    def __init__(self, axis: int = -1, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.axis = axis

    def build(self, input_shape: Any) -> None:
        if not isinstance(input_shape, (list, tuple)) or not input_shape or not isinstance(
            input_shape[0], (list, tuple)
        ):  # fmt: skip
            raise ValueError(
                f"Expected a list of inputs for the layer {self.name!r}. "
                f"Received: input_shape={input_shape}"
            )
        others = []
        for shape in input_shape:
            sizes = list(shape)
            del sizes[self.axis]
            others.append(sizes)
        for sizes in others[1:]:
            fits = len(sizes) == len(others[0]) and all(
                i is None or j is None or i == j for i, j in zip(sizes, others[0], strict=True)
            )
            if not fits:
                raise ValueError(
                    f"Expected inputs of equal shapes but for axis {self.axis} for the layer "
                    f"{self.name!r}. Received: input_shape={input_shape}"
                )

    def call(self, inputs: Any) -> Any:
        return self._merge_function(list(inputs))

    def _merge_function(self, inputs: list[Any]) -> Any:
        return ops.concatenate(inputs, axis=self.axis)

    def compute_output_shape(self, input_shape: Any) -> Any:
        sizes = list(input_shape[0])
        for shape in input_shape[1:]:
            if sizes[self.axis] is None or shape[self.axis] is None:
                sizes[self.axis] = None
                break
            sizes[self.axis] += shape[self.axis]
        for axis in range(len(sizes)):
            known = {shape[axis] for shape in input_shape} - {None}
            if axis != self.axis % len(sizes) and len(known) == 1:
                sizes[axis] = known.pop()
        return tuple(sizes)

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:
        if mask is None or all(m is None for m in mask):
            return None
        masks = []
        for x, m in zip(inputs, mask, strict=True):
            if m is None:
                masks.append(ops.ones_like(x, dtype="bool"))
            elif m.ndim < x.ndim:
                masks.append(ops.broadcast_to(ops.expand_dims(m, -1), x.shape))
            else:
                masks.append(m)
        joined = ops.concatenate(masks, axis=self.axis)
        return ops.any(joined, axis=-1)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "axis": self.axis}


class Dot(Merge):
    """The product of two inputs, summed along an axis of each.

    Args:
        axes: the axis, or one for each input; that of the batch stays.
        normalize: whether inputs are brought to length 1 along it.
        kwargs: as for `Layer`.

    Raises:
        TypeError: for axes that are no integers.
        ValueError: for other than two inputs, or sizes that differ.

    Example:
        >>> gs.layers.Dot(axes=1)([ops.ones((1, 3)), ops.ones((1, 3))]).tolist()
        [[3.0]]
    """

    def __init__(self, axes: Any, normalize: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if not isinstance(axes, int):
            if not isinstance(axes, (list, tuple)):
                raise TypeError(f"Expected an integer or two as axes. Received: axes={axes!r}")
            if len(axes) != 2 or not all(isinstance(axis, int) for axis in axes):
                raise ValueError(f"Expected two integers as axes. Received: axes={axes}")
        self.axes = axes
        self.normalize = normalize

    def _own_axes(self, ranks: list[int]) -> list[int]:
        axes = [self.axes] * 2 if isinstance(self.axes, int) else list(self.axes)
        return [axis % rank for axis, rank in zip(axes, ranks, strict=True)]

    def build(self, input_shape: Any) -> None:
        if len(input_shape) != 2 or not isinstance(input_shape[0], (list, tuple)):
            raise ValueError(
                f"Expected two inputs for the layer {self.name!r}. "
                f"Received: input_shape={input_shape}"
            )
        axes = self._own_axes([len(shape) for shape in input_shape])
        sizes = [shape[axis] for shape, axis in zip(input_shape, axes, strict=True)]
        if None not in sizes and sizes[0] != sizes[1]:
            raise ValueError(
                f"Expected equal sizes along the axes {axes} for the layer {self.name!r}. "
                f"Received: input_shape={input_shape}"
            )

    def call(self, inputs: Any) -> Tensor:
        axes = self._own_axes([x.ndim for x in inputs])
        if self.normalize:
            inputs = [
                ops.normalize(x, axis=axis, epsilon=1e-12)
                for x, axis in zip(inputs, axes, strict=True)
            ]
        letters = iter("abcdefghijklmnop")
        summed = "z"
        terms = []
        for x, axis in zip(inputs, axes, strict=True):
            term = ["y"] + [next(letters) for _ in range(x.ndim - 1)]
            term[axis] = summed
            terms.append(term)
        output = ["y"] + [c for term in terms for c in term[1:] if c != summed]
        equation = f"{''.join(terms[0])},{''.join(terms[1])}->{''.join(output)}"
        result = ops.einsum(equation, *inputs)
        return ops.expand_dims(result, -1) if result.ndim == 1 else result

    def compute_output_shape(self, input_shape: Any) -> Any:
        axes = self._own_axes([len(shape) for shape in input_shape])
        first, second = (
            [size for k, size in enumerate(shape) if k != axis]
            for shape, axis in zip(input_shape, axes, strict=True)
        )
        shape = first + second[1:]
        return tuple([*shape, 1] if len(shape) == 1 else shape)

    def compute_mask(self, inputs: Any, mask: Any = None) -> None:
        return None

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "axes": self.axes, "normalize": self.normalize}
