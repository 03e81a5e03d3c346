"""Where models live, in real Chromium: fetched and kept, in the page's stores, chosen, downloaded.

The test's own server serves the site, too, and counts what it is asked for.
"""

import json
import textwrap

import pytest

from tests.browser.harness.pages import open_page
from tests.saving.serving import Served, serving
from tools.website import DIST

DATA = bytes(range(256)) * 4000
PAGE = """<!doctype html><title>t</title><div data-gossamer-progress></div>
<input id="files" type="file" multiple>
<script src="gossamer.js" data-backend="numpy"></script>
"""
WORKER = """
self.gossamerOptions = { backend: "numpy" };
importScripts("gossamer.js");
self.onmessage = async ({ data }) => {
  try {
    const python = await gossamer.ready;
    postMessage([await python.runPythonAsync(data)]);
  } catch (error) {
    postMessage(String(error));
  }
};
"""
ASK_WORKER = """
code => new Promise((resolve, reject) => {
  self.worker = self.worker ?? new Worker("worker.js");
  worker.onmessage = ({ data }) => Array.isArray(data) ? resolve(data[0]) : reject(new Error(data));
  worker.postMessage(code);
})
"""
START = """
import json
import js
from gossamer.browser.event_loop import run
from gossamer.saving import places
from gossamer.saving.formats import ModelFileError
from gossamer.saving.places import limits, transfer
transfer.PAUSE_SECONDS = 0.01
DATA = bytes(range(256)) * 4000
FILES = {"model.json": b"{}", "a.bin": DATA, "weights.bin": b"22"}

async def read(address, *beside, **more):
    file = await places.read(address, lambda file: list(beside), **more)
    return {file.name: bytes(file.data)} | {n: bytes(d) for n, d in file.beside.items()}

async def error_of(waiting):
    try:
        return f"no error, {await waiting!r}"[:300]
    except Exception as error:
        return f"{type(error).__name__}: {error}"
"""


@pytest.fixture(scope="module")
def server(site):
    """A server of the site whose other files a test chooses."""
    with serving(DIST) as running:
        running.files["places.html"] = Served(PAGE.encode(), headers={"Content-Type": "text/html"})
        running.files["worker.js"] = Served(
            WORKER.encode(), headers={"Content-Type": "text/javascript"}
        )
        yield running


@pytest.fixture(scope="module")
def opened(browser, server):
    page, watch = open_page(browser)
    page.goto(server.url("places.html"))
    yield page
    page.context.close()
    watch.assert_offline()


@pytest.fixture(params=["page", "worker"])
def ask(request, opened, server):
    """A function that runs Python, in the page and in a worker, and gives its last value."""
    return asker(opened, server, request.param)


@pytest.fixture
def ask_page(opened, server):
    return asker(opened, server, "page")


def asker(page, server, where):
    """The function, once nothing is left of tests before."""
    ask = runner(page, where)
    ask("""
        await places.clear_cache_async()
        for address in await places.list_models_async():
            await places.remove_model_async(address)
        "0"
    """)
    for path in set(server.files) - {"places.html", "worker.js"}:
        del server.files[path]
    server.requests.clear()
    return ask


def runner(page, where):
    def ask(code, run="runPythonAsync"):
        code = START + textwrap.dedent(code)
        if where == "worker":
            return json.loads(page.evaluate(ASK_WORKER, code))
        answer = f"code => gossamer.ready.then(python => python.{run}(code))"
        return json.loads(page.evaluate(answer, code))

    return ask


# ---- fetched ---------------------------------------------------------------------------------


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


# ---- stores ----------------------------------------------------------------------------------


@pytest.mark.parametrize("scheme", ["indexeddb", "opfs"])
def test_stores(ask, scheme):
    found = ask(f"""
        import time
        await places.write("{scheme}://nets/tfjs", FILES)
        assert await read("{scheme}://nets/tfjs", "a.bin", "weights.bin") == FILES
        await places.write("{scheme}://nets/one.keras", {{"one.keras": DATA}})
        await places.write("{scheme}://nets/one.keras", {{"one.keras": b"new"}})
        assert await read("{scheme}://nets/one.keras") == {{"one.keras": b"new"}}
        models = await places.list_models_async()
        for model in models.values():
            assert abs(model.date.timestamp() - time.time()) < 60
        json.dumps({{name: [model.size, *model.files] for name, model in models.items()}})
    """)
    size = len(DATA) + 4
    assert found == {
        f"{scheme}://nets/tfjs": [size, "model.json", "a.bin", "weights.bin"],
        f"{scheme}://nets/one.keras": [3, "one.keras"],
    }
    # They are there for others of the same origin.
    assert ask(f"""
        await places.copy_model_async("{scheme}://nets/tfjs", "{scheme}://copy")
        await places.move_model_async("{scheme}://copy", "{scheme}://moved/there")
        assert await read("{scheme}://moved/there", "a.bin", "weights.bin") == FILES
        await places.remove_model_async("{scheme}://nets/tfjs")
        await places.remove_model_async("{scheme}://nets/one.keras")
        missing = [
            await error_of(places.remove_model_async("{scheme}://nets/tfjs")),
            await error_of(read("{scheme}://nets/one.keras")),
            await error_of(read("{scheme}://copy")),
        ]
        assert all(error.startswith("FileNotFoundError") for error in missing), missing
        there = "{scheme}://moved/there"
        same = await error_of(places.copy_model_async(there, there + "/"))
        assert same.startswith("ValueError: Expected a target apart"), same
        json.dumps(list(await places.list_models_async()))
    """) == [f"{scheme}://moved/there"]


