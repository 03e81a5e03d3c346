"""Adam with steps as long as the weights."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gossamer import ops
from gossamer.optimizers.optimizer import Optimizer
from gossamer.optimizers.state import Rate
from gossamer.tensor import Tensor
from gossamer.variable import Variable


class Lamb(Optimizer):
    """Adam with steps in proportion to the weights: `w -= learning_rate * |w| / |d| * d`, `d` being
    Adam's direction; the quotient is 1 where a length is 0.

    Source: You et al., "Large batch optimization for deep learning: training BERT in 76 minutes",
    ICLR 2020.

    Args:
        learning_rate: a float, a schedule, or a function without arguments.
        beta_1: decay of the mean, from 0 to 1.
        beta_2: decay of the mean square, from 0 to 1.
        epsilon: what keeps the quotient finite.
        weight_decay, clipnorm, clipvalue, global_clipnorm, use_ema, ema_momentum,
            ema_overwrite_frequency, loss_scale_factor, gradient_accumulation_steps, name: as for
            `Optimizer`.

    Example:
        >>> w = gs.Variable([3.0, 4.0])
        >>> gs.optimizers.Lamb(0.1).apply([ops.convert_to_tensor([1.0, 0.0])], [w])
        >>> w.numpy().round(4)
        array([2.5, 4. ], dtype=float32)
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
        self._momentums, self._velocities = self.add_optimizer_variables(
            variables, ["momentum", "velocity"]
        )

    def update_step(self, gradient: Tensor, variable: Variable, learning_rate: Tensor) -> None:
        index = self._get_variable_index(variable)
        step = self.local_step(variable)
        first, second = (self.one_minus_power(b, step) for b in (self.beta_1, self.beta_2))
        m, v = self._momentums[index], self._velocities[index]
        self.assign_add(m, (gradient - m) * (1 - self.beta_1))
        self.assign_add(v, (ops.square(gradient) - v) * (1 - self.beta_2))
        direction = (m / first) / (ops.sqrt(v / second) + self.epsilon)
        weight_norm, step_norm = (ops.sqrt(ops.sum(ops.square(x))) for x in (variable, direction))
        both = ops.logical_and(weight_norm > 0, step_norm > 0)
        ratio = ops.where(both, weight_norm / step_norm, 1.0)
        self.assign_sub(variable, direction * (ratio * learning_rate))
