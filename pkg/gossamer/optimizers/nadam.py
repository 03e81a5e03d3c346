"""Adam with Nesterov's momentum."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gossamer import ops
from gossamer.optimizers.optimizer import Optimizer
from gossamer.optimizers.state import Rate
from gossamer.tensor import Tensor
from gossamer.variable import Variable


class Nadam(Optimizer):
    """Adam with Nesterov's momentum: its mean looks one step ahead, by a momentum that grows,
    `u_t = beta_1 * (1 - 0.96^t / 2)`.

    Source: Dozat, "Incorporating Nesterov momentum into Adam", ICLR workshop 2016.

    Args:
        learning_rate: a float, a schedule, or a function without arguments.
        beta_1: decay of the mean, from 0 to 1.
        beta_2: decay of the mean square, from 0 to 1.
        epsilon: what keeps the quotient finite.
        weight_decay, clipnorm, clipvalue, global_clipnorm, use_ema, ema_momentum,
            ema_overwrite_frequency, loss_scale_factor, gradient_accumulation_steps, name: as for
            `Optimizer`.

    Example:
        >>> w = gs.Variable([1.0])
        >>> gs.optimizers.Nadam(0.1).apply([ops.ones((1,))], [w])
        >>> bool(w.numpy()[0] < 0.95)
        True
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
        dtype = variables[0].dtype if len(variables) else "float32"
        # The product of all momentums so far.
        self._u_product = Variable(1.0, dtype=dtype, trainable=False)

    def _momentum(self, step: Tensor) -> Tensor:
        return (1.0 - 0.5 * ops.power(0.96, step)) * self.beta_1

    def _backend_update_step(
        self, grads: Sequence[Tensor], variables: Sequence[Variable], learning_rate: Any
    ) -> None:
        step = self.local_step(variables[0])
        self.assign(self._u_product, self._u_product * self._momentum(step))
        super()._backend_update_step(grads, variables, learning_rate)

    def _shares(self, variable: Variable, learning_rate: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """By what a step multiplies the mean, the gradient, and the mean square."""
        step = self.local_step(variable)
        now, ahead = self._momentum(step), self._momentum(step + 1)
        product = ops.cast(self._u_product, variable.dtype)
        return (
            learning_rate * ahead / (1.0 - product * ahead),
            learning_rate * (1.0 - now) / (1.0 - product),
            1.0 / self.one_minus_power(self.beta_2, step),
        )

    def update_step(self, gradient: Tensor, variable: Variable, learning_rate: Tensor) -> None:
        index = self._get_variable_index(variable)
        of_mean, of_gradient, of_square = self.once(
            "shares", lambda: self._shares(variable, learning_rate), learning_rate
        )
        m, v = self._momentums[index], self._velocities[index]
        self.assign_add(m, (gradient - m) * (1 - self.beta_1))
        self.assign_add(v, (ops.square(gradient) - v) * (1 - self.beta_2))
        step = m * of_mean + gradient * of_gradient
        self.assign_sub(variable, step / (ops.sqrt(v * of_square) + self.epsilon))
