// @ts-check
/**
 * gossamer.js: Python with gossamer, booted in a page by one script tag.
 *
 *   <script src="gossamer.js"></script>
 *   <script type="text/python">
 *     import gossamer as gs
 *     print(gs.ops.matmul(gs.ops.ones((2, 3)), gs.ops.ones((3, 2))))
 *   </script>
 *
 * It boots Pyodide, loads NumPy and the gossamer wheel, and runs every
 * `<script type="text/python">` of the page (inline or with `src`) in document order. The
 * scripts share one namespace and may use `await` at the top level. An error in one of them is
 * shown on the page and in the console with its traceback, and the scripts after it do not run.
 *
 * Attributes of the script tag, all optional:
 *   data-pyodide="URL"                 another Pyodide distribution (default: pyodide/ beside this
 *                                      file). NumPy then comes from its lock file and the wheel
 *                                      from beside this file.
 *   data-backend="auto|webgl|numpy"    the backend to compute on; put into os.environ as
 *                                      GOSSAMER_BACKEND before gossamer is imported
 *   data-packages="a,b"                more packages: names of the lock file, or addresses of wheels
 *                                      relative to the page
 *   data-progress="off"                no progress bar
 *
 * For JavaScript, `await gossamer.ready` gives `{runPython, runPythonAsync, pyodide, version,
 * backend}`; `backend` is always the one in use. `ready` resolves after the scripts of the page
 * have run (or one of them failed), so what they define is there for `runPython`; it never waits
 * for a task that a script started with `asyncio.create_task`. It is rejected only where Python
 * itself cannot start, with one sentence that the page shows, too. Whatever the page shows as an
 * error is also told by an event of the document, "gossamer:error", with `detail: {title, text}`.
 *
 * In a classic worker, `importScripts("gossamer.js")` does the same without page and scripts; the
 * attributes are then members of a global object: `self.gossamerOptions = {base, pyodide, backend,
 * packages: []}`, `base` being the folder of this file (default: that of the worker), and addresses
 * are relative to the worker. In a module worker `await import("./gossamer.js")` does the same, once
 * the options are set.
 *
 * Neither COOP/COEP headers nor a server of its own are needed, and nothing but the files beside
 * this one (and those named in the attributes) is requested. Knows nothing of gossamer but
 * `__version__` and `backend()`.
 */
