// Everything typed is kept on the server as it is typed. Nothing about a person is stored in the browser.
const WAIT = 700;

function watch(form) {
  const said = form.querySelector("[data-kept]");
  let timer, trouble = 0, leaving = false;

  const body = () => new URLSearchParams([...new FormData(form)].filter(([, value]) => typeof value === "string"));
  let sent = body().toString(); // what the page came with is kept already, or was never typed
  const say = (text, isTrouble) => {
    if (!said) return;
    said.textContent = text;
    said.classList.toggle("trouble", Boolean(isTrouble));
  };

  async function keep() {
    const fields = body();
    const now = fields.toString();
    if (leaving || now === sent) return;
    try {
      const answer = await fetch(form.dataset.draftUrl, {
        method: "POST", body: fields, headers: { "X-Autosave": "1" }, keepalive: now.length < 60000, redirect: "manual",
      });
      if (answer.status === 401) {
        say("You are signed out. What you typed is still on this page: sign in in another tab, then go on here.", true);
        return again();
      }
      if (!answer.ok) throw new Error(String(answer.status));
      sent = now;
      trouble = 0;
      say(`Kept ${new Date().toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", second: "2-digit", hour12: false })}`);
    } catch {
      say("Not kept yet: no connection. Trying again; do not close this page.", true);
      again();
    }
  }

  function again() {
    clearTimeout(timer);
    trouble += 1;
    timer = setTimeout(keep, Math.min(2000 * trouble, 20000));
  }

  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(keep, WAIT);
  });
  form.addEventListener("submit", () => { leaving = true; clearTimeout(timer); });
  addEventListener("pageshow", () => { leaving = false; });
  addEventListener("pagehide", keep);
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") keep(); });
}

for (const form of document.querySelectorAll("form[data-draft-url]")) watch(form);
