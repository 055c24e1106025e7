// What scripts say, in the language of the page: a page in another language than English brings their words along.
const words = JSON.parse(document.body.dataset.words || "{}");

export function inWords(english, blanks = {}) {
  return (words[english] ?? english).replace(/\{(\w+)\}/g, (blank, name) => blanks[name] ?? blank);
}
