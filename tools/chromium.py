"""Finds a Chromium for the tests, and gets one where there is none.

Called by `build.py test`, and by the tests' fixtures for how to launch it. A test run on a clean
machine must need no step by hand, so this may install Debian's package or ask Playwright to.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tools.commands import run_quietly
from tools.errors import BuildError

VARIABLE = "GOSSAMER_CHROMIUM"
SYSTEM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
SYSTEM_PATHS = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "C:/Program Files/Google/Chrome/Application/chrome.exe",
)
# WebGL2 without a GPU: SwiftShader, a rasteriser on the CPU. Chromium starts it only on request.
GPU_FLAGS = ("--use-angle=swiftshader", "--enable-unsafe-swiftshader")
PLAYWRIGHT_PATH = (
    "from playwright.sync_api import sync_playwright\n"
    "with sync_playwright() as playwright: print(playwright.chromium.executable_path)"
)


def launch_flags() -> list[str]:
    """Command-line flags for headless Chromium with WebGL2 on a software GPU."""
    # Chromium's sandbox refuses to run as root; containers of CI services are root.
    is_root = hasattr(os, "geteuid") and os.geteuid() == 0
    return [*GPU_FLAGS, *(["--no-sandbox"] if is_root else [])]


def installed_chromium() -> Path | None:
    """GOSSAMER_CHROMIUM, else the system's Chromium or Chrome, else None.

    Raises BuildError when GOSSAMER_CHROMIUM names no file.
    """
    named = os.environ.get(VARIABLE)
    if named:
        found = shutil.which(named)
        if found is None:
            raise BuildError(f"{VARIABLE} names no program that can be run. Received: {named}")
        return Path(found)
    for candidate in (*SYSTEM_NAMES, *SYSTEM_PATHS):
        found = shutil.which(candidate)
        if found is not None:
            return Path(found)
    return None


def chromium(python: Path) -> Path:
    """A Chromium that can be run, installed if need be.

    Arguments:
        python: the interpreter of the test environment, which has Playwright.

    Raises BuildError when there is none and none can be installed.
    """
    found = installed_chromium() or _playwrights(python)
    if found is not None:
        return found
    if _is_root_on_debian():
        print("Installing Debian's chromium", flush=True)
        failure = _install_with_apt()
        how = "apt-get install chromium"
    else:
        print("Installing Playwright's Chromium", flush=True)
        failure = _run([str(python), "-m", "playwright", "install", "chromium"])
        how = "playwright install chromium"
    found = installed_chromium() or _playwrights(python)
    if found is None:
        raise BuildError(
            f"The tests need a Chromium and `{how}` did not bring one ({failure or 'no message'}): "
            f"install chromium or Google Chrome, or set {VARIABLE} to one."
        )
    return found


def _playwrights(python: Path) -> Path | None:
    """Playwright's own Chromium, if it has been installed."""
    done = subprocess.run(
        [str(python), "-c", PLAYWRIGHT_PATH],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    path = Path(done.stdout.strip())
    return path if done.returncode == 0 and path.is_file() else None


def _is_root_on_debian() -> bool:
    return (
        sys.platform == "linux"
        and os.geteuid() == 0
        and Path("/etc/debian_version").is_file()
        and shutil.which("apt-get") is not None
    )


def _install_with_apt() -> str:
    """Installs Debian's package; returns the last line of what failed, or nothing."""
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    return _run(["apt-get", "update", "-q"], environment) or _run(
        ["apt-get", "install", "-q", "-y", "--no-install-recommends", "chromium"], environment
    )


def _run(command: list[str], environment: dict[str, str] | None = None) -> str:
    """Runs a command; returns the last line of its output when it fails, else nothing."""
    done = run_quietly(command, environment=environment)
    return "" if done.succeeded else done.last_line
