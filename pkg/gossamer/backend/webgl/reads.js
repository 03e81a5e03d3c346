// Values in and out of the device: uploads, reads that wait, and reads that do not. Adds its
// methods to the device that `shim.js` makes. The value of this script is the function.

/**
 * @typedef {import("./shim.js").Device} Device
 * @typedef {import("./shim.js").Kind} Kind
 * @typedef {import("./shim.js").PythonArray} PythonArray
 * @typedef {{buffer: WebGLBuffer, kind: Kind, size: number}} PendingRead `size`: bytes of a layer
 */

/** @param {Device} device */
function addReads(device) {
  const { context: gl, KINDS, living, bindTexture, bindFramebuffer, checkMemory, lost } = device;
  const counts = Object.assign(device.counts, {
    uploads: 0, upload_bytes: 0, reads: 0, read_bytes: 0, fences: 0,
  });
  /** @type {Map<number, PendingRead>} */
  const reads = new Map();
  let nextRead = 1;
  /** @type {Promise<void> | null} */
  let fence = null;

  device.on("restored", () => reads.clear());

  // What is read into ends with a mark in each layer. If it is still there afterwards nothing was
  // read: the device was lost, and the browser may not know it yet.
  const MARK = new Uint32Array(4).map((_, i) => 0x9e3779b9 * (i + 1));

  /**
   * @param {ArrayBufferView} view
   * @param {number} size bytes of a layer
   */
  function ends(view, size) {
    const found = [];
    for (let end = size; end <= view.byteLength; end += size) {
      found.push(new Uint32Array(view.buffer, view.byteOffset + end - 16, 4));
    }
    return found;
  }

  /**
   * Reads by way of `fill`, and throws if that gives nothing.
   * @param {ArrayBufferView} view
   * @param {number} size
   * @param {() => void} fill
   */
  function checked(view, size, fill) {
    const marked = ends(view, size);
    for (const end of marked) end.set(MARK);
    fill();
    // A lost context reads as zeros, or as nothing.
    if (gl.isContextLost()) throw lost();
    checkMemory();
    if (marked.some((end) => end.every((word, i) => word === MARK[i]))) throw lost();
  }

  /**
   * Fills a texture from an array that is laid out like it.
   * @param {number} id
   * @param {number} height rows that the array has in each layer
   * @param {PythonArray} array
   */
  function upload(id, height, array) {
    const target = living(id);
    const { format, type, view } = KINDS[target.kind];
    const source = array.getBuffer(view);
    try {
      bindTexture(0, id, target);
      gl.texSubImage3D(
        gl.TEXTURE_2D_ARRAY, 0, 0, 0, 0, target.width, height, target.layers, format, type,
        source.data,
      );
      counts.uploads += 1;
      counts.upload_bytes += source.data.byteLength;
    } finally {
      source.release();
    }
    if (gl.isContextLost()) throw lost();
  }

  /**
   * Reads a texture into an array that is laid out like it; waits for the device.
   * @param {number} id
   * @param {number} height
   * @param {PythonArray} array
   */
  function read(id, height, array) {
    const target = living(id);
    const { format, readType, readView } = KINDS[target.kind];
    const destination = array.getBuffer(readView);
    try {
      const length = target.width * height * 4;
      checked(destination.data, destination.data.BYTES_PER_ELEMENT * length, () => {
        bindFramebuffer(id, target);
        for (let layer = 0; layer < target.layers; layer++) {
          const part = destination.data.subarray(layer * length, (layer + 1) * length);
          gl.readBuffer(gl.COLOR_ATTACHMENT0 + layer);
          gl.readPixels(0, 0, target.width, height, format, readType, part);
        }
      });
      counts.reads += 1;
      counts.read_bytes += destination.data.byteLength;
    } finally {
      destination.release();
    }
  }

  /**
   * Begins to read a texture as it is now, and returns a number for `finishRead`.
   * @param {number} id
   * @param {number} height
   */
  function beginRead(id, height) {
    if (gl.isContextLost()) throw lost();
    const target = living(id);
    const { format, readType } = KINDS[target.kind];
    const size = target.width * height * 16;
    const buffer = gl.createBuffer();
    if (!buffer) throw lost();
    gl.bindBuffer(gl.PIXEL_PACK_BUFFER, buffer);
    gl.bufferData(gl.PIXEL_PACK_BUFFER, size * target.layers, gl.STREAM_READ);
    bindFramebuffer(id, target);
    for (let layer = 0; layer < target.layers; layer++) {
      gl.readBuffer(gl.COLOR_ATTACHMENT0 + layer);
      gl.readPixels(0, 0, target.width, height, format, readType, layer * size);
    }
    gl.bindBuffer(gl.PIXEL_PACK_BUFFER, null);
    reads.set(nextRead, { buffer, kind: target.kind, size });
    return nextRead++;
  }

  /** Resolves when the device has done all that was asked of it until now; reads share one. */
  function fenced() {
    fence ??= new Promise((resolve, reject) => {
      // Everything that is asked for in this turn of the event loop waits for the same fence.
      setTimeout(() => {
        fence = null;
        const sync = gl.fenceSync(gl.SYNC_GPU_COMMANDS_COMPLETE, 0);
        gl.flush();
        counts.fences += 1;
        const poll = () => {
          if (!sync || gl.isContextLost()) return reject(lost());
          const status = gl.clientWaitSync(sync, 0, 0);
          if (status === gl.TIMEOUT_EXPIRED) return void setTimeout(poll, 1);
          gl.deleteSync(sync);
          return resolve();
        };
        poll();
      }, 0);
    });
    return fence;
  }

  /**
   * Ends a read that was begun; waits for the device if it is not done.
   * @param {number} pending
   * @param {PythonArray} array
   * @param {boolean} unasked whether not to count it
   */
  function finishRead(pending, array, unasked) {
    const current = reads.get(pending);
    if (!current || gl.isContextLost()) throw lost();
    const destination = array.getBuffer(KINDS[current.kind].readView);
    try {
      checked(destination.data, current.size, () => {
        gl.bindBuffer(gl.PIXEL_PACK_BUFFER, current.buffer);
        gl.getBufferSubData(gl.PIXEL_PACK_BUFFER, 0, destination.data);
        gl.bindBuffer(gl.PIXEL_PACK_BUFFER, null);
      });
      if (!unasked) {
        counts.reads += 1;
        counts.read_bytes += destination.data.byteLength;
      }
    } finally {
      destination.release();
      dropRead(pending);
    }
  }

  /**
   * Frees what a read was to go into; its end, or what a cancelled one needs.
   * @param {number} pending
   */
  function dropRead(pending) {
    const current = reads.get(pending);
    reads.delete(pending);
    if (current && !gl.isContextLost()) gl.deleteBuffer(current.buffer);
  }

  Object.assign(device, { upload, read, beginRead, fenced, finishRead, dropRead });
}

addReads;
