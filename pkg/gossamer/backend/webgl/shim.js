// What the webgl backend needs in JavaScript: it owns the context, the textures, the programs and
// the plans, and runs one plan a call. All decisions are made in Python; numbers come over as
// plain arguments, arrays as views of the interpreter's memory. Loaded from the wheel by
// `backend/webgl/device.py`, in a page or in a worker. The value of this script is the function.
// Other scripts beside it are functions that are given the device and add methods to it.

/**
 * @typedef {{getBuffer(type: string): {data: any, release(): void}}} PythonArray
 * @typedef {"float" | "int" | "uint" | "half"} Kind `half`: as its bits
 * @typedef {{texture: WebGLTexture, framebuffer: WebGLFramebuffer, kind: Kind, width: number,
 *   layers: number, alive: boolean, used: number}} Target `used`: a time that grows with each use
 * @typedef {{source: string, vertex: string, program: WebGLProgram, linked: boolean,
 *   uniforms: WebGLUniformLocation | null, samplers: string[], scalars: string[],
 *   locations: (WebGLUniformLocation | null)[], plan: number}} Program
 * @typedef {{program: number, uniforms: Int32Array, width: number, height: number,
 *   points: number, largest?: boolean}} Plan `points`: how many to draw, instead of filling the
 *   output; `largest`: keeping the largest at each place, instead of adding them up
 * @typedef {Exclude<ReturnType<typeof createGossamerDevice>, string>} Device
 */

/**
 * Makes the device, or returns a sentence that says what is missing.
 * @param {...string} without extensions that it shall not use
 */
