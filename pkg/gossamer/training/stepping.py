"""One step of training, of evaluation and of prediction, and the functions that repeat them.

`jit` makes a program of each, so that a step is one call into JavaScript.
"""

from __future__ import annotations

import inspect
import warnings
import weakref
from typing import Any

from gossamer import ops, tree
from gossamer.gradients import GradientTape
from gossamer.jitted import jit
from gossamer.stateless_scope import StatelessScope
from gossamer.training.compilation import Compilation
from gossamer.utils import unpack_x_y_sample_weight
from gossamer.variable import Variable


class Stepping(Compilation):
    """What takes steps on batches. A base of `Trainer`."""

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
        own = type(self).compute_loss is not Stepping.compute_loss
        if own or self._compile_loss is not None or self.losses:  # type: ignore[attr-defined]
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
        own = weakref.ref(self)  # a model must not wait for Python's garbage collector

        def step(data: Any) -> Any:
            model = own()
            assert model is not None
            result = getattr(model, step_name)(data)
            model._clear_losses()  # type: ignore[attr-defined]
            # A metric of the user's may say its result by its variable.
            return tree.map_structure(lambda x: x.value if isinstance(x, Variable) else x, result)

        step.__name__ = step_name
        if self.run_eagerly or not self.jit_compile:
            return step
        program = jit(step)
        if not self._has_host_part():
            return program

        def with_host_part(data: Any) -> Any:
            model = own()
            assert model is not None
            return program(model._on_host(data))

        return with_host_part

    def _has_host_part(self) -> bool:
        """Whether some of the model runs before a step, such as layers of strings."""
        return False

    def _on_host(self, data: Any) -> Any:
        """What a step is given of a batch, when that part has run."""
        return data


def _batch_size(x: Any) -> int:
    """How many samples a batch has."""
    leaf = next((leaf for leaf in tree.flatten(x) if leaf is not None), None)
    shape = getattr(leaf, "shape", ())
    return shape[0] if shape else 1
