// How is one run drawn in one chart? Two curves, and marks where something happened.

import { apart, curve } from "./curve.js";
import { shape } from "./element.js";
import { colourOf } from "./runs.js";
import { columns, RATES, reductions } from "./state.js";

const FAR = 9; // pixels between two marks of one kind

// above or on the place where something happened
export const GLYPHS = {
  reduction: "M-4.5 -8h9l-4.5 8z",
  stopped: "M-4 -8h8v8h-8z",
  exception: "M-4 -8l8 8m0 -8l-8 8",
  notFinite: "M-3 -6l6 6m0 -6l-6 6",
};

export class Drawing {
  constructor() {
    this.training = shape("path", { class: "curve" });
    this.validation = shape("path", { class: "curve validation" });
    this.marks = shape("g");
    this.root = shape("g", {}, this.marks, this.validation, this.training);
  }

  draw(run, { metric, view, x, y, top, bottom }) {
    this.root.dataset.run = run.number;
    this.root.dataset.colour = colourOf(run);
    this.root.classList.toggle("faded", ![null, run.number].includes(view.inHand));
    const [training, validation] = columns(run, metric);
    const isStepped = RATES.includes(metric); // a rate holds until it is set anew
    const drawn = (column) => curve(run.epochs, column ?? [], x, y, isStepped);
    this.training.setAttribute("d", drawn(training));
    this.validation.setAttribute("d", drawn(validation));

    const happened = { reduction: reductions(run), stopped: [], exception: [] };
    if (run.epochs.length > 0) happened[run.end?.reason]?.push(run.end.epoch);
    const isLost = (_, i) => training?.[i] === null || validation?.[i] === null;
    const lost = run.epochs.filter(isLost);
    this.marks.replaceChildren(
      ...Object.entries(happened).flatMap(([kind, epochs]) =>
        apart(epochs, x, FAR).map((epoch) => mark(kind, x(epoch), top, bottom)),
      ),
      ...apart(lost, x, FAR).map((epoch) => mark("notFinite", x(epoch), bottom, bottom)),
    );
  }
}

/** Return a glyph that stands on `y`, and a line from there down to the axis. */
function mark(kind, x, y, bottom) {
  return shape(
    "g",
    { class: `mark ${kind}`, transform: `translate(${x} ${y})` },
    shape("line", { y2: bottom - y }),
    shape("path", { d: GLYPHS[kind] }),
  );
}
