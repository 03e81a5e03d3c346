"""Models in IndexedDB and the origin-private file system of Chromium: whole or not at all."""

import json

import pytest

from tests.saving.serving import Served

DATA = bytes(range(256)) * 4000


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


def test_a_page_without_space_for_a_file(ask_page, ask_again, opened):
    ask_page("""
        await places.write("opfs://m/a.keras", {"a.keras": b"old"})
        "0"
    """)
    opened.evaluate("navigator.storage.estimate = async () => ({quota: 1000000, usage: 1000})")
    try:
        error, left, old = ask_again("""
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
