"""Rows that an export adds below its data: totals, separators, the number of rows. They are no subscribers."""

from __future__ import annotations

import functools
import operator
from collections.abc import Iterable
from typing import Any

import ibis

from savedesk.engine.check import Rule
from savedesk.schemas import subscribers
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
# No id of a subscriber, though a plan or a region may be named so.
_MORE_WORDS = (
    "suma końcowa|suma koncowa|общий итог|разом|всього|общо|ukupno|skupaj|celkem|celkom|souhrn|összesen|összeg|"
    r"végösszeg|totalt|summa|sammanlagt|i alt|yhteensä|kokku|kopā|iš viso|ergebnis|σύνολο|סה\"כ|المجموع|الإجمالي|"
    r"कुल|योग|รวม|ทั้งหมด|all|\(all\)|\(other\)|\(blank\)|overall|average|mean|avg|mittelwert|durchschnitt|moyenne|promedio|"
    "media|count|anzahl|其他|全部|총계"
)
_PARTS = (  # 4915199999 Total, Total 2025, Total customers: 30, Summe EUR
    rf".{{1,40}}[ _-]({_ENDS}|result|ergebnis) *:?|(grand |sub)?total[ _:-].{{1,40}}|"
    "(summe|gesamt|suma|summa) [a-z]{3}"
)
_EDGE = "[ *=\u2013\u2014]*"
_NUMBER = r"( *\([0-9,. ]*\))?"  # Total (3)
PATTERN = rf"(?is)\A{_EDGE}(({_WORDS}){_NUMBER} *:?|{_OF_SOMETHING}|{_COUNT}|{_FOOTER}){_EDGE}\z"
_OF_SUBSCRIBERS = rf"(?is)\A{_EDGE}(({_MORE_WORDS}){_NUMBER} *:?|{_PARTS}){_EDGE}\z"
_LIKE_OTHERS = 20  # rows from which on ids show what they look like
_ODD_SHARE, _ODD_ROWS = 0.01, 3  # of the rows: so many may look otherwise and be no rule of their own
_FILLED_SHARE = 0.9  # of the rows, from which on a column is one that a subscriber has
_NAMING = ("subscriber_id", "plan_id", "region")  # columns that name something
_LONGEST_WORD = 16  # characters of such an id without a blank


def is_total(value: Any, column: str = _NAMING[0]) -> Any:
    """Return whether an id is a word for a total, or the last line of an export; never null.

    Args:
        value: ids.
        column: whose they are: fewer words cannot be the id of a plan or region.
    """
    text = value.cast("string")
    # Most ids are one word that ends in a digit or is long, and need no look at the whole pattern.
    plain = ((text.length() > _LONGEST_WORD) | text.right(1).between("0", "9")) & ~text.re_search("[ _:-]")
    matches = text.re_search(PATTERN)
    if column == _NAMING[0]:
        matches = matches | text.re_search(_OF_SUBSCRIBERS)
    return ibis.cases((plain, False), else_=matches).fill_null(False)


def total_rule(column: str) -> str:
    """Return the name of the rule that a total in this column breaks."""
    return f"{RULE}:{column}"


def totals_of(table: Any, contract: Table) -> list[Rule]:
    """Return the rule that the ids of subscribers and plans, and regions beside them, are no totals.

    The facts of a total refer to no subscriber, so that ``reference`` finds them (see ``validate``).
    """
    names = [name for name in contract.key[:1] if name in _NAMING and not contract.column(name).references]
    rules = [Rule(total_rule(name), MEANING, is_total(table[name], name)) for name in names]
    if contract is subscribers.TABLE:
        rules += _unlike_others(table, contract)
    return rules


def _unlike_others(table: Any, contract: Table) -> list[Rule]:
    """Return a rule for ids that look like no other one, in rows without anything that the other rows have.

    So words for a total are seen in any language. An id looks otherwise if it has no digit where all others have one,
    or a blank where no other has one.
    """
    text = table.subscriber_id.cast("string")
    digit, blank = text.re_search("[0-9]"), text.strip().re_search(r"\s")
    counted = table.aggregate(rows=table.count(), digits=digit.sum(), blanks=blank.sum())
    (counts,) = counted.to_pyarrow().to_pylist()
    rows = counts["rows"]
    few = max(_ODD_SHARE * rows, _ODD_ROWS)
    odd = []
    if 0 < rows - (counts["digits"] or 0) <= few:
        odd.append(~digit)
    if 0 < (counts["blanks"] or 0) <= few:
        odd.append(blank)
    filled = _filled(table, contract, rows) if odd and rows >= _LIKE_OTHERS else []
    if not filled:
        return []
    empty = functools.reduce(operator.and_, [table[name].isnull() for name in filled])
    broken = (functools.reduce(operator.or_, odd) & empty).fill_null(False)
    return [Rule(total_rule("subscriber_id"), MEANING, broken)]


def _filled(table: Any, contract: Table, rows: int) -> list[str]:
    """Return the columns that nearly every subscriber has, with more than one value."""
    own = [column.name for column in contract.columns if not column.default_from]  # the account is the id by default
    others = [name for name in own if name in table.columns and name != "subscriber_id"]
    seen = {f"given:{name}": table[name].count() for name in others}
    seen |= {f"kinds:{name}": table[name].approx_nunique() for name in others}
    (counts,) = table.aggregate(**seen).to_pyarrow().to_pylist()
    return [n for n in others if counts[f"given:{n}"] >= _FILLED_SHARE * rows and (counts[f"kinds:{n}"] or 0) > 1]


def seen_totals(validated: Iterable[Any]) -> list[str]:
    """Return a warning that says how many rows of which tables were totals.

    Args:
        validated: what became of the rows of each table.
    """
    rows = {
        table.contract.name: sum(count for rule, count in table.counts.items() if rule.startswith(f"{RULE}:"))
        for table in validated
    }
    of = ", ".join(f"{count:,} of {name}" for name, count in rows.items() if count)
    if not of:
        return []
    said = f"rows whose id is a word for a total or the last line of an export were turned away: {of}"
    return [f"{said}; next: leave them out of the export, or look at them in the quarantine (rule {RULE})"]
