"""The base of layers whose large weight may be of 8-bit integers and a scale, as Keras has it."""

from __future__ import annotations

from typing import Any

from gossamer import dtype_policies, ops
from gossamer.layers.core.low_rank import LowRank
from gossamer.quantizers.configs import QuantizationConfig, resolved
from gossamer.quantizers.quantizer import AbsMaxQuantizer
from gossamer.serialization import deserialize_keras_object
from gossamer.variable import Variable


class EightBitWeights(LowRank):
    """A layer with a large weight, and perhaps a small one beside it.

    Subclasses say which the large one is, and which of its axes has one scale; they build it with
    `quantized_build` where `quantization_mode` says so, and compute with `scale`.
    """

    # The scale has the large weight's name with `_scale` behind.
    _scaled_axis: int
    quantization_config: Any = None

    @property
    def _scale_name(self) -> str:
        return f"{self._large_weight}_scale"

    @property
    def scale(self) -> Any:
        """The scale of the large weight: it was multiplied by that."""
        return getattr(self, self._scale_name)

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Any:
        """The layer that a configuration describes."""
        quantization = deserialize_keras_object(config.get("quantization_config"))
        if quantization is not None:
            config = {**config, "quantization_config": quantization}
        return super().from_config(config)

    def _inputs_quantizer(self) -> Any:
        if self.quantization_config is None:
            return AbsMaxQuantizer()
        return self.quantization_config.activation_quantizer

    def quantize(
        self, mode: str | None = None, type_check: bool = True, config: Any = None
    ) -> None:
        """Make the large weight one of 8-bit integers, in the place of its floats.

        Args:
            mode: `"int8"`.
            type_check: whether subclasses, which may compute something else, are refused.
            config: an `Int8QuantizationConfig`.

        Raises:
            NotImplementedError: for other modes, for subclasses, and for what is adapted.
            ValueError: before the layer is built, and for a layer that is quantized.
        """
        if type_check and "_large_weight" not in type(self).__dict__:
            raise NotImplementedError(
                f"Expected a layer whose weights can be quantized. Received: {type(self).__name__}"
            )
        chosen = resolved(mode, config)
        if self.lora_enabled:
            raise NotImplementedError("gossamer does not quantize layers that are adapted.")
        if not self.built or self.quantization_mode is not None:
            raise ValueError(
                f"Expected a layer that is built, and not quantized yet. Received: {self!r}"
            )
        weight = getattr(self, self._large_weight)
        quantizer = chosen.weight_quantizer or AbsMaxQuantizer(axis=self._scaled_axis)
        values, scale = quantizer(weight, to_numpy=True)
        shape = weight.shape
        delattr(self, self._large_weight)
        self.quantization_config = chosen
        self._tracker.locked = False
        self.quantized_build(shape, "int8")
        self._tracker.locked = True
        getattr(self, self._large_weight).assign(values)
        self.scale.assign(ops.squeeze(scale, axis=self._scaled_axis))
        self.dtype_policy = dtype_policies.get(f"int8_from_{self.dtype_policy.name}")

    def quantized_build(self, input_shape: Any, mode: Any = "int8") -> None:
        """Make the large weight and its scale, for values that are to be assigned.

        Args:
            input_shape: the weight's shape; Keras has named it so.
            mode: `"int8"`.
        """
        resolved(mode, None)
        sizes = [
            n for axis, n in enumerate(input_shape) if axis != self._scaled_axis % len(input_shape)
        ]
        weight = self.add_weight(
            input_shape, "zeros", dtype="int8", trainable=False, name=self._large_weight
        )
        setattr(self, self._large_weight, weight)
        scale = self.add_weight(sizes, "ones", trainable=False, name=self._scale_name)
        setattr(self, self._scale_name, scale)

    def _saved_variables(self) -> list[Variable]:
        """In the order of Keras's files: the large weight, what lies beside it, the scale."""
        variables = super()._saved_variables()
        if self.quantization_mode is None or not self.built:
            return variables
        large, scale = getattr(self, self._large_weight), self.scale
        return [large, *(v for v in variables if v is not large and v is not scale), scale]


def checked_config(config: Any) -> QuantizationConfig | None:
    """A `quantization_config` as a layer takes it; None stays.

    Raises:
        NotImplementedError: for other modes than int8.
    """
    return None if config is None else resolved(None, config)
