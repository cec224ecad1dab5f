"""The report in a browser without network: every page by clicks, nothing asked, nothing logged, no name run."""

import asyncio
import json

import pytest
from tests.unit.report import sample
from tests.unit.report.browser import CHROMIUM, browse

from savedesk.stages.report.stage import run

HOSTILE = "<script>window.harmed = true</script><img src=x onerror='window.harmed = true'>"
PAINTED_WITHIN = 2000  # ms
WAIT = """
const page = document.getElementById("page");
const drawn = async () => {
  for (let tries = 0; tries < 400 && !page.dataset.drawn; tries++) await new Promise((done) => setTimeout(done, 25));
};
const seen = () => ({
  title: document.querySelector("#page h1").textContent,
  charts: document.querySelectorAll("#page .chart").length,
  drawn: document.querySelectorAll("#page .chart svg").length,
  unnamed: [...document.querySelectorAll("#page .chart")].filter((chart) => !chart.getAttribute("aria-label")).length,
  words: document.querySelector("#page").textContent.length,
  odd: /undefined|NaN|\\[object|null/.exec(document.querySelector(".frame").innerText)?.[0] ?? "",
});
"""
CRAWL = (
    """(async () => {"""
    + WAIT
    + """
  const found = {}, way = new Map([["#/country", []]]), queue = ["#/country"];
  const click = async (href) => {
    const links = [...document.querySelectorAll("#contents a, #page a")];
    const link = links.find((one) => one.getAttribute("href") === href);
    if (!link) throw new Error("no link to " + href + " on " + location.hash);
    if (location.hash !== href) {
      delete page.dataset.drawn;
      link.click();
      await drawn();
    }
  };
  await drawn();
  while (queue.length) {
    const href = queue.shift();
    for (const step of way.get(href)) await click(step);
    await click(href);
    found[href] = seen();
    for (const link of document.querySelectorAll("#contents a, #page a")) {
      const next = link.getAttribute("href");
      if (!way.has(next)) { way.set(next, [...way.get(href), href].slice(-2)); queue.push(next); }
    }
  }
  const painted = performance.getEntriesByName("first-contentful-paint")[0]?.startTime;
  return JSON.stringify({ found, harmed: window.harmed ?? false, painted });
})()"""
)
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no chromium here; `apt-get install chromium`")


@pytest.fixture
def report_file(report_inputs, tmp_path):
    def make(**changes):
        path = tmp_path / "report.html"
        path.write_text(run(report_inputs(**changes))["report_html"], encoding="utf-8")
        return path

    return make


def test_every_page_is_reached_by_clicks_and_nothing_is_asked_or_logged(report_file):
    by_table = sample.summaries([HOSTILE, "South"], listed=2)
    for row in by_table["cards"]:
        row["reason_1"] = HOSTILE
    path = report_file(summaries=by_table, show_ids=True)

    async def work(tab):
        await tab.open(f"file://{path}")
        return json.loads(await tab.script(CRAWL)), list(tab.asked), list(tab.logged)

    crawled, asked, logged = browse(work)
    assert logged == []
    assert {address for address in asked if address != "about:blank"} == {f"file://{path}"}
    assert not crawled["harmed"]
    assert crawled["painted"] < PAINTED_WITHIN
    pages = crawled["found"]
    assert {
        "#/country",
        "#/province/South",
        "#/why/price",
        "#/why/competition",
        "#/satisfaction",
        "#/campaign",
        "#/model",
        "#/data",
    } <= pages.keys()
    assert {"#/subscriber/S0000001", "#/subscriber/S0000002"} <= pages.keys()
    assert len([address for address in pages if address.startswith("#/province/")]) == 2
    assert any(page["title"].startswith("<script>") for page in pages.values())
    for where, page in pages.items():
        assert page["title"], where
        assert page["words"] > 100, where
        assert page["odd"] == "", where
        assert page["drawn"] == page["charts"], where
        assert page["unnamed"] == 0, where


def test_a_receipt_of_the_workbook_opens_the_card_and_keys_alone_reach_the_page(report_file):
    path = report_file()

    async def work(tab):
        await tab.open(f"file://{path}#card=r.2")
        card = await tab.script("document.querySelector('h1').textContent")
        await tab.say("Input.dispatchKeyEvent", type="keyDown", key="Tab", code="Tab", windowsVirtualKeyCode=9)
        first = await tab.script("document.activeElement.className")
        await tab.say("Input.dispatchKeyEvent", type="keyDown", key="Tab", code="Tab", windowsVirtualKeyCode=9)
        await tab.say(
            "Input.dispatchKeyEvent", type="keyDown", key="Enter", code="Enter", windowsVirtualKeyCode=13, text="\r"
        )
        await asyncio.sleep(0.2)
        then = await tab.script("location.hash + ' ' + document.activeElement.tagName")
        await tab.open("about:blank")
        await tab.open(f"file://{path}#/subscriber/nobody")
        lost = await tab.script("document.querySelector('h1').textContent")
        await tab.script("document.getElementById('theme').click()")
        return card, first, then, lost, await tab.script("document.documentElement.dataset.theme"), tab.logged

    card, first, then, lost, theme, logged = browse(work)
    assert card == "Subscriber rank 2"
    assert first == "skip"
    assert then == "#/country H1"
    assert lost == "This report has no card of that subscriber"
    assert theme in ("dark", "light")
    assert logged == []
