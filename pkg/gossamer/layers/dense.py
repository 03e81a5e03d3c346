"""The densely connected layer."""

from typing import Any

from gossamer import activations, initializers, ops
from gossamer.layers.layer import Layer
from gossamer.tensor import Tensor


class Dense(Layer):
    """A densely connected layer: `activation(inputs @ kernel + bias)`.

    Args:
        units: positive integer, the size of the output's last axis.
        activation: name or function; none if None.
        use_bias: whether a bias is added.
        kernel_initializer: of the kernel, of shape (inputs, units).
        bias_initializer: of the bias, of shape (units,).
        name: for people.

    Raises:
        ValueError: for wrong units; for inputs without axes, or of another last axis than the
            first input's.

    Example:
        >>> layer = gs.layers.Dense(3, activation="relu")
        >>> layer(ops.ones((2, 5))).shape, [w.shape for w in layer.weights]
        ((2, 3), [(5, 3), (3,)])
    """

    def __init__(
        self,
        units: int,
        activation: Any = None,
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        name: str | None = None,
    ) -> None:
        super().__init__(name)
        if not isinstance(units, int) or isinstance(units, bool) or units <= 0:
            raise ValueError(f"Expected a positive integer for units. Received: units={units!r}")
        self.units = units
        self._activation_name = activation
        self.activation = activations.get(activation)
        self.use_bias = use_bias
        self.kernel_initializer = initializers.get(kernel_initializer)
        self.bias_initializer = initializers.get(bias_initializer)

    def build(self, input_shape: tuple[int, ...]) -> None:
        if not input_shape:
            raise ValueError(f"Expected inputs with axes for Dense. Received: shape={input_shape}")
        self.kernel = self.add_weight(
            (input_shape[-1], self.units), self.kernel_initializer, name="kernel"
        )
        if self.use_bias:
            self.bias = self.add_weight((self.units,), self.bias_initializer, name="bias")

    def call(self, inputs: Tensor) -> Tensor:
        if not inputs.shape or inputs.shape[-1] != self.kernel.shape[0]:
            raise ValueError(
                f"Expected inputs of last axis {self.kernel.shape[0]} for the layer "
                f"{self.name!r}. Received: shape={inputs.shape}"
            )
        outputs = ops.matmul(inputs, self.kernel)
        if self.use_bias:
            outputs = ops.add(outputs, self.bias)
        return self.activation(outputs)

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "units": self.units,
            "activation": self._activation_name,
            "use_bias": self.use_bias,
            "kernel_initializer": self.kernel_initializer,
            "bias_initializer": self.bias_initializer,
        }
