"""Methods of Keras's layers that do nothing here, or that are no more."""

from __future__ import annotations

from typing import Any


class NotHere:
    """What Keras's layers have and these do not. A base of `Layer`."""

    def add_metric(self, *args: Any, **kwargs: Any) -> Any:
        """Not in Keras 3 any more."""
        raise NotImplementedError(
            "`add_metric` is no more: give `compile` the metrics, or make one in `__init__` and "
            "call its `update_state`."
        )

    def quantize(self, mode: Any = None, type_check: bool = True, config: Any = None) -> None:
        """Quantize the weights; some layers can."""
        raise NotImplementedError(f"gossamer does not quantize {type(self).__name__}.")

    def quantized_build(self, input_shape: Any, mode: Any) -> None:
        """Make quantized weights; some layers can."""
        raise NotImplementedError(f"gossamer does not quantize {type(self).__name__}.")

    def quantized_call(self, *args: Any, **kwargs: Any) -> Any:
        """`call` with quantized weights; some layers can."""
        raise NotImplementedError(f"gossamer does not quantize {type(self).__name__}.")
