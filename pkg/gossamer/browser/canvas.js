// Pictures and canvases for `browser/pixels.py`: what they are, what is in them, how to show them.
// Runs in pages and in workers. The value of this script is the object.

/**
 * @typedef {OffscreenCanvas | HTMLCanvasElement} Canvas
 * @typedef {OffscreenCanvasRenderingContext2D | CanvasRenderingContext2D} Context
 */

(() => {
  /**
   * @param {number} width
   * @param {number} height
   * @returns {Canvas}
   */
  function makeCanvas(width, height) {
    if (typeof OffscreenCanvas !== "undefined") return new OffscreenCanvas(width, height);
    return Object.assign(document.createElement("canvas"), { width, height });
  }

  /**
   * @param {Canvas} canvas
   * @returns {Context | null}
   */
  function contextOf(canvas) {
    return /** @type {Context | null} */ (canvas.getContext("2d"));
  }

  return {
    /**
     * The name of a picture's class, its size in pixels of its own, and whether it is loaded.
     * @param {any} source
     */
    describe(source) {
      const name = Object.prototype.toString.call(source).slice(8, -1);
      const isVideo = "videoWidth" in source;
      const [width, height] = isVideo
        ? [source.videoWidth, source.videoHeight]
        : "naturalWidth" in source
          ? [source.naturalWidth, source.naturalHeight]
          : "displayWidth" in source
            ? [source.displayWidth, source.displayHeight]
            : [source.width, source.height];
      const isLoaded = (source.complete ?? true) && (!isVideo || source.readyState >= 2);
      return { name, width, height, isLoaded };
    },

    /**
     * The bytes of a picture, four a pixel.
     * @param {any} source
     * @param {number} width
     * @param {number} height
     */
    read(source, width, height) {
      if ("data" in source) return source.data; // an ImageData
      const canvas = makeCanvas(width, height);
      const context = /** @type {Context} */ (
        canvas.getContext("2d", { willReadFrequently: true })
      );
      context.drawImage(source, 0, 0);
      return context.getImageData(0, 0, width, height).data;
    },

    /**
     * A canvas with these bytes in it, four a pixel.
     * @param {Uint8ClampedArray<ArrayBuffer>} bytes
     * @param {number} width
     * @param {number} height
     */
    fromBytes(bytes, width, height) {
      const canvas = makeCanvas(width, height);
      contextOf(canvas)?.putImageData(new ImageData(bytes, width, height), 0, 0);
      return canvas;
    },

    /**
     * Shows what is in one canvas in another, which takes its size; false if that has a context
     * that cannot.
     * @param {Canvas} source
     * @param {Canvas} target
     */
    show(source, target) {
      const context = contextOf(target);
      const renderer = context
        ? null
        : /** @type {ImageBitmapRenderingContext | null} */ (target.getContext("bitmaprenderer"));
      if (!context && !(renderer && "transferToImageBitmap" in source)) return false;
      // Setting a size clears the canvas, even if it is the same.
      if (target.width !== source.width) target.width = source.width;
      if (target.height !== source.height) target.height = source.height;
      if (renderer) {
        renderer.transferFromImageBitmap(/** @type {OffscreenCanvas} */ (source).transferToImageBitmap());
      } else if (context) {
        context.save();
        context.resetTransform();
        context.globalAlpha = 1;
        context.globalCompositeOperation = "copy";
        context.filter = "none";
        context.drawImage(source, 0, 0);
        context.restore();
      }
      return true;
    },
  };
})();
