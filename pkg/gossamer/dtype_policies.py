"""Dtype policies: which dtype a layer computes in, and in which it keeps its weights."""

from __future__ import annotations

from collections.abc import Iterator, MutableMapping
from typing import Any

import numpy as np

from gossamer import dtypes, ops
from gossamer.core.symbolic import KerasTensor
from gossamer.serialization import Family
from gossamer.tensor import Tensor
from gossamer.variable import Variable

QUANTIZATION_MODES = ("int8", "float8", "int4", "gptq", "awq")


class DTypePolicy:
    """The dtypes of a layer: `compute_dtype` and `variable_dtype`.

    Args:
        name: a dtype, for both; or `"mixed_float16"`, which computes in float16 and keeps its
            weights in float32.

    Raises:
        ValueError: for another name.

    Example:
        >>> policy = gs.DTypePolicy("mixed_float16")
        >>> policy.compute_dtype, policy.variable_dtype
        ('float16', 'float32')
    """

    def __init__(self, name: str = "float32") -> None:
        if not isinstance(name, str):
            raise TypeError(f"Expected the name of a policy. Received: name={name!r}")
        self._name = name
        self._compute_dtype, self._variable_dtype = self._parse(name)

    def _parse(self, name: str) -> tuple[str, str]:
        if name == "mixed_float16":
            return "float16", "float32"
        if name == "mixed_bfloat16":
            return "bfloat16", "float32"
        if name == "bfloat16":
            return name, name
        try:
            dtype = dtypes.standardize_dtype(name)
        except ValueError:
            raise ValueError(
                "Expected a dtype, 'mixed_float16' or 'mixed_bfloat16' as the name of a policy. "
                f"Received: name={name!r}"
            ) from None
        return dtype, dtype

    @property
    def name(self) -> str:
        return self._name

    @property
    def compute_dtype(self) -> str:
        """The dtype that a layer computes in."""
        return self._compute_dtype

    @property
    def variable_dtype(self) -> str:
        """The dtype that a layer keeps its weights in."""
        return self._variable_dtype

    @property
    def quantization_mode(self) -> str | None:
        """None: the weights are no integers."""
        return None

    def convert_input(self, x: Any, autocast: bool, dtype: str) -> Any:
        """An input of a layer as a tensor; floats in the layer's dtype with `autocast`.

        What is no array is given back as it is.
        """
        if isinstance(x, (Tensor, KerasTensor)):
            casts = autocast and dtypes.is_float(x.dtype) and x.dtype != dtype
            return ops.cast(x, dtype) if casts else x
        if isinstance(x, Variable):
            return self.convert_input(x.value, autocast, dtype)
        if isinstance(x, (np.ndarray, np.generic)) or hasattr(x, "__array__"):
            array = np.asarray(x)
            if array.dtype.kind in "OSU":
                return x
            casts = autocast and array.dtype.kind == "f"
            return ops.convert_to_tensor(array, dtype if casts else None)
        return x

    def get_config(self) -> dict[str, Any]:
        return {"name": self.name}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Any:
        return cls(**config)

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and other.name == self.name

    def __hash__(self) -> int:
        return hash((type(self).__name__, self.name))

    def __repr__(self) -> str:
        return f'<{type(self).__name__} "{self.name}">'


class FloatDTypePolicy(DTypePolicy):
    """`DTypePolicy` by another name.

    Example:
        >>> gs.dtype_policies.FloatDTypePolicy("float16").compute_dtype
        'float16'
    """


class QuantizedDTypePolicy(DTypePolicy):
    """A policy of layers whose weights are integers; it can be written and read, not computed with.

    Args:
        mode: `"int8"`, `"int4"`, `"gptq"` or `"awq"`.
        source_name: the policy of what is not quantized; that of `config.dtype_policy()` if None.

    Raises:
        ValueError: for another mode.

    Example:
        >>> gs.dtype_policies.QuantizedDTypePolicy("int8", "float32").name
        'int8_from_float32'
    """

    modes: tuple[str, ...] = ("int8", "int4", "gptq", "awq")

    def __init__(self, mode: str, source_name: str | None = None) -> None:
        source_name = dtype_policy().name if source_name is None else source_name
        base = mode.split("/")[0]
        if base not in self.modes:
            raise ValueError(f"Expected one of the modes {self.modes}. Received: mode={mode!r}")
        super().__init__(source_name)
        self._name = f"{mode}_from_{source_name}"
        self._source_name = source_name
        self.mode = mode

    @property
    def quantization_mode(self) -> str | None:
        return self.mode.split("/")[0]

    def get_config(self) -> dict[str, Any]:
        return {"mode": self.mode, "source_name": self._source_name}


