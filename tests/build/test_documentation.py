"""The reference: all public names are in it, as their docstrings have them; it can be searched."""

from __future__ import annotations

import inspect
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from playwright.sync_api import Page

import gossamer as gs
from tools import docstrings, documentation
from tools.docstrings import Item, Package
from tools.errors import BuildError
from tools.npm import ROOT


class Links(HTMLParser):
    """The ids and the addresses in a page, whose tags must be closed in the order of opening."""

    VOID = frozenset({"meta", "link", "input"})

    def __init__(self, page: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.addresses: list[str] = []
        self._open: list[str] = []
        self.feed(page)
        assert self._open == []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        named = dict(attributes)
        self.ids += [named["id"] or ""] if "id" in named else []
        self.addresses += [named[name] or "" for name in ("href", "src") if name in named]
        if tag not in self.VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Links]:
    folder = tmp_path_factory.mktemp("site") / "docs"
    written = documentation.build(folder)
    assert {path.name for path in folder.iterdir()} == written
    return {name: Links((folder / name).read_text()) for name in written}


def _names(module: object) -> set[str]:
    """The public functions of a module, as Python sees them when it has run."""
    return {
        name
        for name, x in vars(module).items()
        if inspect.isfunction(x) and not name.startswith("_")
    }


def test_every_public_name_has_its_place(pages: dict[str, Links]) -> None:
    of_ops = {x for name, page in pages.items() if name.startswith("ops.") for x in page.ids}
    assert _names(gs.ops) <= of_ops
    assert set(gs.ops.image.__all__) <= set(pages["ops.image.html"].ids)
    assert set(gs.random.__all__) <= set(pages["random.html"].ids)
    assert set(gs.tree.__all__) <= set(pages["tree.html"].ids)
    assert _names(gs.config) - {"current_backend", "why"} <= set(pages["config.html"].ids)
    own = {name for name in gs.__all__ if not inspect.ismodule(getattr(gs, name))}
    assert own | {"backend"} <= set(pages["gossamer.html"].ids)
    assert {"ops", "layers", "dtypes"}.isdisjoint(pages["gossamer.html"].ids)


def test_each_name_stands_once_and_links_lead_somewhere(pages: dict[str, Links]) -> None:
    for page in pages.values():
        assert len(page.ids) == len(set(page.ids))
        for address in page.addresses:
            name, _, anchor = address.partition("#")
            if not name or name in pages:
                assert not anchor or anchor in (pages[name] if name else page).ids, address
            elif name not in ("./", "data:,"):
                missing = ("../", "../notebook/")  # they are made by other steps
                folder = ROOT / "web" / "docs"
                assert name in missing or (folder / name).resolve().is_file(), name


def test_signatures_are_those_of_the_functions() -> None:
    package = Package(ROOT / "pkg" / "gossamer")
    for group in documentation.groups(package):
        module = gs
        for part in group.prefix.split(".")[1:]:
            module = getattr(module, part)
        for entry in group.entries:
            function = getattr(module, entry.name)
            if inspect.isfunction(function):
                shown = re.sub(r"^(await )?\w+\((.*)\)$", r"\2", entry.signature)
                for name in inspect.signature(function).parameters:
                    assert re.search(rf"\b{name}\b", shown), (entry.name, shown)
                assert entry.docstring == docstrings.parsed(inspect.getdoc(function) or "")


def test_a_docstring_is_taken_apart() -> None:
    found = docstrings.parsed(
        """Sum: `a
        + b`.

        Notes, of which there are
        - one, that
          goes on,
        - two.

        Args:
            a, b: what is
                added.
            *others: more.

        Returns:
            A tensor.

        Raises:
            ValueError: for text.

        Source: a book.

        Example:
            >>> 1 + 1

            2
        """
    )
    assert found.paragraphs == [
        "Sum: `a + b`.",
        "Notes, of which there are\n- one, that goes on,\n- two.",
        "Source: a book.",
    ]
    assert found.items == {
        "Args": [Item("a, b", "what is added."), Item("*others", "more.")],
        "Raises": [Item("ValueError", "for text.")],
    }
    assert found.texts == {"Returns": "A tensor.", "Example": ">>> 1 + 1\n\n2"}
    with pytest.raises(BuildError, match="in somewhere. Received: 'no item'"):
        docstrings.parsed("Line.\n\nArgs:\n    no item\n", "somewhere")


