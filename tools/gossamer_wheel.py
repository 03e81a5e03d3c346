"""gossamer's own wheel: the files of pkg/gossamer, shaders' JavaScript included, and metadata.

Called by the site's build and the tests, and by `pip install .`: this module is the build backend
that pyproject.toml names, so that there is one way to make the wheel. The version is written once,
in pkg/gossamer/__init__.py; everything else about the project is in pyproject.toml.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from tools.cache import write_file
from tools.errors import BuildError
from tools.wheel import wheel_bytes, wheel_file

ROOT = Path(__file__).resolve().parent.parent
TAG = "py3-none-any"


def version(root: Path = ROOT) -> str:
    """gossamer's version, read (not imported) from pkg/gossamer/__init__.py."""
    path = root / "pkg" / "gossamer" / "__init__.py"
    text = path.read_text(encoding="utf-8") if path.is_file() else ""
    match = re.search(r"^__version__ = \"([^\"]+)\"", text, re.MULTILINE)
    if match is None:
        raise BuildError(
            f'Expected a line `__version__ = "..."` in pkg/gossamer/__init__.py. Received: {path}'
        )
    return match.group(1)


def gossamer_wheel(folder: Path, root: Path = ROOT) -> Path:
    """Writes gossamer-<version>-py3-none-any.whl into folder, without older ones beside it."""
    number = version(root)
    path = folder / f"gossamer-{number}-{TAG}.whl"
    write_file(path, wheel_bytes("gossamer", number, TAG, wheel_contents(root)))
    for other in folder.glob("gossamer-*.whl"):
        if other != path:
            other.unlink(missing_ok=True)
    return path


def wheel_contents(root: Path = ROOT) -> dict[str, bytes]:
    """Path and content of each file of the wheel, but RECORD."""
    package = root / "pkg" / "gossamer"
    files = {
        f"gossamer/{path.relative_to(package).as_posix()}": path.read_bytes()
        for path in sorted(package.rglob("*"))
        if path.is_file() and not _left_out(path.relative_to(package))
    }
    information = f"gossamer-{version(root)}.dist-info"
    files[f"{information}/METADATA"] = _metadata(root)
    files[f"{information}/WHEEL"] = wheel_file(TAG, "gossamer-build", pure=True)
    files[f"{information}/licenses/LICENSE"] = (root / "LICENSE").read_bytes()
    return files


def build_wheel(
    wheel_directory: str,
    config_settings: object = None,
    metadata_directory: str | None = None,
) -> str:
    """The hook of PEP 517 by which pip builds the wheel; returns its file name."""
    del config_settings, metadata_directory
    return gossamer_wheel(Path(wheel_directory)).name


def _optional(groups: dict[str, list[str]]) -> list[str]:
    """The lines for what is wanted by `pip install gossamer[group]`."""
    lines = []
    for group, names in groups.items():
        lines.append(f"Provides-Extra: {group}")
        lines += [f'Requires-Dist: {name}; extra == "{group}"' for name in names]
    return lines


def _left_out(path: Path) -> bool:
    """Bytecode, and what editors and file managers leave lying about."""
    return any(part.startswith(".") or part == "__pycache__" for part in path.parts)


def _metadata(root: Path) -> bytes:
    """METADATA from pyproject.toml's project table."""
    with open(root / "pyproject.toml", "rb") as stream:
        project = tomllib.load(stream)["project"]
    lines = [
        "Metadata-Version: 2.4",
        f"Name: {project['name']}",
        f"Version: {version(root)}",
        f"Summary: {project['description']}",
        f"Requires-Python: {project['requires-python']}",
        f"License-Expression: {project['license']}",
        *(f"License-File: {name}" for name in project["license-files"]),
        *(f"Classifier: {name}" for name in project["classifiers"]),
        *(f"Requires-Dist: {name}" for name in project["dependencies"]),
        *_optional(project.get("optional-dependencies", {})),
        "Description-Content-Type: text/markdown",
    ]
    readme = root / project["readme"]
    description = readme.read_text(encoding="utf-8") if readme.is_file() else ""
    return ("\n".join(lines) + "\n\n" + description).encode()
