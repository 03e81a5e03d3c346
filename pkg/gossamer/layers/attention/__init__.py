"""The layers that Keras calls attention."""

from typing import Any

from gossamer.layers.attention.attention import AdditiveAttention, Attention
from gossamer.layers.attention.grouped_query_attention import GroupedQueryAttention
from gossamer.layers.attention.multi_head_attention import MultiHeadAttention

MEMBERS: list[Any] = [AdditiveAttention, Attention, GroupedQueryAttention, MultiHeadAttention]
ALIASES: dict[str, Any] = {"GroupQueryAttention": GroupedQueryAttention}
