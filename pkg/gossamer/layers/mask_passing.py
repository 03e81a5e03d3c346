"""How masks reach a layer's call, and how they go on to its outputs."""

from __future__ import annotations

import warnings
from typing import Any

from gossamer import tree
from gossamer.layers.call_arguments import CallArguments, is_tensor
from gossamer.masking import get_keras_mask, set_keras_mask


class MaskPassing:
    """What passes masks on. A base of `Layer`."""

    name: str
    _supports_masking: bool

    def compute_mask(self, inputs: Any, previous_mask: Any) -> Any:
        """The mask of the outputs."""
        return previous_mask

    @property
    def supports_masking(self) -> bool:
        """Whether the outputs have a mask where the inputs do."""
        return self._supports_masking

    @supports_masking.setter
    def supports_masking(self, value: bool) -> None:
        self._supports_masking = value

    def _fill_in_masks(self, arguments: CallArguments, kwargs: dict[str, Any]) -> None:
        tensors = {name: x for name, x in arguments.tensors.items() if not name.endswith("mask")}
        names = ["mask"] if len(tensors) == 1 else [f"{name}_mask" for name in tensors]
        for name, value in zip(names, tensors.values(), strict=False):
            if name in arguments.values and arguments.values[name] is None:
                kwargs[name] = tree.map_structure(get_keras_mask, value)

    def _set_masks(self, arguments: CallArguments, kwargs: dict[str, Any], outputs: Any) -> None:
        previous = kwargs.get("mask", arguments.values.get("mask"))
        if previous is None:
            previous = tree.map_structure(get_keras_mask, arguments.first)
        if not self.supports_masking:
            if any(mask is not None for mask in tree.flatten(previous)):
                warnings.warn(
                    f"The layer {self.name!r} ({type(self).__name__}) does not pass on the mask of "
                    "its input: layers behind it will not see it.",
                    stacklevel=4,
                )
            return
        leaves = [leaf for leaf in tree.flatten(outputs) if is_tensor(leaf)]
        if all(get_keras_mask(leaf) is not None for leaf in leaves):
            return
        masks = self.compute_mask(arguments.first, previous)
        if masks is None:
            return
        for leaf, mask in zip(leaves, tree.flatten(masks), strict=False):
            if get_keras_mask(leaf) is None and mask is not None:
                set_keras_mask(leaf, mask)
