"""The webgl backend's buffers: textures, and NumPy arrays of at most one element."""

from weakref import ref

import numpy as np

from gossamer.backend.webgl.pool import SizeClass, TexturePool


class Texture:
    """A tensor's elements; their memory goes back with this object.

    They are on the device, or in `page` on the CPU while `number` is zero.

    Args:
        pool: where textures come from.
        wanted: the texture's class.
        page: the elements, to leave them on the CPU for the time being.
    """

    __slots__ = ("__weakref__", "_generation", "_pool", "number", "page", "size_class")

    page: np.ndarray

    def __init__(
        self, pool: TexturePool, wanted: SizeClass, page: np.ndarray | None = None
    ) -> None:
        self._pool = pool
        self.size_class = wanted
        self._generation = pool.generation
        if page is not None:
            self.number, self.page = 0, page
            pool.add_page(page)
            return
        number = self.number = pool.take(wanted)
        pool.owners[number] = ref(self)

    def __del__(self) -> None:
        try:
            number = self.number
        except AttributeError:  # there was no memory for it
            return
        if number:
            self._pool.give_back(number, self.size_class, self._generation)
        else:
            self._pool.drop_page(self.page)

    def page_out(self) -> None:
        """Leave the device."""
        self.page = self._pool.page_out(self.number, self.size_class, self._generation)
        self.number = 0

    def on_device(self) -> int:
        """Its number, after it has come back if it had left."""
        if not self.number:
            generation = self._pool.generation
            self.number = self._pool.page_in(self.page, self.size_class)
            self._generation = generation
            self._pool.owners[self.number] = ref(self)
            del self.page
        return self.number


Buffer = Texture | np.ndarray
