"""Adam, and Adam with weights that decay."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gossamer import ops
from gossamer.optimizers.optimizer import Optimizer
from gossamer.optimizers.state import Rate
from gossamer.tensor import Tensor
from gossamer.variable import Variable


class Adam(Optimizer):
    """Adaptive moments: `m += (g - m)(1 - beta_1); v += (g² - v)(1 - beta_2);
    w -= alpha * m / (sqrt(v) + epsilon)` with `alpha = learning_rate * sqrt(1 - beta_2^t) /
    (1 - beta_1^t)`.

    Source: Kingma and Ba, "Adam: a method for stochastic optimization", ICLR 2015; Reddi et al.,
    "On the convergence of Adam and beyond", ICLR 2018, for `amsgrad`.

    Args:
        learning_rate: a float, a schedule, or a function without arguments.
        beta_1: decay of the mean, from 0 to 1.
        beta_2: decay of the mean square, from 0 to 1.
        epsilon: what keeps the quotient finite.
        amsgrad: whether the greatest `v` so far takes the place of `v`.
        weight_decay, clipnorm, clipvalue, global_clipnorm, use_ema, ema_momentum,
            ema_overwrite_frequency, loss_scale_factor, gradient_accumulation_steps, name: as for
            `Optimizer`.

    Example:
        >>> w = gs.Variable([1.0])
        >>> gs.optimizers.Adam(0.1).apply([ops.ones((1,))], [w])
        >>> round(float(w.numpy()[0]), 4)
        0.9
    """

    config_keys = ("beta_1", "beta_2", "epsilon", "amsgrad")

    def __init__(
        self,
        learning_rate: Rate = 0.001,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-7,
        amsgrad: bool = False,
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
        self.amsgrad = amsgrad

    def build(self, variables: Sequence[Variable]) -> None:
        if self.built:
            return
        super().build(variables)
        self._momentums, self._velocities = self.add_optimizer_variables(
            variables, ["momentum", "velocity"]
        )
        if self.amsgrad:
            self._velocity_hats = self.add_optimizer_variables(variables, "velocity_hat")

    def update_step(self, gradient: Tensor, variable: Variable, learning_rate: Tensor) -> None:
        index = self._get_variable_index(variable)
        step = self.local_step(variable)
        first, second = (self.one_minus_power(b, step) for b in (self.beta_1, self.beta_2))
        alpha = self.once("alpha", lambda: learning_rate * ops.sqrt(second) / first, learning_rate)
        m, v = self._momentums[index], self._velocities[index]
        self.assign_add(m, (gradient - m) * (1 - self.beta_1))
        self.assign_add(v, (ops.square(gradient) - v) * (1 - self.beta_2))
        if self.amsgrad:
            greatest = self._velocity_hats[index]
            self.assign(greatest, ops.maximum(greatest, v))
            v = greatest
        self.assign_sub(variable, m * alpha / (ops.sqrt(v) + self.epsilon))


class AdamW(Adam):
    """Adam with weights that decay: `w -= learning_rate * weight_decay * w` before each step.

    Source: Loshchilov and Hutter, "Decoupled weight decay regularization", ICLR 2019.

    Args:
        learning_rate: a float, a schedule, or a function without arguments.
        weight_decay: by how much, times the learning rate, variables shrink before each step.
        beta_1: decay of the mean, from 0 to 1.
        beta_2: decay of the mean square, from 0 to 1.
        epsilon: what keeps the quotient finite.
        amsgrad: whether the greatest `v` so far takes the place of `v`.
        clipnorm, clipvalue, global_clipnorm, use_ema, ema_momentum, ema_overwrite_frequency,
            loss_scale_factor, gradient_accumulation_steps, name: as for `Optimizer`.

    Raises:
        ValueError: without a decay.

    Example:
        >>> w = gs.Variable([1.0])
        >>> gs.optimizers.AdamW(0.1, weight_decay=0.5).apply([ops.zeros((1,))], [w])
        >>> round(float(w.numpy()[0]), 4)
        0.95
    """

    def __init__(
        self,
        learning_rate: Rate = 0.001,
        weight_decay: float | None = 0.004,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-7,
        amsgrad: bool = False,
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
            learning_rate, beta_1, beta_2, epsilon, amsgrad, weight_decay, clipnorm, clipvalue,
            global_clipnorm, use_ema, ema_momentum, ema_overwrite_frequency, loss_scale_factor,
            gradient_accumulation_steps, name, **kwargs,
        )  # fmt: skip
        if weight_decay is None:
            raise ValueError("Expected a float. Received: weight_decay=None")
