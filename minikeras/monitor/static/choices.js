// What did the reader choose: which language, which colours? Remembered where the browser allows.

import { spoken, WORDS } from "./words.js";

const page = document.documentElement;

/** Offer the languages and call `onWords` with the words of the chosen one, now and later. */
export function offerLanguages(select, onWords) {
  const address = new URL(location.href);
  const asked = address.searchParams.get("lang");
  const choose = (language) => {
    page.lang = select.value = language;
    for (const node of document.querySelectorAll("[data-word]")) {
      node.textContent = WORDS[language][node.dataset.word];
    }
    onWords(WORDS[language], language);
  };
  select.onchange = () => {
    remember("lang", select.value);
    address.searchParams.delete("lang"); // a reload must not undo the choice
    history.replaceState(null, "", address);
    choose(select.value);
  };
  choose(spoken([asked, remembered("lang"), ...navigator.languages]));
}

/** Offer light and dark; "auto" is what the system prefers. */
export function offerColours(select) {
  select.onchange = () => {
    remember("theme", select.value);
    page.dataset.theme = select.value;
  };
  const before = remembered("theme");
  page.dataset.theme = select.value = ["light", "dark"].includes(before) ? before : "auto";
}

/** Make a button a switch that calls `onSwitch` with true or false. */
export function offerSwitch(button, onSwitch) {
  button.onclick = () => {
    const isOn = button.getAttribute("aria-checked") !== "true";
    button.setAttribute("aria-checked", isOn);
    onSwitch(isOn);
  };
}

function remember(key, value) {
  try {
    localStorage.setItem(key, value);
  } catch {
    // a browser that stores nothing only forgets
  }
}

function remembered(key) {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}
