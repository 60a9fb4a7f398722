// How does a cell of a page run? With buttons under its code, and its output below them.
//
// What is said here comes from <script id="ui-words" type="application/json"> of the page:
//
// run      Run                  stop     Stop                 edit     Edit
// reset    Reset                code     Python code          output   Output
// loading  Loading {name}       waiting  Waiting              running  Running
// done     Done                 error    Error                stopped  Stopped.
// above    A cell above failed.
// lost     The variables are gone. Run starts with the cells above.
// failed   Could not load {name}. Check the connection, then press Run again.
// leave    Escape, then Tab, leaves the editor.

import { lives, onProgress, send, stop } from "./session.js";

const words = JSON.parse(document.getElementById("ui-words").textContent);
const say = (word, name) => (words[word] ?? word).replace("{name}", name);

function element(tag, properties, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

const RUNS = /^(script|iframe|object|embed|base|meta|link|set|animate.*)$/i;

/** Parse HTML or SVG, and leave out what would run. */
function inert(text) {
  const { content } = element("template", { innerHTML: text });
  for (const node of content.querySelectorAll("*")) {
    if (RUNS.test(node.localName)) node.remove();
    for (const { name, value } of [...node.attributes]) {
      if (/^on/i.test(name) || /^[\s\0]*javascript:/i.test(value)) node.removeAttribute(name);
    }
  }
  return content;
}

/** What a cell gives out. Its last output stays until there is something new. */
class Output {
  constructor(box) {
    this.box = box;
    this.first = [...box.childNodes]; // as the build saw it
    this.old = false;
  }

  begin() {
    this.old = true;
    this.text = undefined;
    this.box.ariaBusy = true;
  }

  end(keep) {
    if (this.old && !keep) this.box.replaceChildren();
    this.old = false;
    this.box.ariaBusy = false;
  }

  reset() {
    this.box.replaceChildren(...this.first);
  }

  show({ text, err, html, svg, again }) {
    if (again) return this.begin();
    if (this.old) this.box.replaceChildren();
    this.old = false;
    if (text) return this.print(text, err);
    this.text = undefined;
    this.box.append(element("div", { className: "py-out" }, inert(html ?? svg)));
  }

  print(text, err) {
    if (!this.text) {
      this.text = element("pre", { className: "py-out", tabIndex: 0 }); // one can scroll it by keys
      Object.assign(this.text, { role: "group", ariaLabel: say("output") });
      this.box.append(this.text);
    }
    let part = this.text.lastChild;
    const className = err ? "py-err" : "";
    if (part?.className !== className) this.text.append((part = element("span", { className })));
    let all = part.textContent + text;
    if (all.includes("\r")) all = all.replace(/[^\n]*\r(?=[^\n])/g, ""); // a progress line, redrawn
    if (all.length > 60000) all = `…\n${all.slice(-50000)}`; // a loop that prints without end
    part.textContent = all;
    if (this.text.childNodes.length > 500) this.text.firstChild.remove();
  }
}

class Cell {
  constructor(root) {
    const button = (word, act) => {
      const made = element("button", { type: "button", className: `py-${word}` }, say(word));
      made.ariaLabel = `${say(word)} ${this.name}`; // ten cells have ten buttons to tell apart
      made.onclick = () => made.ariaDisabled === "true" || act();
      return made;
    };
    const { name, kind, packages } = root.dataset;
    Object.assign(this, { name, kind, packages: packages?.split(" ").filter(Boolean) ?? [] });
    this.printed = root.querySelector(".highlight");
    this.source = root.querySelector("code").textContent.trimEnd();
    this.output = new Output(root.nextElementSibling);
    this.runs = button("run", () => this.go());
    this.stops = button("stop", stop);
    this.edits = button("edit", () => this.open().then(() => this.view?.focus()));
    this.resets = button("reset", () => this.reset());
    this.stops.hidden = this.resets.hidden = true;
    this.state = element("span", { className: "py-state", role: "status" });
    this.part = element("span", { className: "py-part", ariaHidden: true });
    this.hint = element("span", { className: "py-hint", id: `py-hint-${name}`, hidden: true });
    this.hint.textContent = say("leave");
    const buttons = [this.runs, this.stops, this.edits, this.resets];
    const told = [this.state, this.part, this.hint];
    root.append(element("div", { className: "py-bar" }, ...buttons, ...told));
  }

  get code() {
    return this.view?.state.doc.toString() ?? this.source;
  }

  /** Has this Python run this code? */
  get isKnown() {
    return this.known === this.code && this.life === lives;
  }

  /** Say how it stands; the part is not read out, for it changes all the time. */
  tell(state, part = "") {
    if (this.state.textContent !== state) this.state.textContent = state;
    this.part.textContent = part;
  }

  // -- running

  busy(is) {
    this.runs.ariaDisabled = this.resets.ariaDisabled = is;
    if (!is && document.activeElement === this.stops) this.runs.focus(); // what hides has no focus
    this.stops.hidden = !is;
  }

  /** Run this cell, after those above that this Python does not know. */
  async go() {
    if (this.waits || this.running) return;
    this.waits = true;
    this.busy(true);
    this.tell(say("waiting"));
    if (this.kind === "exercise") await this.open();
    for (const cell of cells.slice(0, cells.indexOf(this))) {
      if (cell.kind !== "run" || cell.isKnown) continue;
      const { end, failed } = await cell.run();
      if (end === "done") continue;
      this.waits = false;
      this.busy(false);
      return this.tell(say(end === "error" ? "above" : end, failed));
    }
    this.waits = false;
    return this.run();
  }

  /** Run this cell alone; who asks while it runs gets the same answer. */
  run() {
    this.running ??= this.ask().finally(() => (this.running = undefined));
    return this.running;
  }

  async ask() {
    const { code, name, packages } = this;
    this.busy(true);
    this.tell(say("waiting"));
    this.loading = "Python";
    this.output.begin();
    const answer = await send({ code, name, packages }, (news) => this.hear(news));
    this.loading = "";
    if (answer.error) this.output.show({ text: answer.error, err: true });
    this.output.end(answer.failed);
    answer.end = ["stopped", "failed", "error"].find((end) => answer[end]) ?? "done";
    const isDone = answer.end === "done";
    if (isDone) [this.known, this.life] = [code, lives];
    this.resets.hidden = false;
    this.busy(false);
    const told = say(answer.end, answer.failed) + (answer.lost ? ` ${say("lost")}` : "");
    this.tell(told, isDone ? `${(answer.ms / 1000).toFixed(2)} s` : "");
    return answer;
  }

  hear(news) {
    if (news.loading) load((this.loading = news.loading), 0);
    else if (news.started) {
      for (const cell of cells) if (cell.waits) cell.tell(say("waiting"));
      this.tell(say("running"), (this.loading = ""));
    } else this.output.show(news);
  }

  // -- editing

  async open() {
    if (this.view) return;
    try {
      const { editor } = await import(`./editor.js${tries ? `?${tries}` : ""}`);
      if (this.view) return;
      const box = element("div", { className: "py-editor" });
      const label = `${say("code")} ${this.name}`;
      const told = { "aria-label": label, "aria-describedby": this.hint.id };
      this.view = editor(box, this.source, () => this.go(), told);
      this.printed.after(box);
    } catch {
      tries++; // some browsers remember a module that did not come
      return this.tell(say("failed", say("code")));
    }
    this.printed.hidden = true;
    this.hint.hidden = this.resets.hidden = false;
    this.edits.hidden = true;
  }

  /** Go back to the page as it was built. */
  reset() {
    this.view?.dom.parentNode.remove();
    this.view?.destroy();
    this.view = undefined;
    this.printed.hidden = this.edits.hidden = false;
    this.edits.focus();
    this.hint.hidden = this.resets.hidden = true;
    this.output.reset();
    this.tell("");
  }
}

let tries = 0; // to fetch the editor
const cells = [...document.querySelectorAll(".py-cell")].map((root) => new Cell(root));

/** Tell of what is loading: the cell that needs it, and those that wait for that cell. */
function load(what, part) {
  const told = part ? `${Math.round(part * 100)} %` : "";
  for (const cell of cells) if (cell.loading || cell.waits) cell.tell(say("loading", what), told);
}

onProgress((part) => {
  const cell = cells.find(({ loading }) => loading);
  if (cell) load(cell.loading, part);
});
