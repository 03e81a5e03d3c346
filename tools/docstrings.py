"""Public names of a package with their signatures and docstrings, read from its source.

tools/documentation.py makes pages of them. Nothing is imported: the build's interpreter need not
have NumPy. A docstring has the form that docs of this project have: a paragraph, further ones, then
sections (`Args:`, `Returns:`, `Raises:`, `Attributes:`, `Example:`), indented.
"""

from __future__ import annotations

import ast
import functools
import inspect
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from tools.errors import BuildError

SECTIONS = ("Args", "Attributes", "Returns", "Yields", "Raises", "Example")
_HEADING = re.compile(rf"^({'|'.join(SECTIONS)}):$")
_ITEM = re.compile(r"^(\*{0,2}[\w.]+(?:, \*{0,2}[\w.]+)*): (.*)$")
Function = ast.FunctionDef | ast.AsyncFunctionDef


class Item(NamedTuple):
    """An argument and what it is, or an error and when it is raised."""

    name: str
    text: str


@dataclass(frozen=True)
class Docstring:
    """A docstring, taken apart.

    Attributes:
        paragraphs: the text, the first paragraph being the one line; lists begin with "- ".
        items: those of `Args`, `Attributes` and `Raises`, by section.
        texts: what the other sections say, by section.
    """

    paragraphs: list[str]
    items: dict[str, list[Item]]
    texts: dict[str, str]


@dataclass(frozen=True)
class Entry:
    """A public name.

    Attributes:
        name: as it is called within its module.
        signature: how it is called; empty for what is no function and no class.
        docstring: what its docstring says.
        methods: those of a class that have a docstring.
    """

    name: str
    signature: str
    docstring: Docstring
    methods: tuple[Entry, ...] = ()


class Package:
    """The modules of a package, each read when it is first needed.

    Args:
        folder: the package's own folder, whose name is that of the package.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._module = functools.cache(self._read)

    def has(self, module: str) -> bool:
        """Whether there is a module of this name."""
        return self._path(module) is not None

    def public(self, module: str) -> list[str]:
        """The names in a module's `__all__`; else those that it imports from its own modules."""
        names = []
        for node in self._module(module).body:
            if isinstance(node, ast.Assign) and _is_name(node.targets[0], "__all__"):
                return list(ast.literal_eval(node.value))
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(f"{module}."):
                names += [alias.asname or alias.name for alias in node.names]
        return sorted(names)

    def defines(self, module: str, name: str) -> bool:
        """Whether a module has a name, and it is not that of a module."""
        return self._definition(module, name) is not None and not self._is_module(module, name)

    def entry(self, module: str, name: str) -> Entry | None:
        """A name of a module; None if it is that of a module.

        Raises BuildError if it is not there, or has no docstring.
        """
        return None if self._is_module(module, name) else self._entry(module, name, name)

    def _is_module(self, module: str, name: str) -> bool:
        found = self._definition(module, name)
        if isinstance(found, ast.ImportFrom) and found.module is not None:
            source = _imported(found, name)
            return self.has(f"{found.module}.{source}") and (
                found.module == module or self._is_module(found.module, source)
            )
        return found is None and self.has(f"{module}.{name}")

    def _entry(self, module: str, name: str, public_name: str) -> Entry:
        """The entry of a name, which may come from another module."""
        found = self._definition(module, name)
        methods: tuple[Entry, ...] = ()
        signature = ""
        match found:
            case ast.ImportFrom(module=str(source)):
                return self._entry(source, _imported(found, name), public_name)
            case ast.Assign(value=ast.Name(id=other)):
                return self._entry(module, other, public_name)
            case ast.Expr():
                text = ast.literal_eval(found.value)
            case ast.ClassDef():
                text, signature = ast.get_docstring(found), _class_signature(found)
                methods = tuple(_methods(found))
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                text, signature = ast.get_docstring(found), _signature(found, public_name)
            case ast.Assign():
                text = None
            case _:
                raise BuildError(f"{module}.{name} is public, and its definition was not found.")
        if not text:
            raise BuildError(f"{module}.{name} is public and has no docstring.")
        return Entry(public_name, signature, parsed(text, f"{module}.{name}"), methods)

    def _definition(
        self, module: str, name: str
    ) -> Function | ast.ClassDef | ast.ImportFrom | ast.Assign | ast.Expr | None:
        """The last statement of a module that gives the name a meaning.

        For a value it is the docstring below it, where there is one.
        """
        body = self._module(module).body
        for node, after in reversed(list(zip(body, [*body[1:], None], strict=True))):
            if isinstance(node, Function | ast.ClassDef) and node.name == name:
                return node
            if isinstance(node, ast.ImportFrom) and any(
                name == (alias.asname or alias.name) for alias in node.names
            ):
                return node
            if isinstance(node, ast.Assign) and _is_name(node.targets[0], name):
                is_text = isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant)
                return after if is_text and isinstance(after, ast.Expr) else node
        return None

    def _path(self, module: str) -> Path | None:
        parts = module.split(".")
        if parts[0] != self._folder.name:
            return None
        path = self._folder.joinpath(*parts[1:])
        return next(
            (x for x in (path / "__init__.py", path.with_suffix(".py")) if x.is_file()), None
        )

    def _read(self, module: str) -> ast.Module:
        path = self._path(module)
        if path is None:
            raise BuildError(f"Expected a module of {self._folder}. Received: {module}")
        return ast.parse(path.read_text(encoding="utf-8"))


