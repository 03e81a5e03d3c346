"""A policy by what stands for it: a name, a configuration, a dtype."""

from __future__ import annotations

from typing import Any

from gossamer.dtype_policies.policy import DTypePolicy, dtype_policy, use
from gossamer.dtype_policies.quantized import QUANTIZATION_MODES, quantized
from gossamer.dtypes import standardize_dtype
from gossamer.serialization import deserialize_keras_object


def _named(name: str) -> DTypePolicy:
    # "int8" alone names a quantization, too, which has to say of what: Keras refuses it as well.
    return quantized(name) if name.startswith(QUANTIZATION_MODES) else DTypePolicy(name)


def get(identifier: Any) -> DTypePolicy:
    """The policy of a name, a configuration or a dtype; the one in use for None.

    Args:
        identifier: such as `"mixed_float16"`, `"int8_from_float32"` or `np.float16`; a policy is
            returned as it is.

    Raises:
        ValueError: for anything else.

    Example:
        >>> gs.dtype_policies.get("mixed_float16")
        <DTypePolicy "mixed_float16">
    """
    if identifier is None:
        return dtype_policy()
    if isinstance(identifier, DTypePolicy):
        return identifier
    if isinstance(identifier, dict):
        return deserialize_keras_object(identifier)
    if isinstance(identifier, str):
        return _named(identifier)
    try:
        return DTypePolicy(standardize_dtype(identifier))
    except ValueError as error:
        raise ValueError(
            f"Expected a policy, its name or its configuration. Received: dtype={identifier!r}"
        ) from error


def set_dtype_policy(policy: str | DTypePolicy) -> None:
    """Choose the policy of layers that are made from now on and given none.

    Args:
        policy: a policy or its name, such as `"mixed_float16"`.

    Raises:
        ValueError: for anything else.

    Example:
        >>> gs.config.set_dtype_policy("mixed_float16")
        >>> gs.config.dtype_policy().compute_dtype
        'float16'
        >>> gs.config.set_dtype_policy("float32")
    """
    if not isinstance(policy, (str, DTypePolicy)):
        raise ValueError(
            f"Expected a policy or its name. Received: policy={policy!r} of type {type(policy)}"
        )
    use(_named(policy) if isinstance(policy, str) else policy)
