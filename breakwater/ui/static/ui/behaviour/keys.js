// The board by keyboard: j and k move, Enter opens, / searches, n takes someone in.
const rows = () => [...document.querySelectorAll("[data-rows] [data-open]")];
const places = { n: "/cases/intake/", "/": "/search/", g: "/" };

addEventListener("keydown", (event) => {
  const typing = event.target.closest("input, textarea, select, [contenteditable]");
  if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "j" || event.key === "k") {
    const all = rows();
    if (!all.length) return;
    const at = all.indexOf(document.activeElement);
    const next = event.key === "j" ? Math.min(at + 1, all.length - 1) : Math.max(at - 1, 0);
    all[next].focus();
    event.preventDefault();
  } else if (places[event.key]) {
    const box = event.key === "/" && document.querySelector("input[type=search]");
    if (box) box.focus(); else location.assign(places[event.key]);
    event.preventDefault();
  }
});
