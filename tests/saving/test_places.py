"""Files of the file system and files that are given: read whole, written whole or not at all."""

import io
import os
import pathlib
import stat

import pytest

from gossamer.browser import event_loop
from gossamer.saving import places
from gossamer.saving.formats import ModelFileError
from gossamer.saving.places import addresses, limits, names, replacing
from gossamer.saving.places.replacing import replace_all

SHARDS = {
    "model.json": b"{}",
    "group1-shard1of2.bin": b"first" * 100,
    "group1-shard2of2.bin": b"second" * 100,
}


def read(address, *beside, progress=None):
    return event_loop.run(places.read(address, lambda file: list(beside), progress))


def write(address, files):
    event_loop.run(places.write(address, files))


def all_of(folder):
    """All files under a folder, by path."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in pathlib.Path(folder).rglob("*")
        if path.is_file()
    }


def contents(file):
    return {file.name: bytes(file.data)} | {name: bytes(x) for name, x in file.beside.items()}


# ---- reading ---------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [str, pathlib.Path])
def test_a_path(tmp_path, kind):
    (tmp_path / "net.keras").write_bytes(b"12345")
    file = read(kind(tmp_path / "net.keras"))
    assert contents(file) == {"net.keras": b"12345"}
    assert isinstance(file.data, memoryview)
    assert file.data.readonly or event_loop.IN_PAGE


def test_an_empty_file(tmp_path):
    (tmp_path / "net.keras").write_bytes(b"")
    assert contents(read(tmp_path / "net.keras")) == {"net.keras": b""}


@pytest.mark.cpython_only
def test_a_file_is_mapped_and_not_copied(tmp_path):
    import mmap

    (tmp_path / "net.keras").write_bytes(bytes(1 << 20))
    data = read(tmp_path / "net.keras").data
    assert isinstance(data.obj, mmap.mmap)
    # What was mapped stays as it was when the file is replaced.
    write(tmp_path / "net.keras", {"net.keras": b"1" * (1 << 20)})
    assert bytes(data) == bytes(1 << 20)


@pytest.mark.parametrize("path", [".", "model.json"])
def test_a_folder_with_model_json_is_that_file(tmp_path, path):
    for name, data in SHARDS.items():
        (tmp_path / name).write_bytes(data)
    (tmp_path / "notes.txt").write_bytes(b"")
    file = read(tmp_path / path, "group1-shard1of2.bin", "group1-shard2of2.bin")
    assert file.name == "model.json"
    assert contents(file) == SHARDS


def test_a_folder_with_several_models_is_none(tmp_path):
    for name in ("a.keras", "b.keras"):
        (tmp_path / name).write_bytes(b"")
    with pytest.raises(ModelFileError, match=r"one model in .*Received: the files \['a.keras', 'b"):
        read(tmp_path)


def test_what_is_missing(tmp_path):
    with pytest.raises(FileNotFoundError):
        read(tmp_path / "no.keras")
    (tmp_path / "model.json").write_bytes(b"{}")
    with pytest.raises(ModelFileError, match=r"Expected the file 'a.bin' beside 'model.json'"):
        read(tmp_path, "a.bin")
    with pytest.raises(ModelFileError, match=r"Expected the file 'a.bin' beside 'm.json'"):
        read({"m.json": b"{}"}, "a.bin")


ESCAPES = [
    "../secret.bin",
    "a/../../secret.bin",
    "..",
    "/etc/passwd",
    "..\\secret.bin",
    "C:\\secret.bin",
    "C:secret.bin",
    "http://example.org/x.bin",
    "file:///etc/passwd",
    "a//b",
    "./x.bin",
    "",
    "x\0.bin",
    "x\n.bin",
    7,
    None,
]


@pytest.mark.parametrize("name", ESCAPES)
def test_names_do_not_lead_out_of_the_folder(tmp_path, name):
    (tmp_path / "in").mkdir()
    (tmp_path / "secret.bin").write_bytes(b"secret")
    (tmp_path / "in" / "model.json").write_bytes(b"{}")
    for address in (tmp_path / "in", {"model.json": b"{}", "secret.bin": b"secret"}):
        with pytest.raises(ModelFileError, match="name of a file within a folder"):
            read(address, name)
    if isinstance(name, str):
        with pytest.raises(ModelFileError):
            write(tmp_path / "in", {"model.json": b"", name: b"x"})
    assert set(all_of(tmp_path)) == {"secret.bin", "in/model.json"}


@pytest.mark.parametrize("kind", [bytes, bytearray, memoryview])
def test_bytes_are_not_copied(kind):
    data = kind(b"123")
    file = read(data)
    assert bytes(file.data) == b"123"
    assert file.data.obj is (data.obj if kind is memoryview else data)


def test_open_files(tmp_path):
    (tmp_path / "net.h5").write_bytes(b"0123456789")
    with open(tmp_path / "net.h5", "rb") as file:
        file.seek(4)
        assert contents(read(file)) == {"net.h5": b"456789"}
    assert contents(read(io.BytesIO(b"12"))) == {"file": b"12"}
    with pytest.raises(TypeError, match="opened for bytes"):
        read(io.StringIO("text"))


def test_lists_of_files(tmp_path):
    for name, data in SHARDS.items():
        (tmp_path / name).write_bytes(data)
    paths = [tmp_path / name for name in SHARDS]
    wanted = list(SHARDS)[1:]
    assert contents(read(paths[::-1], *wanted)) == SHARDS
    with open(paths[0], "rb") as first, open(paths[1], "rb") as second:
        assert contents(read([second, first], wanted[0])).keys() == {"model.json", wanted[0]}
    with pytest.raises(ValueError, match="twice"):
        read([paths[0], paths[0]])
    with pytest.raises(TypeError, match="files in the list"):
        read([1])


@pytest.mark.parametrize("address", [7, None, b"x".decode, object()])
def test_what_is_no_address(address):
    with pytest.raises(TypeError, match="Expected a path"):
        read(address)


@pytest.mark.parametrize("address", ["s3://a/b", "ftp://a/b", "file:///x", "localstorage://x"])
def test_unknown_schemes(address):
    with pytest.raises(ValueError, match="Expected a path or an address of"):
        read(address)
    with pytest.raises(ValueError, match="Expected a path or an address of"):
        write(address, {"x": b""})


def test_names_of_stores():
    assert addresses.split("OPFS://a/b") == ("opfs", "a/b")
    for address in ("opfs://", "indexeddb://", "opfs://a/../b"):
        with pytest.raises(ValueError, match="Expected a name"):
            addresses.split(address)


@pytest.mark.cpython_only
@pytest.mark.parametrize("address", ["indexeddb://x", "opfs://x", "downloads://x"])
def test_stores_of_pages_on_cpython(address):
    with pytest.raises(NotImplementedError, match="is a browser's"):
        write(address, {"x": b""})
    for act in (read, places.remove_model):
        with pytest.raises(NotImplementedError, match="is a browser's"):
            act(address)
    with pytest.raises(NotImplementedError, match="is a browser's"):
        places.list_models()


def test_limits(tmp_path, monkeypatch):
    monkeypatch.setattr(limits, "LARGEST_FILE", 4)
    (tmp_path / "net.keras").write_bytes(b"12345")
    with pytest.raises(ModelFileError, match=r"at most 4 bytes.*Received: 5 bytes"):
        read(tmp_path / "net.keras")
    with pytest.raises(ModelFileError, match="at most 4 bytes"):
        read(io.BytesIO(b"12345"))
    (tmp_path / "net.keras").write_bytes(b"1234")
    read(tmp_path / "net.keras")


@pytest.mark.cpython_only
def test_devices_are_no_files():
    with pytest.raises(ModelFileError, match="ordinary file"):
        read("/dev/zero")


def test_progress_tells_the_end_once():
    told = []
    read(SHARDS, "group1-shard1of2.bin", progress=lambda *one: told.append(one))
    size = len(SHARDS["model.json"]) + len(SHARDS["group1-shard1of2.bin"])
    assert told[-1] == (size, size)
    assert all(received != total for received, total in told[:-1])


# ---- writing ---------------------------------------------------------------------------------


def test_one_file_is_written_to_the_path(tmp_path):
    write(tmp_path / "net.keras", {"whatever.keras": b"1"})
    write(str(tmp_path / "new" / "net.keras"), {"net.keras": b"2"})
    (tmp_path / "folder").mkdir()
    write(tmp_path / "folder", {"net.keras": b"3"})
    write(f"{tmp_path}/other/", {"net.keras": b"4"})
    assert all_of(tmp_path) == {
        "net.keras": b"1",
        "new/net.keras": b"2",
        "folder/net.keras": b"3",
        "other/net.keras": b"4",
    }


@pytest.mark.parametrize("address", ["out/model.json", "out", "out/"])
def test_several_files(tmp_path, address):
    write(f"{tmp_path}/{address}", SHARDS)
    assert all_of(tmp_path) == {f"out/{name}": data for name, data in SHARDS.items()}
    assert contents(read(f"{tmp_path}/{address}", *list(SHARDS)[1:])) == SHARDS


def test_a_relative_path(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write("net.keras", {"net.keras": b"1"})
    assert contents(read("net.keras")) == {"net.keras": b"1"}


class Failing:
    """File systems that stop working at a step."""

    def __init__(self, monkeypatch, step, at):
        self.calls = 0
        real = getattr(os, step)

        def failing(*arguments):
            self.calls += 1
            if self.calls == at:
                raise OSError("no space left")
            return real(*arguments)

        monkeypatch.setattr(os, step, failing)


OLD = {name: b"old " + name.encode() for name in SHARDS}
# For three files: three are synchronised, then for each the old one is moved and the new one.
FAILURES = [("fsync", at) for at in (1, 2, 3)] + [("replace", at) for at in (1, 2, 3, 4, 5, 6)]


@pytest.mark.parametrize(("step", "at"), FAILURES)
@pytest.mark.parametrize("old", [OLD, {}, {"model.json": b"old"}], ids=["all", "none", "some"])
def test_a_write_that_fails_leaves_the_old_files(tmp_path, monkeypatch, step, at, old):
    for name, data in old.items():
        (tmp_path / name).write_bytes(data)
    with monkeypatch.context() as patch:
        failing = Failing(patch, step, at)
        try:
            write(tmp_path, SHARDS)
            failed = False
        except OSError:
            failed = True
    assert failed == (failing.calls >= at)
    assert failed or (step == "replace" and len(old) < 3)
    assert all_of(tmp_path) == (old if failed else SHARDS)


@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_one_file_that_fails(tmp_path, monkeypatch, step):
    (tmp_path / "net.keras").write_bytes(b"old")
    with monkeypatch.context() as patch:
        Failing(patch, step, 1)
        with pytest.raises(OSError, match="no space left"):
            write(tmp_path / "net.keras", {"net.keras": b"new"})
    assert all_of(tmp_path) == {"net.keras": b"old"}


def test_the_file_that_names_the_others_comes_last(tmp_path):
    steps = []

    class Recorded:
        async def write(self, path, data, model):
            steps.append(("write", path.rpartition("/")[2].split("-")[0]))

        async def exists(self, path):
            return False

        async def move(self, path, target):
            steps.append(("move", target))

        async def remove(self, path):
            raise AssertionError("nothing is to be removed")

    event_loop.run(
        replace_all(Recorded(), {n: n for n in ("m.json", "m.bin")}, {"m.json": 1, "m.bin": 2})
    )
    assert steps == [
        ("write", ".m.bin"),
        ("write", ".m.json"),
        ("move", "m.bin"),
        ("move", "m.json"),
    ]
    assert names.is_hidden(replacing.beside("a/m.bin"))


@pytest.mark.cpython_only
def test_modes_and_links_stay(tmp_path):
    (tmp_path / "net.keras").write_bytes(b"old")
    (tmp_path / "net.keras").chmod(0o640)
    (tmp_path / "link.keras").symlink_to("net.keras")
    write(tmp_path / "link.keras", {"link.keras": b"new"})
    assert (tmp_path / "link.keras").is_symlink()
    assert (tmp_path / "net.keras").read_bytes() == b"new"
    assert stat.S_IMODE((tmp_path / "net.keras").stat().st_mode) == 0o640
    before = os.umask(0o027)
    try:
        write(tmp_path / "new.keras", {"new.keras": b"new"})
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "new.keras").stat().st_mode) == 0o640


def test_what_cannot_be_written(tmp_path):
    with pytest.raises(NotImplementedError, match="not sent to servers"):
        write("https://example.org/m.keras", {"m.keras": b""})
    with pytest.raises(TypeError):
        write(b"bytes", {"m.keras": b""})
    with pytest.raises(ValueError, match="Received: none"):
        write(tmp_path / "x", {})


# ---- kept models -----------------------------------------------------------------------------


def test_which_file_is_the_model():
    assert names.main_of(["a.bin", "model.json", "other.keras"], "") == "model.json"
    assert names.main_of(["net.json", "group1-shard1of1"], "") == "net.json"
    assert names.main_of(["net.weights.h5", ".hidden"], "") == "net.weights.h5"
    assert names.main_of(["alone.bin"], "") == "alone.bin"
    for several in ([], ["a.keras", "b.h5"], ["a.json", "b.json"], [".hidden"]):
        with pytest.raises(ModelFileError, match="Expected one model"):
            names.main_of(several, "")


def test_models_of_a_folder(tmp_path):
    write(tmp_path / "digits.keras", {"digits.keras": b"12345"})
    write(tmp_path / "tfjs", SHARDS)
    (tmp_path / "empty").mkdir()
    (tmp_path / ".hidden").write_bytes(b"")
    found = places.list_models(tmp_path)
    assert {os.path.relpath(path, tmp_path): model.size for path, model in found.items()} == {
        "digits.keras": 5,
        "tfjs": sum(map(len, SHARDS.values())),
    }
    assert found[os.path.join(tmp_path, "tfjs")].files == tuple(SHARDS)
    for path, model in found.items():
        assert model.date.timestamp() == pytest.approx(os.path.getmtime(path), abs=60)


def test_copy_move_and_remove(tmp_path):
    one, two = tmp_path / "one", tmp_path / "two"
    write(one, SHARDS)
    (one / "notes.txt").write_bytes(b"mine")
    places.copy_model(one, two)
    assert all_of(two) == SHARDS
    places.copy_model(two / "model.json", tmp_path / "three")
    places.move_model(tmp_path / "three", tmp_path / "four")
    assert not (tmp_path / "three").exists()
    assert all_of(tmp_path / "four") == SHARDS
    places.remove_model(one)
    assert all_of(one) == {"notes.txt": b"mine"}
    places.remove_model(two)
    assert not two.exists()
    write(tmp_path / "a.keras", {"a.keras": b"1"})
    places.move_model(tmp_path / "a.keras", tmp_path / "b.keras")
    assert (tmp_path / "b.keras").read_bytes() == b"1"
    assert not (tmp_path / "a.keras").exists()
    places.copy_model(b"2", tmp_path / "b.keras")
    assert (tmp_path / "b.keras").read_bytes() == b"2"
    with pytest.raises(FileNotFoundError):
        places.remove_model(tmp_path / "a.keras")


@pytest.mark.parametrize("target", ["m", "./m", "m/", "m/within"])
def test_a_model_is_not_copied_onto_itself(tmp_path, monkeypatch, target):
    monkeypatch.chdir(tmp_path)
    write("m", SHARDS)
    for act in (places.copy_model, places.move_model):
        with pytest.raises(ValueError, match="apart from the source"):
            act("m", target)
    assert all_of(tmp_path / "m") == SHARDS


def test_shards_that_may_be_anothers(tmp_path):
    for name in ("a.json", "b.json", "a.bin"):
        (tmp_path / name).write_bytes(b"")
    with pytest.raises(ModelFileError, match="one model with shards"):
        places.remove_model(tmp_path / "a.json")
    assert set(all_of(tmp_path)) == {"a.json", "b.json", "a.bin"}


@pytest.mark.parametrize("address", ["https://example.org/a.keras", "http://example.org/a.keras"])
def test_servers_keep_what_they_have(address):
    for act in (places.remove_model, lambda address: places.move_model(address, "a.keras")):
        with pytest.raises(NotImplementedError):
            act(address)


def test_the_bar(capsys, monkeypatch):
    from gossamer.saving.places import progress
    from gossamer.utils import progbar

    lines = []

    class Line:
        def show(self, markup):
            lines.append(markup)

        def text(self, text):
            lines.append(text)

    monkeypatch.setattr(progbar, "_html_line", Line)
    clock = [100.0]
    monkeypatch.setattr(progbar.time, "time", lambda: clock[0])
    monkeypatch.setattr(progress, "heading", lines.append)
    show = progress.bar("net.keras")
    for received in range(0, 50_000, 100):  # five seconds, a call each 10 ms
        clock[0] += 0.01
        show(received, 50_000)
    show(50_000, 50_000)
    assert lines[0] == "Loading net.keras"
    assert 45 <= len(lines) <= 53
    assert "50/50" in lines[-1]
