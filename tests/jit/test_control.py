"""Branches and loops of jitted functions: the decision is made at every call."""

import numpy as np
import pytest

import gossamer as gs
from gossamer import ops


def f32(*values):
    return np.float32(values if len(values) != 1 else values[0])


def test_cond_decides_at_every_call():
    f = gs.jit(lambda x: ops.cond(ops.sum(x) > 0, lambda: x * 2.0, lambda: x - 1.0))
    np.testing.assert_allclose(f(f32(1, 2)), [2, 4])
    np.testing.assert_allclose(f(f32(-1, -2)), [-2, -3])
    assert f.cache_info().misses == 1


def test_only_the_chosen_branch_is_differentiated():
    def f(x):
        return ops.cond(ops.all(x > 0), lambda: ops.sum(ops.log(x)), lambda: ops.sum(x * x))

    gradient = gs.jit(gs.grad(f))
    np.testing.assert_allclose(gradient(f32(1, 2)), [1, 0.5], rtol=1e-6)
    np.testing.assert_allclose(gradient(f32(0, 3)), [0, 6], rtol=1e-6)


def test_second_gradients_through_cond():
    f = lambda x: ops.cond(x > 0, lambda: x**3, lambda: x * x)  # noqa: E731
    second = gs.jit(gs.grad(gs.grad(f)))
    assert float(second(2.0)) == pytest.approx(12, rel=1e-5)
    assert float(second(-2.0)) == pytest.approx(2, rel=1e-5)


def test_variables_in_branches():
    v, w = gs.Variable([1.0, 1.0]), gs.Variable([5.0])

    def up():
        v.assign_add([1.0, 1.0])
        return w * 2.0

    @gs.jit
    def f(x):
        with gs.GradientTape() as tape:
            y = ops.sum(ops.cond(ops.sum(x) > 0, up, lambda: w * w))
        w.assign([7.0])
        return y, tape.gradient(y, w)

    y, g = f(f32(1, 1))
    assert (float(y), float(g[0]), v.numpy().tolist()) == (10.0, 2.0, [2.0, 2.0])
    w.assign([5.0])
    y, g = f(f32(-1, -1))
    assert (float(y), float(g[0]), v.numpy().tolist()) == (25.0, 10.0, [2.0, 2.0])


def test_switch():
    branches = [lambda x: x + 1.0, lambda x: x * 10.0, lambda x: -x]
    f = gs.jit(lambda i, x: ops.switch(i, branches, x))
    x = f32(1, 2)
    for i, expected in ((0, [2, 3]), (1, [10, 20]), (2, [-1, -2]), (9, [-1, -2]), (-3, [2, 3])):
        np.testing.assert_allclose(f(np.int32(i), x), expected)


def test_nested_conds():
    def f(x, y):
        return ops.cond(
            ops.sum(x) > 0,
            lambda: ops.cond(ops.sum(y) > 0, lambda: x + y, lambda: x - y),
            lambda: ops.zeros_like(x) + y,
        )

    jitted = gs.jit(f)
    for x, y in ((1, 2), (1, -2), (-1, 5)):
        a, b = f32(x, x), f32(y, y)
        np.testing.assert_allclose(jitted(a, b), f(a, b))


def test_while_loop_counts_at_every_call():
    def f(x, limit):
        return ops.while_loop(
            lambda i, x: ops.logical_and(i < 100, ops.sum(x) < limit),
            lambda i, x: (i + 1, x * 2.0),
            (0, x),
        )

    jitted = gs.jit(f)
    for limit in (10.0, 1000.0, 0.0):
        (i, x), (j, y) = f(f32(1, 2), limit), jitted(f32(1, 2), limit)
        assert int(i) == int(j)
        np.testing.assert_allclose(x, y)
    assert jitted.cache_info().misses == 1


def test_while_loop_with_variables_and_a_limit():
    count = gs.Variable(0, dtype="int32")

    @gs.jit
    def f(x):
        def body(x):
            count.assign_add(1)
            return x + 1.0

        return ops.while_loop(lambda x: ops.sum(x) < 10.0, body, (x,), maximum_iterations=4)[0]

    np.testing.assert_allclose(f(f32(0)), 4.0)
    np.testing.assert_allclose(f(f32(8)), 10.0)
    assert int(count) == 6


def test_fori_loop_of_a_number_that_is_not_known():
    f = gs.jit(lambda n, x: ops.fori_loop(0, n, lambda i, x: x + ops.cast(i, "float32"), x))
    for n in (0, 1, 5):
        assert float(f(np.int32(n), 1.0)) == 1.0 + sum(range(n))


def test_loops_of_known_numbers_are_unrolled_and_have_gradients():
    def f(xs, h):
        def step(h, x):
            h = ops.tanh(h * 0.5 + x)
            return h, h

        last, all_of_them = ops.scan(step, h, xs)
        return ops.sum(last) + ops.sum(all_of_them)

    xs, h = np.random.default_rng(0).normal(size=(6, 3)).astype(np.float32), np.zeros(3, "float32")
    expected = gs.grad(f, argnums=(0, 1))(xs, h)
    found = gs.jit(gs.grad(f, argnums=(0, 1)))(xs, h)
    for a, b in zip(found, expected, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-6)


def test_what_cannot_be_is_said():
    with pytest.raises(TypeError, match="Expected branches that give the same structure"):
        gs.jit(lambda x: ops.cond(ops.sum(x) > 0, lambda: x, lambda: ops.sum(x)))(f32(1, 2))
    with pytest.raises(ValueError, match="scalar predicate"):
        gs.jit(lambda x: ops.cond(x > 0, lambda: x, lambda: x))(f32(1, 2))

    def f(x):
        return ops.sum(ops.while_loop(lambda x: ops.sum(x) < 10.0, lambda x: x * 2.0, (x,))[0])

    with pytest.raises(NotImplementedError, match="has no gradient"):
        gs.jit(gs.grad(f))(f32(1, 2))


def test_branches_within_a_stateless_scope():
    variable = gs.Variable(1.0)

    def bump():
        variable.assign_add(1.0)
        return variable.value

    def keep():
        return variable.value

    @gs.jit
    def function(x):
        with gs.StatelessScope([(variable, x)]) as scope:
            result = ops.cond(x > 3.0, bump, keep)
            return result, scope.get_current_value(variable)

    for value, expected in ((5.0, 6.0), (2.0, 2.0)):
        found = function(ops.convert_to_tensor(value))
        assert [float(x) for x in found] == [expected, expected]
    assert float(variable) == 1.0
