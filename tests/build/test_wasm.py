"""The editor for WebAssembly modules, on a module small enough to write by hand."""

from __future__ import annotations

import pytest

from tools import wasm

# (type (func (param i32 i32) (result i32))), (func (param f32) (result i32));
# (import "env" "log" (func 0)); func 1: local.get 0; func 2, type 1: i32.const 0;
# func 3, type 0: i32.const 0; (export "first" (func 1)); a custom section.
HAND_WRITTEN = wasm.join(
    [
        wasm.Section(wasm.TYPE, bytes.fromhex("02 6002 7f7f 017f 6001 7d 017f")),
        wasm.Section(wasm.IMPORT, b"\x01\x03env\x03log\x00\x00"),
        wasm.Section(wasm.FUNCTION, bytes.fromhex("03 00 01 00")),
        wasm.Section(wasm.EXPORT, b"\x01\x05first\x00\x01"),
        wasm.Section(wasm.CODE, bytes.fromhex("03 0400 2000 0b 0400 4100 0b 0400 4100 0b")),
        wasm.Section(wasm.CUSTOM, b"\x04nameabc"),
        wasm.Section(wasm.CUSTOM, b"\x08dylink.0x"),
    ]
)


@pytest.mark.parametrize(
    ("value", "encoded"), [(0, "00"), (127, "7f"), (128, "8001"), (624485, "e58e26")]
)
def test_unsigned_round_trip(value: int, encoded: str) -> None:
    assert wasm.unsigned(value).hex() == encoded
    assert wasm.Reader(bytes.fromhex(encoded)).unsigned() == value


def test_sections_join_to_the_same_module() -> None:
    assert wasm.join(wasm.sections(HAND_WRITTEN)) == HAND_WRITTEN


def test_export_names_a_function_of_integers_that_returns_zero() -> None:
    cured = wasm.export_zero_function(HAND_WRITTEN, "backtrace")
    # Function 2 returns zero as well but takes a float; index 0 is the import.
    assert wasm.exports(cured) == {"first": 1, "backtrace": 3}
    assert len(cured) == len(HAND_WRITTEN) + len("backtrace") + 3
    before = [part for part in wasm.sections(HAND_WRITTEN) if part.number != wasm.EXPORT]
    assert [part for part in wasm.sections(cured) if part.number != wasm.EXPORT] == before


def test_export_refuses_a_name_twice() -> None:
    with pytest.raises(ValueError, match="Received: name='first'"):
        wasm.export_zero_function(HAND_WRITTEN, "first")


def test_export_refuses_without_such_a_function() -> None:
    parts = [
        wasm.Section(wasm.CODE, part.content.replace(b"\x41\x00", b"\x41\x01"))
        if part.number == wasm.CODE
        else part
        for part in wasm.sections(HAND_WRITTEN)
    ]
    with pytest.raises(ValueError, match="Received: name='backtrace'"):
        wasm.export_zero_function(wasm.join(parts), "backtrace")


def test_custom_sections_are_dropped_but_for_those_kept() -> None:
    trimmed = wasm.without_custom_sections(HAND_WRITTEN, keep=("dylink.0",))
    names = [wasm.custom_name(part) for part in wasm.sections(trimmed)]
    assert [name for name in names if name] == ["dylink.0"]


@pytest.mark.parametrize("module", [b"", b"MZ\x90\x00", wasm.MAGIC + b"\x01\x7f\x00"])
def test_what_is_no_module_is_refused(module: bytes) -> None:
    with pytest.raises(ValueError, match="Received: "):
        wasm.sections(module)
