"""Adam without a schedule."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gossamer import ops
from gossamer.core import tracing
from gossamer.optimizers.optimizer import Optimizer
from gossamer.optimizers.state import Rate
from gossamer.tensor import Tensor
from gossamer.variable import Variable


class ScheduleFreeAdamW(Optimizer):
    """Adam that needs no schedule: steps change `z`, `x` is the mean of all `z`, and gradients are
    taken at `y = (1 - beta_1) * z + beta_1 * x`, which is what the variables hold.

    Source: Defazio et al., "The road less scheduled", NeurIPS 2024.

    Args:
        learning_rate: a float, a schedule, or a function without arguments.
        beta_1: the share of the mean in `y`, above 0 and up to 1.
        beta_2: decay of the mean square, from 0 to 1.
        epsilon: what keeps the quotient finite.
        warmup_steps: for how many steps the learning rate rises from 0.
        weight_decay, clipnorm, clipvalue, global_clipnorm, use_ema, ema_momentum,
            ema_overwrite_frequency, loss_scale_factor, gradient_accumulation_steps, name: as for
            `Optimizer`.

    Example:
        >>> w = gs.Variable([1.0])
        >>> gs.optimizers.ScheduleFreeAdamW(0.1).apply([ops.ones((1,))], [w])
        >>> round(float(w.numpy()[0]), 4)
        0.9
    """

    config_keys = ("beta_1", "beta_2", "epsilon", "warmup_steps")

    def __init__(
        self,
        learning_rate: Rate = 0.0025,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-8,
        warmup_steps: int = 0,
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
        self.warmup_steps = warmup_steps

    def build(self, variables: Sequence[Variable]) -> None:
        if self.built:
            return
        super().build(variables)
        self._momentums, self._velocities = self.add_optimizer_variables(
            variables, ["momentum", "velocity"]
        )
        # Once and for all, even if the first step is being traced.
        with tracing.eagerly():
            for z, variable in zip(self._momentums, variables, strict=True):
                if z is not None:
                    z.assign(variable.value)

    def _warm(self, learning_rate: Tensor, step: Tensor) -> Tensor:
        if self.warmup_steps <= 0:
            return learning_rate
        return learning_rate * ops.minimum(step / float(self.warmup_steps), 1.0)

    def update_step(self, gradient: Tensor, variable: Variable, learning_rate: Tensor) -> None:
        index = self._get_variable_index(variable)
        step, beta_1 = self.local_step(variable), self.beta_1
        rate = self.once("warm", lambda: self._warm(learning_rate, step), learning_rate)
        share = self.once("share", lambda: 1.0 / step)
        second = self.one_minus_power(self.beta_2, step)
        z, v = self._momentums[index], self._velocities[index]
        x = (variable - z * (1 - beta_1)) / beta_1
        self.assign_add(v, (ops.square(gradient) - v) * (1 - self.beta_2))
        self.assign_sub(z, gradient * rate / (ops.sqrt(v / second) + self.epsilon))
        x = x * (1.0 - share) + z * share
        self.assign(variable, z * (1 - beta_1) + x * beta_1)
