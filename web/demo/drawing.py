"""From the strokes of a drawing to an 8x8 picture like those of the UCI digits.

The pictures that the network learns from were not simply scanned: each digit was scaled, sheared
upright and brought to a common amount of ink before it was reduced (see data/README.md). A drawing
is recognised when it is prepared in the same way. Needs only NumPy; page.py calls `picture_of`.
"""

import numpy as np

SIZE = 32  # the bitmap has 32 x 32 pixels; each block of 4 x 4 becomes one pixel of the picture
WIDTH = 20  # a digit fills the height of the bitmap, but only this much of its width
INK = 310  # black pixels in the bitmap of an average digit
MARGIN = 2.5  # from the edge to the middle of the lines: about half of their thickness
LARGEST_STRETCH = 2  # a thin upright stroke stays thin: width and height scale alike, up to this


def picture_of(strokes):
    """The picture of a drawing: how much ink, 0 to 16, each of its 8 x 8 blocks holds.

    `strokes` is a list of strokes, each a list of (x, y) points with y downwards, in any unit.
    """
    return bitmap_of(strokes).reshape(8, 4, 8, 4).sum(axis=(1, 3)).astype(np.uint8)


def bitmap_of(strokes):
    """The 32 x 32 bitmap of a drawing: the INK pixels nearest to the middle of its lines."""
    distance = distance_to(upright(fitted(segments_of(strokes))))
    bitmap = np.zeros(SIZE * SIZE, dtype=bool)
    bitmap[np.argsort(distance, kind="stable")[:INK]] = True
    return bitmap.reshape(SIZE, SIZE)


def segments_of(strokes):
    """All line segments of a drawing: an array (segments, 2 ends, 2 coordinates)."""
    lines = [np.asarray(stroke, dtype=float).reshape(-1, 2) for stroke in strokes]
    # A dot is a segment from a point to itself.
    lines = [line if len(line) > 1 else np.repeat(line, 2, axis=0) for line in lines]
    return np.concatenate([np.stack([line[:-1], line[1:]], axis=1) for line in lines])


def fitted(segments):
    """The segments, scaled and moved to fill the middle of the bitmap, but for the margin."""
    low, high = segments.min(axis=(0, 1)), segments.max(axis=(0, 1))
    scale = (np.array([WIDTH, SIZE]) - 2 * MARGIN) / np.maximum(high - low, 1e-6)
    scale = np.minimum(scale, scale[::-1] * LARGEST_STRETCH)
    return (segments - (low + high) / 2) * scale + SIZE / 2


def upright(segments, band=0.03, steepest=0.6):
    """The segments, sheared until their leftmost points at the top and the bottom are in line."""
    along = np.linspace(0, 1, 9)[:, None, None]
    points = (segments[:, 0] + along * (segments[:, 1] - segments[:, 0])).reshape(-1, 2)
    x, y = points.T
    height = max(np.ptp(y), 1e-6)
    left_at_top = x[y <= y.min() + band * height].min()
    left_at_bottom = x[y >= y.max() - band * height].min()
    slant = np.clip((left_at_bottom - left_at_top) / height, -steepest, steepest)
    middle = (y.min() + y.max()) / 2
    return segments - (segments[..., 1:] - middle) * np.array([slant, 0])


def distance_to(segments):
    """The distance of each of the 32 x 32 pixels from the nearest segment."""
    rows, columns = np.mgrid[:SIZE, :SIZE] + 0.5
    pixels = np.stack([columns.ravel(), rows.ravel()], axis=1)[:, None]
    starts, directions = segments[:, 0], segments[:, 1] - segments[:, 0]
    along = ((pixels - starts) * directions).sum(-1) / np.maximum((directions**2).sum(-1), 1e-9)
    nearest = starts + np.clip(along, 0, 1)[..., None] * directions
    return np.linalg.norm(pixels - nearest, axis=-1).min(axis=1)
