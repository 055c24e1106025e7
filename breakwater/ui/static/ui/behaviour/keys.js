// The board by keyboard. What a key opens is written on the link that it presses: data-key.
import { inWords } from "./words.js";

const SWITCH = "keys";
const isOff = () => localStorage.getItem(SWITCH) === "off";

function move(by) {
  const all = [...document.querySelectorAll("[data-rows] [data-open]")];
  if (!all.length) return;
  const at = all.indexOf(document.activeElement);
  const next = at < 0 ? 0 : Math.min(Math.max(at + by, 0), all.length - 1);
  all[next].focus();
}

function press(key) {
  const link = document.querySelector(`a[data-key="${CSS.escape(key)}"]`);
  const box = key === "/" && document.querySelector("input[type=search]");
  if (box) { box.focus(); box.select(); } else if (key === "?" && link) list(link); else if (link) link.click();
  return Boolean(box || link);
}

// The list of keys is a page; here it is laid over the one at hand.
async function list(link) {
  if (document.querySelector("dialog[open]")) return;
  const answer = await fetch(link.href).catch(() => null);
  const found = answer?.ok && new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("#keys");
  if (!found) { location.assign(link.href); return; }
  const dialog = document.createElement("dialog");
  const close = Object.assign(document.createElement("button"), { textContent: inWords("Close"), type: "button" });
  dialog.setAttribute("aria-labelledby", "keys-title");
  dialog.append(found, close);
  close.addEventListener("click", () => dialog.close());
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  offer(dialog);
  dialog.showModal();
  close.focus();
}

// Whoever speaks to the computer, or trembles, can turn single keys off.
function offer(root) {
  const place = root.querySelector("[data-keys-switch]");
  const button = place?.querySelector("button");
  if (!button) return;
  place.hidden = false;
  button.setAttribute("aria-pressed", String(isOff()));
  button.addEventListener("click", () => {
    if (isOff()) localStorage.removeItem(SWITCH); else localStorage.setItem(SWITCH, "off");
    button.setAttribute("aria-pressed", String(isOff()));
  });
}

addEventListener("keydown", (event) => {
  const typing = event.target.closest?.("input:not([type=radio], [type=checkbox]), textarea, select, [contenteditable]");
  if (typing || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || isOff()) return;
  if (document.querySelector("dialog[open]")) return;
  if (event.key === "j" || event.key === "k") move(event.key === "j" ? 1 : -1);
  else if (event.key.length !== 1 || !press(event.key)) return;
  event.preventDefault();
});

offer(document);