class QuantizedFloat8DTypePolicy(QuantizedDTypePolicy):
    """The policy of layers of 8-bit floats; it can be written and read, not computed with.

    Args:
        mode: `"float8"`.
        source_name: as for `QuantizedDTypePolicy`.
        amax_history_length: how many steps the largest values are remembered for.

    Example:
        >>> gs.dtype_policies.QuantizedFloat8DTypePolicy("float8", "float32").amax_history_length
        1024
    """

    modes = ("float8",)

    def __init__(
        self, mode: str, source_name: str | None = None, amax_history_length: int = 1024
    ) -> None:
        super().__init__(mode, source_name)
        self.amax_history_length = amax_history_length

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "amax_history_length": self.amax_history_length}


class Int4DTypePolicy(QuantizedDTypePolicy):
    """The policy of layers of 4-bit integers; it can be written and read, not computed with.

    Args:
        mode: `"int4"` with the size of a block of weights behind it, `"int4/128"`.
        source_name: as for `QuantizedDTypePolicy`.

    Example:
        >>> gs.dtype_policies.Int4DTypePolicy("int4/128", "float32").block_size
        128
    """

    modes = ("int4",)

    def __init__(self, mode: str, source_name: str | None = None) -> None:
        super().__init__(mode, source_name)
        parts = mode.split("/")
        if len(parts) != 2:
            raise ValueError(f"Expected a mode like 'int4/128'. Received: mode={mode!r}")
        self.block_size = int(parts[1])


class _CalibratedDTypePolicy(QuantizedDTypePolicy):
    """A policy whose mode says how many bits a weight has, and how many share a scale."""

    def __init__(self, mode: str, source_name: str | None = None) -> None:
        super().__init__(mode, source_name)
        parts = mode.split("/")
        if len(parts) != 3:
            raise ValueError(
                f"Expected a mode like '{self.modes[0]}/4/128'. Received: mode={mode!r}"
            )
        self.weight_bits, self.group_size = int(parts[1]), int(parts[2])


class GPTQDTypePolicy(_CalibratedDTypePolicy):
    """The policy of layers quantized by GPTQ; it can be written and read, not computed with.

    Example:
        >>> gs.dtype_policies.GPTQDTypePolicy("gptq/4/128", "float32").weight_bits
        4
    """

    modes = ("gptq",)


class AWQDTypePolicy(_CalibratedDTypePolicy):
    """The policy of layers quantized by AWQ; it can be written and read, not computed with.

    Example:
        >>> gs.dtype_policies.AWQDTypePolicy("awq/4/128", "float32").group_size
        128
    """

    modes = ("awq",)


class DTypePolicyMap(DTypePolicy, MutableMapping[str, Any]):
    """Policies by the paths of layers; a key may be the beginning of paths.

    Args:
        default_policy: of layers without one; `config.dtype_policy()` if None.
        policy_map: from paths to policies.

    Example:
        >>> policies = gs.dtype_policies.DTypePolicyMap("float32")
        >>> policies["decoder"] = gs.DTypePolicy("mixed_float16")
        >>> policies["decoder/dense"].compute_dtype, policies["encoder/dense"].compute_dtype
        ('float16', 'float32')
    """

    def __init__(
        self, default_policy: Any = None, policy_map: dict[str, Any] | None = None
    ) -> None:
        self._default = default_policy if default_policy is None else get(default_policy)
        self._policies = dict(policy_map or {})

    @property
    def default_policy(self) -> DTypePolicy:
        """The policy of layers that have none here."""
        return dtype_policy() if self._default is None else self._default

    @property
    def name(self) -> str:
        return f"map_{self.default_policy.name}"

    @property
    def compute_dtype(self) -> str:
        return self.default_policy.compute_dtype

    @property
    def variable_dtype(self) -> str:
        return self.default_policy.variable_dtype

    def __getitem__(self, key: str) -> Any:
        if key in self._policies:
            return self._policies[key]
        found = [k for k in self._policies if key.startswith(f"{k}/")]
        if len(found) > 1:
            raise ValueError(f"Expected one policy for {key!r}. Received: those of {found}")
        return self._policies[found[0]] if found else self.default_policy

    def __setitem__(self, key: str, policy: Any) -> None:
        if key in self._policies:
            raise ValueError(f"Expected a path without a policy. Received: {key!r}")
        self._policies[key] = get(policy)

    def __delitem__(self, key: str) -> None:
        del self._policies[key]

    def __contains__(self, key: object) -> bool:
        return key in self._policies

    def __len__(self) -> int:
        return len(self._policies)

    def __iter__(self) -> Iterator[str]:
        return iter(self._policies)

    def __eq__(self, other: object) -> bool:
        return other is self

    def __hash__(self) -> int:
        return id(self)

    def get_config(self) -> dict[str, Any]:
        from gossamer.serialization import serialize_keras_object

        return {
            "default_policy": serialize_keras_object(self._default),
            "policy_map": {key: serialize_keras_object(p) for key, p in self._policies.items()},
        }

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Any:
        return cls(
            deserialize(config["default_policy"]),
            {key: deserialize(policy) for key, policy in config["policy_map"].items()},
        )


