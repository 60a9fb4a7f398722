// How does the lab take part in a page? It draws points and controls, and asks Python.
//
// What stands here at first was made by Python when the site was built: a picture, a table, and the
// controls as data. The first touch loads Python. From then on each change makes an address, such as
// preset=overfit&es.patience=3, and Python answers with all that is to be shown (minikeras/lab/page.py).
import { lives, onProgress, send } from "./session.js";

const IMPORT = { code: "from minikeras.lab.page import ask as _ask_lab", name: "lab" };
const MOVES = { ArrowUp: 0.01, ArrowDown: -0.01, PageUp: 0.1, PageDown: -0.1 };
const QUIET = 700; // ms without a change: then the newest decision is read out, the address kept

let prepared = 0; // the Python that knows how to answer

/** Make an element; what is not a string or an element in `inside` is left out. */
function make(tag, attributes = {}, ...inside) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (value !== undefined && value !== false) made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...inside.filter(Boolean));
  return made;
}

const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);

class Lab {
  constructor(root) {
    this.root = root;
    this.told = JSON.parse(root.querySelector(".lab-controls").textContent);
    this.words = this.told.words;
    this.still = root.querySelector(".lab-still");
    this.link = root.nextElementSibling?.matches(".lab-link") ? root.nextElementSibling.firstElementChild : null;
    const { values, address, points } = this.still.dataset;
    this.values = JSON.parse(values);
    this.address = new URLSearchParams(address);
    this.spoken = JSON.parse(points);
    this.chosen = 0;
    this.build();
    this.adopt();
    this.place();
    onProgress((part) => this.waiting && this.say(`${this.words.loading} ${Math.round(part * 100)}%`));
    new ResizeObserver(() => this.awake && this.asked !== root.clientWidth && this.ask()).observe(root);
    const known = new Set(["preset", "curve", "show", ...this.told.groups.map(({ key }) => key)]);
    for (const { key } of this.told.controls) known.add(key);
    const shared = new URLSearchParams(location.search);
    if (!this.link && [...shared.keys()].some((key) => key && known.has(key))) {
      this.address = shared;
      this.ask();
    }
    root.dataset.ready = "";
  }

  // -- what there is to see -------------------------------------------------------------------------

  build() {
    const { words, still } = this;
    this.picture = still.querySelector(".lab-picture");
    this.newest = still.querySelector(".lab-newest");
    this.table = still.querySelector(".lab-table");
    this.dots = make("div", { class: "lab-dots", role: "group", "aria-label": words.curve });
    this.frame = make("div", { class: "lab-frame" });
    this.picture.replaceWith(this.frame);
    this.frame.append(this.picture, this.dots);
    this.status = make("span", { class: "lab-status" });
    this.speaker = make("span", { class: "lab-unseen", role: "status" });
    this.error = make("div", { class: "lab-error", role: "alert", hidden: true });
    this.code = still.querySelector(".lab-code code");
    this.printed = make("pre", { class: "lab-printed", hidden: true, role: "group", "aria-label": words.printed, tabindex: 0 });
    this.frame.before(this.presets());
    this.frame.after(this.toolbar(), make("p", { class: "lab-hint" }, words.points), this.error);
    this.code.parentElement.before(this.controls());
    this.table.before(this.printed);
    this.root.append(this.sharing(), this.speaker);
  }

  presets() {
    const press = (key) => () => this.change({ preset: key, curve: null, name: null, lr: null });
    this.buttons = this.told.presets.map(({ key, name }) =>
      make("button", { type: "button", "data-preset": key, onclick: press(key) }, name),
    );
    return make("div", { class: "lab-presets", role: "group", "aria-label": this.words.presets }, ...this.buttons);
  }

  /** What a finger can do that has no keys: choose a point, move it a little, take its number away. */
  toolbar() {
    const { words } = this;
    const button = (name, sign, act) =>
      make("button", { type: "button", "aria-label": name, title: name, onclick: act }, sign);
    this.shown = make("output", { class: "lab-chosen" });
    return make(
      "div",
      { class: "lab-toolbar" },
      button(words.previous, "←", () => this.choose(this.chosen - 1)),
      this.shown,
      button(words.next, "→", () => this.choose(this.chosen + 1)),
      button(words.lower, "−", () => this.nudge(-0.01)),
      button(words.higher, "+", () => this.nudge(0.01)),
      button(words.make_missing, words.make_missing, () => this.move("-")),
      button(words.make_nan, words.make_nan, () => this.move("nan")),
    );
  }

  controls() {
    const { show } = this.values;
    const mine = ({ key, name }) => !this.link || !key || name === show || this.values[key] === "on";
    const groups = this.told.groups.filter(mine);
    if (this.link) groups.sort((a, b) => (b.name === show) - (a.name === show) || !a.key - !b.key);
    this.inputs = {};
    return make("div", { class: "lab-groups" }, ...groups.map((group) => this.group(group)));
  }

