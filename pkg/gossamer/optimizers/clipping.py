"""Gradients made shorter, or their elements smaller."""

from __future__ import annotations

from collections.abc import Sequence

from gossamer import ops
from gossamer.tensor import Tensor


def clip_by_norm(gradient: Tensor, norm: float) -> Tensor:
    """`g * norm / max(norm, |g|)`, of which the length is `norm` at most."""
    length = ops.sqrt(ops.sum(ops.square(gradient)))
    return gradient * (norm / ops.maximum(length, norm))


def clip_by_global_norm(gradients: Sequence[Tensor], norm: float) -> list[Tensor]:
    """All of them by one factor, so that the length of all together is `norm` at most.

    Source: Pascanu et al., "On the difficulty of training recurrent neural networks", ICML 2013.
    """
    squares = [ops.sum(ops.square(gradient)) for gradient in gradients]
    length = ops.sqrt(sum(squares[1:], squares[0]))
    # What is not finite stays so: a factor of norm / inf would hide it as zeros.
    factor = norm / ops.maximum(length, norm) + (length - length)
    return [gradient * factor for gradient in gradients]
