"""What all optimizers share: constraints, averages, accumulation, state; on every backend."""

import numpy as np
import pytest

import gossamer as gs
from gossamer import ops, optimizers
from tests.optimizers.table import CASES, batches, begin, loss, made

ONCE = {name: number for number, (name, _) in reversed(list(enumerate(CASES)))}


def ones():
    return ops.ones((2,))


@pytest.mark.parametrize("number", [*ONCE.values(), 35, 37, 38, 59], ids=str)
def test_a_jitted_step_is_what_it_is_without_jit(number):
    name, given = CASES[number]
    found = []
    for wrap in (gs.jit, lambda f: f):
        variables = [gs.Variable(w, name=n) for n, w in begin("recurrent").items()]
        optimizer = made(optimizers, name, given)

        def step(x, y, variables=variables, optimizer=optimizer):
            with gs.GradientTape() as tape:
                value = loss(ops, "recurrent", [v.value for v in variables], x, y)
            optimizer.apply(tape.gradient(value, variables), variables)
            return value

        step = wrap(step)
        data = [batch for batch, _ in zip(batches("recurrent"), range(4), strict=False)]
        losses = [float(step(*map(ops.convert_to_tensor, batch))) for batch in data]
        found.append([*losses, *[v.numpy() for v in variables]])
    for one, other in zip(*found, strict=True):
        # Signs and quotients of what is nearly 0 make much of a last digit.
        np.testing.assert_allclose(one, other, rtol=1e-3, atol=1e-3)


def test_a_constraint_holds_after_each_step():
    variable = gs.Variable([1.0, -1.0])
    variable.constraint = ops.relu
    optimizers.SGD(0.5).apply([ones()], [variable])
    np.testing.assert_array_equal(variable.numpy(), [0.5, 0.0])


def test_averages_take_the_place_of_variables_at_the_end():
    variable = gs.Variable([1.0, 2.0])
    optimizer = optimizers.SGD(1.0, use_ema=True, ema_momentum=0.5)
    for _ in range(2):
        optimizer.apply([ones()], [variable])
    np.testing.assert_array_equal(variable.numpy(), [-1.0, 0.0])
    optimizer.finalize_variable_values([variable])
    np.testing.assert_array_equal(variable.numpy(), [-0.5, 0.5])
    with pytest.raises(ValueError, match="Received: 2 variables"):
        optimizer.finalize_variable_values([variable, variable])


def test_gradients_accumulate():
    variable = gs.Variable([0.0, 0.0])
    optimizer = optimizers.SGD(1.0, gradient_accumulation_steps=2)
    seen = []
    for factor in (1.0, 3.0, 5.0, 7.0):
        optimizer.apply([ones() * factor], [variable])
        seen.append(float(variable.numpy()[0]))
    assert seen == [0.0, -2.0, -2.0, -8.0]
    assert int(optimizer.iterations) == 2


def test_a_variable_that_gradients_overwrite():
    scale, weight = gs.Variable(1.0, name="scale"), gs.Variable([1.0, 1.0])
    scale.overwrite_with_gradient = True
    optimizer = optimizers.Adam(0.5, weight_decay=0.5)
    optimizer.apply([ops.convert_to_tensor(7.0), ones()], [scale, weight])
    assert float(scale) == 7.0
    assert len(optimizer.variables) == 4
    several = optimizers.SGD(gradient_accumulation_steps=2)
    for value in (3.0, 2.0):
        several.apply([ops.convert_to_tensor(value), ones()], [scale, weight])
    assert float(scale) == 3.0


def test_what_is_excluded_does_not_decay():
    kernel, bias, other = (gs.Variable([1.0, 1.0], name=n) for n in ("kernel", "bias", "other"))
    optimizer = optimizers.SGD(0.5, weight_decay=0.5)
    optimizer.exclude_from_weight_decay(var_list=[other], var_names=["bias", "beta"])
    optimizer.apply([ones() * 0.0] * 3, [kernel, bias, other])
    assert [float(v.numpy()[0]) for v in (kernel, bias, other)] == [0.75, 1.0, 1.0]


