// How does the page talk to Python? It asks; a Python in a worker answers, one thing at a time.
//
//   send({code, name, packages}, show)  runs a cell. show() hears, as it happens, one of
//                                       {loading: packages} {started} {text, err} {html} {svg}
//                                       {again}: a package was lacking, all starts once more
//   send({call, data})                  calls a global function of Python with a string
//
// Both promise an answer and never reject: {ms}, and {result} of a call, or one of
//   {error}          Python's words about an exception; with lost, Python itself broke
//   {stopped, lost}  somebody pressed Stop; with lost, the variables went with it
//   {failed}         this could not be fetched; the next send tries again

const PATIENCE = 80; // ms until an interrupt that nobody hears becomes the end of the worker

const jobs = []; // Python is at the first; the others wait
const listeners = new Set();
let worker, interrupt;
let number = 0;

/** The number of this Python: it grows when one ends, and the next begins without its variables. */
export let lives = 1;

/** Call f with the part that has come, from 0 to 1, while Python or a package is fetched. */
export const onProgress = (f) => listeners.add(f);

export function send(message, show = () => {}) {
  return new Promise((end) => {
    jobs.push({ id: ++number, message, show, end });
    if (jobs.length === 1) begin();
  });
}

/** Stop what runs, and forget what waits. */
export function stop() {
  const job = jobs[0];
  for (const { end } of jobs.splice(1)) end({ stopped: true });
  if (!job) return;
  const giveUp = () => jobs[0] === job && quit({ stopped: true, lost: true });
  if (!interrupt || !job.started) return giveUp();
  interrupt[0] = 2; // SIGINT
  setTimeout(giveUp, PATIENCE);
}

function begin() {
  if (!worker) start();
  if (interrupt) interrupt[0] = 0;
  worker.postMessage({ id: jobs[0].id, ...jobs[0].message });
}

function start() {
  worker = new Worker(new URL("worker.js", import.meta.url), { type: "module" });
  worker.onmessage = ({ data }) => hear(data);
  worker.onerror = () => hear({ fatal: "worker.js" });
  // memory that page and worker share: a browser grants it to cross-origin isolated pages only
  interrupt = self.crossOriginIsolated && new Uint8Array(new SharedArrayBuffer(1));
  worker.postMessage({ lang: document.documentElement.lang, interrupt });
}

function hear({ id, ...news }) {
  if ("progress" in news) return listeners.forEach((f) => f(news.progress));
  if (news.up) return quit({ error: news.fatal, lost: true });
  if ("fatal" in news) return quit({ failed: "Python" });
  const job = jobs[0];
  if (job?.id !== id) return;
  job.started = !news.loading;
  if (!news.done) return job.show(news);
  jobs.shift();
  if (jobs.length) begin();
  job.end(news);
}

/** End this Python. What waited goes to the next, but fails alike if Python cannot be fetched. */
function quit(answer) {
  lives++;
  worker.terminate();
  worker = undefined;
  for (const { end } of jobs.splice(0, answer.failed ? jobs.length : 1)) end(answer);
  if (jobs.length) begin();
}
