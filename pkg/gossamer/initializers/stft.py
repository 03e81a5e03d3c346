"""The kernel of a convolution that is a short-time Fourier transform."""

from __future__ import annotations

from typing import Any

import numpy as np

from gossamer import dtypes, ops
from gossamer.initializers.initializer import Initializer
from gossamer.initializers.windows import check_window, window
from gossamer.tensor import Tensor


class STFT(Initializer):
    """A short-time Fourier transform's real or imaginary part: `window(t) * exp(-2πi f t / n)`.

    The shape is `(length of the window, 1, n // 2 + 1)`, n being the transform's length.

    Args:
        side: `"real"` or `"imag"`.
        window: a name such as `"hann"`, the values, or None for none.
        scaling: divides the window by its norm: `"density"` (of squares), `"spectrum"` (of
            magnitudes) or None.
        periodic: whether the window is a period's, or symmetric.

    Raises:
        ValueError: for other values, and for a window of another length than the shape has.

    Example:
        >>> gs.initializers.STFT(window=None)((4, 1, 3))[:, 0, 1].tolist()
        [1.0, 0.0, -1.0, 0.0]
    """

    def __init__(
        self,
        side: str = "real",
        window: Any = "hann",
        scaling: str | None = "density",
        periodic: bool = False,
    ) -> None:
        if side not in ("real", "imag"):
            raise ValueError(f"Expected the side 'real' or 'imag'. Received: side={side!r}")
        if isinstance(window, str):
            check_window(window)
        if scaling not in (None, "density", "spectrum"):
            raise ValueError(
                f"Expected the scaling 'density', 'spectrum' or None. Received: scaling={scaling!r}"
            )
        self.side = side
        self.window = window
        self.scaling = scaling
        self.periodic = periodic

    def __call__(self, shape: Any, dtype: Any = None) -> Tensor:
        length, _, frequencies = shape
        # Angles of whole turns are left out while they are integers: there is nothing to round.
        n = 2 * (frequencies - 1)
        turns = (np.arange(length)[:, None] * np.arange(frequencies)) % max(n, 1) / max(n, 1)
        wave = np.cos if self.side == "real" else np.sin
        kernel = wave(-2 * np.pi * turns) * self._weights(length)[:, None]
        return ops.convert_to_tensor(kernel[:, None, :], dtype or dtypes.floatx())

    def _weights(self, length: int) -> np.ndarray:
        """The window, scaled."""
        if self.window is None:
            return np.ones(length)
        named = isinstance(self.window, str)
        values = window(self.window, length, self.periodic) if named else np.array(self.window)
        if values.shape != (length,):
            raise ValueError(
                f"Expected a window of shape ({length},). Received: window of shape {values.shape}"
            )
        if self.scaling is None:
            return values
        return values / np.linalg.norm(values, 2 if self.scaling == "density" else 1)

    def get_config(self) -> dict[str, Any]:
        return {
            "side": self.side,
            "window": self.window,
            "periodic": self.periodic,
            "scaling": self.scaling,
        }
