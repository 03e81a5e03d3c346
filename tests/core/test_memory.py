"""Memory goes back by reference counting alone: the garbage collector is off.

Tensors and their bytes are counted on every backend; on webgl the textures in use, too, and what
is paged to the CPU.
"""

import gc
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

import gossamer as gs
from gossamer import ops, random

X = np.linspace(-1.0, 1.0, 35, dtype=np.float32).reshape(5, 7)


@pytest.fixture(autouse=True)
def _no_garbage_collector() -> Iterator[None]:
    gc.collect()
    gc.disable()
    yield
    gc.enable()


def in_use() -> dict[str, Any]:
    figures = gs.memory()
    names = ("tensors", "bytes", "textures", "paged_bytes")
    return {name: figures[name] for name in names if name in figures}


def mlp(x: Any, w: Any, v: Any) -> gs.Tensor:
    logits = ops.matmul(ops.relu(ops.matmul(x, w)), v)
    return ops.mean(ops.sparse_categorical_crossentropy([0, 1, 2, 1, 0], logits, from_logits=True))


def forward() -> None:
    x = ops.convert_to_tensor(X)
    y = ops.softmax(ops.exp(x) @ ops.transpose(x))
    y[1:, ::2].numpy()


def backward() -> None:
    gs.grad(mlp, (0, 1, 2))(X, np.ones((7, 3), np.float32), np.ones((3, 3), np.float32))


def backward_of_backward() -> None:
    def slope(x: gs.Tensor) -> gs.Tensor:
        return ops.sum(gs.grad(lambda x: ops.sum(ops.tanh(x) ** 2))(x) ** 2)

    gs.grad(slope)(X)


def tape() -> None:
    w, v = gs.Variable(np.ones((7, 3), np.float32)), gs.Variable(np.ones((3, 3), np.float32))
    for _ in range(3):
        with gs.GradientTape() as recording:
            loss = mlp(X, w, v)
        for variable, gradient in zip((w, v), recording.gradient(loss, [w, v]), strict=True):
            variable.assign_sub(0.1 * gradient)


def tape_without_gradient() -> None:
    w = gs.Variable(X)
    with gs.GradientTape(persistent=True) as recording:
        loss = ops.sum(w * w)
    recording.gradient(loss, w)


def custom_gradient() -> None:
    @gs.custom_gradient
    def doubled(x: gs.Tensor) -> Any:
        return 2.0 * x, lambda g: g + 0.0 * x

    gs.grad(lambda x: ops.sum(doubled(x)))(X)


def exception() -> None:
    def broken(x: gs.Tensor) -> gs.Tensor:
        return ops.matmul(ops.exp(x), x)  # (5, 7) times (5, 7)

    try:
        gs.grad(broken)(X)
    except ValueError:
        return
    raise AssertionError("the shapes should not have fit")


def indexing_and_random() -> None:
    x = ops.convert_to_tensor(X)
    x[ops.convert_to_tensor([0, 2])], x[x > 0.5], [row.numpy() for row in x]
    random.normal((5, 7), seed=random.SeedGenerator(1))
    random.shuffle(x, seed=1)


def convolution() -> None:
    gs.grad(lambda x, w: ops.sum(ops.conv(x, w, padding="same") ** 2), (0, 1))(
        X.reshape(1, 5, 7, 1), np.ones((3, 3, 1, 2), np.float32)
    )


JOBS: list[Callable[[], None]] = [
    forward, backward, backward_of_backward, tape, tape_without_gradient, custom_gradient,
    exception, indexing_and_random, convolution,
]  # fmt: skip


@pytest.mark.parametrize("job", JOBS, ids=lambda job: job.__name__)
def test_everything_is_given_back(job: Callable[[], None]) -> None:
    before = in_use()
    job()
    assert in_use() == before
    job()
    assert in_use() == before


def test_what_is_held_is_counted() -> None:
    before = in_use()
    x = ops.convert_to_tensor(X)
    after = in_use()
    assert after["tensors"] == before["tensors"] + 1
    assert after["bytes"] == before["bytes"] + X.nbytes
    del x
    assert in_use() == before


def random_ops(count: int) -> None:
    """Ops on arrays of random shapes and dtypes, of which some are kept for a while."""
    rng = np.random.default_rng(0)
    kept: dict[int, gs.Tensor] = {}
    for _ in range(count):
        shape = tuple(rng.integers(1, 24, rng.integers(1, 4)).tolist())
        dtype = ("float32", "int32", "bool")[rng.integers(3)]
        x = ops.convert_to_tensor(rng.integers(0, 2, shape).astype(dtype))
        y = RANDOM_OPS[rng.integers(len(RANDOM_OPS))](x)
        kept[int(rng.integers(30))] = y
        if rng.random() < 0.05:
            y.numpy()


RANDOM_OPS: list[Callable[[gs.Tensor], gs.Tensor]] = [
    lambda x: ops.cast(x, "float32") * 2.0,
    lambda x: ops.sum(x, axis=0),
    lambda x: ops.max(x, axis=-1, keepdims=True),
    lambda x: ops.transpose(x),
    lambda x: ops.concatenate([x, x], axis=-1),
    lambda x: ops.reshape(x, (-1,)),
    lambda x: x[::2],
    lambda x: ops.matmul(x, ops.transpose(x)) if len(x.shape) == 2 else x,
]


@pytest.mark.parametrize("limit", [None, 100_000])
def test_a_thousand_ops_of_random_shapes_leave_nothing(limit: int | None) -> None:
    before = in_use()
    gs.config.set_memory_limit(limit)
    try:
        random_ops(1000)
        assert in_use() == before
        figures = gs.memory()
        if limit is not None and "allocated_bytes" in figures:
            assert figures["page_outs"] > 0
            assert figures["allocated_bytes"] <= limit
            assert figures["free_bytes"] <= figures["allocated_bytes"]
    finally:
        gs.config.set_memory_limit(None)


def test_a_pass_frees_what_it_no_longer_needs() -> None:
    """While the gradient of a chain is taken, cotangents do not pile up."""
    alive: list[int] = []

    @gs.custom_gradient
    def observed(x: gs.Tensor) -> Any:
        def rule(g: gs.Tensor) -> gs.Tensor:
            alive.append(gs.memory()["tensors"])
            return g * 1.0

        return x * 1.0, rule

    def chain(x: gs.Tensor) -> gs.Tensor:
        for _ in range(8):
            x = observed(x)
        return ops.sum(x)

    gs.grad(chain)(X)
    assert len(alive) == 8
    assert max(alive) - min(alive) <= 1
