"use strict";
// What the page is made of. Text reaches the document as text nodes alone, so that no name from the data is markup.

const site = JSON.parse(document.getElementById("site").textContent);
const SVG = "http://www.w3.org/2000/svg";

/** Return a message of the catalogue with its places filled. */
function say(key, given = {}) {
  return site.words[key].replace(/\{(\w+)\}/g, (whole, name) => given[name] ?? whole);
}

function filled(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== ""));
  return element;
}

/** Return a new element with attributes and children; strings become text. */
function make(tag, attributes = {}, ...children) {
  return filled(document.createElement(tag), attributes, children);
}

function drawn(tag, attributes = {}, ...children) {
  return filled(document.createElementNS(SVG, tag), attributes, children);
}

/** Return the address of a page within this file; each part is a name from the data. */
function route(...parts) {
  return "#/" + parts.map(encodeURIComponent).join("/");
}

/** A cell is a text, or {t: text, v: what it is sorted by, sub, to: a route, bar: 0 to 1, tag, tone}. */
function cellOf(cell) {
  return cell !== null && typeof cell === "object" ? cell : { t: cell ?? "" };
}

function cellContent(given) {
  const cell = cellOf(given);
  const text = cell.to ? make("a", { href: route(...cell.to) }, cell.t) : cell.tag ? make("span", { class: `tag ${cell.tag}` }, cell.t) : cell.t;
  const bar = cell.bar === undefined ? null : make("span", { class: `bar ${cell.tone ?? ""}`, "aria-hidden": "true" }, make("span", { style: `width:${100 * cell.bar}%` }));
  return [text, cell.sub ? make("span", { class: "sub" }, cell.sub) : null, bar];
}

function rank(given) {
  const cell = cellOf(given);
  return cell.v ?? cell.t;
}

function compared(left, right) {
  if (typeof left === "number" && typeof right === "number") return left - right;
  if (typeof left === "number") return -1;
  if (typeof right === "number") return 1;
  return String(left).localeCompare(String(right), document.documentElement.lang);
}

/** Return a table: columns are {name, n: whether figures}; rows are arrays of cells. Long ones can be sorted. */
function table({ title, columns, rows, sortable, shown }) {
  const body = make("tbody");
  let order = rows.slice();
  let room = shown ?? order.length;
  const more = make("button", { type: "button", class: "quiet" });
  const cut = make("p", { class: "print-only" });
  function fill() {
    body.replaceChildren(...order.slice(0, room).map(rowOf));
    more.hidden = room >= order.length;
    cut.hidden = more.hidden;
    cut.textContent = say("printed", { shown: Math.min(room, order.length).toLocaleString(document.documentElement.lang), number: order.length.toLocaleString(document.documentElement.lang) });
    more.textContent = say("show_more", { number: (order.length - Math.min(room, order.length)).toLocaleString(document.documentElement.lang) });
  }
  function rowOf(cells) {
    return make("tr", {}, cells.map((cell, place) => make(place === 0 ? "th" : "td", {
      scope: place === 0 ? "row" : null,
      class: [columns[place].n ? "n" : "", cellOf(cell).strong ? "strong" : "", cellOf(cell).warn ? "warn" : "", cellOf(cell).muted ? "muted" : ""].join(" ").trim() || null,
    }, cellContent(cell))));
  }
  const heads = columns.map((column, place) => {
    const head = make("th", { scope: "col", class: column.n ? "n" : null });
    if (!sortable) return filled(head, {}, [column.name]);
    const press = make("button", { type: "button", class: "sort" }, column.name);
    press.addEventListener("click", () => {
      const falling = head.getAttribute("aria-sort") === (column.n ? "descending" : "ascending") ? !column.n : Boolean(column.n);
      heads.forEach((other) => other.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", falling ? "descending" : "ascending");
      const sign = falling ? -1 : 1;
      order = order.slice().sort((left, right) => sign * compared(rank(left[place]), rank(right[place])));
      fill();
    });
    return filled(head, {}, [press]);
  });
  more.addEventListener("click", () => { room += shown; fill(); });
  fill();
  const made = make("table", {}, make("caption", {}, title ?? ""), make("thead", {}, make("tr", {}, heads)), body);
  return make("div", {}, make("div", { class: "scroll", role: "region", tabindex: "0", "aria-label": title ?? say("table") }, made), shown ? [more, cut] : null);
}
