"""The template of `Scatter`: points, which the device folds where they fall.

A vertex is a step of the scatter: it reads its update and its place, and becomes one point of the
output, which was cleared. Points are blended additively, in the order of their vertices, so that
equal calls give equal sums. A step whose place is outside of the output falls outside of clip
space. A point reaches every layer: it adds its value to its own, and zeros to the others.

Four neighbours move together where they have one place; else each element is a point, which adds
zeros to its neighbours. Blending can keep the largest instead, too, with -inf for zero; but what
it does with NaN is not said, so that this is only for what a kernel makes of coordinates.
"""

from dataclasses import dataclass, replace
from math import prod

from gossamer.backend.webgl import glsl
from gossamer.backend.webgl.emit import LANE, Emitter, lanes_from
from gossamer.backend.webgl.program import Program
from gossamer.backend.webgl.request import Request
from gossamer.kernel import expr, index
from gossamer.kernel.expr import Expr, const, equal, op, select, substitute, uniform, walk
from gossamer.kernel.simplify import simplify
from gossamer.kernel.spec import COMBINE, Scatter

# Up to so many places, each looks at all steps in less time than it takes to draw a point for
# each step: 250 to 1,000 ns against 4 ns, on SwiftShader. On a GPU, too, many points on one place
# wait for each other.
FEW_PLACES = 64


@dataclass(frozen=True)
class PointsProgram(Program):
    """A program with a vertex shader of its own.

    Attributes:
        vertex: the shader, which finds each point and its value.
    """

    vertex: str


def is_for_points(spec: Scatter) -> bool:
    """Whether points can do it, and faster: not all of them fall on the same few places."""
    no_nan = not any(x.op == "load" for x in walk(spec.update))
    can = spec.combine == "add" or (spec.combine == "max" and no_nan)
    return can and spec.output.shape[spec.axis] > FEW_PLACES


def point_count(request: Request) -> int:
    """How many vertices there are to draw."""
    spec = _scatter(request)
    steps = [*spec.output.shape]
    steps[spec.axis] = spec.count
    if _moves_quads(request):
        steps[len(request.output.dims) - 1] = request.output.quads
    return prod(steps)


def build_points(request: Request) -> PointsProgram:
    """Write the program for a scatter that adds floats."""
    return _Template(request).program()


def _scatter(request: Request) -> Scatter:
    assert isinstance(request.spec, Scatter)
    return request.spec


def _moves_quads(request: Request) -> bool:
    """Whether four neighbours have one place."""
    spec, last = _scatter(request), len(request.output.dims) - 1
    return last not in (-1, spec.axis) and expr.axis(last) not in walk(spec.at)


class _Template:
    def __init__(self, request: Request) -> None:
        self.spec = _scatter(request)
        self.layout = request.output
        self.rank = len(self.layout.dims)
        self.moves_quads = _moves_quads(request)
        # A vertex is no place of the output, where an input that lies like it could be read.
        given = [
            replace(one, lies_like_output=False, has_output_rows=False)
            for one in request.given_inputs()
        ]
        self.emitter = Emitter(given, request.output.is_large)
        self.quads = uniform(("layout", "out", "quads"))

    def _step(self) -> list[Expr]:
        """The coordinates of a vertex's step: the output's, and along the axis which step."""
        dims = [expr.out_dim(i) for i in range(len(self.spec.output.shape))]
        dims[self.spec.axis] = expr.reduce_dim(0)
        if self.moves_quads:
            dims[self.rank - 1] = self.quads
        step = list(index.delinear(self.emitter.symbol("v"), dims))
        for i in range(self.rank, len(step)):
            if i != self.spec.axis:
                step[i] = index.ZERO  # of trailing axes there is one
        return step

    def _texel(self, step: list[Expr], at: Expr) -> tuple[Expr, Expr]:
        """The number of the texel that a step falls on, and its own element's place there."""
        where = [at if i == self.spec.axis else step[i] for i in range(self.rank)]
        last = where.pop() if where else index.ZERO
        row = index.linear(tuple(where), [expr.out_dim(i) for i in range(len(where))])
        quad = last if self.moves_quads else last >> 2
        return simplify(row * self.quads + quad), simplify(op("and", last, 3))

    def program(self) -> PointsProgram:
        emitter, spec = self.emitter, self.spec
        step = self._step()
        place = {expr.axis(i): where for i, where in enumerate(step)}
        place[expr.reduce_axis(0)] = step[spec.axis]
        at = simplify(substitute(spec.at, place))
        texel, element = self._texel(step, at)
        if self.moves_quads:
            place[expr.axis(self.rank - 1)] = lanes_from(step[self.rank - 1])
        update = simplify(substitute(spec.update, place))
        nothing = const(COMBINE[spec.combine][update.dtype], update.dtype)
        if not self.moves_quads:
            update = select(equal(element, LANE), update, nothing)
        value = emitter.vector(update)
        inside = emitter.value(index.within(at, expr.out_dim(spec.axis)))
        number = emitter.value(texel)
        stride, width, height = (
            emitter.value(uniform(("layout", "out", field)))
            for field in ("stride", "width", "height")
        )
        vertex = [
            *emitter.blocks[0],
            f"value = {value};",
            f"layer = {number} / {stride};",
            f"int s = {number} - layer * {stride};",
            f"int y = s / {width};",
            # The middle of the texel.
            f"vec2 xy = vec2(2 * (s - y * {width}) + 1, 2 * y + 1);",
            f"vec2 size = vec2({width}, {height});",
            f"gl_Position = vec4({inside} ? xy / size - 1.0 : vec2(2.0), 0.0, 1.0);",
            "gl_PointSize = 1.0;",
        ]
        layers = range(self.layout.layers)
        outputs = [f"layout(location = {k}) out highp vec4 o{k};" for k in layers]
        # A choice and no product: zero times infinity is no zero.
        other = f"vec4({glsl.literal(nothing.attr, nothing.dtype)})"
        stores = [f"o{k} = layer == {k} ? value : {other};" for k in layers]
        between = ["flat {0} highp vec4 value;", "flat {0} highp int layer;"]
        return PointsProgram(
            vertex=_shader(
                [
                    *emitter.declarations(),
                    *[line.format("out") for line in between],
                    *glsl.helpers("\n".join(vertex)),
                ],
                ["int v = gl_VertexID;", *vertex],
            ),
            source=_shader([*[line.format("in") for line in between], *outputs], stores),
            uniforms=tuple(emitter.uniforms),
            textures=tuple(emitter.fetched),
            scalars=tuple(
                (number, glsl.SCALAR[emitter.inputs[number].texel_dtype])
                for number in emitter.scalars
            ),
        )


def _shader(declarations: list[str], body: list[str]) -> str:
    return "\n".join(
        [
            "#version 300 es",
            "precision highp float;",
            "precision highp int;",
            *declarations,
            "void main() {",
            *("  " + line for line in body),
            "}",
            "",
        ]
    )
