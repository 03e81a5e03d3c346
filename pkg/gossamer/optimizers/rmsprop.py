"""Gradients divided by the root of their mean square."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gossamer import ops
from gossamer.optimizers.optimizer import Optimizer
from gossamer.optimizers.state import Rate
from gossamer.tensor import Tensor
from gossamer.variable import Variable


class RMSprop(Optimizer):
    """Gradients divided by the root of their mean square: `v = rho * v + (1 - rho) * g²;
    w -= learning_rate * g / sqrt(v + epsilon)`.

    Source: Tieleman and Hinton, "Lecture 6.5: rmsprop", Neural networks for machine learning, 2012.

    Args:
        learning_rate: a float, a schedule, or a function without arguments.
        rho: decay of the mean square, from 0 to 1.
        momentum: what is kept of the last step.
        epsilon: what keeps the quotient finite.
        centered: whether the gradients' variance takes the place of their mean square.
        weight_decay, clipnorm, clipvalue, global_clipnorm, use_ema, ema_momentum,
            ema_overwrite_frequency, loss_scale_factor, gradient_accumulation_steps, name: as for
            `Optimizer`.

    Example:
        >>> w = gs.Variable([1.0])
        >>> gs.optimizers.RMSprop(0.1, rho=0.75).apply([ops.ones((1,))], [w])
        >>> round(float(w.numpy()[0]), 4)
        0.8
    """

    config_keys = ("rho", "momentum", "epsilon", "centered")

    def __init__(
        self,
        learning_rate: Rate = 0.001,
        rho: float = 0.9,
        momentum: float = 0.0,
        epsilon: float = 1e-7,
        centered: bool = False,
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
        self.rho = rho
        self.momentum = momentum
        self.epsilon = epsilon
        self.centered = centered

    def build(self, variables: Sequence[Variable]) -> None:
        if self.built:
            return
        super().build(variables)
        self._velocities = self.add_optimizer_variables(variables, "velocity")
        if self.momentum > 0:
            self._momentums = self.add_optimizer_variables(variables, "momentum")
        if self.centered:
            self._average_gradients = self.add_optimizer_variables(variables, "average_gradient")

    def update_step(self, gradient: Tensor, variable: Variable, learning_rate: Tensor) -> None:
        index = self._get_variable_index(variable)
        v, rho = self._velocities[index], self.rho
        self.assign(v, v * rho + ops.square(gradient) * (1 - rho))
        spread = v.value
        if self.centered:
            average = self._average_gradients[index]
            self.assign(average, average * rho + gradient * (1 - rho))
            spread = spread - ops.square(average)
        step = gradient * learning_rate / ops.sqrt(spread + self.epsilon)
        if self.momentum > 0:
            momentum = self._momentums[index]
            self.assign(momentum, momentum * self.momentum + step)
            step = momentum.value
        self.assign_sub(variable, step)
