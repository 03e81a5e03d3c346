"""What layers have that scale and shift after normalizing: gamma, beta, and their settings."""

from __future__ import annotations

from typing import Any

from gossamer import constraints, initializers, regularizers
from gossamer.layers.layer import Layer


class Affine(Layer):
    """The base of layers with a gamma and a beta.

    Args:
        epsilon: what keeps quotients finite.
        center: whether there is a beta, which is added.
        scale: whether there is a gamma, which multiplies.
        beta_initializer, gamma_initializer: of these.
        beta_regularizer, gamma_regularizer: of these.
        beta_constraint, gamma_constraint: of these.
        kwargs: as for `Layer`.
    """

    def __init__(
        self,
        epsilon: float,
        center: bool,
        scale: bool,
        beta_initializer: Any,
        gamma_initializer: Any,
        beta_regularizer: Any,
        gamma_regularizer: Any,
        beta_constraint: Any,
        gamma_constraint: Any,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.epsilon = epsilon
        self.center = center
        self.scale = scale
        self.beta_initializer = initializers.get(beta_initializer)
        self.gamma_initializer = initializers.get(gamma_initializer)
        self.beta_regularizer = regularizers.get(beta_regularizer)
        self.gamma_regularizer = regularizers.get(gamma_regularizer)
        self.beta_constraint = constraints.get(beta_constraint)
        self.gamma_constraint = constraints.get(gamma_constraint)
        self.supports_masking = True

    def _add_affine(self, shape: tuple[int, ...]) -> None:
        self.gamma = self.beta = None
        if self.scale:
            self.gamma = self.add_weight(
                shape, self.gamma_initializer, autocast=False,
                regularizer=self.gamma_regularizer, constraint=self.gamma_constraint,
                name="gamma",
            )  # fmt: skip
        if self.center:
            self.beta = self.add_weight(
                shape, self.beta_initializer, autocast=False,
                regularizer=self.beta_regularizer, constraint=self.beta_constraint, name="beta",
            )  # fmt: skip

    def _initializers_config(self) -> dict[str, Any]:
        return {
            "beta_initializer": initializers.serialize(self.beta_initializer),
            "gamma_initializer": initializers.serialize(self.gamma_initializer),
        }

    def _affine_config(self) -> dict[str, Any]:
        return {
            "beta_regularizer": regularizers.serialize(self.beta_regularizer),
            "gamma_regularizer": regularizers.serialize(self.gamma_regularizer),
            "beta_constraint": constraints.serialize(self.beta_constraint),
            "gamma_constraint": constraints.serialize(self.gamma_constraint),
        }


def check_axes(axis: Any, input_shape: Any) -> None:
    """See that axes are there.

    Raises:
        ValueError: if one is not.
    """
    for one in axis if isinstance(axis, (list, tuple)) else [axis]:
        if not -len(input_shape) <= one < len(input_shape):
            raise ValueError(
                f"Expected an axis of inputs of shape {input_shape}. Received: axis={axis}"
            )
