"""JSON is measured before it is parsed."""

import pytest

from gossamer.saving import json_text


def test_depth_is_that_of_brackets_not_of_text() -> None:
    deepest = "[" * 200 + "]" * 200
    assert json_text.parse(deepest) is not None
    assert json_text.parse('{"[[[\\"{{{": "' + "[" * 10_000 + '"}') is not None
    for text in ("[" * 201 + "]" * 201, b"[" * 10_000_000, '{"a":' * 100_000):
        with pytest.raises(ValueError, match=r"levels.*Received"):
            json_text.parse(text)


def test_broken_text() -> None:
    for text in (b"", b"{", b'"', b'{"a": "\\', b"\xff\xfe", b"nul"):
        with pytest.raises(ValueError, match=r"."):
            json_text.parse(text)


def test_names_that_come_twice() -> None:
    assert json_text.parse('{"a": 1, "a": 2}', lambda pairs: len(pairs)) == 2
