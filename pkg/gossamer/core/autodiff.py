"""The tape: records what `bind` computes, and walks it backwards.

The tape owns its nodes, and tensors never point back to it: when the tape goes, everything that
it kept goes, by reference counting alone. Gradient rules call public ops, so an outer tape records
the backward pass of an inner one, and gradients of gradients need nothing more.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from gossamer.dtypes import COMPLEX, FLOATS

if TYPE_CHECKING:
    from gossamer.core.primitive import Primitive
    from gossamer.tensor import Tensor
    from gossamer.variable import Variable


# What gradients flow through.
_CONTINUOUS = frozenset(FLOATS + COMPLEX)


class Node(NamedTuple):
    """One computation on a tape.

    Attributes:
        rule: from an input's number to its gradient rule; if `joint`, a function of the outputs'
            cotangents alone that gives the cotangents of all inputs.
        outputs: one, but for a joint rule.
    """

    rule: Callable[..., Any]
    inputs: tuple[Tensor, ...]
    outputs: tuple[Tensor, ...]
    static: dict[str, Any]
    joint: bool = False

    def cotangents(
        self, given: Sequence[Tensor | None], wanted: Sequence[int]
    ) -> Iterator[tuple[int, Tensor]]:
        """The cotangent of each wanted input through which something flows.

        Args:
            given: the cotangent of each output, None for those that nothing came to.
            wanted: the numbers of the inputs.
        """
        if self.joint:
            together = self.rule(*given)
            yield from ((which, together[which]) for which in wanted)
            return
        for which in wanted:
            rule = self.rule(which)
            if rule is not None:
                yield which, rule(*given, *self.outputs, *self.inputs, **self.static)


class Tape:
    """What has been computed from the tensors that it watches, in order."""

    __slots__ = ("nodes", "reads", "tracked", "watches_variables")

    def __init__(self, watches_variables: bool = True) -> None:
        self.nodes: list[Node] = []
        # By identity; the tensor is kept, so that its id cannot be given to another.
        self.tracked: dict[int, Tensor] = {}
        # Each variable's id, with the tensors that it was read as: an assignment makes another.
        self.reads: dict[int, list[Tensor]] = {}
        self.watches_variables = watches_variables

    def watch(self, tensor: Tensor) -> None:
        """Record what is computed from this tensor from now on."""
        self.tracked[id(tensor)] = tensor

    def watch_variable(self, variable: Variable, value: Tensor) -> None:
        """The same for a variable, read as `value`."""
        reads = self.reads.setdefault(id(variable), [])
        if all(value is not read for read in reads):
            reads.append(value)
            self.watch(value)

    def gradient(
        self, outputs: Sequence[tuple[Tensor, Tensor]], sources: Sequence[Tensor]
    ) -> list[Tensor | None]:
        """The cotangents of `sources`, given pairs of an output and its cotangent.

        None for a source that no output depends on.
        """
        cotangents: dict[int, Tensor] = {}
        for output, seed in outputs:
            _accumulate(cotangents, output, seed)
        needed = {id(source) for source in sources}
        for node in reversed(self.nodes):
            given = [cotangents.get(id(output)) for output in node.outputs]
            if all(cotangent is None for cotangent in given):
                continue
            for output in node.outputs:
                if id(output) not in needed:
                    cotangents.pop(id(output), None)  # so that it is freed before the pass ends
            wanted = [i for i, x in enumerate(node.inputs) if id(x) in self.tracked]
            for which, found in node.cotangents(given, wanted):
                _accumulate(cotangents, node.inputs[which], found)
        return [cotangents.get(id(source)) for source in sources]


def _accumulate(cotangents: dict[int, Tensor], x: Tensor, cotangent: Tensor) -> None:
    so_far = cotangents.get(id(x))
    cotangents[id(x)] = cotangent if so_far is None else so_far + cotangent


# The tapes that are recording, innermost last.
tapes: list[Tape] = []


def record(
    primitive: Primitive, inputs: tuple[Tensor, ...], output: Tensor, static: dict[str, Any]
) -> None:
    """Show a computation to every tape; each keeps it if it depends on what that tape watches."""
    record_rule(primitive.rule, inputs, output, static)


def record_rule(
    rule: Callable[[int], Callable[..., Any] | None],
    inputs: tuple[Tensor, ...],
    output: Tensor,
    static: dict[str, Any],
) -> None:
    """The same for gradient rules that belong to no primitive."""
    if output.dtype not in _CONTINUOUS:
        return
    for tape in tapes:
        tracked = tape.tracked
        if any(id(x) in tracked and rule(i) is not None for i, x in enumerate(inputs)):
            tape.nodes.append(Node(rule, inputs, (output,), static))
            tracked[id(output)] = output


def record_joint_rule(
    rule: Callable[..., Sequence[Tensor]],
    inputs: tuple[Tensor, ...],
    outputs: tuple[Tensor, ...],
) -> None:
    """The same for one rule that gives the cotangents of all inputs (`custom_gradient`).

    It is given the cotangent of each output, None for one that nothing came to.
    """
    floats = [output for output in outputs if output.dtype in _CONTINUOUS]
    if not floats:
        return
    for tape in tapes:
        if any(id(x) in tape.tracked for x in inputs):
            tape.nodes.append(Node(rule, inputs, outputs, {}, joint=True))
            tape.tracked.update((id(output), output) for output in floats)


def with_rule(
    function: Callable[..., Tensor], rule: Callable[..., Tensor]
) -> Callable[..., Tensor]:
    """A composition of one tensor that is differentiated as a whole: `rule(g, out, x)`.

    For functions whose parts have gradients that overflow, or cost more, where the whole has not.
    """

    def applied(x: Tensor) -> Tensor:
        if not tapes:
            return function(x)
        with paused():
            output = function(x)
        record_rule(lambda which: rule, (x,), output, {})
        return output

    return applied


def variable_read(variable: Variable, value: Tensor) -> None:
    """Let the tapes that watch variables know that this one was read."""
    for tape in tapes:
        if tape.watches_variables:
            tape.watch_variable(variable, value)


class paused:
    """Context in which no tape records: for what is no part of the function."""

    def __enter__(self) -> None:
        self._tapes = tapes[:]
        tapes.clear()

    def __exit__(self, *_: object) -> None:
        tapes[:] = self._tapes
