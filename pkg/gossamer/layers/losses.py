"""What layers add to the loss that training minimises."""

from __future__ import annotations

from typing import Any

from gossamer import ops, tree
from gossamer.layers.weights import Weights
from gossamer.tensor import Tensor
from gossamer.variable import Variable


class AddedLosses(Weights):
    """What adds losses of its own, and has layers that do. A base of `Layer`."""

    activity_regularizer: Any
    _losses: list[Tensor]

    def add_loss(self, loss: Any) -> None:
        """Add scalars to what training minimises; for use in `call`.

        Raises:
            ValueError: for what is no tensor.
        """
        for value in tree.flatten(loss):
            if not isinstance(value, (Tensor, Variable)):
                raise ValueError(f"Expected tensors as losses. Received: {loss}")
            if isinstance(value, Variable) or value.backend.has_elements:
                self._losses.append(ops.convert_to_tensor(value))

    @property
    def losses(self) -> list[Any]:
        """What has been added as losses since the last call, and what regularizers give."""
        found = [loss for layer in self._flatten_layers() for loss in layer._losses]
        for variable in self.trainable_weights:
            if variable.regularizer is not None:
                found.append(variable.regularizer(variable.value))
        return found

    def _clear_losses(self) -> None:
        for layer in self._flatten_layers():
            layer._losses.clear()

    def _flatten_layers(self, include_self: bool = True, recursive: bool = True) -> list[Any]:
        found: dict[int, Any] = {id(self): self} if include_self else {}
        waiting = list(reversed(self._layers))
        while waiting:
            layer = waiting.pop()
            if id(layer) not in found:
                found[id(layer)] = layer
                if recursive:
                    waiting.extend(reversed(layer._layers))
        return list(found.values())

    def _regularize_activity(self, outputs: Any) -> None:
        if self.activity_regularizer is None:
            return
        for output in tree.flatten(outputs):
            if isinstance(output, Tensor):
                loss = self.activity_regularizer(output)
                if output.ndim:
                    loss = loss / max(output.shape[0], 1)
                self.add_loss(loss)
