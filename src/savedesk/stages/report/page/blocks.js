// A page is a headline and blocks; the words and figures in them were written by the report stage.

const BLOCKS = { tiles, chart, table: tableBlock, lines, note, pair, stack, more, quadrants };

function block(given) {
  return BLOCKS[given.kind](given);
}

function blocks(list) {
  return list.map(block);
}

function tiles({ tiles: list }) {
  return make("dl", { class: "tiles" }, list.map((tile, place) => make("div", { class: place === 0 ? "tile lead" : "tile" },
    make("dt", {}, tile.name),
    make("dd", {}, cellOf(tile.value).t, tile.unit ? make("span", { class: "unit" }, ` ${tile.unit}`) : null),
    tile.note ? make("dd", { class: "note" }, tile.note) : null)));
}

function titled(given, ...content) {
  return make("section", { class: given.class ?? null }, given.title ? make("h2", {}, given.title) : null, given.note ? make("p", { class: "lede" }, given.note) : null, content);
}

function tableBlock(given) {
  return titled(given, table({ sortable: given.rows.length > 6, ...given }));
}

function lines(given) {
  return titled(given, make("ul", { class: "plain" }, given.lines.map((line) => make("li", {}, cellContent(line)))));
}

function note({ head, text, tone }) {
  return make("p", { class: `banner ${tone ?? ""}`, role: "note" }, head ? make("strong", {}, head, " ") : null, text);
}

function pair({ blocks: list }) {
  return make("div", { class: "pair" }, blocks(list));
}

function stack({ blocks: list }) {
  return make("div", { class: "stack" }, blocks(list));
}

function more({ title, count, blocks: list }) {
  return make("details", { class: "more" }, make("summary", {}, title, count ? make("span", { class: "count" }, count) : null), blocks(list));
}

/** The four quadrants in words, beside their chart. */
function quadrants({ cells }) {
  return make("dl", { class: "quadrants" }, cells.map((cell) => make("div", { class: cell.code }, make("dt", {}, cell.name), make("dd", {}, cell.text))));
}
