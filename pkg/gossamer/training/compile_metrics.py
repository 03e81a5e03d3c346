"""The metrics that a model is compiled with, of all its outputs."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from typing import Any

from gossamer import tree
from gossamer.metrics import Metric
from gossamer.training.choices import choose_metric
from gossamer.variable import Variable


class MetricsOfOutput:
    """The metrics of one output, and its name if that stands before theirs."""

    def __init__(self, metrics: list[Metric], output_name: str | None) -> None:
        self.metrics = metrics
        self.output_name = output_name

    def __bool__(self) -> bool:
        return bool(self.metrics)

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        for metric in self.metrics:
            metric.update_state(y_true, y_pred, sample_weight=sample_weight)

    def name(self, metric: Metric, prefix: str = "") -> str:
        """What a metric is called in logs."""
        name = prefix + metric.name
        return f"{self.output_name}_{name}" if self.output_name else name


def choose_metrics(
    metrics: Any, y_true: Any, y_pred: Any, output_name: str | None = None
) -> MetricsOfOutput | None:
    """The metrics of one output, of one identifier or several; None for None."""
    if metrics is None:
        return None
    several = metrics if isinstance(metrics, list | tuple) else [metrics]
    return MetricsOfOutput([choose_metric(m, y_true, y_pred) for m in several], output_name)


class CompileMetrics(Metric):
    """Metrics in any structure that fits a model's outputs: what `compile` was given.

    Names are chosen, and `"accuracy"` becomes one that fits, when it sees its first batch. Names
    in the result begin with the output's where there are several.

    Args:
        metrics: identifiers of metrics, in a list or a dictionary by the outputs' names.
        weighted_metrics: the same, of metrics to which sample weights are given.
        name: without effect, as in Keras, where it is `compile_metrics`.
        output_names: the model's names for its outputs.

    Raises:
        ValueError: for metrics that are in no structure; when it is built, for a structure that
            does not fit the outputs, or an unknown metric.

    Example:
        >>> metrics = CompileMetrics(["accuracy", "mae"], None)
        >>> metrics.update_state(np.array([[1.0], [0.0]]), np.array([[0.75], [0.75]]))
        >>> {name: value.item() for name, value in metrics.result().items()}
        {'accuracy': 0.5, 'mae': 0.5}
    """

    def __init__(
        self,
        metrics: Any,
        weighted_metrics: Any,
        name: str = "compile_metric",
        output_names: list[str] | None = None,
    ) -> None:
        super().__init__(name="compile_metrics")
        for argument, given in (("metrics", metrics), ("weighted_metrics", weighted_metrics)):
            if given and not isinstance(given, list | tuple | dict):
                raise ValueError(
                    f"Expected a list, tuple or dictionary of {argument}. "
                    f"Received: {argument}={given!r}"
                )
        self._user_metrics = metrics
        self._user_weighted_metrics = weighted_metrics
        self.output_names = output_names
        self._resolved_output_names: list[str] | None = None
        self._flat_metrics: list[MetricsOfOutput | None] = []
        self._flat_weighted_metrics: list[MetricsOfOutput | None] = []
        self.built = False

    @property
    def metrics(self) -> list[Metric]:
        """All metrics, once it is built."""
        return [metric for _, metric, _ in self._all()]

    @property
    def variables(self) -> list[Variable]:
        """Those of all metrics, once it is built."""
        return [variable for metric in self.metrics for variable in metric.variables]

    def _all(self) -> Iterator[tuple[MetricsOfOutput, Metric, bool]]:
        """Each metric, with those of its output, and whether it is a weighted one."""
        for weighted, flat in ((False, self._flat_metrics), (True, self._flat_weighted_metrics)):
            for of_output in filter(None, flat):
                for metric in of_output.metrics:
                    yield of_output, metric, weighted

    def build(self, y_true: Any, y_pred: Any) -> None:
        """Choose the metrics for these labels and predictions, which may be symbolic."""
        count = len(tree.flatten(y_pred))
        is_flat = tree.is_nested(y_pred) and len(y_pred) == count
        names = self.output_names
        if is_flat and isinstance(y_pred, dict) and set(names or ()) != set(y_pred):
            names = list(y_pred) if isinstance(y_pred, OrderedDict) else sorted(y_pred)
        self._resolved_output_names = names if count > 1 and is_flat else None
        self._flat_metrics, self._flat_weighted_metrics = (
            self._chosen(given, argument, count, names, is_flat, y_true, y_pred)
            for given, argument in (
                (self._user_metrics, "metrics"),
                (self._user_weighted_metrics, "weighted_metrics"),
            )
        )
        self.built = True

    def _chosen(
        self,
        metrics: Any,
        argument: str,
        count: int,
        names: list[str] | None,
        is_flat: bool,
        y_true: Any,
        y_pred: Any,
    ) -> list[MetricsOfOutput | None]:
        """The metrics of each output, in the order of the outputs."""
        if not metrics:
            return [None] * count
        if count == 1:
            labels, predictions = tree.flatten(y_true)[0], tree.flatten(y_pred)[0]
            return [choose_metrics(tree.flatten(metrics), labels, predictions)]
        flat = None
        if is_flat and isinstance(metrics, list | tuple) and len(metrics) == count:
            flat = list(metrics)
        elif is_flat and names and isinstance(metrics, dict) and set(metrics) <= set(names):
            flat = [metrics.get(name) for name in names]
        of_outputs: list[str | None] = [*names] if names else [None] * count
        try:
            if flat is not None:
                outputs = zip(
                    flat, self._flattened(y_true), self._flattened(y_pred), of_outputs,
                    strict=False,
                )  # fmt: skip
                return [choose_metrics(*output) for output in outputs]
            form = tree.lists_to_tuples(y_pred)
            chosen = tree.map_structure_up_to(
                form,
                choose_metrics,
                tree.lists_to_tuples(metrics),
                tree.lists_to_tuples(y_true),
                form,
                tree.pack_sequence_as(form, of_outputs),
            )
        except (ValueError, TypeError) as error:
            form = tree.map_structure(lambda _: "X", y_pred)
            raise ValueError(
                f"{error}\nExpected {argument} of the outputs' structure {form}, or in a list or "
                f"a dictionary by their names {names}. Received: {argument}={metrics}"
            ) from error
        return tree.flatten(chosen)

    def _flattened(self, y: Any) -> list[Any]:
        if isinstance(y, dict) and self._resolved_output_names is not None:
            return [y[name] for name in self._resolved_output_names]
        return tree.flatten(y)

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        if not self.built:
            self.build(y_true, y_pred)
        labels, predictions = self._flattened(y_true), self._flattened(y_pred)
        weights = [None] if sample_weight is None else self._flattened(sample_weight)
        if len(weights) < len(labels):
            weights = weights[:1] * len(labels)
        # A model may have outputs without labels, whose losses and metrics are None.
        rows = zip(
            self._flat_metrics, self._flat_weighted_metrics, labels, predictions, weights,
            strict=False,
        )  # fmt: skip
        for plain, weighted, y_t, y_p, weight in rows:
            if plain:
                plain.update_state(y_t, y_p)
            if weighted:
                weighted.update_state(y_t, y_p, weight)

    def reset_state(self) -> None:
        for metric in self.metrics:
            metric.reset_state()

    def result(self) -> dict[str, Any]:
        """The results, by their names in logs.

        Raises:
            ValueError: before it is built.
        """
        if not self.built:
            raise ValueError("Expected a batch before the result. Received: none")
        results: dict[str, Any] = {}
        times: dict[str, int] = {}
        for of_output, metric, weighted in self._all():
            name = of_output.name(metric)
            if weighted and name in times:
                name = of_output.name(metric, "weighted_")
            times[name] = times.get(name, 0) + 1
            results[f"{name}_{times[name] - 1}" if times[name] > 1 else name] = metric.result()
        return results

    def get_config(self) -> dict[str, Any]:
        raise NotImplementedError("What a model was compiled with is in its own configuration.")
