"""The densely connected layer."""

from typing import Any

from gossamer import activations, constraints, initializers, ops, regularizers
from gossamer.layers.core.eight_bits import EightBitWeights, checked_config
from gossamer.layers.core.low_rank import Adapted
from gossamer.layers.input_spec import InputSpec
from gossamer.serialization import serialize_keras_object
from gossamer.tensor import Tensor


class Dense(EightBitWeights):
    """A densely connected layer: `activation(inputs @ kernel + bias)`.

    Args:
        units: positive integer, the size of the output's last axis.
        activation: name or function; none if None.
        use_bias: whether a bias is added.
        kernel_initializer: of the kernel, of shape (inputs, units).
        bias_initializer: of the bias, of shape (units,).
        kernel_regularizer, bias_regularizer: of the weights; added to the loss.
        activity_regularizer: of the outputs; added to the loss.
        kernel_constraint, bias_constraint: applied to the weights after each step.
        lora_rank: the rank of a low-rank adaptation of the kernel, see `enable_lora`; none if None.
        lora_alpha: what scales it is `enable_lora`'s; as in Keras 3.15, this is without effect.
        quantization_config: how the kernel and the inputs are quantized, in a layer whose dtype is
            of such, as `"int8_from_float32"`; None for Keras's way.
        kwargs: as for `Layer`.

    Raises:
        ValueError: for wrong units; for inputs of fewer than two axes, or of another last axis
            than the first input's.
        NotImplementedError: for quantization to another dtype than int8.

    Example:
        >>> layer = gs.layers.Dense(3, activation="relu")
        >>> layer(ops.ones((2, 5))).shape, [w.shape for w in layer.weights]
        ((2, 3), [(5, 3), (3,)])
    """

    _large_weight = "kernel"
    _scaled_axis = 0
    kernel = Adapted()

    def __init__(
        self,
        units: int,
        activation: Any = None,
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        kernel_constraint: Any = None,
        bias_constraint: Any = None,
        lora_rank: int | None = None,
        lora_alpha: float | None = None,
        quantization_config: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(activity_regularizer=activity_regularizer, **kwargs)
        if not isinstance(units, int) or isinstance(units, bool) or units <= 0:
            raise ValueError(f"Expected a positive integer for units. Received: units={units!r}")
        self._plan_adaptation(lora_rank, lora_alpha)
        self.quantization_config = checked_config(quantization_config)
        self.units = units
        self.activation = activations.get(activation)
        self.use_bias = use_bias
        self.kernel_initializer = initializers.get(kernel_initializer)
        self.bias_initializer = initializers.get(bias_initializer)
        self.kernel_regularizer = regularizers.get(kernel_regularizer)
        self.bias_regularizer = regularizers.get(bias_regularizer)
        self.kernel_constraint = constraints.get(kernel_constraint)
        self.bias_constraint = constraints.get(bias_constraint)
        self.input_spec = InputSpec(min_ndim=2)
        self.supports_masking = True

    def build(self, input_shape: tuple[int, ...]) -> None:
        shape = (input_shape[-1], self.units)
        if self.quantization_mode:
            self.quantized_build(shape, self.quantization_mode)
        else:
            self.kernel = self.add_weight(
                shape,
                self.kernel_initializer,
                regularizer=self.kernel_regularizer,
                constraint=self.kernel_constraint,
                name="kernel",
            )
        self.bias = None
        if self.use_bias:
            self.bias = self.add_weight(
                (self.units,),
                self.bias_initializer,
                regularizer=self.bias_regularizer,
                constraint=self.bias_constraint,
                name="bias",
            )
        self.input_spec = InputSpec(min_ndim=2, axes={-1: input_shape[-1]})
        self._adapt_as_planned()

    def call(self, inputs: Tensor, training: bool | None = None) -> Tensor:
        if self.quantization_mode:
            outputs = self._product_of_integers(inputs)
        else:
            outputs = ops.matmul(inputs, self.kernel)
        if self.bias is not None:
            outputs = ops.add(outputs, self.bias)
        return self.activation(outputs)

    def quantized_call(self, inputs: Tensor, training: bool | None = None) -> Tensor:
        """Compute the outputs with a kernel of integers."""
        return self.call(inputs, training)

    def _product_of_integers(self, inputs: Tensor) -> Tensor:
        kernel, scale = self.kernel.value, self.scale.value
        quantizer, dtype = self._inputs_quantizer(), self.compute_dtype

        @ops.custom_gradient
        def product(x: Tensor) -> Any:
            def gradient(upstream: Tensor) -> Tensor:
                # Through what the integers stand for, as if nothing had been rounded.
                return ops.matmul(upstream, ops.transpose(ops.cast(kernel, dtype) / scale))

            if quantizer is None:
                return ops.matmul(x, ops.cast(kernel, dtype)) / scale, gradient
            integers, own_scale = quantizer(x, axis=-1)
            # Sums of integers are exact, and are floats only then.
            return ops.cast(ops.matmul(integers, kernel), dtype) / (scale * own_scale), gradient

        return product(inputs)

    def compute_output_shape(self, input_shape: Any) -> tuple[int | None, ...]:
        return (*input_shape[:-1], self.units)

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "units": self.units,
            "activation": activations.serialize(self.activation),
            "use_bias": self.use_bias,
            "kernel_initializer": initializers.serialize(self.kernel_initializer),
            "bias_initializer": initializers.serialize(self.bias_initializer),
            "kernel_regularizer": regularizers.serialize(self.kernel_regularizer),
            "bias_regularizer": regularizers.serialize(self.bias_regularizer),
            "kernel_constraint": constraints.serialize(self.kernel_constraint),
            "bias_constraint": constraints.serialize(self.bias_constraint),
            "quantization_config": serialize_keras_object(self.quantization_config),
        }
