// How long draws take on the device, by timer queries; where there are none, by waiting for each.
// Loaded from the wheel by `backend/webgl/queries.py`. The value of this script is the function.

/**
 * @typedef {{TIME_ELAPSED_EXT: number, GPU_DISJOINT_EXT: number}} TimerQuery
 */

/**
 * Makes a stopwatch for a device of `shim.js`.
 * @param {{context: WebGL2RenderingContext}} device
 */
function createGossamerQueries({ context: gl }) {
  const extension = /** @type {TimerQuery | null} */ (
    gl.getExtension("EXT_disjoint_timer_query_webgl2")
  );
  /** @type {WebGLQuery[]} */
  let queries = [];
  let started = 0;

  // A pixel of its own to wait for, so that nothing the device has bound needs to change.
  const pixel = gl.createRenderbuffer();
  const framebuffer = gl.createFramebuffer();
  gl.bindRenderbuffer(gl.RENDERBUFFER, pixel);
  gl.renderbufferStorage(gl.RENDERBUFFER, gl.RGBA8, 1, 1);
  withFramebuffer(() => {
    gl.framebufferRenderbuffer(gl.READ_FRAMEBUFFER, gl.COLOR_ATTACHMENT0, gl.RENDERBUFFER, pixel);
  });

  /** @param {() => void} action */
  function withFramebuffer(action) {
    const bound = gl.getParameter(gl.READ_FRAMEBUFFER_BINDING);
    gl.bindFramebuffer(gl.READ_FRAMEBUFFER, framebuffer);
    action();
    gl.bindFramebuffer(gl.READ_FRAMEBUFFER, bound);
  }

  /** Waits until all draws are done: only a read does, as `gl.finish` may return at once. */
  function finish() {
    withFramebuffer(() => {
      gl.readPixels(0, 0, 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, new Uint8Array(4));
    });
  }

  function start() {
    if (extension) {
      const query = gl.createQuery();
      if (query) gl.beginQuery(extension.TIME_ELAPSED_EXT, query);
      queries.push(/** @type {WebGLQuery} */ (query));
    } else {
      finish();
      started = performance.now();
    }
  }

  /** The milliseconds since `start`; with timer queries -1, as they are known later. */
  function stop() {
    if (extension) {
      gl.endQuery(extension.TIME_ELAPSED_EXT);
      return -1;
    }
    finish();
    return performance.now() - started;
  }

  /**
   * The milliseconds of every query since the last call, NaN where the device cannot tell.
   * Results become known only after the page has had its thread back.
   * @returns {Promise<Float64Array>}
   */
  async function results() {
    const waiting = queries;
    queries = [];
    const milliseconds = new Float64Array(waiting.length).fill(NaN);
    if (!extension) return milliseconds;
    gl.flush();
    for (const [i, query] of waiting.entries()) {
      while (!gl.isContextLost() && !gl.getQueryParameter(query, gl.QUERY_RESULT_AVAILABLE)) {
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
      if (gl.isContextLost()) return milliseconds.fill(NaN);
      milliseconds[i] = gl.getQueryParameter(query, gl.QUERY_RESULT) / 1e6;
      gl.deleteQuery(query);
    }
    // Something else disturbed the clock meanwhile: a change of frequency, or sleep.
    return gl.getParameter(extension.GPU_DISJOINT_EXT) ? milliseconds.fill(NaN) : milliseconds;
  }

  function close() {
    gl.deleteFramebuffer(framebuffer);
    gl.deleteRenderbuffer(pixel);
  }

  return { hasQueries: Boolean(extension), start, stop, finish, results, close };
}

createGossamerQueries;
