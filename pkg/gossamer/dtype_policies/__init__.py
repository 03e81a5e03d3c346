"""In which dtypes layers compute and keep their weights; `keras.dtype_policies`'s names."""

from typing import Any

from gossamer.dtype_policies.lookup import get
from gossamer.dtype_policies.policy import DTypePolicy, FloatDTypePolicy
from gossamer.dtype_policies.policy_map import DTypePolicyMap
from gossamer.dtype_policies.quantized import (
    QUANTIZATION_MODES,
    AWQDTypePolicy,
    GPTQDTypePolicy,
    Int4DTypePolicy,
    QuantizedDTypePolicy,
    QuantizedFloat8DTypePolicy,
)
from gossamer.serialization import Family, serialize_keras_object

__all__ = [
    "QUANTIZATION_MODES",
    "AWQDTypePolicy",
    "DTypePolicy",
    "DTypePolicyMap",
    "FloatDTypePolicy",
    "GPTQDTypePolicy",
    "Int4DTypePolicy",
    "QuantizedDTypePolicy",
    "QuantizedFloat8DTypePolicy",
    "deserialize",
    "get",
    "serialize",
]

_family = Family(
    "keras.dtype_policies",
    "dtype policy",
    (
        DTypePolicy, FloatDTypePolicy, DTypePolicyMap, QuantizedDTypePolicy,
        QuantizedFloat8DTypePolicy, Int4DTypePolicy, GPTQDTypePolicy, AWQDTypePolicy,
    ),
    canonical={
        "DTypePolicy": "keras.DTypePolicy", "FloatDTypePolicy": "keras.FloatDTypePolicy",
    },
)  # fmt: skip


def serialize(dtype_policy: DTypePolicy) -> dict[str, Any]:
    """A policy as its configuration.

    Example:
        >>> gs.dtype_policies.serialize(gs.DTypePolicy("float16"))["config"]
        {'name': 'float16'}
    """
    return serialize_keras_object(dtype_policy)


def deserialize(config: Any, custom_objects: dict[str, Any] | None = None) -> DTypePolicy:
    """The policy that a configuration describes.

    Example:
        >>> gs.dtype_policies.deserialize({"class_name": "DTypePolicy", "config": {"name": "int8"}})
        <DTypePolicy "int8">
    """
    return _family.deserialize(config, custom_objects)
