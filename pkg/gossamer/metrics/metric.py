"""What all metrics are: variables that batches change, and a result that is made of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import contextmanager
from typing import Any

from gossamer import dtypes, initializers, ops, tree
from gossamer.losses.loss import compute_dtype
from gossamer.naming import unique_name
from gossamer.serialization.family import snake_case
from gossamer.tensor import Tensor
from gossamer.variable import Variable


class Metric:
    """A quantity that is gathered over batches: `update_state`, `result`, `reset_state`.

    Variables and metrics that are attributes, in structures or not, are its own.

    Args:
        dtype: in which it computes; `config.floatx()` if None.
        name: for people and logs; the class's in small letters if None.

    Example:
        >>> class Greatest(gs.metrics.Metric):
        ...     def __init__(self, name="greatest"):
        ...         super().__init__(name=name)
        ...         self.value = self.add_variable((), "zeros", name="value")
        ...     def update_state(self, y_true, y_pred, sample_weight=None):
        ...         self.value.assign(ops.maximum(self.value, ops.max(y_pred)))
        ...     def result(self):
        ...         return ops.convert_to_tensor(self.value)
        >>> metric = Greatest()
        >>> metric.update_state([0.0], [3.0])
        >>> metric([0.0], [2.0]).item()
        3.0
    """

    def __init__(self, dtype: Any = None, name: str | None = None) -> None:
        self._metrics: list[Metric] = []
        self._variables: list[Variable] = []
        self.name = name or unique_name(snake_case(type(self).__name__))
        self._dtype = compute_dtype(dtype)

    def __setattr__(self, name: str, value: Any) -> None:
        if "_variables" in self.__dict__:
            for leaf in tree.flatten(value):
                self._track(leaf)
        super().__setattr__(name, value)

    def _track(self, leaf: Any) -> None:
        kinds: tuple[tuple[type, list[Any]], ...] = (
            (Variable, self._variables), (Metric, self._metrics),
        )  # fmt: skip
        for kind, own in kinds:
            if isinstance(leaf, kind) and all(leaf is not other for other in own):
                own.append(leaf)

    def _check_super_called(self) -> None:
        if "_variables" not in self.__dict__:
            raise RuntimeError(
                "Expected `super().__init__()` to be called in `__init__`. "
                f"Received: {type(self).__name__} without it"
            )

    @property
    def dtype(self) -> str:
        """In which it computes."""
        return self._dtype

    @property
    def variables(self) -> list[Variable]:
        """Its variables, and those of the metrics within it."""
        inner = [variable for metric in self._metrics for variable in metric.variables]
        return [*self._variables, *inner]

    def add_variable(
        self,
        shape: Sequence[int],
        initializer: Any,
        dtype: Any = None,
        aggregation: str = "sum",
        name: str | None = None,
    ) -> Variable:
        """A new variable of this metric.

        Args:
            shape: its shape.
            initializer: an initializer or its name.
            dtype: its dtype; `config.floatx()` if None.
            aggregation: how several devices' values become one; without effect on one device.
            name: for people.

        Example:
            >>> gs.metrics.Metric().add_variable((2,), "zeros").numpy()
            array([0., 0.], dtype=float32)
        """
        self._check_super_called()
        variable = Variable(
            initializers.get(initializer),
            shape=tuple(shape),
            dtype=dtypes.floatx() if dtype is None else dtype,
            trainable=False,
            name=name,
        )
        self._variables.append(variable)
        return variable

    def add_weight(
        self,
        shape: Sequence[int] = (),
        initializer: Any = "zeros",
        dtype: Any = None,
        name: str | None = None,
    ) -> Variable:
        """`add_variable` by its older name; zeros unless told otherwise.

        Args:
            shape: its shape.
            initializer: an initializer or its name.
            dtype: its dtype; `config.floatx()` if None.
            name: for people.
        """
        return self.add_variable(shape, initializer, dtype, name=name)

    def reset_state(self) -> None:
        """Begin anew: all variables are 0."""
        for variable in self.variables:
            variable.assign(ops.zeros(variable.shape, variable.dtype))

    def update_state(self, *args: Any, **kwargs: Any) -> Any:
        """Take a batch in."""
        raise NotImplementedError(f"{type(self).__name__} has no `update_state` method.")

    def result(self) -> Any:
        """The quantity, of all batches since the last reset."""
        raise NotImplementedError(f"{type(self).__name__} has no `result` method.")

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        self._check_super_called()
        self.update_state(*args, **kwargs)
        return self.result()

    def stateless_update_state(
        self, metric_variables: Sequence[Any], *args: Any, **kwargs: Any
    ) -> list[Tensor]:
        """What the variables become when a batch is taken in; they stay as they are.

        Args:
            metric_variables: a value for each variable.
            args: what `update_state` takes.
            kwargs: likewise.

        Raises:
            ValueError: for another number of values.

        Example:
            >>> mean = gs.metrics.Mean()
            >>> values = mean.stateless_update_state([2.0, 1.0], [4.0, 6.0])
            >>> [value.item() for value in values], mean.result().item()
            ([12.0, 3.0], 0.0)
        """
        with self._borrowed(metric_variables) as now:
            self.update_state(*args, **kwargs)
            return now()

    def stateless_result(self, metric_variables: Sequence[Any]) -> Any:
        """The result for these values of the variables; they stay as they are.

        Args:
            metric_variables: a value for each variable.

        Raises:
            ValueError: for another number of values.

        Example:
            >>> gs.metrics.Mean().stateless_result([12.0, 3.0]).item()
            4.0
        """
        with self._borrowed(metric_variables):
            return self.result()

    def stateless_reset_state(self) -> list[Tensor]:
        """What the variables would be after `reset_state`; they stay as they are.

        Example:
            >>> mean = gs.metrics.Mean()
            >>> [value.item() for value in mean.stateless_reset_state()]
            [0.0, 0.0]
        """
        with self._borrowed(self.variables) as now:
            self.reset_state()
            return now()

    @contextmanager
    def _borrowed(self, values: Sequence[Any]) -> Any:
        """Lets the variables have other values for a while; gives what reads them."""
        variables = self.variables
        if len(values) != len(variables):
            raise ValueError(
                f"Expected a value for each of the {len(variables)} variables of "
                f"{type(self).__name__}. Received: {len(values)} values"
            )
        before = [variable.value for variable in variables]
        reads: Callable[[], list[Tensor]] = lambda: [v.value for v in self.variables]  # noqa: E731
        try:
            for variable, value in zip(variables, values, strict=True):
                variable.assign(value)
            yield reads
        finally:
            for variable, value in zip(variables, before, strict=True):
                variable.assign(value)

    def get_config(self) -> dict[str, Any]:
        """What it takes to make it again."""
        return {"name": self.name, "dtype": self.dtype}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Metric:
        """The metric of a configuration."""
        return cls(**config)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} name={self.name}>"