def test_between_stores_and_files(ask):
    assert ask("""
        import os
        await places.write("opfs://a.keras", {"a.keras": DATA})
        await places.copy_model_async("opfs://a.keras", "indexeddb://b")
        await places.copy_model_async("indexeddb://b", "/tmp/c.keras")
        await places.write("/tmp/tfjs", FILES)
        await places.copy_model_async("/tmp/tfjs", "opfs://d/e")
        await places.move_model_async("opfs://d/e", "indexeddb://f")
        await places.move_model_async("indexeddb://f", "opfs://g/model.json")
        assert open("/tmp/c.keras", "rb").read() == DATA
        assert sorted(places.list_models("/tmp")) == ["/tmp/c.keras", "/tmp/tfjs"]
        assert await read("opfs://g", "a.bin", "weights.bin") == FILES
        found = await places.list_models_async()
        places.remove_model("/tmp/tfjs"), os.remove("/tmp/c.keras")
        json.dumps([sorted(found), found["indexeddb://b"].files, os.listdir("/tmp")])
    """) == [["indexeddb://b", "opfs://a.keras", "opfs://g"], ["a.keras"], []]


def test_a_write_that_fails_leaves_the_old_model(ask):
    """Both stores: a full disk while the second of three files is written or moved."""
    assert ask("""
        from gossamer.browser import indexed_db, private_files
        OLD = {name: b"old" for name in FILES}
        seen = []
        for step in ("write", "move"):
            for at in (1, 2, 3, 4):
                await places.write("opfs://m", OLD)
                real, calls = getattr(private_files.Steps, step), []
                async def failing(self, *arguments):
                    calls.append(arguments)
                    if len(calls) == at:
                        raise OSError("no space left")
                    await real(self, *arguments)
                setattr(private_files.Steps, step, failing)
                try:
                    error = await error_of(places.write("opfs://m", FILES))
                finally:
                    setattr(private_files.Steps, step, real)
                failed = error == "OSError: no space left"
                assert failed == (len(calls) >= at), error
                left = await private_files.files_in("m")
                assert sorted(left) == sorted(FILES), list(left)
                assert await read("opfs://m", "a.bin", "weights.bin") == (OLD if failed else FILES)
                seen.append(failed)
        await places.write("indexeddb://m", OLD)
        real = indexed_db.blob_of
        def failing(data):
            if bytes(data[:2]) == b"22":
                raise OSError("no space left")
            return real(data)
        indexed_db.blob_of = failing
        try:
            assert await error_of(places.write("indexeddb://m", FILES)) == "OSError: no space left"
        finally:
            indexed_db.blob_of = real
        assert await read("indexeddb://m", "a.bin", "weights.bin") == OLD
        json.dumps(seen)
    """) == [True, True, True, False, True, True, True, True]


def test_a_page_without_space_for_a_file(ask_page, opened):
    ask_page("""
        await places.write("opfs://m/a.keras", {"a.keras": b"old"})
        "0"
    """)
    opened.evaluate("navigator.storage.estimate = async () => ({quota: 1000000, usage: 1000})")
    try:
        error, left, old = runner(opened, "page")("""
            from gossamer.browser import private_files
            error = await error_of(places.write("opfs://m/a.keras", {"a.keras": DATA}))
            left = list(await private_files.files_in("m"))
            json.dumps([error, left, (await read("opfs://m/a.keras"))["a.keras"].decode()])
        """)
    finally:
        opened.evaluate("delete navigator.storage.estimate")
    assert error.startswith(f"OSError: Expected space for the {len(DATA)} bytes of opfs://m/")
    assert error.endswith("Received: 999000 bytes left for this page")
    assert (left, old) == (["a.keras"], "old")


