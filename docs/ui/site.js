// What do all pages need that the theme does not do?

// Switching the language keeps the section that is being read: ids are the same in all languages.
const links = document.querySelectorAll("a[hreflang]");

function follow() {
  for (const link of links) link.hash = location.hash;
}

addEventListener("hashchange", follow);
follow();

// The theme puts each Copy button into a landmark of its own, which screen readers would list.
function quieten() {
  for (const nav of document.querySelectorAll("nav.md-code__nav:not([role])")) nav.role = "none";
}

new MutationObserver(quieten).observe(document.body, { childList: true, subtree: true });
quieten();
