"""Steps as large as the last ones."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gossamer import ops
from gossamer.optimizers.optimizer import Optimizer
from gossamer.optimizers.state import Rate
from gossamer.tensor import Tensor
from gossamer.variable import Variable


class Adadelta(Optimizer):
    """Steps as large as the last ones were: `d = g * rms(steps) / rms(gradients);
    w -= learning_rate * d`, both roots of mean squares that decay by `rho`.

    Source: Zeiler, "ADADELTA: an adaptive learning rate method", arXiv:1212.5701, 2012.

    Args:
        learning_rate: a float, a schedule, or a function without arguments.
        rho: decay of the mean squares, from 0 to 1.
        epsilon: what is added to mean squares.
        weight_decay, clipnorm, clipvalue, global_clipnorm, use_ema, ema_momentum,
            ema_overwrite_frequency, loss_scale_factor, gradient_accumulation_steps, name: as for
            `Optimizer`.

    Example:
        >>> w = gs.Variable([1.0])
        >>> gs.optimizers.Adadelta(1.0, rho=0.75, epsilon=0.25).apply([ops.ones((1,))], [w])
        >>> round(1 - float(w.numpy()[0]), 4)
        0.7071
    """

    config_keys = ("rho", "epsilon")

    def __init__(
        self,
        learning_rate: Rate = 0.001,
        rho: float = 0.95,
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
        self.rho = rho
        self.epsilon = epsilon

    def build(self, variables: Sequence[Variable]) -> None:
        if self.built:
            return
        super().build(variables)
        self._accumulated_grads, self._accumulated_delta_vars = self.add_optimizer_variables(
            variables, ["accumulated_grad", "accumulated_delta_var"]
        )

    def update_step(self, gradient: Tensor, variable: Variable, learning_rate: Tensor) -> None:
        index = self._get_variable_index(variable)
        gradients, steps = self._accumulated_grads[index], self._accumulated_delta_vars[index]
        rho = self.rho
        self.assign(gradients, gradients * rho + ops.square(gradient) * (1 - rho))
        step = gradient * ops.sqrt(steps + self.epsilon) / ops.sqrt(gradients + self.epsilon)
        self.assign(steps, steps * rho + ops.square(step) * (1 - rho))
        self.assign_sub(variable, step * learning_rate)
