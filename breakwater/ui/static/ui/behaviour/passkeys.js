// Passkeys: the browser asks its owner, and signs what the server made up a moment ago. Nothing secret passes through here.
const knows = Boolean(window.PublicKeyCredential?.parseRequestOptionsFromJSON);

async function ask(button) {
  const form = button.form;
  const token = form.elements.csrfmiddlewaretoken.value;
  const told = await fetch(button.dataset.passkey, {
    method: "POST", body: new URLSearchParams({ csrfmiddlewaretoken: token }), redirect: "error",
  });
  if (!told.ok) throw new Error(String(told.status));
  const { asked, step } = await told.json();
  const answer = "make" in button.dataset
    ? await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(asked.publicKey) })
    : await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(asked.publicKey) });
  form.elements.passkey.value = JSON.stringify(answer);
  form.elements.step.value = step;
  form.requestSubmit();
}

for (const button of document.querySelectorAll("[data-passkey]")) {
  if (!knows) continue;
  const trouble = button.form.querySelector("[data-passkey-trouble]");
  button.hidden = false;
  button.form.querySelector("[data-passkey-none]").hidden = true;
  button.addEventListener("click", async () => {
    trouble.hidden = true;
    button.setAttribute("aria-disabled", "true");
    try { await ask(button); } catch { trouble.hidden = false; } // refused, too late, or none here
    button.removeAttribute("aria-disabled");
  });
}
