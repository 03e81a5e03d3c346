"""What NumPy says: the reference of every op that has none of its name there, and how rows find it.

Written from the formulas in the ops' docstrings, apart from gossamer's code; called by the record
tables.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from gossamer.ops.random_bits import bits_of
from tests.ops.record import Input, Record, f


def _sigmoid(x: np.ndarray) -> np.ndarray:
    return np.where(
        x >= 0, 1 / (1 + np.exp(-np.abs(x))), np.exp(-np.abs(x)) / (1 + np.exp(-np.abs(x)))
    )


def _softmax(x: np.ndarray, axis: Any = -1) -> np.ndarray:
    powers = np.exp(x - np.max(x, axis, keepdims=True))
    return powers / np.sum(powers, axis, keepdims=True)


def _log_total(x: np.ndarray, axis: Any) -> np.ndarray:
    largest = np.max(x, axis, keepdims=True)
    return largest + np.log(np.sum(np.exp(x - largest), axis, keepdims=True))


def _elu(x: np.ndarray, alpha: float = 1.0, scale: float = 1.0) -> np.ndarray:
    return np.where(x > 0, x, alpha * np.expm1(np.minimum(x, 0) / scale))


_erf = np.vectorize(math.erf, otypes=[float])


def _nan_to_num(x: np.ndarray, **static: Any) -> np.ndarray:
    largest = float(np.finfo(np.float32).max)
    return np.nan_to_num(x, **{"posinf": largest, "neginf": -largest, **static})


def _gelu(x: np.ndarray, approximate: bool = True) -> np.ndarray:
    if approximate:
        return 0.5 * x * (1 + np.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3)))
    return 0.5 * x * (1 + _erf(x / math.sqrt(2)))


def _clipped(x: np.ndarray, axis: int | None = None) -> np.ndarray:
    share = x if axis is None else x / np.sum(x, axis, keepdims=True)
    return np.clip(share, 1e-7, 1 - 1e-7)


def _crossentropy(
    target: np.ndarray, output: np.ndarray, from_logits: bool = False, axis: int = -1
) -> np.ndarray:
    shares = _softmax(output, axis) if from_logits else _clipped(output, axis)
    return -np.sum(target * np.log(shares), axis)


def _one_hot(x: np.ndarray, num_classes: int, axis: int = -1, dtype: str = "float32") -> np.ndarray:
    return np.moveaxis((x[..., None] == np.arange(num_classes)).astype(dtype), -1, axis)


def _sparse(
    target: np.ndarray, output: np.ndarray, from_logits: bool = False, axis: int = -1
) -> np.ndarray:
    labels = target[..., 0] if target.ndim == output.ndim else target
    return _crossentropy(_one_hot(labels, output.shape[axis], axis), output, from_logits, axis)


def _binary(target: np.ndarray, output: np.ndarray, from_logits: bool = False) -> np.ndarray:
    share = _sigmoid(output) if from_logits else _clipped(output)
    return -(target * np.log(share) + (1 - target) * np.log(1 - share))


def _put(x: np.ndarray, start_indices: Any, updates: np.ndarray) -> np.ndarray:
    out = x.copy()
    ends = zip(start_indices, updates.shape, strict=True)
    out[tuple(slice(start, start + size) for start, size in ends)] = updates
    return out


def _scatter(indices: np.ndarray, values: np.ndarray, shape: Any) -> np.ndarray:
    out = np.zeros(shape, values.dtype)
    np.add.at(out, tuple(np.moveaxis(indices, -1, 0)), values)
    return out


def scatter_update(
    x: np.ndarray, indices: np.ndarray, updates: np.ndarray, reduction: str | None = None
) -> np.ndarray:
    out = x.copy()
    if reduction is not None:
        fold = {"add": np.add, "mul": np.multiply, "max": np.maximum, "min": np.minimum}[reduction]
        fold.at(out, tuple(np.moveaxis(indices, -1, 0)), updates)
        return out
    for place, update in zip(indices.reshape(-1, indices.shape[-1]), updates, strict=True):
        out[tuple(place)] = update
    return out


def _normalize(x: np.ndarray, axis: Any = -1, order: int = 2) -> np.ndarray:
    return x / np.maximum(np.sum(np.abs(x) ** order, axis, keepdims=True) ** (1 / order), 1e-7)


def _uniform(shape: Any, minval: float = 0.0, maxval: float = 1.0, seed: int = 0) -> np.ndarray:
    bits = bits_of(np.array([seed, 0], np.uint32), math.prod(shape)).reshape(shape)
    return (bits >> 8) * 2.0**-24 * (maxval - minval) + minval


def _inverse_erf(y: np.ndarray) -> np.ndarray:
    low, high = np.full_like(y, -6.0), np.full_like(y, 6.0)
    for _ in range(80):
        middle = (low + high) / 2
        low, high = np.where(_erf(middle) < y, (middle, high), (low, middle))
    return low


def _conv(
    x: np.ndarray,
    w: np.ndarray,
    strides: Any = 1,
    padding: str = "valid",
    data_format: str = "channels_last",
    dilation_rate: Any = 1,
) -> np.ndarray:
    """Output place by output place, from the definition."""
    x = np.moveaxis(x, 1, -1) if data_format == "channels_first" else x
    taps, spatial = w.shape[:-2], x.ndim - 2
    steps, spread = (np.broadcast_to(n, spatial) for n in (strides, dilation_rate))
    reach = [(k - 1) * d + 1 for k, d in zip(taps, spread, strict=True)]
    if padding == "same":
        places = [-(-n // s) for n, s in zip(x.shape[1:-1], steps, strict=True)]
        total = [
            max((n - 1) * s + r - length, 0)
            for n, s, r, length in zip(places, steps, reach, x.shape[1:-1], strict=True)
        ]
        x = np.pad(x, [(0, 0), *((n // 2, n - n // 2) for n in total), (0, 0)])
    places = [(n - r) // s + 1 for n, r, s in zip(x.shape[1:-1], reach, steps, strict=True)]
    groups = x.shape[-1] // w.shape[-2]
    out = np.zeros((x.shape[0], *places, w.shape[-1]), x.dtype)
    for place in np.ndindex(*places):
        window = x[
            (
                slice(None),
                *(
                    slice(p * s, p * s + r, d)
                    for p, s, r, d in zip(place, steps, reach, spread, strict=True)
                ),
            )
        ]
        parts = zip(np.split(window, groups, -1), np.split(w, groups, -1), strict=True)
        out[(slice(None), *place)] = np.concatenate(
            [np.tensordot(one, own, spatial + 1) for one, own in parts], -1
        )
    return np.moveaxis(out, -1, 1) if data_format == "channels_first" else out


def _pool(fold: Callable[..., Any]) -> Callable[..., np.ndarray]:
    def pooled(
        x: np.ndarray,
        pool_size: Any,
        strides: Any = None,
        padding: str = "valid",
        data_format: str = "channels_last",
    ) -> np.ndarray:
        x = np.moveaxis(x, 1, -1) if data_format == "channels_first" else x
        spatial = x.ndim - 2
        sizes = np.broadcast_to(pool_size, spatial)
        steps = np.broadcast_to(pool_size if strides is None else strides, spatial)
        starts = []
        for n, k, s in zip(x.shape[1:-1], sizes, steps, strict=True):
            places = -(-n // s) if padding == "same" else (n - k) // s + 1
            margin = max((places - 1) * s + k - n, 0) // 2 if padding == "same" else 0
            starts.append([p * s - margin for p in range(places)])
        out = np.zeros((x.shape[0], *map(len, starts), x.shape[-1]))
        for place in np.ndindex(out.shape[1:-1]):
            begins = [start[p] for start, p in zip(starts, place, strict=True)]
            spans = [slice(max(at, 0), at + k) for at, k in zip(begins, sizes, strict=True)]
            window = x[(slice(None), *spans)]
            out[(slice(None), *place)] = fold(window, axis=tuple(range(1, spatial + 1)))
        return np.moveaxis(out, -1, 1) if data_format == "channels_first" else out

    return pooled


# Where NumPy has no function of the name, or one that takes other arguments.
EXPECTED: dict[str, Callable[..., Any]] = {
    "cast": lambda x, dtype: x.astype(dtype),
    "convert_to_tensor": lambda x: x,
    "stop_gradient": lambda x: x,
    "gossamer.ops.convert.anew": lambda x: x,
    "empty_like": np.zeros_like,
    "arange": lambda start, stop=None, step=1, dtype=None: (
        np.arange(start, dtype=dtype) if stop is None else np.arange(start, stop, step, dtype)
    ),
    "rsqrt": lambda x: 1 / np.sqrt(x),
    "erf": _erf,
    "erfc": np.vectorize(math.erfc, otypes=[float]),
    "erfinv": _inverse_erf,
    "nan_to_num": _nan_to_num,
    "logsumexp": lambda x, axis=None, keepdims=False: (
        np.log(np.sum(np.exp(x), axis=axis, keepdims=keepdims))
    ),
    "relu": lambda x: np.maximum(x, 0),
    "relu6": lambda x: np.clip(x, 0, 6),
    "leaky_relu": lambda x, negative_slope=0.2: np.where(x > 0, x, negative_slope * x),
    "sigmoid": _sigmoid,
    "log_sigmoid": lambda x: np.minimum(x, 0) - np.log1p(np.exp(-np.abs(x))),
    "softplus": lambda x: np.maximum(x, 0) + np.log1p(np.exp(-np.abs(x))),
    "softsign": lambda x: x / (1 + np.abs(x)),
    "hard_sigmoid": lambda x: np.clip(x + 3, 0, 6) / 6,
    "hard_tanh": lambda x: np.clip(x, -1, 1),
    "silu": lambda x: x * _sigmoid(x),
    "swish": lambda x: x * _sigmoid(x),
    "hard_silu": lambda x: x * np.clip(x + 3, 0, 6) / 6,
    "hard_swish": lambda x: x * np.clip(x + 3, 0, 6) / 6,
    "elu": _elu,
    "celu": lambda x, alpha=1.0: _elu(x, alpha, alpha),
    "selu": lambda x: 1.0507009873554805 * _elu(x, 1.6732632423543772),
    "gelu": _gelu,
    "softmax": _softmax,
    "log_softmax": lambda x, axis=-1: x - _log_total(x, axis),
    "one_hot": _one_hot,
    "categorical_crossentropy": _crossentropy,
    "sparse_categorical_crossentropy": _sparse,
    "binary_crossentropy": _binary,
    "moments": lambda x, axes, keepdims=False: (
        np.mean(x, axis=axes, keepdims=keepdims),
        np.var(x, axis=axes, keepdims=keepdims),
    ),
    "normalize": _normalize,
    "reshape": lambda x, newshape: x.reshape(newshape),
    "slice": lambda x, start_indices, shape: x[
        tuple(slice(at, at + size) for at, size in zip(start_indices, shape, strict=True))
    ],
    "slice_update": _put,
    "clip": lambda x, x_min, x_max: np.clip(x, x_min, x_max),
    "unstack": lambda x, axis=0: [np.take(x, k, axis) for k in range(x.shape[axis])],
    "take": lambda x, indices, axis=None: np.take(x, indices, axis),
    "get_item": lambda x, *tensors, key=None: x[tensors[0] if tensors else key],
    "scatter": _scatter,
    "scatter_update": scatter_update,
    "append": lambda x1, x2, axis=None: np.append(x1, x2, axis),
    "conv": _conv,
    "max_pool": _pool(np.max),
    "average_pool": _pool(np.mean),
    "random.uniform": _uniform,
}  # fmt: skip
# Ops whose results are bools, or floats whatever they are given.
BOOLS = {
    "equal", "not_equal", "less", "less_equal", "greater", "greater_equal", "logical_and",
    "logical_or", "logical_xor", "logical_not", "isnan", "isinf", "isfinite", "isposinf",
    "isneginf", "any", "all",
}  # fmt: skip
FLOATS = {"divide", "true_divide", "mean", "var", "std", "sqrt", "sin", "floor", "ceil", "one_hot"}
DTYPE_IS_ARGUMENT = {
    "cast", "saturate_cast", "zeros", "ones", "full", "ones_like", "arange", "eye", "one_hot",
    "array", "logspace", "geomspace", "view",
}  # fmt: skip


def row(
    op: str,
    *inputs: Input | tuple[int, ...],
    rtol: float = 1e-5,
    atol: float = 1e-6,
    gradients: tuple[int, ...] | None = None,
    dtype: str | None = None,
    expected: Callable[..., Any] | None = None,
    packed: bool = False,
    **static: Any,
) -> Record:
    """A record; a bare shape is an input of floats."""
    made = tuple(f(*given) if isinstance(given, tuple) else given for given in inputs)
    if dtype and op in DTYPE_IS_ARGUMENT:
        static["dtype"] = dtype
    if dtype is None:
        dtypes = [given.dtype for given in made]
        floats = op in FLOATS or "float32" in dtypes or not made
        dtype = "bool" if op in BOOLS else "float32" if floats else dtypes[-1]
    reference = expected or EXPECTED.get(op) or getattr(np, op)
    return Record(op, made, static, reference, dtype, rtol, atol, gradients, packed)


def rows(ops: str, *inputs: Input | tuple[int, ...], **others: Any) -> list[Record]:
    """The same row for several ops."""
    return [row(op, *inputs, **others) for op in ops.split()]
