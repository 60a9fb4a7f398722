// What do the server's events add up to? Runs, each with a column of values for every key.

export const RATES = ["learning_rate", "lr"]; // Keras 2 says lr
const VALIDATION = "val_";

/**
 * Take one event into `runs`, a Map from number to run. Nothing else is read or changed: the same
 * events always give the same runs. In place, since 10^5 epochs are not copied 10^5 times.
 */
export function tell(runs, event) {
  if (event.kind === "start") runs.clear();
  if (event.kind === "run") runs.set(event.run, newRun(event));
  if (event.kind === "dropped") runs.delete(event.run);
  const run = runs.get(event.run);
  if (!run) return;
  if (event.kind === "epoch") tellEpoch(run, event.epoch, event.logs);
  if (event.kind === "end") run.end = { epoch: event.epoch, reason: event.reason };
}

function newRun({ run, name, at }) {
  return { number: run, name, at, epochs: [], columns: new Map(), end: null };
}

/** Columns stay as long as `epochs`: null is a value that is not finite, undefined none at all. */
function tellEpoch(run, epoch, logs) {
  const place = firstFrom(run.epochs, epoch);
  const replaced = run.epochs[place] === epoch ? 1 : 0;
  for (const key of Object.keys(logs)) {
    if (!run.columns.has(key)) run.columns.set(key, new Array(run.epochs.length).fill(undefined));
  }
  run.epochs.splice(place, replaced, epoch);
  for (const [key, column] of run.columns) {
    column.splice(place, replaced, Object.hasOwn(logs, key) ? logs[key] : undefined);
  }
  run.end = null; // whoever tells of an epoch is training
}

/** Return the place of the first of these ascending epochs that is not before `epoch`. */
export function firstFrom(epochs, epoch) {
  if (epochs.length === 0 || epochs.at(-1) < epoch) return epochs.length; // as good as always
  let low = 0;
  let high = epochs.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (epochs[middle] < epoch) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Return the metrics, each once for training and validation: loss first, learning rates last. */
export function metrics(runs) {
  const told = runs.flatMap((run) => [...run.columns.keys()]);
  const names = new Set(told.map(withoutValidation));
  const rank = (name) => (name === "loss" ? 0 : RATES.includes(name) ? 2 : 1);
  return [...names].sort((one, other) => rank(one) - rank(other));
}

function withoutValidation(key) {
  return key.startsWith(VALIDATION) && key !== VALIDATION ? key.slice(VALIDATION.length) : key;
}

/** Return the keys of all columns, those of validation behind their twins. */
export function keys(runs) {
  const both = new Set(metrics(runs).flatMap((name) => [name, VALIDATION + name]));
  return [...both].filter((key) => runs.some((run) => run.columns.has(key)));
}

/** Return the columns of one metric: training, validation; undefined where there is none. */
export function columns(run, metric) {
  return [run.columns.get(metric), run.columns.get(VALIDATION + metric)];
}

/** Return the epochs that were trained at a lower learning rate than the epoch before. */
export function reductions(run) {
  const rates = RATES.map((name) => run.columns.get(name)).find(Boolean) ?? [];
  return run.epochs.filter((_, i) => typeof rates[i] === "number" && rates[i] < rates[i - 1]);
}

/** Return the first and the last epoch of some runs; null where nothing was told. */
export function range(runs) {
  const told = runs.filter((run) => run.epochs.length > 0);
  if (told.length === 0) return null;
  return {
    first: Math.min(...told.map((run) => run.epochs[0])),
    last: Math.max(...told.map((run) => run.epochs.at(-1))),
  };
}

/** Return the told epoch that lies at least so far from another, or the outermost one. */
export function reach(runs, from, distance) {
  const goal = from + distance;
  const { first, last } = range(runs);
  if (distance >= 0) {
    return Math.min(last, ...runs.map(({ epochs }) => epochs[firstFrom(epochs, goal)] ?? last));
  }
  const before = ({ epochs }) => epochs[firstFrom(epochs, goal + 1) - 1] ?? first;
  return Math.max(first, ...runs.map(before));
}
