"""What all losses are, and a loss that a function computes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from gossamer import dtypes, ops, tree
from gossamer.losses.reductions import (
    reduce_weighted_values,
    squeeze_or_expand_to_same_rank,
    standardize_reduction,
)
from gossamer.masking import get_keras_mask
from gossamer.naming import unique_name
from gossamer.serialization import deserialize_keras_object, serialize_keras_object
from gossamer.serialization.family import snake_case
from gossamer.tensor import Tensor

MIXED = "mixed_"


def compute_dtype(dtype: Any) -> str:
    """The dtype in which something computes that was given this dtype, policy or None."""
    if dtype is None:
        return dtypes.floatx()
    if isinstance(dtype, dict):
        dtype = dtype["config"]["name"]
    if isinstance(dtype, str) and dtype.startswith(MIXED):
        dtype = dtype.removeprefix(MIXED)
    return dtypes.standardize_dtype(getattr(dtype, "compute_dtype", dtype))


class Loss:
    """What all losses are: `call` gives a value for each example; weighted, they are reduced.

    Args:
        name: for people; the class's in small letters if None.
        reduction: `"sum_over_batch_size"` or `"mean"`, `"mean_with_sample_weight"` (the sum
            divided by that of the weights), `"sum"`, or None (`"none"`).
        dtype: in which it computes; `config.floatx()` if None.

    Raises:
        ValueError: for another reduction.

    Example:
        >>> class Distance(gs.losses.Loss):
        ...     def call(self, y_true, y_pred):
        ...         return ops.abs(y_true - y_pred)
        >>> Distance()([1.0, 2.0], [2.0, 5.0], sample_weight=[1.0, 0.5]).item()
        1.25
    """

    def __init__(
        self,
        name: str | None = None,
        reduction: str | None = "sum_over_batch_size",
        dtype: Any = None,
    ) -> None:
        self.name = name or unique_name(snake_case(type(self).__name__))
        self.reduction = standardize_reduction(reduction)
        self._dtype = compute_dtype(dtype)

    @property
    def dtype(self) -> str:
        """In which it computes."""
        return self._dtype

    def call(self, y_true: Any, y_pred: Any) -> Tensor:
        """The loss of each example."""
        raise NotImplementedError(f"{type(self).__name__} has no `call` method.")

    def __call__(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> Any:
        mask = get_keras_mask(y_pred)
        losses = self.call(self._converted(y_true), self._converted(y_pred))
        of_losses = get_keras_mask(losses)
        if mask is None or of_losses is None:
            mask = of_losses if mask is None else mask
        else:
            mask = ops.logical_and(mask, of_losses)
        return reduce_weighted_values(losses, sample_weight, mask, self.reduction, self.dtype)

    def _converted(self, y: Any) -> Any:
        """A structure of tensors; nested lists of numbers are one tensor, and no structure."""
        if all(isinstance(leaf, bool | int | float) for leaf in tree.flatten(y)):
            return ops.convert_to_tensor(y, self.dtype)
        return tree.map_structure(lambda x: ops.convert_to_tensor(x, self.dtype), y)

    def get_config(self) -> dict[str, Any]:
        """What it takes to make it again."""
        return {"name": self.name, "reduction": self.reduction}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Loss:
        """The loss of a configuration."""
        return cls(**config)


class LossFunctionWrapper(Loss):
    """A loss that a function of `y_true` and `y_pred` computes.

    Args:
        fn: gives a loss for each example.
        reduction: as for `Loss`.
        name: for people.
        dtype: as for `Loss`.
        kwargs: further arguments of the function.

    Example:
        >>> loss = LossFunctionWrapper(gs.losses.huber, delta=0.5)
        >>> loss([[0.0]], [[1.0]]).item()
        0.375
    """

    def __init__(
        self,
        fn: Callable[..., Any],
        reduction: str | None = "sum_over_batch_size",
        name: str | None = None,
        dtype: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(name, reduction, dtype)
        self.fn = fn
        self._fn_kwargs = kwargs

    def call(self, y_true: Any, y_pred: Any) -> Tensor:
        pairs = tree.map_structure(squeeze_or_expand_to_same_rank, y_true, y_pred)
        y_true, y_pred = (
            tree.map_structure_up_to(y_true, lambda pair, i=i: pair[i], pairs) for i in (0, 1)
        )
        return self.fn(y_true, y_pred, **self._fn_kwargs)

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "fn": serialize_keras_object(self.fn),
            **serialize_keras_object(self._fn_kwargs),
        }

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Loss:
        return cls(**(deserialize_keras_object(config) if "fn" in config else config))

    def __repr__(self) -> str:
        return f"<LossFunctionWrapper({self.fn}, kwargs={self._fn_kwargs})>"


class FunctionLoss(LossFunctionWrapper):
    """A loss of Keras's own function, which its class names; its arguments are attributes."""

    # The arguments that Keras writes in the configuration: not all, for some classes.
    configured: ClassVar[tuple[str, ...]] = ()

    def __init__(
        self,
        fn: Callable[..., Any],
        reduction: str | None,
        name: str | None,
        dtype: Any,
        **kwargs: Any,
    ) -> None:
        super().__init__(fn, reduction, name, dtype, **kwargs)
        for key, value in kwargs.items():
            setattr(self, key, value)

    def get_config(self) -> dict[str, Any]:
        return {**Loss.get_config(self), **{key: getattr(self, key) for key in self.configured}}
