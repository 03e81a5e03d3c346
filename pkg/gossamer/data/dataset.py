"""Streams of elements: where they come from, and what is made of them, step by step.

A dataset holds no elements but those of its source. Whoever iterates over it begins anew, and each
step asks the one before it for the next element when it needs one. All of it happens on the host,
in NumPy; `prefetch` makes tensors.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np

from gossamer import tree
from gossamer.data import steps
from gossamer.data.arguments import generators_of, positive
from gossamer.data.batching import Batching
from gossamer.data.elements import as_element, merged, on_host, size_of, spec_of

AUTOTUNE = -1
INFINITE_CARDINALITY = -1
UNKNOWN_CARDINALITY = -2


class Dataset(Batching):
    """A stream of elements that can be gone through again and again.

    An element is a NumPy value, a string, or a tuple or dictionary of elements; to train a model
    it is a batch: `x`, `(x, y)` or `(x, y, sample_weight)`. Functions that are given to `map`,
    `filter` and `flat_map` get a tuple's parts as their arguments, and may use NumPy and `ops`.

    Args:
        begin: a function without arguments that gives the elements from the first one on.
        cardinality: how many there are, or a function that says it when it is asked.
        spec: a function that gives the structure of `ElementSpec`s; as the first element if None.

    Example:
        >>> dataset = gs.data.Dataset.range(10).filter(lambda x: x % 2 == 0).batch(3)
        >>> [batch.tolist() for batch in dataset]
        [[0, 2, 4], [6, 8]]
    """

    # Of what `utils.image_dataset_from_directory` and its like make.
    class_names: Any
    file_paths: Any

    def __init__(
        self,
        begin: Callable[[], Iterable[Any]],
        cardinality: int | Callable[[], int] = UNKNOWN_CARDINALITY,
        spec: Callable[[], Any] | None = None,
    ) -> None:
        self._begin = begin
        self._cardinality = cardinality
        self._spec = spec

    # Sources

    @staticmethod
    def from_tensors(tensors: Any) -> Dataset:
        """One element.

        Args:
            tensors: the element.

        Example:
            >>> [x.tolist() for x in gs.data.Dataset.from_tensors([1, 2])]
            [[1, 2]]
        """
        element = as_element(tensors)
        return Dataset(lambda: iter((element,)), 1)

    @staticmethod
    def from_tensor_slices(tensors: Any) -> Dataset:
        """The rows of arrays.

        Args:
            tensors: an array, or a tuple or dictionary of arrays with as many rows; a list is an
                array.

        Raises:
            ValueError: for arrays with different numbers of rows.

        Example:
            >>> dataset = gs.data.Dataset.from_tensor_slices(([[1, 2], [3, 4]], ["a", "b"]))
            >>> [(x.tolist(), str(y)) for x, y in dataset]
            [([1, 2], 'a'), ([3, 4], 'b')]
        """
        arrays = on_host(as_element(tensors))
        from gossamer.data.rows import Rows

        return Rows(arrays, lambda: np.arange(size_of(arrays)), size_of(arrays))

    @staticmethod
    def from_generator(
        generator: Callable[..., Iterable[Any]], output_signature: Any = None, args: Any = ()
    ) -> Dataset:
        """The elements that a generator function yields, called anew each time.

        Args:
            generator: returns an iterable.
            output_signature: the structure of what has a shape and a dtype; as the first element
                if None.
            args: its arguments.

        Raises:
            TypeError: for a generator itself, which could not begin anew.

        Example:
            >>> dataset = gs.data.Dataset.from_generator(lambda: (i * i for i in range(3)))
            >>> [int(x) for x in dataset]
            [0, 1, 4]
        """
        if not callable(generator):
            raise TypeError(
                "Expected a function that returns an iterable, so that it can begin anew. "
                f"Received: {generator!r}"
            )
        spec = None if output_signature is None else lambda: output_signature
        return Dataset(lambda: map(as_element, generator(*args)), UNKNOWN_CARDINALITY, spec)

    @staticmethod
    def range(*args: int) -> Dataset:
        """Integers, as Python's `range` has them.

        Args:
            args: `stop`, or `start, stop`, or `start, stop, step`.

        Example:
            >>> [int(x) for x in gs.data.Dataset.range(1, 6, 2)]
            [1, 3, 5]
        """
        return Dataset.from_tensor_slices(np.arange(*args, dtype=np.int64))

    @staticmethod
    def zip(*datasets: Any) -> Dataset:
        """Elements of several datasets side by side, as long as each has one.

        Args:
            datasets: datasets, or one tuple or dictionary of them.

        Example:
            >>> numbers = gs.data.Dataset.range(3)
            >>> [(int(a), int(b)) for a, b in gs.data.Dataset.zip(numbers, numbers.skip(1))]
            [(0, 1), (1, 2)]
        """
        structure = datasets[0] if len(datasets) == 1 else datasets
        parts = tree.flatten(structure)
        if not parts or not all(isinstance(part, Dataset) for part in parts):
            raise TypeError(f"Expected datasets, or a structure of them. Received: {structure!r}")
        if isinstance(structure, list):
            structure = tuple(structure)

        def begin() -> Iterator[Any]:
            iterators = [iter(part) for part in parts]
            for elements in zip(*iterators, strict=False):
                yield tree.pack_sequence_as(structure, list(elements))

        def cardinality() -> int:
            sizes = [part.cardinality() for part in parts]
            known = [size for size in sizes if size >= 0]
            if UNKNOWN_CARDINALITY in sizes:
                return UNKNOWN_CARDINALITY
            return min(known) if known else INFINITE_CARDINALITY

        return Dataset(
            begin, cardinality,
            lambda: tree.map_structure(lambda part: part.element_spec, structure),
        )  # fmt: skip

    @staticmethod
    def from_csv(source: Any, **options: Any) -> Dataset:
        """The rows of a table: see `gossamer.data.csv_files.from_csv`."""
        from gossamer.data.csv_files import from_csv

        return from_csv(source, **options)

    @staticmethod
    def from_archive(source: Any, **options: Any) -> Dataset:
        """The files of a zip or tar archive: see `gossamer.data.archives.from_archive`."""
        from gossamer.data.archives import from_archive

        return from_archive(source, **options)

    @staticmethod
    def from_images(source: Any, **options: Any) -> Dataset:
        """The images of a folder or archive: see `gossamer.data.images.from_images`."""
        from gossamer.data.images import from_images

        return from_images(source, **options)

    # Element by element

    def map(
        self, map_func: Callable[..., Any], num_parallel_calls: Any = None,
        deterministic: Any = None,
    ) -> Dataset:  # fmt: skip
        """What a function makes of each element.

        Args:
            map_func: gets the element, or its parts if it is a tuple.
            num_parallel_calls, deterministic: without effect: there is one thread.

        Example:
            >>> dataset = gs.data.Dataset.range(3).map(lambda x: (x, x * x))
            >>> [(int(x), int(y)) for x, y in dataset]
            [(0, 0), (1, 1), (2, 4)]
        """
        return self._next(lambda: steps.mapped(self._begin(), map_func), self.cardinality)

    def filter(self, predicate: Callable[..., Any]) -> Dataset:
        """The elements of which a function says True.

        Args:
            predicate: gets the element, or its parts if it is a tuple.
        """
        return self._next(
            lambda: steps.filtered(self._begin(), predicate), spec=lambda: self.element_spec
        )

    def flat_map(self, map_func: Callable[..., Dataset]) -> Dataset:
        """The elements of the datasets that a function makes of each element, one after another.

        Args:
            map_func: gets the element, or its parts if it is a tuple.

        Example:
            >>> pairs = gs.data.Dataset.range(3).window(2, shift=1, drop_remainder=True)
            >>> [x.tolist() for x in pairs.flat_map(lambda window: window.batch(2))]
            [[0, 1], [1, 2]]
        """
        return self._next(
            lambda: itertools.chain.from_iterable(
                steps.called(map_func, element) for element in self._begin()
            )
        )

    def enumerate(self, start: int = 0) -> Dataset:
        """Pairs of a number, counted from `start`, and an element."""
        return self._next(
            lambda: ((np.int64(i), x) for i, x in enumerate(self._begin(), start)),
            self.cardinality,
        )

    # Order and length

    def shuffle(
        self, buffer_size: int, seed: int | None = None, reshuffle_each_iteration: bool = True
    ) -> Dataset:
        """The elements in another order.

        Args:
            buffer_size: among how many of the next elements each is drawn. For an even order it
                is as large as the dataset.
            seed: of the order; from NumPy's global generator if None.
            reshuffle_each_iteration: whether the order is another one each time.

        Example:
            >>> dataset = gs.data.Dataset.range(4).shuffle(4, seed=1)
            >>> sorted(int(x) for x in dataset)
            [0, 1, 2, 3]
        """
        size = positive("buffer_size", buffer_size)
        generators = generators_of(seed, reshuffle_each_iteration)
        return self._alike(
            lambda: steps.shuffled(self._begin(), size, next(generators)), self.cardinality
        )

    def repeat(self, count: int | None = None) -> Dataset:
        """The elements several times over.

        Args:
            count: how many times; for ever if None or -1.
        """
        times = None if count is None or count < 0 else count

        def cardinality() -> int:
            if times is None:
                return 0 if self.cardinality() == 0 else INFINITE_CARDINALITY
            return self._count(lambda n: n * times) if times else 0

        return self._alike(lambda: steps.repeated(self._begin, times), cardinality)

    def take(self, count: int) -> Dataset:
        """The first elements.

        Args:
            count: how many; all if -1.
        """
        if count < 0:
            return self
        return self._alike(
            lambda: itertools.islice(self._begin(), count),
            lambda: (
                count
                if self.cardinality() == INFINITE_CARDINALITY
                else self._count(lambda n: min(n, count))
            ),
        )

    def skip(self, count: int) -> Dataset:
        """The elements after the first ones.

        Args:
            count: how many are left out; all if -1.
        """
        stop = 0 if count < 0 else None
        return self._alike(
            lambda: itertools.islice(self._begin(), max(count, 0), stop),
            lambda: 0 if count < 0 else self._count(lambda n: max(n - count, 0)),
        )

    def concatenate(self, dataset: Dataset) -> Dataset:
        """The elements of this dataset, and then those of another one."""

        def cardinality() -> int:
            sizes = self.cardinality(), dataset.cardinality()
            if INFINITE_CARDINALITY in sizes:
                return INFINITE_CARDINALITY
            return UNKNOWN_CARDINALITY if UNKNOWN_CARDINALITY in sizes else sum(sizes)

        return self._next(
            lambda: itertools.chain(self._begin(), dataset), cardinality,
            lambda: merged(self.element_spec, dataset.element_spec),
        )  # fmt: skip

    # Where elements are kept

    def cache(self) -> Dataset:
        """The same elements without computing them again: kept on the host once all were seen."""
        kept: list[Any] = []
        complete = False

        def begin() -> Iterator[Any]:
            nonlocal complete
            if complete:
                yield from kept
                return
            found = []
            for element in map(on_host, self._begin()):
                found.append(element)
                yield element
            kept[:], complete = found, True

        return self._alike(begin, self.cardinality)

    def prefetch(self, buffer_size: int = AUTOTUNE) -> Dataset:
        """The elements as tensors, the next of them on the device while one is used.

        Strings stay on the host. Call it last: tensors that are made too early take the device's
        memory.

        Args:
            buffer_size: how many wait there; one if `AUTOTUNE`.

        Example:
            >>> dataset = gs.data.Dataset.range(4).batch(2).prefetch(gs.data.AUTOTUNE)
            >>> [batch.numpy().tolist() for batch in dataset]
            [[0, 1], [2, 3]]
        """
        ahead = 1 if buffer_size == AUTOTUNE else buffer_size
        return self._alike(lambda: steps.prefetched(self._begin(), ahead), self.cardinality)

    def apply(self, transformation_func: Callable[[Dataset], Dataset]) -> Dataset:
        """What a function makes of the dataset."""
        return transformation_func(self)

    # What it is

    def cardinality(self) -> int:
        """How many elements there are; `INFINITE_CARDINALITY` or `UNKNOWN_CARDINALITY` else."""
        return self._cardinality() if callable(self._cardinality) else self._cardinality

    def __len__(self) -> int:
        size = self.cardinality()
        if size < 0:
            kind = "infinitely many" if size == INFINITE_CARDINALITY else "an unknown number of"
            raise TypeError(f"Expected a dataset of known length. Received: {kind} elements")
        return size

    def __bool__(self) -> bool:
        return True  # and not as long as it is

    def __iter__(self) -> Iterator[Any]:
        return iter(self._begin())

    def as_numpy_iterator(self) -> Iterator[Any]:
        """The elements with NumPy arrays in the place of tensors."""
        return map(on_host, self)

    @property
    def element_spec(self) -> Any:
        """The structure of `ElementSpec`s of an element; where no step knows it, the first's.

        Example:
            >>> gs.data.Dataset.range(3).batch(2).element_spec
            ElementSpec(shape=(None,), dtype='int64')
        """
        if self._spec is not None:
            return self._spec()
        first = next(iter(self), None)
        if first is None:
            raise ValueError("Expected an element to tell the spec by. Received: an empty dataset")
        return spec_of(first)

    def _alike(self, begin: Callable[[], Iterable[Any]], cardinality: Callable[[], int]) -> Dataset:
        """The dataset of a step that leaves elements as they are."""
        dataset = self._next(begin, cardinality, lambda: self.element_spec)
        dataset._batch_size = self._batch_size
        return dataset

    def _next(
        self, begin: Callable[[], Iterable[Any]],
        cardinality: int | Callable[[], int] = UNKNOWN_CARDINALITY,
        spec: Callable[[], Any] | None = None,
    ) -> Dataset:  # fmt: skip
        """The dataset of one step more."""
        return Dataset(begin, cardinality, spec)

    def _count(self, of: Callable[[int], int]) -> int:
        """What a step makes of a known number; the others stay as they are."""
        size = self.cardinality()
        return size if size < 0 else of(size)
