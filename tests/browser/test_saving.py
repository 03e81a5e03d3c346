"""Files of real Keras opened in a page, on WebGL2; what the page writes, opened by Keras."""

from __future__ import annotations

import base64
import json
import shutil
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import numpy as np
import pytest

import gossamer as gs
from tests.saving.networks import NETWORKS, inputs, made
from tools.website import DIST

pytestmark = [
    pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:invalid value encountered:RuntimeWarning"),
    pytest.mark.filterwarnings("ignore:overflow encountered:RuntimeWarning"),
    pytest.mark.filterwarnings("ignore:.*Skipping variable loading for optimizer:UserWarning"),
]

BACK = 6_000_000  # weights up to which the page's own file comes back through the debugger

PAGE = """<!doctype html>
<meta charset="utf-8">
<title>models</title>
<script src="gossamer.js" data-backend="webgl"></script>
<script type="text/python">
import base64, io, json, time
import js
import numpy as np
from pyodide.ffi import create_proxy, to_js
from pyodide.http import pyfetch
import gossamer as gs

def unpacked(given):
    if isinstance(given, list):
        return [unpacked(one) for one in given]
    if "data" not in given:
        return {key: unpacked(one) for key, one in given.items()}
    values = np.frombuffer(base64.b64decode(given["data"]), given["dtype"])
    return values.reshape(given["shape"])

async def open_model(name, ending, back):
    content = await (await pyfetch(f"models/{name}{ending}")).bytes()
    begun = time.perf_counter()
    model = await gs.saving.load_model_async(content)
    seconds = time.perf_counter() - begun
    given = json.loads(await (await pyfetch(f"models/{name}.json")).string())
    y = gs.tree.flatten(model.predict(unpacked(given), verbose=0))
    written = ""
    if back:
        path = f"/tmp/again{ending}"
        await model.save_async(path)
        written = base64.b64encode(open(path, "rb").read()).decode()
    return json.dumps([seconds, [one.tolist() for one in y], written])

js.open_model = create_proxy(open_model)
js.ready = True
</script>
"""


@pytest.fixture(scope="module")
def keras() -> Any:
    from tests.oracle import keras_library

    return keras_library.keras


@pytest.fixture(scope="module")
def models(browser: Any, site: str) -> Any:
    """A page that opens models by name, and the folder where it finds them."""
    page = browser.new_context().new_page()
    folder = DIST / "models"
    folder.mkdir(exist_ok=True)
    address = urljoin(site, "models.html")
    page.route(address, lambda route: route.fulfill(body=PAGE, content_type="text/html"))
    page.goto(address)
    page.wait_for_function("self.ready", timeout=120_000)
    page.set_default_timeout(240_000)
    yield page, folder
    page.context.close()
    shutil.rmtree(folder)


def packed(array: np.ndarray) -> dict[str, Any]:
    data = base64.b64encode(array.tobytes()).decode()
    return {"data": data, "dtype": array.dtype.name, "shape": list(array.shape)}


# These take longest, and have nothing that others lack.
LEFT_OUT = ("EfficientNetV2B0", "InceptionResNetV2", "NASNetMobile")


@pytest.mark.parametrize("name", [name for name in NETWORKS if name not in LEFT_OUT])
def test_models(name: str, keras: Any, models: Any, tmp_path: Path, record_property: Any) -> None:
    page, folder = models
    theirs = made(keras, name)
    right = gs.tree.flatten(theirs.predict(inputs(name), verbose=0))
    ending = ".h5" if name in ("dense", "recurrent") else ".keras"
    theirs.save(folder / f"{name}{ending}")
    (folder / f"{name}.json").write_text(json.dumps(gs.tree.map_structure(packed, inputs(name))))
    back = theirs.count_params() < BACK
    answer = page.evaluate("args => open_model(...args)", [name, ending, back])
    (folder / f"{name}{ending}").unlink()
    seconds, found, written = json.loads(answer)
    largest = max(float(np.abs(x).max()) for x in right)
    difference = max(
        float(np.abs(np.array(a) - b).max()) / largest for a, b in zip(found, right, strict=True)
    )
    assert difference < 1e-3
    row = [ending, "from Keras, WebGL2", name, difference, f"{seconds:.2f} s"]
    record_property("models read and written", row)
    if not back:
        return
    # And back: the file that the page wrote.
    (tmp_path / f"again{ending}").write_bytes(base64.b64decode(written))
    again = keras.saving.load_model(tmp_path / f"again{ending}")
    for one, other in zip(again.get_weights(), theirs.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)