def test_a_page_without_space_for_what_it_fetches(ask_page, opened, server):
    server.files["a.keras"] = Served(DATA * 4)
    chromium = opened.context.new_cdp_session(opened)
    origin = {"origin": server.address}
    chromium.send("Storage.overrideQuotaForOrigin", {**origin, "quotaSize": 500_000})
    try:
        warned = runner(opened, "page")(f"""
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


def test_a_transaction_that_the_browser_refuses(ask):
    assert ask("""
        from gossamer.browser import indexed_db
        from pyodide.ffi import to_js
        await places.write("indexeddb://m", {"a.keras": b"old"})
        record = to_js({"name": "m", "files": []}, dict_converter=js.Object.fromEntries)
        def aborted(store):
            store.transaction.abort()
            return store
        errors = [
            await error_of(indexed_db._transaction("readwrite", "m", lambda s: s.add(record))),
            await error_of(indexed_db._transaction("readwrite", "m", aborted)),
        ]
        assert await read("indexeddb://m") == {"a.keras": b"old"}
        json.dumps([error[:62] for error in errors])
    """) == [
        "OSError: Expected to reach indexeddb://m. Received: Constraint",
        "OSError: Expected a complete transaction. Received: its end",
    ]


def test_names_are_only_names(ask):
    errors = ask("""
        json.dumps([
            await error_of(places.write("opfs://m", {"model.json": b"", "../x.bin": b""})),
            await error_of(places.write("indexeddb://m", {"model.json": b"", "/x.bin": b""})),
            await error_of(places.write("opfs://a/../../b", {"b.keras": b""})),
            await error_of(places.write("opfs://a//b", {"b.keras": b""})),
            await error_of(read("opfs://a\\\\b")),
            list(await places.list_models_async()),
        ])
    """)
    assert errors.pop() == []
    assert all(error.startswith(("ModelFileError: ", "ValueError: ")) for error in errors)
    strange = "<b>../'\\\"%2e%2e/☃"
    assert ask(f"""
        name = json.loads('''{json.dumps(strange).replace(chr(92), chr(92) * 2)}''')
        await places.write("indexeddb://" + name, {{"m.keras": b"1"}})
        assert await read("indexeddb://" + name) == {{"m.keras": b"1"}}
        json.dumps(list(await places.list_models_async()))
    """) == [f"indexeddb://{strange}"]


# ---- chosen and downloaded -------------------------------------------------------------------


def test_chosen_files(ask_page, opened):
    payloads = [
        {"name": "a.bin", "mimeType": "application/octet-stream", "buffer": DATA},
        {"name": "net.json", "mimeType": "application/json", "buffer": b"{}"},
    ]
    opened.set_input_files("#files", payloads)
    opened.evaluate("self.input = document.getElementById('files')")
    assert ask_page("""
        told = []
        expected = {"net.json": b"{}", "a.bin": DATA}
        for chosen in (js.input, js.input.files, list(js.input.files)):
            assert await read(chosen, "a.bin") == expected
        missing = await error_of(read(js.input, "b.bin"))
        assert "beside 'net.json'" in missing, missing
        one = js.input.files.item(0)
        assert await read(one, progress=lambda *one: told.append(one)) == {"a.bin": DATA}
        assert told[-1] == (len(DATA), len(DATA)) and len(told) == len(set(told))
        assert await read(js.Blob.new([])) == {"blob": b""}
        limits.LARGEST_FILE = 1000
        large = await error_of(read(one))
        limits.LARGEST_FILE = 4 << 30
        js.input.value = ""
        json.dumps([large[:40], await error_of(read(js.input))])
    """) == [
        "ModelFileError: Expected at most 1000 by",
        "ValueError: Expected a file to be chosen. Received: none",
    ]


def test_downloads(ask_page, opened):
    got = []
    opened.on("download", lambda download: got.append(download))
    assert (
        ask_page("""
        await places.write("downloads://tfjs", FILES)
        await places.write("opfs://x", {"a.keras": b"1234"})
        await places.copy_model_async("opfs://x", "downloads://net.keras")
        errors = [
            await error_of(read("downloads://x")),
            await error_of(places.remove_model_async("downloads://x")),
            await error_of(places.move_model_async("downloads://x", "opfs://y")),
        ]
        json.dumps([error.partition(":")[0] for error in errors])
    """)
        == ["NotImplementedError"] * 3
    )
    opened.wait_for_timeout(500)
    found = {}
    for download in got:
        with open(download.path(), "rb") as file:
            found[download.suggested_filename] = file.read()
    assert found == {"model.json": b"{}", "a.bin": DATA, "weights.bin": b"22", "net.keras": b"1234"}


def test_a_worker_cannot_download(opened, server):
    ask = asker(opened, server, "worker")
    assert ask("""
        json.dumps(await error_of(places.write("downloads://x.keras", {"x.keras": b"1"})))
    """).startswith("NotImplementedError: A worker cannot download")


def test_nothing_is_left_behind(ask_page, server):
    """Proxies are freed: after some rounds there are as many as before."""
    server.files["a.keras"] = Served(DATA)
    before, after = ask_page(f"""
        import gc, pyodide_js
        async def round():
            await read("{server.url("a.keras")}")
            await places.write("indexeddb://a", FILES)
            await read("indexeddb://a", "a.bin")
            await places.write("opfs://a", FILES)
            await read("opfs://a", "a.bin")
            await places.list_models_async()
            gc.collect()
            return len(gc.get_objects())
        await round()
        await round()
        before = await round()
        for _ in range(5):
            after = await round()
        json.dumps([before, after])
    """)
    assert after - before < 20
