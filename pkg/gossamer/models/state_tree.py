"""The state of a model as a tree of values, nested as its variables' paths are."""

from __future__ import annotations

from typing import Any

from gossamer.layers.layer import Layer
from gossamer.training.trainer import Trainer


class StateTree(Trainer, Layer):
    """What has variables of its own, an optimizer's and metrics'. The base of `Model`."""

    def get_state_tree(self, value_format: str = "backend_tensor") -> dict[str, Any]:
        """The values of all variables, nested as their paths are.

        Args:
            value_format: `"backend_tensor"` or `"numpy_array"`.

        Raises:
            ValueError: for another one, or if two variables have the same path.
        """
        if value_format not in ("backend_tensor", "numpy_array"):
            raise ValueError(
                "Expected the value_format 'backend_tensor' or 'numpy_array'. "
                f"Received: {value_format!r}"
            )
        return {name: _nested(variables, value_format) for name, variables in self._state_groups()}

    def set_state_tree(self, state_tree: dict[str, Any]) -> None:
        """Assign the values that `get_state_tree` gave.

        Raises:
            ValueError: for a path that there is not.
        """
        groups = dict(self._state_groups())
        for name, values in state_tree.items():
            if name not in groups:
                raise ValueError(f"Expected one of {list(groups)}. Received: {name!r}")
            by_path = {variable.path: variable for variable in groups[name]}
            for path, value in _flat(values):
                if path not in by_path:
                    raise ValueError(f"Expected one of {list(by_path)}. Received: {path!r}")
                by_path[path].assign(value)

    def _state_groups(self) -> list[tuple[str, list[Any]]]:
        groups = [
            ("trainable_variables", self.trainable_variables),
            ("non_trainable_variables", self.non_trainable_variables),
        ]
        if self.optimizer is not None:
            groups.append(("optimizer_variables", self.optimizer.variables))
        groups.append(("metrics_variables", self.metrics_variables))
        return groups


def _nested(variables: list[Any], value_format: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for variable in variables:
        place = found
        *parents, name = variable.path.split("/")
        for parent in parents:
            place = place.setdefault(parent, {})
        if name in place:
            raise ValueError(
                f"Expected a path of its own for each variable. Received: {variable.path}, twice"
            )
        place[name] = variable.value if value_format == "backend_tensor" else variable.numpy()
    return found


def _flat(values: dict[str, Any], path: str = "") -> list[tuple[str, Any]]:
    found: list[tuple[str, Any]] = []
    for name, value in values.items():
        here = f"{path}/{name}" if path else name
        found += _flat(value, here) if isinstance(value, dict) else [(here, value)]
    return found
