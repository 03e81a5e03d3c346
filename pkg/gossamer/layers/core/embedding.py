"""Vectors for integers, and back."""

from __future__ import annotations

import warnings
from typing import Any

from gossamer import constraints, initializers, ops, regularizers
from gossamer.core.symbolic import KerasTensor
from gossamer.layers.core.eight_bits import EightBitWeights, checked_config
from gossamer.layers.core.low_rank import Adapted
from gossamer.masking import set_keras_mask
from gossamer.serialization import serialize_keras_object
from gossamer.tensor import Tensor


class Embedding(EightBitWeights):
    """A vector for each integer, which is learned.

    Args:
        input_dim: how many integers there are, from 0 on.
        output_dim: the size of a vector.
        embeddings_initializer: of the vectors.
        embeddings_regularizer: of the vectors.
        embeddings_constraint: of the vectors.
        mask_zero: whether 0 stands for a step that does not count.
        weights: values of the vectors, if they are known.
        lora_rank: the rank of a low-rank adaptation, see `enable_lora`; none if None.
        lora_alpha: what scales it is `enable_lora`'s; as in Keras 3.15, this is without effect.
        quantization_config: how the vectors are quantized, in a layer whose dtype is of such.
        kwargs: as for `Layer`.

    Raises:
        ValueError: for sizes that are no positive integers.
        NotImplementedError: for quantization to another dtype than int8.

    Example:
        >>> gs.layers.Embedding(10, 3)(ops.convert_to_tensor([[1, 2]])).shape
        (1, 2, 3)
    """

    _large_weight = "embeddings"
    _scaled_axis = -1
    embeddings = Adapted()

    def __init__(
        self,
        input_dim: int,
        output_dim: int,
        embeddings_initializer: Any = "uniform",
        embeddings_regularizer: Any = None,
        embeddings_constraint: Any = None,
        mask_zero: bool = False,
        weights: Any = None,
        lora_rank: int | None = None,
        lora_alpha: float | None = None,
        quantization_config: Any = None,
        **kwargs: Any,
    ) -> None:
        for name, size in (("input_dim", input_dim), ("output_dim", output_dim)):
            if not isinstance(size, int) or isinstance(size, bool) or size <= 0:
                raise ValueError(f"Expected a positive integer. Received: {name}={size!r}")
        if kwargs.pop("input_length", None) is not None:
            warnings.warn("`input_length` is without effect.", stacklevel=2)
        super().__init__(**kwargs)
        self._plan_adaptation(lora_rank, lora_alpha)
        self.input_dim = input_dim
        self.output_dim = output_dim
        self.embeddings_initializer = initializers.get(embeddings_initializer)
        self.embeddings_regularizer = regularizers.get(embeddings_regularizer)
        self.embeddings_constraint = constraints.get(embeddings_constraint)
        self.mask_zero = mask_zero
        self.quantization_config = checked_config(quantization_config)
        self.supports_masking = mask_zero
        self.autocast = False
        if weights is not None:
            self.build()
            self.set_weights(weights if isinstance(weights, list) and len(weights) == 1 else [
                weights
            ])  # fmt: skip

    def build(self, input_shape: Any = None) -> None:
        if self.built:
            return
        if self.quantization_mode:
            self.quantized_build((self.input_dim, self.output_dim), self.quantization_mode)
            return
        self.embeddings = self.add_weight(
            (self.input_dim, self.output_dim),
            self.embeddings_initializer,
            regularizer=self.embeddings_regularizer,
            constraint=self.embeddings_constraint,
            name="embeddings",
        )
        self._adapt_as_planned()

    def call(self, inputs: Tensor) -> Tensor:
        if inputs.dtype not in ("int32", "int64"):
            inputs = ops.cast(inputs, "int32")
        vectors = ops.take(self.frozen_weight, inputs, axis=0)
        if self.lora_enabled:
            # Of the rows in question alone, and not of the whole table.
            rows = ops.take(self.small_weights[0], inputs, axis=0)
            vectors = ops.add(vectors, self.adaptation(rows))
        vectors = ops.cast(vectors, self.compute_dtype)
        if self.quantization_mode is None:
            return vectors
        return vectors / ops.expand_dims(ops.take(self.scale, inputs, axis=0), -1)

    def quantized_call(self, inputs: Tensor) -> Tensor:
        """The vectors of integers, from vectors of integers."""
        return self.call(inputs)

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:
        return ops.not_equal(inputs, 0) if self.mask_zero else None

    def compute_output_shape(self, input_shape: Any) -> Any:
        return (*input_shape, self.output_dim)

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "input_dim": self.input_dim,
            "output_dim": self.output_dim,
            "embeddings_initializer": initializers.serialize(self.embeddings_initializer),
            "embeddings_regularizer": regularizers.serialize(self.embeddings_regularizer),
            "activity_regularizer": regularizers.serialize(self.activity_regularizer),
            "embeddings_constraint": constraints.serialize(self.embeddings_constraint),
            "mask_zero": self.mask_zero,
            "quantization_config": serialize_keras_object(self.quantization_config),
        }


