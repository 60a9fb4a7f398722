/*! CodeMirror 6, MIT license, (c) Marijn Haverbeke and others: https://codemirror.net */
// In what is a cell edited? `npm run build` makes editor.js of this; a page fetches it at Edit.

import { indentWithTab } from "@codemirror/commands";
import { python } from "@codemirror/lang-python";
import { HighlightStyle, indentUnit, syntaxHighlighting } from "@codemirror/language";
import { EditorState, Prec } from "@codemirror/state";
import { EditorView, keymap } from "@codemirror/view";
import { tags } from "@lezer/highlight";
import { minimalSetup } from "codemirror";

const color = (name) => `var(--md-code-hl-${name}-color)`;

// the theme's colours of printed code, so that a cell looks alike before and after
const colors = HighlightStyle.define([
  { tag: [tags.keyword, tags.operatorKeyword], color: color("keyword") },
  { tag: tags.string, color: color("string") },
  { tag: tags.number, color: color("number") },
  { tag: [tags.bool, tags.null], color: color("constant") },
  { tag: tags.function(tags.variableName), color: color("function") },
  { tag: tags.function(tags.propertyName), color: color("function") },
  { tag: tags.operator, color: color("operator") },
  { tag: tags.comment, color: color("comment") },
]);

/** Return an editor inside `parent`. Escape and then Tab leaves it, as CodeMirror arranges. */
export function editor(parent, doc, run, attributes) {
  const key = { run: () => (run(), true) };
  return new EditorView({
    parent,
    state: EditorState.create({
      doc,
      extensions: [
        Prec.highest(keymap.of([{ key: "Mod-Enter", ...key }, { key: "Shift-Enter", ...key }])),
        minimalSetup,
        keymap.of([indentWithTab]),
        indentUnit.of("    "),
        python(),
        syntaxHighlighting(colors),
        EditorView.lineWrapping,
        EditorView.contentAttributes.of(attributes),
      ],
    }),
  });
}
