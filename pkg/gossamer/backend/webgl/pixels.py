"""Pictures as tensors and tensors as pictures, drawn on the device. See `pixels.js`.

These two programs are written by hand, as they sample and fill what is no tensor: pixels.
"""

from functools import cache
from importlib import resources
from typing import Any

import numpy as np
from pyodide.code import run_js

from gossamer.backend.webgl import glsl
from gossamer.backend.webgl.device import raising
from gossamer.backend.webgl.layout import Layout, layout_of
from gossamer.backend.webgl.planner import size_class_of
from gossamer.backend.webgl.storage import TEXEL_DTYPE, decoder, kind_of
from gossamer.backend.webgl.texture import Texture
from gossamer.kernel.expr import BOOL, FLOAT, INT
from gossamer.kernel.spec import COMPUTE_DTYPE, TensorSpec

# A tensor's elements from a picture's: `u[0]` is the tensor's layout, `u[1]` the picture's width
# and how many channels are taken of it.
_PUT = """\
#version 300 es
precision highp float;
precision highp int;
uniform highp sampler2D picture;
uniform ivec4 u[2];
{outputs}
{vector} texel(int t) {{
  int row = t / u[0].y;
  int first = row * u[0].x + (t - row * u[0].y) * 4;
  {vector} found;
  for (int lane = 0; lane < 4; ++lane) {{
    int element = first + lane;
    int pixel = element / u[1].y;
    int y = pixel / u[1].x;
    vec4 color = texelFetch(picture, ivec2(pixel - y * u[1].x, y), 0);
    found[lane] = {scalar}(color[element - pixel * u[1].y] * 255.0 + 0.5);
  }}
  return {whole};
}}
void main() {{
  ivec2 xy = ivec2(gl_FragCoord.xy);
  int s = xy.y * u[0].w + xy.x;
{stores}
}}
"""

# A canvas' pixels from a tensor's elements: `u[0]` is the tensor's layout, `u[1]` width, height and
# channels, and what an integer is multiplied by. The first row of a canvas is the uppermost.
_DRAW = """\
#version 300 es
precision highp float;
precision highp int;
uniform highp {sampler} t0;
uniform ivec4 u[2];
out highp vec4 color;
{helpers}
float part(int i) {{
  int row = i / u[0].x;
  int column = i - row * u[0].x;
  int t = row * u[0].y + (column >> 2);
  int layer = t / u[0].z;
  int s = t - layer * u[0].z;
  int y = s / u[0].w;
  {scalar} x = {decoder}(texelFetch(t0, ivec3(s - y * u[0].w, y, layer), 0))[column & 3];
  return {byte} / 255.0;
}}
void main() {{
  ivec2 xy = ivec2(gl_FragCoord.xy);
  int channels = u[1].z;
  int i = ((u[1].y - 1 - xy.y) * u[1].x + xy.x) * channels;
  color = vec4(vec3(part(i)), 1.0);
  if (channels > 1) color.yz = vec2(part(i + 1), part(i + 2));
  if (channels > 3) color.w = part(i + 3);
}}
"""
_BYTE = {
    # Half up, as NumPy's cast of x * 255 + 0.5; a NaN is not greater than zero.
    "float32": "floor((x > 0.0 ? min(x, 1.0) : 0.0) * 255.0 + 0.5)",
    "int32": "float(clamp(x * u[1].w, 0, 255))",
    "uint32": "float(min(x, 255u))",
}


