"""Which dtypes a layer computes in, and what its inputs are converted to."""

from __future__ import annotations

from typing import Any

from gossamer import dtype_policies, tree
from gossamer.core import variable_scope
from gossamer.dtypes import is_float
from gossamer.masking import get_keras_mask, set_keras_mask


class Precision:
    """What has a dtype policy. A base of `Layer`."""

    _path: str | None
    autocast: bool
    _dtype_policy: Any

    @property
    def dtype_policy(self) -> Any:
        """Which dtypes the layer computes in and keeps its weights in."""
        return self._dtype_policy

    @dtype_policy.setter
    def dtype_policy(self, value: Any) -> None:
        self._dtype_policy = dtype_policies.get(value)

    @property
    def _own_policy(self) -> Any:
        policy = self._dtype_policy
        if isinstance(policy, dtype_policies.DTypePolicyMap) and self._path:
            return policy[self._path]
        return policy

    @property
    def compute_dtype(self) -> str:
        """The dtype that the layer computes in."""
        return self._own_policy.compute_dtype

    @property
    def variable_dtype(self) -> str:
        """The dtype of the weights."""
        return self._own_policy.variable_dtype

    @property
    def input_dtype(self) -> str:
        """The dtype that inputs are converted to."""
        return self.compute_dtype

    @property
    def dtype(self) -> str:
        """`variable_dtype` by another name."""
        return self.variable_dtype

    @property
    def quantization_mode(self) -> str | None:
        """How the weights are quantized; None if they are not."""
        mode: str | None = self._own_policy.quantization_mode
        return mode

    def _converted(self, structure: Any) -> Any:
        def convert(x: Any) -> Any:
            y = self._own_policy.convert_input(x, self.autocast, self.input_dtype)
            mask = get_keras_mask(x)
            if mask is not None and y is not x:
                set_keras_mask(y, mask)
            return y

        return tree.map_structure(convert, structure)

    def _autocast(self) -> variable_scope.AutocastScope:
        dtype = self.compute_dtype
        if not self.autocast or not is_float(dtype) or dtype == self.variable_dtype:
            return variable_scope.AutocastScope(None)
        return variable_scope.AutocastScope(dtype)
