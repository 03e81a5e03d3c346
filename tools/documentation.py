"""The reference in dist/docs: a page for each group of public names, made of the docstrings.

Called by tools/website.py. The docstrings are the only source; tools/docstrings.py reads them. The
names of `gossamer.ops` stand in the groups in which Keras has them.
"""

from __future__ import annotations

import html
import json
import re
from dataclasses import dataclass
from pathlib import Path

from tools.cache import write_file
from tools.docstrings import Docstring, Entry, Item, Package
from tools.npm import ROOT

KERAS_OPS = ROOT / "tests" / "oracle" / "keras_ops.json"
OWN, IMAGE = "own", "image"
OPS_TITLES = {
    "core": "Tensors, control flow",
    "numpy": "NumPy's functions",
    "math": "Mathematics",
    "nn": "Neural networks",
    "linalg": "Linear algebra",
    IMAGE: "Images",
    "einops": "Rearranging",
    OWN: "What Keras does not have",
}
OTHERS = {
    "image": "Images, more of them",
    "random": "Random numbers",
    "tree": "Nested structures",
    "config": "Settings",
    "utils": "Utilities",
}
EXAMPLES = "import gossamer as gs; from gossamer import ops, random; import numpy as np"


@dataclass(frozen=True)
class Group:
    """What stands on one page.

    Attributes:
        page: the page's file name, without its ending.
        title: in words.
        prefix: what stands before the names, in code.
        entries: the names.
    """

    page: str
    title: str
    prefix: str
    entries: list[Entry]


def build(target: Path, root: Path = ROOT) -> set[str]:
    """Writes the pages into a folder and returns their names.

    Raises BuildError when a public name has no docstring, or one in another form.
    """
    found = groups(Package(root / "pkg" / "gossamer"))
    pages = {"index.html": _index(found)}
    pages |= {f"{group.page}.html": _group_page(group) for group in found}
    for name, page in pages.items():
        write_file(target / name, page.encode())
    return set(pages)


def groups(package: Package) -> list[Group]:
    """All public names, by page."""
    found = _ops_groups(package)
    for module, title in OTHERS.items():
        name = f"gossamer.{module}"
        if package.has(name):
            entries = _entries(package, name, package.public(name))
            found.append(Group(module, title, name, entries))
    entries = _entries(package, "gossamer", package.public("gossamer"))
    found.append(Group("gossamer", "Tensors, gradients, backends", "gossamer", entries))
    return [group for group in found if group.entries]


def _ops_groups(package: Package) -> list[Group]:
    of_keras: dict[str, list[str]] = json.loads(KERAS_OPS.read_text(encoding="utf-8"))
    names = {*package.public("gossamer.ops")}
    # Keras's own names may come from elsewhere: `custom_gradient` does.
    of_keras_names = [name for listed in of_keras.values() for name in listed]
    names |= {name for name in of_keras_names if package.defines("gossamer.ops", name)}
    group_of = {name: group for group, listed in of_keras.items() for name in listed}
    found = []
    for group, title in OPS_TITLES.items():
        module = "gossamer.ops"
        own = sorted(name for name in names if group_of.get(name, OWN) == group)
        if group == IMAGE and package.has(f"{module}.{IMAGE}"):
            # These stand in the sub-module alone, in Keras too.
            module = f"{module}.{IMAGE}"
            own = sorted(package.public(module))
        found.append(Group(f"ops.{group}", title, module, _entries(package, module, own)))
    return found


def _entries(package: Package, module: str, names: list[str]) -> list[Entry]:
    found = [package.entry(module, name) for name in names]
    return [entry for entry in found if entry is not None]


def _index(found: list[Group]) -> str:
    count = sum(len(group.entries) for group in found)
    sections = [
        f'<section><h2><a href="{group.page}.html">{html.escape(group.title)}</a> '
        f'<code>{group.prefix}</code></h2>\n<ul class="names">\n{_names(group)}</ul></section>'
        for group in found
    ]
    return _page(
        "Reference",
        f"""<header>
<h1>gossamer: reference</h1>
<p>{count} names: what each does, how it is called, what it raises. The functions are those of
Keras&nbsp;3. Examples begin with <code>{EXAMPLES}</code>, and the tests run them.</p>
<nav><a href="../">The demo</a> · <a href="../notebook/">The notebook</a></nav>
</header>
<p class="search" hidden><label for="search">Find a name</label>
<input id="search" type="search" autocomplete="off" autocapitalize="none" spellcheck="false">
<output id="found" for="search"></output></p>
<main>
{"".join(sections)}
</main>""",
        script=True,
    )


