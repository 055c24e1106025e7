// On a phone a row of views is wider than the screen: the one that is open comes into sight, and nothing else moves.
for (const row of document.querySelectorAll(".filters")) {
  const chosen = row.querySelector("[aria-current]");
  if (!chosen || row.scrollWidth <= row.clientWidth) continue;
  const [outer, inner] = [row.getBoundingClientRect(), chosen.getBoundingClientRect()];
  row.scrollLeft += inner.left - outer.left - (outer.width - inner.width) / 2;
}
