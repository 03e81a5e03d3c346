"""`Distiller`: a model that is trained on targets and on what another model says."""

from __future__ import annotations

from typing import Any

from gossamer import metrics, ops, tree
from gossamer.distillation.losses import as_functions
from gossamer.models import Model
from gossamer.serialization import deserialize_keras_object, serialize_keras_object

OUTPUT = "final_output"


class Distiller(Model):
    """A student, trained on targets and on what a teacher says.

    Its loss is `student_loss_weight * student_loss + (1 - student_loss_weight) * sum of the
    distillation losses, times their weights`. What it gives is what the student gives.

    Args:
        teacher: a trained model, which stays as it is.
        student: the model to train.
        distillation_losses: one, or a list of them.
        distillation_loss_weights: a factor for each of a list; 1 if None.
        student_loss_weight: from 0 to 1.
        name: its name.
        kwargs: as for `Model`.

    Raises:
        ValueError: for models of different inputs or outputs, no loss, weights that are not as
            many, a weight outside of 0 to 1.

    Example:
        >>> teacher = gs.Sequential([gs.Input((4,)), gs.layers.Dense(3)])
        >>> student = gs.Sequential([gs.Input((4,)), gs.layers.Dense(3)])
        >>> distiller = gs.distillation.Distiller(
        ...     teacher, student, gs.distillation.LogitsDistillation(loss="mse")
        ... )
        >>> distiller.compile("adam", "mse")
        >>> history = distiller.fit(np.ones((8, 4)), np.ones((8, 3)), verbose=0)
        >>> sorted(history.history)
        ['distillation_loss', 'loss', 'student_loss', 'total_loss']
    """

    def __init__(
        self,
        teacher: Any,
        student: Any,
        distillation_losses: Any,
        distillation_loss_weights: list[float] | None = None,
        student_loss_weight: float = 0.5,
        name: str | None = "distiller",
        **kwargs: Any,
    ) -> None:
        super().__init__(name=name, **kwargs)
        _check_alike(teacher, student)
        self.teacher, self.student = teacher, student
        if not isinstance(student_loss_weight, (int, float)) or not 0 <= student_loss_weight <= 1:
            raise ValueError(
                f"Expected a number from 0 to 1. Received: student_loss_weight="
                f"{student_loss_weight!r}"
            )
        self.student_loss_weight = student_loss_weight
        if distillation_losses is None:
            raise ValueError("Expected a distillation loss. Received: None")
        if not isinstance(distillation_losses, (list, tuple)):
            distillation_losses, distillation_loss_weights = [distillation_losses], None
        weights = distillation_loss_weights or [1.0] * len(distillation_losses)
        if len(weights) != len(distillation_losses):
            raise ValueError(
                f"Expected {len(distillation_losses)} distillation_loss_weights. "
                f"Received: {len(weights)}"
            )
        self.distillation_losses = list(distillation_losses)
        self.distillation_loss_weights = list(weights)
        for loss in self.distillation_losses:
            loss.validate_model_compatibility(teacher, student)
        self._of_teacher = self._with_features(teacher, "teacher_layer_name")
        self._of_student = self._with_features(student, "student_layer_name")
        self.teacher.trainable = False
        self.student_loss_tracker = metrics.Mean(name="student_loss")
        self.distillation_loss_tracker = metrics.Mean(name="distillation_loss")
        self.total_loss_tracker = metrics.Mean(name="total_loss")
        self._student_loss: Any = None

    def _with_features(self, model: Any, attribute: str) -> Any:
        """A model with the outputs of the layers that losses look at; None if they do not."""
        names = dict.fromkeys(
            name for loss in self.distillation_losses
            if (name := getattr(loss, attribute, None)) is not None
        )  # fmt: skip
        if not names:
            return None
        outputs = {name: model.get_layer(name).output for name in names}
        return Model(
            model.inputs, {OUTPUT: model.output, **outputs},
            name=f"{model.name}_multi_feature_extractor",
        )  # fmt: skip

    def compile(  # type: ignore[override]
        self, optimizer: Any = "adam", loss: Any = None, metrics: Any = None, **kwargs: Any
    ) -> None:
        """Choose how the student is trained.

        Args:
            optimizer: as for `Model.compile`.
            loss: the student's own, or a structure of them as of the outputs.
            metrics: a list.
            kwargs: as for `Model.compile`.

        Raises:
            ValueError: without a loss, and for metrics that are no list.
        """
        if loss is None:
            raise ValueError("Expected the student's loss. Received: loss=None")
        if metrics is not None and not isinstance(metrics, (list, tuple)):
            raise ValueError(f"Expected a list of metrics. Received: metrics={metrics!r}")
        self._set("_student_loss", as_functions(loss))
        super().compile(optimizer=optimizer, loss=None, metrics=metrics, **kwargs)
        assert self._compile_config is not None
        self._compile_config["loss"] = loss

    def call(self, inputs: Any, training: bool | None = None, mask: Any = None) -> Any:
        """The student's outputs."""
        return self.student(inputs, training=training, **({} if mask is None else {"mask": mask}))

    def compute_loss(
        self,
        x: Any = None,
        y: Any = None,
        y_pred: Any = None,
        sample_weight: Any = None,
        training: bool = True,
    ) -> Any:
        """The student's loss and those of distillation, by their weights."""
        if y_pred is None:
            y_pred = self(x, training=training)
        share = self.student_loss_weight
        own: Any = ops.convert_to_tensor(0.0)
        if share > 0 and y is not None:
            values = tree.map_structure(
                lambda loss, target, output: ops.mean(loss(target, output)),
                self._student_loss, y, y_pred,
            )  # fmt: skip
            own = ops.sum(ops.stack(tree.flatten(values)))
        distilled = self._distilled(x, y_pred) if share < 1 else ops.convert_to_tensor(0.0)
        total = share * own + (1.0 - share) * distilled
        self.student_loss_tracker.update_state(own)
        self.distillation_loss_tracker.update_state(distilled)
        self.total_loss_tracker.update_state(total)
        return total

    def _distilled(self, x: Any, y_pred: Any) -> Any:
        teacher_outputs = (self._of_teacher or self.teacher)(x, training=False)
        taught = {OUTPUT: teacher_outputs} if self._of_teacher is None else teacher_outputs
        learnt = {OUTPUT: y_pred}
        if self._of_student is not None:
            learnt = self._of_student(x, training=True)
        total: Any = ops.convert_to_tensor(0.0)
        for loss, weight in zip(
            self.distillation_losses, self.distillation_loss_weights, strict=True
        ):
            teacher, student = taught[OUTPUT], y_pred
            if getattr(loss, "teacher_layer_name", None) is not None:
                teacher = taught[loss.teacher_layer_name]
                student = learnt[loss.student_layer_name or OUTPUT]
            loss.validate_outputs(teacher, student)
            value = loss.compute_loss(teacher, student)
            if len(getattr(value, "shape", ())):
                raise ValueError(
                    f"Expected a scalar of {type(loss).__name__}. Received: shape={value.shape}"
                )
            total = total + weight * value
        return total

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "teacher": serialize_keras_object(self.teacher),
            "student": serialize_keras_object(self.student),
            "distillation_losses": [serialize_keras_object(x) for x in self.distillation_losses],
            "distillation_loss_weights": list(self.distillation_loss_weights),
            "student_loss_weight": self.student_loss_weight,
        }

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None) -> Any:
        config = dict(config)
        for name in ("teacher", "student", "distillation_losses"):
            config[name] = deserialize_keras_object(config[name], custom_objects)
        return cls(**config)


def _check_alike(teacher: Any, student: Any) -> None:
    """Raise a ValueError for models whose inputs or outputs differ in shape or dtype."""
    for what, model in (("teacher", teacher), ("student", student)):
        if not isinstance(model, Model):
            raise ValueError(f"Expected a model as {what}. Received: {type(model)}")
    for what in ("inputs", "outputs"):
        if not hasattr(teacher, what) or not hasattr(student, what):
            continue
        one, other = getattr(teacher, what), getattr(student, what)
        fits = len(one) == len(other) and all(
            a.dtype == b.dtype and len(a.shape) == len(b.shape)
            and all(m == n or None in (m, n) for m, n in zip(a.shape, b.shape, strict=True))
            for a, b in zip(one, other, strict=True)
        )  # fmt: skip
        if not fits:
            raise ValueError(
                f"Expected a teacher and a student of the same {what}. Received: {one} and {other}"
            )
