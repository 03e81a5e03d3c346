"""How far a student's outputs are from its teacher's."""

from __future__ import annotations

from typing import Any

from gossamer import losses, ops, tree
from gossamer.serialization import deserialize_keras_object, serialize_keras_object


def as_functions(loss: Any) -> Any:
    """A structure of losses, with those that are named looked up; None stays."""
    return tree.map_structure(lambda x: losses.get(x) if isinstance(x, str) else x, loss)


def _checked(loss: Any) -> Any:
    functions = as_functions(loss)
    if all(function is None for function in tree.flatten(functions)):
        raise ValueError(f"Expected one loss at least. Received: loss={loss}")
    return functions


def _total(function: Any, *structures: Any) -> Any:
    """The sum of what a function gives for each part of structures."""
    return ops.sum(ops.stack(tree.flatten(tree.map_structure(function, *structures))))


class DistillationLoss:
    """The base of these losses; one of your own has a `compute_loss`.

    Example:
        >>> class Distance(gs.distillation.DistillationLoss):
        ...     def compute_loss(self, teacher_outputs, student_outputs, **kwargs):
        ...         return ops.mean(ops.abs(teacher_outputs - student_outputs))
        >>> Distance().compute_loss(ops.ones((2,)), ops.zeros((2,))).item()
        1.0
    """

    teacher_layer_name: str | None = None
    student_layer_name: str | None = None

    def compute_loss(self, teacher_outputs: Any, student_outputs: Any, **kwargs: Any) -> Any:
        """A scalar.

        Args:
            teacher_outputs, student_outputs: a tensor, or structures of them.
            kwargs: others of your own.
        """
        raise NotImplementedError(f"{type(self).__name__} has no `compute_loss` method.")

    def validate_outputs(self, teacher_outputs: Any, student_outputs: Any) -> None:
        """Raise a ValueError for outputs of different structures."""
        tree.assert_same_structure(teacher_outputs, student_outputs)

    def validate_model_compatibility(self, teacher: Any, student: Any) -> None:
        """Raise a ValueError for models that do not go together with this loss."""


class FeatureDistillation(DistillationLoss):
    """A loss of what a layer of each gives.

    Args:
        loss: a loss, its name, or a structure of them as of the outputs; None for outputs that
            count nothing.
        teacher_layer_name, student_layer_name: the layers; the models' outputs if None.

    Raises:
        ValueError: without any loss; for layers that there are not, and models whose layers are
            not known.

    Example:
        >>> loss = gs.distillation.FeatureDistillation("mse")
        >>> loss.compute_loss(ops.ones((1, 2)), ops.zeros((1, 2))).item()
        1.0

    Source: Romero et al., "FitNets: hints for thin deep nets", ICLR 2015.
    """

    def __init__(
        self,
        loss: Any = "mse",
        teacher_layer_name: str | None = None,
        student_layer_name: str | None = None,
    ) -> None:
        self.teacher_layer_name = teacher_layer_name
        self.student_layer_name = student_layer_name
        self.loss = _checked(loss)

    def validate_model_compatibility(self, teacher: Any, student: Any) -> None:
        names = {"teacher": self.teacher_layer_name, "student": self.student_layer_name}
        models = {"teacher": teacher, "student": student}
        if any(name is not None for name in names.values()):
            without = [what for what, model in models.items() if not hasattr(model, "inputs")]
            if without:
                raise ValueError(
                    "Expected models of symbolic tensors, with names of layers. "
                    f"Received: another as {' and '.join(without)}"
                )
        for what, name in names.items():
            if name is not None:
                try:
                    models[what].get_layer(name)
                except ValueError as error:
                    raise ValueError(f"In the {what}: {error}") from error

    def validate_outputs(self, teacher_outputs: Any, student_outputs: Any) -> None:
        super().validate_outputs(teacher_outputs, student_outputs)
        try:
            tree.assert_same_structure(self.loss, teacher_outputs)
        except ValueError as error:
            raise ValueError(
                f"Expected losses in the structure of the outputs. Received: {error}"
            ) from error

    def compute_loss(self, teacher_outputs: Any, student_outputs: Any, **kwargs: Any) -> Any:
        def one(loss: Any, teacher: Any, student: Any) -> Any:
            return ops.convert_to_tensor(0.0) if loss is None else ops.mean(loss(teacher, student))

        return _total(one, self.loss, teacher_outputs, student_outputs)

    def get_config(self) -> dict[str, Any]:
        return {
            "loss": serialize_keras_object(self.loss),
            "teacher_layer_name": self.teacher_layer_name,
            "student_layer_name": self.student_layer_name,
        }

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> FeatureDistillation:
        return cls(**{**config, "loss": _read(config["loss"])})


class LogitsDistillation(DistillationLoss):
    """A loss of both models' outputs, divided by a temperature.

    With `losses.KLDivergence` it is of their softmax, times the square of the temperature.

    Args:
        temperature: above 0; the higher, the more the improbable classes count.
        loss: a loss, its name, or a structure of them as of the outputs; None for outputs that
            count nothing.

    Raises:
        ValueError: without any loss, and for another temperature.

    Example:
        >>> loss = gs.distillation.LogitsDistillation(2.0, gs.losses.KLDivergence())
        >>> round(loss.compute_loss(ops.ones((1, 2)), ops.ones((1, 2))).item(), 5)
        0.0

    Source: Hinton, Vinyals and Dean, "Distilling the knowledge in a neural network" (2015).
    """

    def __init__(self, temperature: float = 3.0, loss: Any = "kl_divergence") -> None:
        self.loss = _checked(loss)
        if not isinstance(temperature, (int, float)) or temperature <= 0.0:
            raise ValueError(
                f"Expected a temperature above 0. Received: temperature={temperature!r}"
            )
        self.temperature = temperature

    def compute_loss(self, teacher_outputs: Any, student_outputs: Any, **kwargs: Any) -> Any:
        def one(loss: Any, teacher: Any, student: Any) -> Any:
            if loss is None:
                return ops.convert_to_tensor(0.0)
            teacher, student = teacher / self.temperature, student / self.temperature
            if not isinstance(loss, losses.KLDivergence):
                return ops.mean(loss(teacher, student))
            divergence = loss(ops.softmax(teacher, axis=-1), ops.softmax(student, axis=-1))
            return ops.mean(divergence) * self.temperature**2

        return _total(one, self.loss, teacher_outputs, student_outputs)

    def get_config(self) -> dict[str, Any]:
        return {"temperature": self.temperature, "loss": serialize_keras_object(self.loss)}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> LogitsDistillation:
        return cls(**{**config, "loss": _read(config["loss"])})


def _read(loss: Any) -> Any:
    return loss if isinstance(loss, str) else deserialize_keras_object(loss)
