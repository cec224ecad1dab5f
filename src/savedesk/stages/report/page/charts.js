// Charts: Vega-Lite, drawn when their page is shown. Colours are the page's own, so that light, dark and print agree.

const FONT = getComputedStyle(document.body).fontFamily;
const waiting = new Map();
const VEGA = { ...site.look, background: "transparent", font: FONT };

/** Return a chart with its words: a title, what a screen reader says, and the figures as a table. */
function chart(block) {
  const box = make("div", { class: "chart", role: "img", "aria-label": block.alt });
  waiting.set(box, block);
  const figures = make("details", { class: "figures" }, make("summary", {}, say("show_figures")));
  figures.addEventListener("toggle", () => {
    if (figures.open && figures.children.length === 1) figures.append(table({
      title: block.title,
      columns: block.figures.map(({ name, n }) => ({ name, n })),
      rows: block.rows.filter((row) => !row.gap).map((row) => block.figures.map(({ field }) => row[field])),
    }));
  });
  return make("figure", {}, make("figcaption", {}, make("h3", {}, block.title), block.note ? make("p", {}, block.note) : null), box, figures);
}

/** Draw the charts below an element that are still waiting; resolves when all of them stand. */
async function draw(root) {
  for (const [box, block] of [...waiting]) {
    if (!box.isConnected) waiting.delete(box);
    else if (root.contains(box) && window.vegaEmbed) {
      waiting.delete(box);
      await drawOne(box, block);
    }
  }
  root.dataset.drawn = "yes";
}

async function drawOne(box, block) {
  const room = box.closest("figure").clientWidth || document.getElementById("page").clientWidth;
  const spec = { ...site.specs[block.spec], description: block.alt, width: Math.max(room - 42, 220), autosize: { type: "fit-x", contains: "padding" }, data: { values: block.rows } };
  if (block.height) spec.height = block.height;
  await window.vegaEmbed(box, spec, { mode: "vega-lite", ast: true, actions: false, renderer: "svg", defaultStyle: false, logLevel: 1, config: VEGA, tooltip: { disableDefaultStyle: true } });
}

/** Return a series as a small line with its last point marked; figures that are not there leave a gap. */
function sparkline(values, said) {
  const known = values.filter((value) => value !== null);
  const [low, high] = [Math.min(0, ...known), Math.max(...known, 1e-9)];
  const at = (place) => 2 + (place * 156) / Math.max(values.length - 1, 1);
  const up = (value) => 34 - (30 * (value - low)) / (high - low || 1);
  let pen = "M";
  const path = values.map((value, place) => {
    if (value === null) { pen = "M"; return ""; }
    const step = `${pen}${at(place).toFixed(1)} ${up(value).toFixed(1)}`;
    pen = "L";
    return step;
  }).join("");
  const last = values.length - 1;
  const dot = known.length && values[last] !== null ? drawn("circle", { cx: at(last), cy: up(values[last]), r: 2.6 }) : null;
  return drawn("svg", { viewBox: "0 0 162 38", class: "spark", role: "img", "aria-label": said }, drawn("path", { d: path || "M0 0" }), dot);
}
