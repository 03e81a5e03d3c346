"""Pure wheels for Pyodide: fetched with pip, pinned by checksum, kept in the cache.

Called for the wheels that run pytest inside Pyodide, and by the notebook's build for IPython's.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from tools.cache import locked, sha256, temporary_folder, write_file
from tools.commands import run_quietly
from tools.errors import BuildError

# What runs the test files inside Pyodide (CPython 3.12): wheel file and its sha256. The versions
# are those that pyproject.toml pins for CPython.
PYTEST_WHEELS: Mapping[str, str] = {
    "iniconfig-2.3.1-py3-none-any.whl": "9121e2c1fdb355232495be3194c8dfe87ccc2d5dee45947b78e68f499790d7a7",
    "packaging-26.3-py3-none-any.whl": "d7193f7c8e4e93f444fde0262bf90af30e16fa0ad0ad44cb553c87339b23cd1c",
    "pluggy-1.7.0-py3-none-any.whl": "7dd7b0d8832ba3cb632c306926ded123429211b83641b35dc5c41ad2d34f9bec",
    "pygments-2.21.0-py3-none-any.whl": "2363c69b61c4a97c838da3b130dcd6468f4848992b21a82f2a63ec34377137d9",
    "pytest-9.2.0-py3-none-any.whl": "07acdcf88ec174f907dc01af70bf52d49b014bbab03faeeade31c96b18c2e588",
}

# What reads HDF5 in a page. Before 1.2 pyfive fails over some files with many names; 1.3 needs a
# compiled package. What else it requires is for files on other machines (see saving/hdf5.py).
HDF5_WHEELS: Mapping[str, str] = {
    "pyfive-1.2.1-py3-none-any.whl": "c5ab3e1a3f04512077aeb75a402d55a4bdf1f92d3246a471e4dac3638b0397bd",
}


def fetch(pins: Mapping[str, str], python: Path, cache: Path) -> list[Path]:
    """The pinned wheels as files in the cache, verified now; fetched when they are not there.

    Arguments:
        pins: the name of each pure wheel file and its sha256 in hexadecimal digits, such as
            `{"iniconfig-2.3.1-py3-none-any.whl": "f631c04d..."}`.
        python: an interpreter with pip, the build's own environment for one.
        cache: the cache folder.

    Raises BuildError when a wheel cannot be fetched or has another checksum.
    """
    folder = cache / "wheels" / "pure"
    with locked(cache, "pure-wheels"):
        missing = [name for name, pinned in pins.items() if not _valid(folder / name, pinned)]
        if missing:
            _download(missing, pins, python, folder)
    return [folder / name for name in pins]


def _valid(path: Path, pinned: str) -> bool:
    return path.is_file() and sha256(path.read_bytes()) == pinned


def _download(names: list[str], pins: Mapping[str, str], python: Path, folder: Path) -> None:
    """One run of pip for all of them; only what has its checksum moves into the folder."""
    requirements = ["==".join(name.split("-")[:2]) for name in names]
    print(f"Fetching {len(names)} wheels with pip: {', '.join(requirements)}", flush=True)
    with temporary_folder(folder.parent) as half:
        done = run_quietly(
            [
                *(str(python), "-m", "pip", "download", "--quiet", "--disable-pip-version-check"),
                *("--no-deps", "--only-binary=:all:", "--python-version=3.12"),
                *("--platform=any", "--dest", str(half), *requirements),
            ]
        )
        if not done.succeeded:
            raise BuildError(
                f"pip could not fetch {', '.join(requirements)} (is there a network?): "
                f"{done.last_line}"
            )
        for name in names:
            path = half / name
            received = sha256(path.read_bytes()) if path.is_file() else "no such file"
            if received != pins[name]:
                raise BuildError(
                    f"The wheel {name} does not have the checksum that is pinned for it, so it "
                    f"was not used: expected {pins[name]}. Received: {received}"
                )
            write_file(folder / name, path.read_bytes())
