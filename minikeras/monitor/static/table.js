// What are the numbers, for those who copy or hear them?

import { element, Family, say } from "./element.js";
import { keys } from "./state.js";
import { nameOf } from "./words.js";
import { written } from "./scale.js";

const ROWS = 500; // of one run; a page of 10^5 rows would stand still

/** A table of each run's latest values; below it, folded, each run's epochs. */
export class Tables {
  constructor(latest, all) {
    this.latest = latest;
    this.folds = new Family(all, () => new Fold());
  }

  draw(runs, { words }) {
    const names = keys(runs);
    const told = runs.filter((run) => run.epochs.length > 0);
    const rows = told.map((run) => {
      const place = run.epochs.length - 1;
      return [nameOf(run, words), ...row(run, names, place, words)];
    });
    fill(this.latest, [words.run, words.epoch, ...names], rows);
    this.folds.of(told.map((run) => run.number)).forEach((fold, i) => fold.draw(told[i], words));
  }
}

class Fold {
  constructor() {
    this.label = element("span");
    this.name = element("bdi", { class: "name" });
    this.note = element("p");
    this.table = element("table");
    this.sheet = element("div", { class: "sheet", role: "region", tabindex: "0" }, this.table);
    const summary = element("summary", {}, this.name, " ", this.label);
    this.root = element("details", {}, summary, this.note, this.sheet);
    this.root.ontoggle = () => this.draw(this.run, this.words);
  }

  draw(run, words) {
    this.run = run;
    this.words = words;
    say(this.label, words.allEpochs);
    say(this.name, nameOf(run, words));
    this.sheet.setAttribute("aria-label", `${nameOf(run, words)} ${words.allEpochs}`);
    if (!this.root.open) return;
    const names = keys([run]);
    const count = run.epochs.length;
    const from = Math.max(0, count - ROWS);
    this.note.hidden = from === 0;
    say(this.note, words.onlyTheLast(ROWS, count));
    const last = run.epochs.slice(from);
    const rows = last.map((_, i) => row(run, names, from + i, words));
    fill(this.table, [words.epoch, ...names], rows);
  }
}

function row(run, names, place, words) {
  return [
    String(run.epochs[place] + 1),
    ...names.map((name) => {
      const value = run.columns.get(name)?.[place];
      if (value === undefined) return "–";
      return value === null ? words.notFinite : written(value, 6);
    }),
  ];
}

/** Make a table say this; cells that say it already are not touched. */
function fill(table, header, rows) {
  const lines = [header, ...rows];
  while (table.rows.length > lines.length) table.deleteRow(-1);
  lines.forEach((line, i) => {
    const tr = table.rows[i] ?? table.insertRow();
    while (tr.cells.length > line.length) tr.deleteCell(-1);
    line.forEach((text, j) => {
      const isTitle = i === 0 || j === 0;
      const scope = isTitle ? { scope: i === 0 ? "col" : "row" } : {};
      say(tr.cells[j] ?? tr.appendChild(element(isTitle ? "th" : "td", scope)), text);
    });
  });
}
