// Everything typed is kept on the server as it is typed. Nothing about a person is stored in the browser.
import { inWords } from "./words.js";

const WAIT = 700;
const KEPT_WITH_LEAVE = 60000; // bytes that a browser still sends for a page that is being closed

const SIGNED_OUT = inWords(
  "You are signed out. What you typed is still on this page: sign in in another tab, then go on here.",
);
const TOO_LONG = inWords("Longer than a draft may be: save it, or shorten it. Nothing was taken away from this page.");
const NO_ANSWER = inWords("Not kept yet: no connection. Trying again; do not close this page.");

function watch(form) {
  const said = form.querySelector("[data-kept]");
  let timer, trouble = 0, leaving = false, under_way = null;

  const body = () => new URLSearchParams([...new FormData(form)].filter(([, value]) => typeof value === "string"));
  const typed = () => { const all = body(); all.delete("csrfmiddlewaretoken"); all.delete("has_draft"); return all.toString(); };
  let sent = typed(); // what the page came with is kept already, or was never typed

  // Said aloud only when something is wrong: a voice after every pause would drown the caller.
  const say = (text, isTrouble) => {
    if (!said) return;
    said.setAttribute("aria-live", isTrouble ? "assertive" : "off");
    said.classList.toggle("trouble", Boolean(isTrouble));
    if (said.textContent !== text) said.textContent = text;
  };

  async function keep() {
    const now = typed();
    if (leaving || now === sent) return;
    under_way?.abort();
    under_way = new AbortController();
    try {
      const status = await send(under_way.signal);
      if (status === 401 || status === 403) { say(SIGNED_OUT, true); if (await renewed()) return again(0); return again(); }
      if (status === 413 || status === 422) { say(TOO_LONG, true); sent = now; return; }
      if (status < 200 || status > 299) throw new Error(String(status));
      sent = now;
      trouble = 0;
      say(inWords("Kept {time}", { time: new Date().toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", second: "2-digit", hour12: false }) }));
    } catch (error) {
      if (error.name === "AbortError") return;
      say(NO_ANSWER, true);
      again();
    }
  }

  async function send(signal) {
    for (const mark of form.querySelectorAll("[data-has-draft]")) mark.value = "yes"; // so that saving knows of it
    const fields = body();
    const answer = await fetch(form.dataset.draftUrl, {
      method: "POST", body: fields, headers: { "X-Autosave": "1" }, redirect: "manual", signal,
      keepalive: fields.toString().length < KEPT_WITH_LEAVE,
    });
    return answer.status;
  }

  function again(wait) {
    clearTimeout(timer);
    trouble += 1;
    timer = setTimeout(keep, wait ?? Math.min(2000 * trouble, 20000));
  }

  // A part of the page that asks by itself learns first that nobody is signed in any more: it is said before they type.
  form.addEventListener("htmx:afterRequest", ({ detail }) => {
    if (detail.xhr.status === 401) say(SIGNED_OUT, true);
    else if (detail.successful && said?.textContent === SIGNED_OUT && typed() === sent) say("", false);
  });
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(keep, WAIT);
  });
  form.addEventListener("submit", () => { leaving = true; clearTimeout(timer); under_way?.abort(); });
  addEventListener("pageshow", () => { leaving = false; });
  addEventListener("pagehide", keep);
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") keep(); });
}

// After signing in again elsewhere, the old page takes over the new session's token: for the same person only.
let renewing = 0;
async function renewed() {
  if (Date.now() - renewing < 1500) return false;
  renewing = Date.now();
  const answer = await fetch(location.href, { redirect: "manual" });
  if (answer.status !== 200) return false;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const token = page.querySelector("[name=csrfmiddlewaretoken]")?.value;
  if (!token || page.body.dataset.who !== document.body.dataset.who) return false;
  for (const field of document.querySelectorAll("[name=csrfmiddlewaretoken]")) field.value = token;
  return true;
}

for (const form of document.querySelectorAll("form[data-draft-url]")) watch(form);
