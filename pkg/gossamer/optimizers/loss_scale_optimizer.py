"""Losses scaled so that gradients of few bits do not vanish."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gossamer import ops
from gossamer.core import autodiff
from gossamer.core.snapshots import snapshots
from gossamer.initializers import Constant
from gossamer.name_scope import name_scope
from gossamer.optimizers.optimizer import Optimizer
from gossamer.serialization import deserialize_keras_object, serialize_keras_object
from gossamer.tensor import Tensor
from gossamer.variable import Variable

# Older models have these in the configuration, with these values.
UNUSED = {
    "weight_decay": None, "clipnorm": None, "global_clipnorm": None, "clipvalue": None,
    "use_ema": False, "ema_momentum": 0.99, "ema_overwrite_frequency": None,
    "loss_scale_factor": None, "gradient_accumulation_steps": None,
}  # fmt: skip


class LossScaleOptimizer(Optimizer):
    """Multiplies losses by a scale, and gradients by its inverse: for float16.

    A step whose gradients are not all finite is left out, and the scale halved; it is doubled
    after enough steps without one. Whether gradients are finite stays on the device.

    Source: Micikevicius et al., "Mixed precision training", ICLR 2018.

    Args:
        inner_optimizer: the one that changes variables.
        initial_scale: the first scale.
        dynamic_growth_steps: after how many steps the scale is doubled.
        name: that of the class and a number if None.

    Raises:
        ValueError: for other arguments, which the inner optimizer should have.

    Example:
        >>> w = gs.Variable([1.0])
        >>> optimizer = gs.optimizers.LossScaleOptimizer(gs.optimizers.SGD(0.5), 4.0)
        >>> optimizer.apply([optimizer.scale_loss(ops.ones((1,)))], [w])
        >>> w.numpy()
        array([0.5], dtype=float32)
        >>> optimizer.apply([ops.convert_to_tensor([np.inf])], [w])
        >>> float(w.numpy()[0]), float(optimizer.dynamic_scale)
        (0.5, 2.0)
    """

    def __init__(
        self,
        inner_optimizer: Optimizer,
        initial_scale: float = 2.0**15,
        dynamic_growth_steps: int = 2000,
        name: str | None = None,
        **kwargs: Any,
    ) -> None:
        if not kwargs.pop("dynamic", True):
            raise ValueError(
                "Expected a dynamic scale; for another one set `loss_scale_factor` of the inner "
                "optimizer. Received: dynamic=False"
            )
        wrong = {key: x for key, x in kwargs.items() if key not in UNUSED or x != UNUSED[key]}
        if wrong:
            raise ValueError(
                f"Expected arguments of the inner optimizer to be given to it. Received: {wrong}"
            )
        super().__init__(0.0, name=name)
        self.inner_optimizer = inner_optimizer
        self.initial_scale = initial_scale
        self.dynamic_growth_steps = dynamic_growth_steps
        # Or gradients would be scaled twice.
        self.inner_optimizer.loss_scale_factor = None

    def build(self, variables: Sequence[Variable]) -> None:
        if self.built:
            return
        self.step_counter = self.add_variable((), dtype="int32", name="step_counter")
        self.dynamic_scale = self.add_variable(
            (), Constant(self.initial_scale), "float32", name="dynamic_scale"
        )
        self.inner_optimizer.build(variables)
        super().build(variables)

    @property
    def variables(self) -> list[Variable]:
        return [*super().variables, *self.inner_optimizer.variables]

    @property
    def iterations(self) -> Any:
        return self.inner_optimizer.iterations

    @property
    def learning_rate(self) -> Any:
        return self.inner_optimizer.learning_rate

    @learning_rate.setter
    def learning_rate(self, value: Any) -> None:
        self.inner_optimizer.learning_rate = value

    def apply(
        self, grads: Sequence[Tensor | None], trainable_variables: Sequence[Variable] | None = None
    ) -> None:
        with autodiff.paused(), name_scope(self.name, caller=self):
            if not self.built:
                if trainable_variables is None:
                    raise ValueError(
                        "Expected variables, or `optimizer.build(trainable_variables)` before. "
                        f"Received: {len(grads)} gradients and no variables"
                    )
                self.build(list(trainable_variables))
            self._apply(grads, list(trainable_variables or self._trainable_variables))
        snapshots.take_if_due()

    def _apply(self, grads: Sequence[Tensor | None], variables: Sequence[Variable]) -> None:
        # The step is made in any case, and its results are taken only if gradients are finite:
        # nobody has to wait until the device says whether they are.
        finite = self.check_finite(grads)
        changed = [*variables, *self.variables]
        before = [variable.value for variable in changed]
        scale = self.dynamic_scale.value
        self._step(grads, variables)
        for variable, old in zip(changed, before, strict=True):
            new = variable.value
            if new is not old:
                variable.assign(ops.where(finite, new, old))
        self.step_counter.assign(ops.where(finite, self.step_counter.value, 0))
        self.dynamic_scale.assign(ops.where(finite, self.dynamic_scale.value, scale * 0.5))

    def _step(self, grads: Sequence[Tensor | None], variables: Sequence[Variable]) -> None:
        share = 1.0 / self.dynamic_scale.value
        unscaled = [
            g if g is None or v.overwrite_with_gradient else g * ops.cast(share, g.dtype)
            for g, v in zip(grads, variables, strict=True)
        ]
        self.inner_optimizer.apply(unscaled, variables)
        count, scale = self.step_counter.value, self.dynamic_scale.value
        due = ops.equal(count, self.dynamic_growth_steps - 1)
        self.step_counter.assign(ops.where(due, 0, count + 1))
        self.dynamic_scale.assign(ops.where(due, scale * 2.0, scale))

    def check_finite(self, grads: Sequence[Tensor | None]) -> Tensor:
        """Whether all elements of all gradients are finite.

        Args:
            grads: tensors, or None.
        """
        finite = [ops.all(ops.isfinite(gradient)) for gradient in grads if gradient is not None]
        return ops.all(ops.stack(finite)) if finite else ops.convert_to_tensor(True)

    def scale_loss(self, loss: Any) -> Any:
        return loss * (self.dynamic_scale if self.built else self.initial_scale)

    def finalize_variable_values(self, var_list: Sequence[Variable]) -> None:
        self.inner_optimizer.finalize_variable_values(var_list)

    def get_config(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "inner_optimizer": serialize_keras_object(self.inner_optimizer),
            "initial_scale": self.initial_scale,
            "dynamic_growth_steps": self.dynamic_growth_steps,
        }

    @classmethod
    def from_config(
        cls, config: dict[str, Any], custom_objects: dict[str, Any] | None = None
    ) -> Any:
        inner = deserialize_keras_object(config["inner_optimizer"], custom_objects)
        return cls(**{**config, "inner_optimizer": inner})