@pytest.mark.parametrize("wrap", [gs.jit, lambda f: f], ids=["jit", "eager"])
@pytest.mark.parametrize("given", [{}, {"gradient_accumulation_steps": 2}], ids=str)
def test_stateless_apply_changes_nothing(wrap, given):
    variable = gs.Variable([1.0, 2.0])
    stateful, stateless = (optimizers.Adam(0.1, **given) for _ in range(2))
    stateless.build([variable])
    apply = wrap(stateless.stateless_apply)
    own, values = [v.value for v in stateless.variables], [variable.value]
    for _ in range(3):
        values, own = apply(own, [ones()], values)
    np.testing.assert_array_equal(variable.numpy(), [1.0, 2.0])
    assert int(stateless.variables[0]) == 0
    for _ in range(3):
        stateful.apply([ones()], [variable])
    np.testing.assert_allclose(values[0], variable.numpy(), rtol=1e-6)
    for one, other in zip(own, stateful.variables, strict=True):
        np.testing.assert_allclose(one, other.numpy(), rtol=1e-6)


@pytest.mark.parametrize("wrap", [gs.jit, lambda f: f], ids=["jit", "eager"])
def test_a_step_that_is_not_finite_is_left_out(wrap):
    variable = gs.Variable([1.0, 1.0])
    optimizer = optimizers.LossScaleOptimizer(optimizers.SGD(0.5), 4.0, dynamic_growth_steps=2)
    step = wrap(lambda g: optimizer.apply([optimizer.scale_loss(g)], [variable]))
    optimizer.build([variable])
    seen = []
    for value in (1.0, np.inf, 1.0, 1.0):
        step(ops.convert_to_tensor(np.full(2, value, "float32")))
        seen.append((float(variable.numpy()[0]), float(optimizer.dynamic_scale)))
    assert seen == [(0.5, 4.0), (0.5, 2.0), (0.0, 2.0), (-0.5, 4.0)]
    assert int(optimizer.iterations) == 3
    optimizer.learning_rate = 0.25
    assert float(optimizer.inner_optimizer.learning_rate) == 0.25
    with pytest.raises(ValueError, match="'clipnorm'"):
        optimizers.LossScaleOptimizer(optimizers.SGD(), clipnorm=1.0)


def test_each_of_several_optimizers_has_its_variables():
    first, second = gs.Variable([1.0, 1.0], name="a"), gs.Variable([1.0, 1.0], name="b")
    fast, slow = optimizers.SGD(0.5), optimizers.SGD(0.25)
    optimizer = optimizers.MultiOptimizer(lambda v: fast if v.name == "a" else slow)
    optimizer.apply([ones(), ones()], [first, second])
    assert (float(first.numpy()[0]), float(second.numpy()[0])) == (0.5, 0.75)
    assert int(optimizer.iterations) == int(fast.iterations) == 1
    optimizer.set_weights([v.numpy() + 1 for v in optimizer.variables])
    assert (int(optimizer.iterations), int(slow.iterations)) == (2, 2)
    with pytest.raises(AttributeError, match="one of `optimizers`"):
        optimizer.learning_rate  # noqa: B018


def test_a_rate_that_changes():
    variable = gs.Variable([1.0, 1.0])
    optimizer = optimizers.SGD(0.5)
    step = gs.jit(lambda g: optimizer.apply([g], [variable]))
    step(ones())
    optimizer.learning_rate = 0.25
    step(ones())
    assert variable.numpy().tolist() == [0.25, 0.25]
    optimizer.learning_rate = optimizers.schedules.PiecewiseConstantDecay([2], [1.0, 2.0])
    assert len(optimizer.variables) == 1
    optimizer.apply([ones()], [variable])
    optimizer.apply([ones()], [variable])
    assert variable.numpy().tolist() == [-2.75, -2.75]
    with pytest.raises(TypeError, match=r"Received: learning_rate=0\.1"):
        optimizer.learning_rate = 0.1
    called = optimizers.SGD(lambda: 0.125)
    called.apply([ones()], [variable])
    assert variable.numpy().tolist() == [-2.875, -2.875]


