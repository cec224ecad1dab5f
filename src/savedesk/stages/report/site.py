"""The file: its frame, its pages as JSON, and the script that lays them out, all in one and without a request."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import vl_convert
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from savedesk.errors import printable_values
from savedesk.stages.report.wording import Wording, share_text

HERE = Path(__file__).parent / "page"
TEMPLATE, STYLES = "page.html.j2", ("base.css", "page.css")
SCRIPTS = ("elements.js", "charts.js", "blocks.js", "cards.js", "router.js")
ESCAPED = {ord(character): f"\\u{ord(character):04x}" for character in "<>&\u2028\u2029"}
SNIPPET = "window.vegaEmbed = vegaEmbed;"  # what of the library the page may call
SAID = (  # messages that the script asks for
    "card_do", "card_lost", "card_rules", "card_survival", "card_survival_alt", "card_talk",
    "card_title", "card_who", "card_why", "card_worth", "find", "find_help", "found", "list_caption", "lost_note",
    "month", "printed", "rank", "region_lost",
    "show_figures", "show_more", "spark_alt", "spark_note", "still_there",
    "subscriber", "table",
)  # fmt: skip


def rendered(site: Mapping[str, Any], frame: Mapping[str, Any], wording: Wording) -> str:
    """Return the file.

    Args:
        site: pages, drawings and cards, as the script reads them.
        frame: what the template asks for besides.
        wording: language and currency.
    """
    words = {key: wording.messages[key] for key in SAID}
    script = "\n".join((HERE / name).read_text(encoding="utf-8") for name in SCRIPTS)
    vega = vega_script()
    own = f"{_hash(script)} {_hash(vega)}"
    policy = f"default-src 'none'; script-src {own}; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
    environment = Environment(
        loader=FileSystemLoader(HERE),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=printable_values,
    )
    return environment.get_template(TEMPLATE).render(
        t=wording.messages,
        site=Markup(as_json({"words": words, **site}, wording.code)),  # noqa: S704 - no < is left in it
        style=Markup("".join((HERE / name).read_text(encoding="utf-8") for name in STYLES)),  # noqa: S704 - our own
        script=Markup(script),  # noqa: S704 - our own
        vega=Markup(vega),  # noqa: S704 - the library's own
        policy=Markup(policy),  # noqa: S704 - our own
        **frame,
    )


@cache
def vega_script() -> str:
    """Return Vega, Vega-Lite and Vega-Embed as one script that may stand in a page."""
    script: str = vl_convert.javascript_bundle(SNIPPET)
    if "</script" in script.lower() or "<!--" in script:
        message = "the script of Vega cannot stand inside a page"
        raise ValueError(message)
    return script


def _hash(script: str) -> str:
    digest = hashlib.sha256(script.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


def as_json(value: Any, code: str) -> str:
    """Return JSON that ends no element of the page, whatever the data hold."""
    text = json.dumps(printable_values(value), ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return share_text(text, code).translate(ESCAPED)
