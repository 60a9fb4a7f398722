// What does one metric look like, epoch by epoch, for every run?

import { Drawing } from "./drawing.js";
import { element, Family, say, shape } from "./element.js";
import { counted, extent, linear, logarithmic } from "./scale.js";
import { columns, range, reach } from "./state.js";
import { Tip } from "./tip.js";

const MARGIN = { top: 24, right: 16, bottom: 40 };
const DIGIT = 7; // pixels that one digit of a label takes
const MOVES = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1 };
const LEAPS = { PageDown: -0.1, PageUp: 0.1, Home: -Infinity, End: Infinity }; // of the axis

export class Chart {
  /** `onPoint(chart, epoch or null)` hears which epoch the reader's pointer or keys look at. */
  constructor(metric, onPoint) {
    this.metric = metric;
    this.onPoint = onPoint;
    this.grid = shape("g", { class: "grid" });
    this.runs = shape("g");
    this.cursor = shape("line", { class: "cursor", y1: MARGIN.top });
    this.svg = shape("svg", { "aria-hidden": "true" }, this.grid, this.runs, this.cursor);
    this.tip = new Tip();
    const plot = { class: "plot", role: "slider", tabindex: "0", "aria-describedby": "help" };
    this.plot = element("div", { ...plot, "aria-label": metric }, this.svg, this.tip.root);
    this.note = element("p", { class: "note" });
    const title = element("h3", {}, element("bdi", { class: "name" }, metric));
    this.root = element("section", { class: "chart" }, title, this.note, this.plot);
    this.drawings = new Family(this.runs, () => new Drawing());
    this.plot.onpointermove = this.plot.onpointerdown = (event) => this.follow(event);
    this.plot.onpointerleave = this.plot.onblur = () => onPoint(this, null);
    this.plot.onkeydown = (event) => this.press(event);
  }

  follow(event) {
    if (!this.range) return;
    const { first, last } = this.range;
    const x = event.clientX - this.svg.getBoundingClientRect().left;
    const near = Math.round(first + ((x - this.left) / this.width) * (last - first));
    this.onPoint(this, reach(this.view.runs, Math.min(Math.max(near, first), last), 0));
  }

  press(event) {
    if (event.altKey || event.ctrlKey || event.metaKey) return; // Alt and an arrow: the page before
    if (event.key === "Escape") this.onPoint(this, null);
    const isLeap = event.key in LEAPS;
    if (!this.range || !(isLeap || event.key in MOVES)) return;
    event.preventDefault(); // the page must not scroll as well
    const { first, last } = this.range;
    const part = LEAPS[event.key] * Math.max(last - first, 1);
    const distance = isLeap ? Math.sign(part) * Math.ceil(Math.abs(part)) : MOVES[event.key];
    this.onPoint(this, reach(this.view.runs, this.view.epoch ?? last, distance));
  }

  /** Ask how large the chart is: for all charts at once, since each drawing changes the layout. */
  measure() {
    this.right = this.svg.clientWidth - MARGIN.right;
    this.bottom = this.svg.clientHeight - MARGIN.bottom;
  }

  /** `view`: the visible `runs`, `isLogarithmic`, `words`, the `epoch` and the run `inHand`. */
  draw(view) {
    this.view = view;
    this.range = range(view.runs);
    const told = view.runs.flatMap((run) => columns(run, this.metric)).filter(Boolean);
    const [low, high] = extent(told);
    const isLogarithmic = view.isLogarithmic && low > 0;
    this.note.hidden = isLogarithmic === view.isLogarithmic;
    say(this.note, view.words.notAboveZero);
    this.layOut((isLogarithmic ? logarithmic : linear)(low, high));
    this.drawings.of(view.runs.map((run) => run.number)).forEach((drawing, i) => {
      drawing.draw(view.runs[i], this);
    });
  }

  /** Settle where epochs and values stand, and draw what is written at the axes. */
  layOut({ place, ticks }) {
    const { words } = this.view;
    const { first, last } = this.range ?? { first: 0, last: 0 };
    const left = 18 + DIGIT * Math.max(3, ...ticks.map((tick) => tick.label.length));
    const { right, bottom } = this;
    const width = right - left;
    const x = (epoch) => left + (last > first ? (epoch - first) / (last - first) : 0.5) * width;
    const y = (value) => bottom - place(value) * (bottom - MARGIN.top);
    Object.assign(this, { left, width, top: MARGIN.top, x, y });

    const count = Math.floor(width / (28 + DIGIT * String(last + 1).length));
    const epochs = counted(first, last, Math.max(1, count));
    this.grid.replaceChildren(
      ...ticks.flatMap(({ value, label }) => [
        shape("line", { x1: left, x2: right, y1: y(value), y2: y(value) }),
        shape("text", { x: left - 8, y: y(value) + 4, "text-anchor": "end" }, label),
      ]),
      ...epochs.map((n) =>
        shape("text", { x: x(n - 1), y: bottom + 17, "text-anchor": "middle" }, String(n)),
      ),
      shape("text", { x: right, y: bottom + 35, "text-anchor": "end" }, words.epoch),
    );
    this.plot.setAttribute("aria-valuemin", first + 1);
    this.plot.setAttribute("aria-valuemax", last + 1);
    this.cursor.setAttribute("y2", bottom);
  }

  /** Show where the reader looks and, in the chart that is looked at, which values are there. */
  point(isHere) {
    const { epoch, words } = this.view;
    const spoken = (epoch ?? this.range?.last ?? 0) + 1;
    this.plot.setAttribute("aria-valuenow", spoken);
    this.plot.setAttribute("aria-valuetext", words.atEpoch(spoken));
    this.cursor.setAttribute("visibility", epoch === null ? "hidden" : "visible");
    if (epoch !== null) this.cursor.setAttribute("transform", `translate(${this.x(epoch)} 0)`);
    this.tip.draw(isHere && epoch !== null ? this : null);
  }
}
