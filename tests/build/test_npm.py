"""npm packages: a wrong checksum, a failing npm, a spoilt cache. A stand-in plays npm."""

from __future__ import annotations

import gzip
import json
import os
import sys
import tarfile
from io import BytesIO
from pathlib import Path

import pytest

from tools import npm
from tools.cache import integrity
from tools.errors import BuildError


def package_archive(text: str) -> bytes:
    """An npm archive with one file: the same bytes whenever it is made."""
    buffer = BytesIO()
    with (
        gzip.GzipFile(fileobj=buffer, mode="wb", mtime=0) as packed,
        tarfile.open(fileobj=packed, mode="w") as stream,
    ):
        entry = tarfile.TarInfo("package/index.js")
        entry.size = len(text.encode())
        stream.addfile(entry, BytesIO(text.encode()))
    return buffer.getvalue()


class StandIn:
    """A program named npm on the PATH, and a repository whose package.json it serves."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder = folder
        self.calls = folder / "calls"
        (folder / "bin").mkdir()
        program = folder / "bin" / "npm"
        program.write_text(
            f"#!{sys.executable}\n"
            "import pathlib, shutil, sys\n"
            f"folder = pathlib.Path({str(folder)!r})\n"
            "with open(folder / 'calls', 'a') as calls: print(*sys.argv[1:], file=calls)\n"
            "served = folder / 'served'\n"
            "if not served.exists(): sys.exit('npm error network: no route')\n"
            "shutil.copy(served, 'package.tgz')\n"
        )
        program.chmod(0o755)
        monkeypatch.setenv("PATH", str(folder / "bin") + os.pathsep + os.environ["PATH"])
        monkeypatch.setattr(npm, "ROOT", folder)

    def pin(self, archive: bytes) -> None:
        pins = {"devDependencies": {"@a/b": "1.2.3"}, "integrity": {"@a/b": integrity(archive)}}
        (self.folder / "package.json").write_text(json.dumps(pins))

    def serve(self, archive: bytes) -> None:
        (self.folder / "served").write_bytes(archive)


@pytest.fixture
def stand_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> StandIn:
    made = StandIn(tmp_path, monkeypatch)
    made.pin(package_archive("good"))
    made.serve(package_archive("good"))
    return made


def test_fetched_once_and_unpacked(stand_in: StandIn, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    for _ in range(2):
        assert npm.archive("@a/b", cache).read_bytes() == package_archive("good")
        assert (npm.unpacked("@a/b", cache) / "index.js").read_text() == "good"
    assert stand_in.calls.read_text().splitlines() == ["pack @a/b@1.2.3 --silent --ignore-scripts"]


def test_a_wrong_checksum_leaves_nothing_behind(stand_in: StandIn, tmp_path: Path) -> None:
    stand_in.serve(package_archive("evil"))
    wanted, received = (integrity(package_archive(text)) for text in ("good", "evil"))
    with pytest.raises(BuildError) as raised:
        npm.archive("@a/b", tmp_path / "cache")
    assert f"expected {wanted}. Received: {received}" in str(raised.value)
    assert not list((tmp_path / "cache" / "npm").glob("[!.]*"))


def test_a_spoilt_cache_is_fetched_anew(stand_in: StandIn, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    kept = npm.archive("@a/b", cache)
    kept.write_bytes(kept.read_bytes()[:40])
    assert npm.archive("@a/b", cache).read_bytes() == package_archive("good")
    assert len(stand_in.calls.read_text().splitlines()) == 2


def test_a_failing_npm_is_one_sentence(stand_in: StandIn, tmp_path: Path) -> None:
    (stand_in.folder / "served").unlink()
    with pytest.raises(BuildError, match=r"@a/b@1\.2\.3 .*network.*no route"):
        npm.archive("@a/b", tmp_path / "cache")


def test_no_npm_is_one_sentence(
    stand_in: StandIn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(BuildError, match=r"no npm on the PATH.*Node\.js"):
        npm.archive("@a/b", tmp_path / "cache")
