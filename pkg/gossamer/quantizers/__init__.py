"""Weights and inputs of few bits; `keras.quantizers`'s names, as far as int8 needs them.

Not here: `AWQConfig`, `GPTQConfig`, `Float8QuantizationConfig`, `Int4QuantizationConfig` and what
belongs to them alone.
"""

from typing import Any

from gossamer.quantizers.configs import Int8QuantizationConfig, QuantizationConfig
from gossamer.quantizers.four_bits import pack_int4, unpack_int4
from gossamer.quantizers.quantizer import (
    AbsMaxQuantizer,
    Quantizer,
    abs_max_quantize,
    fake_quant_with_min_max_vars,
)
from gossamer.serialization import Family

_family = Family(
    "keras.quantizers", "quantizer",
    (AbsMaxQuantizer, Int8QuantizationConfig, QuantizationConfig, Quantizer), snake_cased=True,
)  # fmt: skip

__all__ = [
    "AbsMaxQuantizer",
    "Int8QuantizationConfig",
    "QuantizationConfig",
    "Quantizer",
    "abs_max_quantize",
    "deserialize",
    "fake_quant_with_min_max_vars",
    "get",
    "pack_int4",
    "serialize",
    "unpack_int4",
]


def serialize(initializer: Any) -> Any:
    """A quantizer as its configuration.

    Args:
        initializer: the quantizer; Keras has named it so.

    Example:
        >>> gs.quantizers.serialize(gs.quantizers.AbsMaxQuantizer())["class_name"]
        'AbsMaxQuantizer'
    """
    return _family.serialize(initializer)


def deserialize(config: Any, custom_objects: dict[str, Any] | None = None) -> Any:
    """The quantizer that a configuration describes.

    Args:
        config: what `serialize` gave.
        custom_objects: classes by name, which gossamer does not know.

    Example:
        >>> config = gs.quantizers.serialize(gs.quantizers.AbsMaxQuantizer(axis=0))
        >>> gs.quantizers.deserialize(config).axis
        (0,)
    """
    return _family.deserialize(config, custom_objects)


def get(identifier: Any) -> Any:
    """A quantizer by its name, configuration or itself; None of None.

    Args:
        identifier: one of these.

    Raises:
        ValueError: for anything else.

    Example:
        >>> gs.quantizers.get("abs_max_quantizer").output_dtype
        'int8'
    """
    return _family.get(identifier)