  group({ key, name }) {
    const own = this.told.controls.filter(({ group }) => group === key);
    let title = name;
    if (key) {
      this.inputs[key] = make("input", {
        type: "checkbox",
        onchange: ({ target }) => this.change({ [key]: target.checked ? "on" : "off" }),
      });
      title = make("label", {}, this.inputs[key], name);
    }
    return make("fieldset", { "data-group": key }, make("legend", {}, title), ...own.map((control) => this.control(control)));
  }

  control({ key, kind, default: usual, low, high, step, options, label }) {
    const set = ({ target }) =>
      this.change({ [key]: kind === "flag" ? (target.checked ? "on" : "off") : target.value });
    let input, output;
    if (kind === "choice") {
      input = make("select", { onchange: set }, ...options.map((option) => make("option", { value: option }, option)));
    } else if (kind === "flag") {
      input = make("input", { type: "checkbox", onchange: set });
    } else if (kind === "text") {
      input = make("input", { type: "text", maxlength: 40, spellcheck: "false", autocapitalize: "off", onchange: set });
    } else if (usual === null) {
      input = make("input", { type: "number", min: low, max: high, step, onchange: set });
    } else {
      output = make("output");
      input = make("input", { type: "range", min: low, max: high, step, oninput: set });
    }
    this.inputs[key] = Object.assign(input, { shown: output });
    const words = make("span", { class: "lab-name" }, make("code", {}, key.split(".").pop()), " ", make("small", {}, label));
    return make("label", { class: `lab-control ${kind}` }, words, make("span", {}, input, output));
  }

  sharing() {
    const copy = async () => {
      try {
        await navigator.clipboard.writeText(this.shared());
        this.say(this.words.copied);
      } catch {
        this.say(`${this.words.not_copied} ${this.shared()}`);
      }
    };
    const button = make("button", { type: "button", class: "lab-share", onclick: copy }, this.words.share);
    return make("div", { class: "lab-foot" }, button, this.status);
  }

  /** The address of the whole lab in this state. */
  shared() {
    const url = new URL(this.link ? this.link.href : location.href);
    url.hash = "";
    url.search = this.address;
    return url.href;
  }

  // -- the points -----------------------------------------------------------------------------------

  /** Take over the curve and the places of the picture that is shown now. */
  adopt() {
    const svg = this.picture.querySelector("svg");
    this.curve = svg.dataset.curve.split("_");
    this.box = svg.dataset.box.split(" ").map(Number);
    this.size = [svg.viewBox.baseVal.width, svg.viewBox.baseVal.height];
    this.frame.style.maxWidth = svg.style.maxWidth;
    this.chosen = Math.min(this.chosen, this.curve.length - 1);
  }

  place() {
    const [left, gap, top, bottom, low, high] = this.box;
    const [width, height] = this.size;
    while (this.dots.children.length > this.curve.length) this.dots.lastChild.remove();
    while (this.dots.children.length < this.curve.length) this.dots.append(this.dot(this.dots.children.length));
    this.curve.forEach((word, n) => {
      const dot = this.dots.children[n];
      const score = this.score(word);
      const at = word === "nan" ? high : Number.isNaN(score) ? low : score;
      dot.style.left = `${((left + n * gap) / width) * 100}%`;
      dot.style.width = `${(gap / width) * 100}%`;
      dot.style.top = `${((bottom - ((at - low) / (high - low)) * (bottom - top)) / height) * 100}%`;
      dot.tabIndex = n === this.chosen ? 0 : -1;
      dot.setAttribute("aria-label", fill(this.words.point, { name: this.values.name, epoch: n + 1 }));
      dot.setAttribute("aria-valuemin", low);
      dot.setAttribute("aria-valuemax", high);
      dot.setAttribute("aria-valuenow", at);
      dot.setAttribute("aria-valuetext", this.spoken[n]);
      dot.classList.toggle("chosen", n === this.chosen);
    });
    this.shown.textContent = fill(this.words.chosen, { epoch: this.chosen + 1, value: this.spoken[this.chosen] });
    for (const button of this.buttons)
      button.setAttribute("aria-pressed", button.dataset.preset === this.values.preset);
    for (const [key, input] of Object.entries(this.inputs)) {
      if (input.type === "checkbox") input.checked = this.values[key] === "on";
      else if (document.activeElement !== input || !this.busy) input.value = this.values[key];
      for (const option of input.options ?? []) option.text = option.value.replace("NAME", this.values.name);
      if (input.shown) input.shown.textContent = this.values[key];
    }
    if (this.link) this.link.href = this.shared();
  }