class Pixels:
    """The programs of one device that move pixels."""

    def __init__(self, backend: Any) -> None:
        self._backend = backend
        self._device = backend.device
        script = resources.files(__package__).joinpath("pixels.js").read_text(encoding="utf-8")
        moved = run_js(script)(self._device)
        self._canvas = moved.canvas
        self._draw_picture = raising(moved.drawPicture)
        self._draw_canvas = raising(moved.drawCanvas)
        self._programs: dict[tuple[str, str, int], int] = {}

    def put(self, picture: Any, spec: TensorSpec) -> Texture:
        """A texture with the first channels of a picture, whose size is that of `spec`."""
        largest = self._device.textureSize
        height, width, channels = spec.shape
        if max(height, width) > largest:
            raise ValueError(
                f"Expected at most {largest} x {largest} pixels on this device. "
                f"Received: {width} x {height}"
            )
        lay = self._layout(spec)
        program = self._program("put", spec.dtype, lay.layers)
        texture = Texture(self._backend.pool, size_class_of(spec, lay, self._backend.floats))
        plan = self._plan(program, lay, [width, channels, 0, 0], lay.width, lay.height)
        try:
            self._draw_picture(plan, texture.number, picture)
        finally:
            self._device.dropPlan(plan)
        counts = self._device.counts
        counts.uploads += 1
        counts.upload_bytes += height * width * 4
        return texture

    def draw(self, texture: Texture, spec: TensorSpec) -> Any:
        """The device's canvas, with a tensor's elements as pixels, to be taken from it at once."""
        height, width = spec.shape[:2]
        channels = spec.shape[2] if len(spec.shape) == 3 else 1
        factor = 255 if spec.dtype == "bool" else 1
        program = self._program("draw", spec.dtype, 1)
        numbers = [width, height, channels, factor]
        plan = self._plan(program, self._layout(spec), numbers, width, height)
        try:
            fits = self._draw_canvas(plan, texture.on_device(), width, height)
        finally:
            self._device.dropPlan(plan)
        if not fits:
            raise ValueError(
                "Expected a picture that fits the largest canvas of this device. "
                f"Received: {width} x {height} pixels"
            )
        return self._canvas

    def _layout(self, spec: TensorSpec) -> Layout:
        return layout_of(spec.shape, self._backend.layers)

    def _program(self, task: str, dtype: str, layers: int) -> int:
        key = (task, dtype, layers)
        if key not in self._programs:
            if task == "put":
                source = _put_source(dtype, layers, self._backend.floats)
                self._programs[key] = self._device.compile(source, "", "")
            else:
                source = _draw_source(dtype, self._backend.floats)
                self._programs[key] = self._device.compile(source, "t0", "")
        return self._programs[key]

    def _plan(self, program: int, lay: Layout, numbers: list[int], width: int, height: int) -> int:
        place = [lay.inner, lay.quads, lay.stride, lay.width]
        return self._device.plan(program, np.array([*place, *numbers], np.int32), width, height)


def _computed(dtype: str) -> str:
    """In which dtype a program has the elements: bools are integers here."""
    compute = COMPUTE_DTYPE[dtype]
    return INT if compute == BOOL else compute


def _put_source(dtype: str, layers: int, floats: str) -> str:
    compute, texel = _computed(dtype), TEXEL_DTYPE[kind_of(dtype, floats)]
    encoder = "floatBitsToUint" if compute == FLOAT != texel else ""
    return _PUT.format(
        vector=glsl.VECTOR[compute],
        scalar=glsl.SCALAR[compute],
        whole="floor(found)" if compute == FLOAT else "found",
        outputs="\n".join(
            f"layout(location = {layer}) out highp {glsl.VECTOR[texel]} o{layer};"
            for layer in range(layers)
        ),
        stores="\n".join(
            f"  o{layer} = {encoder}(texel(s + {layer} * u[0].z));" for layer in range(layers)
        ),
    )


def _draw_source(dtype: str, floats: str) -> str:
    compute, decode = _computed(dtype), decoder(dtype, floats)
    return _DRAW.format(
        sampler=glsl.SAMPLER[TEXEL_DTYPE[kind_of(dtype, floats)]],
        helpers="\n".join(glsl.helpers(f"{decode}(")),
        decoder=decode,
        scalar=glsl.SCALAR[compute],
        byte=_BYTE[compute],
    )


@cache
def pixels_of(backend: Any) -> Pixels:
    """The backend's, made once."""
    return Pixels(backend)
