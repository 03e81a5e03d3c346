"""The losses that a model is compiled with, of all its outputs, as one loss."""

from __future__ import annotations

from typing import Any, NamedTuple

from gossamer import losses, metrics, ops, tree
from gossamer.core.symbolic import KerasTensor
from gossamer.tensor import Tensor
from gossamer.training.choices import choose_loss
from gossamer.variable import Variable

Path = tuple[Any, ...]


class LossOfOutput(NamedTuple):
    """A loss, where its output is, its weight in the total, and its name in logs."""

    path: Path
    loss: losses.Loss
    weight: Any
    name: str


class _Weighted:
    """An identifier of a loss with its weight: a leaf."""

    def __init__(self, loss: Any, weight: Any = None) -> None:
        self.loss = loss
        self.weight = weight


def _weighted(loss: Any, weight: Any = None) -> _Weighted | None:
    return None if loss is None else _Weighted(loss, weight)


def _at(path: Path, structure: Any) -> Any:
    for key in path:
        structure = structure[key]
    return structure


def _alike(one: Any, other: Any) -> bool:
    try:
        tree.assert_same_structure(one, other)
    except ValueError:
        return False
    return True


def _like(form: Any, structure: Any) -> Any:
    """A structure's leaves in another form, if it is not of that one already."""
    if _alike(form, structure):
        return structure
    return tree.pack_sequence_as(form, tree.flatten(structure))


def _pair_of_keys(key: Any, y_true: Any, y_pred: Any, kind: type) -> bool:
    if issubclass(kind, dict):
        return all(isinstance(y, dict) and key in y for y in (y_true, y_pred))
    return all(isinstance(y, list | tuple) and key < len(y) for y in (y_true, y_pred))


