"""Optimizers: from gradients to new values of variables.

Hyper-parameters and what is computed from them stay single numbers, which backends pass to
kernels as uniforms: a step uploads nothing. The learning rate and the number of steps are
variables, so that a jitted step reads them anew each time.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from gossamer import ops
from gossamer.core import autodiff
from gossamer.core.snapshots import snapshots
from gossamer.name_scope import name_scope
from gossamer.ops.convert import as_tensor
from gossamer.optimizers.clipping import clip_by_global_norm, clip_by_norm
from gossamer.optimizers.state import OptimizerState, Rate
from gossamer.optimizers.stateless import values_of
from gossamer.tensor import Tensor
from gossamer.variable import Variable


class Optimizer(OptimizerState):
    """What all optimizers are: variables beside each trained one, and a rule for one step.

    One of your own has `build`, which makes its variables, and `update_step`, which changes one
    trained variable; and `get_config`.

    Args:
        learning_rate: a float, a schedule, or a function without arguments.
        weight_decay: by how much, times the learning rate, variables shrink before each step.
        clipnorm: the greatest length of the gradient of one variable.
        clipvalue: the greatest size of an element of a gradient.
        global_clipnorm: the greatest length of all gradients together.
        use_ema: whether a moving average of each variable is kept.
        ema_momentum: of that average, from 0 to 1.
        ema_overwrite_frequency: after how many steps, again and again, variables are set to their
            averages; None for never but at the end of training.
        loss_scale_factor: by what `scale_loss` multiplies; gradients are divided by it again.
        gradient_accumulation_steps: of how many steps the gradients are averaged for one change.
        name: that of the class and a number if None.

    Raises:
        ValueError: for values outside of these, and for two ways to clip.

    Example:
        >>> class SignDescent(gs.optimizers.Optimizer):
        ...     def update_step(self, gradient, variable, learning_rate):
        ...         self.assign_sub(variable, ops.sign(gradient) * learning_rate)
        >>> w = gs.Variable([1.0, 2.0])
        >>> SignDescent(0.5).apply([ops.convert_to_tensor([3.0, -4.0])], [w])
        >>> w.numpy()
        array([0.5, 2.5], dtype=float32)
    """

    def __init__(
        self,
        learning_rate: Rate,
        weight_decay: float | None = None,
        clipnorm: float | None = None,
        clipvalue: float | None = None,
        global_clipnorm: float | None = None,
        use_ema: bool = False,
        ema_momentum: float = 0.99,
        ema_overwrite_frequency: int | None = None,
        loss_scale_factor: float | None = None,
        gradient_accumulation_steps: int | None = None,
        name: str | None = None,
        **kwargs: Any,
    ) -> None:
        if kwargs.pop("decay", None) is not None:
            warnings.warn("`decay` is ignored: Keras 3 has schedules for it.", stacklevel=2)
        if kwargs:
            raise ValueError(f"Expected arguments that optimizers have. Received: {kwargs}")
        super().__init__(learning_rate, name)
        if gradient_accumulation_steps and gradient_accumulation_steps < 2:
            raise ValueError(
                "Expected at least 2 steps to accumulate gradients of. "
                f"Received: gradient_accumulation_steps={gradient_accumulation_steps}"
            )
        if use_ema and not 0 <= ema_momentum <= 1:
            raise ValueError(
                f"Expected a momentum from 0 to 1. Received: ema_momentum={ema_momentum}"
            )
        frequency = ema_overwrite_frequency
        if use_ema and frequency and (not isinstance(frequency, int) or frequency < 1):
            raise ValueError(
                "Expected a positive integer or None. "
                f"Received: ema_overwrite_frequency={frequency}"
            )
        if sum(one is not None for one in (clipnorm, clipvalue, global_clipnorm)) > 1:
            raise ValueError(
                "Expected one way to clip gradients at most. Received: "
                f"clipnorm={clipnorm}, clipvalue={clipvalue}, global_clipnorm={global_clipnorm}"
            )
        self.weight_decay = weight_decay
        self.clipnorm = clipnorm
        self.clipvalue = clipvalue
        self.global_clipnorm = global_clipnorm
        self.use_ema = use_ema
        self.ema_momentum = ema_momentum
        self.ema_overwrite_frequency = ema_overwrite_frequency
        self.loss_scale_factor = loss_scale_factor
        self.gradient_accumulation_steps = gradient_accumulation_steps
        # What the step that is being made has computed for all variables.
        self._of_step: dict[Any, Any] | None = None

    def build(self, variables: Sequence[Variable]) -> None:
        """Make the optimizer's variables; called by the first step.

        Args:
            variables: all that are trained.
        """
        if self.use_ema:
            self._model_variables_moving_average = self.add_optimizer_variables(
                variables, "average"
            )
        self._trainable_variables_indices = {
            self._var_key(variable): number for number, variable in enumerate(variables)
        }
        if self.gradient_accumulation_steps:
            self._accumulated_gradients = [
                self.add_variable_from_reference(variable, "gradient_accumulator")
                for variable in variables
            ]
        self._trainable_variables = list(variables)
        self.built = True

    def update_step(self, gradient: Tensor, variable: Variable, learning_rate: Tensor) -> None:
        """Change one variable.

        Args:
            gradient: of the variable's dtype.
            variable: to be changed by `assign`, `assign_add` or `assign_sub`.
            learning_rate: a scalar of the variable's dtype.
        """
        raise NotImplementedError(f"{type(self).__name__} has no `update_step` method.")

    def once(self, name: str, compute: Callable[[], Any], *given: Any) -> Any:
        """What a step computes once for all variables.

        Args:
            name: for the value.
            compute: gives the value.
            given: what it is computed of, if not always of the same.
        """
        if self._of_step is None:
            return compute()
        key = (name, *map(id, given))
        if key not in self._of_step:
            # With what it is computed of, so that ids stay theirs.
            self._of_step[key] = (compute(), given)
        return self._of_step[key][0]

    def local_step(self, variable: Variable) -> Tensor:
        """How many steps there have been, with this one, as a float beside a variable."""
        backend = variable.value.backend
        return self.once("step", lambda: as_tensor(self.iterations + 1, "float32", backend))

    def one_minus_power(self, beta: float, step: Tensor) -> Tensor:
        """`1 - beta^step`, which loses its digits where beta is near 1, as -expm1(step log beta).

        Args:
            beta: from 0 to 1.
            step: a scalar.
        """
        logarithm = math.log(beta) if beta > 0 else -math.inf
        return self.once(f"1-{beta}^", lambda: -ops.expm1(step * logarithm), step)

    def apply_gradients(self, grads_and_vars: Iterable[tuple[Tensor | None, Variable]]) -> Variable:
        """`apply`, for pairs of a gradient and its variable; gives the number of steps.

        Args:
            grads_and_vars: the pairs.
        """
        pairs = list(grads_and_vars)
        self.apply([gradient for gradient, _ in pairs], [variable for _, variable in pairs])
        return self._iterations

    def apply(
        self, grads: Sequence[Tensor | None], trainable_variables: Sequence[Variable] | None = None
    ) -> None:
        """One step: change each variable by its gradient; None leaves it as it is.

        Args:
            grads: a gradient for each variable; if there are none, nothing is done.
            trainable_variables: those of the first step or of `build`, or some of them; all if
                None.

        Raises:
            ValueError: if there are not as many gradients as variables, if none of them is a
                gradient, for variables that the optimizer was not built with, and for none if it
                was not built.
        """
        if not len(grads):
            return
        if trainable_variables is None and not self.built:
            raise ValueError(
                "Expected variables, or `optimizer.build(trainable_variables)` before. "
                f"Received: {len(grads)} gradients and no variables"
            )
        variables = (
            self._trainable_variables if trainable_variables is None else list(trainable_variables)
        )
        if len(grads) != len(variables):
            raise ValueError(
                "Expected a gradient for each variable. "
                f"Received: {len(grads)} gradients, {len(variables)} variables"
            )
        with autodiff.paused(), name_scope(self.name, caller=self):
            if not self.built:
                self.build(variables)
                self.built = True
            self._check_variables_are_known(variables)
            self._change_all(grads, variables)
            self._iterations.assign_add(1)
        snapshots.take_if_due()

    def _change_all(self, grads: Sequence[Tensor | None], variables: Sequence[Variable]) -> None:
        self._change(*self._with_gradients(grads, variables))

    def _check_variables_are_known(self, variables: Sequence[Variable]) -> None:
        for variable in variables:
            if self._var_key(variable) not in self._trainable_variables_indices:
                raise ValueError(
                    "Expected variables that the optimizer was built with; make another optimizer "
                    f"for others. Received: {variable.path!r}"
                )

    def _with_gradients(
        self, grads: Sequence[Tensor | None], variables: Sequence[Variable]
    ) -> tuple[list[Tensor], list[Variable]]:
        pairs = [(g, v) for g, v in zip(grads, variables, strict=True) if g is not None]
        if not pairs:
            raise ValueError(
                "Expected a gradient for one of the variables at least. "
                f"Received: None for all of {[v.path for v in variables]}"
            )
        missing = [v.path for g, v in zip(grads, variables, strict=True) if g is None]
        if missing:
            warnings.warn(f"There are no gradients for the variables {missing}.", stacklevel=5)
        for gradient, variable in pairs:
            if variable.overwrite_with_gradient:
                self._overwrite_with_gradient(gradient, variable)
        pairs = [(g, v) for g, v in pairs if not v.overwrite_with_gradient]
        return [ops.cast(g, v.dtype) for g, v in pairs], [v for _, v in pairs]

    def _is_update_step(self) -> Tensor:
        steps = self.gradient_accumulation_steps
        return ops.equal(ops.mod(self._iterations.value + 1, steps), 0)

    def _overwrite_with_gradient(self, gradient: Tensor, variable: Variable) -> None:
        """Set a variable to its gradient, or to the greatest one of several steps."""
        if not self.gradient_accumulation_steps:
            variable.assign(gradient)
            return
        so_far = self._accumulated_gradients[self._get_variable_index(variable)]

        def overwrite() -> None:
            variable.assign(ops.maximum(gradient, so_far))
            so_far.assign(ops.zeros_like(so_far))

        ops.cond(
            self._is_update_step(), overwrite,
            lambda: void(so_far.assign(ops.maximum(gradient, so_far))),
        )  # fmt: skip

    def _change(self, grads: list[Tensor], variables: list[Variable]) -> None:
        if not variables:
            return
        if self.loss_scale_factor is not None:
            grads = [gradient / self.loss_scale_factor for gradient in grads]
        if self.gradient_accumulation_steps:
            self._accumulate(grads, variables)
        else:
            self._update(grads, variables)
        if self.use_ema:
            self._update_averages()
        for variable in variables:
            if variable.constraint is not None:
                variable.assign(variable.constraint(variable.value))

    def _accumulate(self, grads: list[Tensor], variables: list[Variable]) -> None:
        """Add up gradients, and change variables where there are enough of them.

        Which of both is decided by the number of steps, which the host knows: it costs nothing.
        """
        sums = [self._accumulated_gradients[self._get_variable_index(v)] for v in variables]

        def add() -> None:
            for total, gradient in zip(sums, grads, strict=True):
                total.assign_add(gradient)

        def change() -> None:
            share = 1 / (self.gradient_accumulation_steps or 1)
            pairs = zip(grads, sums, strict=True)
            self._update([(gradient + total) * share for gradient, total in pairs], variables)
            for total in self._accumulated_gradients:
                total.assign(ops.zeros(total.shape, total.dtype))

        ops.cond(self._is_update_step(), change, add)

    def _update(self, grads: list[Tensor], variables: list[Variable]) -> None:
        """Clip, let weights decay, and step."""
        self._of_step = {}
        try:
            grads = self._clip_gradients(grads)
            self._apply_weight_decay(variables)
            self._backend_update_step(grads, variables, self.learning_rate)
        finally:
            self._of_step = None

    def _backend_update_step(
        self, grads: Sequence[Tensor], variables: Sequence[Variable], learning_rate: Any
    ) -> None:
        for gradient, variable in zip(grads, variables, strict=True):
            self.update_step(gradient, variable, self._rate(variable, learning_rate))

    def _rate(self, variable: Variable, learning_rate: Any) -> Tensor:
        """The learning rate as a scalar beside a variable."""
        dtype, backend = variable.dtype, variable.value.backend
        return self.once(f"rate {dtype}", lambda: as_tensor(learning_rate, dtype, backend))

    def _clip_gradients(self, grads: list[Tensor]) -> list[Tensor]:
        if self.clipnorm and self.clipnorm > 0:
            return [clip_by_norm(gradient, self.clipnorm) for gradient in grads]
        if self.global_clipnorm and self.global_clipnorm > 0:
            return clip_by_global_norm(grads, self.global_clipnorm)
        if self.clipvalue and self.clipvalue > 0:
            return [ops.clip(gradient, -self.clipvalue, self.clipvalue) for gradient in grads]
        return grads

    def _weight_decay_of(self, variable: Variable) -> float | None:
        return self.weight_decay

    def _apply_weight_decay(self, variables: Sequence[Variable]) -> None:
        for variable in variables:
            decay = self._weight_decay_of(variable)
            if decay is not None and self._use_weight_decay(variable):
                rate = self._rate(variable, self.once("rate", lambda: self.learning_rate))
                variable.assign(variable - variable * (rate * decay))

    def _update_averages(self) -> None:
        # The first average is the variable itself.
        momentum = ops.cast(ops.not_equal(self.iterations, 0), "float32") * self.ema_momentum
        averaged = [
            (variable, average)
            for variable, average in zip(
                self._trainable_variables, self._model_variables_moving_average, strict=True
            )
            if average is not None
        ]
        for variable, average in averaged:
            share = as_tensor(momentum, variable.dtype, variable.value.backend)
            average.assign(share * average + (1 - share) * variable)
        if self.ema_overwrite_frequency:
            due = ops.equal(ops.mod(self.iterations + 1, self.ema_overwrite_frequency), 0)
            ops.cond(
                due,
                lambda: self._overwrite_model_variables_with_average_value(
                    self._trainable_variables
                ),
                lambda: None,
            )

    def _overwrite_model_variables_with_average_value(self, variables: Sequence[Variable]) -> None:
        averages = self._model_variables_moving_average
        if len(variables) != len(averages):
            raise ValueError(
                f"Expected the {len(averages)} variables that the optimizer was built with. "
                f"Received: {len(variables)} variables"
            )
        for variable, average in zip(variables, averages, strict=True):
            if average is not None:
                variable.assign(average.value)

    def finalize_variable_values(self, var_list: Sequence[Variable]) -> None:
        """What is done at the end of training: variables are set to their averages, if kept.

        Args:
            var_list: the variables that the optimizer was built with.
        """
        if self.use_ema:
            self._overwrite_model_variables_with_average_value(var_list)

    def scale_loss(self, loss: Any) -> Any:
        """What is differentiated instead of the loss: the loss times `loss_scale_factor`.

        Args:
            loss: a scalar.
        """
        return loss if self.loss_scale_factor is None else loss * self.loss_scale_factor

    def stateless_apply(
        self,
        optimizer_variables: Sequence[Any],
        grads: Sequence[Tensor | None],
        trainable_variables: Sequence[Any],
    ) -> tuple[list[Tensor], list[Tensor]]:
        """`apply`, of values given and to values returned; no variable changes.

        Args:
            optimizer_variables: a value for each of `variables`.
            grads: a gradient for each trained variable.
            trainable_variables: a value for each of the variables that it was built with.

        Returns:
            The new values of the trained variables, and of the optimizer's.

        Raises:
            ValueError: before `build`, and for too few or too many values.

        Example:
            >>> sgd = gs.optimizers.SGD(0.5)
            >>> sgd.build([gs.Variable([1.0])])
            >>> trained, own = sgd.stateless_apply([0, 0.5], [ops.ones((1,))], [[3.0]])
            >>> trained[0].tolist(), own[0].item()
            ([2.5], 1)
        """
        if not self.built:
            raise ValueError(
                "Expected an optimizer that is built: call `build(trainable_variables)` before "
                f"`stateless_apply`. Received: {self.name!r}, not built"
            )
        own, trained = self.variables, self._trainable_variables
        for label, given, expected in (
            ("optimizer_variables", optimizer_variables, own),
            ("trainable_variables", trainable_variables, trained),
        ):
            if len(given) != len(expected):
                raise ValueError(
                    f"Expected {len(expected)} values. Received: {len(given)} in {label}"
                )
        with values_of([*trained, *own], [*trainable_variables, *optimizer_variables]) as now:
            self.apply(grads)
            found = now()
        return found[: len(trained)], found[len(trained) :]


def void(_: Any) -> None:
    """None, of any value: for a branch that only assigns."""