SOURCES = {
    "__init__.py": "from gossamer import ops\nfrom gossamer.ops import add\n"
    "from gossamer.values import limit\n__all__ = ['add', 'limit', 'ops']\n",
    "values.py": 'limit = 3\n"""How many."""\n',
    "ops/__init__.py": "from gossamer.ops.sums import add, plus\nfrom gossamer.ops import sums\n",
    "ops/sums.py": 'def add(a, b: int = 1 < 2, *, c="<x>", **more):\n    """`a < b`."""\n\n'
    "plus = add\n",
}


def _package(folder: Path, **changed: str) -> Path:
    for name, text in {**SOURCES, **changed}.items():
        path = folder / "pkg" / "gossamer" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder


def test_names_are_found_where_they_come_from(tmp_path: Path) -> None:
    written = documentation.build(tmp_path / "docs", _package(tmp_path))
    assert written == {"index.html", "ops.numpy.html", "ops.own.html", "gossamer.html"}
    page = (tmp_path / "docs" / "ops.numpy.html").read_text()
    assert "gossamer.ops.add(a, b=1 &lt; 2, *, c=&#x27;&lt;x&gt;&#x27;, **more)" in page
    assert "<code>a &lt; b</code>." in page
    assert 'id="plus"' in (tmp_path / "docs" / "ops.own.html").read_text()
    assert Links((tmp_path / "docs" / "gossamer.html").read_text()).ids == ["add", "limit"]


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"ops/sums.py": "def add(): return 1\nplus = add\n"}, "sums.add is public and has no"),
        ({"ops/sums.py": "plus = 3\n"}, "sums.add is public, and its definition was not found"),
        ({"values.py": "limit = 3\n"}, "values.limit is public and has no docstring"),
        ({"ops/__init__.py": "from gossamer.ops.gone import add\n"}, "Received: gossamer.ops.gone"),
    ],
)
def test_the_build_fails_in_one_sentence(
    tmp_path: Path, changed: dict[str, str], message: str
) -> None:
    with pytest.raises(BuildError, match=message) as raised:
        documentation.build(tmp_path / "docs", _package(tmp_path, **changed))
    assert "\n" not in str(raised.value)


def _shown(page: Page) -> list[str]:
    return page.locator("li[data-name] a").filter(visible=True).all_inner_texts()


def test_the_search_finds_names(page: Page, site: str) -> None:
    page.goto(site)
    page.get_by_role("link", name="Look something up").click()
    count = len(_shown(page))
    assert count > 200
    page.get_by_label("Find a name").fill("Ops Softm")
    assert "softmax" in _shown(page)
    assert all("softm" in name for name in _shown(page))
    assert page.locator("#found").inner_text() == f"{len(_shown(page))} of {count}"
    assert page.locator("section").filter(visible=True).count() == 1
    page.get_by_label("Find a name").fill("no such name")
    assert _shown(page) == []
    page.get_by_label("Find a name").fill("random.gamma")
    page.get_by_role("link", name="gamma").click()
    assert page.url.endswith("docs/random.html#gamma")
    assert "gossamer.random.gamma(shape, alpha" in page.locator("#gamma").inner_text()


@pytest.mark.parametrize("name", ["", "ops.nn.html", "gossamer.html"])
def test_a_phone_shows_all_of_its_width_in_the_dark(page: Page, site: str, name: str) -> None:
    page.emulate_media(color_scheme="dark")
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(f"{site}docs/{name}")
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    colors = page.evaluate("(({color, backgroundColor}) => [color, backgroundColor])"
                           "(getComputedStyle(document.body))")  # fmt: skip
    light, dark = (sum(map(int, re.findall(r"\d+", color)[:3])) for color in colors)
    assert light > 600
    assert dark < 100
