"""Windows of signal processing: Bartlett, Blackman, Hamming, Hann, Kaiser.

The result's shape is the argument's value, which is read if it is a tensor; so the windows are
constants, which NumPy makes. No gradient flows.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from gossamer import dtypes
from gossamer.ops.convert import as_tensor
from gossamer.tensor import Tensor


def _window(function: Callable[..., np.ndarray], x: Any, *others: float) -> Tensor:
    values = function(_number_of_points(x), *others)
    return as_tensor(values, dtypes.floatx(), x.backend if isinstance(x, Tensor) else None)


def _number_of_points(x: Any) -> int:
    tensor = as_tensor(x)
    if tensor.ndim:
        raise TypeError(f"Expected one number of points. Received: x.shape={tensor.shape}")
    return int(tensor.item())


def bartlett(x: Any) -> Tensor:
    """Bartlett's window of `x` points, a triangle: `1 - |2 n / (x - 1) - 1|`.

    Args:
        x: the number of points.

    Raises:
        TypeError: for more than one number.

    Example:
        >>> ops.bartlett(5).tolist()
        [0.0, 0.5, 1.0, 0.5, 0.0]
    """
    return _window(np.bartlett, x)


def blackman(x: Any) -> Tensor:
    """Blackman's window of `x` points: `0.42 - 0.5 cos(2 pi n / (x - 1)) + 0.08 cos(4 ...)`.

    Args:
        x: the number of points.

    Raises:
        TypeError: for more than one number.

    Example:
        >>> [round(y, 2) for y in ops.blackman(5).tolist()[1:]]
        [0.34, 1.0, 0.34, -0.0]
    """
    return _window(np.blackman, x)


def hamming(x: Any) -> Tensor:
    """Hamming's window of `x` points: `0.54 - 0.46 cos(2 pi n / (x - 1))`.

    Args:
        x: the number of points.

    Raises:
        TypeError: for more than one number.

    Example:
        >>> [round(y, 2) for y in ops.hamming(5).tolist()]
        [0.08, 0.54, 1.0, 0.54, 0.08]
    """
    return _window(np.hamming, x)


def hanning(x: Any) -> Tensor:
    """Hann's window of `x` points: `0.5 - 0.5 cos(2 pi n / (x - 1))`.

    Args:
        x: the number of points.

    Raises:
        TypeError: for more than one number.

    Example:
        >>> [round(y, 2) for y in ops.hanning(5).tolist()]
        [0.0, 0.5, 1.0, 0.5, 0.0]
    """
    return _window(np.hanning, x)


def kaiser(x: Any, beta: Any) -> Tensor:
    """Kaiser's window of `x` points: `i0(beta sqrt(1 - (2 n / (x - 1) - 1)^2)) / i0(beta)`.

    Args:
        x: the number of points.
        beta: the larger, the narrower: 0 for a rectangle.

    Raises:
        TypeError: for more than one number.

    Example:
        >>> [round(y, 2) for y in ops.kaiser(5, 5.0).tolist()]
        [0.04, 0.55, 1.0, 0.55, 0.04]
    """
    return _window(np.kaiser, x, as_tensor(beta).item())
