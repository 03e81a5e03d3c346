"""Policies by the paths of layers."""

from __future__ import annotations

import re
from collections.abc import Iterator, MutableMapping
from typing import Any

from gossamer.dtype_policies.lookup import get
from gossamer.dtype_policies.policy import DTypePolicy
from gossamer.dtype_policies.quantized import QuantizedDTypePolicy
from gossamer.serialization import deserialize_keras_object, serialize_keras_object


class DTypePolicyMap(DTypePolicy, MutableMapping[str, DTypePolicy]):
    """Policies by the paths of layers: a path itself, or a regular expression for all of it.

    Args:
        default_policy: that of paths which are not in it; the one in use if None.
        policy_map: a dictionary from paths to policies.

    Raises:
        TypeError: for a `policy_map` that is no dictionary.
        ValueError: for a map as the default; for a path that several expressions match, and for
            one that is set twice.

    Example:
        >>> policies = gs.dtype_policies.DTypePolicyMap("float32")
        >>> policies["encoder/.*"] = "mixed_float16"
        >>> policies["encoder/dense"].name, policies["decoder"].name
        ('mixed_float16', 'float32')
    """

    def __init__(
        self, default_policy: Any = None, policy_map: dict[str, DTypePolicy] | None = None
    ) -> None:
        if isinstance(default_policy, DTypePolicyMap):
            raise ValueError(
                f"Expected a single policy as the default. Received: {default_policy!r}"
            )
        if policy_map is not None and not isinstance(policy_map, dict):
            raise TypeError(
                "Expected a dictionary for policy_map. "
                f"Received: policy_map={policy_map!r} of type {type(policy_map)}"
            )
        self._default_policy_arg = default_policy
        self._default_policy = get(default_policy)
        self._policy_map = policy_map or {}

    @property
    def name(self) -> str:
        return f"map_{self.default_policy.name}"

    @property
    def default_policy(self) -> DTypePolicy:
        """The policy of paths that are not in the map."""
        return self._default_policy

    @property
    def compute_dtype(self) -> str:
        return self.default_policy.compute_dtype

    @property
    def variable_dtype(self) -> str:
        return self.default_policy.variable_dtype

    @property
    def quantization_mode(self) -> str | None:
        return self.default_policy.quantization_mode

    def __getitem__(self, key: str) -> DTypePolicy:
        if key in self._policy_map:
            return self._policy_map[key]
        matching = [pattern for pattern in self._policy_map if re.fullmatch(pattern, key)]
        if len(matching) > 1:
            raise ValueError(
                f"Expected one of the map's keys to match the path {key!r}. Received: {matching}"
            )
        return self._policy_map[matching[0]] if matching else self.default_policy

    def __setitem__(self, key: str, policy: Any) -> None:
        if key in self._policy_map:
            raise ValueError(
                f"Expected a key that is not in the map. Received: {key!r}, which stands for "
                f"{self._policy_map[key]!r}"
            )
        try:
            self._policy_map[key] = get(policy)
        except (TypeError, ValueError) as error:
            raise ValueError(
                f"Expected a policy, its name or its configuration. Received: {policy!r}"
            ) from error

    def __delitem__(self, key: str) -> None:
        del self._policy_map[key]

    def __contains__(self, key: object) -> bool:
        return key in self._policy_map

    def __len__(self) -> int:
        return len(self._policy_map)

    def __iter__(self) -> Iterator[str]:
        return iter(self._policy_map)

    def get_config(self) -> dict[str, Any]:
        policies = {path: serialize_keras_object(one) for path, one in self._policy_map.items()}
        if self._default_policy_arg is None:
            # Whoever reads it decides: all names are left to the policy that is in use there.
            for path, policy in self._policy_map.items():
                quantized = isinstance(policy, QuantizedDTypePolicy)
                policies[path]["config"]["source_name" if quantized else "name"] = None
        return {"default_policy": self._default_policy_arg, "policy_map": policies}

    @classmethod
    def from_config(
        cls, config: dict[str, Any], custom_objects: dict[str, Any] | None = None
    ) -> DTypePolicyMap:
        policies = deserialize_keras_object(config["policy_map"], custom_objects=custom_objects)
        return cls(**{**config, "policy_map": policies})

    def __repr__(self) -> str:
        mapping = [(path, policy.name) for path, policy in self._policy_map.items()]
        return f"<DTypePolicyMap default_policy={self._default_policy.name}, mapping={mapping}>"

    # It changes.
    __hash__ = None  # type: ignore[assignment]
