"""The loop over the steps of a sequence. It is unrolled: within `jit` it becomes one program."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from gossamer import ops, tree
from gossamer.tensor import Tensor


def rnn(
    step: Callable[[Any, Any], tuple[Any, Any]],
    inputs: Tensor,
    initial_states: Any,
    go_backwards: bool = False,
    mask: Tensor | None = None,
    unroll: bool = False,
    zero_output_for_mask: bool = False,
    return_all_outputs: bool = True,
    prepare: Callable[[Tensor], Tensor] | None = None,
) -> tuple[Tensor, Tensor | None, Any]:
    """Run `output, states = step(inputs[:, t], states)` over the times t.

    Where the mask is False, the states stay as they are.

    Args:
        step: of the inputs at one time and the states before.
        inputs: of shape (batch, time, ...).
        initial_states: a list of tensors, or of lists.
        go_backwards: whether the last time comes first; outputs are in the order of computation.
        mask: of shape (batch, time).
        unroll: which output a masked time has, since Keras has two rules. If true: the output
            before, zeros at first. If not: the state that stands for the output.
        zero_output_for_mask: whether it is zeros instead, if not `unroll`.
        return_all_outputs: whether outputs are wanted for all times.
        prepare: what is done with all inputs at once, time first, before the steps take theirs.

    Returns:
        A tuple of the last output, the outputs as (batch, time, ...), or None, and the states.

    Raises:
        ValueError: for a sequence without steps.
    """
    times = _time_first(inputs)
    if not times.shape[0]:
        raise ValueError(f"Expected at least one step in time. Received: shape={inputs.shape}")
    order = range(times.shape[0])[:: -1 if go_backwards else 1]
    steps = ops.unstack(prepare(times) if prepare else times)
    masks = None if mask is None else ops.unstack(_steps_of_mask(mask))
    states, outputs = list(initial_states), []
    last = None
    for time in order:
        output, new_states = step(steps[time], states)
        if masks is not None:
            counts = masks[time]
            if unroll:
                before = ops.zeros_like(output) if last is None else last
            elif zero_output_for_mask:
                before = ops.zeros_like(output)
            else:
                before = _state_of_output(states)
            output = _chosen(counts, output, before)
            pairs = zip(tree.flatten(new_states), tree.flatten(states), strict=True)
            new_states = tree.pack_sequence_as(
                states, [_chosen(counts, now, old) for now, old in pairs]
            )
        states, last = new_states, output
        if return_all_outputs:
            outputs.append(output)
    assert last is not None
    return last, ops.stack(outputs, axis=1) if return_all_outputs else None, states


def _time_first(x: Tensor) -> Tensor:
    return ops.transpose(x, (1, 0, *range(2, x.ndim)))


def _steps_of_mask(mask: Tensor) -> Tensor:
    """As (time, batch): a step counts if any of its elements does."""
    mask = ops.cast(mask, "bool")
    if mask.ndim > 2:
        mask = ops.any(mask, axis=tuple(range(2, mask.ndim)))
    return _time_first(mask)


def _state_of_output(states: Any) -> Tensor:
    """The first state; of stacked cells, the first of the last cell."""
    return states[-1][0] if tree.is_nested(states[0]) else states[0]


def _chosen(counts: Tensor, now: Tensor, old: Tensor) -> Tensor:
    return ops.where(ops.reshape(counts, (-1, *[1] * (now.ndim - 1))), now, old)
