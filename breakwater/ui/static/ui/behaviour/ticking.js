// Clocks tick: the words beside a due moment follow the server's clock, not the device's.
import { inWords } from "./words.js";

const served = Date.parse(document.body.dataset.now || "");
const offset = Number.isNaN(served) ? 0 : served - Date.now();
const EVERY = 5000;

function words(seconds) {
  const s = Math.abs(seconds);
  if (s < 60) return inWords("less than 1 min");
  if (s < 3600) return inWords("{minutes} min", { minutes: Math.floor(s / 60) });
  if (s < 86400) {
    const h = Math.floor(s / 3600), m = Math.floor((s % 3600) / 60);
    return m ? inWords("{hours} h {minutes} min", { hours: h, minutes: m }) : inWords("{hours} h", { hours: h });
  }
  const d = Math.floor(s / 86400), h = Math.floor((s % 86400) / 3600);
  return h && d < 10 ? inWords("{days} d {hours} h", { days: d, hours: h }) : inWords("{days} d", { days: d });
}

// A clock that runs out while somebody looks is shown and said as missed, without anybody's name.
function miss(clock) {
  clock.classList.remove("ok", "soon");
  clock.classList.add("missed");
  const row = clock.closest("[data-rows] tr");
  if (row) { row.classList.remove("is-soon"); row.classList.add("is-missed"); }
  const said = document.getElementById("said");
  if (said) said.textContent = inWords("Time is up: {label}", { label: clock.querySelector(".clock-label")?.textContent || inWords("a clock") });
}

function soon(clock) {
  clock.classList.replace("ok", "soon");
  clock.closest("[data-rows] tr:not(.is-missed)")?.classList.add("is-soon");
}

function tick() {
  const now = Date.now() + offset;
  for (const time of document.querySelectorAll("time[data-due]")) {
    const left = (Date.parse(time.dateTime) - now) / 1000;
    const text = left < 0 ? inWords("{length} late", { length: words(left) }) : inWords("{length} left", { length: words(left) });
    if (time.textContent !== text) time.textContent = text;
    const clock = time.closest(".clock");
    if (clock && left < 0 && !clock.classList.contains("missed")) miss(clock);
    else if (clock?.classList.contains("ok") && Date.parse(time.dataset.soon) <= now) soon(clock);
  }
}

setInterval(tick, EVERY);
document.addEventListener("visibilitychange", () => { if (document.visibilityState === "visible") tick(); });
