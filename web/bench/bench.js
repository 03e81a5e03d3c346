// @ts-check
/**
 * The part of the benchmark that must be JavaScript: TensorFlow.js's side runs in it, so that it
 * pays for no call from Python, and so does what looks at WebGL. All else is Python, which finds
 * this as `js.bench`. Knows nothing of gossamer but that it computes on a WebGL2 context.
 *
 * @typedef {{dispose(): void}} Tensor
 * @typedef {(...inputs: Tensor[]) => Tensor} Computation
 */
(() => {
  "use strict";

  /** How long a page of its own may take to load and to run its case, in milliseconds. */
  const PATIENCE = 300_000;
  /** What of a context is counted, and under which name. */
  const COUNTED = { drawArrays: "draws", drawElements: "draws", linkProgram: "programs" };

  const tf = () => /** @type {any} */ (globalThis).tf;

  /** The rows so far, as JSON, for who drives the page from outside. @type {string[]} */
  const rows = [];

  /** Makes TensorFlow.js ready; its flags stay as they are. @returns {Promise<WebGL2RenderingContext>} */
  async function start() {
    tf().enableProdMode();
    if (!(await tf().setBackend("webgl"))) throw new Error("TensorFlow.js has no WebGL here.");
    await tf().ready();
    return tf().backend().gpgpu.gl;
  }

  /**
   * Runs a computation again and again, and lets go of its results.
   * @param {Computation} compute
   * @param {Tensor[]} inputs
   * @param {number} times
   */
  function repeat(compute, inputs, times) {
    for (let i = 0; i < times; i++) {
      tf().tidy(() => {
        compute(...inputs);
      });
    }
  }

  /**
   * Waits until a context has done all that was asked of it: reads one pixel of what was drawn last.
   * @param {WebGL2RenderingContext} gl
   */
  function sync(gl) {
    const format = gl.getParameter(gl.IMPLEMENTATION_COLOR_READ_FORMAT);
    const type = gl.getParameter(gl.IMPLEMENTATION_COLOR_READ_TYPE);
    const View =
      type === gl.FLOAT ? Float32Array : type === gl.INT ? Int32Array : type === gl.UNSIGNED_INT ? Uint32Array : Uint8Array;
    gl.readPixels(0, 0, 1, 1, format, type, new View(16));
  }

  /**
   * Counts what is asked of a context until `stop`.
   * @param {WebGL2RenderingContext} gl
   */
  function count(gl) {
    const counts = { draws: 0, programs: 0, stop };
    const own = /** @type {any} */ (gl);
    for (const [name, kind] of Object.entries(COUNTED)) {
      own[name] = (/** @type {any[]} */ ...given) => {
        counts[/** @type {"draws" | "programs"} */ (kind)] += 1;
        return /** @type {any} */ (WebGL2RenderingContext.prototype)[name].apply(gl, given);
      };
    }
    function stop() {
      for (const name of Object.keys(COUNTED)) delete own[name];
    }
    return counts;
  }

  /**
   * Runs something in a page of its own, where nothing has been compiled yet.
   * @param {string} query  what that page is to do: the part of its address after "?"
   * @returns {Promise<string>} what it tells its parent, JSON
   */
  function alone(query) {
    const frame = document.createElement("iframe");
    frame.src = `?${query}`;
    frame.title = "A page of its own for a first run";
    frame.hidden = true;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => finish(() => reject(new Error("The page gave no answer."))), PATIENCE);
      /** @param {() => void} settle */
      function finish(settle) {
        clearTimeout(timer);
        removeEventListener("message", listen);
        frame.remove();
        settle();
      }
      /** @param {MessageEvent} event */
      function listen(event) {
        if (event.source === frame.contentWindow) finish(() => resolve(event.data));
      }
      addEventListener("message", listen);
      document.body.append(frame);
    });
  }

  // Where Python or one of its scripts fails, the page says so, and so does a page opened by another.
  document.addEventListener("gossamer:error", (event) => {
    const { title, text } = /** @type {CustomEvent} */ (event).detail;
    document.body.dataset.state = "error";
    /** @type {HTMLElement} */ (document.getElementById("status")).textContent = `${title}: ${text}`;
    if (parent !== self) parent.postMessage(JSON.stringify({ error: `${title}: ${text}` }), origin);
  });

  Object.assign(globalThis, { bench: { rows, start, repeat, sync, count, alone } });
})();
