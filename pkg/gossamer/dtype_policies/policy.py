"""The pair of dtypes in which a layer computes and keeps its weights, and the one in use."""

from __future__ import annotations

from typing import Any

from gossamer import dtypes, ops
from gossamer.core.symbolic import KerasTensor
from gossamer.tensor import Tensor
from gossamer.texts import holds_texts

# Keras's dtypes that no backend here has: a policy can name them, so that its file can be read.
NAMED_ONLY = ("bfloat16", "float8_e4m3fn", "float8_e5m2", "string")
MIXED = {"mixed_float16": "float16", "mixed_bfloat16": "bfloat16"}


def dtypes_of(name: Any) -> tuple[str, str]:
    """The dtypes to compute in and to keep weights in that the name of a policy stands for.

    Raises:
        TypeError: for what is no text.
        ValueError: for what names no dtype.
    """
    if not isinstance(name, str):
        raise TypeError(
            "Expected a policy's name to be text, such as 'mixed_float16'. "
            f"Received: name={name!r} of type {type(name)}"
        )
    if name in MIXED:
        return MIXED[name], "float32"
    if name == "int":
        name = dtypes.WEAK[name]
    if name not in dtypes.ALL and name not in NAMED_ONLY:
        raise ValueError(
            "Expected the name of a policy: 'mixed_float16', 'mixed_bfloat16' or a dtype's name. "
            f"Received: name={name!r}"
        )
    return name, name


class DTypePolicy:
    """In which dtype a layer computes, and in which it keeps its weights.

    They are one dtype, except in the mixed policies: `"mixed_float16"` computes in float16 and
    keeps weights in float32, since small steps would be lost in float16.

    Args:
        name: a dtype's name, `"mixed_float16"` or `"mixed_bfloat16"`; that of the policy in use
            if None.

    Raises:
        TypeError: for a name that is no text.
        ValueError: for an unknown name.

    Example:
        >>> policy = gs.dtype_policies.DTypePolicy("mixed_float16")
        >>> policy.compute_dtype, policy.variable_dtype
        ('float16', 'float32')

    Source: Micikevicius et al., Mixed Precision Training, ICLR 2018.
    """

    _name: str
    _compute_dtype: str
    _variable_dtype: str
    _quantization_mode: str | None

    def __init__(self, name: str | None = None) -> None:
        if name is None:
            name = dtype_policy().name
        self._compute_dtype, self._variable_dtype = dtypes_of(name)
        self._name = name
        self._quantization_mode = None

    @property
    def name(self) -> str:
        return self._name

    @property
    def compute_dtype(self) -> str:
        """The dtype that the layer computes in."""
        return self._compute_dtype

    @property
    def variable_dtype(self) -> str:
        """The dtype of the layer's weights."""
        return self._variable_dtype

    @property
    def quantization_mode(self) -> str | None:
        """How weights are quantized; None if they are not."""
        return self._quantization_mode

    def convert_input(self, x: Any, autocast: bool, dtype: Any) -> Any:
        """An input as a tensor; floats are cast to `dtype` if `autocast`, integers never are.

        Args:
            x: a tensor, symbolic tensor, variable or array; anything else is returned as it is, as
                are arrays of strings.
            autocast: whether to cast.
            dtype: to which.
        """
        if not isinstance(x, (Tensor, KerasTensor)):
            if not hasattr(x, "__array__") or holds_texts(x):
                return x
            x = ops.convert_to_tensor(x)
        if not autocast or x.dtype not in dtypes.FLOATS:
            return x
        # A dtype that gossamer lacks is the op's to refuse.
        return x if x.dtype == dtype else ops.cast(x, dtypes.floatx() if dtype is None else dtype)

    def get_config(self) -> dict[str, Any]:
        return {"name": self.name}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> DTypePolicy:
        return cls(**config)

    def __repr__(self) -> str:
        kind = DTypePolicy if type(self) is FloatDTypePolicy else type(self)
        return f'<{kind.__name__} "{self.name}">'

    def __eq__(self, other: object) -> bool:
        plain = (DTypePolicy, FloatDTypePolicy)
        alike = type(other) is type(self) or (type(self) in plain and type(other) in plain)
        return alike and self.get_config() == other.get_config()  # type: ignore[attr-defined]

    def __hash__(self) -> int:
        return hash(self.name)


class FloatDTypePolicy(DTypePolicy):
    """Another name for `DTypePolicy`, which Keras has, too.

    Example:
        >>> gs.dtype_policies.FloatDTypePolicy("float16") == gs.DTypePolicy("float16")
        True
    """


_in_use: DTypePolicy | None = None


def dtype_policy() -> DTypePolicy:
    """The policy of layers that are given none: that of `floatx()` until another one is set.

    Example:
        >>> gs.config.dtype_policy()
        <DTypePolicy "float32">
    """
    global _in_use
    if _in_use is None:
        _in_use = DTypePolicy(dtypes.floatx())
    return _in_use


def use(policy: DTypePolicy | None) -> None:
    """Let layers from now on have this policy unless they are given one; None to begin anew."""
    global _in_use
    _in_use = policy
