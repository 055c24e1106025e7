// What stands behind the # of a link is sent to no server by a browser. It is put into its box, and taken out of the
// address; without this, whoever got the link pastes it.
const letters = document.getElementById("letters");
const sent = location.hash.slice(1);
if (sent) {
  letters.value = sent;
  history.replaceState(null, "", location.pathname);
}
if (letters.value) {
  document.getElementById("by-hand").hidden = true;
  document.getElementById("code").focus();
}
