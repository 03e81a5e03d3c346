"""Where elements lie in textures: every layout holds every element, and finds it again."""

import numpy as np
import pytest

from gossamer.backend.webgl.layout import from_texels, layout_of, to_texels

SHAPES = [
    (), (1,), (3,), (4,), (127,), (128,), (129,), (1000,), (1, 1), (5, 1), (1, 5), (2, 300),
    (3, 300), (7, 33), (8, 33), (9, 33), (100, 100), (2, 3, 4, 5), (33, 1, 7), (2, 1, 1),
    (65, 3, 1),
]  # fmt: skip


@pytest.mark.parametrize("layers", [1, 4, 8])
@pytest.mark.parametrize("shape", SHAPES)
def test_elements_come_back(shape, layers):
    array = np.arange(np.prod(shape, dtype=int), dtype=np.float32).reshape(shape)
    lay = layout_of(shape, layers)
    texels = to_texels(array, lay, "float32")
    assert texels.shape == (lay.layers, lay.width * lay.height * 4)
    assert lay.layers <= layers
    np.testing.assert_array_equal(from_texels(texels, lay, shape), array)


def test_an_unpadded_array_is_not_copied():
    array = np.zeros((256, 256), np.float32)
    texels = to_texels(array, layout_of(array.shape, 8), "float32")
    assert np.shares_memory(texels, array)


def test_a_layer_holds_whole_rows():
    lay = layout_of((100, 37), 8)
    assert lay.stride == lay.rows_per_layer * lay.quads
    assert lay.layers * lay.rows_per_layer >= 100


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ((8, 16), (128,), True),
        ((9, 16), (144,), False),  # nine rows are two a layer, a vector is split evenly
        ((64, 16), (64, 4, 4), True),
        ((64, 16), (8, 8, 16), True),
        ((5, 1), (5,), True),
        ((1, 7), (7,), True),
        ((6, 5), (5, 6), False),
        ((6, 5), (30,), False),
        ((2, 3, 5), (6, 5), True),
    ],
)
def test_reshapes_that_need_no_copy(one, other, alike):
    array = np.arange(np.prod(one), dtype=np.float32)
    here, there = layout_of(one, 8), layout_of(other, 8)
    assert here.lies_like(there) == alike
    if alike:
        texels = to_texels(array.reshape(one), here, "float32")
        np.testing.assert_array_equal(from_texels(texels, there, other), array.reshape(other))
