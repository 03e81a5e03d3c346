"""Losses and metrics as users name them: some names choose by the shapes of what is compared."""

from typing import Any

from gossamer import losses, metrics
from gossamer.serialization.family import snake_case


def kind_of_labels(y_true: Any, y_pred: Any) -> str:
    """`"binary"`, `"sparse_categorical"` or `"categorical"`, by the shapes."""
    if y_pred.shape[-1] == 1:
        return "binary"
    if len(y_true.shape) < len(y_pred.shape) or y_true.shape[-1] == 1:
        return "sparse_categorical"
    return "categorical"


def name_of(obj: Any) -> str:
    """Its `name`, or that of a function or class in small letters."""
    if hasattr(obj, "name"):
        return obj.name
    return snake_case(getattr(obj, "__name__", type(obj).__name__))


def choose_metric(identifier: Any, y_true: Any, y_pred: Any) -> metrics.Metric:
    """The metric of a name, a function, a class, a metric or a configuration.

    `"accuracy"` and `"acc"` are the accuracy that fits the shapes.

    Args:
        identifier: any of these.
        y_true: the labels of a first batch.
        y_pred: its predictions.

    Raises:
        ValueError: for None, or an unknown name.
    """
    if identifier is None:
        raise ValueError("Expected a metric. Received: None")
    if str(identifier).lower() in ("accuracy", "acc"):
        chosen = metrics.get(f"{kind_of_labels(y_true, y_pred)}_accuracy")
    else:
        chosen = metrics.get(identifier)
    name = identifier if isinstance(identifier, str) else name_of(chosen)
    if not isinstance(chosen, metrics.Metric):
        chosen = metrics.MeanMetricWrapper(chosen)
    chosen.name = name
    return chosen


def choose_loss(identifier: Any, y_true: Any, y_pred: Any) -> losses.Loss:
    """The loss of a name, a function, a class, a loss or a configuration.

    `"crossentropy"` and `"ce"` are the cross-entropy that fits the shapes.

    Args:
        identifier: any of these.
        y_true: the labels of a first batch.
        y_pred: its predictions.

    Raises:
        ValueError: for an unknown name.
    """
    if str(identifier).lower() in ("crossentropy", "ce"):
        chosen = losses.get(f"{kind_of_labels(y_true, y_pred)}_crossentropy")
    else:
        chosen = losses.get(identifier)
    if isinstance(chosen, losses.Loss):
        return chosen
    name = identifier if isinstance(identifier, str) else name_of(chosen)
    return losses.LossFunctionWrapper(chosen, name=name)
