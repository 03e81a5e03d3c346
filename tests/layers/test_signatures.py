"""Arguments of layers, in Keras's order: scripts give them by position."""

import inspect

import pytest

import gossamer as gs

pytestmark = pytest.mark.cpython_only

GROUPS = ("convolutional", "pooling", "reshaping")
NAMES = [
    member.__name__ for group in GROUPS for member in getattr(gs.layers, group).MEMBERS
]  # fmt: skip


def positional(layer):
    return [
        name
        for name, parameter in inspect.signature(layer.__init__).parameters.items()
        if parameter.kind is parameter.POSITIONAL_OR_KEYWORD
    ]


@pytest.mark.parametrize("name", NAMES)
def test_positions(name, record_property):
    from tests.oracle import keras_library

    theirs = positional(getattr(keras_library.keras.layers, name))
    own = positional(getattr(gs.layers, name))
    # Low-rank adaptation is the base class's in Keras, and by keyword alone.
    assert [n for n in own if not n.startswith("lora_")] == theirs
    assert own[: len(theirs)] == theirs
    record_property("layer signatures as Keras's", 1)
