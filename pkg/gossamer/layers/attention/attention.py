"""Attention of one head, without weights or with a scale: dot products, or sums."""

from __future__ import annotations

from typing import Any

from gossamer import ops, random
from gossamer.core.symbolic import KerasTensor
from gossamer.layers.attention.masks import causal_mask
from gossamer.layers.layer import Layer
from gossamer.random import SeedGenerator
from gossamer.tensor import Tensor


class Attention(Layer):
    """`softmax(scores) @ value`, with scores `query @ key^T`.

    Called with `[query, value]` or `[query, value, key]`, and masks `[query_mask, value_mask]`.

    Args:
        use_scale: whether scores are multiplied by a number that is learned.
        score_mode: `"dot"`, or `"concat"` for `sum(tanh(query + key))`.
        dropout: the fraction of the weights that is dropped in training.
        seed: of the dropout; drawn if None.
        kwargs: as for `Layer`.

    Raises:
        ValueError: for another mode, or other inputs.

    Example:
        >>> query, value = ops.ones((1, 2, 3)), ops.ones((1, 4, 3))
        >>> gs.layers.Attention()([query, value]).shape
        (1, 2, 3)
    """

    def __init__(
        self,
        use_scale: bool = False,
        score_mode: str = "dot",
        dropout: float = 0.0,
        seed: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        if score_mode not in ("dot", "concat"):
            raise ValueError(
                f"Expected the score_mode 'dot' or 'concat'. Received: score_mode={score_mode!r}"
            )
        self.use_scale = use_scale
        self.score_mode = score_mode
        self.dropout = dropout
        self.seed = seed
        if dropout > 0:
            self.seed_generator = SeedGenerator(seed)

    def build(self, input_shape: Any) -> None:
        self._check(input_shape)
        self.scale = self.concat_score_weight = None
        if self.use_scale:
            self.scale = self.add_weight((), "ones", name="scale")
        if self.score_mode == "concat":
            self.concat_score_weight = self.add_weight((), "ones", name="concat_score_weight")

    def _check(self, inputs: Any, mask: Any = None) -> None:
        if not isinstance(inputs, (list, tuple)) or len(inputs) not in (2, 3):
            raise ValueError(
                f"Expected inputs [query, value] or [query, value, key] of the layer "
                f"{self.name!r}. Received: {inputs}"
            )
        if mask is not None and (not isinstance(mask, list) or len(mask) not in (2, 3)):
            raise ValueError(
                f"Expected masks [query_mask, value_mask] of the layer {self.name!r}. "
                f"Received: mask={mask}"
            )

    def _calculate_scores(self, query: Tensor, key: Tensor) -> Tensor:
        if self.score_mode == "dot":
            scores = ops.matmul(query, ops.swapaxes(key, -2, -1))
            return scores if self.scale is None else scores * self.scale
        sums = ops.expand_dims(query, -2) + ops.expand_dims(key, -3)
        if self.scale is not None:
            sums = self.scale * sums
        return self.concat_score_weight * ops.sum(ops.tanh(sums), axis=-1)

    def call(
        self,
        inputs: Any,
        mask: Any = None,
        training: bool = False,
        return_attention_scores: bool = False,
        use_causal_mask: bool = False,
    ) -> Any:
        self._check(inputs, mask)
        query, value = inputs[0], inputs[1]
        key = inputs[2] if len(inputs) > 2 else value
        scores = self._calculate_scores(query, key)
        counted = mask[1] if mask else None
        if counted is not None:
            counted = ops.expand_dims(ops.cast(counted, "bool"), -2)
        if use_causal_mask:
            past = causal_mask(scores.shape[-2], scores.shape[-1])
            counted = past if counted is None else ops.logical_and(counted, past)
        if counted is not None:
            # As much as float16 holds.
            much = 65504.0 if scores.dtype == "float16" else 1e9
            scores = ops.where(counted, scores, scores - much)
        weights = ops.softmax(scores, axis=-1)
        if training and self.dropout > 0:
            weights = random.dropout(weights, self.dropout, seed=self.seed_generator)
        outputs = ops.matmul(weights, value)
        if mask and mask[0] is not None:
            kept = ops.expand_dims(mask[0], -1)
            outputs = ops.where(kept, outputs, ops.zeros_like(outputs))
        return (outputs, weights) if return_attention_scores else outputs

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:
        return None if mask is None else mask[0]

    def compute_output_shape(self, input_shape: Any) -> Any:
        return (*input_shape[0][:-1], input_shape[1][-1])

    def compute_output_spec(
        self,
        inputs: Any,
        mask: Any = None,
        return_attention_scores: bool = False,
        training: Any = None,
        use_causal_mask: bool = False,
    ) -> Any:
        self._check(inputs, mask)
        shape = self.compute_output_shape([x.shape for x in inputs])
        outputs = KerasTensor(shape, self.compute_dtype)
        if not return_attention_scores:
            return outputs
        key = inputs[2] if len(inputs) > 2 else inputs[1]
        scores = (*inputs[0].shape[:-1], key.shape[-2])
        return outputs, KerasTensor(scores, self.compute_dtype)

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "use_scale": self.use_scale,
            "score_mode": self.score_mode,
            "dropout": self.dropout,
            "seed": self.seed,
        }


class AdditiveAttention(Attention):
    """`softmax(scores) @ value`, with scores `sum(scale * tanh(query + key))`.

    Source: Bahdanau et al., "Neural machine translation by jointly learning to align and
    translate", ICLR 2015.

    Args:
        use_scale: whether there is a scale, a vector that is learned.
        dropout: the fraction of the weights that is dropped in training.
        kwargs: as for `Attention`.

    Example:
        >>> query, value = ops.ones((1, 2, 3)), ops.ones((1, 4, 3))
        >>> gs.layers.AdditiveAttention()([query, value]).shape
        (1, 2, 3)
    """

    def __init__(self, use_scale: bool = True, dropout: float = 0.0, **kwargs: Any) -> None:
        super().__init__(use_scale=use_scale, dropout=dropout, **kwargs)

    def build(self, input_shape: Any) -> None:
        self._check(input_shape)
        self.scale = None
        if self.use_scale:
            self.scale = self.add_weight((input_shape[0][-1],), "glorot_uniform", name="scale")

    def _calculate_scores(self, query: Tensor, key: Tensor) -> Tensor:
        bent = ops.tanh(ops.expand_dims(query, -2) + ops.expand_dims(key, -3))
        return ops.sum(bent if self.scale is None else self.scale * bent, axis=-1)

    def get_config(self) -> dict[str, Any]:
        config = super().get_config()
        del config["score_mode"]
        return config
