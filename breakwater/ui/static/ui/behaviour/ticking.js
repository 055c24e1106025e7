// Clocks tick: the words beside a due moment follow the server's clock, not the device's.
const served = Date.parse(document.body.dataset.now || "");
const offset = Number.isNaN(served) ? 0 : served - Date.now();

function words(seconds) {
  const s = Math.abs(seconds);
  if (s < 60) return "less than 1 min";
  if (s < 3600) return `${Math.floor(s / 60)} min`;
  if (s < 86400) {
    const h = Math.floor(s / 3600), m = Math.floor((s % 3600) / 60);
    return m ? `${h} h ${m} min` : `${h} h`;
  }
  const d = Math.floor(s / 86400), h = Math.floor((s % 86400) / 3600);
  return h && d < 10 ? `${d} d ${h} h` : `${d} d`;
}

function tick() {
  const now = Date.now() + offset;
  for (const time of document.querySelectorAll("time[data-due]")) {
    const left = (Date.parse(time.dateTime) - now) / 1000;
    const text = left < 0 ? `${words(left)} late` : `${words(left)} left`;
    if (time.textContent !== text) time.textContent = text;
    const clock = time.closest(".clock");
    if (clock && left < 0 && !clock.classList.contains("missed")) clock.className = "clock missed";
  }
}

setInterval(tick, 10000);
