"""What a program depends on: a kernel and how its tensors lie; and which programs are one.

Sizes are not among it: they are uniforms, so that other shapes of the same kernel compile nothing.
"""

from collections.abc import Hashable
from dataclasses import dataclass
from math import prod
from typing import Any

from gossamer.backend.webgl.emit import Input
from gossamer.backend.webgl.layout import Layout
from gossamer.backend.webgl.pool import size_class
from gossamer.backend.webgl.storage import decoder
from gossamer.kernel import expr, index
from gossamer.kernel.expr import Expr, substitute
from gossamer.kernel.spec import COMPUTE_DTYPE, Contract, Map, Reduce, Spec

# Contractions shorter than this are always masked, so that a changed batch compiles nothing.
UNMASKED_FROM = 32


@dataclass(frozen=True)
class Request:
    """A spec, how its tensors lie, and which of them are scalars: all that a program depends on.

    And `floats`: the kind of texture that holds float32. All outputs lie alike, as `output` says.
    """

    spec: Spec
    output: Layout
    inputs: tuple[Layout, ...]
    are_scalars: tuple[bool, ...]
    floats: str = "float"

    def key(self) -> Hashable:
        """Equal for requests that one program serves."""
        in_place = self._in_place_bodies()
        if in_place:
            # No coordinates, so that ranks do not matter.
            return (
                in_place,
                tuple(x.dtype for x in self.spec.outputs),
                self.output.layers,
                self.output.is_large,
                tuple((x.dtype, x.is_scalar, x.decoder) for x in self.given_inputs()),
            )
        return (
            self.spec.structure,
            len(self.output.dims),
            self.output.layers,
            self.output.is_vector,
            self.output.by_row,
            self.output.is_large,
            tuple(given.key() for given in self.given_inputs()),
            self.is_masked(),
            self.has_layers_along_first_axis(),
        )

    def given_inputs(self) -> list[Input]:
        return [
            Input(
                number=k,
                dtype=COMPUTE_DTYPE[spec.dtype],
                rank=len(lay.dims),
                is_scalar=scalar,
                lies_like_output=not scalar and lay.dims == self.output.dims,
                has_output_rows=not scalar and _same_rows(lay, self.output),
                wraps=lay.wraps or self._is_short_fold(),
                is_large=lay.is_large,
                decoder="" if scalar else decoder(spec.dtype, self.floats),
            )
            for k, (spec, lay, scalar) in enumerate(
                zip(self.spec.inputs, self.inputs, self.are_scalars, strict=True)
            )
        ]

    def _is_short_fold(self) -> bool:
        """Whether it is a fold to so few outputs that one program serves all ways rows may lie."""
        return isinstance(self.spec, Reduce) and self.output.layers == 1

    def _in_place_bodies(self) -> tuple[Expr, ...]:
        """The bodies of a map that reads all of its inputs where it writes; none for others."""
        if not isinstance(self.spec, Map) or not self.output.dims:
            return ()
        own = tuple(
            index.ZERO if size == 1 else expr.axis(i)
            for i, size in enumerate(self.spec.output.shape)
        )
        inputs = self.given_inputs()
        in_place = {
            x: expr.load(x.attr, (), x.dtype)
            for x in expr.walk(*self.spec.expressions())
            if x.op == "load"
            and (inputs[x.attr].is_scalar or (inputs[x.attr].lies_like_output and x.args == own))
        }
        bodies = tuple(substitute(body, in_place) for body in self.spec.expressions())
        uses_place = any(x.op == "axis" or (x.op == "load" and x.args) for x in expr.walk(*bodies))
        return () if uses_place else bodies

    def is_masked(self) -> bool:
        """Whether the last step of a contraction may be short of four elements."""
        if not isinstance(self.spec, Contract):
            return False
        steps = self.spec.over[-1]
        return steps % 4 != 0 or steps < UNMASKED_FROM

    def has_layers_along_first_axis(self) -> bool:
        """Whether rows a layer apart differ in their first coordinate only, and it matters.

        It does where the right operand of a product depends on the others: rows share it then.
        """
        column = len(self.output.dims) - 1
        if not isinstance(self.spec, Contract) or column < 2 or self.output.is_large:
            return False
        outer = {expr.axis(i) for i in range(column)}
        shares = not outer.isdisjoint(expr.walk(self.spec.right))
        return shares and self.output.rows_per_layer % prod(self.output.dims[1:-1]) == 0

    def uniform_value(self, name: Any) -> int | float:
        match name:
            case ("inverse", divisor):
                return 1 / self.uniform_value(divisor)
            case ("first axis", "step"):
                return self.output.rows_per_layer // prod(self.output.dims[1:-1])
            case ("layout", "out", field):
                return _layout_value(self.output, field)
            case ("layout", which, field):
                return _layout_value(self.inputs[which], field)
        return self.spec.uniform_value(name)


def _same_rows(one: Layout, other: Layout) -> bool:
    return not one.is_vector and (one.dims[:-1], one.layers) == (other.dims[:-1], other.layers)


def _layout_value(lay: Layout, field: str) -> int:
    if field == "texture_height":
        return size_class("", lay.width, lay.height, lay.layers).height
    return getattr(lay, field)
