"""What makes a layer a model that is trained: `compile`, and the steps that `fit` repeats.

`loops.py` has the loops, which call the functions that are made here; `jit` makes a program of
each, so that a step is one call into JavaScript.
"""

from __future__ import annotations

import inspect
import warnings
from typing import Any

from gossamer import metrics, ops, optimizers, tree
from gossamer.browser import event_loop
from gossamer.gradients import GradientTape
from gossamer.jitted import jit
from gossamer.serialization import deserialize_keras_object, serialize_keras_object
from gossamer.training import loops
from gossamer.training.compile_loss import CompileLoss
from gossamer.training.compile_metrics import CompileMetrics
from gossamer.utils import unpack_x_y_sample_weight
from gossamer.variable import Variable


class Trainer:
    """Training of what has layers; a base of `Model`."""

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

    # Metrics

    @property
    def metrics(self) -> list[Any]:
        """All metrics: the loss's, those of `compile`, and those of the layers."""
        found = self._metrics_of_compile() + list(self._tracker.lists["metrics"])  # type: ignore[attr-defined]
        for layer in self._flatten_layers(include_self=False):  # type: ignore[attr-defined]
            if not isinstance(layer, Trainer):
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

    # One step

    def compute_loss(
        self,
        x: Any = None,
        y: Any = None,
        y_pred: Any = None,
        sample_weight: Any = None,
        training: bool = True,
    ) -> Any:
        """What training minimises, as a scalar. May be overridden.

        Raises:
            ValueError: if there is no loss.
        """
        found = []
        if self._compile_loss is not None:
            loss = self._compile_loss(y, y_pred, sample_weight)
            if loss is not None:
                found.append(loss)
        found += [ops.sum(loss) for loss in self.losses]  # type: ignore[attr-defined]
        if not found:
            raise ValueError(
                "Expected a loss to minimise: `compile(loss=...)` or a layer's `add_loss`. "
                "Received: none"
            )
        return sum(found[1:], found[0])

    def stateless_compute_loss(
        self,
        trainable_variables: Any,
        non_trainable_variables: Any,
        metrics_variables: Any,
        x: Any = None,
        y: Any = None,
        y_pred: Any = None,
        sample_weight: Any = None,
        training: bool = True,
    ) -> Any:
        """`compute_loss` with other values of the variables, which stay as they are.

        Returns:
            The loss, and the new values of the three groups of variables.
        """
        from gossamer.stateless_scope import StatelessScope

        groups = [
            (self.trainable_variables, trainable_variables),  # type: ignore[attr-defined]
            (self.non_trainable_variables, non_trainable_variables),  # type: ignore[attr-defined]
            (self.metrics_variables, metrics_variables),
        ]
        mapping = [pair for own, values in groups for pair in zip(own, values, strict=True)]
        with StatelessScope(mapping) as scope:
            loss = self._loss_of(x, y, y_pred, sample_weight, training)
        values = [[scope.get_current_value(v) for v in own] for own, _ in groups]
        return loss, *values

    @property
    def metrics_variables(self) -> list[Any]:
        """The variables of all metrics."""
        return [variable for metric in self.metrics for variable in metric.variables]

    def _loss_of(self, x: Any, y: Any, y_pred: Any, sample_weight: Any, training: bool) -> Any:
        """`compute_loss`, which may be written without `training`."""
        if "training" in inspect.signature(self.compute_loss).parameters:
            return self.compute_loss(x, y, y_pred, sample_weight, training=training)
        return self.compute_loss(x, y, y_pred, sample_weight)

    def train_step(self, data: Any) -> dict[str, Any]:
        """One step of training on one batch. May be overridden.

        Args:
            data: a tuple `(x,)`, `(x, y)` or `(x, y, sample_weight)`.
        """
        x, y, sample_weight = unpack_x_y_sample_weight(data)
        with GradientTape() as tape:
            y_pred = self(x, training=True)  # type: ignore[operator]
            loss = self._loss_of(x, y, y_pred, sample_weight, training=True)
            minimised = self.optimizer.scale_loss(loss)
        self._loss_tracker.update_state(loss, sample_weight=_batch_size(x))
        variables = self.trainable_weights  # type: ignore[attr-defined]
        if variables:
            self.optimizer.apply(tape.gradient(minimised, variables), variables)
        else:
            warnings.warn("The model has no weights to train.", stacklevel=2)
        return self.compute_metrics(x, y, y_pred, sample_weight)

    def test_step(self, data: Any) -> dict[str, Any]:
        """One step of evaluation on one batch. May be overridden."""
        x, y, sample_weight = unpack_x_y_sample_weight(data)
        y_pred = self(x, training=False)  # type: ignore[operator]
        if self._compile_loss is not None or self.losses:  # type: ignore[attr-defined]
            loss = self._loss_of(x, y, y_pred, sample_weight, training=False)
            self._loss_tracker.update_state(loss, sample_weight=_batch_size(x))
        return self.compute_metrics(x, y, y_pred, sample_weight)

    def predict_step(self, data: Any) -> Any:
        """The outputs of one batch. May be overridden."""
        x, _, _ = unpack_x_y_sample_weight(data)
        return self(x, training=False)  # type: ignore[operator]

    # The functions that the loops call

    def make_train_function(self, force: bool = False) -> Any:
        """The function of a batch that trains on it; a program, unless `run_eagerly`."""
        if self.train_function is None or force:
            self._set("train_function", self._function("train_step"))
        return self.train_function

    def make_test_function(self, force: bool = False) -> Any:
        """The function of a batch that evaluates on it."""
        if self.test_function is None or force:
            self._set("test_function", self._function("test_step"))
        return self.test_function

    def make_predict_function(self, force: bool = False) -> Any:
        """The function of a batch that gives its outputs."""
        if self.predict_function is None or force:
            self._set("predict_function", self._function("predict_step"))
        return self.predict_function

    def _function(self, step_name: str) -> Any:
        import weakref

        own = weakref.ref(self)  # a model must not wait for Python's garbage collector

        def step(data: Any) -> Any:
            model = own()
            assert model is not None
            result = getattr(model, step_name)(data)
            model._clear_losses()  # type: ignore[attr-defined]
            # A metric of the user's may say its result by its variable.
            return tree.map_structure(lambda x: x.value if isinstance(x, Variable) else x, result)

        step.__name__ = step_name
        return step if self.run_eagerly or not self.jit_compile else jit(step)

    def _check_compiled(self, method: str) -> None:
        if not self.compiled:
            raise ValueError(f"Expected `compile` before `{method}`. Received: no call of it")

    # The loops

    def fit(
        self,
        x: Any = None,
        y: Any = None,
        batch_size: int | None = None,
        epochs: int = 1,
        verbose: Any = "auto",
        callbacks: Any = None,
        validation_split: float = 0.0,
        validation_data: Any = None,
        shuffle: bool = True,
        class_weight: dict[int, float] | None = None,
        sample_weight: Any = None,
        initial_epoch: int = 0,
        steps_per_epoch: int | None = None,
        validation_steps: int | None = None,
        validation_batch_size: int | None = None,
        validation_freq: Any = 1,
    ) -> Any:
        """Train the model.

        In a page it hands the thread back every few tens of milliseconds, where the engine lets a
        plain function wait; `await model.fit_async(...)` does so everywhere.

        Args:
            x: inputs: arrays, tensors, structures of them; or a generator, a `PyDataset` or a
                `data.Dataset` of batches `(x, y)`, and then there is no `y`.
            y: what the outputs should be.
            batch_size: how many samples a step is made of; 32 if None.
            epochs: how many times all samples are seen, those before `initial_epoch` included.
            verbose: 0 for silence, 1 for a progress bar, 2 for a line an epoch.
            callbacks: a list of callbacks.
            validation_split: the fraction of the samples, the last ones, that are not trained on
                and that the model is evaluated on after each epoch.
            validation_data: `(x, y)` or `(x, y, sample_weight)` to evaluate on instead.
            shuffle: whether arrays' samples come in another order each epoch.
            class_weight: weights of the samples by their class.
            sample_weight: weights of the samples.
            initial_epoch: where to begin to count.
            steps_per_epoch: how many steps are an epoch; all batches if None.
            validation_steps: how many batches are evaluated on; all if None.
            validation_batch_size: `batch_size` if None.
            validation_freq: after every how many epochs, or after which, it is evaluated.

        Returns:
            A `History`: its `history` has the loss and the metrics of each epoch.

        Raises:
            ValueError: before `compile`, or for data that do not go together.

        Example:
            >>> model = gs.Sequential([gs.layers.Dense(1)])
            >>> model.compile("sgd", "mse")
            >>> x = np.ones((8, 2), "float32")
            >>> history = model.fit(x, x[:, :1], epochs=2, verbose=0)
            >>> len(history.history["loss"])
            2
        """
        arguments = {k: v for k, v in locals().items() if k not in ("self", "__class__")}
        return event_loop.run(loops.fit(self, arguments, event_loop.can_wait()))

    async def fit_async(self, x: Any = None, y: Any = None, **kwargs: Any) -> Any:
        """`fit` that hands the thread back to the page as it runs: `await model.fit_async(...)`.

        Args:
            x, y, kwargs: as for `fit`.
        """
        arguments = inspect.signature(self.fit).bind(x, y, **kwargs)
        arguments.apply_defaults()
        return await loops.fit(self, dict(arguments.arguments), True)

    def evaluate(
        self,
        x: Any = None,
        y: Any = None,
        batch_size: int | None = None,
        verbose: Any = "auto",
        sample_weight: Any = None,
        steps: int | None = None,
        callbacks: Any = None,
        return_dict: bool = False,
        **kwargs: Any,
    ) -> Any:
        """The loss and the metrics on data.

        Args:
            x, y, batch_size, verbose, sample_weight, callbacks: as for `fit`.
            steps: how many batches; all if None.
            return_dict: whether the result is a dictionary, or a list in the order of its values.

        Raises:
            ValueError: before `compile`, or for other arguments.
        """
        if kwargs:
            raise ValueError(f"Expected the arguments of `evaluate`. Received: {kwargs}")
        arguments = {k: v for k, v in locals().items() if k not in ("self", "kwargs", "__class__")}
        return event_loop.run(loops.evaluate(self, arguments, event_loop.can_wait()))

    async def evaluate_async(self, x: Any = None, y: Any = None, **kwargs: Any) -> Any:
        """`evaluate` that hands the thread back to the page as it runs."""
        arguments = inspect.signature(self.evaluate).bind(x, y, **kwargs)
        arguments.apply_defaults()
        given = {k: v for k, v in arguments.arguments.items() if k != "kwargs"}
        return await loops.evaluate(self, given, True)

    def predict(
        self,
        x: Any,
        batch_size: int | None = None,
        verbose: Any = "auto",
        steps: int | None = None,
        callbacks: Any = None,
    ) -> Any:
        """The outputs for inputs, as NumPy arrays, batch by batch.

        Args:
            x, batch_size, verbose, callbacks: as for `fit`.
            steps: how many batches; all if None.

        Example:
            >>> model = gs.Sequential([gs.layers.Dense(1)])
            >>> model.predict(np.ones((3, 2), "float32"), verbose=0).shape
            (3, 1)
        """
        arguments = {k: v for k, v in locals().items() if k not in ("self", "__class__")}
        return event_loop.run(loops.predict(self, arguments, event_loop.can_wait()))

    async def predict_async(self, x: Any, **kwargs: Any) -> Any:
        """`predict` that hands the thread back to the page as it runs."""
        arguments = inspect.signature(self.predict).bind(x, **kwargs)
        arguments.apply_defaults()
        return await loops.predict(self, dict(arguments.arguments), True)

    def train_on_batch(
        self,
        x: Any,
        y: Any = None,
        sample_weight: Any = None,
        class_weight: dict[int, float] | None = None,
        return_dict: bool = False,
    ) -> Any:
        """One step of training on one batch; returns the loss, or the loss and the metrics."""
        self._check_compiled("train_on_batch")
        if class_weight is not None:
            if sample_weight is not None:
                raise ValueError("Expected sample_weight or class_weight. Received: both")
            from gossamer.training.data_adapter import class_weight_to_sample_weights

            sample_weight = class_weight_to_sample_weights(y, class_weight)
        data = loops.as_batch(x, y, sample_weight)
        loops.build(self, data)
        self.reset_metrics()
        return self._results(self.make_train_function()(data), return_dict)

    def test_on_batch(
        self, x: Any, y: Any = None, sample_weight: Any = None, return_dict: bool = False
    ) -> Any:
        """One step of evaluation on one batch; returns the loss, or the loss and the metrics."""
        self._check_compiled("test_on_batch")
        data = loops.as_batch(x, y, sample_weight)
        loops.build(self, data)
        self.reset_metrics()
        return self._results(self.make_test_function()(data), return_dict)

    def predict_on_batch(self, x: Any) -> Any:
        """The outputs of one batch, as NumPy arrays."""
        outputs = self.make_predict_function()(loops.as_batch(x, None, None))
        return tree.map_structure(lambda t: t.numpy(), outputs)

    def _results(self, logs: Any, return_dict: bool) -> Any:
        numbers = dict(loops.Logs(loops.in_order(logs)))
        return numbers if return_dict else loops.as_list(self, numbers)

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


def _batch_size(x: Any) -> int:
    """How many samples a batch has."""
    leaf = next((leaf for leaf in tree.flatten(x) if leaf is not None), None)
    shape = getattr(leaf, "shape", ())
    return shape[0] if shape else 1