class _Chosen:
    policy: DTypePolicy | None = None


def dtype_policy() -> DTypePolicy:
    """The policy of layers that are given none.

    Example:
        >>> gs.config.dtype_policy().name
        'float32'
    """
    return DTypePolicy(dtypes.floatx()) if _Chosen.policy is None else _Chosen.policy


def set_dtype_policy(policy: Any) -> None:
    """Choose the policy of layers that are given none.

    Args:
        policy: a policy, or the name of one.

    Example:
        >>> gs.config.set_dtype_policy("mixed_float16")
        >>> gs.layers.Dense(2).compute_dtype
        'float16'
        >>> gs.config.set_dtype_policy("float32")
    """
    _Chosen.policy = None if policy is None else get(policy)


_family = Family(
    "keras.dtype_policies",
    "dtype policy",
    [
        DTypePolicy, FloatDTypePolicy, QuantizedDTypePolicy, QuantizedFloat8DTypePolicy,
        Int4DTypePolicy, GPTQDTypePolicy, AWQDTypePolicy, DTypePolicyMap,
    ],
    canonical={"DTypePolicy": "keras.DTypePolicy", "FloatDTypePolicy": "keras.FloatDTypePolicy"},
)  # fmt: skip


def serialize(dtype_policy: DTypePolicy) -> Any:
    """The configuration of a policy.

    Example:
        >>> gs.dtype_policies.serialize(gs.DTypePolicy("float32"))["config"]
        {'name': 'float32'}
    """
    return _family.serialize(dtype_policy)


def deserialize(config: Any, custom_objects: dict[str, Any] | None = None) -> Any:
    """The policy that a configuration describes.

    Example:
        >>> config = gs.dtype_policies.serialize(gs.DTypePolicy("float16"))
        >>> gs.dtype_policies.deserialize(config).name
        'float16'
    """
    return None if config is None else _family.deserialize(config, custom_objects)


def get(identifier: Any) -> Any:
    """The policy that a name, a configuration or a dtype stands for; the chosen one for None.

    Raises:
        ValueError: for anything else.

    Example:
        >>> gs.dtype_policies.get("mixed_float16").variable_dtype
        'float32'
    """
    if identifier is None:
        return dtype_policy()
    if isinstance(identifier, DTypePolicy):
        return identifier
    if isinstance(identifier, dict):
        return deserialize(identifier)
    if isinstance(identifier, str):
        if "_from_" in identifier:
            mode, source = identifier.split("_from_", 1)
            kinds = {"gptq": GPTQDTypePolicy, "awq": AWQDTypePolicy}
            kind: Any = kinds.get(mode.split("/")[0], QuantizedDTypePolicy)
            if mode.startswith("float8"):
                kind = QuantizedFloat8DTypePolicy
            elif mode.startswith("int4/"):
                kind = Int4DTypePolicy
            return kind(mode, source)
        return DTypePolicy(identifier)
    try:
        return DTypePolicy(dtypes.standardize_dtype(identifier))
    except (ValueError, TypeError):
        raise ValueError(
            f"Expected a dtype policy, its name or its configuration. Received: {identifier!r}"
        ) from None
