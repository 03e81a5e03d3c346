"""Gradients divided by the root of the sum of their squares."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gossamer import ops
from gossamer.initializers import Constant
from gossamer.optimizers.optimizer import Optimizer
from gossamer.optimizers.state import Rate
from gossamer.tensor import Tensor
from gossamer.variable import Variable


class Adagrad(Optimizer):
    """Gradients divided by the root of the sum of their squares: `a += g²;
    w -= learning_rate * g / sqrt(a + epsilon)`.

    Source: Duchi et al., "Adaptive subgradient methods for online learning and stochastic
    optimization", JMLR 2011.

    Args:
        learning_rate: a float, a schedule, or a function without arguments.
        initial_accumulator_value: with what the sum begins.
        epsilon: what keeps the quotient finite.
        weight_decay, clipnorm, clipvalue, global_clipnorm, use_ema, ema_momentum,
            ema_overwrite_frequency, loss_scale_factor, gradient_accumulation_steps, name: as for
            `Optimizer`.

    Example:
        >>> w = gs.Variable([1.0])
        >>> gs.optimizers.Adagrad(0.1, initial_accumulator_value=3.0).apply([ops.ones((1,))], [w])
        >>> round(float(w.numpy()[0]), 4)
        0.95
    """

    config_keys = ("initial_accumulator_value", "epsilon")

    def __init__(
        self,
        learning_rate: Rate = 0.001,
        initial_accumulator_value: float = 0.1,
        epsilon: float = 1e-7,
        weight_decay: float | None = None,
        clipnorm: float | None = None,
        clipvalue: float | None = None,
        global_clipnorm: float | None = None,
        use_ema: bool = False,
        ema_momentum: float = 0.99,
        ema_overwrite_frequency: int | None = None,
        loss_scale_factor: float | None = None,
        gradient_accumulation_steps: int | None = None,
        name: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(
            learning_rate, weight_decay, clipnorm, clipvalue, global_clipnorm, use_ema,
            ema_momentum, ema_overwrite_frequency, loss_scale_factor, gradient_accumulation_steps,
            name, **kwargs,
        )  # fmt: skip
        self.initial_accumulator_value = initial_accumulator_value
        self.epsilon = epsilon

    def build(self, variables: Sequence[Variable]) -> None:
        if self.built:
            return
        super().build(variables)
        self._accumulators = self.add_optimizer_variables(
            variables, "accumulator", Constant(self.initial_accumulator_value)
        )

    def update_step(self, gradient: Tensor, variable: Variable, learning_rate: Tensor) -> None:
        index = self._get_variable_index(variable)
        total = self._accumulators[index]
        self.assign_add(total, ops.square(gradient))
        self.assign_sub(variable, gradient * learning_rate / ops.sqrt(total + self.epsilon))
