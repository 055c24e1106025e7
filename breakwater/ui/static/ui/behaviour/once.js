// One press is enough. The server makes sure of it anyway; this only shows that the press was heard.
const PATIENCE = 10000;

function release(form) {
  delete form.dataset.sent;
  for (const button of form.querySelectorAll("button")) button.removeAttribute("aria-disabled");
}

addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post") return;
  if (form.dataset.sent) { event.preventDefault(); event.stopPropagation(); return; }
  form.dataset.sent = "1";
  for (const button of form.querySelectorAll("button")) button.setAttribute("aria-disabled", "true");
  setTimeout(release, PATIENCE, form); // stopped by hand, or no answer: the press may be tried again
}, { capture: true });

document.addEventListener("htmx:afterRequest", (event) => {
  const form = event.target.closest?.("form");
  if (form?.dataset.sent) release(form);
});

addEventListener("pageshow", () => { for (const form of document.querySelectorAll("form[data-sent]")) release(form); });
