"""Optimizers: from gradients to new values of variables.

Hyper-parameters and what is computed from them stay single numbers, which backends pass to
kernels as uniforms: a step uploads nothing. The learning rate and the number of steps are
variables, so that a jitted step reads them anew each time.
"""

import math
from collections.abc import Iterable, Sequence
from typing import Any

from gossamer import ops
from gossamer.core import autodiff, tracing
from gossamer.core.snapshots import snapshots
from gossamer.ops.convert import as_tensor
from gossamer.serialization import Family
from gossamer.tensor import Tensor
from gossamer.variable import Variable


class Optimizer:
    """What all optimizers are: slots beside each variable, and a rule for one step.

    Args:
        learning_rate: positive step size; assign another one at any time.
        name: for people.

    Raises:
        ValueError: for a negative learning rate.
    """

    # The variables that the optimizer keeps beside each trained one.
    slot_names: tuple[str, ...] = ()

    def __init__(self, learning_rate: float, name: str | None = None) -> None:
        if learning_rate < 0:
            raise ValueError(
                f"Expected a learning rate that is not negative. Received: {learning_rate}"
            )
        self._learning_rate = Variable(
            float(learning_rate), dtype="float32", trainable=False, name="learning_rate"
        )
        self.name = name or type(self).__name__.lower()
        # A variable, so that it comes back with the others when a GPU is lost.
        self.iterations = Variable(0, dtype="int32", trainable=False, name="iteration")
        self._slots: list[dict[str, Variable]] = []
        self._trained: list[Variable] = []

    @property
    def learning_rate(self) -> Variable:
        return self._learning_rate

    @learning_rate.setter
    def learning_rate(self, value: Any) -> None:
        self._learning_rate.assign(value)

    def build(self, variables: Sequence[Variable]) -> None:
        """Make the slots of these variables; called by the first step."""
        self._trained = list(variables)
        # Once and for all, even if the first step is being traced.
        with tracing.eagerly():
            self._slots = [
                {
                    name: Variable(ops.zeros_like(variable), trainable=False, name=name)
                    for name in self.slot_names
                }
                for variable in variables
            ]

    def rate(self, steps: Tensor, learning_rate: Tensor) -> Tensor:
        """By what a step multiplies, computed once for all variables.

        Args:
            steps: how many there have been, with this one: a float32 scalar.
            learning_rate: a float32 scalar.
        """
        return learning_rate

    def update_step(
        self, gradient: Tensor, variable: Variable, slots: dict[str, Variable], rate: Tensor
    ) -> None:
        """Change one variable."""
        raise NotImplementedError(f"{type(self).__name__} has no `update_step` method.")

    def apply(
        self, grads: Sequence[Tensor | None], trainable_variables: Sequence[Variable] | None = None
    ) -> None:
        """One step: change each variable by its gradient; None leaves it as it is.

        Raises:
            ValueError: if there are not as many gradients as variables, or these are not the
                variables of the first step.
        """
        variables = self._trained if trainable_variables is None else list(trainable_variables)
        if len(grads) != len(variables):
            raise ValueError(
                "Expected a gradient for each variable. "
                f"Received: {len(grads)} gradients, {len(variables)} variables"
            )
        with autodiff.paused():
            if not self._trained:
                self.build(variables)
            if [id(v) for v in variables] != [id(v) for v in self._trained]:
                raise ValueError(
                    "Expected the variables of the first step, in the same order; make another "
                    f"optimizer for others. Received: {[v.name for v in variables]}"
                )
            self.iterations.assign_add(1)
            backend = variables[0].value.backend if variables else None
            steps, learning_rate = (
                as_tensor(x, "float32", backend) for x in (self.iterations, self._learning_rate)
            )
            rate = self.rate(steps, learning_rate)
            for gradient, variable, slots in zip(grads, variables, self._slots, strict=True):
                if gradient is not None:
                    self.update_step(gradient, variable, slots, rate)
        snapshots.take_if_due()

    def apply_gradients(self, grads_and_vars: Iterable[tuple[Tensor | None, Variable]]) -> None:
        """`apply`, for pairs of a gradient and its variable."""
        pairs = list(grads_and_vars)
        self.apply([gradient for gradient, _ in pairs], [variable for _, variable in pairs])

    @property
    def built(self) -> bool:
        """Whether the slots are made."""
        return bool(self._trained)

    @property
    def variables(self) -> list[Variable]:
        """The number of steps, the learning rate, and the slots of each trained variable."""
        slots = [slot for slots in self._slots for slot in slots.values()]
        return [self.iterations, self._learning_rate, *slots]

    def scale_loss(self, loss: Tensor) -> Tensor:
        """What is differentiated instead of the loss: the loss."""
        return loss

    def finalize_variable_values(self, var_list: Sequence[Variable]) -> None:
        """What is done with the variables at the end of training: nothing."""

    def get_config(self) -> dict[str, Any]:
        return {"learning_rate": float(self._learning_rate), "name": self.name}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Any:
        """The optimizer that a configuration describes."""
        return cls(**config)


