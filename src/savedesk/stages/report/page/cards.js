// Listed subscribers: search, and a card for each. A card is an object of short keys; its labels stand once, in site.cards.

const SHOWN = 40; // lines of the list at first

function cardBy(key) {
  return site.cards.rows.find((card) => card.key === key || card.id === key);
}

function named(card) {
  return card.id ?? say("rank", { rank: card.facts[site.cards.places.rank].t });
}

/** Return the page that finds a listed subscriber. */
function search(page) {
  const found = make("div", { "aria-live": "polite" });
  const box = make("input", { type: "search", id: "find", autocomplete: "off", spellcheck: "false", "aria-describedby": "find-help" });
  const choices = site.cards.filters.map((place) => {
    const values = [...new Set(site.cards.rows.map((card) => cellOf(card.facts[place]).t))].sort((left, right) => compared(left, right));
    const choice = make("select", { "aria-label": site.cards.facts[place].name }, make("option", { value: "" }, site.cards.facts[place].name), values.map((value) => make("option", { value }, value)));
    choice.addEventListener("change", show);
    return [place, choice];
  });
  const shown = site.cards.list;
  function show() {
    const asked = box.value.trim().toLowerCase();
    const rows = site.cards.rows.filter((card) =>
      choices.every(([place, choice]) => !choice.value || cellOf(card.facts[place]).t === choice.value)
      && (!asked || [card.id, card.key, cellOf(card.facts[site.cards.places.rank]).t, cellOf(card.facts[site.cards.places.because]).t, ...card.why].some((text) => String(text ?? "").toLowerCase().includes(asked))));
    found.replaceChildren(
      make("p", { class: "lede" }, say("found", { number: rows.length.toLocaleString(document.documentElement.lang) })),
      rows.length ? table({
        title: say("list_caption"), sortable: true, shown: SHOWN,
        columns: [{ name: say("subscriber") }, ...shown.map((place) => site.cards.facts[place])],
        rows: rows.map((card) => [{ t: named(card), v: cellOf(card.facts[site.cards.places.rank]).v, to: ["subscriber", card.id ?? card.key] }, ...shown.map((place) => ({ ...cellOf(card.facts[place]), sub: null }))]),
      }) : null);
  }
  box.addEventListener("input", show);
  show();
  return make("div", { class: "finder" },
    make("div", { class: "asks" }, make("div", {}, make("label", { for: "find" }, say("find")), box), choices.map(([, choice]) => choice)),
    make("p", { class: "sub", id: "find-help" }, say("find_help")), found);
}

/** Return the card of a listed subscriber. */
function card(given) {
  const { facts, groups } = site.cards;
  const part = (title, ...content) => make("section", { class: "part" }, make("h2", {}, title), content);
  const list = (texts) => make("ul", { class: "plain" }, texts.map((text) => make("li", {}, text)));
  const told = ({ places }) => make("dl", { class: "facts" }, places.filter((place) => cellOf(given.facts[place]).t !== "").map((place) =>
    make("div", {}, make("dt", {}, facts[place].name), make("dd", {}, cellContent(given.facts[place])))));
  const sparks = site.cards.series.map(({ code, name, months }) => given[code] && given[code].length ? make("figure", { class: "spark" },
    make("figcaption", {}, name), sparkline(given[code], say("spark_alt", { name })), make("p", { class: "sub" }, say("spark_note", { first: months[0], last: months[months.length - 1], low: given[`${code}_said`][0], high: given[`${code}_said`][1], value: given[`${code}_said`][2] }))) : null);
  return make("div", { class: "card" },
    make("div", { class: "pair" },
      part(say("card_why"), list(given.why)),
      part(say("card_do"), told(groups.do), given.talk.length ? make("h3", {}, say("card_talk")) : null, given.talk.length ? list(given.talk) : null)),
    part(say("card_worth"), told(groups.worth)),
    sparks.some(Boolean) ? make("div", { class: "sparks" }, sparks) : null,
    given.live.length ? chart({ spec: "survival_card", title: say("card_survival"), alt: say("card_survival_alt"), height: 190,
      rows: given.live.map((share, place) => ({ month: place, share, share_t: given.live_t[place] })),
      figures: [{ name: say("month"), field: "month", n: true }, { name: say("still_there"), field: "share_t", n: true }] }) : null,
    given.rules.length ? part(say("card_rules"), list(given.rules)) : null,
    part(say("card_who"), told(groups.who)));
}
