"""Attention with several heads."""

from __future__ import annotations

import math
import string
from typing import Any

from gossamer import ops
from gossamer.core.symbolic import KerasTensor
from gossamer.layers.activation.layers import Softmax
from gossamer.layers.attention.heads import Heads
from gossamer.layers.attention.masks import joined_mask
from gossamer.layers.core.einsum_dense import EinsumDense
from gossamer.layers.regularization.dropout import Dropout
from gossamer.masking import get_keras_mask, set_keras_mask
from gossamer.tensor import Tensor

LETTERS = string.ascii_lowercase


class MultiHeadAttention(Heads):
    """`softmax(query_i @ key_i^T / sqrt(key_dim)) @ value_i` for each head i, put together.

    Source: Vaswani et al., "Attention is all you need", NeurIPS 2017.

    Args:
        num_heads: how many heads.
        key_dim: the size of queries and keys of one head.
        value_dim: that of values; `key_dim` if None.
        dropout: the fraction of the weights that is dropped in training.
        use_bias: whether the products have biases.
        output_shape: the shape of the outputs' last axes; that of the query if None.
        attention_axes: the axes along which is attended; all but the first and last if None.
        sliding_window: how far queries see; without bound if None.
        flash_attention: without effect: no scores are kept for long here.
        kernel_initializer, bias_initializer: of the products' weights.
        kernel_regularizer, bias_regularizer, activity_regularizer: of these.
        kernel_constraint, bias_constraint: of these.
        use_gate: whether what the heads give is multiplied by a sigmoid of the query.
        seed: of the dropout; drawn if None.
        kwargs: as for `Layer`.

    Raises:
        ValueError: for sizes that are no positive integers, or shapes that do not go together.

    Example:
        >>> x = ops.ones((1, 5, 8))
        >>> gs.layers.MultiHeadAttention(num_heads=2, key_dim=4)(x, x).shape
        (1, 5, 8)
    """

    def __init__(
        self,
        num_heads: int,
        key_dim: int,
        value_dim: int | None = None,
        dropout: float = 0.0,
        use_bias: bool = True,
        output_shape: Any = None,
        attention_axes: Any = None,
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
        sizes = {"num_heads": num_heads, "key_dim": key_dim, "value_dim": value_dim}
        for name, size in sizes.items():
            is_size = isinstance(size, int) and size > 0
            if not is_size and not (size is None and name == "value_dim"):
                raise ValueError(f"Expected a positive integer. Received: {name}={size!r}")
        super().__init__(
            dropout, use_bias, sliding_window, flash_attention, kernel_initializer,
            bias_initializer, kernel_regularizer, bias_regularizer, activity_regularizer,
            kernel_constraint, bias_constraint, use_gate, seed, **kwargs,
        )  # fmt: skip
        self.num_heads = num_heads
        self.key_dim = key_dim
        self.value_dim = value_dim or key_dim
        if isinstance(output_shape, int):
            output_shape = (output_shape,)
        self._output_shape = tuple(output_shape) if output_shape else None
        if isinstance(attention_axes, int):
            attention_axes = (attention_axes,)
        elif attention_axes is not None and not isinstance(attention_axes, (list, tuple)):
            raise ValueError(f"Expected integers. Received: attention_axes={attention_axes!r}")
        self._attention_axes = attention_axes

    def build(self, query_shape: Any, value_shape: Any, key_shape: Any = None) -> None:
        key_shape = value_shape if key_shape is None else key_shape
        self._check(value_shape, key_shape)
        self._query_dense = self._product(query_shape, self.key_dim, "query")
        self._key_dense = self._product(key_shape, self.key_dim, "key")
        if self._use_gate:
            self._gate_dense = self._product(query_shape, self.value_dim, "gate", "sigmoid")
        self._value_dense = self._product(value_shape, self.value_dim, "value")
        rank = len(value_shape) + 1
        axes = self._attention_axes
        if axes is None:
            axes = tuple(range(1, rank - 2))
        self._attention_axes = tuple(axis if axis >= 0 else rank - 1 + axis for axis in axes)
        self._equations = _attention_equations(rank, self._attention_axes)
        last = len(self._attention_axes)
        self._softmax = Softmax(axis=tuple(range(-last, 0)), dtype=self.dtype_policy)
        self._dropout_layer = Dropout(self._dropout, dtype=self.dtype_policy, seed=self.seed)
        output = self._output_shape or (query_shape[-1],)
        free = len(query_shape) - 1
        equation, bias = _product_equation(free, 2, len(output))
        self._output_dense = EinsumDense(
            equation, (None,) * (free - 1) + output, bias_axes=bias if self._use_bias else None,
            name="attention_output", **self._of_products(),
        )  # fmt: skip
        self._output_dense.build((*query_shape[:-1], self.num_heads, self.value_dim))

    def _product(self, shape: Any, size: int, name: str, activation: Any = None) -> EinsumDense:
        free = len(shape) - 1
        equation, bias = _product_equation(free, 1, 2)
        layer = EinsumDense(
            equation, (None,) * (free - 1) + (self.num_heads, size), activation,
            bias if self._use_bias else None, name=name, **self._of_products(),
        )  # fmt: skip
        layer.build(tuple(shape))
        return layer

    def _check(self, value_shape: Any, key_shape: Any) -> None:
        if tuple(value_shape[1:-1]) != tuple(key_shape[1:-1]):
            raise ValueError(
                f"Expected value and key of equal shapes but for the last axis of the layer "
                f"{self.name!r}. Received: value_shape={value_shape}, key_shape={key_shape}"
            )

    @property
    def query_dense(self) -> EinsumDense:
        """The product of queries."""
        return self._query_dense

    @property
    def key_dense(self) -> EinsumDense:
        """The product of keys."""
        return self._key_dense

    @property
    def value_dense(self) -> EinsumDense:
        """The product of values."""
        return self._value_dense

    @property
    def output_dense(self) -> EinsumDense:
        """The product of what the heads give."""
        return self._output_dense

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
        query_mask = get_keras_mask(query)
        mask = joined_mask(
            query, value, query_mask, value_mask, key_mask, attention_mask, use_causal_mask,
            self._sliding_window,
        )  # fmt: skip
        gate = self._gate_dense(query) if self._use_gate else None
        queries, keys, values = (
            dense(x)
            for dense, x in (
                (self._query_dense, query), (self._key_dense, key), (self._value_dense, value),
            )
        )  # fmt: skip
        products, combined = self._equations
        scores = ops.einsum(products, keys, queries * (1.0 / math.sqrt(self.key_dim)))
        if mask is not None:
            while mask.ndim < scores.ndim:
                mask = ops.expand_dims(mask, -2 * len(self._attention_axes) - 1)
        weights = self._softmax(scores, mask=mask)
        dropped = self._dropout_layer(weights, training=training) if self._dropout else weights
        outputs = ops.einsum(combined, dropped, values)
        outputs = self._output_dense(outputs if gate is None else outputs * gate)
        if query_mask is not None:
            set_keras_mask(outputs, query_mask)
        return (outputs, weights) if return_attention_scores else outputs

    def compute_mask(self, inputs: Any, previous_mask: Any) -> Any:
        return previous_mask

    def compute_output_shape(
        self, query_shape: Any, value_shape: Any, key_shape: Any = None
    ) -> Any:
        self._check(value_shape, value_shape if key_shape is None else key_shape)
        if self._output_shape:
            return (*query_shape[:-1], *self._output_shape)
        return tuple(query_shape)

    def compute_output_spec(
        self, query: Any, value: Any, key: Any = None, return_attention_scores: bool = False,
        **_: Any,
    ) -> Any:  # fmt: skip
        key_shape = None if key is None else key.shape
        shape = self.compute_output_shape(query.shape, value.shape, key_shape)
        outputs = KerasTensor(shape, self.compute_dtype)
        if not return_attention_scores:
            return outputs
        scores = (query.shape[0], self.num_heads, query.shape[1], value.shape[1])
        return outputs, KerasTensor(scores, self.compute_dtype)

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "num_heads": self.num_heads,
            "key_dim": self.key_dim,
            "value_dim": self.value_dim,
            "dropout": self._dropout,
            "use_bias": self._use_bias,
            "use_gate": self._use_gate,
            "output_shape": self._output_shape,
            "attention_axes": self._attention_axes,
            "sliding_window": self._sliding_window,
            **self._config_of_weights(),
            "seed": self.seed,
        }


def _product_equation(free: int, bound: int, made: int) -> tuple[str, str]:
    """The einsum of a product, and the axes of its bias.

    Args:
        free: how many axes stay.
        bound: how many axes are summed over.
        made: how many axes there are instead.
    """
    stay, summed = LETTERS[:free], LETTERS[free : free + bound]
    new = LETTERS[free + bound : free + bound + made]
    return f"{stay}{summed},{summed}{new}->{stay}{new}", new


def _attention_equations(rank: int, axes: tuple[int, ...]) -> tuple[str, str]:
    """The einsums that give the scores of keys and queries, and the sums of values."""
    target = LETTERS[:rank]
    batch = [k for k in range(rank) if k not in axes and k != rank - 1]
    others = iter(LETTERS[rank:])
    source = "".join(
        target[k] if k in batch or k == rank - 1 else next(others) for k in range(rank)
    )
    product = "".join(
        [target[k] for k in batch] + [target[k] for k in axes] + [source[k] for k in axes]
    )
    return f"{source},{target}->{product}", f"{product},{source}->{target}"
