"""The class of models that are made of symbolic tensors; its name stands in files."""

from __future__ import annotations

from typing import Any

from gossamer.core.symbolic import KerasTensor
from gossamer.layers.input_spec import InputSpec
from gossamer.models.model import Model


class Functional(Model):
    """What `Model(inputs, outputs)` gives.

    Example:
        >>> x = gs.Input((4,))
        >>> type(gs.Model(x, x * 2.0)).__name__
        'Functional'
    """

    @property
    def input_spec(self) -> Any:
        """What each input must be like, in the order of names if they were given by name.

        None for inputs by name that are nested.
        """
        if self._input_spec is not None or self._network is None:
            return self._input_spec
        struct = self._inputs_struct  # type: ignore[attr-defined]
        if not isinstance(struct, dict):
            return [_spec_of(x, x.name) for x in self.inputs]
        if not all(isinstance(x, KerasTensor) for x in struct.values()):
            return None
        return [_spec_of(struct[name], name) for name in sorted(struct)]

    @input_spec.setter
    def input_spec(self, value: Any) -> None:
        self._input_spec = value


def _spec_of(x: KerasTensor, name: str) -> InputSpec:
    return InputSpec(
        shape=(None, *x.shape[1:]) if x.shape else (),
        allow_last_axis_squeeze=True,
        name=name,
        optional=getattr(x.input_layer, "optional", False),
    )
