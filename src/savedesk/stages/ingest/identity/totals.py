"""Rows that an export adds below its data: totals, separators, the number of rows. They are no subscribers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import ibis

from savedesk.engine.check import Rule
from savedesk.schemas.table import Table

RULE = "total"  # kind of rule: an id that is a word for a total
MEANING = "the id is a word for a total, or the last line of an export"
_WORDS = (
    "total|totals|subtotal|sub-total|sub total|grand total|grandtotal|sum|summe|gesamt|gesamtsumme|gesamtergebnis|"
    "insgesamt|zwischensumme|somme|total général|total general|totale|totale complessivo|suma|ogółem|razem|totaal|"
    "eindtotaal|toplam|genel toplam|итого|всего|jumlah|tổng cộng|合计|合計|总计|總計|总和|小计|小計|汇总|計|総計|합계"
)
_ENDS = r"total|totals|合计|合計|总计|總計|小计|小計|итого|합계"
_OF_SOMETHING = rf"[^0-9]{{1,40}}[ _-]({_ENDS}) *:?|(grand |sub)?total[ _:-][^0-9]{{1,40}}"  # North total, Total: North
_ROWS = r"row\(s\)|rows?|records?|lines?|entries|results?|zeilen|datensätze|lignes|filas|行|条|条记录|行记录"
_COUNT = rf"\(?[0-9][0-9,. ]* *({_ROWS})( .*|[.)]*)"  # (1,234 rows selected)
_FOOTER = (  # what reports, sqlplus and dashboards write around their rows
    r"(end of (file|report|data)|eof|\*+ *end.*|[-=_*#. ]{3,}|no rows selected|applied filters?:.*|filters applied.*|"
    r"copyright .*|©.*|confidential .*|(page|seite|página) [0-9]+( .*)?|exported data exceeded .*|disconnected from .*|"
    r"(generated|created|printed|exported|downloaded|extracted|refreshed|produced) (by|on|at|from)\b.*|"
    r"(report|data|last|query) (run|date|as of|generated|created|printed|updated|refreshed|by|on|at)\b.*|"
    r"(as of|completion time|elapsed|sources?|notes?|disclaimer):? .*|sql> .*|row labels|zeilenbeschriftungen)"
)
_EDGE = "[ *=\u2013\u2014]*"
_NUMBER = r"( *\([0-9,. ]*\))?"  # Total (3)
PATTERN = rf"(?is)\A{_EDGE}(({_WORDS}){_NUMBER} *:?|{_OF_SOMETHING}|{_COUNT}|{_FOOTER}){_EDGE}\z"
_NAMING = ("subscriber_id", "plan_id", "region")  # columns that name something
_LONGEST_WORD = 16  # characters of such an id without a blank


def is_total(value: Any) -> Any:
    """Return whether an id is a word for a total, or the last line of an export; never null."""
    text = value.cast("string")
    # Most ids are one word that ends in a digit or is long, and need no look at the whole pattern.
    plain = ((text.length() > _LONGEST_WORD) | text.right(1).between("0", "9")) & ~text.contains(" ")
    return ibis.cases((plain, False), else_=text.re_search(PATTERN)).fill_null(False)


def total_rule(column: str) -> str:
    """Return the name of the rule that a total in this column breaks."""
    return f"{RULE}:{column}"


def totals_of(table: Any, contract: Table) -> list[Rule]:
    """Return the rule that the ids of subscribers and plans, and regions beside them, are no totals.

    The facts of a total refer to no subscriber, so that ``reference`` finds them (see ``sift``).
    """
    names = [name for name in contract.key[:1] if name in _NAMING and not contract.column(name).references]
    return [Rule(total_rule(name), MEANING, is_total(table[name])) for name in names]


def seen_totals(sifted: Iterable[Any]) -> list[str]:
    """Return a warning that says how many rows of which tables were totals.

    Args:
        sifted: what became of the rows of each table.
    """
    rows = {
        one.contract.name: sum(count for rule, count in one.counts.items() if rule.startswith(f"{RULE}:"))
        for one in sifted
    }
    of = ", ".join(f"{count:,} of {name}" for name, count in rows.items() if count)
    if not of:
        return []
    said = f"rows whose id is a word for a total or the last line of an export were turned away: {of}"
    return [f"{said}; next: leave them out of the export, or look at them in the quarantine (rule {RULE})"]
