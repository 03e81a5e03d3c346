"""Files that users choose in a page, and files that they are given."""

DATA = bytes(range(256)) * 4000


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


def test_a_worker_cannot_download(ask_worker):
    assert ask_worker("""
        json.dumps(await error_of(places.write("downloads://x.keras", {"x.keras": b"1"})))
    """).startswith("NotImplementedError: A worker cannot download")
