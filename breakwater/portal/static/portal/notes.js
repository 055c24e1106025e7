// Leaves at once, prints, sends without leaving a line in the history, and closes when the time is over. Without it every
// button works too. Nothing is kept, in the browser or in a variable that outlives the
// page, but that it was left, until the server has heard so or the time is over.
const leaving = document.getElementById("leave");
const copy = document.querySelector("[data-seconds]");
const said = document.getElementById("said");
const WITHIN = { Shift: 5000, Escape: 1000 };
const TIMES = { Shift: 3, Escape: 2 };
let pressed = [];

function blank(words) {
  document.body.replaceChildren();
  document.title = " ";
  document.body.append(Object.assign(document.createElement("p"), { textContent: words }));
  document.body.firstChild.setAttribute("role", "alert");
}

function leave() {
  const { exit, gone, left } = leaving.dataset;
  const form = new URLSearchParams(new FormData(leaving));
  const where = leaving.action;
  blank(gone);
  document.cookie = left; // without a network nobody hears that it was left: whoever comes back says so before anything is shown
  fetch(where, { method: "POST", body: form, keepalive: true, redirect: "manual" }).catch(() => {});
  location.replace(exit);
}

function over() {
  const { place } = copy.dataset;
  blank("");
  location.replace(place);
}

function send(event) {
  const form = event.target;
  event.preventDefault();
  const typed = new URLSearchParams(new FormData(form, event.submitter));
  fetch(form.action, { method: "POST", body: typed }).then(
    (answer) => (answer.ok ? location.replace(copy.dataset.place) : form.submit()),
    () => {
      said.className = "wrong";
      said.textContent = copy.dataset.offline;
    },
  );
}

leaving.addEventListener("submit", (event) => {
  event.preventDefault();
  leave();
});

document.addEventListener("keydown", (event) => {
  if (!(event.key in TIMES) || event.repeat) {
    pressed = [];
    return;
  }
  const now = Date.now();
  pressed = pressed.filter((one) => one.key === event.key && now - one.at < WITHIN[event.key]);
  pressed.push({ key: event.key, at: now });
  if (event.key === "Escape") event.preventDefault(); // it would stop the page that is being left for
  if (pressed.length >= TIMES[event.key]) leave();
});

window.addEventListener("pageshow", (event) => {
  if (event.persisted) location.reload();
});

if (copy) {
  const end = Date.now() + Number(copy.dataset.seconds) * 1000;
  const look = () => Date.now() >= end && over();
  setTimeout(over, end - Date.now());
  document.addEventListener("visibilitychange", look);
  for (const form of document.querySelectorAll("form.press")) form.addEventListener("submit", send);
  const print = document.getElementById("print");
  print.hidden = false;
  print.addEventListener("click", () => window.print());
}
