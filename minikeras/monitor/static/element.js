// How does anything get into the page? As elements and text, so that a name is shown and never run.

const SVG = "http://www.w3.org/2000/svg";

/** Return a new element; strings among the children become text, whatever they hold. */
export function element(tag, attributes = {}, ...children) {
  return filled(document.createElement(tag), attributes, children);
}

/** The same inside a picture. */
export function shape(tag, attributes = {}, ...children) {
  return filled(document.createElementNS(SVG, tag), attributes, children);
}

function filled(made, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

/** Set an element's text, unless it says so already: what a reader has selected stays selected. */
export function say(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

/** The children of an element, each with a key. Those that stay are left alone, and keep focus. */
export class Family {
  constructor(parent, make) {
    this.parent = parent;
    this.make = make; // from a key, something with a `root`
    this.members = new Map();
  }

  /** Return one member for each key, in this order; the others leave the page. */
  of(keys) {
    for (const [key, member] of this.members) {
      if (keys.includes(key)) continue;
      member.root.remove();
      this.members.delete(key);
    }
    return keys.map((key, place) => {
      if (!this.members.has(key)) this.members.set(key, this.make(key));
      const member = this.members.get(key);
      const there = this.parent.children[place] ?? null;
      if (there !== member.root) this.parent.insertBefore(member.root, there);
      return member;
    });
  }
}
