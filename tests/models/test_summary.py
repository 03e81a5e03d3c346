"""`Model.summary` says what Keras's says."""

from __future__ import annotations

from typing import Any

import pytest

import gossamer as gs
from tests.models.builds import BUILDS


def text_of(model: Any, **arguments: Any) -> str:
    lines: list[str] = []
    model.summary(print_fn=lines.append, **arguments)
    return "\n".join(lines)


@pytest.mark.cpython_only
@pytest.mark.parametrize("name", BUILDS)
@pytest.mark.parametrize("arguments", [{}, {"expand_nested": True, "show_trainable": True}])
def test_as_keras(name: str, arguments: dict[str, Any], monkeypatch: Any) -> None:
    from tests.oracle.keras_library import keras

    monkeypatch.setenv("COLUMNS", "200")
    keras.utils.clear_session(free_memory=False)
    gs.utils.clear_session(free_memory=False)
    own = text_of(BUILDS[name](gs), line_length=170, **arguments)
    theirs = text_of(BUILDS[name](keras), line_length=170, **arguments)
    assert _words(own) == _words(theirs)


def _words(text: str) -> list[str]:
    """Without the frame and the places where lines end."""
    return sorted("".join(c if c not in "│┃━─┏┓┡┩┳╇├┤┼└┘┴" else " " for c in text).split())


def test_in_a_row() -> None:
    model = gs.Sequential([gs.Input((4,)), gs.layers.Dense(3, name="a")], name="stack")
    assert text_of(model, line_length=60).splitlines() == [
        'Model: "stack"',
        "┏━━━━━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━┓",
        "┃ Layer (type)             ┃ Output Shape       ┃   Param # ┃",
        "┡━━━━━━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━┩",
        "│ a (Dense)                │ (None, 3)          │        15 │",
        "└──────────────────────────┴────────────────────┴───────────┘",
        " Total params: 15 (60.00 B)",
        " Trainable params: 15 (60.00 B)",
        " Non-trainable params: 0 (0.00 B)",
    ]
