"""Running another program quietly: every step of the build that calls one does it here."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple


class Finished(NamedTuple):
    """How a program ended: whether well, all that it printed, and the last line of that."""

    succeeded: bool
    output: str
    last_line: str


def run_quietly(
    command: Sequence[str | Path],
    folder: Path | None = None,
    environment: Mapping[str, str] | None = None,
) -> Finished:
    """Runs a program without input and without showing what it prints."""
    done = subprocess.run(
        [str(part) for part in command],
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        check=False,
    )
    lines = [line.strip() for line in done.stdout.splitlines() if line.strip()]
    last_line = lines[-1] if lines else f"exit code {done.returncode}"
    return Finished(done.returncode == 0, done.stdout.strip(), last_line)
