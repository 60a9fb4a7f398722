// How do the parts of the page come together? Events change the runs, and a frame draws them once.

import { Chart } from "./chart.js";
import { offerColours, offerLanguages, offerSwitch } from "./choices.js";
import { GLYPHS } from "./drawing.js";
import { Family, say } from "./element.js";
import { RunList } from "./runs.js";
import { metrics, tell } from "./state.js";
import { listen } from "./stream.js";
import { Tables } from "./table.js";
import { readAloud } from "./tip.js";

const byId = (id) => document.getElementById(id);

const runs = new Map();
const hidden = new Set(); // numbers of runs
const view = { runs: [], hidden, isLogarithmic: false, epoch: null, inHand: null };
let chartInHand = null;
let runInHand = null; // its number
let connection = "live"; // until the stream says otherwise
let isWaiting = false; // for the next frame

const charts = new Family(byId("charts"), (metric) => {
  const chart = new Chart(metric, point);
  new ResizeObserver(redraw).observe(chart.plot);
  return chart;
});
const list = new RunList(
  byId("runs"),
  (number) => {
    if (!hidden.delete(number)) hidden.add(number);
    redraw();
  },
  (number) => {
    runInHand = number;
    redraw();
  },
);
const tables = new Tables(byId("latest"), byId("all"));

function redraw() {
  if (isWaiting) return;
  isWaiting = true;
  requestAnimationFrame(() => {
    isWaiting = false;
    draw();
  });
}

function draw() {
  const all = [...runs.values()];
  view.runs = all.filter((run) => !hidden.has(run.number));
  view.inHand = hidden.has(runInHand) ? null : runInHand;
  byId("empty").hidden = all.length > 0;
  byId("told").hidden = all.length === 0;
  byId("connection").dataset.state = connection;
  say(byId("connection"), view.words[connection]);
  const drawn = charts.of(metrics(all));
  drawn.forEach((chart) => chart.measure());
  drawn.forEach((chart) => chart.draw(view));
  list.draw(all, view);
  tables.draw(all, view);
  showPoint();
}

function point(chart, epoch) {
  chartInHand = chart;
  view.epoch = epoch;
  showPoint();
  say(byId("readout"), epoch === null ? "" : readAloud(chart));
}

function showPoint() {
  for (const chart of charts.members.values()) chart.point(chart === chartInHand);
}

for (const icon of document.querySelectorAll("[data-glyph]")) {
  icon.setAttribute("d", GLYPHS[icon.dataset.glyph]);
}
if (location.origin !== "http://localhost:9000") {
  say(byId("root"), `root="${location.origin}"`); // where the program's RemoteMonitor must send
}
offerLanguages(byId("language"), (words, language) => {
  Object.assign(view, { words, language });
  redraw();
});
offerColours(byId("theme"));
offerSwitch(byId("logarithmic"), (isOn) => {
  view.isLogarithmic = isOn;
  redraw();
});
listen(
  "/events",
  (event) => {
    if (event.kind === "start") hidden.clear();
    tell(runs, event);
    redraw();
  },
  (state) => {
    connection = state;
    redraw();
  },
);
