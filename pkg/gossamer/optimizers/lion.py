"""Signs of interpolated momentums."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gossamer import ops
from gossamer.optimizers.optimizer import Optimizer
from gossamer.optimizers.state import Rate
from gossamer.tensor import Tensor
from gossamer.variable import Variable


class Lion(Optimizer):
    """Signs only: `w -= learning_rate * sign(beta_1 * m + (1 - beta_1) * g);
    m = beta_2 * m + (1 - beta_2) * g`.

    Source: Chen et al., "Symbolic discovery of optimization algorithms", NeurIPS 2023.

    Args:
        learning_rate: a float, a schedule, or a function without arguments.
        beta_1: what is kept of the momentum for the step, above 0 and up to 1.
        beta_2: what is kept of it for the next step.
        weight_decay, clipnorm, clipvalue, global_clipnorm, use_ema, ema_momentum,
            ema_overwrite_frequency, loss_scale_factor, gradient_accumulation_steps, name: as for
            `Optimizer`.

    Raises:
        ValueError: for another `beta_1`.

    Example:
        >>> w = gs.Variable([1.0])
        >>> gs.optimizers.Lion(0.25).apply([ops.ones((1,))], [w])
        >>> w.numpy()
        array([0.75], dtype=float32)
    """

    config_keys = ("beta_1", "beta_2")

    def __init__(
        self,
        learning_rate: Rate = 0.001,
        beta_1: float = 0.9,
        beta_2: float = 0.99,
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
        if not 0 < beta_1 <= 1:
            raise ValueError(
                "Expected a beta_1 above 0, with which this would be descent by signs, and up to "
                f"1. Received: beta_1={beta_1}"
            )
        self.beta_1 = beta_1
        self.beta_2 = beta_2

    def build(self, variables: Sequence[Variable]) -> None:
        if self.built:
            return
        super().build(variables)
        self._momentums = self.add_optimizer_variables(variables, "momentum")

    def update_step(self, gradient: Tensor, variable: Variable, learning_rate: Tensor) -> None:
        index = self._get_variable_index(variable)
        m = self._momentums[index]
        direction = ops.sign(m * self.beta_1 + gradient * (1 - self.beta_1))
        self.assign_sub(variable, direction * learning_rate)
        self.assign(m, m * self.beta_2 + gradient * (1 - self.beta_2))
