// The browser is asked whether it may show a note, and says how it is reached; that goes with the form like anything typed.
// The worker is registered below its own file alone, so that it stands behind no page.
const form = document.getElementById("device-form");
const says = document.getElementById("device-says");
const CAN = "serviceWorker" in navigator && "PushManager" in window && "Notification" in window;

const reached = async () => {
  const worker = form.dataset.worker;
  const scope = worker.slice(0, worker.lastIndexOf("/") + 1);
  const registration = await navigator.serviceWorker.register(worker, { scope, updateViaCache: "none" });
  await active(registration);
  const before = await registration.pushManager.getSubscription();
  if (before) await before.unsubscribe();
  return registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: form.dataset.key });
};

// Ready is only said to a page that the worker stands behind, and this one stands behind none.
const active = (registration) => new Promise((done) => {
  const worker = registration.installing || registration.waiting;
  if (registration.active || !worker) return done();
  worker.addEventListener("statechange", () => worker.state === "activated" && done());
});

const fill = (subscription) => {
  const { endpoint, keys } = subscription.toJSON();
  for (const [name, value] of Object.entries({ endpoint, p256dh: keys.p256dh, auth: keys.auth })) form.elements[name].value = value;
};

if (CAN) {
  form.hidden = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    says.textContent = "";
    try {
      if (await Notification.requestPermission() !== "granted") {
        says.textContent = "Your browser does not let this site show notes. You can change that beside its address.";
        return;
      }
      fill(await reached());
      form.submit();
    } catch {
      says.textContent = "Your browser could not be reached for notes. Choose e-mail or a text message below.";
    }
  });
} else {
  says.textContent = "This browser cannot be told of notes. Choose e-mail or a text message below.";
}