class CompileLoss(losses.Loss):
    """The weighted sum of losses in any structure that fits a model's outputs.

    They are chosen when it sees its first batch. Where there are several, each has its mean for
    the logs in `metrics`.

    Args:
        loss: identifiers of losses; one for all outputs, or a list, dictionary or other structure.
            None is for outputs that have none.
        loss_weights: numbers in the same structure.
        reduction: without effect, as in Keras.
        output_names: the model's names for its outputs.

    Raises:
        ValueError: for weights that are neither a float nor in a structure; when it is called, for
            a structure that does not fit.
        KeyError: for losses of outputs that there are not.

    Example:
        >>> loss = CompileLoss({"a": "mse", "b": "mae"}, {"a": 1.0, "b": 0.5})
        >>> y_true, y_pred = ({"a": ops.full((2, 1), x), "b": ops.full((2, 1), x)} for x in (0, 3))
        >>> loss(y_true, y_pred).item()
        10.5
        >>> [metric.name for metric in loss.metrics]
        ['a_loss', 'b_loss']
    """

    def __init__(
        self,
        loss: Any,
        loss_weights: Any = None,
        reduction: str | None = "sum_over_batch_size",
        output_names: list[str] | None = None,
    ) -> None:
        if loss_weights and not isinstance(loss_weights, list | tuple | dict | float):
            raise ValueError(
                "Expected loss_weights that are a float, or a list, tuple or dictionary. "
                f"Received: loss_weights={loss_weights!r}"
            )
        super().__init__("compile_loss", reduction)
        self._user_loss = loss
        self._user_loss_weights = loss_weights
        self.output_names = output_names
        self.built = False
        self._flat_losses: list[LossOfOutput] = []
        self._metrics: list[metrics.Metric] = []
        self._forms: tuple[Any, ...] = (None, None)

    @property
    def metrics(self) -> list[metrics.Metric]:
        """The mean of each loss, if there are several."""
        return self._metrics

    @property
    def variables(self) -> list[Variable]:
        """Those of the means."""
        return [variable for metric in self._metrics for variable in metric.variables]

    def build(self, y_true: Any, y_pred: Any) -> None:
        """Choose the losses for these labels and predictions, which may be symbolic."""
        names = self.output_names
        loss = self._with_weights(y_pred)
        try:
            output_names = tree.pack_sequence_as(y_pred, names or ())
        except ValueError:
            output_names = tree.map_structure(_name_of_output, y_pred)
        if not tree.is_nested(loss):
            loss = tree.map_structure(lambda _, one=loss: one, y_pred)
        self._flat_losses = []
        self._choose(y_true, y_pred, loss, output_names, ())
        if len(self._flat_losses) > 1:
            self._metrics += [metrics.Mean(f"{one.name}_loss") for one in self._flat_losses]
        self._forms = tuple(tree.map_structure(lambda _: None, y) for y in (y_true, y_pred))
        self.built = True

    def _with_weights(self, y_pred: Any) -> Any:
        """The structure of the losses, each with its weight."""
        loss, weights, names = self._user_loss, self._user_loss_weights, self.output_names
        if names and isinstance(loss, dict) and not isinstance(y_pred, dict):
            if set(names) != set(loss):
                raise ValueError(f"Expected losses of the outputs {names}. Received: {list(loss)}")
            loss = [loss[name] for name in names]
            if isinstance(weights, dict):
                weights = [weights[name] for name in names]
        if weights is None:
            return tree.map_structure(_weighted, loss)
        if not _alike(loss, weights):
            flat = tree.flatten(weights)
            if len(flat) != len(tree.flatten(loss)):
                raise ValueError(
                    f"Expected a weight for each of the {len(tree.flatten(loss))} losses. "
                    f"Received: {len(flat)} loss_weights"
                )
            weights = tree.pack_sequence_as(loss, flat)
        return tree.map_structure(_weighted, loss, weights)

    def _choose(self, y_true: Any, y_pred: Any, loss: Any, names: Any, path: Path) -> None:
        """Adds the losses of the outputs at a path and below it."""
        if loss is None:
            return
        if isinstance(loss, list | tuple):
            leaves = not any(tree.is_nested(one) for one in loss)
            if leaves and len(loss) == len(tree.flatten(y_pred)):
                loss = tree.pack_sequence_as(y_pred, loss)
            elif not isinstance(y_pred, type(loss)):
                for one in loss:  # several losses of one output
                    self._choose(y_true, y_pred, one, names, path)
                return
        if not tree.is_nested(loss):
            if loss is not None:
                self._add(y_true, y_pred, loss, names, path)
            return
        if not isinstance(loss, type(y_pred)):
            raise KeyError(
                f"Expected losses of the outputs' structure at the path {path}. "
                f"Received: {type(loss).__name__} of losses, {type(y_pred).__name__} of outputs"
            )
        for key, one in loss.items() if isinstance(loss, dict) else enumerate(loss):
            if one is None:
                continue
            if not _pair_of_keys(key, y_true, y_pred, type(loss)):
                raise KeyError(
                    "Expected losses of what is in the model's outputs and in the labels. "
                    f"Received: a loss at the path {(*path, key)}"
                )
            self._choose(y_true[key], y_pred[key], one, names[key], (*path, key))

    def _add(self, y_true: Any, y_pred: Any, loss: Any, names: Any, path: Path) -> None:
        chosen = choose_loss(loss.loss, y_true, y_pred)
        named = path
        if not tree.is_nested(names):
            name = chosen.name if names is None else names
            if not path:
                named = (name,)
            elif isinstance(path[-1], int):
                named = (*path[:-1], name)
        flat = list(names) if isinstance(names, dict) else tree.flatten(names)
        name = "/".join(map(str, named)) or "_".join(map(str, flat))
        self._flat_losses.append(LossOfOutput(path, chosen, loss.weight, name))

    def __call__(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> Any:
        return self.call(y_true, y_pred, sample_weight)

    def call(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> Tensor | None:  # type: ignore[override]
        """The total; None if no output has a loss."""
        nested = tree.is_nested(y_true) or tree.is_nested(y_pred)
        if nested:
            y_true = self._aligned(y_true, y_pred)
        if not self.built:
            self.build(y_true, y_pred)
        if nested:
            y_true, y_pred = map(_like, self._forms, (y_true, y_pred))
        values = []
        for number, one in enumerate(self._flat_losses):
            labels, predictions = (_at(one.path, y) for y in (y_true, y_pred))
            is_own = sample_weight is not None and tree.is_nested(sample_weight)
            weights = _at(one.path, sample_weight) if is_own else sample_weight
            value = ops.cast(one.loss(labels, predictions, weights), self.dtype)
            if self._metrics and nested:
                batch = tree.flatten(predictions)[0].shape[0]
                self._metrics[number].update_state(value, sample_weight=batch)
            values.append(value if one.weight is None else value * one.weight)
        if not nested:
            # As in Keras, of several losses of a model's one output the first one counts.
            values = values[:1]
        return sum(values[1:], values[0]) if values else None

    def _aligned(self, y_true: Any, y_pred: Any) -> Any:
        """Labels in the structure of the predictions.

        Raises:
            ValueError: if they do not fit.
        """
        if _alike(y_pred, y_true):
            return y_true
        if not tree.is_nested(y_true) and len(y_pred) == 1:
            y_true = [y_true]
        elif isinstance(y_pred, list | tuple) and isinstance(y_true, dict):
            names = self.output_names or ()
            y_true = [y_true[name] for name in names] if set(names) == set(y_true) else y_true
        if isinstance(y_true, list | tuple) and len(y_true) == len(tree.flatten(y_pred)):
            return tree.pack_sequence_as(y_pred, y_true)
        try:
            tree.assert_same_paths(y_true, y_pred)
            return tree.pack_sequence_as(y_pred, tree.flatten(y_true))
        except ValueError:
            pass
        # Labels of those outputs only that have losses.
        flat, identifiers = tree.flatten(y_true), tree.flatten(self._user_loss)
        places = [i for i, loss in enumerate(identifiers) if loss is not None]
        if len(flat) != len(places):
            forms = [tree.map_structure(lambda _: "*", y) for y in (y_true, y_pred)]
            raise ValueError(
                "Expected y_true and y_pred of one structure. "
                f"Received: y_true: {forms[0]}, y_pred: {forms[1]}"
            )
        of_losses: list[Any] = [None] * len(identifiers)
        for place, labels in zip(places, flat, strict=True):
            of_losses[place] = labels
        return tree.pack_sequence_as(self._user_loss, of_losses)

    def get_config(self) -> dict[str, Any]:
        raise NotImplementedError("What a model was compiled with is in its own configuration.")


def _name_of_output(x: Any) -> str | None:
    """That of the operation which made a symbolic tensor; None of other tensors."""
    if not isinstance(x, KerasTensor):
        return None
    history = getattr(x, "_keras_history", None)
    return getattr(x, "name", None) if history is None else history.operation.name
