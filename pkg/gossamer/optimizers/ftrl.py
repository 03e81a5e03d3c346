"""Follow the regularized leader."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gossamer import ops
from gossamer.initializers import Constant
from gossamer.optimizers.optimizer import Optimizer
from gossamer.optimizers.state import Rate
from gossamer.tensor import Tensor
from gossamer.variable import Variable


class Ftrl(Optimizer):
    """Follow the regularized leader: for weights most of which are to be 0.

    With `n` the sum of squared gradients and `p = learning_rate_power`:
    `s = (n_new^-p - n^-p) / learning_rate; z += g + 2 * l2_shrinkage * w - s * w;
    w = (clip(z, -l1, l1) - z) / ((beta + n_new^-p) / learning_rate + 2 * l2)`.

    Source: McMahan et al., "Ad click prediction: a view from the trenches", KDD 2013.

    Args:
        learning_rate: a float, a schedule, or a function without arguments.
        learning_rate_power: up to 0, which means a constant rate.
        initial_accumulator_value: with what the sum of squares begins; not negative.
        l1_regularization_strength: not negative.
        l2_regularization_strength: not negative; of the loss.
        l2_shrinkage_regularization_strength: not negative; of the gradient only.
        beta: what is added to the root of the sum.
        weight_decay, clipnorm, clipvalue, global_clipnorm, use_ema, ema_momentum,
            ema_overwrite_frequency, loss_scale_factor, gradient_accumulation_steps, name: as for
            `Optimizer`.

    Raises:
        ValueError: for values outside of these.

    Example:
        >>> w = gs.Variable([1.0])
        >>> ftrl = gs.optimizers.Ftrl(0.5, l1_regularization_strength=9.0)
        >>> ftrl.apply([ops.ones((1,))], [w])
        >>> w.numpy()
        array([0.], dtype=float32)
    """

    config_keys = (
        "learning_rate_power", "initial_accumulator_value", "l1_regularization_strength",
        "l2_regularization_strength", "l2_shrinkage_regularization_strength", "beta",
    )  # fmt: skip

    def __init__(
        self,
        learning_rate: Rate = 0.001,
        learning_rate_power: float = -0.5,
        initial_accumulator_value: float = 0.1,
        l1_regularization_strength: float = 0.0,
        l2_regularization_strength: float = 0.0,
        l2_shrinkage_regularization_strength: float = 0.0,
        beta: float = 0.0,
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
        if learning_rate_power > 0:
            raise ValueError(
                "Expected a power that is not positive. "
                f"Received: learning_rate_power={learning_rate_power}"
            )
        for label, value in (
            ("initial_accumulator_value", initial_accumulator_value),
            ("l1_regularization_strength", l1_regularization_strength),
            ("l2_regularization_strength", l2_regularization_strength),
            ("l2_shrinkage_regularization_strength", l2_shrinkage_regularization_strength),
        ):
            if value < 0:
                raise ValueError(
                    f"Expected a value that is not negative. Received: {label}={value}"
                )
        self.learning_rate_power = learning_rate_power
        self.initial_accumulator_value = initial_accumulator_value
        self.l1_regularization_strength = l1_regularization_strength
        self.l2_regularization_strength = l2_regularization_strength
        self.l2_shrinkage_regularization_strength = l2_shrinkage_regularization_strength
        self.beta = beta

    def build(self, variables: Sequence[Variable]) -> None:
        if self.built:
            return
        super().build(variables)
        self._accumulators, self._linears = self.add_optimizer_variables(
            variables, ["accumulator", "linear"],
            [Constant(self.initial_accumulator_value), "zeros"],
        )  # fmt: skip

    def update_step(self, gradient: Tensor, variable: Variable, learning_rate: Tensor) -> None:
        index = self._get_variable_index(variable)
        total, linear = self._accumulators[index], self._linears[index]
        power, l1 = -self.learning_rate_power, self.l1_regularization_strength
        shrunk = gradient + variable.value * (2 * self.l2_shrinkage_regularization_strength)
        new_total = total + ops.square(gradient)
        root = ops.power(new_total, power)
        change = (root - ops.power(total, power)) / learning_rate
        self.assign_add(linear, shrunk - change * variable)
        quadratic = (root + self.beta) / learning_rate + 2 * self.l2_regularization_strength
        self.assign(variable, (ops.clip(linear, -l1, l1) - linear) / quadratic)
        self.assign(total, new_total)
