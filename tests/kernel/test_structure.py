"""Other sizes, the same kernels: what a program depends on has no shape in it."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import gossamer as gs
from gossamer import ops, random
from tests.kernel.calls import calls_of


def ones(*shape: int) -> np.ndarray:
    return np.ones(shape, np.float32)


def loss(x: Any, w: Any, b: Any, labels: Any) -> gs.Tensor:
    logits = ops.relu(ops.matmul(x, w) + b)
    return ops.mean(ops.sparse_categorical_crossentropy(labels, logits, from_logits=True))


# Each with the sizes that it is given first, and then.
CASES: dict[str, tuple[Callable[..., Any], tuple[Any, ...], tuple[Any, ...]]] = {
    "elementwise": (lambda n, m: ops.exp(ones(n, m)) + ones(m), (3, 5), (7, 1031)),
    "ranks": (lambda shape: ops.exp(ones(*shape)), ((3, 5),), ((2, 3, 2, 7),)),
    "reduce": (lambda n, m: ops.softmax(ones(n, m)), (3, 5), (7, 1031)),
    "matmul": (lambda n, k, m: ops.matmul(ones(n, k), ones(k, m)), (3, 5, 2), (8, 784, 128)),
    "slice": (lambda n, at, to: ops.convert_to_tensor(ones(n, 9))[at:to, 1:], (7, 2, 5), (9, 3, 4)),
    "strides": (lambda n, by: ops.convert_to_tensor(ones(n))[1::by], (9, 2), (99, 7)),
    "reversed": (lambda n, by: ops.convert_to_tensor(ones(n))[::by], (9, -2), (99, -7)),
    "pad": (lambda n, by: ops.pad(ones(n, 3), by), (4, 1), (5, 7)),
    # Offsets of whole quads along the last axis are apart: there texels are read as they lie.
    "roll": (lambda n, by: ops.roll(ones(n), by), (7, 2), (9, 6)),
    "roll by quads": (lambda n, by: ops.roll(ones(n), by), (8, 4), (20, 8)),
    "concatenate": (lambda n, m: ops.concatenate([ones(n, 3), ones(m, 3)]), (2, 3), (7, 5)),
    "transpose": (lambda n, m: ops.transpose(ones(n, m)), (3, 5), (33, 65)),
    "reshape": (lambda n, m: ops.reshape(ones(n, 6), (m, -1)), (4, 3), (10, 4)),
    "take": (lambda n, k: ops.take(ones(n, 3), np.zeros(k, np.int32), 0), (4, 5), (9, 7)),
    "one_hot": (lambda n, k: ops.one_hot(np.zeros(n, np.int32), k), (4, 5), (9, 7)),
    "arange": (lambda n, by: ops.arange(2, n, by), (14, 5), (99, 7)),
    "eye": (lambda n, m: ops.eye(n, m, k=1), (4, 5), (9, 7)),
    "diag": (lambda n, k: ops.diag(ones(n), k), (4, 1), (9, -3)),
    "diagonal": (lambda n, k: ops.diagonal(ones(2, n, 7), k, 1, 2), (4, 1), (9, -3)),
    "view": (lambda n, m: ops.view(ones(n, m), "uint8"), (3, 5), (7, 1031)),
    "random": (lambda n, seed: random.normal((n, 5), seed=seed), (4, 5), (9, 7)),
    "gamma": (lambda n, alpha: random.gamma((n, 5), alpha, seed=1), (4, 0.5), (9, 7.0)),
    "binomial": (lambda n, k: random.binomial((n, 5), k, 0.3, seed=1), (4, 7), (9, 70000)),
    "conv": (
        lambda n, size, taps: gs.grad(
            lambda x, w: ops.sum(ops.conv(x, w, padding="same", strides=2)), (0, 1)
        )(ones(n, size, size, 3), ones(taps, taps, 3, 4)),
        (8, 28, 5),
        (7, 31, 7),
    ),
    "training": (
        lambda n: gs.grad(loss, (1, 2))(ones(n, 7), ones(7, 5), ones(5), np.zeros(n, np.int32)),
        (8,),
        (7,),
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_sizes_compile_nothing(name: str) -> None:
    function, first, then = CASES[name]
    structures = [
        [spec.structure for seen in calls_of(function, *sizes) for spec, _ in seen.kernels()]
        for sizes in (first, then)
    ]
    assert structures[0]
    assert structures[0] == structures[1]


def test_structures_differ_where_kernels_do() -> None:
    x = ones(3, 5)
    (one,), (other,) = (
        {spec.structure for seen in calls_of(function, x) for spec, _ in seen.kernels()}
        for function in (ops.exp, ops.log)
    )
    assert one != other
