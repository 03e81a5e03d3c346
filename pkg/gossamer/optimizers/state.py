"""What an optimizer remembers: the number of steps, the learning rate, slots beside variables."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Sequence
from typing import Any

from gossamer import initializers, ops
from gossamer.core import autodiff, tracing
from gossamer.name_scope import name_scope
from gossamer.naming import unique_name
from gossamer.optimizers.schedules import LearningRateSchedule
from gossamer.serialization import deserialize_keras_object, serialize_keras_object
from gossamer.serialization.family import snake_case
from gossamer.tensor import Tensor
from gossamer.variable import Variable

Rate = float | LearningRateSchedule | Callable[[], Any]

UNBUILT = 2  # variables before there are slots: the number of steps, the learning rate

# The attributes of every optimizer that are in its configuration as they are.
COMMON_KEYS = (
    "weight_decay", "clipnorm", "global_clipnorm", "clipvalue", "use_ema", "ema_momentum",
    "ema_overwrite_frequency", "loss_scale_factor", "gradient_accumulation_steps",
)  # fmt: skip


class OptimizerState:
    """The variables of an optimizer: to make, to read and to write them.

    Args:
        learning_rate: a float, a schedule, or a function without arguments.
        name: that of the class and a number if None.

    Raises:
        ValueError: for another learning rate.
    """

    # The attributes that a class adds to the configuration.
    config_keys: tuple[str, ...] = ()
    gradient_accumulation_steps: int | None = None
    name: str

    def __init__(self, learning_rate: Rate, name: str | None) -> None:
        # Before all else: `__setattr__` enters variables here.
        object.__setattr__(self, "_variables", [])
        self.name = name or unique_name(snake_case(type(self).__name__))
        self.built = False
        self._trainable_variables: list[Variable] = []
        self._trainable_variables_indices: dict[int, int] = {}
        with name_scope(self.name, caller=self):
            # A variable, so that a jitted step reads it anew each time.
            self._iterations = Variable(0, dtype="int32", trainable=False, name="iteration")
            self._learning_rate: Any = learning_rate
            if not callable(learning_rate):
                if not isinstance(learning_rate, float):
                    raise ValueError(
                        "Expected a float, a LearningRateSchedule or a function without arguments "
                        f"as learning rate. Received: learning_rate={learning_rate!r}"
                    )
                self._learning_rate = Variable(
                    learning_rate, dtype="float32", trainable=False, name="learning_rate"
                )

    def __setattr__(self, name: str, value: Any) -> None:
        if "_variables" not in self.__dict__:
            raise RuntimeError(
                "Expected `super().__init__()` as the first statement of an optimizer's "
                f"`__init__`. Received: {type(self).__name__}, which sets {name!r} before"
            )
        if name != "_trainable_variables":
            for one in value if isinstance(value, (list, tuple)) else (value,):
                self._track_variable(one)
        object.__setattr__(self, name, value)

    def _track_variable(self, variable: Any) -> None:
        known: list[Variable] = self.__dict__["_variables"]
        if isinstance(variable, Variable) and not any(variable is one for one in known):
            known.append(variable)

    @property
    def variables(self) -> list[Variable]:
        """The number of steps, the learning rate, and the slots, as they were made."""
        return list(self.__dict__["_variables"])

    @property
    def iterations(self) -> Any:
        """How many steps there have been; with accumulation, those that changed variables."""
        if self.gradient_accumulation_steps:
            return ops.floor_divide(self._iterations, self.gradient_accumulation_steps)
        return self._iterations

    @property
    def learning_rate(self) -> Any:
        """The variable, or what the schedule or function gives now."""
        if isinstance(self._learning_rate, LearningRateSchedule):
            return self._learning_rate(self._iterations)
        if isinstance(self._learning_rate, Variable):
            return self._learning_rate
        return self._learning_rate()

    @learning_rate.setter
    def learning_rate(self, value: Any) -> None:
        before = self._learning_rate
        if isinstance(value, LearningRateSchedule) or (
            callable(value) and not isinstance(value, (Variable, Tensor))
        ):
            if isinstance(before, Variable):
                object.__setattr__(
                    self, "_variables", [one for one in self.variables if one is not before]
                )
            self._learning_rate = value
        elif isinstance(before, Variable):
            before.assign(value)
        else:
            raise TypeError(
                "Expected a schedule or a function: this optimizer was made with one, and has no "
                f"variable to assign a number to. Received: learning_rate={value!r}"
            )

    def add_variable(
        self,
        shape: Any,
        initializer: Any = "zeros",
        dtype: Any = None,
        aggregation: str | None = "none",
        layout: Any = None,
        name: str | None = None,
    ) -> Variable:
        """A new variable of the optimizer.

        Args:
            shape: without None.
            initializer: one, or its name.
            dtype: that of `config.floatx()` if None.
            aggregation, layout: Keras's, for several devices; there is one here.
            name: for people.

        Example:
            >>> gs.optimizers.SGD(name="steps").add_variable((), name="count").path
            'steps/count'
        """
        dtype = "int32" if dtype == "int" else dtype
        with name_scope(self.name, caller=self):
            variable = Variable(
                initializers.get(initializer), tuple(shape), dtype, trainable=False, name=name,
                aggregation=aggregation,
            )  # fmt: skip
        self._track_variable(variable)
        return variable

    def add_variable_from_reference(
        self, reference_variable: Variable, name: str | None = None, initializer: Any = "zeros"
    ) -> Variable:
        """A new variable of the shape and dtype of one that is trained.

        Args:
            reference_variable: the trained one.
            name: put behind the path of the trained one; `"var"` if None.
            initializer: one, or its name.
        """
        path = reference_variable.path.replace("/", "_")
        return self.add_variable(
            reference_variable.shape, initializer, reference_variable.dtype,
            name=f"{path}_{name or 'var'}",
        )  # fmt: skip

    def add_optimizer_variables(
        self, trainable_variables: Sequence[Variable], name: Any, initializer: Any = "zeros"
    ) -> Any:
        """A new variable, or several, for each of those that are trained.

        Args:
            trainable_variables: the trained ones; those that gradients overwrite get None.
            name: a name, or several.
            initializer: one, its name, or as many as names.

        Returns:
            A list, or a tuple of lists, one for each of the names.

        Raises:
            ValueError: if there are not as many initializers as names.
        """
        names = [name] if isinstance(name, str) else list(name)
        several = isinstance(initializer, (list, tuple))
        given = list(initializer) if several else [initializer] * len(names)
        if len(names) != len(given):
            raise ValueError(
                "Expected as many initializers as names. "
                f"Received: name={name!r}, initializer={initializer!r}"
            )
        made: tuple[list[Variable | None], ...] = tuple([] for _ in names)
        for variable in trainable_variables:
            for slots, label, how in zip(made, names, given, strict=True):
                slots.append(
                    None if variable.overwrite_with_gradient
                    else self.add_variable_from_reference(variable, label, how)
                )  # fmt: skip
        return made[0] if isinstance(name, str) else made

    def _var_key(self, variable: Variable) -> int:
        return id(variable)

    def _get_variable_index(self, variable: Variable) -> int:
        return self._trainable_variables_indices[self._var_key(variable)]

    def assign(self, variable: Variable, value: Any) -> None:
        """Replace a variable's value."""
        variable.assign(value)

    def assign_add(self, variable: Variable, value: Any) -> None:
        """Add to a variable."""
        variable.assign_add(value)

    def assign_sub(self, variable: Variable, value: Any) -> None:
        """Subtract from a variable."""
        variable.assign_sub(value)

    def set_weights(self, weights: Sequence[Any]) -> None:
        """Assign arrays to the optimizer's variables, in the order of `variables`.

        Args:
            weights: arrays of the variables' shapes.

        Raises:
            ValueError: before `build`, and for another shape.
        """
        if not self.built:
            raise ValueError(
                "Expected an optimizer that is built: call `build(trainable_variables)` before "
                f"`set_weights`. Received: {self.name!r}, not built"
            )
        with autodiff.paused(), tracing.eagerly():
            for variable, weight in zip(self.variables, weights, strict=False):
                variable.assign(weight)

    def save_own_variables(self, store: Any) -> None:
        """Put the values of the variables into a dictionary, as "0", "1", ...

        Args:
            store: a dictionary, or what can be assigned to like one.
        """
        for number, variable in enumerate(self.variables):
            store[str(number)] = variable.numpy()

    def load_own_variables(self, store: Any) -> None:
        """Take the variables' values from what `save_own_variables` filled.

        Args:
            store: if it has another number of values, a warning is given and nothing is loaded;
                but an optimizer that was never built has no slots to load.
        """
        count = len(store.keys())
        if count not in (len(self.variables), UNBUILT, 0):
            warnings.warn(
                f"Expected {len(self.variables)} values for the optimizer {self.name!r}; it is "
                f"left as it is. An optimizer without slots has not been built yet. "
                f"Received: {count} values",
                stacklevel=2,
            )
            return
        for number, variable in enumerate(self.variables[:count]):
            variable.assign(store[str(number)])

    def exclude_from_weight_decay(
        self,
        var_list: Sequence[Variable] | None = None,
        var_names: Sequence[str] | None = None,
    ) -> None:
        """Say which variables do not decay.

        Args:
            var_list: variables.
            var_names: regular expressions; a variable in whose name one is found does not decay.
        """
        self._excluded = frozenset(self._var_key(variable) for variable in var_list or ())
        self._excluded_pattern = re.compile("|".join(sorted(set(var_names)))) if var_names else None

    _excluded: frozenset[int] = frozenset()
    _excluded_pattern: re.Pattern[str] | None = None

    def _use_weight_decay(self, variable: Variable) -> bool:
        pattern = self._excluded_pattern
        named = pattern is not None and pattern.search(variable.name) is not None
        return self._var_key(variable) not in self._excluded and not named

    def get_config(self) -> dict[str, Any]:
        """The arguments that make an equal optimizer."""
        rate = self._learning_rate
        config = {
            "name": self.name,
            "learning_rate": float(rate) if isinstance(rate, Variable)
            else serialize_keras_object(rate),
        }  # fmt: skip
        return config | {key: getattr(self, key) for key in (*COMMON_KEYS, *self.config_keys)}

    @classmethod
    def from_config(
        cls, config: dict[str, Any], custom_objects: dict[str, Any] | None = None
    ) -> Any:
        """The optimizer that a configuration describes.

        Args:
            config: what `get_config` gave.
            custom_objects: classes and functions by name, which gossamer does not know.

        Example:
            >>> config = gs.optimizers.SGD(0.5, momentum=0.25).get_config()
            >>> gs.optimizers.SGD.from_config(config).momentum
            0.25
        """
        rate = config.get("learning_rate")
        if isinstance(rate, dict):
            config = {**config, "learning_rate": deserialize_keras_object(rate, custom_objects)}
        return cls(**config)
