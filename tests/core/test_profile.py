"""`profile` and `time`: every call is recorded, and nothing else changes."""

import gc
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

import gossamer as gs
from gossamer import ops
from gossamer.core.observe import observers

X = np.linspace(-1.0, 1.0, 35, dtype=np.float32).reshape(5, 7)


def softplus_sum(x: gs.Tensor) -> gs.Tensor:
    return ops.sum(ops.log(ops.exp(x) + 1.0))


def test_every_call_is_recorded_in_order() -> None:
    p = gs.profile(softplus_sum, ops.convert_to_tensor(X))
    assert [kernel.name for kernel in p.kernels] == ["exp", "add", "log", "sum"]
    add = p.kernels[1]
    assert (add.input_shapes, add.output_shape, add.dtype) == (((5, 7), ()), (5, 7), "float32")
    assert add.bytes == 2 * X.nbytes + 4
    assert repr(add) == "<kernel add: (5, 7) () -> (5, 7) float32>"
    np.testing.assert_allclose(p.value.numpy(), np.log1p(np.exp(X)).sum(), rtol=1e-5)
    assert observers == []


def test_keyword_arguments_and_the_backward_pass() -> None:
    p = gs.profile(lambda x, y: gs.grad(lambda x: ops.sum(x * y))(x), X, y=3.0)
    assert {"multiply", "sum"} <= {kernel.name for kernel in p.kernels}
    np.testing.assert_array_equal(p.value.numpy(), np.full_like(X, 3.0))


def test_all_kernels_have_times() -> None:
    p = gs.profile(softplus_sum, ops.convert_to_tensor(X))
    times = [kernel.kernel_ms for kernel in p.kernels]
    assert all(time is not None and time >= 0.0 for time in times)
    assert p.kernel_ms == pytest.approx(sum(time or 0.0 for time in times))
    assert p.wall_ms > 0.0
    assert all(kernel.wall_ms >= 0.0 for kernel in p.kernels)


def test_memory_is_told() -> None:
    x = ops.convert_to_tensor(X)
    before = gs.memory()
    p = gs.profile(lambda: [ops.exp(x), ops.sum(ops.exp(x) + x)])
    assert (p.new_tensors, p.new_bytes) == (2, X.nbytes + 4)
    # When the sum is taken: the first result, the exponential, the sum's operand.
    assert p.peak_bytes == before["bytes"] + 2 * X.nbytes + X.nbytes
    assert p.kernels[-1].total_bytes == before["bytes"] + 2 * X.nbytes + 4


def test_prints_as_a_table() -> None:
    p = gs.profile(softplus_sum, ops.convert_to_tensor(X))
    header, *rows, summary = str(p).splitlines()
    assert header.split()[:3] == ["op", "shapes", "dtype"]
    assert [row.split()[0] for row in rows] == ["exp", "add", "log", "sum"]
    assert "5×7 scalar -> 5×7" in rows[1]
    assert summary.startswith("4 kernels, ")
    assert f"({p.method})" in summary
    page = p._repr_html_()
    assert page.startswith("<table>")
    assert page.count("<tr>") == 5
    assert "5×7 -&gt; scalar" in page


def test_kernels_are_taken_together_by_op() -> None:
    p = gs.profile(lambda x: ops.exp(x) + ops.exp(x + x), ops.convert_to_tensor(X))
    totals = {total.name: total for total in p.by_op()}
    assert {name: total.calls for name, total in totals.items()} == {"exp": 2, "add": 2}
    assert totals["exp"].bytes == 4 * X.nbytes
    assert p.by_op()[0].kernel_ms == max(total.kernel_ms for total in p.by_op())
    assert sum(total.kernel_ms for total in p.by_op()) == pytest.approx(p.kernel_ms)
    assert len(str(p.by_op()).splitlines()) == len(p.by_op()) + 2
    assert "%" in str(p.by_op()) or not p.kernel_ms


def test_an_exception_ends_the_profile() -> None:
    with pytest.raises(ZeroDivisionError):
        gs.profile(lambda: 1 / 0)
    assert observers == []


def test_a_profile_within_a_profile_is_refused() -> None:
    with pytest.raises(RuntimeError, match="within another"):
        gs.profile(lambda: gs.profile(lambda: ops.exp(X)))
    assert observers == []


