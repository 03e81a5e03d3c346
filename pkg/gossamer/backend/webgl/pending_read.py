"""Reads that do not wait: begun at once, ended when the elements are there."""

from typing import Any

import numpy as np

from gossamer.backend.webgl.device import JsException, raising, translated
from gossamer.backend.webgl.layout import Layout, empty_texels, from_texels
from gossamer.backend.webgl.storage import READ, elements_of
from gossamer.backend.webgl.texture import Texture
from gossamer.kernel.parts import as_parts
from gossamer.kernel.spec import TensorSpec


class PendingRead:
    """A tensor's elements on their way to the CPU, as they were when this was made."""

    __slots__ = ("_device", "_kind", "_lay", "_number", "_spec", "_unasked")

    def __init__(
        self, device: Any, texture: Texture, lay: Layout, spec: TensorSpec, unasked: bool
    ) -> None:
        self._device = device
        self._lay = lay
        self._spec = spec
        self._unasked = unasked
        self._kind = texture.size_class.kind
        self._number = raising(device.beginRead)(texture.number, lay.height)

    def __del__(self) -> None:
        if hasattr(self, "_number"):
            self._device.dropRead(self._number)

    def finish(self) -> np.ndarray:
        """The elements; waits for the device. Once only."""
        texels = empty_texels(self._lay, READ[self._kind])
        raising(self._device.finishRead)(self._number, texels, self._unasked)
        return elements(texels, self._lay, self._spec, self._kind)

    async def data(self) -> np.ndarray:
        """The same, while the page goes on; those that begin in one turn share a fence."""
        try:
            await self._device.fenced()
        except JsException as error:
            raise translated(error) from None
        return self.finish()


def elements(texels: np.ndarray, lay: Layout, spec: TensorSpec, kind: str) -> np.ndarray:
    """What was read as an array of the tensor's shape and dtype; no copy where none is needed."""
    if (parts := as_parts(spec)) is not spec:
        return joined(elements(texels, lay, parts, kind), spec)
    numbers = from_texels(elements_of(texels, spec.dtype, kind), lay, spec.shape)
    # Not `ascontiguousarray`, which makes a vector of a scalar.
    return np.asarray(numbers, spec.dtype, order="C")


def joined(parts: np.ndarray, spec: TensorSpec) -> np.ndarray:
    """The complex numbers whose parts lie along the last axis."""
    return np.ascontiguousarray(parts).view(spec.dtype).reshape(spec.shape)
