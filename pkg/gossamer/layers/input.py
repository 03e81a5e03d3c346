"""`Input`: the symbolic tensor that a model begins with, and the layer that stands for it."""

import weakref
from collections.abc import Sequence
from typing import Any

from gossamer.core.symbolic import KerasTensor
from gossamer.dtypes import floatx, standardize_dtype
from gossamer.layers.layer import Layer
from gossamer.texts import STRING, is_text_dtype


class InputLayer(Layer):
    """What gives a model its input; `Input` makes one.

    Args:
        shape: sizes without that of the batch; None for what is not known.
        batch_size: the size of the batch, if it is known.
        dtype: `config.floatx()` if None; `"string"` for what layers such as `StringLookup` take.
        sparse, ragged: False: there are no such tensors here.
        batch_shape: all sizes, instead of `shape` and `batch_size`.
        input_tensor: a symbolic tensor to take as it is.
        optional: whether None may be given.
        name: what to call the input.
        kwargs: `input_shape`, an older name of `shape`.

    Raises:
        ValueError: without a shape, or with two.

    Example:
        >>> gs.layers.InputLayer(shape=(3,), name="x").output.shape
        (None, 3)
    """

    def __init__(
        self,
        shape: Sequence[int | None] | None = None,
        batch_size: int | None = None,
        dtype: Any = None,
        sparse: bool | None = None,
        ragged: bool | None = None,
        batch_shape: Sequence[int | None] | None = None,
        input_tensor: KerasTensor | None = None,
        optional: bool = False,
        name: str | None = None,
        **kwargs: Any,
    ) -> None:
        if sparse or ragged:
            raise NotImplementedError("gossamer has no sparse and no ragged tensors.")
        batch_shape = kwargs.pop("batch_input_shape", batch_shape)
        shape = kwargs.pop("input_shape", shape)
        if input_tensor is not None:
            batch_shape, dtype, shape = input_tensor.shape, input_tensor.dtype, None
        if (shape is None) == (batch_shape is None):
            raise ValueError(
                "Expected either shape or batch_shape. "
                f"Received: shape={shape}, batch_shape={batch_shape}"
            )
        super().__init__(name=name, **kwargs)
        sizes = (batch_size, *shape) if shape is not None else tuple(batch_shape or ())
        self.batch_shape = tuple(sizes)
        dtype = dtype or floatx()
        self._input_dtype = STRING if is_text_dtype(dtype) else standardize_dtype(dtype)
        self.optional = optional
        self.sparse = bool(sparse)
        self.ragged = bool(ragged)
        self.built = True
        tensor = input_tensor
        if tensor is None:
            tensor = KerasTensor(sizes, self._input_dtype, self.name)
        tensor.input_layer = self
        # Weak, since the tensor holds this layer.
        self._tensor = weakref.ref(tensor)

    @property
    def output(self) -> Any:
        tensor = self._tensor()
        if tensor is None:
            tensor = KerasTensor(self.batch_shape, self._input_dtype, self.name)
            tensor.input_layer = self
            self._tensor = weakref.ref(tensor)
        return tensor

    @property
    def input(self) -> Any:
        return self.output

    @property
    def dtype(self) -> str:
        return self._input_dtype

    def call(self) -> None:
        """Nothing comes into it."""

    def get_config(self) -> dict[str, Any]:
        return {
            "batch_shape": self.batch_shape,
            "dtype": self._input_dtype,
            "sparse": self.sparse,
            "ragged": self.ragged,
            "name": self.name,
            "optional": self.optional,
        }


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
    """A symbolic tensor: what a model will be given. Ops and layers of it are symbolic, too.

    Args:
        shape: sizes without that of the batch; None for what is not known.
        batch_size: the size of the batch, if it is known.
        dtype: `config.floatx()` if None; `"string"` for what layers such as `StringLookup` take.
        sparse, ragged: False: there are no such tensors here.
        batch_shape: all sizes, instead of `shape` and `batch_size`.
        name: what to call it.
        tensor: a symbolic tensor to take as it is.
        optional: whether None may be given.

    Raises:
        ValueError: without a shape, or with two.

    Example:
        >>> x = gs.Input((28, 28, 1))
        >>> ops.max_pool(x, 2).shape
        (None, 14, 14, 1)
    """
    layer = InputLayer(
        shape, batch_size, dtype, sparse, ragged, batch_shape, tensor, optional, name=name
    )
    output: KerasTensor = layer.output if tensor is None else tensor
    return output
