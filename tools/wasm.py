"""A small editor for the sections of a WebAssembly module, and the cure that NumPy needs.

Called by numpy_wheel. It may know of the binary format and of nothing else.

The cure. The NumPy on npm imports a C function `backtrace(void **frames, int size)`, which
Pyodide lacks. NumPy asks it, whenever it could reuse the memory of a temporary of 256 KB or more,
whether the caller is Python itself; the unresolved call kills the interpreter. A side module's
own exports resolve its imports, so one more export is enough: the name `backtrace` for one of the
module's functions whose whole body is `i32.const 0`. Zero frames means "do not reuse" to NumPy.
No instruction is touched. The function may take another number of arguments: Emscripten's loader
binds such an import through JavaScript, which drops arguments too many and fills in zeros.
"""

from __future__ import annotations

from collections.abc import Container, Iterator
from dataclasses import dataclass

MAGIC = b"\0asm\1\0\0\0"
CUSTOM, TYPE, IMPORT, FUNCTION, EXPORT, CODE = 0, 1, 2, 3, 7, 10
FUNCTION_KIND = 0
I32 = b"\x7f"
RETURNS_ZERO = b"\x00" + b"\x41\x00" + b"\x0b"  # no locals; i32.const 0; end


@dataclass(frozen=True)
class Section:
    """One section: its number and its bytes without number and length."""

    number: int
    content: bytes


class Reader:
    """Reads the format's integers and strings one after another."""

    def __init__(self, content: bytes) -> None:
        self.content = content
        self.position = 0

    def byte(self) -> int:
        self.position += 1
        return self.content[self.position - 1]

    def unsigned(self) -> int:
        """An unsigned LEB128 integer: seven bits a byte, lowest first."""
        value = shift = 0
        while True:
            byte = self.byte()
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                return value
            shift += 7

    def take(self, count: int) -> bytes:
        self.position += count
        if self.position > len(self.content):
            raise ValueError(f"The module ends in the middle of a section. Received: {count} bytes")
        return self.content[self.position - count : self.position]

    def text(self) -> str:
        return self.take(self.unsigned()).decode()


def unsigned(value: int) -> bytes:
    """value as unsigned LEB128."""
    encoded = bytearray()
    while value >= 0x80:
        encoded.append(value & 0x7F | 0x80)
        value >>= 7
    encoded.append(value)
    return bytes(encoded)


def sections(module: bytes) -> list[Section]:
    """The module's sections in order; raises ValueError when it is no WebAssembly module."""
    if module[: len(MAGIC)] != MAGIC:
        raise ValueError(f"Expected a WebAssembly module of version 1. Received: {module[:8]!r}")
    reader = Reader(module)
    reader.take(len(MAGIC))
    found = []
    while reader.position < len(module):
        number = reader.byte()
        found.append(Section(number, reader.take(reader.unsigned())))
    return found


def join(parts: list[Section]) -> bytes:
    """The module that these sections make."""
    return MAGIC + b"".join(
        bytes([part.number]) + unsigned(len(part.content)) + part.content for part in parts
    )


def custom_name(section: Section) -> str | None:
    """The name of a custom section, None for any other."""
    return Reader(section.content).text() if section.number == CUSTOM else None


def without_custom_sections(module: bytes, keep: Container[str]) -> bytes:
    """The module without names, producers and other notes, but for the custom sections to keep."""
    return join(
        [part for part in sections(module) if part.number != CUSTOM or custom_name(part) in keep]
    )


def exports(module: bytes) -> dict[str, int]:
    """Exported functions: name and index."""
    found = {}
    for part in sections(module):
        if part.number == EXPORT:
            reader = Reader(part.content)
            for _ in range(reader.unsigned()):
                name, kind, index = reader.text(), reader.byte(), reader.unsigned()
                if kind == FUNCTION_KIND:
                    found[name] = index
    return found


def imported_functions(module: bytes) -> list[str]:
    """Names of the imported functions, in the order of their indices."""
    names = []
    for part in sections(module):
        if part.number == IMPORT:
            names += [name for name, kind in _imports(part.content) if kind == FUNCTION_KIND]
    return names


def export_zero_function(module: bytes, name: str) -> bytes:
    """The module with one more export: a function of integers that does nothing but return 0.

    Raises ValueError when the module already exports the name, or has no such function.
    """
    if name in exports(module):
        raise ValueError(f"The module already exports that name. Received: name={name!r}")
    parts = sections(module)
    content = {part.number: part.content for part in parts if part.number != CUSTOM}
    types = list(_types(content[TYPE]))
    type_of = list(_vector_of_unsigned(content[FUNCTION]))
    bodies = list(_bodies(content[CODE]))
    first_defined = len(imported_functions(module))
    for place, (type_index, body) in enumerate(zip(type_of, bodies, strict=True)):
        if body == RETURNS_ZERO and _integers_to_integer(types[type_index]):
            index = first_defined + place
            break
    else:
        raise ValueError(f"No function of integers just returns 0. Received: name={name!r}")
    reader = Reader(content[EXPORT])
    count = reader.unsigned()
    entry = unsigned(len(name)) + name.encode() + bytes([FUNCTION_KIND]) + unsigned(index)
    grown = unsigned(count + 1) + content[EXPORT][reader.position :] + entry
    return join([Section(EXPORT, grown) if part.number == EXPORT else part for part in parts])


def _imports(content: bytes) -> Iterator[tuple[str, int]]:
    """Name and kind of each import; skips what follows the kind, which has its own shape."""
    reader = Reader(content)
    for _ in range(reader.unsigned()):
        reader.text()
        name, kind = reader.text(), reader.byte()
        if kind == 0:  # function: type index
            reader.unsigned()
        elif kind == 1:  # table: element type, limits
            reader.byte()
            _skip_limits(reader)
        elif kind == 2:  # memory: limits
            _skip_limits(reader)
        elif kind == 3:  # global: value type, mutability
            reader.take(2)
        elif kind == 4:  # exception tag: attribute, type index
            reader.byte()
            reader.unsigned()
        else:
            raise ValueError(f"Unknown kind of import. Received: kind={kind}, name={name!r}")
        yield name, kind


def _skip_limits(reader: Reader) -> None:
    has_maximum = reader.byte() & 1
    reader.unsigned()
    if has_maximum:
        reader.unsigned()


def _types(content: bytes) -> Iterator[bytes]:
    """Each function type as its bytes: 0x60, parameters, results."""
    reader = Reader(content)
    for _ in range(reader.unsigned()):
        start = reader.position
        if reader.byte() != 0x60:
            raise ValueError(f"Expected a function type. Received: {content[start]:#x}")
        reader.take(reader.unsigned())
        reader.take(reader.unsigned())
        yield content[start : reader.position]


def _integers_to_integer(function_type: bytes) -> bool:
    """Whether all parameters are i32 and there is one result, an i32."""
    parameters = function_type[2:-2]
    return function_type[-2:] == b"\x01" + I32 and parameters == I32 * len(parameters)


def _vector_of_unsigned(content: bytes) -> Iterator[int]:
    reader = Reader(content)
    for _ in range(reader.unsigned()):
        yield reader.unsigned()


def _bodies(content: bytes) -> Iterator[bytes]:
    """The body of each defined function: its locals and instructions."""
    reader = Reader(content)
    for _ in range(reader.unsigned()):
        yield reader.take(reader.unsigned())
