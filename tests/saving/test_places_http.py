"""Files from a server, on CPython: breaks are made good, and what cannot be is said."""

import asyncio
import gzip
import socket
import time

import pytest

from gossamer.browser import event_loop
from gossamer.saving import places
from gossamer.saving.formats import ModelFileError
from gossamer.saving.places import limits, transfer

pytestmark = pytest.mark.cpython_only
DATA = bytes(range(256)) * 1200


@pytest.fixture
def site(monkeypatch):
    from tests.saving.serving import serving

    monkeypatch.setenv("no_proxy", "127.0.0.1")
    monkeypatch.setattr(transfer, "PAUSE_SECONDS", 0.001)
    with serving() as running:
        yield running


def served(data=DATA, **more):
    from tests.saving.serving import Served

    return Served(data, **more)


def read(address, *beside, progress=None):
    return event_loop.run(places.read(address, lambda file: list(beside), progress))


def test_a_file(site):
    site.files["nets/net.keras"] = served()
    file = read(site.url("nets/net.keras#part"))
    assert (file.name, bytes(file.data)) == ("net.keras", DATA)
    assert [request.path for request in site.requests] == ["nets/net.keras"]


def test_progress(site):
    site.files["net.keras"] = served(DATA * 10)
    told = []
    read(site.url("net.keras"), progress=lambda *one: told.append(one))
    size = 10 * len(DATA)
    assert told[0] == (0, size)
    assert len(told) > 3
    assert told[-1] == (size, size)
    assert all(total == size and received < size for received, total in told[:-1])
    assert [received for received, _ in told] == sorted(received for received, _ in told)


def test_without_a_length(site):
    site.files["net.keras"] = served(headers={"Content-Length": None, "Connection": "close"})
    told = []
    file = read(site.url("net.keras"), progress=lambda *one: told.append(one))
    assert bytes(file.data) == DATA
    assert {total for _, total in told[:-1]} == {None}
    assert told[-1] == (len(DATA), len(DATA))


def test_an_empty_file(site):
    site.files["net.keras"] = served(b"")
    assert bytes(read(site.url("net.keras")).data) == b""


@pytest.mark.parametrize("mode", ["plain", "awaited"])
def test_files_beside_it(site, mode):
    names = ["group1-shard1of2.bin", "weights/a b%.bin"]
    site.files["m/model.json?key=1"] = served(b"{}")
    site.files["m/group1-shard1of2.bin?key=1"] = served(b"1")
    site.files["m/weights/a%20b%25.bin?key=1"] = served(b"2")
    url = site.url("m/model.json?key=1")
    if mode == "plain":
        file = read(url, *names)
    else:
        file = asyncio.run(places.read(url, lambda file: names))
    assert {name: bytes(data) for name, data in file.beside.items()} == {
        names[0]: b"1",
        names[1]: b"2",
    }
    with pytest.raises(ModelFileError, match="within a folder"):
        read(url, "../secret")
    assert site.statuses()[:3] == [200, 200, 200]
    assert len(site.requests) == 4


@pytest.mark.parametrize("mode", ["plain", "awaited"])
def test_shards_come_at_once(site, mode, monkeypatch):
    from tests.saving import serving

    names = [f"{i}.bin" for i in range(6)]
    for name in ("model.json", *names):
        site.files[name] = served(name.encode())
    serve = serving.Handler.do_GET
    at_once = [0, 0]

    def slow(handler):
        at_once[0] += 1
        at_once[1] = max(at_once)
        time.sleep(0.1)
        serve(handler)
        at_once[0] -= 1

    monkeypatch.setattr(serving.Handler, "do_GET", slow)
    reading = places.read(site.url("model.json"), lambda file: names)
    file = event_loop.run(reading) if mode == "plain" else asyncio.run(reading)
    assert [bytes(file.beside[name]) for name in names] == [name.encode() for name in names]
    assert at_once[1] > 2


def test_the_loop_goes_on(site, monkeypatch):
    from tests.saving import serving

    site.files["net.keras"] = served()
    serve = serving.Handler.do_GET
    monkeypatch.setattr(serving.Handler, "do_GET", lambda h: (time.sleep(0.2), serve(h)))

    async def both():
        reading = asyncio.ensure_future(places.read(site.url("net.keras"), lambda file: []))
        ticks = 0
        while not reading.done():
            await asyncio.sleep(0.01)
            ticks += 1
        return ticks, await reading

    ticks, file = asyncio.run(both())
    assert ticks >= 5
    assert bytes(file.data) == DATA


def test_a_plain_call_in_a_running_loop(site):
    """As in a notebook."""
    site.files["net.keras"] = served()

    async def cell():
        return read(site.url("net.keras"))

    assert bytes(asyncio.run(cell()).data) == DATA


@pytest.mark.parametrize("status", [403, 404, 500])
def test_errors_name_the_address_and_the_status(site, status):
    site.files["net.keras"] = served(status=status)
    url = site.url("net.keras")
    with pytest.raises(OSError, match=f"Expected a file at {url}. Received: status {status}"):
        read(url)
    assert len(site.requests) == 1


