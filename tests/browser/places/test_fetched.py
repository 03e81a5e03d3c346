"""Files from servers in Chromium: they come with progress, and are kept until they change."""

import pytest

from tests.saving.serving import Served, serving

DATA = bytes(range(256)) * 4000


def test_a_file_comes_with_progress(ask, server):
    server.files["nets/net.keras"] = Served(DATA * 20)
    url = server.url("nets/net.keras")
    told = ask(f"""
        told = []
        files = await read("{url}", progress=lambda *one: told.append(one))
        assert files == {{"net.keras": DATA * 20}}
        json.dumps(told)
    """)
    size = 20 * len(DATA)
    assert told[0] == [0, size]
    assert told[-1] == [size, size]
    assert len(told) > 2
    assert all(total == size and received < size for received, total in told[:-1])
    assert len(server.requests) == 1


def test_an_unchanged_file_is_not_sent_again(ask, server):
    server.files["model.json"] = Served(b"{}")
    server.files["a.bin"] = Served(DATA)
    code = f"""
        files = await read("{server.url("model.json")}", "a.bin")
        json.dumps([len(data) for data in files.values()])
    """
    assert ask(code) == [2, len(DATA)]
    assert [request.sent for request in server.requests] == [2, len(DATA)]
    for _ in range(2):
        server.requests.clear()
        assert ask(code) == [2, len(DATA)]
        assert server.statuses() == [304, 304]
        assert [request.sent for request in server.requests] == [0, 0]
    # What has changed comes anew.
    server.files["a.bin"] = Served(DATA + b"new", etag='"2"')
    server.requests.clear()
    assert ask(code) == [2, len(DATA) + 3]
    assert server.statuses() == [304, 200]


def test_dates_do_where_there_are_no_tags(ask_page, server):
    date = "Wed, 25 Nov 2026 12:00:00 GMT"
    server.files["a.keras"] = Served(DATA, etag=None, headers={"Last-Modified": date})
    code = f"""
        json.dumps(len((await read("{server.url("a.keras")}"))["a.keras"]))
    """
    assert [ask_page(code), ask_page(code)] == [len(DATA)] * 2
    assert server.requests[1].headers["if-modified-since"] == date


def test_without_the_cache(ask_page, server):
    server.files["a.keras"] = Served(DATA)
    url = server.url("a.keras")
    ask_page(f"""
        await read("{url}", cache=False)
        await read("{url}", cache=False)
        await read("{url}")
        await places.clear_cache_async()
        await read("{url}")
        "0"
    """)
    assert [request.sent for request in server.requests] == [len(DATA)] * 4
    assert not any("if-none-match" in request.headers for request in server.requests)


def test_another_origin(ask_page, server):
    """It lets the page see the ETag, and allows no further headers."""
    with serving() as other:
        visible = {"Access-Control-Allow-Origin": "*", "Access-Control-Expose-Headers": "ETag"}
        large = DATA * 40
        other.files["a.keras"] = Served(large, headers=visible)
        code = f"""
            json.dumps(len((await read("{other.url("a.keras")}"))["a.keras"]))
        """
        assert ask_page(code) == len(large)
        assert ask_page(code) == len(large)
        assert other.statuses() == [200, 200]
        assert other.requests[1].sent < other.requests[0].sent == len(large)
        other.files["a.keras"] = Served(DATA, etag='"2"', headers=visible)
        assert ask_page(code) == len(DATA)
        other.files["a.keras"] = Served(DATA)
        assert ask_page(f"""
            json.dumps(await error_of(read("{other.url("a.keras")}")))
        """).startswith(f"OSError: Expected a file at {other.url('a.keras')}. Received: ")


@pytest.mark.parametrize("breaks", [[100_000], [100_000, 200_000, 0]])
def test_breaks_are_made_good(ask_page, server, breaks):
    server.files["a.keras"] = Served(DATA, breaks=list(breaks), pause=0.3)
    assert ask_page(f"""
        json.dumps(await read("{server.url("a.keras")}") == {{"a.keras": DATA}})
    """)
    assert len(server.requests) == 1 + len(breaks)
    assert server.requests[1].headers["if-range"] == '"1"'
    assert server.statuses()[1:] == [206] * len(breaks)
    # Nothing is sent twice.
    assert sum(request.sent for request in server.requests) == len(DATA)


def test_breaks_that_cannot_be_made_good(ask_page, server):
    server.files["a.keras"] = Served(DATA, breaks=[100_000] * 9, pause=0.1)
    server.files["b.keras"] = Served(DATA, breaks=[100_000], pause=0.1, ranges=False)
    errors = ask_page(f"""
        json.dumps([await error_of(read(f"{server.address}/{{n}}.keras")) for n in "ab"])
    """)
    for error, name in zip(errors, "ab", strict=True):
        assert error.startswith(f"OSError: Expected a file at {server.url(name)}.keras. Received: ")
        assert f"of {len(DATA)} bytes, then: " in error
    assert [request.path for request in server.requests] == ["a.keras"] * 4 + ["b.keras"]


def test_a_length_that_is_too_long(ask_page, server):
    headers = {"Content-Length": str(len(DATA) + 1), "Connection": "close"}
    server.files["a.keras"] = Served(DATA, headers=headers, ranges=False)
    error = ask_page(f"""
        json.dumps(await error_of(read("{server.url("a.keras")}")))
    """)
    assert error.startswith(f"OSError: Expected a file at {server.url('a.keras')}. Received: ")


