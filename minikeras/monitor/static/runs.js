// Which runs are there, how do they go, and which of them are drawn?

import { element, Family, say } from "./element.js";
import { reductions } from "./state.js";
import { nameOf, stateOf } from "./words.js";

const COLOURS = 8; // style.css has so many; then they come again

export function colourOf(run) {
  return (run.number - 1) % COLOURS;
}

/** A list of runs that is the legend, too: each is a switch that hides and shows its curves. */
export class RunList {
  /** `onSwitch(number)` hears which run is switched, `onPoint(number or null)` which is in hand. */
  constructor(list, onSwitch, onPoint) {
    this.items = new Family(list, (number) => new RunItem(number, onSwitch, onPoint));
  }

  draw(runs, { words, language, hidden }) {
    const clock = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "medium" });
    this.items.of(runs.map((run) => run.number)).forEach((item, i) => {
      item.draw(runs[i], !hidden.has(runs[i].number), words, clock);
    });
  }
}

class RunItem {
  constructor(number, onSwitch, onPoint) {
    this.name = element("bdi", { class: "name" });
    const button = { type: "button", role: "switch" };
    this.button = element("button", button, element("span", { class: "swatch" }), this.name);
    this.state = element("p", { class: "state" });
    this.began = element("p");
    this.reduced = element("p");
    this.root = element("li", {}, this.button, this.state, this.began, this.reduced);
    this.button.onclick = () => onSwitch(number);
    this.root.onpointerenter = this.button.onfocus = () => onPoint(number);
    this.root.onpointerleave = this.button.onblur = () => onPoint(null);
  }

  draw(run, isShown, words, clock) {
    this.button.setAttribute("aria-checked", isShown);
    this.root.dataset.colour = colourOf(run);
    this.root.dataset.state = run.end?.reason ?? "training";
    say(this.name, nameOf(run, words));
    say(this.state, stateOf(run, words));
    say(this.began, words.began(clock.format(run.at * 1000)));
    const reduced = reductions(run);
    this.reduced.hidden = reduced.length === 0;
    if (reduced.length > 0) say(this.reduced, words.reduced(reduced.length, reduced.at(-1) + 1));
  }
}
