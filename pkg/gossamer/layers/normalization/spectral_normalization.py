"""Weights of spectral norm 1."""

from __future__ import annotations

from typing import Any

from gossamer import initializers, ops
from gossamer.layers.core.wrapper import Wrapper
from gossamer.layers.input_spec import InputSpec
from gossamer.tensor import Tensor


class SpectralNormalization(Wrapper):
    """Divides a layer's kernel by its largest singular value, at each step of training.

    Source: Miyato et al., "Spectral normalization for generative adversarial networks", ICLR 2018.

    Args:
        layer: a layer with a kernel or embeddings.
        power_iterations: how often the estimate of that value is improved at each step.
        kwargs: as for `Layer`.

    Raises:
        ValueError: for a layer without a kernel, or iterations that are not positive.

    Example:
        >>> layer = gs.layers.SpectralNormalization(gs.layers.Dense(2))
        >>> layer(ops.ones((1, 3))).shape
        (1, 2)
    """

    def __init__(self, layer: Any, power_iterations: int = 1, **kwargs: Any) -> None:
        super().__init__(layer, **kwargs)
        if power_iterations <= 0:
            raise ValueError(
                f"Expected a positive number. Received: power_iterations={power_iterations}"
            )
        self.power_iterations = power_iterations

    def build(self, input_shape: Any = None) -> None:
        super().build(input_shape)
        self.input_spec = InputSpec(min_ndim=1, axes={-1: input_shape[-1]})
        kernel = getattr(self.layer, "kernel", None)
        kernel = getattr(self.layer, "embeddings", None) if kernel is None else kernel
        if kernel is None:
            raise ValueError(
                "Expected a layer with a `kernel` or `embeddings`. "
                f"Received: {type(self.layer).__name__}"
            )
        self.kernel = kernel
        self.vector_u = self.add_weight(
            (1, kernel.shape[-1]),
            initializers.TruncatedNormal(stddev=0.02),
            dtype=kernel.dtype,
            trainable=False,
            name="vector_u",
        )

    def call(self, inputs: Tensor, training: bool = False) -> Tensor:
        if training:
            u, kernel = self._normalized()
            # A kernel of zeros has no direction: it stays as it is.
            is_zero = ops.all(ops.equal(self.kernel.value, 0))
            self.vector_u.assign(ops.where(is_zero, self.vector_u.value, u))
            self.kernel.assign(ops.where(is_zero, self.kernel.value, kernel))
        return ops.cast(self.layer(inputs), inputs.dtype)

    def _normalized(self) -> tuple[Tensor, Tensor]:
        kernel = self.kernel.value
        weights = ops.reshape(kernel, (-1, kernel.shape[-1]))
        u = self.vector_u.value
        v = u
        for _ in range(self.power_iterations):
            v = _unit(ops.matmul(u, ops.transpose(weights)))
            u = _unit(ops.matmul(v, weights))
        u, v = ops.stop_gradient(u), ops.stop_gradient(v)
        sigma = ops.matmul(ops.matmul(v, weights), ops.transpose(u))
        return u, ops.reshape(weights / sigma, kernel.shape)

    def compute_output_shape(self, input_shape: Any) -> Any:
        return self.layer.compute_output_shape(input_shape)

    def get_config(self) -> dict[str, Any]:
        config = super().get_config()
        return {**config, "power_iterations": self.power_iterations}


def _unit(x: Tensor) -> Tensor:
    return x * ops.rsqrt(ops.maximum(ops.sum(ops.square(x)), 1e-12))
