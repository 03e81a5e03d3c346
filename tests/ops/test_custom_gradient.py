"""`custom_gradient` in the forms that Keras has: structures, several results, kinds of rules."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import gossamer as gs
from gossamer import ops

X = np.array([1.0, -2.0, 3.0], np.float32)


def test_is_one_thing() -> None:
    assert gs.custom_gradient is ops.custom_gradient


@pytest.mark.parametrize("form", ["either", "jax", "torch"])
def test_rule_of_each_keras_backend(form: str) -> None:
    @ops.custom_gradient
    def log1pexp(x: gs.Tensor) -> Any:
        e = ops.exp(x)
        slope = 1.0 - 1.0 / ops.add(1, e)

        def either(*args: Any, upstream: Any = None) -> Any:
            if upstream is None:
                (upstream,) = args
            return ops.multiply(upstream, slope)

        def jax(upstream: Any) -> Any:
            return ops.multiply(upstream, slope)

        def torch(*args: Any, upstream: Any) -> Any:
            (given,) = args
            assert given.shape == (3,)
            return ops.multiply(upstream, slope)

        return ops.log(1 + e), {"either": either, "jax": jax, "torch": torch}[form]

    gradient = gs.grad(lambda x: ops.sum(log1pexp(x)))(X)
    np.testing.assert_allclose(gradient.numpy(), 1 / (1 + np.exp(-X)), 1e-5)


def test_structures_of_arguments_and_results() -> None:
    asked: list[Any] = []

    @ops.custom_gradient
    def both(pair: dict[str, gs.Tensor], z: gs.Tensor) -> Any:
        def rule(upstream: Any) -> Any:
            asked.append(upstream)
            total, product = upstream["sum"], upstream["more"][0]
            return {"a": 10.0 * total, "b": product}, total + product

        return {"sum": pair["a"] + z, "more": (pair["b"] * z, ops.cast(z, "int32"))}, rule

    def used(pair: dict[str, gs.Tensor], z: gs.Tensor) -> gs.Tensor:
        found = both(pair, z)
        assert found["more"][1].dtype == "int32"
        return ops.sum(found["sum"]) + 2.0 * ops.sum(found["more"][0])

    pair, z = gs.grad(used, (0, 1))({"a": X, "b": X}, X)
    assert [pair["a"].tolist(), pair["b"].tolist(), z.tolist()] == [
        [10.0] * 3,
        [2.0] * 3,
        [3.0] * 3,
    ]
    assert len(asked) == 1


def test_results_that_nothing_comes_to_count_as_zeros() -> None:
    @ops.custom_gradient
    def split(x: gs.Tensor) -> Any:
        return (x, 2.0 * x), lambda upstream: upstream[0] + 5.0 * upstream[1]

    assert gs.grad(lambda x: ops.sum(split(x)[1]))(X).tolist() == [5.0] * 3
    assert gs.grad(lambda x: ops.sum(split(x)[0]))(X).tolist() == [1.0] * 3


def test_errors() -> None:
    with pytest.raises(ValueError, match="gradient rule"):
        ops.custom_gradient(lambda x: x)(X)
    doubled = ops.custom_gradient(lambda x: (2 * x, lambda upstream: (upstream, upstream)))
    with pytest.raises(ValueError, match="Received: 2"):
        gs.grad(lambda x: ops.sum(doubled(x)))(X)
