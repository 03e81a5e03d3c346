"""A loss curve as inline SVG, one line per backend, in the colours of the page's style sheet.

The vertical axis is logarithmic, because a loss falls by factors. Used by page.py.
"""

import math

from js import document

NAMESPACE = "http://www.w3.org/2000/svg"


class Chart:
    """Draws into an `<svg>` element; `epochs` is the number of epochs that its width stands for."""

    WIDTH, HEIGHT = 480, 290
    LEFT, RIGHT, TOP, BOTTOM = 40, 12, 10, 26  # room for the labels around the curve
    LOWEST, HIGHEST = 0.001, 4.0  # losses

    def __init__(self, svg, epochs):
        self.svg = svg
        self.epochs = epochs
        self.points = {}
        self.lines = {}
        svg.setAttribute("viewBox", f"0 0 {self.WIDTH} {self.HEIGHT}")
        for loss in (0.001, 0.01, 0.1, 1):
            self._grid(self._x(0), self._y(loss), self._x(epochs), self._y(loss))
            self._label(self.LEFT - 6, self._y(loss) + 4, f"{loss:g}", "end")
        for epoch in range(0, epochs + 1, 10):
            text = str(epoch) if epoch else "epochs"
            self._label(self._x(epoch), self.HEIGHT - 8, text, "middle")

    def start(self, name):
        """Begins the line of a backend anew."""
        if name not in self.lines:
            self.lines[name] = self._add("polyline", **{"class": f"curve {name}"})
        self.points[name] = []
        self.lines[name].setAttribute("points", "")

    def add(self, name, epoch, loss):
        """Carries the line of a backend on to the loss of an epoch."""
        self.points[name].append(f"{self._x(epoch):.1f},{self._y(loss):.1f}")
        self.lines[name].setAttribute("points", " ".join(self.points[name]))

    def _x(self, epoch):
        return self.LEFT + (self.WIDTH - self.LEFT - self.RIGHT) * epoch / self.epochs

    def _y(self, loss):
        loss = min(max(loss, self.LOWEST), self.HIGHEST)
        share = math.log(self.HIGHEST / loss) / math.log(self.HIGHEST / self.LOWEST)
        return self.TOP + (self.HEIGHT - self.TOP - self.BOTTOM) * share

    def _grid(self, x1, y1, x2, y2):
        self._add("line", **{"class": "grid", "x1": x1, "y1": y1, "x2": x2, "y2": y2})

    def _label(self, x, y, text, anchor):
        label = self._add("text", **{"x": x, "y": y, "text-anchor": anchor})
        label.textContent = text

    def _add(self, kind, **attributes):
        shape = document.createElementNS(NAMESPACE, kind)
        for name, value in attributes.items():
            shape.setAttribute(name, str(value))
        self.svg.appendChild(shape)
        return shape
