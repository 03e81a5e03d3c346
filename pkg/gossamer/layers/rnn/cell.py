"""What the cells of recurrent layers share: options, weights, dropout masks.

A cell's call has two parts: `project`, what it makes of the inputs, which does not depend on the
states and is done for all steps in one product, and `step`, what is left.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from gossamer import activations, constraints, initializers, ops, random, regularizers
from gossamer.layers.layer import Layer
from gossamer.tensor import Tensor
from gossamer.variable import Variable

FAMILIES = {
    "activation": activations, "initializer": initializers, "regularizer": regularizers,
    "constraint": constraints,
}  # fmt: skip


def standardized(name: str, value: Any) -> Any:
    """An option as a cell keeps it."""
    family = FAMILIES.get(name.rpartition("_")[2])
    if family is not None:
        return family.get(value)
    return min(1.0, max(0.0, value)) if name.endswith("dropout") else value


def serialized(name: str, value: Any) -> Any:
    """An option as a configuration has it."""
    family = FAMILIES.get(name.rpartition("_")[2])
    return value if family is None else family.serialize(value)


def positive(name: str, value: Any) -> int:
    """A number of units or filters.

    Raises:
        ValueError: if it is no positive integer.
    """
    if not isinstance(value, int) or isinstance(value, bool) or value <= 0:
        raise ValueError(f"Expected a positive integer for {name}. Received: {name}={value!r}")
    return value


class RecurrentCell(Layer):
    """The base of gossamer's own cells. Subclasses call `_set` and write `build` and `step`.

    Attributes:
        options: the names of what is in the configuration, in Keras's order.
        gates: how many parts the products with the kernels have.
        gate_axis: along which axis.
        step_ndim: the number of axes of the inputs at one time.
        masks_per_gate: whether each gate has a dropout mask of its own.
    """

    options: tuple[str, ...] = ()
    gates = 1
    gate_axis = -1
    step_ndim = 2
    masks_per_gate = False

    units: int
    activation: Callable[..., Tensor]
    recurrent_activation: Callable[..., Tensor]
    use_bias: bool
    dropout: float
    recurrent_dropout: float
    kernel: Variable
    recurrent_kernel: Variable
    bias: Any
    state_size: Any
    output_size: int

    def _set(self, **options: Any) -> None:
        """Keep the options, and make what draws the dropout masks."""
        for name, value in options.items():
            setattr(self, name, standardized(name, value))
        self.options = tuple(options)
        self.seed_generator = random.SeedGenerator(options["seed"])
        self._dropout_mask: Any = None
        self._recurrent_dropout_mask: Any = None

    def _add_weights(
        self,
        kernel: tuple[int, ...],
        recurrent_kernel: tuple[int, ...],
        bias: tuple[int, ...],
        bias_initializer: Any,
    ) -> None:
        """Make the weights, of these shapes."""
        self.kernel = self._add("kernel", kernel)
        self.recurrent_kernel = self._add("recurrent_kernel", recurrent_kernel, "recurrent")
        self.bias = None
        if self.use_bias:
            self.bias = self._add("bias", bias, initializer=bias_initializer)

    def _add(
        self, name: str, shape: tuple[int, ...], prefix: str = "", initializer: Any = None
    ) -> Variable:
        prefix = prefix or name
        return self.add_weight(
            shape,
            initializer or getattr(self, f"{prefix}_initializer"),
            regularizer=getattr(self, f"{prefix}_regularizer"),
            constraint=getattr(self, f"{prefix}_constraint"),
            name=name,
        )

    def call(self, inputs: Tensor, states: Any, training: bool = False) -> Any:
        return self.step(self.project(inputs, training), states, training)

    def project(self, inputs: Tensor, training: bool = False) -> Tensor:
        """What a step takes: the product with the kernel, and the bias.

        Args:
            inputs: of one step, or of all, time first.
            training: whether there is dropout.
        """
        masks = None
        if training and self._drops(self.dropout):
            masks = self.get_dropout_mask(inputs[0] if inputs.ndim > self.step_ndim else inputs)
        projected = self._product(self._of_inputs, inputs, masks, self.kernel)
        bias = self._input_bias()
        return projected if bias is None else ops.add(projected, bias)

    def step(self, projected: Tensor, states: Any, training: bool = False) -> Any:
        """The output and the new states, of what `project` gives and the states before."""
        raise NotImplementedError(f"{type(self).__name__} does not say what a step is.")

    def _of_states(self, state: Tensor, masks: Any) -> Tensor:
        return self._product(ops.matmul, state, masks, self.recurrent_kernel)

    def _of_inputs(self, inputs: Tensor, kernel: Any) -> Tensor:
        return ops.matmul(inputs, kernel)

    def _input_bias(self) -> Any:
        return self.bias

    def _product(
        self, product: Callable[[Tensor, Any], Tensor], x: Tensor, masks: Any, kernel: Any
    ) -> Tensor:
        """`product(x * mask, kernel)`; of several masks each has its part of the kernel."""
        if masks is None:
            return product(x, kernel)
        if not isinstance(masks, list):
            return product(x * masks, kernel)
        parts = ops.split(kernel, len(masks), axis=-1)
        return ops.concatenate(
            [product(x * mask, part) for mask, part in zip(masks, parts, strict=True)],
            axis=self.gate_axis,
        )

    # Dropout: the same masks for all steps of a sequence

    def _drops(self, rate: float) -> bool:
        """Whether inputs or states are dropped. A rate of 1 is none to Keras's cells with gates."""
        return 0.0 < rate < 1.0

    def _drawn(self, like: Tensor, rate: float) -> Any:
        ones = ops.ones_like(like)
        if not self.masks_per_gate:
            return random.dropout(ones, rate, seed=self.seed_generator)
        return [random.dropout(ones, rate, seed=self.seed_generator) for _ in range(self.gates)]

    def get_dropout_mask(self, step_input: Tensor) -> Any:
        """The mask of inputs, or a list of one for each gate; the same until it is reset."""
        if self._dropout_mask is None and self.dropout > 0:
            self._dropout_mask = self._drawn(step_input, self.dropout)
        return self._dropout_mask

    def get_recurrent_dropout_mask(self, step_input: Tensor) -> Any:
        """The same for a state."""
        if self._recurrent_dropout_mask is None and self.recurrent_dropout > 0:
            self._recurrent_dropout_mask = self._drawn(step_input, self.recurrent_dropout)
        return self._recurrent_dropout_mask

    def reset_dropout_mask(self) -> None:
        """Let the next step draw another mask, as layers do after each sequence."""
        self._dropout_mask = None

    def reset_recurrent_dropout_mask(self) -> None:
        """The same for states."""
        self._recurrent_dropout_mask = None

    def _state_masks(self, state: Tensor, training: bool) -> Any:
        if training and self._drops(self.recurrent_dropout):
            return self.get_recurrent_dropout_mask(state)
        return None

    def get_initial_state(self, batch_size: int | None = None) -> list[Tensor]:
        """Zeros, for each of the states."""
        sizes = [self.state_size] if isinstance(self.state_size, int) else self.state_size
        return [ops.zeros((batch_size, size), self.compute_dtype) for size in sizes]

    def get_config(self) -> dict[str, Any]:
        own = {name: serialized(name, getattr(self, name)) for name in self.options}
        return {**super().get_config(), **own}


def with_forget_bias(initializer: Callable[..., Any], units: int) -> Callable[..., Any]:
    """An initializer of the bias of four gates, the second of which, that to forget, begins at 1.

    Source: R. Jozefowicz, W. Zaremba, I. Sutskever, "An Empirical Exploration of Recurrent Network
    Architectures", ICML 2015.
    """

    def initialize(shape: Any, dtype: Any = None) -> Tensor:
        first = initializer((units,), dtype=dtype)
        rest = initializer((2 * units,), dtype=dtype)
        return ops.concatenate([first, ops.ones((units,), dtype), rest])

    return initialize
