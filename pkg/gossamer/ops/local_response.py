"""Local response normalization: elements divided by what is at the same place in near channels."""

from typing import Any

from gossamer import ops
from gossamer.ops.convert import floating
from gossamer.ops.pooling import averaged
from gossamer.ops.windows import whole_axis, windows_of
from gossamer.tensor import Tensor


def local_response_normalization(
    inputs: Any,
    depth_radius: int = 5,
    bias: float = 1.0,
    alpha: float = 1.0,
    beta: float = 0.5,
) -> Tensor:
    """`x / (bias + alpha * s)**beta`, s the sum of squares over near channels.

    Krizhevsky et al. (2012), section 3.3. Not in Keras; TensorFlow's
    `local_response_normalization`.

    Args:
        inputs: of shape (..., channels).
        depth_radius: how many channels on either side are near.
        bias: what keeps the divisor from 0.
        alpha: the factor of the sum.
        beta: the exponent.

    Raises:
        ValueError: for inputs without channels, and a negative radius.

    Example:
        >>> ops.local_response_normalization([[1.0, 2.0]], depth_radius=1, bias=4.0).tolist()
        [[0.3333333, 0.6666666]]
    """
    x = floating(inputs)
    if x.ndim < 1 or depth_radius < 0:
        raise ValueError(
            "Expected inputs with channels, and a depth_radius from 0 on. "
            f"Received: inputs.shape={x.shape}, depth_radius={depth_radius}"
        )
    taps = 2 * depth_radius + 1
    margins = [(0, 0)] * (x.ndim - 1) + [(depth_radius, depth_radius)]
    squares = ops.pad(ops.square(x), margins)
    windows = windows_of(squares.shape[-1:], (taps,), (1,), (1,), "valid")
    means = averaged(squares, (*map(whole_axis, x.shape[:-1]), *windows))
    return x * ops.power(bias + (alpha * taps) * means, -beta)
