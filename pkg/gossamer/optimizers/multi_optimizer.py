"""Several optimizers, each for some of the variables."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from gossamer.optimizers.optimizer import Optimizer
from gossamer.optimizers.optimizer_map import OptimizerMap, check_inner
from gossamer.serialization import deserialize_keras_object, serialize_keras_object
from gossamer.tensor import Tensor
from gossamer.variable import Variable


class MultiOptimizer(Optimizer):
    """Several optimizers, each for some of the variables.

    Args:
        optimizer_map: an `OptimizerMap`, or a function of a variable that gives its optimizer.
        loss_scale_factor: for all of them.
        name: that of the class and a number if None.

    Raises:
        ValueError: in `build`, for what is no optimizer, and for one of optimizers.
        AttributeError: for `learning_rate`: each of `optimizers` has one.

    Example:
        >>> weight, bias = gs.Variable([1.0], name="weight"), gs.Variable([1.0], name="bias")
        >>> default = gs.optimizers.SGD(0.5)
        >>> optimizers = gs.optimizers.OptimizerMap(default, {"bias": gs.optimizers.Lion(0.25)})
        >>> optimizer = gs.optimizers.MultiOptimizer(optimizers)
        >>> optimizer.apply([ops.ones((1,)), ops.ones((1,))], [weight, bias])
        >>> weight.numpy().item(), bias.numpy().item()
        (0.5, 0.75)
    """

    def __init__(
        self,
        optimizer_map: OptimizerMap | Callable[[Variable], Optimizer],
        loss_scale_factor: float | None = None,
        name: str | None = None,
    ) -> None:
        super().__init__(0.0, name=name)
        self._optimizer_map = optimizer_map
        self._inner_optimizers: list[Optimizer] = []
        if isinstance(optimizer_map, OptimizerMap):
            for key in optimizer_map:
                self._enter(optimizer_map[key])
            self._enter(optimizer_map.default_optimizer)
        self.loss_scale_factor = loss_scale_factor

    def _enter(self, optimizer: Optimizer) -> int:
        """The number of one of the optimizers, which it gets now if it is new."""
        for number, one in enumerate(self._inner_optimizers):
            if one is optimizer:
                return number
        optimizer.loss_scale_factor = self.loss_scale_factor
        self._inner_optimizers.append(optimizer)
        return len(self._inner_optimizers) - 1

    def build(self, variables: Sequence[Variable]) -> None:
        if self.built:
            return
        self._number_of: dict[int, int] = {}
        for variable in variables:
            optimizer = self._optimizer_map(variable)
            check_inner(optimizer)
            self._number_of[self._var_key(variable)] = self._enter(optimizer)
        for optimizer, positions in self._shared(variables):
            optimizer.build([variables[i] for i in positions])
        super().build(variables)

    def _shared(self, variables: Sequence[Variable]) -> list[tuple[Optimizer, list[int]]]:
        """The optimizers that have variables among these, with the positions of these."""
        positions: list[list[int]] = [[] for _ in self._inner_optimizers]
        for position, variable in enumerate(variables):
            positions[self._number_of[self._var_key(variable)]].append(position)
        pairs = zip(self._inner_optimizers, positions, strict=True)
        return [(optimizer, mine) for optimizer, mine in pairs if mine]

    @property
    def optimizers(self) -> list[Optimizer]:
        """All of them."""
        return self._inner_optimizers

    @property
    def variables(self) -> list[Variable]:
        inner = [v for optimizer in self._inner_optimizers for v in optimizer.variables]
        return [*super().variables, *inner]

    @property
    def iterations(self) -> Any:
        return self._iterations

    @property
    def learning_rate(self) -> Any:
        raise AttributeError(
            "Expected the learning rate of one of `optimizers`. "
            "Received: that of a MultiOptimizer, which has none"
        )

    @learning_rate.setter
    def learning_rate(self, value: Any) -> None:
        raise AttributeError(
            "Expected one of `optimizers` to set the learning rate of. "
            f"Received: learning_rate={value!r}, for a MultiOptimizer"
        )

    @property
    def loss_scale_factor(self) -> float | None:
        """By what `scale_loss` multiplies, and all optimizers divide."""
        return getattr(self, "_loss_scale_factor", None)

    @loss_scale_factor.setter
    def loss_scale_factor(self, value: float | None) -> None:
        self._loss_scale_factor = value
        for optimizer in getattr(self, "_inner_optimizers", ()):
            optimizer.loss_scale_factor = value

    def apply(
        self, grads: Sequence[Tensor | None], trainable_variables: Sequence[Variable] | None = None
    ) -> None:
        if len(grads) and trainable_variables is not None:
            # Here, so that the paths of variables do not begin with this optimizer's name.
            self.build(list(trainable_variables))
        super().apply(grads, trainable_variables)

    def _change_all(self, grads: Sequence[Tensor | None], variables: Sequence[Variable]) -> None:
        for optimizer, positions in self._shared(variables):
            optimizer.apply([grads[i] for i in positions], [variables[i] for i in positions])

    def finalize_variable_values(self, var_list: Sequence[Variable]) -> None:
        for optimizer, positions in self._shared(var_list):
            optimizer.finalize_variable_values([var_list[i] for i in positions])

    def get_config(self) -> dict[str, Any]:
        return {
            "optimizer_map": serialize_keras_object(self._optimizer_map),
            "loss_scale_factor": self.loss_scale_factor,
            "name": self.name,
        }

    @classmethod
    def from_config(
        cls, config: dict[str, Any], custom_objects: dict[str, Any] | None = None
    ) -> Any:
        found = deserialize_keras_object(config["optimizer_map"], custom_objects)
        return cls(**{**config, "optimizer_map": found})
