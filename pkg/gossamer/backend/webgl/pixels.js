// Pictures into the device and out of it: a picture as a texture to sample, and the device's own
// canvas as a texture to draw to. Added to the device by `backend/webgl/pixels.py`. The value of
// this script is the function.

/**
 * @typedef {import("./shim.js").Device} Device
 */

/** @param {Device} device */
function addPixels(device) {
  const { context: gl, targets, run } = device;
  const canvas = /** @type {OffscreenCanvas | HTMLCanvasElement} */ (gl.canvas);
  // The number under which the canvas is drawn to like a texture, while it is.
  const CANVAS = -1;

  return {
    canvas,

    /**
     * Draws a plan that samples a picture; its only sampler is of unit 0.
     * @param {number} plan
     * @param {number} out
     * @param {TexImageSource} source
     */
    drawPicture(plan, out, source) {
      const picture = gl.createTexture();
      gl.activeTexture(gl.TEXTURE0);
      gl.bindTexture(gl.TEXTURE_2D, picture);
      gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.NEAREST);
      gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MAG_FILTER, gl.NEAREST);
      // Bytes as they are stored: alpha is not multiplied in, as by default, and colours stay.
      gl.pixelStorei(gl.UNPACK_COLORSPACE_CONVERSION_WEBGL, gl.NONE);
      try {
        gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA8, gl.RGBA, gl.UNSIGNED_BYTE, source);
        run(plan, out);
      } finally {
        gl.pixelStorei(gl.UNPACK_COLORSPACE_CONVERSION_WEBGL, gl.BROWSER_DEFAULT_WEBGL);
        gl.deleteTexture(picture);
      }
    },

    /**
     * Draws a plan to the canvas, which takes its size. What is drawn there must be taken before
     * the page has its thread back.
     * @param {number} plan
     * @param {number} texture
     * @param {number} width
     * @param {number} height
     */
    drawCanvas(plan, texture, width, height) {
      if (canvas.width !== width) canvas.width = width;
      if (canvas.height !== height) canvas.height = height;
      if (gl.drawingBufferWidth !== width || gl.drawingBufferHeight !== height) return false;
      const none = /** @type {any} */ (null);
      targets.set(CANVAS, {
        texture: none, framebuffer: none, kind: "float", width, layers: 1, alive: true, used: 0,
      });
      try {
        run(plan, CANVAS, texture);
      } finally {
        targets.delete(CANVAS);
      }
      return true;
    },
  };
}

addPixels;
