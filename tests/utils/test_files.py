"""Downloads: kept once, checked, and unpacked where they belong."""

import hashlib
import io
import os
import tarfile
import zipfile

import pytest

from gossamer.utils import get_file
from gossamer.utils.files import extract_archive

HELLO = "data:application/octet-stream;base64,aGVsbG9//wA="
BYTES = b"hello\x7f\xff\x00"
SHA256 = hashlib.sha256(BYTES).hexdigest()


def content(path):
    with open(path, "rb") as file:
        return file.read()


def test_bytes_arrive_as_they_are(tmp_path, capsys):
    path = get_file("a.bin", HELLO, cache_dir=tmp_path, file_hash=SHA256)
    assert path == str(tmp_path / "datasets" / "a.bin")
    assert content(path) == BYTES
    assert "Downloading" in capsys.readouterr().out
    # It is there: nothing is fetched.
    assert get_file("a.bin", "data:,other", cache_dir=tmp_path) == path
    assert get_file("a.bin", "nothing://", cache_dir=tmp_path, file_hash=SHA256) == path
    assert capsys.readouterr().out == ""
    get_file("a.bin", "data:,new", cache_dir=tmp_path, force_download=True)
    assert content(path) == b"new"


def test_what_has_another_hash_is_not_kept(tmp_path):
    with pytest.raises(ValueError, match="hash"):
        get_file("a.txt", "data:,bad", cache_dir=tmp_path, file_hash=SHA256)
    assert os.listdir(tmp_path / "datasets") == []
    path = get_file("a.txt", "data:,damaged", cache_dir=tmp_path)
    again = get_file("a.txt", HELLO, cache_dir=tmp_path, file_hash=SHA256)
    assert again == path
    assert hashlib.sha256(content(path)).hexdigest() == SHA256
    md5 = hashlib.md5(content(path)).hexdigest()
    assert get_file("a.txt", "nothing://", cache_dir=tmp_path, md5_hash=md5) == path


@pytest.mark.parametrize("name", ["../a", "a/b", "..", "a\\b"])
def test_names_are_no_paths(name, tmp_path):
    with pytest.raises(ValueError, match="without folders"):
        get_file(name, "data:,x", cache_dir=tmp_path)


def test_what_cannot_be_fetched(tmp_path):
    with pytest.raises(ValueError, match="URL"):
        get_file("a")
    with pytest.raises(ValueError, match="name of a file"):
        get_file(origin="https://example.com/", cache_dir=tmp_path)
    with pytest.raises(OSError, match="Expected a file at"):
        get_file("a", "nothing:there", cache_dir=tmp_path)
    assert os.listdir(tmp_path / "datasets") == []


def make_zip(path, names):
    with zipfile.ZipFile(path, "w") as archive:
        for name in names:
            archive.writestr(name, b"inside")


def make_tar(path, names, links=()):
    with tarfile.open(path, "w:gz") as archive:
        for name, target in links:
            member = tarfile.TarInfo(name)
            member.type, member.linkname = tarfile.SYMTYPE, target
            archive.addfile(member)
        for name in names:
            member = tarfile.TarInfo(name)
            member.size = 6
            archive.addfile(member, io.BytesIO(b"inside"))


@pytest.mark.parametrize("make", [make_zip, make_tar], ids=["zip", "tar"])
def test_nothing_is_unpacked_outside(make, tmp_path):
    make(tmp_path / "archive", ["good/a.txt", "../evil.txt", f"{tmp_path}/absolute.txt"])
    with pytest.warns(UserWarning, match="Not unpacked"):
        assert extract_archive(tmp_path / "archive", tmp_path / "out" / "folder")
    found = sorted(
        str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file()
    )
    # Python's filter takes a leading slash away and keeps the rest inside.
    inside = {name for name in found if name.startswith("out/folder")}
    assert "out/folder/good/a.txt" in inside
    assert set(found) - inside == {"archive"}


def test_links_are_seen_through(tmp_path):
    make_tar(tmp_path / "archive", ["link/evil.txt", "a.txt"], [("link", "..")])
    with pytest.warns(UserWarning, match="link"):
        extract_archive(tmp_path / "archive", tmp_path / "out" / "folder")
    assert content(tmp_path / "out" / "folder" / "a.txt") == b"inside"
    assert not (tmp_path / "out" / "evil.txt").exists()


def test_formats(tmp_path):
    make_zip(tmp_path / "archive", ["a.txt"])
    assert not extract_archive(tmp_path / "archive", tmp_path / "out", "tar")
    assert not extract_archive(tmp_path / "archive", tmp_path / "out", None)
    assert extract_archive(tmp_path / "archive", tmp_path / "out", ["tar", "zip"])
    with pytest.raises(ValueError, match="archive_format"):
        extract_archive(tmp_path / "archive", tmp_path / "out", "rar")
    (tmp_path / "text").write_text("no archive")
    assert not extract_archive(tmp_path / "text", tmp_path / "out")


@pytest.mark.cpython_only
def test_archives_are_downloaded_and_unpacked(tmp_path):
    make_tar(tmp_path / "words.tar.gz", ["words/a.txt"])
    url = (tmp_path / "words.tar.gz").as_uri()
    cache = tmp_path / "cache"
    folder = get_file(origin=url, extract=True, cache_dir=cache)
    assert folder == str(cache / "datasets" / "words.tar.gz")
    assert content(os.path.join(folder, "words", "a.txt")) == b"inside"
    assert (cache / "datasets" / "words.tar.gz_archive").exists()
    folder = get_file("mine.tar.gz", url, untar=True, cache_dir=cache)
    assert folder == str(cache / "datasets" / "mine_extracted")
    (tmp_path / "text").write_text("no archive")
    with pytest.warns(UserWarning, match="no archive"):
        get_file("text", (tmp_path / "text").as_uri(), extract=True, cache_dir=cache)


@pytest.mark.browser_only
def test_the_page_can_wait_for_a_file():
    # Where Python cannot be suspended.
    from gossamer.browser import download

    assert download._requested(HELLO) == BYTES
    with pytest.raises(OSError, match="Expected a file at"):
        download._requested("there-is-none.txt")