  dot(n) {
    const drag = (event) => {
      const { top, height } = this.frame.getBoundingClientRect();
      const [, , high, low, least, most] = this.box;
      const y = ((event.clientY - top) / height) * this.size[1];
      this.move(least + ((low - y) / (low - high)) * (most - least));
    };
    return make("div", {
      role: "slider",
      "aria-orientation": "vertical",
      onpointerdown: (event) => {
        if (event.button) return;
        event.preventDefault();
        event.currentTarget.setPointerCapture(event.pointerId);
        this.choose(n);
        this.dragging = true;
      },
      onpointermove: (event) => this.dragging && event.currentTarget.hasPointerCapture(event.pointerId) && drag(event),
      onlostpointercapture: () => {
        this.dragging = false;
        this.settle();
      },
      onfocus: () => n !== this.chosen && this.choose(n),
      onkeydown: (event) => this.key(event),
    });
  }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const [, , , , low, high] = this.box;
    const { key } = event;
    if (key in MOVES) this.nudge(MOVES[key]);
    else if (key === "Home") this.move(low);
    else if (key === "End") this.move(high);
    else if (key === "ArrowLeft") this.choose(this.chosen - 1);
    else if (key === "ArrowRight") this.choose(this.chosen + 1);
    else if (["m", "M", "Delete", "Backspace"].includes(key)) this.move("-");
    else if (key === "n" || key === "N") this.move("nan");
    else return;
    event.preventDefault();
  }

  score(word) {
    return word === "-" || word === "nan" ? NaN : Number(word) / 100;
  }

  choose(n) {
    this.chosen = Math.max(0, Math.min(this.curve.length - 1, n));
    const isHere = this.dots.contains(document.activeElement) || this.dots.matches(":hover");
    this.place();
    if (isHere) this.dots.children[this.chosen].focus({ preventScroll: true });
  }

  nudge(by) {
    const now = this.score(this.curve[this.chosen]);
    const near = this.curve.map((word) => this.score(word)).filter((score) => !Number.isNaN(score));
    this.move(Number.isNaN(now) ? (near[0] ?? 0.5) : now + by);
  }

  /** Put the chosen point at a score, or take its number away with "-" or "nan". */
  move(to) {
    const [, , , , low, high] = this.box;
    const word = typeof to === "string" ? to : String(Math.round(Math.max(low, Math.min(high, to)) * 100));
    if (word === this.curve[this.chosen]) return;
    this.curve[this.chosen] = word;
    const shown = { "-": this.words.missing, nan: "NaN" };
    this.spoken[this.chosen] = shown[word] ?? String(Number(word) / 100);
    this.values.preset = "";
    this.change({ curve: this.curve.join("_") });
  }

  // -- asking ---------------------------------------------------------------------------------------

  change(settings) {
    for (const [key, value] of Object.entries(settings)) {
      if (value === null) this.address.delete(key);
      else this.address.set(key, value);
      if (value !== null && key in this.values) this.values[key] = value;
    }
    this.place();
    this.ask();
  }

  async ask() {
    this.awake = true;
    delete this.root.dataset.settled;
    this.still.classList.add("awake");
    if (this.busy) {
      this.again = true;
      return;
    }
    this.busy = true;
    do {
      this.again = false;
      if (!(await this.prepare())) break;
      const begun = performance.now();
      const lang = document.documentElement.lang;
      this.asked = this.root.clientWidth;
      const question = JSON.stringify({ state: String(this.address), lang, width: this.asked });
      const answer = await send({ call: "_ask_lab", data: question });
      if (answer.result) this.show(JSON.parse(answer.result), answer.ms, begun);
      else if (answer.error) this.refuse(answer.error, "");
    } while (this.again);
    this.busy = false;
  }

  /** Load Python, and what answers in it, unless that is there. */
  async prepare() {
    if (lives && prepared === lives) return true;
    this.waiting = true;
    this.say(this.words.loading);
    const { failed, error, stopped } = await send(IMPORT);
    this.waiting = false;
    this.say(failed ? this.words.failed : "");
    if (error) this.refuse(error, "");
    if (failed || error || stopped) return false;
    prepared = lives;
    return true;
  }

  show(answer, ms, begun) {
    this.picture.innerHTML = answer.picture;
    this.table.innerHTML = answer.table;
    this.newest.textContent = answer.newest;
    this.code.textContent = answer.code;
    this.printed.textContent = answer.printed;
    this.printed.hidden = !answer.printed;
    this.refuse(answer.error, answer.why);
    if (!this.again) {
      this.address = new URLSearchParams(answer.state);
      Object.assign(this, { values: answer.values, spoken: answer.points });
      this.adopt();
      this.place();
    }
    this.settle();
    const all = performance.now() - begun;
    this.root.dataset.ms = `${ms.toFixed(1)} ${all.toFixed(1)}`;
  }

  refuse(error, why) {
    this.error.hidden = !error;
    this.error.replaceChildren(...(error ? [why, make("pre", {}, error)] : []));
  }

  say(text) {
    this.status.textContent = text;
    this.speaker.textContent = text;
  }

  /** Once things are quiet, read the newest decision out and put the state into the address bar. */
  settle() {
    clearTimeout(this.timer);
    delete this.root.dataset.settled;
    if (this.dragging || !this.awake) return;
    this.timer = setTimeout(() => {
      this.speaker.textContent = this.newest.textContent;
      if (!this.link) history.replaceState(null, "", `?${this.address}${location.hash}`);
      this.root.dataset.settled = "";
    }, QUIET);
  }
}

for (const root of document.querySelectorAll(".lab:not([data-ready])")) new Lab(root);
