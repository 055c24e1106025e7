// What a browser does when a note comes while no page is open: it shows one sentence, the same for all, and leads to the page
// of messages. It keeps nothing, fetches nothing and answers for no page; what came is not even looked at.
const SAYS = "A note is waiting";
const MORE = "Sign in to read it.";
const MESSAGES = "/messages/";

self.addEventListener("push", (event) => {
  event.waitUntil(self.registration.showNotification(SAYS, { body: MORE, tag: "note", renotify: true }));
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(self.clients.openWindow(MESSAGES));
});
