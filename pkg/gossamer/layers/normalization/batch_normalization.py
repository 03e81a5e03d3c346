"""Batch normalization."""

from __future__ import annotations

from typing import Any

from gossamer import initializers, ops
from gossamer.defaults import epsilon as least_divisor
from gossamer.dtypes import result_type
from gossamer.layers.input_spec import InputSpec
from gossamer.layers.normalization.affine import Affine, check_axes
from gossamer.tensor import Tensor


class BatchNormalization(Affine):
    """`gamma * (x - mean) / sqrt(variance + epsilon) + beta`, over a batch.

    In training mean and variance are the batch's, and moving averages of them are kept, which are
    used otherwise. A layer that is not trainable uses the averages always.

    Source: Ioffe and Szegedy, "Batch normalization", ICML 2015; with `renorm` Ioffe, "Batch
    renormalization", NeurIPS 2017.

    Args:
        axis: that of the channels.
        momentum: of the moving averages.
        epsilon: added to the variance.
        center: whether beta is added.
        scale: whether gamma multiplies.
        beta_initializer, gamma_initializer: of these.
        moving_mean_initializer, moving_variance_initializer: of the averages.
        beta_regularizer, gamma_regularizer: of these.
        beta_constraint, gamma_constraint: of these.
        renorm: whether batches are corrected towards the averages.
        renorm_clipping: bounds of the correction: `rmax`, `rmin`, `dmax`.
        renorm_momentum: of the averages that the correction uses.
        synchronized: False: there is one device.
        kwargs: as for `Layer`.

    Raises:
        ValueError: for `synchronized`, unknown bounds, or an axis that is not there.

    Example:
        >>> layer = gs.layers.BatchNormalization()
        >>> layer(ops.ones((2, 3)), training=True).shape, len(layer.weights)
        ((2, 3), 4)
    """

    def __init__(
        self,
        axis: int = -1,
        momentum: float = 0.99,
        epsilon: float = 1e-3,
        center: bool = True,
        scale: bool = True,
        beta_initializer: Any = "zeros",
        gamma_initializer: Any = "ones",
        moving_mean_initializer: Any = "zeros",
        moving_variance_initializer: Any = "ones",
        beta_regularizer: Any = None,
        gamma_regularizer: Any = None,
        beta_constraint: Any = None,
        gamma_constraint: Any = None,
        renorm: bool = False,
        renorm_clipping: dict[str, float] | None = None,
        renorm_momentum: float = 0.99,
        synchronized: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(
            float(epsilon), center, scale, beta_initializer, gamma_initializer, beta_regularizer,
            gamma_regularizer, beta_constraint, gamma_constraint, **kwargs,
        )  # fmt: skip
        if synchronized:
            raise ValueError("Expected one device. Received: synchronized=True")
        self.axis = int(axis)
        self.synchronized = synchronized
        self.momentum = float(momentum)
        self.moving_mean_initializer = initializers.get(moving_mean_initializer)
        self.moving_variance_initializer = initializers.get(moving_variance_initializer)
        self.renorm = renorm
        if renorm:
            renorm_clipping = _checked(renorm_clipping or {})
        self.renorm_clipping = renorm_clipping
        self.renorm_momentum = renorm_momentum

    def build(self, input_shape: Any) -> None:
        shape = (input_shape[self.axis],)
        self._add_affine(shape)
        self.moving_mean = self._average(shape, self.moving_mean_initializer, "moving_mean")
        self.moving_variance = self._average(
            shape, self.moving_variance_initializer, "moving_variance"
        )
        if self.renorm:

            def deviation(shape: Any, dtype: Any = None) -> Tensor:
                return ops.sqrt(self.moving_variance_initializer(shape, dtype=dtype))

            self.moving_stddev = self._average(shape, deviation, "moving_stddev")
            self.renorm_mean = self._average(shape, self.moving_mean_initializer, "renorm_mean")
            self.renorm_stddev = self._average(shape, deviation, "renorm_stddev")
        self.input_spec = InputSpec(ndim=len(input_shape), axes={self.axis: input_shape[self.axis]})
        axes = list(range(len(input_shape)))
        del axes[self.axis]
        self._reduction_axes = axes

    def _average(self, shape: Any, initializer: Any, name: str) -> Any:
        return self.add_weight(shape, initializer, trainable=False, autocast=False, name=name)

    def compute_output_shape(self, input_shape: Any) -> Any:
        check_axes(self.axis, input_shape)
        return input_shape

    def call(
        self, inputs: Tensor, training: bool | None = None, mask: Tensor | None = None
    ) -> Tensor:
        if mask is not None and mask.ndim != inputs.ndim - 1:
            raise ValueError(
                "Expected a mask of one axis less than the inputs. "
                f"Received: mask.shape={mask.shape}, inputs.shape={inputs.shape}"
            )
        # Sums over a batch need more digits than float16 has.
        inputs = ops.cast(inputs, result_type(inputs.dtype, "float32"))
        gamma: Any = self.gamma
        beta: Any = self.beta
        if training and self.trainable:
            mean, variance = self._moments(inputs, mask)
            if self.renorm:
                gamma, beta = self._renormalized(mean, variance)
            else:
                self._move(self.moving_mean, mean, self.momentum)
                self._move(self.moving_variance, variance, self.momentum)
        else:
            mean, variance = self.moving_mean.value, self.moving_variance.value
        outputs = ops.batch_normalization(
            inputs, mean, variance, self.axis, offset=beta, scale=gamma, epsilon=self.epsilon
        )
        return ops.cast(outputs, self.compute_dtype)

    @staticmethod
    def _move(average: Any, value: Tensor, momentum: float) -> None:
        average.assign(average.value * momentum + value * (1.0 - momentum))

    def _moments(self, inputs: Tensor, mask: Tensor | None) -> tuple[Tensor, Tensor]:
        if mask is None:
            return ops.moments(inputs, axes=self._reduction_axes)
        counted = ops.cast(ops.broadcast_to(ops.expand_dims(mask, -1), inputs.shape), "bool")
        axes = tuple(self._reduction_axes)
        zeros = ops.zeros_like(inputs)
        total = ops.sum(ops.cast(counted, inputs.dtype), axes, keepdims=True) + least_divisor()
        mean = ops.sum(ops.where(counted, inputs, zeros), axes, keepdims=True) / total
        squares = ops.square(ops.where(counted, inputs - mean, zeros))
        variance = ops.sum(squares, axes, keepdims=True) / total
        return ops.reshape(mean, (-1,)), ops.reshape(variance, (-1,))

    def _renormalized(self, mean: Tensor, variance: Tensor) -> tuple[Tensor, Tensor]:
        """Gamma and beta with the correction towards the averages, which move on."""
        bounds = self.renorm_clipping or {}
        deviation = ops.sqrt(variance + self.epsilon)
        usual = ops.maximum(self.renorm_stddev.value, self.epsilon**0.5)
        r = deviation / usual
        d = (mean - self.renorm_mean.value) / usual
        if bounds.get("rmin") is not None:
            r = ops.maximum(r, bounds["rmin"])
        if bounds.get("rmax") is not None:
            r = ops.minimum(r, bounds["rmax"])
        if bounds.get("dmax") is not None:
            d = ops.clip(d, -bounds["dmax"], bounds["dmax"])
        r, d = ops.stop_gradient(r), ops.stop_gradient(d)
        gamma = r if self.gamma is None else r * self.gamma
        beta = d if self.gamma is None else d * self.gamma
        if self.beta is not None:
            beta = beta + self.beta
        self._move(self.renorm_mean, mean, self.renorm_momentum)
        self._move(self.renorm_stddev, deviation, self.renorm_momentum)
        self._move(self.moving_mean, mean, self.momentum)
        self._move(self.moving_stddev, deviation, self.momentum)
        squared = ops.square(self.moving_stddev.value)
        self.moving_variance.assign(ops.relu(squared - self.epsilon))
        return gamma, beta

    def get_config(self) -> dict[str, Any]:
        config = {
            **super().get_config(),
            "axis": self.axis,
            "momentum": self.momentum,
            "epsilon": self.epsilon,
            "center": self.center,
            "scale": self.scale,
            **self._initializers_config(),
            "moving_mean_initializer": initializers.serialize(self.moving_mean_initializer),
            "moving_variance_initializer": initializers.serialize(self.moving_variance_initializer),
            **self._affine_config(),
            "synchronized": self.synchronized,
        }
        config |= {
            "renorm": self.renorm,
            "renorm_clipping": self.renorm_clipping,
            "renorm_momentum": self.renorm_momentum,
        }
        return config


def _checked(bounds: dict[str, float]) -> dict[str, float]:
    unknown = set(bounds) - {"rmax", "rmin", "dmax"}
    if unknown:
        raise ValueError(f"Expected rmax, rmin or dmax. Received: renorm_clipping={bounds}")
    rmax, rmin, dmax = (bounds.get(name) for name in ("rmax", "rmin", "dmax"))
    if rmax is not None and rmin is not None and rmax < rmin:
        raise ValueError(f"Expected rmax above rmin. Received: rmax={rmax}, rmin={rmin}")
    if dmax is not None and dmax < 0:
        raise ValueError(f"Expected dmax not to be negative. Received: dmax={dmax}")
    return bounds
