"""Schedules that fall by a power, an exponential, a hyperbola, or in steps."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gossamer import ops
from gossamer.optimizers.schedules.learning_rate_schedule import (
    LearningRateSchedule,
    as_float,
    check_positive,
)
from gossamer.tensor import Tensor


class ExponentialDecay(LearningRateSchedule):
    """`initial_learning_rate * decay_rate^(step / decay_steps)`.

    Args:
        initial_learning_rate: the first one.
        decay_steps: after how many steps it is multiplied by `decay_rate`.
        decay_rate: by what.
        staircase: whether the exponent is rounded down.
        name: for people.

    Raises:
        ValueError: for steps that are not positive.

    Example:
        >>> float(gs.optimizers.schedules.ExponentialDecay(0.5, 10, 0.25)(5))
        0.25
    """

    config_keys = ("initial_learning_rate", "decay_steps", "decay_rate", "staircase", "name")

    def __init__(
        self,
        initial_learning_rate: float,
        decay_steps: int,
        decay_rate: float,
        staircase: bool = False,
        name: str = "ExponentialDecay",
    ) -> None:
        check_positive("decay_steps", decay_steps)
        self.initial_learning_rate = initial_learning_rate
        self.decay_steps = decay_steps
        self.decay_rate = decay_rate
        self.staircase = staircase
        self.name = name

    def _decays(self, step: Any) -> Tensor:
        decays = as_float(step) / float(self.decay_steps)
        return ops.floor(decays) if self.staircase else decays

    def __call__(self, step: Any) -> Tensor:
        return ops.power(float(self.decay_rate), self._decays(step)) * self.initial_learning_rate


class InverseTimeDecay(ExponentialDecay):
    """`initial_learning_rate / (1 + decay_rate * step / decay_steps)`.

    Args:
        initial_learning_rate: the first one.
        decay_steps: how many steps are one unit of time.
        decay_rate: how fast it falls.
        staircase: whether the time is rounded down.
        name: for people.

    Raises:
        ValueError: for steps that are not positive.

    Example:
        >>> float(gs.optimizers.schedules.InverseTimeDecay(0.5, 10, 1.0)(10))
        0.25
    """

    def __init__(
        self,
        initial_learning_rate: float,
        decay_steps: int,
        decay_rate: float,
        staircase: bool = False,
        name: str = "InverseTimeDecay",
    ) -> None:
        super().__init__(initial_learning_rate, decay_steps, decay_rate, staircase, name)

    def __call__(self, step: Any) -> Tensor:
        return self.initial_learning_rate / (self._decays(step) * self.decay_rate + 1.0)


class PolynomialDecay(LearningRateSchedule):
    """`(initial - end) * (1 - step / decay_steps)^power + end`, and `end` from then on.

    Args:
        initial_learning_rate: the first one.
        decay_steps: when it has fallen to the last one.
        end_learning_rate: the last one.
        power: of the polynomial.
        cycle: whether it begins anew, with `decay_steps` twice, three times ... as large.
        name: for people.

    Raises:
        ValueError: for steps that are not positive.

    Example:
        >>> float(gs.optimizers.schedules.PolynomialDecay(0.5, 10, 0.25)(5))
        0.375
    """

    config_keys = (
        "initial_learning_rate", "decay_steps", "end_learning_rate", "power", "cycle", "name",
    )  # fmt: skip

    def __init__(
        self,
        initial_learning_rate: float,
        decay_steps: int,
        end_learning_rate: float = 0.0001,
        power: float = 1.0,
        cycle: bool = False,
        name: str = "PolynomialDecay",
    ) -> None:
        check_positive("decay_steps", decay_steps)
        self.initial_learning_rate = initial_learning_rate
        self.decay_steps = decay_steps
        self.end_learning_rate = end_learning_rate
        self.power = power
        self.cycle = cycle
        self.name = name

    def __call__(self, step: Any) -> Tensor:
        step, total = as_float(step), float(self.decay_steps)
        if self.cycle:
            done = step / (ops.maximum(ops.ceil(step / total), 1.0) * total)
        else:
            done = step / total
        fall = self.initial_learning_rate - self.end_learning_rate
        # A quotient rounded to more than 1 must not become the root of a negative number.
        return (
            ops.power(1.0 - ops.minimum(done, 1.0), float(self.power)) * fall
            + self.end_learning_rate
        )


class PiecewiseConstantDecay(LearningRateSchedule):
    """`values[0]` up to and with the step `boundaries[0]`, then `values[1]`, and so on.

    Args:
        boundaries: steps, increasing.
        values: one more than boundaries.
        name: for people.

    Raises:
        ValueError: for another number of values.

    Example:
        >>> rate = gs.optimizers.schedules.PiecewiseConstantDecay([10], [0.5, 0.25])
        >>> float(rate(10)), float(rate(11))
        (0.5, 0.25)
    """

    config_keys = ("boundaries", "values", "name")

    def __init__(
        self, boundaries: Sequence[float], values: Sequence[float], name: str = "PiecewiseConstant"
    ) -> None:
        if len(boundaries) != len(values) - 1:
            raise ValueError(
                "Expected one value more than boundaries. "
                f"Received: {len(boundaries)} boundaries, {len(values)} values"
            )
        self.boundaries = boundaries
        self.values = values
        self.name = name

    def __call__(self, step: Any) -> Tensor:
        step = ops.convert_to_tensor(step)
        rate = ops.convert_to_tensor(self.values[0])
        for boundary, value in zip(self.boundaries, self.values[1:], strict=True):
            rate = ops.where(step > boundary, value, rate)
        return rate