class ReversibleEmbedding(Embedding):
    """An embedding that also scores all integers for a vector: `reverse=True`.

    Args:
        input_dim: how many integers there are, from 0 on.
        output_dim: the size of a vector.
        tie_weights: whether the scores use the same vectors.
        embeddings_initializer: of the vectors.
        embeddings_regularizer: of the vectors.
        embeddings_constraint: of the vectors.
        mask_zero: whether 0 stands for a step that does not count.
        reverse_dtype: the dtype in which scores are computed.
        logit_soft_cap: what scores stay below, by a tanh.
        kwargs: as for `Embedding`.

    Example:
        >>> layer = gs.layers.ReversibleEmbedding(10, 3)
        >>> layer(layer(ops.convert_to_tensor([[1, 2]])), reverse=True).shape
        (1, 2, 10)
    """

    def __init__(
        self,
        input_dim: int,
        output_dim: int,
        tie_weights: bool = True,
        embeddings_initializer: Any = "uniform",
        embeddings_regularizer: Any = None,
        embeddings_constraint: Any = None,
        mask_zero: bool = False,
        reverse_dtype: Any = None,
        logit_soft_cap: float | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(
            input_dim, output_dim, embeddings_initializer, embeddings_regularizer,
            embeddings_constraint, mask_zero, **kwargs,
        )  # fmt: skip
        self.tie_weights = tie_weights
        self.reverse_dtype = reverse_dtype
        self.logit_soft_cap = logit_soft_cap

    def build(self, input_shape: Any = None) -> None:
        if self.quantization_mode:
            raise NotImplementedError("gossamer does not quantize ReversibleEmbedding.")
        super().build(input_shape)
        if not self.tie_weights:
            self.reverse_embeddings = self.add_weight(
                (self.output_dim, self.input_dim),
                self.embeddings_initializer,
                name="reverse_embeddings",
            )

    def call(self, inputs: Tensor, reverse: bool = False) -> Tensor:
        if not reverse:
            outputs = super().call(inputs)
            if self.mask_zero:
                set_keras_mask(outputs, ops.not_equal(inputs, 0))
            return outputs
        kernel = (
            ops.transpose(self.embeddings) if self.tie_weights else self.reverse_embeddings.value
        )
        if self.reverse_dtype is not None:
            inputs = ops.cast(inputs, self.reverse_dtype)
            kernel = ops.cast(kernel, self.reverse_dtype)
        logits = ops.matmul(inputs, kernel)
        if self.logit_soft_cap is not None:
            logits = ops.tanh(logits / self.logit_soft_cap) * self.logit_soft_cap
        return logits

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:
        return None

    def compute_output_shape(self, input_shape: Any, reverse: bool = False) -> Any:
        if reverse:
            return [*input_shape[:-1], self.input_dim]
        return [*input_shape, self.output_dim]

    def compute_output_spec(self, inputs: Any, reverse: bool = False) -> Any:
        return KerasTensor(self.compute_output_shape(inputs.shape, reverse), self.compute_dtype)

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "tie_weights": self.tie_weights,
            "reverse_dtype": self.reverse_dtype,
            "logit_soft_cap": self.logit_soft_cap,
        }
