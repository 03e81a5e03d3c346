"""Attention in which several query heads share a head of keys and values."""

from __future__ import annotations

import math
from typing import Any

from gossamer import ops
from gossamer.core.symbolic import KerasTensor
from gossamer.layers.activation.layers import Softmax
from gossamer.layers.attention.heads import Heads
from gossamer.layers.attention.masks import joined_mask
from gossamer.layers.core.einsum_dense import EinsumDense
from gossamer.layers.regularization.dropout import Dropout
from gossamer.tensor import Tensor


class GroupedQueryAttention(Heads):
    """`MultiHeadAttention` with fewer heads of keys and values than of queries.

    Source: Ainslie et al., "GQA: training generalized multi-query transformer models from
    multi-head checkpoints", EMNLP 2023.

    Args:
        head_dim: the size of one head.
        num_query_heads: how many heads of queries.
        num_key_value_heads: how many of keys and values, of which that is a multiple.
        dropout: the fraction of the weights that is dropped in training.
        use_bias: whether the products have biases.
        sliding_window: how far queries see; without bound if None.
        flash_attention: without effect: no scores are kept for long here.
        kernel_initializer, bias_initializer: of the products' weights.
        kernel_regularizer, bias_regularizer, activity_regularizer: of these.
        kernel_constraint, bias_constraint: of these.
        use_gate: whether what the heads give is multiplied by a sigmoid of the query.
        seed: of the dropout; drawn if None.
        kwargs: as for `Layer`.

    Raises:
        ValueError: if the query heads are no multiple of the others.

    Example:
        >>> x = ops.ones((1, 5, 8))
        >>> gs.layers.GroupedQueryAttention(4, 4, 2)(x, x).shape
        (1, 5, 8)
    """

    def __init__(
        self,
        head_dim: int,
        num_query_heads: int,
        num_key_value_heads: int,
        dropout: float = 0.0,
        use_bias: bool = True,
        sliding_window: int | None = None,
        flash_attention: bool | None = None,
        kernel_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        kernel_constraint: Any = None,
        bias_constraint: Any = None,
        use_gate: bool = False,
        seed: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(
            dropout, use_bias, sliding_window, flash_attention, kernel_initializer,
            bias_initializer, kernel_regularizer, bias_regularizer, activity_regularizer,
            kernel_constraint, bias_constraint, use_gate, seed, **kwargs,
        )  # fmt: skip
        if num_query_heads % num_key_value_heads:
            raise ValueError(
                "Expected num_query_heads as a multiple of num_key_value_heads. "
                f"Received: {num_query_heads} and {num_key_value_heads}"
            )
        self.head_dim = head_dim
        self.num_query_heads = num_query_heads
        self.num_key_value_heads = num_key_value_heads

    def build(self, query_shape: Any, value_shape: Any, key_shape: Any = None) -> None:
        key_shape = value_shape if key_shape is None else key_shape
        queries, keys = self.num_query_heads, self.num_key_value_heads
        self._query_dense = self._product("bqm,muh->bquh", queries, "uh", query_shape, "query")
        self._key_dense = self._product("bkm,mvh->bkvh", keys, "vh", key_shape, "key")
        if self._use_gate:
            self._gate_dense = self._product(
                "bqm,muh->bquh", queries, "uh", query_shape, "gate", "sigmoid"
            )
        self._value_dense = self._product("bkm,mvh->bkvh", keys, "vh", value_shape, "value")
        self._softmax = Softmax(axis=-1, dtype=self.dtype_policy)
        self._dropout_layer = Dropout(self._dropout, dtype=self.dtype_policy, seed=self.seed)
        self._output_dense = EinsumDense(
            "bquh,uhm->bqm", (None, query_shape[-1]), bias_axes="m" if self._use_bias else None,
            name="attention_output", **self._of_products(),
        )  # fmt: skip
        self._output_dense.build((None, None, queries, self.head_dim))

    def _product(
        self, equation: str, heads: int, bias: str, shape: Any, name: str, activation: Any = None
    ) -> EinsumDense:
        layer = EinsumDense(
            equation, (None, heads, self.head_dim), activation, bias if self._use_bias else None,
            name=name, **self._of_products(),
        )  # fmt: skip
        layer.build(tuple(shape))
        return layer

    def call(
        self,
        query: Tensor,
        value: Tensor,
        key: Tensor | None = None,
        query_mask: Any = None,
        value_mask: Any = None,
        key_mask: Any = None,
        attention_mask: Any = None,
        return_attention_scores: bool = False,
        training: bool | None = None,
        use_causal_mask: bool = False,
    ) -> Any:
        key = value if key is None else key
        mask = joined_mask(
            query, value, query_mask, value_mask, key_mask, attention_mask, use_causal_mask,
            self._sliding_window,
        )  # fmt: skip
        gate = self._gate_dense(query) if self._use_gate else None
        repeats = self.num_query_heads // self.num_key_value_heads
        queries = self._query_dense(query) * (1.0 / math.sqrt(self.head_dim))
        keys = ops.repeat(self._key_dense(key), repeats, axis=2)
        values = ops.repeat(self._value_dense(value), repeats, axis=2)
        scores = ops.einsum("bquh,bkuh->buqk", queries, keys)
        if mask is not None:
            while mask.ndim < scores.ndim:
                mask = ops.expand_dims(mask, -3)
        weights = self._softmax(scores, mask=mask)
        dropped = self._dropout_layer(weights, training=training) if self._dropout else weights
        outputs = ops.einsum("buqk,bkuh->bquh", dropped, values)
        outputs = self._output_dense(outputs if gate is None else outputs * gate)
        return (outputs, weights) if return_attention_scores else outputs

    def compute_output_shape(
        self, query_shape: Any, value_shape: Any, key_shape: Any = None
    ) -> Any:
        key_shape = value_shape if key_shape is None else key_shape
        if query_shape[-1] != value_shape[-1] or tuple(value_shape[1:-1]) != tuple(key_shape[1:-1]):
            raise ValueError(
                f"Expected query, value and key of fitting shapes of the layer {self.name!r}. "
                f"Received: {query_shape}, {value_shape} and {key_shape}"
            )
        return query_shape

    def compute_output_spec(
        self, query: Any, value: Any, key: Any = None, return_attention_scores: bool = False,
        **_: Any,
    ) -> Any:  # fmt: skip
        key_shape = None if key is None else key.shape
        shape = self.compute_output_shape(query.shape, value.shape, key_shape)
        outputs = KerasTensor(shape, self.compute_dtype)
        if not return_attention_scores:
            return outputs
        scores = (query.shape[0], self.num_query_heads, query.shape[1], value.shape[1])
        return outputs, KerasTensor(scores, self.compute_dtype)

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "head_dim": self.head_dim,
            "num_query_heads": self.num_query_heads,
            "num_key_value_heads": self.num_key_value_heads,
            "use_bias": self._use_bias,
            "use_gate": self._use_gate,
            "sliding_window": self._sliding_window,
            "dropout": self._dropout,
            **self._config_of_weights(),
            "seed": self.seed,
        }