def test_state_of_another_size_is_not_loaded():
    optimizer = optimizers.SGD()
    with pytest.warns(UserWarning, match="Received: 1 values"):
        optimizer.load_own_variables({"0": np.int32(5)})
    assert int(optimizer.iterations) == 0


def test_an_optimizer_of_ones_own():
    class Momentum(optimizers.Optimizer):
        def build(self, variables):
            super().build(variables)
            self.momentums = []
            for variable in variables:
                self.momentums.append(self.add_variable_from_reference(variable, "momentum"))

        def update_step(self, gradient, variable, learning_rate):
            m = self.momentums[self._get_variable_index(variable)]
            self.assign(m, ops.subtract(ops.multiply(m, 0.5), ops.multiply(gradient, 1.0)))
            self.assign_add(variable, ops.multiply(m, ops.cast(learning_rate, variable.dtype)))

    variable = gs.Variable([1.0, 1.0], name="w")
    optimizer = Momentum(0.5, name="mine")
    step = gs.jit(lambda g: optimizer.apply([g], [variable]))
    for _ in range(2):
        step(ones())
    assert variable.numpy().tolist() == [-0.25, -0.25]
    assert [v.path for v in optimizer.variables][1:] == ["mine/learning_rate", "mine/w_momentum"]


def test_the_first_statement_is_super():
    class Wrong(optimizers.Optimizer):
        def __init__(self):
            self.gain = 1.0
            super().__init__(0.1)

    with pytest.raises(RuntimeError, match="sets 'gain' before"):
        Wrong()


@pytest.mark.webgl
@pytest.mark.parametrize(
    "given", [{}, {"weight_decay": 0.1}, {"clipvalue": 0.1}, {"use_ema": True}], ids=str
)
def test_a_step_with_options_is_one_draw(given):
    variable = gs.Variable(np.ones((4, 3), "float32"))
    optimizer = optimizers.Adam(optimizers.schedules.CosineDecay(0.1, 9), **given)
    step = gs.jit(lambda g: optimizer.apply([g], [variable]))
    gradient = ops.convert_to_tensor(np.ones((4, 3), "float32"))
    for _ in range(2):
        step(gradient)
    before = gs.memory()
    step(gradient)
    after = gs.memory()
    names = ("draws", "uploads", "programs", "reads")
    found = [after[name] - before[name] for name in names]
    assert found == [1, 0, 0, 0]


@pytest.mark.webgl
def test_scaled_steps_read_nothing():
    layer = gs.layers.Dense(4)
    layer.build((None, 3))
    optimizer = optimizers.LossScaleOptimizer(optimizers.Adam(0.01), 4.0, dynamic_growth_steps=3)
    optimizer.build(layer.trainable_variables)

    @gs.jit
    def step(x):
        with gs.GradientTape() as tape:
            loss = optimizer.scale_loss(ops.mean(ops.square(layer(x) - 1.0)))
        gradients = tape.gradient(loss, layer.trainable_variables)
        optimizer.apply(gradients, layer.trainable_variables)
        return loss

    x = ops.ones((2, 3))
    for _ in range(3):  # until the variables are where they stay
        step(x)
    before = gs.memory()
    losses = [step(x) for _ in range(10)]
    after = gs.memory()
    assert after["reads"] == before["reads"]
    assert after["host_runs"] == before["host_runs"]
    assert after["programs"] == before["programs"]
    assert step.cache_info().currsize <= 2
    assert int(optimizer.iterations) == 13
    assert float(optimizer.dynamic_scale) == 4.0 * 2**4
    assert losses[-1].item() / 64 < losses[0].item() / 8
