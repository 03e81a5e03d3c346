"""What makes a layer a model that is trained: `fit`, `evaluate`, `predict`, also of one batch.

`compilation.py` has what `compile` chooses, `stepping.py` one step, and `loops.py` the loops.
"""

from __future__ import annotations

import inspect
from typing import Any

from gossamer import tree
from gossamer.browser import event_loop
from gossamer.training import loops
from gossamer.training.data_adapter import class_weight_to_sample_weights
from gossamer.training.stepping import Stepping


class Trainer(Stepping):
    """Training of what has layers; a base of `Model`."""

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
