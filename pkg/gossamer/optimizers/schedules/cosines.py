"""Schedules that fall as a cosine, with a rise before or with restarts."""

from __future__ import annotations

import math
from typing import Any

from gossamer import ops
from gossamer.optimizers.schedules.learning_rate_schedule import (
    LearningRateSchedule,
    as_float,
    check_positive,
)
from gossamer.tensor import Tensor


def half_cosine(part: Tensor) -> Tensor:
    """From 1 to 0 as the part goes from 0 to 1."""
    return (ops.cos(part * math.pi) + 1.0) * 0.5


class CosineDecay(LearningRateSchedule):
    """`initial * ((1 - alpha) * (1 + cos(π * step / decay_steps)) / 2 + alpha)`, after a linear
    rise from `initial_learning_rate` to `warmup_target`, which then takes its place.

    Source: Loshchilov and Hutter, "SGDR: stochastic gradient descent with warm restarts",
    ICLR 2017.

    Args:
        initial_learning_rate: the first one.
        decay_steps: how long it falls.
        alpha: to what part it falls.
        name: for people.
        warmup_target: to what it rises first; None for no rise.
        warmup_steps: how long it rises.

    Raises:
        ValueError: for steps that are not positive.

    Example:
        >>> float(gs.optimizers.schedules.CosineDecay(0.5, 10)(5))
        0.25
    """

    config_keys = (
        "initial_learning_rate", "decay_steps", "alpha", "name", "warmup_target", "warmup_steps",
    )  # fmt: skip

    def __init__(
        self,
        initial_learning_rate: float,
        decay_steps: int,
        alpha: float = 0.0,
        name: str = "CosineDecay",
        warmup_target: float | None = None,
        warmup_steps: int = 0,
    ) -> None:
        check_positive("decay_steps", decay_steps)
        self.initial_learning_rate = initial_learning_rate
        self.decay_steps = decay_steps
        self.alpha = alpha
        self.name = name
        self.warmup_target = warmup_target
        self.warmup_steps = warmup_steps

    def _decayed(self, step: Tensor, highest: float) -> Tensor:
        part = ops.minimum(step, float(self.decay_steps)) / float(self.decay_steps)
        return (half_cosine(part) * (1.0 - self.alpha) + self.alpha) * highest

    def __call__(self, step: Any) -> Tensor:
        step, first = as_float(step), self.initial_learning_rate
        if self.warmup_target is None:
            return self._decayed(step, first)
        decayed = self._decayed(step - float(self.warmup_steps), self.warmup_target)
        if not self.warmup_steps:
            return decayed
        risen = step / float(self.warmup_steps) * (self.warmup_target - first) + first
        return ops.where(step < float(self.warmup_steps), risen, decayed)


class CosineDecayRestarts(LearningRateSchedule):
    """A cosine's fall again and again, each `t_mul` times as long and from `m_mul` times as high.

    Source: Loshchilov and Hutter, "SGDR: stochastic gradient descent with warm restarts",
    ICLR 2017.

    Args:
        initial_learning_rate: the first one.
        first_decay_steps: how long it falls first.
        t_mul: by what the length is multiplied.
        m_mul: by what the height is multiplied.
        alpha: to what part it falls.
        name: for people.

    Raises:
        ValueError: for steps that are not positive.

    Example:
        >>> rate = gs.optimizers.schedules.CosineDecayRestarts(0.5, 10)
        >>> round(float(rate(5)), 3), round(float(rate(20)), 3)
        (0.25, 0.25)
    """

    config_keys = ("initial_learning_rate", "first_decay_steps", "t_mul", "m_mul", "alpha", "name")

    def __init__(
        self,
        initial_learning_rate: float,
        first_decay_steps: int,
        t_mul: float = 2.0,
        m_mul: float = 1.0,
        alpha: float = 0.0,
        name: str = "SGDRDecay",
    ) -> None:
        check_positive("first_decay_steps", first_decay_steps)
        self.initial_learning_rate = initial_learning_rate
        self.first_decay_steps = first_decay_steps
        self.t_mul = t_mul
        self.m_mul = m_mul
        self.alpha = alpha
        self.name = name

    def __call__(self, step: Any) -> Tensor:
        part, t_mul = as_float(step) / float(self.first_decay_steps), float(self.t_mul)
        if t_mul == 1.0:
            restarts = ops.floor(part)
            part = part - restarts
        else:
            # The first n falls last (1 - t_mul^n) / (1 - t_mul) of the first one.
            restarts = ops.floor(ops.log(1.0 - part * (1.0 - t_mul)) / math.log(t_mul))
            length = ops.power(t_mul, restarts)
            part = (part - (1.0 - length) / (1.0 - t_mul)) / length
        height = ops.power(float(self.m_mul), restarts)
        fallen = half_cosine(part) * height * (1.0 - self.alpha) + self.alpha
        return fallen * self.initial_learning_rate
