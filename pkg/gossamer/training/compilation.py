"""What `compile` chooses: how a model is trained, and which metrics tell how well."""

from __future__ import annotations

import warnings
from typing import Any

from gossamer import metrics, optimizers
from gossamer.serialization import deserialize_keras_object, serialize_keras_object
from gossamer.training.compile_loss import CompileLoss
from gossamer.training.compile_metrics import CompileMetrics


class Compilation:
    """What is compiled. A base of `Trainer`."""

    optimizer: Any = None
    compiled = False
    stop_training = False
    steps_per_execution = 1
    run_eagerly = False
    jit_compile: bool = True
    loss: Any = None
    train_function: Any = None
    test_function: Any = None
    predict_function: Any = None
    history: Any = None
    _compile_loss: CompileLoss | None = None
    _compile_metrics: CompileMetrics | None = None
    _loss_tracker: Any = None
    _compile_config: dict[str, Any] | None = None
    _initial_epoch: int | None = None

    def compile(
        self,
        optimizer: Any = "rmsprop",
        loss: Any = None,
        loss_weights: Any = None,
        metrics: Any = None,
        weighted_metrics: Any = None,
        run_eagerly: bool = False,
        steps_per_execution: int = 1,
        jit_compile: Any = "auto",
        auto_scale_loss: bool = True,
    ) -> None:
        """Choose how the model is trained.

        Args:
            optimizer: an optimizer, its name or its configuration.
            loss: a loss, its name, a function `(y_true, y_pred) -> loss`, or a structure of them
                as of the outputs.
            loss_weights: factors of the losses, as a list or by the outputs' names.
            metrics: a list of metrics, their names, or functions; or a structure of such lists.
            weighted_metrics: metrics that are weighted as the loss is.
            run_eagerly: whether each op runs by itself, so that a debugger sees it.
            steps_per_execution: after how many steps callbacks are called.
            jit_compile: whether a step becomes one program; `"auto"` if the layers allow it.
            auto_scale_loss: whether the loss is scaled with the policy `"mixed_float16"`.

        Example:
            >>> model = gs.Sequential([gs.layers.Dense(1)])
            >>> model.compile("adam", "mse", metrics=["mae"])
        """
        self._check_settings(run_eagerly, steps_per_execution)
        self.optimizer = optimizers.get(optimizer)
        if auto_scale_loss and self._computes_in_float16():
            self.optimizer = optimizers.LossScaleOptimizer(self.optimizer)
        names = getattr(self, "output_names", None)
        self.loss = loss
        self._set(
            "_compile_loss",
            None if loss is None else CompileLoss(loss, loss_weights, output_names=names),
        )
        given = metrics is not None or weighted_metrics is not None
        self._set(
            "_compile_metrics",
            CompileMetrics(metrics, weighted_metrics, output_names=names) if given else None,
        )
        self._set("_loss_tracker", _metrics().Mean(name="loss"))
        if jit_compile == "auto":
            jit_compile = not run_eagerly and self._supports_jit()
        if jit_compile and run_eagerly:
            warnings.warn("With run_eagerly, jit_compile is without effect.", stacklevel=2)
            jit_compile = False
        self.jit_compile = bool(jit_compile)
        self.run_eagerly = run_eagerly
        self.steps_per_execution = steps_per_execution
        self.stop_training = False
        self.compiled = True
        self.train_function = self.test_function = self.predict_function = None
        self._set("_compile_config", {
            "optimizer": self.optimizer,
            "loss": loss,
            "loss_weights": loss_weights,
            "metrics": metrics,
            "weighted_metrics": weighted_metrics,
            "run_eagerly": run_eagerly,
            "steps_per_execution": steps_per_execution,
            "jit_compile": self.jit_compile,
        })  # fmt: skip

    def _set(self, name: str, value: Any) -> None:
        """Set an attribute that is no part of the model's state."""
        object.__setattr__(self, name, value)

    @staticmethod
    def _check_settings(run_eagerly: bool, steps_per_execution: int) -> None:
        if not isinstance(steps_per_execution, int) or steps_per_execution < 1:
            raise ValueError(
                "Expected a positive integer for steps_per_execution. "
                f"Received: steps_per_execution={steps_per_execution!r}"
            )

    def _computes_in_float16(self) -> bool:
        policy = getattr(self, "dtype_policy", None)
        return (
            getattr(policy, "name", None) == "mixed_float16"
            and self.optimizer is not None
            and not isinstance(self.optimizer, optimizers.LossScaleOptimizer)
        )

    def _supports_jit(self) -> bool:
        return all(layer.supports_jit for layer in self._flatten_layers())  # type: ignore[attr-defined]

    def _check_compiled(self, method: str) -> None:
        if not self.compiled:
            raise ValueError(f"Expected `compile` before `{method}`. Received: no call of it")

    # Metrics

    @property
    def metrics(self) -> list[Any]:
        """All metrics: the loss's, those of `compile`, and those of the layers."""
        found = self._metrics_of_compile() + list(self._tracker.lists["metrics"])  # type: ignore[attr-defined]
        for layer in self._flatten_layers(include_self=False):  # type: ignore[attr-defined]
            if not isinstance(layer, Compilation):
                found += layer._tracker.lists["metrics"]
        return found

    def _metrics_of_compile(self) -> list[Any]:
        if not self.compiled:
            return []
        found = [self._loss_tracker]
        if self._compile_metrics is not None:
            found.append(self._compile_metrics)
        if self._compile_loss is not None:
            found += self._compile_loss.metrics
        return found

    @property
    def metrics_names(self) -> list[str]:
        """The names of all metrics."""
        return [metric.name for metric in self.metrics]

    def reset_metrics(self) -> None:
        """Begin all metrics anew."""
        for metric in self.metrics:
            metric.reset_state()

    def get_metrics_result(self) -> dict[str, Any]:
        """What all metrics say now, by name."""
        results: dict[str, Any] = {}
        for metric in self.metrics:
            result = metric.result()
            results.update(result if isinstance(result, dict) else {metric.name: result})
        return results

    def compute_metrics(
        self, x: Any, y: Any, y_pred: Any, sample_weight: Any = None
    ) -> dict[str, Any]:
        """Show the metrics of `compile` a batch, and say what all metrics say. May be overridden.

        Args:
            x, y: the batch.
            y_pred: the outputs.
            sample_weight: weights of the samples.
        """
        if self._compile_metrics is not None:
            self._compile_metrics.update_state(y, y_pred, sample_weight)
        return self.get_metrics_result()

    @property
    def metrics_variables(self) -> list[Any]:
        """The variables of all metrics."""
        return [variable for metric in self.metrics for variable in metric.variables]

    # Configuration

    def get_compile_config(self) -> dict[str, Any] | None:
        """The arguments of `compile`, as they are written into files; None before it."""
        if not self.compiled or self._compile_config is None:
            return None
        return serialize_keras_object(self._compile_config)

    def compile_from_config(self, config: dict[str, Any]) -> None:
        """Compile the model with what `get_compile_config` gave, and make the optimizer's state."""
        self.compile(**deserialize_keras_object(config))
        if self.optimizer is not None and self.built:  # type: ignore[attr-defined]
            self.optimizer.build(self.trainable_variables)  # type: ignore[attr-defined]


def _metrics() -> Any:
    """The module, by a name that no argument has."""
    return metrics
