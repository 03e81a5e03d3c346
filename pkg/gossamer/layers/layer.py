"""The base of all layers: weights that are made when the first input shows their shapes."""

from typing import Any

from gossamer import initializers, ops
from gossamer.tensor import Tensor
from gossamer.variable import Variable


class Layer:
    """A function with weights. Subclasses write `build(input_shape)` and `call(inputs)`.

    Args:
        name: for people; the class's name in small letters if None.

    Example:
        >>> class Scale(gs.layers.Layer):
        ...     def build(self, input_shape):
        ...         self.factor = self.add_weight((), initializer="ones")
        ...     def call(self, inputs):
        ...         return inputs * self.factor
        >>> Scale()(ops.ones((2,))).tolist()
        [1.0, 1.0]
    """

    def __init__(self, name: str | None = None) -> None:
        self.name = name or type(self).__name__.lower()
        self.built = False
        self.weights: list[Variable] = []

    @property
    def trainable_variables(self) -> list[Variable]:
        """The weights that training changes."""
        return [weight for weight in self.weights if weight.trainable]

    def add_weight(
        self,
        shape: tuple[int, ...],
        initializer: Any = "glorot_uniform",
        dtype: Any = "float32",
        trainable: bool = True,
        name: str | None = None,
    ) -> Variable:
        """Make a variable that belongs to this layer."""
        variable = Variable(
            initializers.get(initializer), shape, dtype, trainable, name or "variable"
        )
        self.weights.append(variable)
        return variable

    def build(self, input_shape: tuple[int, ...]) -> None:
        """Make the weights; called once, with the shape of the first input."""

    def call(self, inputs: Tensor) -> Tensor:
        """Compute the output."""
        raise NotImplementedError(f"{type(self).__name__} has no `call` method.")

    def __call__(self, inputs: Any, *args: Any, **kwargs: Any) -> Any:
        tensor = ops.convert_to_tensor(inputs)
        if not self.built:
            self.build(tensor.shape)
            self.built = True
        return self.call(tensor, *args, **kwargs)

    def get_config(self) -> dict[str, Any]:
        """What the constructor needs to make an equal layer."""
        return {"name": self.name}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> "Layer":
        return cls(**config)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} name={self.name}, built={self.built}>"
