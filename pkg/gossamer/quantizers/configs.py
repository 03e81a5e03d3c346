"""How a layer is quantized: with which quantizers, for weights and for inputs."""

from __future__ import annotations

from typing import Any

from gossamer.quantizers.quantizer import AbsMaxQuantizer
from gossamer.serialization import deserialize_keras_object, serialize_keras_object


class QuantizationConfig:
    """The base of these; subclasses say which `mode` they are of.

    Args:
        weight_quantizer: of the weights; the layer's own if None.
        activation_quantizer: of the inputs; they stay floats if None.
    """

    def __init__(self, weight_quantizer: Any = None, activation_quantizer: Any = None) -> None:
        self.weight_quantizer = weight_quantizer
        self.activation_quantizer = activation_quantizer

    @property
    def mode(self) -> str:
        """Which quantization it is of."""
        raise NotImplementedError(f"{type(self).__name__} has no `mode`.")

    def get_config(self) -> dict[str, Any]:
        return {
            "weight_quantizer": serialize_keras_object(self.weight_quantizer),
            "activation_quantizer": serialize_keras_object(self.activation_quantizer),
        }

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Any:
        return cls(**{name: deserialize_keras_object(value) for name, value in config.items()})


class Int8QuantizationConfig(QuantizationConfig):
    """Weights of 8 bits, and inputs of 8 bits if they have a quantizer.

    Args:
        weight_quantizer: of the weights; the layer's own if None.
        activation_quantizer: of the inputs; `"default"` for one scale a row, None for floats.

    Raises:
        ValueError: for a quantizer of another dtype.

    Example:
        >>> gs.quantizers.Int8QuantizationConfig().mode
        'int8'
    """

    def __init__(self, weight_quantizer: Any = None, activation_quantizer: Any = "default") -> None:
        if activation_quantizer == "default":
            activation_quantizer = AbsMaxQuantizer()
        super().__init__(weight_quantizer, activation_quantizer)
        if weight_quantizer is not None and weight_quantizer.output_dtype != "int8":
            raise ValueError(
                "Expected a weight_quantizer with output_dtype='int8'. "
                f"Received: output_dtype={weight_quantizer.output_dtype!r}"
            )

    @property
    def mode(self) -> str:
        return "int8"


def resolved(mode: str | None, config: Any) -> Any:
    """The configuration that a mode and a configuration stand for.

    Raises:
        ValueError: for neither, for two that do not go together, and for what is none.
        NotImplementedError: for other modes than int8.
    """
    if isinstance(config, str):
        mode, config = config, None
    if config is not None and not isinstance(config, QuantizationConfig):
        raise ValueError(f"Expected a QuantizationConfig. Received: config={config!r}")
    if config is None and mode is None:
        raise ValueError("Expected a mode or a config. Received: neither")
    if config is not None and mode not in (None, config.mode):
        raise ValueError(f"Expected config.mode={config.mode!r}. Received: mode={mode!r}")
    mode = config.mode if config is not None else mode
    if mode != "int8":
        raise NotImplementedError(
            f"gossamer quantizes to int8 alone: other modes need what trains or packs for them. "
            f"Received: mode={mode!r}"
        )
    return Int8QuantizationConfig() if config is None else config