def _imported(node: ast.ImportFrom, name: str) -> str:
    """What a name is called where it is imported from."""
    return next(alias.name for alias in node.names if name == (alias.asname or alias.name))


def _is_name(node: ast.expr, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name


def _signature(function: Function, name: str = "", bound: bool = False) -> str:
    """How a function is called: names and defaults, no annotations."""
    arguments = function.args
    positional = [*arguments.posonlyargs, *arguments.args]
    defaults = [None] * (len(positional) - len(arguments.defaults)) + arguments.defaults
    parts = [_argument(one, default) for one, default in zip(positional, defaults, strict=True)]
    if bound:
        del parts[0]
    if arguments.vararg:
        parts.append(f"*{arguments.vararg.arg}")
    elif arguments.kwonlyargs:
        parts.append("*")
    parts += [
        _argument(one, default)
        for one, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
    ]
    if arguments.kwarg:
        parts.append(f"**{arguments.kwarg.arg}")
    prefix = "await " if isinstance(function, ast.AsyncFunctionDef) else ""
    return f"{prefix}{name or function.name}({', '.join(parts)})"


def _argument(argument: ast.arg, default: ast.expr | None) -> str:
    return argument.arg if default is None else f"{argument.arg}={ast.unparse(default)}"


def _class_signature(node: ast.ClassDef) -> str:
    for inner in node.body:
        if isinstance(inner, ast.FunctionDef) and inner.name == "__init__":
            return _signature(inner, node.name, bound=True)
    return node.name


def _methods(node: ast.ClassDef) -> Iterator[Entry]:
    """The public methods and properties that have a docstring."""
    for inner in node.body:
        if not isinstance(inner, Function) or inner.name.startswith("_"):
            continue
        text = ast.get_docstring(inner)
        kinds = {x.id for x in inner.decorator_list if isinstance(x, ast.Name)}
        if text:
            is_property = "property" in kinds
            signature = _signature(inner, bound="staticmethod" not in kinds)
            yield Entry(inner.name, inner.name if is_property else signature, parsed(text))


def parsed(text: str, where: str = "a docstring") -> Docstring:
    """Takes a docstring apart; `where` it stands is for the BuildError that it may raise."""
    blocks: dict[str, list[str]] = {"": []}
    section = ""
    for line in inspect.cleandoc(text).splitlines():
        heading = _HEADING.match(line)
        if heading:
            section = heading[1]
            blocks[section] = []
        else:
            if section and line[:1].strip():  # not indented: the text goes on
                section = ""
                blocks[""].append("")
            blocks[section].append(line)
    bodies = {name: inspect.cleandoc("\n" + "\n".join(lines)) for name, lines in blocks.items()}
    paragraphs = [one for one in bodies.pop("").split("\n\n") if one.strip()]
    listed = {name: bodies.pop(name) for name in ("Args", "Attributes", "Raises") if name in bodies}
    return Docstring(
        paragraphs=[_lines_joined(paragraph) for paragraph in paragraphs],
        items={name: _items(body, where) for name, body in listed.items()},
        texts=bodies,
    )


def _lines_joined(paragraph: str) -> str:
    """A paragraph on one line, or one a point of its list."""
    return re.sub(r"\n(?!\s*- )\s*", " ", paragraph.strip())


def _items(body: str, where: str) -> list[Item]:
    """`name: text`, with further lines of the text indented."""
    items: list[Item] = []
    for line in body.splitlines():
        found = _ITEM.match(line)
        if found:
            items.append(Item(found[1], found[2]))
        elif line.strip():
            if not items:
                raise BuildError(f"Expected `name: text` in {where}. Received: {line!r}")
            items[-1] = Item(items[-1].name, f"{items[-1].text} {line.strip()}")
    return items
