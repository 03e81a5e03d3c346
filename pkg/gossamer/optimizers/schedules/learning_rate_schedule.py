"""Learning rates that change with the number of steps: what all schedules are."""

from __future__ import annotations

from typing import Any

from gossamer import ops
from gossamer.dtypes import floatx
from gossamer.tensor import Tensor


class LearningRateSchedule:
    """A function of the number of steps, given to an optimizer in the place of a learning rate.

    Example:
        >>> class Hyperbolic(gs.optimizers.schedules.LearningRateSchedule):
        ...     def __call__(self, step):
        ...         return 0.5 / (step + 1)
        >>> float(gs.optimizers.SGD(Hyperbolic()).learning_rate)
        0.5
    """

    # The attributes that are the configuration.
    config_keys: tuple[str, ...] = ()

    def __call__(self, step: Any) -> Any:
        """The learning rate of a step.

        Args:
            step: how many there have been: an integer scalar.
        """
        raise NotImplementedError(f"{type(self).__name__} has no `__call__` method.")

    def get_config(self) -> dict[str, Any]:
        """The arguments that make an equal schedule."""
        if not self.config_keys:
            raise NotImplementedError(f"{type(self).__name__} has no `get_config` method.")
        return {key: getattr(self, key) for key in self.config_keys}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Any:
        """The schedule that a configuration describes."""
        return cls(**config)


def as_float(step: Any) -> Tensor:
    """A number of steps as a float: what is computed of it stays with the host."""
    return ops.cast(step, floatx())


def check_positive(name: str, steps: float) -> None:
    """Raise an error unless a number of steps is positive."""
    if steps <= 0:
        raise ValueError(f"Expected a positive number of steps. Received: {name}={steps}")