function createGossamerDevice(...without) {
  const hasOffscreen = typeof OffscreenCanvas !== "undefined";
  if (!hasOffscreen && typeof document === "undefined") {
    return "WebGL2 needs a browser, and this is none.";
  }
  const canvas = hasOffscreen ? new OffscreenCanvas(1, 1) : document.createElement("canvas");
  /** @type {WebGLContextAttributes} */
  const attributes = {
    premultipliedAlpha: false, // of the pixels that `pixels.js` draws to the canvas
    antialias: false,
    depth: false,
    stencil: false,
    powerPreference: "high-performance",
  };
  const context = /** @type {WebGL2RenderingContext | null} */ (
    canvas.getContext("webgl2", attributes)
  );
  if (!context) return "This browser has no WebGL2.";
  const gl = context;
  /** Extensions are there once they were asked for. @param {string} name */
  const extension = (name) => (without.includes(name) ? null : gl.getExtension(name));
  const canDrawFloats = extension("EXT_color_buffer_float") !== null;

  /**
   * How textures are made, filled, and read: in 32 bits a number, which every device gives.
   * @type {Record<Kind, {internal: number, format: number, type: number, view: string,
   *   readType: number, readView: string}>}
   */
  const KINDS = {
    float: {
      internal: gl.RGBA32F, format: gl.RGBA,
      type: gl.FLOAT, view: "f32", readType: gl.FLOAT, readView: "f32",
    },
    int: {
      internal: gl.RGBA32I, format: gl.RGBA_INTEGER,
      type: gl.INT, view: "i32", readType: gl.INT, readView: "i32",
    },
    uint: {
      internal: gl.RGBA32UI, format: gl.RGBA_INTEGER,
      type: gl.UNSIGNED_INT, view: "u32", readType: gl.UNSIGNED_INT, readView: "u32",
    },
    half: {
      internal: gl.RGBA16UI, format: gl.RGBA_INTEGER,
      type: gl.UNSIGNED_SHORT, view: "u16", readType: gl.UNSIGNED_INT, readView: "u32",
    },
  };
  const VERTEX = `#version 300 es
void main() {
  gl_Position = vec4(gl_VertexID == 1 ? 3.0 : -1.0, gl_VertexID == 2 ? 3.0 : -1.0, 0.0, 1.0);
}`;
  const MOST_UNCHECKED = 256;
  const counts = { draws: 0, programs: 0 };

  /** @type {Map<number, Target>} */
  const targets = new Map();
  /** @type {Map<number, Program>} */
  const programs = new Map();
  /** @type {Map<number, Plan>} */
  const plans = new Map();
  let nextId = 1;
  let time = 0;
  /** Textures that nobody knows yet whether there was memory for. @type {number[]} */
  let unchecked = [];
  /** @type {Record<"restored" | "refused" | "freed", ((id?: number) => void)[]>} */
  const listeners = { restored: [], refused: [], freed: [] };
  let vertexShader = prepare();
  let boundProgram = 0;
  let boundFramebuffer = 0;
  /** @type {number[]} */
  let boundTextures = [];

  /** Sets the state that all draws share. */
  function prepare() {
    extension("EXT_float_blend");
    gl.disable(gl.DITHER);
    gl.blendFunc(gl.ONE, gl.ONE);
    gl.pixelStorei(gl.UNPACK_ALIGNMENT, 4);
    gl.pixelStorei(gl.PACK_ALIGNMENT, 4);
    return compileShader(gl.VERTEX_SHADER, VERTEX);
  }

  canvas.addEventListener("webglcontextlost", (event) => event.preventDefault());
  canvas.addEventListener("webglcontextrestored", () => {
    // Textures are gone for good; programs are compiled again when they are next used.
    extension("EXT_color_buffer_float");
    for (const target of targets.values()) target.alive = false;
    unchecked = [];
    vertexShader = prepare();
    boundProgram = 0;
    boundFramebuffer = 0;
    boundTextures = [];
    for (const program of programs.values()) link(program);
    for (const listener of listeners.restored) {
      try {
        listener();
      } catch (error) {
        reportError(error); // and the others are called all the same
      }
    }
  });

  /**
   * @param {string} name
   * @param {string} message
   */
  function failure(name, message) {
    const error = new Error(message);
    error.name = name;
    return error;
  }

  function lost() {
    const message = gl.isContextLost()
      ? "The WebGL context is lost, and the tensors on it."
      : "This tensor is gone: since it was made the WebGL context was lost, or memory ran out.";
    return failure("GossamerDeviceLost", message);
  }

  /**
   * @param {number} type
   * @param {string} source
   */
  function compileShader(type, source) {
    const shader = /** @type {WebGLShader} */ (gl.createShader(type));
    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    return shader;
  }

  /**
   * Begins to compile; the result is asked for at the first use, so that drivers can do it aside.
   * @param {Program} program
   */
  function link(program) {
    if (gl.isContextLost()) return; // linked when it comes back
    program.program = /** @type {WebGLProgram} */ (gl.createProgram());
    const vertex = program.vertex && compileShader(gl.VERTEX_SHADER, program.vertex);
    gl.attachShader(program.program, vertex || vertexShader);
    const fragment = compileShader(gl.FRAGMENT_SHADER, program.source);
    gl.attachShader(program.program, fragment);
    gl.linkProgram(program.program);
    gl.deleteShader(fragment); // when the program goes: until then its log can be asked for
    if (vertex) gl.deleteShader(vertex);
    program.linked = false;
    program.plan = 0;
  }

  /** @param {Program} program */
  function finishLink(program) {
    if (!gl.getProgramParameter(program.program, gl.LINK_STATUS)) {
      if (gl.isContextLost()) throw lost();
      const shaders = gl.getAttachedShaders(program.program) || [];
      const logs = shaders.map((shader) => gl.getShaderInfoLog(shader) || "").join("");
      throw failure("GossamerShader", `${logs}\n${gl.getProgramInfoLog(program.program) || ""}`);
    }
    gl.useProgram(program.program);
    program.uniforms = gl.getUniformLocation(program.program, "u");
    program.locations = program.scalars.map((name) => {
      return gl.getUniformLocation(program.program, name.split(" ")[1]);
    });
    program.samplers.forEach((name, unit) => {
      gl.uniform1i(gl.getUniformLocation(program.program, name), unit);
    });
    program.linked = true;
  }

  /**
   * @param {string} source
   * @param {string} textures names of the samplers, separated by spaces
   * @param {string} scalars types and names of the scalar uniforms: "float s1,int s2"
   * @param {string} vertex of points: the shader that places them
   */
  function compile(source, textures, scalars, vertex = "") {
    const id = nextId++;
    /** @type {Program} */
    const program = {
      source,
      vertex,
      program: /** @type {WebGLProgram} */ ({}),
      linked: false,
      uniforms: null,
      samplers: textures ? textures.split(" ") : [],
      scalars: scalars ? scalars.split(",") : [],
      locations: [],
      plan: 0,
    };
    link(program);
    programs.set(id, program);
    counts.programs += 1;
    return id;
  }

  /**
   * @param {number} programId
   * @param {PythonArray} uniforms int32, a multiple of four of them
   * @param {number} width of the output in texels
   * @param {number} height
   * @param {number} points
   * @param {boolean} largest
   */
  function plan(programId, uniforms, width, height, points = 0, largest = false) {
    const view = uniforms.getBuffer("i32");
    const id = nextId++;
    const values = view.data.slice();
    plans.set(id, { program: programId, uniforms: values, width, height, points, largest });
    view.release();
    return id;
  }

  /** @param {number} id */
  function dropPlan(id) {
    plans.delete(id);
  }

  /** @param {number} id */
  function dropProgram(id) {
    const program = programs.get(id);
    programs.delete(id);
    if (program && !gl.isContextLost()) gl.deleteProgram(program.program);
    if (boundProgram === id) boundProgram = 0;
  }

  /**
   * @param {Kind} kind
   * @param {number} width
   * @param {number} height
   * @param {number} layers
   */
  function allocate(kind, width, height, layers) {
    if (gl.isContextLost()) throw lost();
    // Asking for errors waits for the driver: at once for large textures, which are likely to fail,
    // for small ones when something is read, which waits anyway.
    const isLarge = width * height * layers > 1 << 20;
    if (isLarge || unchecked.length >= MOST_UNCHECKED) checkMemory();
    const texture = gl.createTexture();
    const framebuffer = gl.createFramebuffer();
    if (!texture || !framebuffer) throw lost();
    gl.activeTexture(gl.TEXTURE0);
    gl.bindTexture(gl.TEXTURE_2D_ARRAY, texture);
    boundTextures[0] = 0;
    gl.texStorage3D(gl.TEXTURE_2D_ARRAY, 1, KINDS[kind].internal, width, height, layers);
    // Float and integer textures cannot be filtered, and are incomplete if they are to be.
    gl.texParameteri(gl.TEXTURE_2D_ARRAY, gl.TEXTURE_MIN_FILTER, gl.NEAREST);
    gl.texParameteri(gl.TEXTURE_2D_ARRAY, gl.TEXTURE_MAG_FILTER, gl.NEAREST);
    // Cheaper than the default, which repeats.
    gl.texParameteri(gl.TEXTURE_2D_ARRAY, gl.TEXTURE_WRAP_S, gl.CLAMP_TO_EDGE);
    gl.texParameteri(gl.TEXTURE_2D_ARRAY, gl.TEXTURE_WRAP_T, gl.CLAMP_TO_EDGE);
    gl.bindFramebuffer(gl.FRAMEBUFFER, framebuffer);
    const buffers = [];
    for (let layer = 0; layer < layers; layer++) {
      buffers.push(gl.COLOR_ATTACHMENT0 + layer);
      gl.framebufferTextureLayer(gl.FRAMEBUFFER, buffers[layer], texture, 0, layer);
    }
    gl.drawBuffers(buffers);
    const id = nextId++;
    boundFramebuffer = id;
    // Browsers may drop an error while they are busy; the framebuffer then tells.
    const complete = () => gl.checkFramebufferStatus(gl.FRAMEBUFFER) === gl.FRAMEBUFFER_COMPLETE;
    if (isLarge && (errors().length > 0 || !complete())) {
      gl.deleteFramebuffer(framebuffer);
      gl.deleteTexture(texture);
      boundFramebuffer = 0;
      throw failure("GossamerOutOfMemory", `No memory for ${width} x ${height} x ${layers} texels.`);
    }
    targets.set(id, { texture, framebuffer, kind, width, layers, alive: true, used: ++time });
    if (!isLarge) unchecked.push(id);
    return id;
  }

  /** What went wrong since this was last called. */
  function errors() {
    const found = [];
    for (let error = gl.getError(); error !== gl.NO_ERROR; error = gl.getError()) found.push(error);
    return found;
  }

  /** Throws if there was no memory for textures made since this was last called. */
  function checkMemory() {
    if (!unchecked.length) return;
    const ids = unchecked;
    unchecked = [];
    if (!errors().includes(gl.OUT_OF_MEMORY)) return;
    // Which ones they are is not told: none may be used, as they would be sampled as zeros.
    for (const id of ids) targets.get(id)?.alive && free(id);
    for (const listener of listeners.refused) listener();
    throw failure("GossamerOutOfMemory", `No memory for some of ${ids.length} textures; they are gone.`);
  }

  /** @param {number} id */
  function free(id) {
    const target = targets.get(id);
    targets.delete(id);
    for (const listener of listeners.freed) listener(id);
    if (target && target.alive && !gl.isContextLost()) {
      gl.deleteFramebuffer(target.framebuffer);
      gl.deleteTexture(target.texture);
      if (boundFramebuffer === id) boundFramebuffer = 0;
      boundTextures = boundTextures.map((bound) => (bound === id ? 0 : bound));
    }
  }

  /** @param {number} id */
  function living(id) {
    const target = targets.get(id);
    if (!target || !target.alive) throw lost();
    target.used = ++time;
    return target;
  }

  /**
   * The texture that was used least recently; zero if there is none.
   * @param {...number} excepted
   */
  function oldest(...excepted) {
    let found = 0;
    let used = Infinity;
    for (const [id, target] of targets) {
      if (target.alive && target.used < used && !excepted.includes(id)) {
        found = id;
        used = target.used;
      }
    }
    return found;
  }

  /**
   * @param {number} unit
   * @param {number} id
   * @param {Target} target
   */
  function bindTexture(unit, id, target) {
    gl.activeTexture(gl.TEXTURE0 + unit);
    gl.bindTexture(gl.TEXTURE_2D_ARRAY, target.texture);
    boundTextures[unit] = id;
  }

  /**
   * @param {number} id
   * @param {Pick<Target, "framebuffer">} target
   */
  function bindFramebuffer(id, target) {
    if (boundFramebuffer !== id) {
      gl.bindFramebuffer(gl.FRAMEBUFFER, target.framebuffer);
      boundFramebuffer = id;
    }
  }

  /**
   * Draws one plan.
   * @param {number} planId
   * @param {number} out the texture to fill
   * @param {...number} args the textures to sample, then the values of the scalar uniforms
   */
  function run(planId, out, ...args) {
    if (gl.isContextLost()) throw lost();
    draw(planId, out, living(out), args);
  }

  /**
   * @param {number} planId
   * @param {number} out the number of what is filled
   * @param {Pick<Target, "framebuffer" | "layers">} target the same itself
   * @param {number[]} args
   */
  function draw(planId, out, target, args) {
    const current = /** @type {Plan} */ (plans.get(planId));
    const program = /** @type {Program} */ (programs.get(current.program));
    if (!program.linked) {
      finishLink(program);
      boundProgram = current.program;
    } else if (boundProgram !== current.program) {
      gl.useProgram(program.program);
      boundProgram = current.program;
    }
    if (program.plan !== planId) {
      if (program.uniforms) gl.uniform4iv(program.uniforms, current.uniforms);
      program.plan = planId;
    }
    for (let unit = 0; unit < program.samplers.length; unit++) {
      const source = living(args[unit]);
      if (boundTextures[unit] !== args[unit]) bindTexture(unit, args[unit], source);
    }
    for (let i = 0; i < program.scalars.length; i++) {
      const value = args[program.samplers.length + i];
      const type = program.scalars[i][0];
      if (type === "f") gl.uniform1f(program.locations[i], value);
      else if (type === "u") gl.uniform1ui(program.locations[i], value);
      else gl.uniform1i(program.locations[i], value);
    }
    bindFramebuffer(out, target);
    gl.viewport(0, 0, current.width, current.height);
    if (current.points) drawPoints(target, current.points, current.largest);
    else gl.drawArrays(gl.TRIANGLES, 0, 3);
    counts.draws += 1;
  }

  /**
   * Folds points, one after another where several fall on one place.
   * @param {Pick<Target, "layers">} target
   * @param {number} count
   * @param {boolean | undefined} largest
   */
  function drawPoints(target, count, largest) {
    const start = new Float32Array(4).fill(largest ? -Infinity : 0);
    for (let layer = 0; layer < target.layers; layer++) gl.clearBufferfv(gl.COLOR, layer, start);
    gl.blendEquation(largest ? gl.MAX : gl.FUNC_ADD);
    gl.enable(gl.BLEND);
    gl.drawArrays(gl.POINTS, 0, count);
    gl.disable(gl.BLEND);
  }

  /** Whether a 1 x 1 float texture can really be drawn to. */
  function drawsFloats() {
    const id = allocate("float", 1, 1, 1);
    const complete = gl.checkFramebufferStatus(gl.FRAMEBUFFER) === gl.FRAMEBUFFER_COMPLETE;
    free(id);
    return complete;
  }
  /** The kind of texture that holds float32: as they are, or as their bits. @type {Kind} */
  const floats = canDrawFloats && drawsFloats() ? "float" : "uint";

  /**
   * Measures the device: multiplications and additions a second, in units of 10^9. A GPU reaches
   * hundreds; a software rasteriser a few on each core. Takes some 20 ms.
   */
  function measure() {
    const steps = 256;
    const size = 256;
    const id = allocate("uint", size, size, 1);
    const program = compile(
      `#version 300 es
precision highp float;
out highp uvec4 o;
void main() {
  vec4 x = gl_FragCoord;
  for (int i = 0; i < ${steps}; ++i) x = x * 0.999 + 0.001;
  o = floatBitsToUint(x);
}`,
      "",
      "",
    );
    const single = nextId++;
    const uniforms = new Int32Array(4);
    plans.set(single, { program, uniforms, width: size, height: size, points: 0 });
    const pixel = new Uint32Array(4);
    const seconds = [0, 1, 2].map(() => {
      const start = performance.now();
      run(single, id);
      gl.readPixels(0, 0, 1, 1, gl.RGBA_INTEGER, gl.UNSIGNED_INT, pixel);
      return (performance.now() - start) / 1000;
    });
    plans.delete(single);
    dropProgram(program);
    free(id);
    return (size * size * steps * 8) / Math.min(...seconds.slice(1)) / 1e9;
  }

  const information = gl.getExtension("WEBGL_debug_renderer_info");
  return {
    context: gl,
    counts,
    floats,
    renderer: gl.getParameter(information ? information.UNMASKED_RENDERER_WEBGL : gl.RENDERER),
    drawBuffers: gl.getParameter(gl.MAX_DRAW_BUFFERS),
    addsFloats: extension("EXT_float_blend") !== null,
    textureSize: gl.getParameter(gl.MAX_TEXTURE_SIZE),
    textureUnits: gl.getParameter(gl.MAX_TEXTURE_IMAGE_UNITS),
    /**
     * Calls a function when a lost context is back, empty ("restored"), or when there was no
     * memory for textures that seemed to be there ("refused"), or with the number of a texture
     * that goes ("freed").
     * @param {"restored" | "refused" | "freed"} event
     * @param {(id?: number) => void} listener
     */
    on: (event, listener) => void listeners[event].push(listener),
    /** Resolves when the context is there; at once unless it is lost. */
    restored: () =>
      /** @type {Promise<void>} */ (
        new Promise((resolve) => {
          if (gl.isContextLost()) listeners.restored.push(() => resolve());
          else resolve();
        })
      ),
    /** Of the whole machine, in GiB and roughly; zero where the browser does not say. */
    machineMemory: /** @type {{deviceMemory?: number}} */ (navigator).deviceMemory ?? 0,
    measure, compile, plan, dropPlan, dropProgram, allocate, free, run, oldest,
    // For the scripts beside this one:
    KINDS, targets, programs, plans, extension, living, bindTexture, bindFramebuffer, checkMemory,
    failure, lost, draw,
  };
}

createGossamerDevice;