def test_a_missing_shard(site):
    site.files["model.json"] = served(b"{}")
    site.files["a.bin"] = served()
    for run in (event_loop.run, asyncio.run):
        with pytest.raises(OSError, match=r"/b\.bin. Received: status 404"):
            run(places.read(site.url("model.json"), lambda file: ["a.bin", "b.bin"]))


def test_nobody_answers():
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}/net.keras"
    with pytest.raises(OSError, match=f"Expected a file at {url}. Received: .*refused"):
        read(url)


# ---- broken connections ----------------------------------------------------------------------


@pytest.mark.parametrize("breaks", [[1000], [0], [1000, 2000, 3000], [200_000, 0]])
def test_breaks_are_made_good(site, breaks):
    site.files["net.keras"] = served(breaks=list(breaks))
    told = []
    file = read(site.url("net.keras"), progress=lambda *one: told.append(one))
    assert bytes(file.data) == DATA
    at, wanted = 0, [None]
    for sent in breaks:
        at += sent
        wanted.append(f"bytes={at}-" if at else None)
    assert [request.headers.get("range") for request in site.requests] == wanted
    assert site.statuses() == [200, *(206 if range else 200 for range in wanted[1:])]
    assert all(r.headers["if-range"] == '"1"' for r in site.requests if "range" in r.headers)
    # Nothing is sent twice.
    assert sum(request.sent for request in site.requests) == len(DATA)
    assert told[-1] == (len(DATA), len(DATA))


def test_the_fourth_break_is_the_last(site):
    site.files["net.keras"] = served(breaks=[1000] * 9)
    with pytest.raises(OSError, match=f"Received: 4000 of {len(DATA)} bytes, then: "):
        read(site.url("net.keras"))
    assert len(site.requests) == 4


@pytest.mark.parametrize(
    "options",
    [{"ranges": False}, {"etag": None}, {"etag": 'W/"1"'}, {"headers": {"Accept-Ranges": "none"}}],
)
def test_a_break_that_cannot_be_made_good(site, options):
    site.files["net.keras"] = served(breaks=[1000], **options)
    with pytest.raises(OSError, match=f"Received: 1000 of {len(DATA)} bytes, then: "):
        read(site.url("net.keras"))
    assert len(site.requests) == 1


def test_a_file_that_changes_meanwhile_comes_anew(site, monkeypatch):
    site.files["net.keras"] = served(breaks=[1000])
    new = DATA[::-1] + b"more"

    def change(seconds):
        site.files["net.keras"] = served(new, etag='"2"')

    monkeypatch.setattr(time, "sleep", change)
    assert bytes(read(site.url("net.keras")).data) == new
    assert site.statuses() == [200, 200]


@pytest.mark.parametrize("other", ['"2"', "span", "size", "nonsense"])
def test_a_rest_that_is_anothers(site, monkeypatch, other):
    """A server that does not know If-Range."""
    site.files["net.keras"] = served(breaks=[1000])
    headers = {
        '"2"': {"ETag": '"2"'},
        "span": {"Content-Range": f"bytes 0-{len(DATA) - 1001}/{len(DATA)}"},
        "size": {"Content-Range": f"bytes 1000-{len(DATA) - 1}/{len(DATA) + 1}"},
        "nonsense": {"Content-Range": "bytes x"},
    }[other]

    def change(seconds):
        site.files["net.keras"].headers = headers

    monkeypatch.setattr(time, "sleep", change)
    with pytest.raises(OSError, match="Expected a file at"):
        read(site.url("net.keras"))


def test_by_the_date_where_there_is_no_tag(site):
    date = "Wed, 25 Nov 2026 12:00:00 GMT"
    site.files["net.keras"] = served(breaks=[1000], etag=None, headers={"Last-Modified": date})
    # This server knows no dates in If-Range: it sends all.
    assert bytes(read(site.url("net.keras")).data) == DATA
    assert site.requests[1].headers["if-range"] == date


# ---- wrong and large answers -----------------------------------------------------------------


def test_a_length_that_is_too_long(site):
    site.files["net.keras"] = served(
        headers={"Content-Length": str(len(DATA) + 1), "Connection": "close"}, ranges=False
    )
    with pytest.raises(OSError, match=f"{len(DATA)} of {len(DATA) + 1} bytes"):
        read(site.url("net.keras"))


def test_the_limit_is_checked_before_memory_is_taken(site, monkeypatch):
    site.files["net.keras"] = served(headers={"Content-Length": str(1 << 60)})
    with pytest.raises(ModelFileError, match=f"Received: {1 << 60} bytes"):
        read(site.url("net.keras"))
    monkeypatch.setattr(limits, "LARGEST_FILE", len(DATA) - 1)
    site.files["net.keras"] = served()
    with pytest.raises(ModelFileError, match="Expected at most"):
        read(site.url("net.keras"))
    assert len(site.requests) == 2


