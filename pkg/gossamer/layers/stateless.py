"""A layer called with other values of its variables than it has."""

from __future__ import annotations

from typing import Any

from gossamer.layers.weights import Weights
from gossamer.stateless_scope import StatelessScope


class StatelessCall(Weights):
    """What is called with values of its variables. A base of `Layer`."""

    losses: Any

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        raise NotImplementedError(f"{type(self).__name__} is not called.")

    def stateless_call(
        self,
        trainable_variables: Any,
        non_trainable_variables: Any,
        *args: Any,
        return_losses: bool = False,
        **kwargs: Any,
    ) -> Any:
        """Call the layer with other values of its variables, which stay as they are.

        Returns:
            A tuple of the outputs, the new values of the variables that are not trainable, and
            with `return_losses` the losses.

        Raises:
            ValueError: before the layer is built, or for another number of values.
        """
        if not self.built:
            raise ValueError(
                f"Expected a layer that is built. Received: {self.name!r}, which is not"
            )
        own, others = self.trainable_variables, self.non_trainable_variables
        for mine, values in ((own, trainable_variables), (others, non_trainable_variables)):
            if len(mine) != len(values):
                raise ValueError(
                    f"Expected {len(mine)} values, for {[v.path for v in mine]}. "
                    f"Received: {len(values)}"
                )
        mapping = [
            *zip(own, trainable_variables, strict=True),
            *zip(others, non_trainable_variables, strict=True),
        ]
        with StatelessScope(mapping) as scope:
            outputs = self(*args, **kwargs)
            losses = self.losses if return_losses else None
        values = [scope.get_current_value(variable) for variable in others]
        return (outputs, values, losses) if return_losses else (outputs, values)
