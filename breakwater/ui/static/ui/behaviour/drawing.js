// A field to draw on with a finger or a pen. What is drawn goes into a hidden field, as whole numbers, and nowhere else.
const SVG = "http://www.w3.org/2000/svg";
const NEAR = 5, MOST = 2400, MOST_STROKES = 80;

function drawOn(field) {
  const kept = document.getElementById(field.dataset.draw);
  const sheet = field.querySelector("svg"), again = field.querySelector("button"), said = field.querySelector("[role=status]");
  const [, , width, height] = sheet.getAttribute("viewBox").split(" ").map(Number);
  let strokes = kept.value ? kept.value.split(";").map((one) => one.split(" ").map((at) => at.split(",").map(Number))) : [];
  let line = null;

  const written = () => strokes.map((one) => one.map((at) => at.join(",")).join(" ")).join(";");
  const within = (most, value) => Math.min(most, Math.max(0, Math.round(value)));
  const many = () => strokes.reduce((sum, one) => sum + one.length, 0);

  const at = (event) => {
    const box = sheet.getBoundingClientRect();
    return [within(width, (event.clientX - box.left) / box.width * width), within(height, (event.clientY - box.top) / box.height * height)];
  };
  const shown = (stroke) => {
    const drawn = document.createElementNS(SVG, "polyline");
    drawn.setAttribute("points", (stroke.length > 1 ? stroke : [stroke[0], stroke[0]]).map((one) => one.join(",")).join(" "));
    sheet.append(drawn);
    return drawn;
  };
  const keep = () => { kept.value = written(); said.textContent = strokes.length ? field.dataset.drawn : field.dataset.empty; };

  sheet.addEventListener("pointerdown", (event) => {
    if (event.button || strokes.length >= MOST_STROKES || many() >= MOST) return;
    event.preventDefault();
    sheet.setPointerCapture(event.pointerId);
    strokes.push([at(event)]);
    line = shown(strokes.at(-1));
  });
  sheet.addEventListener("pointermove", (event) => {
    if (!line || many() >= MOST) return;
    const stroke = strokes.at(-1), here = at(event), last = stroke.at(-1);
    if (Math.abs(here[0] - last[0]) + Math.abs(here[1] - last[1]) < NEAR) return;
    stroke.push(here);
    line.setAttribute("points", stroke.map((one) => one.join(",")).join(" "));
  });
  for (const end of ["pointerup", "pointercancel"]) sheet.addEventListener(end, () => { if (line) { line = null; keep(); } });
  again.addEventListener("click", () => { strokes = []; sheet.replaceChildren(); keep(); });
  strokes.forEach(shown);
  field.hidden = false;
}

for (const field of document.querySelectorAll("[data-draw]")) drawOn(field);
