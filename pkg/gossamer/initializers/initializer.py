"""What all initializers are."""

from __future__ import annotations

from typing import Any

from gossamer.tensor import Tensor


class Initializer:
    """How weights begin: called as `initializer(shape, dtype=None)`.

    Raises:
        NotImplementedError: if a subclass does not say how it makes values.

    Example:
        >>> class Halves(gs.initializers.Initializer):
        ...     def __call__(self, shape, dtype=None):
        ...         return ops.full(shape, 0.5, dtype)
        >>> Halves()((2,)).tolist()
        [0.5, 0.5]
    """

    def __call__(self, shape: Any, dtype: Any = None) -> Tensor:
        raise NotImplementedError(f"{type(self).__name__} does not say how it makes values.")

    def get_config(self) -> dict[str, Any]:
        return {}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Initializer:
        return cls(**config)

    def clone(self) -> Initializer:
        """An equal initializer; without a seed of its own, it draws other numbers."""
        return type(self).from_config(self.get_config())
