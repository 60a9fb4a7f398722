// How does Python live in a page? In this worker, so that the page never waits for it.
//
// What comes in: first {lang, interrupt}, then one job after another, as session.js tells them.
// What goes out: {progress}; for a job {id, loading|started|again|text|html|svg} and, last,
// {id, done}; {fatal} where this Python is of no more use.

// The bytes of Pyodide 314.0.3: a header would tell the compressed size, or none.
const CORE = {
  "pyodide.asm.wasm": 9596462,
  "python_stdlib.zip": 2545106,
  "pyodide-lock.json": 113804,
};

const site = new URL("../python/", import.meta.url);
let ready; // promises {py, run, call}
let up = false;

self.onmessage = ({ data }) => {
  if ("lang" in data) ready = Promise.race([load(data), loss]);
  else ready.then((python) => work(python, data)).catch(end);
};

function end(error) {
  postMessage({ fatal: String(error?.message ?? error), up });
}

// -- fetching -------------------------------------------------------------------------------------

let arrived = 0;
let expected = Object.values(CORE).reduce((sum, bytes) => sum + bytes);

const fetched = self.fetch;
self.fetch = async (...request) => {
  const response = await fetched(...request);
  count(response.clone()).catch(() => {}); // who reads the response itself hears of it
  return response;
};

/** Tell how much has come. It reads a copy: Chrome keeps compiled code with its own response. */
async function count(copy) {
  if (up) expected += Number(copy.headers.get("content-length")); // a package: compressed in itself
  const reader = copy.body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    arrived += value.byteLength;
    postMessage({ progress: Math.min(arrived / expected, 0.99) });
  }
}

// Pyodide logs a WebAssembly that does not come, and then waits for it for ever.
let lose;
const loss = new Promise((_, reject) => (lose = reject));
const instantiate = WebAssembly.instantiateStreaming;
WebAssembly.instantiateStreaming = (...given) => {
  const made = instantiate(...given);
  made.catch(lose);
  return made;
};

// What else it cannot fetch ends `load`; some promises of its own would complain a second time.
self.onunhandledrejection = (event) => up || event.preventDefault();

// -- Python ---------------------------------------------------------------------------------------

async function load({ lang, interrupt }) {
  const manifest = await (await fetch(new URL("manifest.json", site))).json();
  const core = new URL(manifest.core, site).href;
  const [{ loadPyodide }, wheel, display] = await Promise.all([
    import(`${core}pyodide.mjs`),
    fetch(new URL(manifest.wheel, site)).then((response) => response.arrayBuffer()),
    fetch(new URL("display.py", import.meta.url)).then((response) => response.text()),
  ]);
  const py = await loadPyodide({
    indexURL: core,
    packageBaseUrl: new URL(manifest.packages, site).href, // a relative one is not understood
    env: { LANG: lang },
  });
  const names = py.toPy({}); // the cells' names and those of display.py do not meet
  py.runPython(display, { globals: names, filename: "display.py" });
  py.unpackArchive(wheel, "wheel", { extractDir: names.get("SITE") }); // beside what cells write
  if (interrupt) py.setInterruptBuffer(interrupt);
  up = true;
  arrived = expected = 0;
  return { py, run: names.get("run"), call: names.get("call") };
}

async function work({ py, run, call }, { id, ...job }) {
  const tell = (news) => postMessage({ id, ...news });
  const timed = async (act) => {
    tell({ started: true });
    const start = performance.now();
    const answer = JSON.parse(await act());
    return { ...answer, ms: performance.now() - start };
  };
  if (job.call) {
    return tell({ done: true, ...(await timed(() => call(job.call, job.data, py.globals))) });
  }

  const voice = new Voice(tell);
  py.setStdout({ write: voice.writer(false) });
  py.setStderr({ write: voice.writer(true) });
  const store = new Store(py, tell);
  await store.fetch(job.packages ?? [], job.code);
  if (store.failed) return tell({ done: true, failed: store.failed });

  let answer = await timed(() => run(job.code, job.name, py.globals));
  if (answer.missing && (await store.fetch([], `import ${answer.missing}`))) {
    if (store.failed) return tell({ done: true, failed: store.failed });
    voice.flush();
    tell({ again: true });
    answer = await timed(() => run(job.code, job.name, py.globals));
  }
  voice.flush();
  const { shown = [], ...rest } = answer;
  for (const [kind, text] of shown) tell({ [kind]: text });
  tell({ done: true, ...rest });
}

/** Fetches packages, and knows which did not come. */
class Store {
  constructor(py, tell) {
    Object.assign(this, { py, tell, failed: "" });
  }

  /** Fetch these, and those that the code imports; return whether something was lacking. */
  async fetch(names, code) {
    let lacking = false;
    const messageCallback = (message) => {
      const [, what, packages] = /^(Loading|Failed to load) (.*)/.exec(message) ?? [];
      if (what === "Loading") {
        lacking = true;
        this.tell({ loading: packages });
      } else if (what) this.failed = packages;
    };
    const options = { messageCallback, errorCallback: console.warn };
    if (names.length) await this.py.loadPackage(names, options);
    await this.py.loadPackagesFromImports(code, options);
    return lacking;
  }
}

/** Hands on what is printed: at once, but in gulps where a loop prints faster than a page draws. */
class Voice {
  constructor(tell) {
    Object.assign(this, { tell, held: "", err: false, since: 0, sent: 0 });
  }

  writer(err) {
    const decoder = new TextDecoder();
    return (bytes) => {
      if (err !== this.err) this.flush();
      this.err = err;
      this.held = (this.held + decoder.decode(bytes, { stream: true })).slice(-50000);
      const now = performance.now();
      if (now - this.since > 50) [this.since, this.sent] = [now, 0];
      if (this.sent < 20) this.flush();
      return bytes.length;
    };
  }

  flush() {
    if (this.held) this.tell({ text: this.held, err: this.err });
    this.held = "";
    this.sent++;
  }
}
