"""The layers that Keras calls core: dense ones, embeddings, wrappers."""

from typing import Any

from gossamer.layers.core.dense import Dense

MEMBERS: list[Any] = [Dense]
ALIASES: dict[str, Any] = {}
