"""The state of a layer: its variables and those of the layers in it, in Keras's order."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from gossamer import constraints, initializers, regularizers
from gossamer.dtypes import standardize_dtype
from gossamer.layers.tracking import Tracker
from gossamer.name_scope import name_scope
from gossamer.random import SeedGenerator
from gossamer.variable import Variable


def make_tracker() -> Tracker:
    """A tracker of what a layer is made of."""
    return Tracker({
        "trainable_variables": lambda x: isinstance(x, Variable) and x.trainable,
        "non_trainable_variables": lambda x: isinstance(x, Variable),
        # Before metrics: a layer that learns from data has their methods, too.
        "layers": lambda x: isinstance(x, Weights),
        "metrics": lambda x: hasattr(x, "update_state") and hasattr(x, "reset_state"),
        "seed_generators": lambda x: isinstance(x, SeedGenerator),
    })  # fmt: skip


class Weights:
    """What has variables, and layers with variables. The base of `Layer`."""

    name: str
    built: bool
    _tracker: Tracker
    _trainable: bool

    @property
    def variable_dtype(self) -> str:
        raise NotImplementedError(f"{type(self).__name__} does not say its dtype.")

    @property
    def _layers(self) -> list[Any]:
        return self._tracker.lists["layers"]

    @property
    def _own_variables(self) -> list[Variable]:
        lists = self._tracker.lists
        return lists["trainable_variables"] + lists["non_trainable_variables"]

    def add_weight(
        self,
        shape: Any = None,
        initializer: Any = None,
        dtype: Any = None,
        trainable: bool = True,
        autocast: bool = True,
        regularizer: Any = None,
        constraint: Any = None,
        aggregation: str = "none",
        overwrite_with_gradient: bool = False,
        name: str | None = None,
    ) -> Variable:
        """Make a variable that belongs to this layer.

        Args:
            shape: its shape, known in full; a scalar's if None.
            initializer: of its value; `"glorot_uniform"` for floats and `"zeros"` for others if
                None.
            dtype: the layer's `variable_dtype` if None.
            trainable: whether training changes it.
            autocast: whether it is read in the dtype that the layer computes in.
            regularizer: of the value; what it gives is added to the loss.
            constraint: of the value; applied after each step of an optimizer.
            aggregation: Keras's, for several devices; there is one here.
            overwrite_with_gradient: whether optimizers assign the gradient to it.
            name: its name.

        Raises:
            ValueError: for a name in the place of a shape, or in a layer that is built.
        """
        if isinstance(shape, str):
            raise ValueError(
                f"Expected a shape first, and the name by keyword. Received: {shape!r}"
            )
        shape = (shape,) if isinstance(shape, int) else tuple(shape or ())
        if None in shape:
            raise ValueError(
                f"Expected a shape known in full for the weight {name!r} of the layer "
                f"{self.name!r}. Received: shape={shape}"
            )
        dtype = self.variable_dtype if dtype is None else standardize_dtype(dtype)
        if initializer is None:
            initializer = "glorot_uniform" if "float" in dtype else "zeros"
        with name_scope(self.name, caller=self):
            variable = Variable(
                initializers.get(initializer), shape, dtype, trainable, autocast, aggregation,
                name=name,
            )  # fmt: skip
        variable.regularizer = regularizers.get(regularizer)
        variable.constraint = constraints.get(constraint)
        variable.overwrite_with_gradient = overwrite_with_gradient
        self._tracker.track(variable)
        if not self._trainable:
            variable.trainable = False
        return variable

    def add_variable(
        self,
        shape: Any,
        initializer: Any,
        dtype: Any = None,
        trainable: bool = True,
        autocast: bool = True,
        regularizer: Any = None,
        constraint: Any = None,
        name: str | None = None,
    ) -> Variable:
        """`add_weight` by another name."""
        return self.add_weight(
            shape, initializer, dtype, trainable, autocast, regularizer, constraint, name=name
        )

    @property
    def trainable(self) -> bool:
        """Whether training changes the layer's trainable weights; holds for layers in it, too."""
        return self._trainable

    @trainable.setter
    def trainable(self, value: bool) -> None:
        self._trainable = bool(value)
        for variable in self._tracker.lists["trainable_variables"]:
            variable.trainable = self._trainable
        for layer in self._layers:
            layer.trainable = self._trainable

    def _state(self, with_seeds: bool) -> Iterator[Variable]:
        yield from self._own_variables
        if with_seeds:
            for generator in self._tracker.lists["seed_generators"]:
                yield generator.state
        for layer in self._layers:
            yield from layer._state(with_seeds)

    @property
    def weights(self) -> list[Variable]:
        """All variables of the layer and of those in it, without the states of seeds."""
        return _each_once(self._state(with_seeds=False))

    @property
    def variables(self) -> list[Variable]:
        """All variables, states of seeds among them; those of metrics are in
        `metrics_variables`.
        """
        return _each_once(self._state(with_seeds=True))

    @property
    def trainable_weights(self) -> list[Variable]:
        """The weights that training changes."""
        return [v for v in self.weights if v.trainable] if self.trainable else []

    @property
    def non_trainable_weights(self) -> list[Variable]:
        """The weights that training does not change."""
        return [v for v in self.weights if not v.trainable] if self.trainable else self.weights

    @property
    def trainable_variables(self) -> list[Variable]:
        """The variables that training changes."""
        return [v for v in self.variables if v.trainable] if self.trainable else []

    @property
    def non_trainable_variables(self) -> list[Variable]:
        """The variables that training does not change, states of seeds among them."""
        return [v for v in self.variables if not v.trainable] if self.trainable else self.variables

    @property
    def metrics(self) -> list[Any]:
        """The metrics of the layer and of those in it."""
        found = list(self._tracker.lists["metrics"])
        for layer in self._layers:
            found.extend(layer.metrics)
        return found

    @property
    def metrics_variables(self) -> list[Variable]:
        """The variables of all metrics."""
        return [variable for metric in self.metrics for variable in metric.variables]

    def get_weights(self) -> list[np.ndarray]:
        """The values of `weights`, as NumPy arrays."""
        return [variable.numpy() for variable in self.weights]

    def set_weights(self, weights: list[Any]) -> None:
        """Assign values to `weights`.

        Raises:
            ValueError: for another number of values, or another shape; nothing is assigned then.
        """
        own = self.weights
        if len(own) != len(weights):
            raise ValueError(
                f"Expected {len(own)} weights for the layer {self.name!r}. Received: {len(weights)}"
            )
        for variable, value in zip(own, weights, strict=True):
            if variable.shape != tuple(np.shape(value)):
                raise ValueError(
                    f"Expected the shape {variable.shape} for {variable.path!r}. "
                    f"Received: shape={tuple(np.shape(value))}"
                )
        for variable, value in zip(own, weights, strict=True):
            variable.assign(value)

    def count_params(self) -> int:
        """How many numbers the weights are.

        Raises:
            ValueError: before the layer is built.
        """
        if not self.built:
            raise ValueError(
                f"Expected a layer that is built, by a call or by `build(input_shape)`. "
                f"Received: {self.name!r}, which is not"
            )
        return count_params(self.weights)

    def _saved_variables(self) -> list[Variable]:
        """The layer's own variables that are in files, in the order of these."""
        return self._own_variables

    def save_own_variables(self, store: Any) -> None:
        """Put the layer's own variables into a dictionary, `"0"`, `"1"`, ..."""
        for k, variable in enumerate(self._saved_variables()):
            store[f"{k}"] = variable.numpy()

    def load_own_variables(self, store: Any) -> None:
        """Take the layer's own variables out of a dictionary.

        Raises:
            ValueError: if there are not as many, or of other shapes.
        """
        own = self._saved_variables()
        if len(store.keys()) != len(own):
            hint = "" if own or self.built else "; the layer was never built"
            raise ValueError(
                f"Expected {len(own)} variables for the layer {self.name!r}: "
                f"{[v.name for v in own]}{hint}. Received: {len(store.keys())}"
            )
        for k, variable in enumerate(own):
            variable.assign(np.asarray(store[f"{k}"]))


def _each_once(variables: Iterator[Variable]) -> list[Variable]:
    return list({id(variable): variable for variable in variables}.values())


def count_params(variables: list[Variable]) -> int:
    """How many numbers these variables are."""
    return sum(int(np.prod(variable.shape, dtype=np.int64)) for variable in variables)
