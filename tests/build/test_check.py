"""The static checks are tests, so that a test run, and with it CI, includes them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools.checks import CHECKS, complaints


@pytest.mark.parametrize("name", CHECKS)
def test_check(name: str, cache: Path) -> None:
    said = complaints(CHECKS[name](cache))
    if said:
        pytest.fail(said, pytrace=False)


def test_complaints_are_what_the_command_says(tmp_path: Path) -> None:
    assert complaints(["sh", "-c", "echo fine"], tmp_path) == ""
    assert complaints(["sh", "-c", "echo bad; exit 1"], tmp_path) == "bad"
    assert complaints(["sh", "-c", "exit 3"], tmp_path) == "exit code 3"