class SGD(Optimizer):
    """Gradient descent: `w -= learning_rate * g`, or with momentum `v = momentum * v -
    learning_rate * g; w += v`.

    Args:
        learning_rate: positive step size.
        momentum: from 0 to 1.
        nesterov: whether the step looks ahead: `w += momentum * v - learning_rate * g`.
        name: for people.

    Raises:
        ValueError: for a momentum outside of 0 to 1.

    Example:
        >>> w = gs.Variable([1.0])
        >>> gs.optimizers.SGD(0.5).apply([ops.ones((1,))], [w])
        >>> w.numpy()
        array([0.5], dtype=float32)
    """

    def __init__(
        self,
        learning_rate: float = 0.01,
        momentum: float = 0.0,
        nesterov: bool = False,
        name: str | None = None,
    ) -> None:
        super().__init__(learning_rate, name)
        if not 0 <= momentum <= 1:
            raise ValueError(f"Expected a momentum from 0 to 1. Received: momentum={momentum}")
        self.momentum = momentum
        self.nesterov = nesterov
        self.slot_names = ("momentum",) if momentum else ()

    def update_step(
        self, gradient: Tensor, variable: Variable, slots: dict[str, Variable], rate: Tensor
    ) -> None:
        step = gradient * rate
        if not self.momentum:
            variable.assign_sub(step)
            return
        velocity = slots["momentum"].assign(slots["momentum"].value * self.momentum - step).value
        if self.nesterov:
            velocity = velocity * self.momentum - step
        variable.assign_add(velocity)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "momentum": self.momentum, "nesterov": self.nesterov}


class Adam(Optimizer):
    """Adaptive moments: `m += (g - m)(1 - beta_1); v += (g² - v)(1 - beta_2);
    w -= alpha * m / (sqrt(v) + epsilon)` with `alpha = learning_rate * sqrt(1 - beta_2^t) /
    (1 - beta_1^t)`.

    Source: Kingma and Ba, "Adam: a method for stochastic optimization", ICLR 2015.

    Args:
        learning_rate: positive step size.
        beta_1: decay of the mean, from 0 to 1.
        beta_2: decay of the mean square, from 0 to 1.
        epsilon: what keeps the quotient finite.
        name: for people.

    Example:
        >>> w = gs.Variable([1.0])
        >>> gs.optimizers.Adam(0.1).apply([ops.ones((1,))], [w])
        >>> round(float(w), 4)
        0.9
    """

    slot_names = ("momentum", "velocity")

    def __init__(
        self,
        learning_rate: float = 0.001,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-7,
        name: str | None = None,
    ) -> None:
        super().__init__(learning_rate, name)
        for label, beta in (("beta_1", beta_1), ("beta_2", beta_2)):
            if not 0 <= beta < 1:
                raise ValueError(f"Expected {label} from 0 to below 1. Received: {beta}")
        self.beta_1 = beta_1
        self.beta_2 = beta_2
        self.epsilon = epsilon

    def rate(self, steps: Tensor, learning_rate: Tensor) -> Tensor:
        # 1 - beta^t, which loses its digits where beta is near 1, as -expm1(t log(beta)).
        first, second = (
            -ops.expm1(steps * (math.log(beta) if beta else -math.inf))
            for beta in (self.beta_1, self.beta_2)
        )
        return learning_rate * ops.sqrt(second) / first

    def update_step(
        self, gradient: Tensor, variable: Variable, slots: dict[str, Variable], rate: Tensor
    ) -> None:
        m, v = slots["momentum"], slots["velocity"]
        m.assign_add((gradient - m.value) * (1 - self.beta_1))
        v.assign_add((ops.square(gradient) - v.value) * (1 - self.beta_2))
        variable.assign_sub((m.value * rate) / (ops.sqrt(v.value) + self.epsilon))

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "beta_1": self.beta_1,
            "beta_2": self.beta_2,
            "epsilon": self.epsilon,
        }


_family = Family("keras.optimizers", "optimizer", [SGD, Adam], lower_cased=True)
get, serialize, deserialize = _family.get, _family.serialize, _family.deserialize
