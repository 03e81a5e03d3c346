"""Debug mode raises at the op that first made a NaN or infinity, and names the user's line."""

import gc
import inspect
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

import gossamer as gs
from gossamer import ops
from gossamer.core.observe import observers
from gossamer.errors import GossamerError, NonFiniteError

THIS_FILE = __file__.replace("\\", "/").rpartition("/")[2]


@pytest.fixture(autouse=True)
def _debug_mode() -> Iterator[None]:
    with gs.debug_mode():
        yield
    assert observers == []


def raised(f: Callable[[], Any]) -> NonFiniteError:
    with pytest.raises(NonFiniteError) as caught:
        f()
    return caught.value


def line_of(text: str, inside: Any) -> int:
    """The number of the line with this text in a function."""
    lines, first = inspect.getsourcelines(inside)
    (found,) = [i for i, line in enumerate(lines) if text in line]
    return first + found


def test_the_op_the_count_the_place_and_the_line_are_named() -> None:
    def f() -> gs.Tensor:
        x = ops.convert_to_tensor([[1.0, 2.0], [-1.0, 0.0]])
        logarithm = ops.log(x)  # here
        return logarithm + 1.0

    error = raised(f)
    message = str(error)
    assert message.startswith("log made NaN once and infinity once, first at (1, 0): nan\n")
    assert f'{THIS_FILE}", line {line_of("# here", f)}, in f' in message
    assert "logarithm = ops.log(x)  # here" in message
    assert message.endswith("Received: float32[2, 2] from -1.0 to 2.0")
    assert error.op == "log"
    assert "ops.log(x)" in error.line
    assert isinstance(error, GossamerError)
    assert isinstance(error, FloatingPointError)


def test_the_line_is_the_users_through_layers() -> None:
    dense = gs.layers.Dense(3, kernel_initializer="ones")

    def f() -> gs.Tensor:
        return dense(np.full((2, 4), 3e38, np.float32))  # the layer

    error = raised(f)
    assert error.op == "matmul"
    assert f"line {line_of('# the layer', f)}, in f" in error.line


def test_a_backward_pass_names_the_forward_line() -> None:
    def loss(x: gs.Tensor) -> gs.Tensor:
        root = ops.sqrt(x)  # forward
        return ops.sum(root)

    def f() -> gs.Tensor:
        return gs.grad(loss)([1.0, 0.0])  # asked

    message = str(raised(f))
    assert "It belongs to the gradient of sqrt, which was computed here:" in message
    forward = message.index(f"line {line_of('# forward', loss)}, in loss")
    assert forward < message.index(f"line {line_of('# asked', f)}, in f")


def test_a_gradient_of_a_gradient_names_the_forward_line() -> None:
    def f(x: gs.Tensor) -> gs.Tensor:
        return ops.sum(x**1.5)  # forward

    def slope(x: gs.Tensor) -> gs.Tensor:
        return ops.sum(gs.grad(f)(x))

    message = str(raised(lambda: gs.grad(slope)([1.0, 0.0])))
    assert f"line {line_of('# forward', f)}, in f" in message
    assert "gradient of power" in message


def test_the_tape_names_the_forward_line() -> None:
    v = gs.Variable([4.0, 0.0])
    with gs.GradientTape() as tape:
        loss = ops.sum(ops.sqrt(v))
    assert "ops.sqrt(v)" in raised(lambda: tape.gradient(loss, v)).line


def test_what_was_given_is_passed_on() -> None:
    x = ops.convert_to_tensor([np.nan, np.inf, -np.inf, 1.0])
    np.testing.assert_array_equal((x + 1.0).numpy(), [np.nan, np.inf, -np.inf, 2.0])
    assert np.isinf(ops.full((3,), np.inf).numpy()).all()
    mask = ops.where([True, False, True], [1.0, 2.0, 3.0], -np.inf)
    assert ops.softmax(mask).numpy()[1] == 0.0


def test_a_nan_made_of_infinities_raises() -> None:
    x = ops.convert_to_tensor([np.inf, -np.inf])
    assert str(raised(lambda: x - x)).startswith("subtract made NaN 2 times, first at (0,): nan")


def test_an_infinity_beside_a_given_nan_passes() -> None:
    assert np.isinf(ops.log(ops.convert_to_tensor([np.nan, 0.0])).numpy()[1])


@pytest.mark.parametrize("shape", [(), (1,), (5,), (3, 1, 7), (70, 33)])
def test_one_wrong_element_among_many_is_found(shape: tuple[int, ...]) -> None:
    x = np.ones(shape, np.float32)
    place = tuple(size - 1 for size in shape)
    x[place] = -1.0
    message = str(raised(lambda: ops.log(ops.convert_to_tensor(x))))
    assert message.startswith("log made NaN once")
    assert not shape or f"first at {place}: nan" in message


def test_integers_and_empty_tensors_are_no_matter() -> None:
    assert ops.add(ops.convert_to_tensor([2**31 - 1], "int32"), 1).numpy() == -(2**31)
    assert ops.exp(ops.zeros((0, 3))).shape == (0, 3)


def test_it_can_be_switched_off() -> None:
    with gs.debug_mode():
        pass
    raised(lambda: ops.log(0.0))
    gs.set_debug_mode(False)
    assert observers == []
    assert float(ops.log(0.0)) == -np.inf
    gs.set_debug_mode(True)
    gs.set_debug_mode(True)
    assert len(observers) == 1


def test_checks_are_neither_recorded_nor_profiled() -> None:
    def f(x: gs.Tensor) -> gs.Tensor:
        return ops.sum(ops.exp(x) * x)

    wanted = [kernel.name for kernel in gs.profile(gs.grad(f), [1.0, 2.0]).kernels]
    gs.set_debug_mode(False)
    plain = gs.profile(gs.grad(f), [1.0, 2.0])
    gs.set_debug_mode(True)
    assert wanted == [kernel.name for kernel in plain.kernels]
    assert "isfinite" not in wanted


def test_training_goes_on_and_nothing_is_kept() -> None:
    gc.collect()
    gc.disable()
    try:

        def train() -> None:
            dense = gs.layers.Dense(2)
            optimizer = gs.optimizers.Adam(0.1)
            for _ in range(3):
                with gs.GradientTape() as tape:
                    loss = ops.mean(ops.square(dense(np.ones((4, 3), np.float32)) - 1.0))
                gradients = tape.gradient(loss, dense.trainable_variables)
                optimizer.apply_gradients(zip(gradients, dense.trainable_variables, strict=True))

        train()  # the first makes the global seed
        before = gs.memory()["tensors"]
        train()
        assert gs.memory()["tensors"] == before
    finally:
        gc.enable()


@pytest.mark.webgl
def test_a_check_is_one_read() -> None:
    x = ops.convert_to_tensor(np.ones((64, 33), np.float32))
    ops.exp(x)
    before = gs.memory()
    ops.exp(x)
    after = gs.memory()
    assert after["reads"] - before["reads"] == 1
    assert after["draws"] - before["draws"] <= 4
    assert after["uploads"] == before["uploads"]
