// Replays: many draws by one call. Adds its methods to the device that `shim.js` makes. What is
// drawn, of what, was decided in Python. The value of this script is the function.

/**
 * @typedef {import("./shim.js").Device} Device
 * @typedef {import("./shim.js").Target} Target
 * @typedef {import("./shim.js").PythonArray} PythonArray
 * @typedef {{plan: number, outputs: number[], textures: number[], scalars: number[],
 *   args: number[]}} Step `outputs`, `textures`: slots; `scalars`: places among the numbers
 * @typedef {{steps: Step[], slots: number[], fixed: number}} Replay `slots`: the number of the
 *   texture in each; the first ones are the same at every run
 * @typedef {{id: number, textures: number[], framebuffer: WebGLFramebuffer, layers: number}} Joint
 */

/** @param {Device} device */
function addReplays(device) {
  const { context: gl, living, bindFramebuffer, lost, draw } = device;
  /** @type {Map<number, Replay>} */
  const replays = new Map();
  /** Framebuffers of several textures, by their numbers. @type {Map<string, Joint>} */
  const joints = new Map();
  const MOST_JOINTS = 256;
  let nextId = 1;
  let nextJoint = -1; // beside the numbers of textures, which are positive

  device.on("restored", () => joints.clear());
  device.on("freed", (id) => {
    for (const [key, joint] of joints) {
      if (joint.textures.includes(/** @type {number} */ (id))) drop(key);
    }
  });

  /** @param {string} key of a joint framebuffer that goes; when it is next needed it is made anew */
  function drop(key) {
    const joint = /** @type {Joint} */ (joints.get(key));
    if (!gl.isContextLost()) gl.deleteFramebuffer(joint.framebuffer);
    joints.delete(key);
  }

  /**
   * A framebuffer that fills several textures, one layer after another.
   * @param {number[]} ids
   */
  function jointOf(ids) {
    const key = ids.join();
    let joint = joints.get(key);
    if (!joint) {
      const framebuffer = gl.createFramebuffer();
      if (!framebuffer) throw lost();
      joint = { id: nextJoint--, textures: ids, framebuffer, layers: 0 };
      bindFramebuffer(joint.id, joint);
      const buffers = [];
      for (const id of ids) {
        const { texture, layers } = living(id);
        for (let layer = 0; layer < layers; layer++) {
          const attachment = gl.COLOR_ATTACHMENT0 + joint.layers++;
          gl.framebufferTextureLayer(gl.FRAMEBUFFER, attachment, texture, 0, layer);
          buffers.push(attachment);
        }
      }
      gl.drawBuffers(buffers);
      joints.set(key, joint);
      if (joints.size > MOST_JOINTS) drop(joints.keys().next().value ?? "");
    }
    for (const id of ids) living(id);
    return joint;
  }

  /**
   * @param {PythonArray} commands for each draw: its plan, how many outputs and these, how many
   *   textures and these, how many scalars and these
   * @param {number} fixed how many slots are the same at every run
   */
  function prepareReplay(commands, fixed) {
    const view = commands.getBuffer("i32");
    const words = /** @type {Int32Array} */ (view.data.slice());
    view.release();
    let at = 0;
    const list = () => Array.from(words.subarray(at + 1, (at += words[at] + 1)));
    /** @type {Step[]} */
    const steps = [];
    while (at < words.length) {
      const step = { plan: words[at++], outputs: list(), textures: list(), scalars: list() };
      steps.push({ ...step, args: [] });
    }
    replays.set(nextId, { steps, slots: [], fixed });
    return nextId++;
  }

  /** @param {number} id */
  function dropReplay(id) {
    replays.delete(id);
  }

  /**
   * Says which textures are in the slots that are the same at every run.
   * @param {number} id
   * @param {...number} textures
   */
  function bindReplay(id, ...textures) {
    /** @type {Replay} */ (replays.get(id)).slots = textures;
  }

  /**
   * Draws some steps of a replay, one after another.
   * @param {number} id
   * @param {number} begin the first step
   * @param {number} end the one after the last
   * @param {number} count of the textures that follow
   * @param {...number} given the textures in all other slots, then the numbers
   */
  function replay(id, begin, end, count, ...given) {
    if (gl.isContextLost()) throw lost();
    const { steps, slots, fixed } = /** @type {Replay} */ (replays.get(id));
    for (let i = 0; i < count; i++) slots[fixed + i] = given[i];
    for (let i = begin; i < end; i++) {
      const { plan, outputs, textures, scalars, args } = steps[i];
      for (let k = 0; k < textures.length; k++) args[k] = slots[textures[k]];
      for (let k = 0; k < scalars.length; k++) args[textures.length + k] = given[count + scalars[k]];
      try {
        if (outputs.length === 1) {
          const out = slots[outputs[0]];
          draw(plan, out, living(out), args);
        } else {
          const joint = jointOf(outputs.map((slot) => slots[slot]));
          draw(plan, joint.id, joint, args);
        }
      } catch (error) {
        if (error instanceof Error) Object.assign(error, { step: i }); // to be told of in Python
        throw error;
      }
    }
  }

  const parallel = device.extension("KHR_parallel_shader_compile");
  // So long the device may take for the programs that draw together, in milliseconds.
  const SHORT = 16;
  const LONG = 40;
  /** What has been compiled for a page that goes on. @type {string[][]} */
  const underWay = [];
  let together = 1;

  /**
   * Resolves when all programs but a few are ready. The device draws the page, too: so it is given a
   * few at a time. Drivers compile a program aside, but end it only when it first draws: so each
   * draws one pixel.
   * @param {string} wanted a line for each new program: a plan, the kinds and layers of the textures
   *   that it fills, and the kinds of those that it samples: `12 float:8,int:8 float,float`
   * @param {number} most how many may still be under way
   */
  async function ready(wanted, most) {
    if (wanted) underWay.push(...wanted.split("\n").map((line) => line.split(" ")));
    while (underWay.length > most) {
      const begun = performance.now();
      for (const [plan, filled, sampled] of underWay.splice(0, Math.min(together, underWay.length - most))) {
        const program = programOf(Number(plan));
        while (program && parallel && !gl.getProgramParameter(program.program, parallel.COMPLETION_STATUS_KHR)) {
          await new Promise((resolve) => setTimeout(resolve, 2));
        }
        // Meanwhile it may have gone, and someone may have used it.
        if (programOf(Number(plan))?.linked === false) {
          drawPixel(Number(plan), filled.split(","), sampled ? sampled.split(",") : []);
        }
      }
      await /** @type {any} */ (device).fenced();
      const took = performance.now() - begun;
      if (took < SHORT) together *= 2;
      else if (took > LONG) together = Math.max(1, together >> 1);
    }
  }

  /** @param {number} plan */
  function programOf(plan) {
    const current = device.plans.get(plan);
    return current && device.programs.get(current.program);
  }

  /**
   * Draws one pixel of a plan, which nobody sees.
   * @param {number} plan
   * @param {string[]} filled
   * @param {string[]} sampled
   */
  function drawPixel(plan, filled, sampled) {
    if (gl.isContextLost()) throw lost();
    const current = /** @type {import("./shim.js").Plan} */ (device.plans.get(plan));
    const { width, height, points } = current;
    const made = [...filled, ...sampled].map((text) => {
      const [kind, layers] = text.split(":");
      return device.allocate(/** @type {import("./shim.js").Kind} */ (kind), 1, 1, Number(layers ?? 1));
    });
    const key = made.slice(0, filled.length).join();
    try {
      const joint = jointOf(made.slice(0, filled.length));
      Object.assign(current, { width: 1, height: 1, points: Math.min(points, 1) });
      const { scalars } = /** @type {import("./shim.js").Program} */ (programOf(plan));
      draw(plan, joint.id, joint, [...made.slice(filled.length), ...scalars.map(() => 0)]);
    } finally {
      Object.assign(current, { width, height, points });
      if (joints.has(key)) drop(key);
      for (const id of made) device.free(id);
    }
  }

  Object.assign(device, { prepareReplay, bindReplay, dropReplay, replay, ready });
}

addReplays;
