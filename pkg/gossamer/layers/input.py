"""`Input`: the symbolic tensor that a model begins with."""

from collections.abc import Sequence
from typing import Any

from gossamer.core.symbolic import KerasTensor
from gossamer.dtypes import floatx


def Input(  # noqa: N802 (Keras's name)
    shape: Sequence[int | None] | None = None,
    batch_size: int | None = None,
    dtype: Any = None,
    sparse: bool | None = None,
    ragged: bool | None = None,
    batch_shape: Sequence[int | None] | None = None,
    name: str | None = None,
    tensor: KerasTensor | None = None,
    optional: bool = False,
) -> KerasTensor:
    """A symbolic tensor: what a model will be given. Ops of it are symbolic, too.

    Args:
        shape: sizes without that of the batch; None for what is not known.
        batch_size: the size of the batch, if it is known.
        dtype: `config.floatx()` if None.
        sparse, ragged: False: there are no such tensors here.
        batch_shape: all sizes, instead of `shape` and `batch_size`.
        name: what to call it.
        tensor: a symbolic tensor to take as it is.
        optional: without effect as yet: it concerns models.

    Raises:
        ValueError: without a shape, or with two.

    Example:
        >>> x = gs.Input((28, 28, 1))
        >>> ops.max_pool(x, 2).shape
        (None, 14, 14, 1)
    """
    if sparse or ragged:
        raise NotImplementedError("gossamer has no sparse and no ragged tensors.")
    if tensor is not None:
        return tensor
    if (shape is None) == (batch_shape is None):
        raise ValueError(
            "Expected either shape or batch_shape. "
            f"Received: shape={shape}, batch_shape={batch_shape}"
        )
    sizes = (batch_size, *shape) if shape is not None else tuple(batch_shape or ())
    return KerasTensor(sizes, dtype or floatx(), name)
