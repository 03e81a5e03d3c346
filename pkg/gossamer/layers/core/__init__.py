"""The layers that Keras calls core: dense ones, embeddings, wrappers."""

from typing import Any

from gossamer.layers.core.dense import Dense
from gossamer.layers.core.einsum_dense import EinsumDense
from gossamer.layers.core.embedding import Embedding, ReversibleEmbedding
from gossamer.layers.core.lambda_layer import Lambda
from gossamer.layers.core.wrapper import Identity, Masking, Wrapper

MEMBERS: list[Any] = [
    Dense, EinsumDense, Embedding, Identity, Lambda, Masking, ReversibleEmbedding, Wrapper,
]  # fmt: skip
ALIASES: dict[str, Any] = {}
