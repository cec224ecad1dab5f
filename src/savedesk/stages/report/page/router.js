// Which page is shown: #/country, #/province/North, #/why/price, #/subscriber/ID. The list's workbook links to
// #card=RECEIPT: spreadsheets turn a slash behind the # into a backslash.

const main = document.getElementById("page");
const byId = new Map(site.pages.map((page) => [page.id, page]));

function head(page, crumb) {
  return make("header", { class: "head" },
    crumb ? make("p", { class: "crumb" }, make("a", { href: route(...crumb.to) }, crumb.text)) : null,
    page.eyebrow ? make("p", { class: "eyebrow" }, page.eyebrow) : null,
    make("h1", { tabindex: "-1" }, page.headline),
    page.lede ? make("p", { class: "lede" }, page.lede) : null);
}

function tabbed(page, chosen) {
  const bar = make("nav", { class: "tabs", "aria-label": page.title }, page.tabs.map((tab) =>
    make("a", { href: route(page.id, tab.id), "aria-current": tab === chosen ? "page" : null }, tab.title)));
  const panels = page.tabs.map((tab) => make("div", { class: "panel", hidden: tab !== chosen },
    make("h2", { class: "tab-head" }, tab.headline), tab.lede ? make("p", { class: "lede" }, tab.lede) : null, blocks(tab.blocks)));
  return [head(page), bar, panels];
}

function lost(page, text) {
  return [head({ headline: text, lede: say("lost_note") }, { to: [page.id], text: page.title })];
}

/** Return what a route shows: its title, the page it belongs to, and its elements. */
function shown([id, inner]) {
  const page = byId.get(id === "subscriber" ? "subscribers" : id) ?? site.pages[0];
  if (id === "subscriber" && page.id === "subscribers") {
    const found = cardBy(inner);
    if (!found) return { page, title: page.title, content: lost(page, say("card_lost")) };
    const title = say("card_title", { name: named(found) });
    return { page, title, content: [head({ headline: title, lede: found.lede }, { to: [page.id], text: page.title }), card(found)] };
  }
  if (page.id === "subscribers") return { page, title: page.title, content: [head(page), blocks(page.blocks), search(page)] };
  if (page.tabs) {
    const tab = page.tabs.find((one) => one.id === inner) ?? page.tabs[0];
    return { page, title: `${page.title}: ${tab.title}`, content: tabbed(page, tab) };
  }
  if (inner !== undefined && page.children) {
    const child = page.children.find((one) => one.id === inner);
    if (!child) return { page, title: page.title, content: lost(page, say("region_lost")) };
    return { page, title: child.title, content: [head(child, { to: [page.id], text: page.title }), blocks(child.blocks)] };
  }
  return { page, title: page.title, content: [head(page), blocks(page.blocks)] };
}

const CARD = "#card=";

function parts() {
  if (location.hash.startsWith(CARD)) return ["subscriber", location.hash.slice(CARD.length)];
  try {
    return location.hash.replace(/^#\/?/, "").split("/").filter(Boolean).map(decodeURIComponent);
  } catch {
    return [];
  }
}

function show(moved) {
  if (location.hash && !location.hash.startsWith("#/") && !location.hash.startsWith(CARD)) return;
  const found = shown(parts());
  main.replaceChildren(...found.content.flat().filter(Boolean));
  main.dataset.page = parts().join("/") || site.pages[0].id;
  delete main.dataset.drawn;
  document.title = `${found.title} · ${site.title}`;
  for (const link of document.querySelectorAll("#contents a")) {
    if (link.getAttribute("href") === route(found.page.id)) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  if (moved) {
    window.scrollTo(0, 0);
    main.querySelector("h1").focus({ preventScroll: true });
  }
  draw(main);
}

document.querySelector(".skip").addEventListener("click", (event) => {
  event.preventDefault();
  main.querySelector("h1").focus();
});

const dark = matchMedia("(prefers-color-scheme: dark)");
document.getElementById("theme").addEventListener("click", () => {
  const root = document.documentElement;
  const isDark = root.dataset.theme ? root.dataset.theme === "dark" : dark.matches;
  root.dataset.theme = isDark ? "light" : "dark";
});
document.getElementById("print").addEventListener("click", () => draw(main).then(() => window.print()));

window.addEventListener("hashchange", () => show(true));
window.addEventListener("DOMContentLoaded", () => draw(main));
show(false);