def _names(group: Group) -> str:
    return "".join(
        f'<li data-name="{group.prefix}.{entry.name}">'
        f'<a href="{group.page}.html#{entry.name}"><code>{entry.name}</code></a> '
        f"<span>{_inline(entry.docstring.paragraphs[0])}</span></li>\n"
        for entry in group.entries
    )


def _group_page(group: Group) -> str:
    links = " ".join(
        f'<a href="#{entry.name}"><code>{entry.name}</code></a>' for entry in group.entries
    )
    entries = "\n".join(_entry(entry, group.prefix) for entry in group.entries)
    return _page(
        group.title,
        f"""<header>
<nav><a href="./">Reference</a></nav>
<h1>{html.escape(group.title)} <code>{group.prefix}</code></h1>
<nav class="names">{links}</nav>
</header>
<main class="entries">
{entries}
</main>""",
    )


def _entry(entry: Entry, prefix: str) -> str:
    methods = "".join(
        f"<dt><code>{html.escape(one.signature)}</code></dt><dd>{_text(one.docstring)}"
        f"{_sections(one.docstring)}</dd>"
        for one in entry.methods
    )
    listed = f'<h3>Methods</h3><dl class="methods">{methods}</dl>' if methods else ""
    signature = f"{prefix}.{entry.signature or entry.name}"
    return (
        f'<section id="{entry.name}"><h2><a href="#{entry.name}">{entry.name}</a></h2>\n'
        f'<pre class="signature"><code>{html.escape(signature)}</code></pre>\n'
        f"{_text(entry.docstring)}{_sections(entry.docstring)}{listed}</section>"
    )


def _text(docstring: Docstring) -> str:
    first, *others = docstring.paragraphs
    return f'<p class="line">{_inline(first)}</p>' + "".join(map(_paragraph, others))


def _sections(docstring: Docstring) -> str:
    parts = []
    for name, title in (("Args", "Arguments"), ("Attributes", "Attributes")):
        if name in docstring.items:
            parts.append(f"<h3>{title}</h3>{_definitions(docstring.items[name])}")
    for name in ("Returns", "Yields"):
        if name in docstring.texts:
            paragraphs = docstring.texts[name].split("\n\n")
            parts.append(f"<h3>{name}</h3>{''.join(map(_paragraph, paragraphs))}")
    if "Raises" in docstring.items:
        parts.append(f"<h3>Raises</h3>{_definitions(docstring.items['Raises'])}")
    if "Example" in docstring.texts:
        example = html.escape(docstring.texts["Example"])
        parts.append(f'<h3>Example</h3><pre tabindex="0"><code>{example}</code></pre>')
    return "".join(parts)


def _definitions(items: list[Item]) -> str:
    rows = [
        f"<dt><code>{html.escape(item.name)}</code></dt><dd>{_inline(item.text)}</dd>"
        for item in items
    ]
    return f"<dl>{''.join(rows)}</dl>"


def _paragraph(text: str) -> str:
    lead, *points = re.split(r"(?:^|\n)\s*- ", text)
    before = f"<p>{_inline(lead)}</p>" if lead.strip() else ""
    listed = "".join(f"<li>{_inline(point)}</li>" for point in points)
    return before + (f"<ul>{listed}</ul>" if listed else "")


def _inline(text: str) -> str:
    """Text with code between backquotes."""
    joined = re.sub(r"\s+", " ", text.strip())
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", html.escape(joined, quote=False))


def _page(title: str, body: str, script: bool = False) -> str:
    search = '\n  <script src="search.js" defer></script>' if script else ""
    return f"""<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <meta name="color-scheme" content="light dark">
  <meta name="description" content="gossamer's functions, made of their docstrings.">
  <title>gossamer: {html.escape(title)}</title>
  <link rel="icon" href="data:,">
  <link rel="stylesheet" href="../demo/style.css">
  <link rel="stylesheet" href="docs.css">{search}
</head>
<body>
{body}
</body>
</html>
"""