(() => {
  "use strict";

  /** The wheel beside this file, wanted only where another Pyodide is used; build.py puts in the version. */
  const WHEEL = "gossamer-0.0.0-py3-none-any.whl";

  /** What every Pyodide distribution since 0.24 consists of, beside its scripts. */
  const PYODIDE_FILES = ["pyodide.asm.wasm", "python_stdlib.zip", "pyodide-lock.json"];

  /** Answers of servers that do not know HEAD: they say nothing about the file. */
  const NO_HEAD = [405, 501];

  /**
   * The part of Pyodide's interface that is used here.
   * @typedef {object} Pyodide
   * @property {(code: string, options?: object) => any} runPython
   * @property {(code: string, options?: object) => Promise<any>} runPythonAsync
   * @property {(names: string[], options: object) => Promise<{name: string}[]>} loadPackage
   * @property {Record<string, string>} loadedPackages
   * @property {(name: string) => any} pyimport
   */

  /**
   * @typedef {object} Options
   * @property {string} base  folder of this file, as an absolute address that ends with a slash
   * @property {string | undefined} pyodide  address of another Pyodide distribution
   * @property {string | undefined} backend
   * @property {string[]} packages
   * @property {boolean} progress
   */

  /**
   * What `gossamer.ready` resolves to.
   * @typedef {object} Gossamer
   * @property {(code: string) => any} runPython
   * @property {(code: string) => Promise<any>} runPythonAsync
   * @property {Pyodide} pyodide
   * @property {string} version
   * @property {string} backend
   */

  /** @typedef {(fraction: number, text: string) => void} Report */

  /** True in a page, false in a worker. */
  const inPage = typeof document !== "undefined";

  /** @returns {Options} */
  function readOptions() {
    if (inPage) {
      const script = document.currentScript;
      if (!(script instanceof HTMLScriptElement)) {
        throw new Error('gossamer.js is a plain script: use <script src="gossamer.js">, no module.');
      }
      const { pyodide, backend, packages = "", progress } = script.dataset;
      return {
        base: new URL(".", script.src).href,
        pyodide,
        backend,
        packages: packages.split(",").map((name) => name.trim()).filter(Boolean),
        progress: progress !== "off",
      };
    }
    const given = /** @type {any} */ (globalThis).gossamerOptions ?? {};
    return {
      base: folder(given.base ?? "."),
      pyodide: given.pyodide,
      backend: given.backend,
      packages: given.packages ?? [],
      progress: false,
    };
  }

  /** @param {string} url  relative to the page or worker */
  function absolute(url) {
    return new URL(url, inPage ? document.baseURI : location.href).href;
  }

  /** @param {string} url  of a folder, relative to the page or worker */
  function folder(url) {
    return absolute(url.replace(/\/?$/, "/"));
  }

  // ---- booting -------------------------------------------------------------------------------

  /**
   * Boots Pyodide with gossamer; whatever goes wrong becomes an Error of one sentence.
   * @param {Options} options
   * @param {Report} report
   * @returns {Promise<Gossamer>}
   */
  async function boot(options, report) {
    if (typeof WebAssembly === "undefined") {
      throw new Error("gossamer needs WebAssembly, which this browser lacks or has switched off.");
    }
    if (location.protocol === "file:") {
      throw new Error(
        "gossamer cannot be loaded from a page opened as a file: serve the folder over HTTP " +
          `(for example with "python build.py serve"). Received: ${location.href}`,
      );
    }
    const indexURL = options.pyodide ? folder(options.pyodide) : `${options.base}pyodide/`;

    report(0.05, "Loading Python");
    await Promise.all([loadScript(`${indexURL}pyodide.js`), ...PYODIDE_FILES.map((name) => requireFile(indexURL + name))]);
    const pyodide = await startPyodide(indexURL, options.backend);

    report(0.6, "Loading NumPy and gossamer");
    const wheel = options.pyodide ? `${options.base}${WHEEL}` : "gossamer";
    const more = options.packages.map((name) => (name.endsWith(".whl") ? absolute(name) : name));
    await loadPackages(pyodide, ["numpy", wheel], indexURL);
    await loadPackages(pyodide, more, indexURL);

    report(0.85, "Starting gossamer");
    const module = importGossamer(pyodide);
    return {
      runPython: (code) => pyodide.runPython(code),
      runPythonAsync: (code) => pyodide.runPythonAsync(code),
      pyodide,
      version: module.__version__,
      get backend() {
        return module.backend();
      },
    };
  }

  /**
   * A script tag rather than `import()` of pyodide.mjs: servers that know nothing of `.mjs` send
   * it with a type that browsers refuse for modules.
   * @param {string} url
   */
  async function loadScript(url) {
    try {
      await (inPage ? addScript(url) : importScript(url));
    } catch {
      throw new Error(`gossamer could not load Pyodide. Received: no answer for ${url}`);
    }
  }

  /** @param {string} url */
  function addScript(url) {
    return new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = url;
      script.onload = resolve;
      script.onerror = reject;
      document.head.append(script);
    });
  }

  /** @param {string} url */
  async function importScript(url) {
    try {
      /** @type {any} */ (globalThis).importScripts(url);
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      await import(url); // a module worker, which may not import scripts
    }
  }

  /**
   * Pyodide waits for ever when its WebAssembly is missing, and says "[object Object]" for its
   * library: so it is asked beforehand whether they are there.
   * @param {string} url
   */
  async function requireFile(url) {
    const status = await fetch(url, { method: "HEAD" }).then(
      (response) => response.status,
      (error) => messageOf(error),
    );
    const isThere = typeof status === "number" && (status < 400 || NO_HEAD.includes(status));
    if (!isThere) {
      throw new Error(`gossamer could not load Pyodide. Received: ${status} for ${url}`);
    }
  }

  /**
   * @param {string} indexURL
   * @param {string | undefined} backend
   * @returns {Promise<Pyodide>}
   */
  async function startPyodide(indexURL, backend) {
    const env = backend ? { GOSSAMER_BACKEND: backend } : {};
    try {
      return await /** @type {any} */ (globalThis).loadPyodide({ indexURL, env });
    } catch (error) {
      throw new Error(`gossamer could not start Pyodide. Received: ${firstLine(error)} from ${indexURL}`);
    }
  }

  /**
   * `loadPackage` does not throw when a package fails, so what is loaded afterwards is compared
   * with what was asked for.
   * @param {Pyodide} pyodide
   * @param {string[]} packages
   * @param {string} indexURL
   */
  async function loadPackages(pyodide, packages, indexURL) {
    /** @type {string[]} */
    const complaints = [];
    try {
      await pyodide.loadPackage(packages, {
        messageCallback: () => {},
        errorCallback: (/** @type {string} */ message) => complaints.push(message),
      });
    } catch (error) {
      complaints.push(firstLine(error));
    }
    const loaded = new Set(Object.keys(pyodide.loadedPackages).map(distributionName));
    const missing = packages.filter((name) => !loaded.has(distributionName(name)));
    if (missing.length > 0) {
      throw new Error(
        `gossamer could not load ${missing.join(", ")} into the Pyodide of ${indexURL}. ` +
          `Received: ${complaints.join(" ") || "no reason"}`,
      );
    }
  }

  /**
   * The normalised name of a package given by name or by the address of its wheel.
   * @param {string} package_
   */
  function distributionName(package_) {
    const name = package_.endsWith(".whl") ? package_.replace(/^.*\//, "").split("-")[0] : package_;
    return name.toLowerCase().replace(/[-_.]+/g, "-");
  }

  /**
   * Imports gossamer and lets it choose its backend now, so that a wrong name is known at once.
   * @param {Pyodide} pyodide
   */
  function importGossamer(pyodide) {
    try {
      const module = pyodide.pyimport("gossamer");
      module.backend();
      return module;
    } catch (error) {
      console.error(error);
      throw new Error(`gossamer could not be started. Received: ${lastLine(error)}`);
    }
  }

  /** @param {unknown} error */
  function firstLine(error) {
    return messageOf(error).trim().split("\n")[0];
  }

  /**
   * The last line of a Python traceback is the error itself.
   * @param {unknown} error
   */
  function lastLine(error) {
    return messageOf(error).trim().split("\n").at(-1) ?? "";
  }

  /** @param {unknown} error */
  function messageOf(error) {
    return error instanceof Error ? error.message : String(error);
  }

  // ---- the scripts of the page ---------------------------------------------------------------

  /**
   * Runs the Python scripts of the page in document order, up to the first that fails.
   * @param {Pyodide} pyodide
   * @param {{name: string, code: Promise<string>}[]} scripts
   */
  async function runScripts(pyodide, scripts) {
    for (const { name, code } of scripts) {
      try {
        await pyodide.runPythonAsync(await code, { filename: name });
      } catch (error) {
        console.error(error);
        showProblem(`Error in ${name}`, withoutRunner(messageOf(error)));
        return;
      }
    }
  }

  /** Finds the scripts once the page is parsed and begins to fetch those with `src`. */
  async function collectScripts() {
    if (document.readyState === "loading") {
      await new Promise((resolve) => document.addEventListener("DOMContentLoaded", resolve));
    }
    /** @type {NodeListOf<HTMLScriptElement>} */
    const elements = document.querySelectorAll('script[type="text/python"]');
    return [...elements].map((element, index) => {
      const source = element.getAttribute("src");
      const code = source === null ? Promise.resolve(element.text) : fetchText(element.src);
      code.catch(() => {}); // it is awaited, and its failure shown, when the script's turn comes
      return { name: source ?? `script ${index + 1} of the page`, code };
    });
  }

  /** @param {string} url */
  async function fetchText(url) {
    const response = await fetch(url);
    if (!response.ok) {
      throw new Error(`The script could not be loaded. Received: ${response.status} for ${url}`);
    }
    return response.text();
  }

  /**
   * A traceback without the frames of Pyodide's own runner, which say nothing to a page's author.
   * @param {string} traceback
   */
  function withoutRunner(traceback) {
    return traceback.replace(/^ {2}File "[^"]*\/_pyodide\/.*\n(?: {4}.*\n)*/gm, "").trim();
  }

  // ---- what the page shows -------------------------------------------------------------------

  /**
   * A thin bar along the upper edge of the page and a word beside it.
   * @returns {{report: Report, remove: () => void}}
   */
  function createProgress() {
    const bar = document.createElement("div");
    bar.className = "gossamer-progress";
    bar.setAttribute("role", "progressbar");
    bar.setAttribute("aria-label", "Loading Python");
    bar.style.cssText =
      "position:fixed;inset:0 0 auto 0;z-index:2147483646;pointer-events:none;" +
      "font:12px/1.4 system-ui,sans-serif;color:GrayText;";
    const fill = document.createElement("div");
    fill.style.cssText =
      "height:3px;width:0;background:Highlight;background:AccentColor;transition:width .4s ease-out;";
    const label = document.createElement("div");
    label.style.cssText = "padding:2px 8px;text-align:end;";
    bar.append(fill, label);
    document.documentElement.append(bar);
    return {
      report(fraction, text) {
        const percent = String(Math.round(fraction * 100));
        bar.setAttribute("aria-valuenow", percent);
        bar.setAttribute("aria-valuetext", text);
        fill.style.width = `${percent}%`;
        label.textContent = `${text} …`;
      },
      remove: () => bar.remove(),
    };
  }

  /**
   * Shows what went wrong in a panel at the lower edge of the page, and tells the page's own code.
   * @param {string} title
   * @param {string} text
   */
  function showProblem(title, text) {
    const panel = document.createElement("section");
    panel.className = "gossamer-error";
    panel.setAttribute("role", "alert");
    panel.style.cssText =
      "position:fixed;inset:auto 0 0 0;z-index:2147483647;max-height:60vh;overflow:auto;" +
      "box-sizing:border-box;padding:12px 16px;border-top:3px solid #c62828;" +
      "background:Canvas;color:CanvasText;box-shadow:0 -4px 24px rgb(0 0 0 / .25);" +
      "font:14px/1.5 system-ui,sans-serif;text-align:start;";
    const heading = document.createElement("strong");
    heading.textContent = title;
    const close = document.createElement("button");
    close.type = "button";
    close.textContent = "Close";
    close.style.cssText = "float:inline-end;font:inherit;";
    close.onclick = () => panel.remove();
    const details = document.createElement("pre");
    details.textContent = text;
    details.style.cssText =
      "margin:8px 0 0;font:13px/1.45 ui-monospace,monospace;white-space:pre-wrap;overflow-wrap:anywhere;";
    panel.append(close, heading, details);
    (document.body ?? document.documentElement).append(panel);
    document.dispatchEvent(new CustomEvent("gossamer:error", { detail: { title, text } }));
  }

  // ---- from here on it runs ------------------------------------------------------------------

  const options = readOptions();

  /** @returns {Promise<Gossamer>} */
  async function start() {
    const progress = options.progress ? createProgress() : null;
    const scripts = inPage ? collectScripts() : Promise.resolve([]);
    try {
      const gossamer = await boot(options, progress?.report ?? (() => {}));
      progress?.remove();
      await runScripts(gossamer.pyodide, await scripts);
      return gossamer;
    } catch (error) {
      progress?.remove();
      console.error(error);
      if (inPage) {
        showProblem("Python could not be started", messageOf(error));
      }
      throw error;
    }
  }

  const ready = start();
  ready.catch(() => {}); // it is shown already; who awaits `ready` still gets it
  Object.assign(globalThis, { gossamer: { ready } });
})();
