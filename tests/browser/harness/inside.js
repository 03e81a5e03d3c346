// @ts-check
/**
 * The page's side of a test run inside Pyodide: boots it, unpacks the test files, runs pytest and
 * keeps its messages until the outer pytest takes them. Driven by inside.py; knows inner.py.
 */

/**
 * @typedef {object} Plan
 * @property {string} indexURL  the Pyodide distribution
 * @property {string[]} packages  names of its lock, or addresses of wheels
 * @property {string} backend  value of GOSSAMER_BACKEND
 * @property {string[]} wanted  ids of the tests to run
 */

const harness = {
  /** Messages that nobody has taken yet, each JSON. @type {string[]} */
  messages: [],
  /** Null while it runs; then how it ended: an empty string, or what went wrong. @type {string | null} */
  ended: null,

  /** @param {string} message */
  post(message) {
    harness.messages.push(message);
  },

  /** Hands out the messages and whether there can be more. */
  take() {
    return { messages: harness.messages.splice(0), ended: harness.ended };
  },

  /**
   * Starts the run and returns at once.
   * @param {Plan} plan
   */
  start(plan) {
    run(plan).then(
      (complaint) => {
        harness.ended = complaint;
      },
      (error) => {
        harness.ended = String(error?.stack ?? error);
      },
    );
  },
};

/** @param {Plan} plan */
async function run(plan) {
  await addScript(`${plan.indexURL}pyodide.js`);
  const pyodide = await /** @type {any} */ (globalThis).loadPyodide({
    indexURL: plan.indexURL,
    env: { HOME: "/home/pyodide", GOSSAMER_BACKEND: plan.backend },
    stdout: (/** @type {string} */ line) => console.log(line),
    stderr: (/** @type {string} */ line) => console.warn(line),
  });
  // loadPackage does not throw when a package fails, it only tells.
  /** @type {string[]} */
  const failures = [];
  await pyodide.loadPackage(plan.packages, {
    messageCallback: () => {},
    errorCallback: (/** @type {string} */ text) => failures.push(text),
  });
  if (failures.length > 0) {
    throw new Error(failures.join("\n"));
  }
  const tests = await fetch("tests.zip");
  pyodide.unpackArchive(await tests.arrayBuffer(), "zip", { extractDir: "/gossamer" });
  // A dead interpreter leaves its promise pending: what nobody caught is the only sign of it.
  for (const kind of ["error", "unhandledrejection"]) {
    addEventListener(kind, (event) => {
      try {
        pyodide.runPython("0");
      } catch {
        const cause = event instanceof ErrorEvent ? event.error : /** @type {any} */ (event).reason;
        harness.ended = `Python died: ${cause}`;
      }
    });
  }
  pyodide.globals.set("harness", harness);
  pyodide.globals.set("plan_json", JSON.stringify(plan));
  const inner = await fetch("inner.py");
  pyodide.FS.writeFile("/gossamer/inner.py", await inner.text());
  // Run asynchronously, the code may wait for promises on the same stack (run_sync).
  return await pyodide.runPythonAsync(`
import sys
sys.path.insert(0, "/gossamer")
import inner
inner.run(plan_json, harness.post)
`);
}

/** @param {string} address */
function addScript(address) {
  return new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = address;
    script.onload = resolve;
    script.onerror = () => reject(new Error(`cannot load ${address}`));
    document.head.append(script);
  });
}
