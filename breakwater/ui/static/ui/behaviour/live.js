// A page that is open follows what changes. The server says only that something did, by names that mean nothing; what
// it is, the page asks for at the door like any other. Without this, or without the stream, it stays as it was.
import { inWords } from "./words.js";

const line = document.querySelector("[data-live]");
const said = document.getElementById("said");
const SILENT = 40_000, AGAIN = [1_500, 4_000, 15_000, 60_000], SOON = 1_000, WAITS = 3_000, OFTEN = 1_000, SHOWN = 6_000, ALOUD = 10_000;

let source, told = "", watchdog, retry, refusals = 0, isPaused = false, updated = new Date(), aloudAt = 0;
const due = new Map(), asked = new Map();

// As every other time on the page: by the clocks of the agency, wherever the device thinks it is.
const clock = (moment) => moment.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: line.dataset.zone });

function write(...words) { line.hidden = false; line.replaceChildren(...words); }

// Said politely, not over and over, and by the name of a place or of a page, never of a person.
function aloud(words) {
  if (!said || Date.now() - aloudAt < ALOUD) return;
  aloudAt = Date.now();
  said.textContent = words;
  setTimeout(() => { if (said.textContent === words) said.textContent = ""; }, SHOWN);
}

function alive(event) {
  if (event.lastEventId) told = event.lastEventId;
  refusals = 0;
  clearTimeout(watchdog);
  watchdog = setTimeout(() => { close(); pause(); open(); }, SILENT);
  if (isPaused || line.hidden) write(inWords("Live. Updated {time}", { time: clock(updated) }));
  isPaused = false;
}

function pause(why = "") {
  if (!isPaused) aloud(inWords("Live updates paused"));
  isPaused = true;
  write(why || inWords("Live updates paused, last at {time}", { time: clock(updated) }));
}

function close() {
  clearTimeout(watchdog);
  clearTimeout(retry);
  source?.close();
  source = undefined;
}

// A page that somebody only passes through opens no stream; what changed before it is open is told all the same.
function soon() {
  clearTimeout(retry);
  retry = setTimeout(open, SOON);
}

function open() {
  if (source || document.visibilityState === "hidden") return;
  clearTimeout(retry);
  source = new EventSource(line.dataset.live + (told ? `&told=${encodeURIComponent(told)}` : ""));
  source.addEventListener("here", alive);
  source.addEventListener("changed", (event) => { alive(event); changed(event.data.split(" ")); });
  source.addEventListener("error", () => {
    pause();
    if (source?.readyState === EventSource.CLOSED) refused();
  });
}

// The stream was refused. A page that was just left may still hold its place: tried again in a moment, and only then
// is its sentence shown, and tried again later.
async function refused() {
  const where = source.url;
  close();
  retry = setTimeout(open, AGAIN[Math.min(refusals, AGAIN.length - 1)]);
  refusals += 1;
  if (refusals === 1) return;
  const stop = new AbortController();
  const answer = await fetch(where, { redirect: "manual", signal: stop.signal, headers: { "X-By-Itself": "1" } }).catch(() => null);
  const isSentence = answer?.status > 399 && answer.headers.get("Content-Type")?.startsWith("text/plain");
  if (isSentence) pause(await answer.text());
  else stop.abort();
}

const parts = () => [...document.querySelectorAll("[data-topics][data-from]")];
const watches = (part, topics) => part.dataset.topics.split(" ").some((one) => topics.includes(one));

function changed(topics) {
  const those = parts().filter((part) => watches(part, topics));
  if (those.length) for (const part of those) later(part.dataset.from, part.dataset.every);
  else offer();
}

// A page of forms is never changed under somebody's hands: it says so, and they choose when to see it.
function offer() {
  const link = Object.assign(document.createElement("a"), { href: location.href, textContent: inWords("Show it") });
  link.addEventListener("click", (event) => { event.preventDefault(); location.reload(); });
  write(`${inWords("Something changed here at {time}.", { time: clock(new Date()) })} `, link);
  aloud(inWords("Something changed on this page"));
}

// Each address is asked once for all its parts, and not more often than they wish.
function later(from, every, least = 0) {
  if (due.has(from)) return;
  const rest = Math.max(least, (asked.get(from) ?? 0) + (Number(every) * 1000 || OFTEN) - Date.now(), 0);
  due.set(from, setTimeout(() => { due.delete(from); asked.set(from, Date.now()); ask(from, every); }, rest));
}

async function ask(from, every) {
  const answer = await fetch(from, { redirect: "manual", headers: { "X-By-Itself": "1" } }).catch(() => null);
  const theirs = parts().filter((part) => part.dataset.from === from);
  if (answer?.status === 404) return theirs.filter((part) => "goes" in part.dataset).forEach((part) => part.replaceChildren(inWords("No longer listed.")));
  if (!answer?.ok) return pause();
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (theirs.filter((part) => !show(part, page.getElementById(part.id))).length) later(from, every, WAITS);
  return undefined;
}

function show(part, fresh) {
  if (isInUse(part)) return false;
  if (!fresh) { offer(); return true; }
  if (words(part) === words(fresh)) return true;
  const focused = part.contains(document.activeElement) && twin(document.activeElement, fresh);
  if (part.contains(document.activeElement) && !focused) return false;
  for (const open of part.querySelectorAll("details[open]")) twin(open.querySelector("summary"), fresh)?.parentElement.setAttribute("open", "");
  part.replaceWith(fresh);
  if (focused) focused.focus({ preventScroll: true });
  fresh.classList.add("is-fresh");
  setTimeout(() => fresh.classList.remove("is-fresh"), SHOWN);
  updated = new Date();
  write(inWords("Live. Updated {time}", { time: clock(updated) }));
  if (fresh.dataset.name) aloud(inWords("{name}: updated {time}", { name: fresh.dataset.name, time: clock(updated) }));
  return true;
}

// What is to be seen and pressed, without the keys that each showing of a form has of its own.
function words(part) {
  const copy = part.cloneNode(true);
  copy.classList.remove("is-fresh");
  for (const key of copy.querySelectorAll("[name=csrfmiddlewaretoken], [name=idempotency_key]")) key.remove();
  return copy.innerHTML;
}

// Nothing that somebody types in, or has typed in, is ever replaced.
function isInUse(part) {
  const touched = (field) => field.type === "hidden" ? false
    : "checked" in field && field.checked !== field.defaultChecked ? true
    : field.tagName === "SELECT" ? [...field.options].some((one) => one.selected !== one.defaultSelected && field.selectedIndex > 0)
    : "defaultValue" in field && field.value !== field.defaultValue;
  const fields = [...part.querySelectorAll("input, textarea, select")];
  return fields.includes(document.activeElement) || fields.some(touched) || Boolean(part.querySelector("form[data-sent]"));
}

// The same thing in the fresh part: by its id, by where it leads, or by the words on it in its row.
function twin(one, fresh) {
  if (one.id) return fresh.querySelector(`#${CSS.escape(one.id)}`);
  if (one.hasAttribute("href")) return fresh.querySelector(`a[href="${CSS.escape(one.getAttribute("href"))}"]`);
  const row = (all) => all.closest("tr, li, article")?.querySelector("a[href]")?.getAttribute("href");
  return [...fresh.querySelectorAll(one.tagName)].find((all) => row(all) === row(one) && all.textContent === one.textContent);
}

if (line) {
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") close(); else open(); });
  addEventListener("pagehide", close);
  addEventListener("pageshow", soon);
  soon();
}
