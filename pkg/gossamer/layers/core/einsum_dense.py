"""A dense layer whose product is written as an einsum."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from gossamer import activations, constraints, initializers, ops, regularizers
from gossamer.layers.core.low_rank import Adapted, LowRank
from gossamer.layers.input_spec import InputSpec
from gossamer.tensor import Tensor

FORMS = "[X],[Y]->[Z], ...[X],[Y]->...[Z] or [X]...,[Y]->[Z]..."


class EinsumDense(LowRank):
    """`activation(einsum(equation, inputs, kernel) + bias)`.

    Args:
        equation: of the inputs and the kernel, such as `"abc,cd->abd"`; three dots stand for axes
            of the inputs that stay.
        output_shape: the shape of the outputs without the batch and the axes that the dots stand
            for; None for a size that is the inputs'.
        activation: name or function; none if None.
        bias_axes: the letters of the outputs' axes that the bias has; no bias if None.
        kernel_initializer, bias_initializer: of the weights.
        kernel_regularizer, bias_regularizer: of the weights.
        kernel_constraint, bias_constraint: of the weights.
        lora_rank: the rank of a low-rank adaptation of the kernel, see `enable_lora`; none if None.
        lora_alpha: what the adaptation is multiplied by, times its rank; the rank if None.
        quantization_config: None: it is not there.
        gptq_unpacked_column_size: None: it is for quantized kernels.
        kwargs: as for `Layer`.

    Raises:
        ValueError: for another equation, or shapes that it does not fit.
        NotImplementedError: for a `quantization_config`.

    Example:
        >>> layer = gs.layers.EinsumDense("abc,cd->abd", (None, 4), bias_axes="d")
        >>> layer(ops.ones((2, 5, 3))).shape, [w.shape for w in layer.weights]
        ((2, 5, 4), [(3, 4), (4,)])
    """

    _large_weight = "kernel"
    kernel = Adapted()

    def __init__(
        self,
        equation: str,
        output_shape: Any,
        activation: Any = None,
        bias_axes: str | None = None,
        kernel_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None,
        bias_regularizer: Any = None,
        kernel_constraint: Any = None,
        bias_constraint: Any = None,
        lora_rank: int | None = None,
        lora_alpha: float | None = None,
        gptq_unpacked_column_size: int | None = None,
        quantization_config: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        if quantization_config is not None:
            raise NotImplementedError("gossamer does not quantize EinsumDense.")
        self._plan_adaptation(lora_rank, lora_alpha)
        self.equation = equation
        self.partial_output_shape = (
            (output_shape,) if isinstance(output_shape, int) else tuple(output_shape)
        )
        self.bias_axes = bias_axes
        self.activation = activations.get(activation)
        self.kernel_initializer = initializers.get(kernel_initializer)
        self.bias_initializer = initializers.get(bias_initializer)
        self.kernel_regularizer = regularizers.get(kernel_regularizer)
        self.bias_regularizer = regularizers.get(bias_regularizer)
        self.kernel_constraint = constraints.get(kernel_constraint)
        self.bias_constraint = constraints.get(bias_constraint)
        self.gptq_unpacked_column_size = gptq_unpacked_column_size

    def build(self, input_shape: Any) -> None:
        if self.quantization_mode:
            raise NotImplementedError("gossamer does not quantize EinsumDense.")
        shapes = _analyzed(self.equation, self.bias_axes, input_shape, self.partial_output_shape)
        self.full_output_shape = shapes.output
        initializer = self.kernel_initializer
        if isinstance(initializer, initializers.VarianceScaling) and (
            initializer.input_axes is None or initializer.output_axes is None
        ):
            # What counts as a fan is said by the equation.
            config = {
                **initializer.get_config(),
                "seed": initializer.seed,
                "input_axes": shapes.input_axes,
                "output_axes": shapes.output_axes,
            }
            initializer = type(initializer).from_config(config)
        self.input_spec = InputSpec(ndim=len(input_shape))
        self.kernel = self.add_weight(
            shapes.kernel, initializer, regularizer=self.kernel_regularizer,
            constraint=self.kernel_constraint, name="kernel",
        )  # fmt: skip
        self.bias = None
        if shapes.bias is not None:
            self.bias = self.add_weight(
                shapes.bias, self.bias_initializer, regularizer=self.bias_regularizer,
                constraint=self.bias_constraint, name="bias",
            )  # fmt: skip
        self._adapt_as_planned(self.lora_alpha)

    def call(self, inputs: Tensor, training: bool | None = None) -> Tensor:
        outputs = ops.einsum(self.equation, inputs, self.kernel)
        if self.bias is not None:
            outputs = outputs + self.bias
        return self.activation(outputs)

    def compute_output_shape(self, input_shape: Any) -> Any:
        shapes = _analyzed(self.equation, self.bias_axes, input_shape, self.partial_output_shape)
        return shapes.output

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "output_shape": self.partial_output_shape,
            "equation": self.equation,
            "activation": activations.serialize(self.activation),
            "bias_axes": self.bias_axes,
            "kernel_initializer": initializers.serialize(self.kernel_initializer),
            "bias_initializer": initializers.serialize(self.bias_initializer),
            "kernel_regularizer": regularizers.serialize(self.kernel_regularizer),
            "bias_regularizer": regularizers.serialize(self.bias_regularizer),
            "activity_regularizer": regularizers.serialize(self.activity_regularizer),
            "kernel_constraint": constraints.serialize(self.kernel_constraint),
            "bias_constraint": constraints.serialize(self.bias_constraint),
            "quantization_config": None,
        }


class _Shapes(NamedTuple):
    """What an equation makes of an input shape."""

    kernel: tuple[int, ...]
    bias: tuple[int, ...] | None
    output: tuple[int | None, ...]
    input_axes: list[int]
    output_axes: list[int]


def _analyzed(
    equation: str, bias_axes: str | None, input_shape: Any, output_shape: tuple[int | None, ...]
) -> _Shapes:
    side = r"(\.\.\.)?([a-zA-Z]+)(\.\.\.)?"
    found = re.fullmatch(rf"{side},([a-zA-Z]+)->{side}", equation.replace(" ", ""))
    if found is None or (found[1], found[3]) != (found[5], found[7]) or (found[1] and found[3]):
        raise ValueError(f"Expected an equation of the form {FORMS}. Received: {equation!r}")
    left, inputs, right, kernel, outputs = found[1], found[2], found[3], found[4], found[6]
    elided = len(input_shape) - len(inputs)
    if elided < 0 or (elided and not (left or right)):
        raise ValueError(
            f"Expected inputs of {len(inputs)} axes for {equation!r}. "
            f"Received: input_shape={input_shape}"
        )
    full = [input_shape[0], *output_shape]
    if left:
        full[1:1] = input_shape[1:elided]
    elif elided:
        full += input_shape[len(input_shape) - elided :]
    start = elided if left else 0
    size_in = {c: input_shape[k + start] for k, c in enumerate(inputs)}
    if len(full) != len(outputs) + elided:
        raise ValueError(
            f"Expected an output_shape of {len(outputs) - 1} sizes for {equation!r}. "
            f"Received: output_shape={output_shape}"
        )
    size_out = {c: full[k + start] for k, c in enumerate(outputs)}
    for c in inputs:
        if c in size_out and size_out[c] is not None and size_out[c] != size_in[c]:
            raise ValueError(
                f"Expected the size {size_in[c]} of the axis {c!r} of the outputs. "
                f"Received: {size_out[c]}, equation={equation!r}"
            )
    for c in outputs:
        if c not in inputs and c not in kernel:
            raise ValueError(
                f"Expected the axis {c!r} in the inputs or the kernel. Received: {equation!r}"
            )
    sizes, input_axes, output_axes = [], [], []
    for k, c in enumerate(kernel):
        if c in size_out:
            sizes.append(size_out[c])
            output_axes.append(k)
        elif c in size_in:
            sizes.append(size_in[c])
            input_axes.append(k)
        else:
            raise ValueError(
                f"Expected the axis {c!r} in the inputs or the outputs. Received: {equation!r}"
            )
    bias = None
    if bias_axes is not None:
        unknown = [c for c in bias_axes if c not in outputs]
        if unknown:
            raise ValueError(
                f"Expected axes of the outputs {outputs!r} as bias_axes. Received: {bias_axes!r}"
            )
        first = min(outputs.find(c) for c in bias_axes)
        bias = tuple(size_out[c] if c in bias_axes else 1 for c in outputs[first:])
        bias += () if left else (1,) * elided
    return _Shapes(tuple(sizes), bias, tuple(full), input_axes, output_axes)
