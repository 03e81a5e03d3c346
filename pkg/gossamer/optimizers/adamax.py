"""Adam by the infinity norm."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gossamer import ops
from gossamer.optimizers.optimizer import Optimizer
from gossamer.optimizers.state import Rate
from gossamer.tensor import Tensor
from gossamer.variable import Variable


class Adamax(Optimizer):
    """Adam by the infinity norm: `m += (g - m)(1 - beta_1); u = max(beta_2 * u, |g|);
    w -= learning_rate / (1 - beta_1^t) * m / (u + epsilon)`.

    Source: Kingma and Ba, "Adam: a method for stochastic optimization", ICLR 2015, section 7.

    Args:
        learning_rate: a float, a schedule, or a function without arguments.
        beta_1: decay of the mean, from 0 to 1.
        beta_2: decay of the norm, from 0 to 1.
        epsilon: what keeps the quotient finite.
        weight_decay, clipnorm, clipvalue, global_clipnorm, use_ema, ema_momentum,
            ema_overwrite_frequency, loss_scale_factor, gradient_accumulation_steps, name: as for
            `Optimizer`.

    Example:
        >>> w = gs.Variable([1.0])
        >>> gs.optimizers.Adamax(0.1).apply([ops.ones((1,))], [w])
        >>> round(float(w.numpy()[0]), 4)
        0.9
    """

    config_keys = ("beta_1", "beta_2", "epsilon")

    def __init__(
        self,
        learning_rate: Rate = 0.001,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
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
        self.beta_1 = beta_1
        self.beta_2 = beta_2
        self.epsilon = epsilon

    def build(self, variables: Sequence[Variable]) -> None:
        if self.built:
            return
        super().build(variables)
        self._m, self._u = self.add_optimizer_variables(variables, ["momentum", "norm"])

    def update_step(self, gradient: Tensor, variable: Variable, learning_rate: Tensor) -> None:
        index = self._get_variable_index(variable)
        first = self.one_minus_power(self.beta_1, self.local_step(variable))
        alpha = self.once("alpha", lambda: learning_rate / first, learning_rate)
        m, u = self._m[index], self._u[index]
        self.assign_add(m, (gradient - m) * (1 - self.beta_1))
        self.assign(u, ops.maximum(u * self.beta_2, ops.abs(gradient)))
        self.assign_sub(variable, m * alpha / (u + self.epsilon))
