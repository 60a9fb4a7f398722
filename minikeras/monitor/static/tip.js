// Which values stand at the epoch that the reader looks at?

import { element } from "./element.js";
import { colourOf } from "./runs.js";
import { written } from "./scale.js";
import { columns, firstFrom } from "./state.js";
import { nameOf } from "./words.js";

const GAP = 12; // pixels between the epoch's line and the box

/** Return what the visible runs told of a metric at the epoch: training, validation, as text. */
function valuesOf({ metric, view: { runs, epoch, words } }) {
  const said = (value) => (value === null ? words.notFinite : written(value));
  return runs.flatMap((run) => {
    const place = firstFrom(run.epochs, epoch);
    if (run.epochs[place] !== epoch) return [];
    const told = columns(run, metric).map((column) => column?.[place]);
    const [training, validation] = told.map((value) => (value === undefined ? "" : said(value)));
    return training || validation ? [{ run, training, validation }] : [];
  });
}

/** Return one line to be read aloud. */
export function readAloud(chart) {
  const { epoch, words } = chart.view;
  const lines = valuesOf(chart).map(({ run, training, validation }) => {
    const told = [training && `${words.training} ${training}`];
    told.push(validation && `${words.validation} ${validation}`);
    return `${nameOf(run, words)}: ${told.filter(Boolean).join(", ")}`;
  });
  return [words.atEpoch(epoch + 1), chart.metric, ...lines].join("; ");
}

/** A box beside the epoch's line: a row for each run. */
export class Tip {
  constructor() {
    this.root = element("div", { class: "tip", hidden: "" });
  }

  /** Show the values of a chart, or nothing for null. */
  draw(chart) {
    this.root.hidden = chart === null;
    if (chart === null) return;
    const { epoch, words } = chart.view;
    const titles = [words.atEpoch(epoch + 1), words.training, words.validation];
    this.root.replaceChildren(
      ...titles.map((title) => element("span", { class: "title" }, title)),
      ...valuesOf(chart).flatMap(({ run, training, validation }) => [
        element(
          "span",
          { "data-colour": colourOf(run) },
          element("span", { class: "swatch" }),
          element("bdi", { class: "name" }, nameOf(run, words)),
        ),
        element("span", { class: "told" }, training),
        element("span", { class: "told" }, validation),
      ]),
    );
    const x = chart.x(epoch);
    const width = this.root.offsetWidth;
    const isLeft = x < (chart.left + chart.right) / 2;
    const left = isLeft ? x + GAP : x - GAP - width;
    this.root.style.left = `${Math.max(0, Math.min(left, chart.right - width))}px`;
  }
}
