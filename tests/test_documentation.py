"""Every example in a docstring runs, and gives what it says.

Numbers may differ in their last places, as they do between backends.
"""

import doctest
import importlib
import pkgutil
import re

import numpy as np
import pytest

import gossamer as gs

# Imports what only a browser has.
BROWSER_ONLY = "gossamer.backend.webgl"
NUMBER = re.compile(r"(?<![\w.])-?\d+\.?\d*(?:e[+-]?\d+)?(?![\w])")


def _examples() -> list[doctest.DocTest]:
    names = [
        module.name
        for module in pkgutil.walk_packages(gs.__path__, "gossamer.")
        if not module.name.startswith(BROWSER_ONLY)
    ]
    finder = doctest.DocTestFinder(exclude_empty=True)
    common = {"gs": gs, "ops": gs.ops, "np": np, "random": gs.random}
    found = []
    for name in ["gossamer", *sorted(names)]:
        module = importlib.import_module(name)
        # In `ops` a module's own names would hide Python's `round` and `sum`.
        own = {} if name.startswith("gossamer.ops") else vars(module)
        for test in finder.find(module, name, globs=own | common):
            found += [test] if test.examples else []
    return found


EXAMPLES = _examples()


class Checker(doctest.OutputChecker):
    """Compares the text apart from numbers exactly, and the numbers to five places."""

    def check_output(self, want: str, got: str, optionflags: int) -> bool:
        numbers = [[float(x) for x in NUMBER.findall(text)] for text in (want, got)]
        texts = [" ".join(NUMBER.sub("#", text).split()) for text in (want, got)]
        if len(numbers[0]) != len(numbers[1]):
            return False
        return super().check_output(*texts, optionflags) and np.allclose(*numbers, 1e-5, 1e-6)


def test_the_checker_can_fail() -> None:
    checker = Checker()
    assert checker.check_output("[1.0, 2.0]\n", "[1.0000001, 2.0]\n", 0)
    assert not checker.check_output("[1.0, 2.0]\n", "[1.1, 2.0]\n", 0)
    assert not checker.check_output("[1.0, 2.0]\n", "[1.0]\n", 0)
    assert not checker.check_output("int32\n", "float32\n", 0)


def test_there_are_examples() -> None:
    assert len(EXAMPLES) > 150


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)
def test_example(example: doctest.DocTest) -> None:
    report: list[str] = []
    before = gs.backend()
    runner = doctest.DocTestRunner(Checker(), optionflags=doctest.NORMALIZE_WHITESPACE)
    try:
        result = runner.run(example, out=report.append, clear_globs=False)
    finally:
        gs.set_backend(before)
    assert result.failed == 0, "".join(report)
