"""Adam with little memory."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gossamer import ops
from gossamer.optimizers.optimizer import Optimizer
from gossamer.optimizers.state import Rate
from gossamer.tensor import Tensor
from gossamer.variable import Variable


class Adafactor(Optimizer):
    """Adam with little memory: of the mean squares of a matrix of gradients it keeps those of rows
    and columns, `v = r * c / mean(r)`; steps are in proportion to the weights.

    Source: Shazeer and Stern, "Adafactor: adaptive learning rates with sublinear memory cost",
    ICML 2018.

    Args:
        learning_rate: a float, a schedule, or a function without arguments.
        beta_2_decay: the mean squares decay by `1 - t^beta_2_decay`.
        epsilon_1: what is added to squares.
        epsilon_2: the least root of mean squares of weights that steps are in proportion to.
        clip_threshold: the greatest root of the mean square of a direction.
        relative_step: whether the learning rate is `1 / sqrt(t)` at most.
        weight_decay, clipnorm, clipvalue, global_clipnorm, use_ema, ema_momentum,
            ema_overwrite_frequency, loss_scale_factor, gradient_accumulation_steps, name: as for
            `Optimizer`.

    Example:
        >>> w = gs.Variable([2.0])
        >>> gs.optimizers.Adafactor(0.25).apply([ops.ones((1,))], [w])
        >>> w.numpy()
        array([1.5], dtype=float32)
    """

    config_keys = ("beta_2_decay", "epsilon_1", "epsilon_2", "clip_threshold", "relative_step")

    def __init__(
        self,
        learning_rate: Rate = 0.001,
        beta_2_decay: float = -0.8,
        epsilon_1: float = 1e-30,
        epsilon_2: float = 1e-3,
        clip_threshold: float = 1.0,
        relative_step: bool = True,
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
        self.beta_2_decay = beta_2_decay
        self.epsilon_1 = epsilon_1
        self.epsilon_2 = epsilon_2
        self.clip_threshold = clip_threshold
        self.relative_step = relative_step

    def build(self, variables: Sequence[Variable]) -> None:
        if self.built:
            return
        super().build(variables)
        self._r: list[Any] = []
        self._c: list[Any] = []
        self._v: list[Any] = []
        for variable in variables:
            for slots, axis in ((self._r, -1), (self._c, -2)):
                slots.append(self._factor(variable, axis))
            self._v.append(
                None if variable.overwrite_with_gradient
                else self.add_variable_from_reference(variable, "velocity")
            )  # fmt: skip

    def _factor(self, variable: Variable, axis: int) -> Variable | None:
        """The mean squares along an axis; a number that stands for none, for what has but one."""
        if len(variable.shape) < 2:
            # Keras saves it, so files have a place for it.
            unused = Variable(0, dtype="int32", trainable=False, name=variable.name)
            self._track_variable(unused)
            return unused
        if variable.overwrite_with_gradient:
            return None
        shape = list(variable.shape)
        del shape[axis]
        return self.add_variable(shape, dtype=variable.dtype, name=variable.name)

    def _of_rates(self, variable: Variable, learning_rate: Tensor) -> tuple[Tensor, Tensor]:
        """The relative size of a step, and what is new in mean squares."""
        step = self.local_step(variable)
        # Keras takes the lesser of both whether `relative_step` is set or not.
        rate = ops.minimum(learning_rate, 1.0 / ops.sqrt(step))
        return rate, ops.power(step, self.beta_2_decay)

    def update_step(self, gradient: Tensor, variable: Variable, learning_rate: Tensor) -> None:
        index = self._get_variable_index(variable)
        rate, new = self.once(
            "rates", lambda: self._of_rates(variable, learning_rate), learning_rate
        )
        r, c, v = self._r[index], self._c[index], self._v[index]
        squares = ops.square(gradient) + self.epsilon_1
        if len(variable.shape) >= 2:
            self.assign_add(r, (ops.mean(squares, axis=-1) - r) * new)
            self.assign_add(c, (ops.mean(squares, axis=-2) - c) * new)
            rows = r / ops.mean(r, axis=-1, keepdims=True)
            self.assign(v, ops.expand_dims(rows, -1) * ops.expand_dims(c, -2))
        else:
            self.assign_add(v, (squares - v) * new)
        direction = gradient / ops.sqrt(v)
        excess = ops.maximum(1.0, root_mean_square(direction) / self.clip_threshold)
        size = ops.maximum(self.epsilon_2, root_mean_square(variable)) * rate
        self.assign_sub(variable, direction * (size / excess))


def root_mean_square(x: Any) -> Tensor:
    """`sqrt(mean(x²))` of all elements."""
    return ops.sqrt(ops.mean(ops.square(x)))