def test_without_a_length(ask_page, server):
    headers = {"Content-Length": None, "Connection": "close"}
    server.files["a.keras"] = Served(DATA, headers=headers)
    assert ask_page(f"""
        told = []
        files = await read("{server.url("a.keras")}", progress=lambda *one: told.append(one))
        assert files == {{"a.keras": DATA}}
        assert all(total is None for _, total in told[:-1])
        json.dumps(told[-1])
    """) == [len(DATA), len(DATA)]


def test_what_is_not_to_be_had(ask, server):
    server.files["large.keras"] = Served(DATA)
    missing, large, silent = ask(f"""
        limits.LARGEST_FILE = 1000
        try:
            errors = [
                await error_of(read("{server.url("missing.keras")}")),
                await error_of(read("{server.url("large.keras")}")),
                await error_of(read("http://127.0.0.1:9/a.keras")),
            ]
        finally:
            limits.LARGEST_FILE = 4 << 30
        json.dumps(errors)
    """)
    assert missing == (
        f"OSError: Expected a file at {server.url('missing.keras')}. Received: status 404"
    )
    assert large.startswith("ModelFileError: Expected at most 1000 bytes")
    assert silent.startswith("OSError: Expected a file at http://127.0.0.1:9/a.keras. Received: ")


def test_parts(ask, server):
    server.files["a.keras"] = Served(DATA)
    server.files["b.keras"] = Served(DATA, ranges=False)
    good, end, error = ask(f"""
        url = "{server.url("a.keras")}"
        json.dumps([
            list(await places.read_range(url, 5, 8)),
            len(await places.read_range(url, {len(DATA)} - 4, {len(DATA)} + 9)),
            await error_of(places.read_range("{server.url("b.keras")}", 5, 8)),
        ])
    """)
    assert (good, end) == ([5, 6, 7], 4)
    assert "from a server that knows ranges. Received: status 200" in error
    assert [request.sent for request in server.requests[:2]] == [3, 4]


def test_addresses_relative_to_the_page(ask, server):
    server.files["nets/a.keras"] = Served(DATA)
    assert ask("""
        url = js.URL.new("nets/a.keras", js.location.href)
        json.dumps([list(await read(url)), await error_of(read("nets/a.keras"))])
    """) == [["a.keras"], "FileNotFoundError: [Errno 44] No such file or directory: 'nets/a.keras'"]


def test_plain_functions_wait_where_they_can(ask_page, server):
    server.files["a.keras"] = Served(DATA)
    assert ask_page(f"""
        file = run(places.read("{server.url("a.keras")}", lambda file: []))
        run(places.write("indexeddb://a", {{"a.keras": file.data}}))
        places.copy_model("indexeddb://a", "opfs://b/a.keras")
        places.move_model("indexeddb://a", "indexeddb://c")
        json.dumps(sorted(places.list_models()))
    """) == ["indexeddb://c", "opfs://b/a.keras"]


def test_plain_functions_that_cannot_wait(ask_page, server):
    """As in engines without stack switching: a synchronous call from JavaScript."""
    server.files["model.json"] = Served(b"{}")
    server.files["a.bin"] = Served(DATA)
    data, missing, store = ask_page(
        f"""
        def error(act):
            try:
                return str(act())
            except Exception as error:
                return f"{{type(error).__name__}}: {{error}}"
        file = run(places.read("{server.url("model.json")}", lambda file: ["a.bin"]))
        blob = js.Blob.new(["{{}}"])
        json.dumps([
            [bytes(file.data) == b"{{}}", bytes(file.beside["a.bin"]) == DATA,
             bytes(run(places.read(blob, lambda file: [])).data) == b"{{}}"],
            error(lambda: run(places.read("{server.url("b.keras")}", lambda file: []))),
            error(places.list_models),
        ])
        """,
        "runPython",
    )
    assert data == [True, True, True]
    assert missing.startswith(f"OSError: Expected a file at {server.url('b.keras')}. Received: ")
    assert store.startswith("RuntimeError: Expected `await` with the form of this function")


def test_the_bar_is_shown(ask_page, opened, server):
    server.files["a.keras"] = Served(DATA)
    ask_page(f"""
        await read("{server.url("a.keras")}", progress=places.bar("a.keras"))
        "0"
    """)
    lines = opened.inner_text("[data-gossamer-progress]").splitlines()
    assert "Loading a.keras" in lines
    assert any(line.startswith("1024/1024 ━") for line in lines)


def test_a_page_without_space_for_what_it_fetches(ask_page, opened, server):
    server.files["a.keras"] = Served(DATA * 4)
    chromium = opened.context.new_cdp_session(opened)
    origin = {"origin": server.address}
    chromium.send("Storage.overrideQuotaForOrigin", {**origin, "quotaSize": 500_000})
    try:
        warned = ask_page(f"""
            import asyncio, warnings
            with warnings.catch_warnings(record=True) as caught:
                warnings.simplefilter("always")
                assert await read("{server.url("a.keras")}") == {{"a.keras": DATA * 4}}
                await asyncio.sleep(0.5)
            json.dumps([str(warning.message) for warning in caught])
        """)
    finally:
        chromium.send("Storage.overrideQuotaForOrigin", origin)
        chromium.detach()
    assert len(warned) == 1
    assert warned[0].startswith(f"{server.url('a.keras')} was read but not kept: ")
