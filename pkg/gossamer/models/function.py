"""`Function`: a graph of symbolic tensors as something to call."""

from __future__ import annotations

from typing import Any

from gossamer import ops, tree
from gossamer.core.symbolic import KerasTensor, output_spec
from gossamer.models.network import Network
from gossamer.naming import unique_name


class Function:
    """What computes outputs of inputs, as symbolic tensors say.

    Args:
        inputs, outputs: symbolic tensors, or structures of them.
        name: `"function"` and a number if None.

    Raises:
        ValueError: if an output depends on what is no input; in a call, for inputs of another
            structure or shape.

    Example:
        >>> x = gs.Input((2,))
        >>> gs.Function(x, ops.sum(x, axis=-1) + 1.0)(ops.ones((1, 2))).tolist()
        [3.0]
    """

    def __init__(self, inputs: Any, outputs: Any, name: str | None = None) -> None:
        self.name = name or unique_name("function")
        self._inputs_struct, self._outputs_struct = inputs, outputs
        self._network = Network(tree.flatten(inputs), tree.flatten(outputs))

    @property
    def inputs(self) -> list[KerasTensor]:
        """The inputs, as a list."""
        return self._network.inputs

    @property
    def outputs(self) -> list[KerasTensor]:
        """The outputs, as a list."""
        return self._network.outputs

    @property
    def input(self) -> Any:
        """The inputs, as they were given."""
        return self._inputs_struct

    @property
    def output(self) -> Any:
        """The outputs, as they were given."""
        return self._outputs_struct

    def call(self, inputs: Any) -> Any:
        """The outputs of inputs."""
        leaves = tree.flatten(inputs)
        if len(leaves) != len(self.inputs):
            raise ValueError(
                f"Expected {len(self.inputs)} inputs for {self.name!r}. Received: {len(leaves)}"
            )
        tensors = [ops.convert_to_tensor(x) for x in leaves]
        for tensor, expected in zip(tensors, self.inputs, strict=True):
            check_shape(tensor.shape, expected, self.name)
        return tree.pack_sequence_as(self._outputs_struct, self._network.run(tensors))

    def __call__(self, inputs: Any) -> Any:
        if any(isinstance(x, KerasTensor) for x in tree.flatten(inputs)):
            return tree.pack_sequence_as(
                self._outputs_struct, self._network.run(tree.flatten(inputs))
            )
        return self.call(inputs)

    def compute_output_spec(self, inputs: Any) -> Any:
        """The outputs of symbolic inputs, as symbolic tensors."""
        return output_spec(self.call, (inputs,), {})


def check_shape(shape: tuple[int | None, ...], expected: KerasTensor, name: str) -> None:
    """Compare an input's shape with that of the symbolic tensor in its place.

    Raises:
        ValueError: where they differ.
    """
    fits = len(shape) == expected.ndim and all(
        size is None or known is None or size == known
        for size, known in zip(shape, expected.shape, strict=True)
    )
    if not fits:
        raise ValueError(
            f"Expected the shape {expected.shape} for the input {expected.name!r} of {name!r}. "
            f"Received: shape={tuple(shape)}"
        )
