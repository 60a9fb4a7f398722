// Why does a page not load its search until somebody searches?
//
// The theme asks for the index and its worker as a page opens: more than all the rest together. Here
// both wait until the search gets the focus. Runs before the theme's own script.
{
  const waiting = [];
  let wanted = new URLSearchParams(location.search).has("q");

  const later = (act) => (wanted ? act() : waiting.push(act));

  addEventListener("focusin", ({ target }) => {
    if (!target.matches(".md-search__input")) return;
    wanted = true;
    for (const act of waiting.splice(0)) act();
  });

  const { open, send } = XMLHttpRequest.prototype;
  XMLHttpRequest.prototype.open = function (method, address, ...rest) {
    this.isIndex = String(address).endsWith("/search_index.json");
    return open.call(this, method, address, ...rest);
  };
  XMLHttpRequest.prototype.send = function (...body) {
    if (this.isIndex) later(() => send.apply(this, body));
    else send.apply(this, body);
  };

  const Real = window.Worker;
  window.Worker = function (address, options) {
    if (!String(address).includes("/workers/search.")) return new Real(address, options);
    const standIn = new EventTarget();
    let real;
    standIn.postMessage = (message) => later(() => real.postMessage(message));
    standIn.terminate = () => real?.terminate();
    later(() => {
      real = new Real(address, options);
      real.onmessage = ({ data }) => standIn.dispatchEvent(new MessageEvent("message", { data }));
    });
    return standIn;
  };
}
