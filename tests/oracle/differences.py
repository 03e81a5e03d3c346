"""Every difference from Keras that is meant, with its reason: the tests fail on any other.

A rule names ops and what of their cases it is about. A rule that no case needs any more fails,
too, so that this list says what is true.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from tests.ops.record import Input, f, i
from tests.oracle.case import Case


class Difference(NamedTuple):
    """Cases in which gossamer differs from Keras, on purpose.

    Attributes:
        ops: the ops, by name, with spaces between.
        reason: one sentence.
        concerns: whether a case of these ops is one of them.
    """

    ops: str
    reason: str
    concerns: Callable[[Case], bool] = lambda case: True

    def covers(self, case: Case) -> bool:
        return case.op in self.ops.split() and self.concerns(case)


def _no_floats(case: Case) -> bool:
    """Whether all its tensors are of integers or bools."""
    return bool(case.dtypes()) and not any("float" in dtype for dtype in case.dtypes())


def _infinite(case: Case) -> bool:
    return any(isinstance(x, Input) and np.isinf(x.values or 0).any() for x in case.args)


def _between_kinds(case: Case) -> bool:
    """Whether it casts integers to floats, or floats to integers."""
    return ("float" in case.args[0].dtype) != ("float" in case.args[1])


def _negative_in_tuple(case: Case) -> bool:
    axis = case.kwargs.get("axis")
    return isinstance(axis, tuple) and min(axis) < 0


def _given(case: Case, position: int) -> tuple[str, tuple[int, ...]]:
    """Dtype and shape of an argument that is a tensor."""
    given = case.args[position]
    assert isinstance(given, Input)
    return given.dtype, given.shape if given.values is None else np.shape(given.values)


def _sizes_given(case: Case) -> int:
    size = case.args[1]
    return len(size) if isinstance(size, tuple) else 1


def _fills_up(case: Case) -> bool:
    """Whether a set gets more places than it has elements, and more than values is wanted."""
    wanted = any(name.startswith("return_") for name in case.kwargs)
    return case.kwargs.get("size", 0) > 4 and wanted


DIFFERENCES: tuple[Difference, ...] = (
    Difference(
        "zeros ones eye identity tri linspace",
        "An unknown dtype is a ValueError everywhere, as in most of Keras, and no TypeError.",
        lambda case: case.kwargs.get("dtype") == "float31",
    ),
    Difference(
        "zeros_like ones_like vstack hstack dstack",
        "A list of integers is int32, as convert_to_tensor has it: NumPy's int64 shows through "
        "Keras on NumPy, and Keras on JAX takes no lists.",
        lambda case: not case.dtypes(),
    ),
    Difference(
        "split",
        "A number of parts that is no integer is a mistake, and not rounded down.",
        lambda case: isinstance(case.args[1], float),
    ),
    Difference(
        "unstack",
        "A `num` that is not the axis's size is a mistake, as in Keras on TensorFlow.",
        lambda case: "num" in case.kwargs,
    ),
    Difference(
        "tri",
        "A negative size is a mistake, as it is for `eye`.",
        lambda case: case.args[0] == -1,
    ),
    Difference(
        "rearrange",
        "`()` is an axis of size 1, as in einops.",
        lambda case: "()" in case.kwargs["pattern"],
    ),
    Difference(
        "erf erfc erfinv rsqrt sigmoid log_sigmoid silu swish glu softmax log_softmax normalize "
        "relu6 hard_tanh",
        "Integers and bools count as the numbers they are, where Keras's NumPy rounds constants to "
        "integers and wraps negatives of unsigned ones, and JAX refuses them or wraps as well.",
        _no_floats,
    ),
    Difference(
        "softmax log_softmax",
        "Negative axes count from the end in tuples, too, where Keras raises an error.",
        _negative_in_tuple,
    ),
    Difference(
        "sparsemax",
        "Keras adds up cumulative sums for its threshold, and results that do not sum to 1.",
    ),
    Difference(
        "squareplus i0",
        "Values at infinities are the limits, where Keras has NaN of inf - inf and of inf * 0.",
        _infinite,
    ),
    Difference(
        "saturate_cast",
        "Keras rounds or wraps the limits, so that it casts small integers to -2147483648.0 and "
        "large floats to 0.",
        _between_kinds,
    ),
    Difference(
        "unique",
        "Values are filled up with 0, as Keras documents and does on NumPy, and indices are int32, "
        "as it documents and does on JAX.",
        _fills_up,
    ),
    Difference(
        "histogram",
        "Counts of no elements are floats like all other counts on JAX, where this one fails.",
        lambda case: case.args[0] == f(0) and "range" not in case.kwargs,
    ),
    Difference(
        "bincount",
        "The counts of rows are as many as the largest number in all of them needs, as in Keras on "
        "TensorFlow, where NumPy and JAX want all rows to need as many.",
        lambda case: case.args[0] == i(4, 9, low=0, high=6),
    ),
    Difference(
        "nanmean",
        "The sum of halves on the way to a finite mean does not overflow.",
        lambda case: case.dtypes() == {"float16"} and case.args[0].values is not None,
    ),
    Difference(
        "cholesky",
        "Half floats are a TypeError, as in all other decompositions: Keras makes every error of "
        "this one a ValueError.",
        lambda case: case.dtypes() == {"float16"},
    ),
    Difference(
        "cholesky_inverse",
        "Batches are inverted, as Keras's documentation says: its code exchanges all axes, not "
        "the last two, and fails.",
        lambda case: np.ndim(case.args[0].values) > 2 or len(case.args[0].shape) > 2,
    ),
    Difference(
        "image.affine_transform",
        "One transform serves a batch, as in Keras on TensorFlow; its NumPy and JAX backends fail "
        "in a reshape.",
        lambda case: len(_given(case, 0)[1]) == 4 and _given(case, 1)[1] == (8,),
    ),
    Difference(
        "image.gaussian_blur",
        "Integer images are blurred; Keras on NumPy multiplies them with weights truncated to 0, "
        "and on JAX it fails.",
        lambda case: _given(case, 0)[0] in ("uint8", "int32"),
    ),
    Difference(
        "max_pool average_pool",
        "Keras documents strides=None as the window's size, and fails with it on NumPy and JAX.",
        lambda case: len(case.args) < 3 and case.kwargs.get("strides") is None,
    ),
    Difference(
        "sparse_categorical_crossentropy",
        "Keras documents the axis of the classes, and refuses targets without any but the last.",
        lambda case: case.kwargs.get("axis") == 1,
    ),
    Difference(
        "depthwise_conv separable_conv conv_transpose",
        "The operands of every convolution are promoted here; in Keras those of conv alone.",
        lambda case: case.dtypes() == {"float16", "float32"},
    ),
    Difference(
        "conv_transpose",
        "A step of 0 is a ValueError as in the other convolutions.",
        lambda case: case.kwargs.get("strides") == 0,
    ),
    Difference(
        "associative_scan",
        "Of a negative axis in reverse, Keras makes float64 on NumPy and nothing on JAX.",
        lambda case: bool(case.kwargs.get("reverse")) and case.kwargs.get("axis", 0) < 0,
    ),
    Difference(
        "adaptive_max_pool adaptive_average_pool",
        "Two sizes for one axis are a mistake, as they are for two and three axes.",
        lambda case: _sizes_given(case) == 2 and len(case.args[0].shape) == 3,
    ),
)
