"""Low-rank adaptation: a large weight stays, and a product of two small ones is learned beside it.

Source: Hu et al., "LoRA: low-rank adaptation of large language models", 2021.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from gossamer import initializers, ops
from gossamer.layers.layer import Layer
from gossamer.tensor import Tensor
from gossamer.variable import Variable


class Adapted:
    """The attribute that is a large weight: its variable, or what that and the small ones make."""

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = f"_{name}"

    def __get__(self, layer: Any, owner: type | None = None) -> Any:
        if layer is None:
            return self
        variable = vars(layer).get(self._name)
        if variable is None:
            raise AttributeError(
                f"Expected a layer that is built. Received: {layer.name!r}, which has no "
                f"{self._name[1:]!r} yet"
            )
        return layer.with_adaptation(variable) if layer.lora_enabled else variable

    def __set__(self, layer: Any, variable: Variable) -> None:
        setattr(layer, self._name, variable)

    def __delete__(self, layer: Any) -> None:
        delattr(layer, self._name)


class LowRank(Layer):
    """A layer whose large weight may be adapted: `weight + lora_alpha / lora_rank * a @ b`.

    Subclasses name the weight, whose attribute is an `Adapted`.

    Attributes:
        lora_enabled: whether it is adapted.
        lora_rank: the size of the axis that a and b have in common; None for no adaptation.
        lora_alpha: what the product of both is multiplied by, times the rank.
    """

    _large_weight: str
    lora_enabled = False
    lora_rank: int | None = None
    lora_alpha: float | None = None

    def enable_lora(
        self,
        rank: int,
        lora_alpha: float | None = None,
        a_initializer: Any = "he_uniform",
        b_initializer: Any = "zeros",
    ) -> None:
        """Freeze the large weight, and have training change two small ones that are added to it.

        Args:
            rank: positive integer, the size of the axis that the two have in common.
            lora_alpha: what their product is multiplied by, times the rank; the rank if None.
            a_initializer: of the first, of the large weight's shape but for its last axis.
            b_initializer: of the second, of shape (rank, size of the large weight's last axis).

        Raises:
            ValueError: before the layer is built, for a second time, beside a constraint of the
                weight, and for another rank.
            NotImplementedError: for a layer that is quantized.

        Example:
            >>> layer = gs.layers.Dense(4)
            >>> layer.build((None, 3))
            >>> layer.enable_lora(2)
            >>> [(w.name, w.shape) for w in layer.trainable_weights]
            [('bias', (4,)), ('lora_kernel_a', (3, 2)), ('lora_kernel_b', (2, 4))]
        """
        if not self.built:
            raise ValueError(f"Expected a layer that is built. Received: {self.name!r}")
        self._adapt(rank, lora_alpha, a_initializer, b_initializer)

    def _plan_adaptation(self, rank: int | None, alpha: float | None) -> None:
        """Keep what the constructor was given, for `build`."""
        if rank is not None:
            _check_rank(rank)
        self.lora_rank = rank
        self.lora_alpha = rank if alpha is None else alpha

    def _adapt_as_planned(self, alpha: float | None = None) -> None:
        """What `build` ends with.

        Args:
            alpha: Keras 3.15 heeds the constructor's for some layers alone; those give it here.
        """
        if self.lora_rank is not None:
            self._adapt(self.lora_rank, alpha)

    def _adapt(
        self,
        rank: int,
        alpha: float | None,
        a_initializer: Any = "he_uniform",
        b_initializer: Any = "zeros",
    ) -> None:
        _check_rank(rank)
        name = self._large_weight
        if getattr(self, f"{name}_constraint", None) is not None:
            raise ValueError(
                "Expected no constraint of a weight that is adapted, for the layer "
                f"{self.name!r}. Received: {getattr(self, f'{name}_constraint')!r}"
            )
        if self.lora_enabled:
            raise ValueError(
                f"Expected a layer that is not adapted yet. Received: {self.name!r}, of rank "
                f"{self.lora_rank}"
            )
        if self.quantization_mode is not None:
            raise NotImplementedError("gossamer does not adapt quantized layers.")
        weight = getattr(self, name)
        shapes = {"a": (*weight.shape[:-1], rank), "b": (rank, weight.shape[-1])}
        starts = {"a": a_initializer, "b": b_initializer}
        locked, self._tracker.locked = self._tracker.locked, False
        for part, shape in shapes.items():
            # Of 32 bits whatever the weight's are: what is learned is small beside it.
            variable = self.add_weight(
                shape, initializers.get(starts[part]), dtype="float32",
                regularizer=getattr(self, f"{name}_regularizer", None), name=f"lora_{name}_{part}",
            )  # fmt: skip
            setattr(self, f"lora_{name}_{part}", variable)
        self._tracker.locked = locked
        weight.trainable = False
        self.lora_rank, self.lora_alpha = rank, rank if alpha is None else alpha
        self.lora_enabled = True

    @property
    def frozen_weight(self) -> Variable:
        """The large weight's variable, without what is added."""
        variable: Variable = vars(self)[f"_{self._large_weight}"]
        return variable

    @property
    def small_weights(self) -> tuple[Variable, Variable]:
        """The two factors of what is added."""
        name = self._large_weight
        return getattr(self, f"lora_{name}_a"), getattr(self, f"lora_{name}_b")

    def adaptation(self, a: Any) -> Tensor:
        """What is added, for the first factor or some of its rows."""
        assert self.lora_rank is not None
        assert self.lora_alpha is not None
        return ops.matmul(a, self.small_weights[1]) * (self.lora_alpha / self.lora_rank)

    def with_adaptation(self, weight: Any) -> Tensor:
        """The large weight and what is added to it."""
        return ops.cast(ops.add(weight, self.adaptation(self.small_weights[0])), self.compute_dtype)

    def _saved_variables(self) -> list[Variable]:
        """Files have no factors: what these make is part of the large weight there."""
        variables = super()._saved_variables()
        if not self.lora_enabled:
            return variables
        factors = set(map(id, self.small_weights))
        return [variable for variable in variables if id(variable) not in factors]

    def save_own_variables(self, store: Any) -> None:
        super().save_own_variables(store)
        if self.lora_enabled:
            at = [variable is self.frozen_weight for variable in self._saved_variables()].index(
                True
            )
            store[f"{at}"] = self.with_adaptation(self.frozen_weight).numpy()

    def load_own_variables(self, store: Any) -> None:
        super().load_own_variables(store)
        if self.lora_enabled:
            for factor in self.small_weights:
                factor.assign(np.zeros(factor.shape, np.float32))

    def get_config(self) -> dict[str, Any]:
        config = super().get_config()
        if self.lora_rank is not None:
            config |= {"lora_rank": self.lora_rank, "lora_alpha": self.lora_alpha}
        return config


def _check_rank(rank: Any) -> None:
    if not isinstance(rank, int) or isinstance(rank, bool) or rank <= 0:
        raise ValueError(f"Expected a positive integer. Received: lora_rank={rank!r}")