def test_a_length_beyond_memory(site, monkeypatch):
    def scarce(size=0):
        if size:
            raise MemoryError
        return bytearray()

    site.files["net.keras"] = served()
    monkeypatch.setattr(transfer, "bytearray", scarce, raising=False)
    with pytest.raises(ModelFileError, match=f"fits into memory.*Received: {len(DATA)} bytes"):
        read(site.url("net.keras"))


def test_the_limit_while_it_comes(site, monkeypatch):
    monkeypatch.setattr(limits, "LARGEST_FILE", 1000)
    site.files["net.keras"] = served(headers={"Content-Length": None, "Connection": "close"})
    with pytest.raises(ModelFileError, match="Expected at most 1000 bytes"):
        read(site.url("net.keras"))
    site.files["net.keras"].data = DATA[:1000]
    assert len(read(site.url("net.keras")).data) == 1000


def test_a_packed_answer(site, monkeypatch):
    packed = gzip.compress(bytes(100_000))
    site.files["net.keras"] = served(packed, headers={"Content-Encoding": "gzip"})
    assert bytes(read(site.url("net.keras")).data) == bytes(100_000)
    assert site.requests[0].headers["accept-encoding"] == "identity"
    monkeypatch.setattr(limits, "LARGEST_FILE", 10_000)
    with pytest.raises(ModelFileError, match="Expected at most 10000"):
        read(site.url("net.keras"))
    monkeypatch.undo()
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    site.files["net.keras"].data = packed[:-20]
    with pytest.raises(ModelFileError, match="whole gzip"):
        read(site.url("net.keras"))
    site.files["net.keras"].data = b"no gzip"
    with pytest.raises(OSError, match="broken gzip"):
        read(site.url("net.keras"))
    site.files["net.keras"] = served(packed, headers={"Content-Encoding": "br"})
    with pytest.raises(OSError, match="Content-Encoding: br"):
        read(site.url("net.keras"))


def test_redirects_lead_to_servers_only(site, tmp_path):
    secret = tmp_path / "secret"
    secret.write_bytes(b"secret")
    site.files["there"] = served()
    site.files["here"] = served(status=302, headers={"Location": site.url("there")})
    assert bytes(read(site.url("here")).data) == DATA
    for target in (secret.as_uri(), f"ftp://127.0.0.1{secret}", f"data:,{secret}"):
        site.files["here"].headers = {"Location": target}
        with pytest.raises(OSError, match="Expected a file at"):
            read(site.url("here"))


# ---- parts -----------------------------------------------------------------------------------


@pytest.mark.parametrize("run", [event_loop.run, asyncio.run])
def test_parts(site, run):
    site.files["net.keras"] = served()
    url = site.url("net.keras")
    assert run(places.read_range(url, 5, 8)) == DATA[5:8]
    assert run(places.read_range(url, len(DATA) - 3, len(DATA) + 100)) == DATA[-3:]
    assert [request.sent for request in site.requests] == [3, 3]


def test_parts_that_are_not_to_be_had(site):
    url = site.url("net.keras")
    site.files["net.keras"] = served(ranges=False)
    with pytest.raises(OSError, match=r"a server that knows ranges. Received: status 200"):
        event_loop.run(places.read_range(url, 5, 8))
    site.files["net.keras"] = served(headers={"Content-Range": f"bytes 6-8/{len(DATA)}"})
    with pytest.raises(OSError, match="Expected the bytes 5 to 8"):
        event_loop.run(places.read_range(url, 5, 8))
    for start, stop in ((-1, 3), (3, 3), (5, 2)):
        with pytest.raises(ValueError, match="0 <= start < stop"):
            event_loop.run(places.read_range(url, start, stop))
    with pytest.raises(ValueError, match="http"):
        event_loop.run(places.read_range("net.keras", 0, 1))
    with pytest.raises(OSError, match="status 404"):
        event_loop.run(places.read_range(site.url("no.keras"), 0, 1))


def test_copies_from_a_server(site, tmp_path):
    site.files["net.keras"] = served()
    places.copy_model(site.url("net.keras"), tmp_path / "net.keras")
    assert (tmp_path / "net.keras").read_bytes() == DATA
    site.files["model.json"] = served(b"{}")
    site.files["a.bin"] = served(b"1")
    with pytest.raises(NotImplementedError, match="names_beside"):
        places.copy_model(site.url("model.json"), tmp_path / "tfjs")
    places.copy_model(site.url("model.json"), tmp_path / "tfjs", lambda file: ["a.bin"])
    assert (tmp_path / "tfjs" / "a.bin").read_bytes() == b"1"


def test_on_cpython_nothing_is_kept(site):
    site.files["net.keras"] = served()
    for _ in range(2):
        read(site.url("net.keras"))
    assert [request.sent for request in site.requests] == [len(DATA)] * 2
    places.clear_cache()
