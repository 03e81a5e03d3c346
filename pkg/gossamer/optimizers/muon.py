"""Momentum made orthogonal."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from gossamer import ops
from gossamer.optimizers.optimizer import Optimizer
from gossamer.optimizers.state import Rate
from gossamer.tensor import Tensor
from gossamer.variable import Variable


class Muon(Optimizer):
    """Momentum made orthogonal: matrices change by about `U Vᵀ` of the momentum `U S Vᵀ`, all other
    variables by AdamW.

    Source: Jordan et al., "Muon: an optimizer for hidden layers in neural networks", 2024; Liu et
    al., "Muon is scalable for LLM training", arXiv:2502.16982, 2025, for `rms_rate`.

    Args:
        learning_rate: a float, a schedule, or a function without arguments.
        adam_beta_1, adam_beta_2, epsilon: as for `Adam`, for the other variables.
        adam_weight_decay: decay of the other variables.
        weight_decay: decay of the matrices.
        clipnorm, clipvalue, global_clipnorm, use_ema, ema_momentum, ema_overwrite_frequency,
            loss_scale_factor, gradient_accumulation_steps, name: as for `Optimizer`.
        exclude_layers: regular expressions; matrices in whose path one is found are left to Adam.
        exclude_embeddings: whether those in whose path is "embedding" are, too.
        muon_a, muon_b, muon_c: the polynomial whose iteration brings all singular values near 1.
        adam_lr_ratio: Adam's learning rate as a part of Muon's.
        momentum: what is kept of the momentum.
        ns_steps: how often the polynomial is applied.
        nesterov: whether the momentum looks ahead.
        rms_rate: a step's root of the mean square, for which Adam's rates serve; None for steps
            as they are.

    Example:
        >>> w = gs.Variable(np.zeros((2, 2), "float32"))
        >>> gs.optimizers.Muon(0.1).apply([ops.convert_to_tensor([[3.0, 0.0], [0.0, 2.0]])], [w])
        >>> bool((np.diag(w.numpy()) < -0.015).all())
        True
    """

    config_keys = (
        "adam_beta_1", "adam_beta_2", "epsilon", "exclude_layers", "muon_a", "muon_b",
        "muon_c", "adam_lr_ratio", "momentum", "ns_steps", "nesterov",
        "exclude_embeddings", "adam_weight_decay", "rms_rate",
    )  # fmt: skip

    def __init__(
        self,
        learning_rate: Rate = 0.001,
        adam_beta_1: float = 0.9,
        adam_beta_2: float = 0.999,
        adam_weight_decay: float | None = 0.004,
        epsilon: float = 1e-7,
        weight_decay: float | None = 0.004,
        clipnorm: float | None = None,
        clipvalue: float | None = None,
        global_clipnorm: float | None = None,
        use_ema: bool = False,
        ema_momentum: float = 0.99,
        ema_overwrite_frequency: int | None = None,
        loss_scale_factor: float | None = None,
        gradient_accumulation_steps: int | None = None,
        name: str | None = None,
        exclude_layers: Sequence[str] | None = None,
        exclude_embeddings: bool = True,
        muon_a: float = 3.4445,
        muon_b: float = -4.7750,
        muon_c: float = 2.0315,
        adam_lr_ratio: float = 1,
        momentum: float = 0.95,
        ns_steps: int = 5,
        nesterov: bool = True,
        rms_rate: float | None = 0.2,
        **kwargs: Any,
    ) -> None:
        super().__init__(
            learning_rate, weight_decay, clipnorm, clipvalue, global_clipnorm, use_ema,
            ema_momentum, ema_overwrite_frequency, loss_scale_factor, gradient_accumulation_steps,
            name, **kwargs,
        )  # fmt: skip
        self.adam_beta_1 = adam_beta_1
        self.adam_beta_2 = adam_beta_2
        self.adam_weight_decay = adam_weight_decay
        self.epsilon = epsilon
        self.exclude_layers = exclude_layers or []
        self.exclude_embeddings = exclude_embeddings
        self.muon_a = muon_a
        self.muon_b = muon_b
        self.muon_c = muon_c
        self.adam_lr_ratio = adam_lr_ratio
        self.momentum = momentum
        self.ns_steps = ns_steps
        self.nesterov = nesterov
        self.rms_rate = rms_rate

    def _should_use_adamw(self, variable: Variable) -> bool:
        path = variable.path
        if len(variable.shape) != 2 or (self.exclude_embeddings and "embedding" in path.lower()):
            return True
        return any(re.search(pattern, path) for pattern in self.exclude_layers)

    def build(self, variables: Sequence[Variable]) -> None:
        if self.built:
            return
        super().build(variables)
        self.momentums: list[Any] = []
        self.adam_velocities: list[Any] = []
        for variable in variables:
            m = v = None
            if not variable.overwrite_with_gradient:
                m = self.add_variable_from_reference(variable, "momentum")
                if self._should_use_adamw(variable):
                    v = self.add_variable_from_reference(variable, "velocity")
            self.momentums.append(m)
            self.adam_velocities.append(v)

    def _weight_decay_of(self, variable: Variable) -> float | None:
        return self.adam_weight_decay if self._should_use_adamw(variable) else self.weight_decay

    def update_step(self, gradient: Tensor, variable: Variable, learning_rate: Tensor) -> None:
        index = self._get_variable_index(variable)
        m, v = self.momentums[index], self.adam_velocities[index]
        if v is not None:
            self._adam_step(gradient, variable, learning_rate, m, v)
            return
        self.assign(m, m * self.momentum + gradient)
        direction = gradient + m * self.momentum if self.nesterov else m.value
        scale = 1.0 if self.rms_rate is None else max(variable.shape) ** 0.5 * self.rms_rate
        update = self.zeropower_via_newtonschulz5(direction, self.ns_steps)
        self.assign_sub(variable, update * (learning_rate * scale))

    def _adam_step(
        self, gradient: Tensor, variable: Variable, learning_rate: Tensor, m: Variable, v: Variable
    ) -> None:
        step = self.local_step(variable)
        first, second = (
            self.one_minus_power(b, step) for b in (self.adam_beta_1, self.adam_beta_2)
        )
        alpha = self.once(
            "alpha", lambda: learning_rate * self.adam_lr_ratio * ops.sqrt(second) / first,
            learning_rate,
        )  # fmt: skip
        self.assign_add(m, (gradient - m) * (1 - self.adam_beta_1))
        self.assign_add(v, (ops.square(gradient) - v) * (1 - self.adam_beta_2))
        self.assign_sub(variable, m * alpha / (ops.sqrt(v) + self.epsilon))

    def zeropower_via_newtonschulz5(self, x: Tensor, steps: int) -> Tensor:
        """About `U Vᵀ` of a matrix `U S Vᵀ`: its singular values by a polynomial, `steps` times.

        Args:
            x: a matrix.
            steps: how often.
        """
        # The product with the transpose is the smaller one of both.
        tall = x.shape[-2] > x.shape[-1]
        x = ops.transpose(x) if tall else x
        x = x / (ops.sqrt(ops.sum(ops.square(x))) + 1e-7)
        for _ in range(steps):
            square = x @ ops.transpose(x)
            x = x * self.muon_a + (square * self.muon_b + square @ square * self.muon_c) @ x
        return ops.transpose(x) if tall else x