def test_time_gives_value_and_times() -> None:
    timing = gs.time(softplus_sum, ops.convert_to_tensor(X))
    np.testing.assert_allclose(timing.value.numpy(), np.log1p(np.exp(X)).sum(), rtol=1e-5)
    assert timing.wall_ms > 0.0
    assert timing.kernel_ms is not None
    assert timing.kernel_ms >= 0.0


def test_times_can_be_awaited(wait_for: Callable[..., Any]) -> None:
    p = gs.profile(softplus_sum, ops.convert_to_tensor(X))
    assert wait_for(p.ready()) is p
    assert p.kernel_ms is not None


@pytest.fixture
def no_garbage_collector() -> Iterator[None]:
    gc.collect()
    gc.disable()
    yield
    gc.enable()


@pytest.mark.usefixtures("no_garbage_collector")
def test_a_profile_keeps_no_tensor_but_the_value() -> None:
    x = ops.convert_to_tensor(X)
    before = gs.memory()["tensors"]
    p = gs.profile(softplus_sum, x)
    assert gs.memory()["tensors"] == before + 1
    p.value = None
    assert gs.memory()["tensors"] == before
    assert len(p.kernels) == 4


@pytest.mark.webgl
def test_draws_programs_and_sources_are_told() -> None:
    x = ops.convert_to_tensor(np.ones((64, 16), np.float32))

    def f() -> gs.Tensor:
        return ops.reshape(ops.exp(x), (8, 8, 16))

    gs.profile(f)
    before = gs.memory()
    p = gs.profile(f)
    after = gs.memory()
    exp, reshape = p.kernels
    assert (exp.draws, exp.programs, p.draws) == (1, 0, 1)
    assert "exp(" in exp.source
    assert exp.source.startswith("#version 300 es")
    # The reshape is the same texture under another shape.
    assert (reshape.draws, reshape.source) == (0, "")
    assert after["draws"] - before["draws"] == 1
    assert after["reads"] == before["reads"]


@pytest.mark.webgl
def test_what_is_compiled_is_told() -> None:
    x = ops.convert_to_tensor(np.ones((2,) * 7, np.float32))

    def f() -> gs.Tensor:
        return ops.transpose(x, (6, 2, 4, 0, 5, 1, 3))  # nobody else's

    assert [gs.profile(f).programs for _ in range(2)] == [1, 0]


@pytest.mark.webgl
def test_long_folds_are_one_kernel_of_two_draws() -> None:
    x = ops.convert_to_tensor(np.ones((100_003,), np.float32))
    (kernel,) = gs.profile(lambda: ops.sum(x)).kernels
    assert kernel.draws == 2
    assert kernel.source.count("#version") == 2


@pytest.mark.webgl
def test_what_runs_on_the_host_has_a_time() -> None:
    (kernel,) = gs.profile(lambda: ops.convert_to_tensor(2.0) * 3.0).kernels
    assert (kernel.draws, kernel.kernel_ms) == (0, kernel.wall_ms)


@pytest.mark.webgl
def test_timer_queries_are_used_where_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    from pyodide.code import run_js

    from gossamer.backend import get_backend

    context = get_backend("webgl").device.context
    x = ops.convert_to_tensor(X)
    if context.getExtension("EXT_disjoint_timer_query_webgl2"):
        assert gs.profile(ops.exp, x).method == "timer query"
    run_js("(gl) => { gl.getExtension = () => null; }")(context)
    try:
        p = gs.profile(softplus_sum, x)
    finally:
        run_js("(gl) => { delete gl.getExtension; }")(context)
    assert p.method == "wall clock, one by one"
    assert all(kernel.kernel_ms is not None and kernel.draws == 1 for kernel in p.kernels)
    np.testing.assert_allclose(p.value.numpy(), np.log1p(np.exp(X)).sum(), rtol=1e-5)
    np.testing.assert_allclose(ops.exp(x).numpy(), np.exp(X), rtol=1e-6)


def test_tensors_of_two_backends_are_timed_by_their_own_clocks(backend: str) -> None:
    there = ops.convert_to_tensor(X).to("numpy")
    p = gs.profile(lambda: [ops.exp(X), ops.exp(there)])
    assert [kernel.name for kernel in p.kernels] == ["exp", "exp"]
    assert p.method.endswith("wall clock")
    assert ("," in p.method) == (backend == "webgl")
    assert p.kernel_ms is not None
