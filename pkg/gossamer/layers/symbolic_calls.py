"""What a layer remembers of its calls with symbolic tensors."""

from __future__ import annotations

import weakref
from typing import Any

from gossamer import tree
from gossamer.core.symbolic import KerasTensor


class SymbolicCalls:
    """What has been called with symbolic tensors. A base of `Layer`."""

    name: str
    _calls: list[Any]

    def compute_output_spec(self, *args: Any, **kwargs: Any) -> Any:
        raise NotImplementedError(f"{type(self).__name__} does not tell its outputs' shapes.")

    def _remember_call(self, given: Any, outputs: Any) -> None:
        # Weak references: a layer must not hold the model that it is part of.
        self._calls.append((_weakly(given), _weakly(outputs)))

    @property
    def input(self) -> Any:
        """What the layer's first symbolic call was given.

        Raises:
            AttributeError: if there was none, or the model that it was part of is gone.
        """
        return self._of_first_call(0, "input")

    @property
    def output(self) -> Any:
        """What the layer's first symbolic call gave.

        Raises:
            AttributeError: if there was none, or the model that it was part of is gone.
        """
        return self._of_first_call(1, "output")

    def _of_first_call(self, which: int, what: str) -> Any:
        if not self._calls:
            raise AttributeError(
                f"The layer {self.name!r} has not been called with symbolic tensors, and so has no "
                f"{what}."
            )
        for call in self._calls:
            found = [reference() for reference in call[which]]
            if all(x is not None for x in found):
                return found[0] if len(found) == 1 else found
        raise AttributeError(f"The model that the layer {self.name!r} was part of is gone.")

    def symbolic_call(self, *args: Any, **kwargs: Any) -> Any:
        """The outputs for symbolic inputs, as symbolic tensors."""
        return self.compute_output_spec(*args, **kwargs)


def _weakly(structure: Any) -> list[Any]:
    """Weak references to the symbolic tensors in a structure."""
    return [weakref.ref(x) for x in tree.flatten(structure) if isinstance(x, KerasTensor)]
