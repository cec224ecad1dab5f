"""The files that a save desk opens: list.xlsx and list.csv. No cell of text can act as a formula."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Sequence
from typing import Any

import pandas as pd
import xlsxwriter

from savedesk.errors import printable
from savedesk.params.prioritise import PrioritiseParams
from savedesk.schemas.decisions import GIVE_UP, LIST
from savedesk.schemas.outcomes import OUTCOME_COLUMNS, OUTCOMES
from savedesk.schemas.table import Column
from savedesk.schemas.values import TIERS
from savedesk.stages.prioritise.words import meaning, say, unit

RISKY_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
MOST_ROWS = 1_048_575  # that a sheet holds below its header
WIDEST, NARROWEST, OUTCOME_WIDTH = 60, 12, 20  # characters
ARROW = 4  # characters that the arrow of a filter takes from a header
READ_ME_WIDTHS = (26, 100, 14)  # characters
SHARES = {"churn_probability", "save_rate", "take_up", "propensity"}
A3 = 8  # number of the paper size
CARD = "external:../../reports/report.html#card={receipt}"  # from data/prioritise; no slash may follow the #
MOST_LINKS = 65_000  # of a sheet; Excel opens no more than 65,530
SHARE_DIGITS, MONEY_DIGITS, OTHER_DIGITS = 4, 2, 1  # after the point in list.csv


def safe_text(value: Any) -> Any:
    """Return a printable text that no spreadsheet takes for a formula when it opens a CSV; anything else as it is."""
    if not isinstance(value, str):
        return value
    return f"'{printable(value)}" if value.startswith(RISKY_STARTS) else printable(value)


def to_csv(rows: pd.DataFrame) -> str:
    """Return the rows as CSV with BOM and CRLF, as spreadsheets expect them.

    Numbers have the digits that their unit is read with; list.parquet has them all, and receipts are made from those.
    """
    digits = {c.name: digits_of(c) for c in LIST.columns if c.dtype == "float64" and c.name in rows}
    safe = rows.round(digits)
    for name in safe.columns:
        if safe[name].dtype == object or isinstance(safe[name].dtype, pd.StringDtype):
            safe[name] = safe[name].map(safe_text)
    return "\ufeff" + safe.to_csv(index=False, lineterminator="\r\n")


def digits_of(column: Column) -> int:
    """Return the digits after the point that a figure is read with."""
    if column.name in SHARES:
        return SHARE_DIGITS
    return MONEY_DIGITS if column.unit.startswith("money") else OTHER_DIGITS


def to_xlsx(
    contacts: pd.DataFrame,
    give_ups: pd.DataFrame,
    as_of: dt.date,
    policy: PrioritiseParams,
    language: str,
    *,
    snapshot: bool,
    cards: int,
) -> bytes:
    """Return the workbook: the list, a sheet a tier, give-ups, outcomes to fill in, and a read-me.

    Args:
        contacts: rows of the contract ``list``.
        give_ups: rows of the contract ``give_up``.
        as_of: day of the decision; also the workbook's date, so that the same list gives the same bytes.
        policy: section ``prioritise``; its channels and actions are the words that the sheets use.
        language: of sheet names and texts.
        snapshot: whether the read-me must say that the list is a replay.
        cards: rank up to which the report has a card that the rank may open.
    """
    memory = io.BytesIO()
    book = xlsxwriter.Workbook(memory, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties(
        {"title": "Savedesk", "created": dt.datetime(as_of.year, as_of.month, as_of.day, tzinfo=dt.UTC)}
    )
    formats = _formats(book)
    _sheet(book, say("sheet_list", language), LIST.columns, contacts.head(MOST_ROWS), language, formats, cards)
    for tier in TIERS:
        name = say("sheet_tier", language, tier=say(f"value_{tier}", language))
        _sheet(book, name, LIST.columns, contacts[contacts["tier"] == tier], language, formats, cards)
    _sheet(book, say("sheet_give_up", language), GIVE_UP.columns, give_ups.head(MOST_ROWS), language, formats)
    _outcomes(book, contacts, policy, language, formats)
    notes = [say("read_me_use", language)]
    if snapshot:
        notes.append(say("read_me_snapshot", language))
    if len(give_ups) > MOST_ROWS:
        notes.append(say("read_me_more", language, sheet=say("sheet_give_up", language), rows=MOST_ROWS))
    _read_me(book, say("read_me_title", language, as_of=as_of), notes, policy, language, formats)
    book.close()
    return memory.getvalue()


def _formats(book: Any) -> dict[str, Any]:
    return {
        "head": book.add_format(
            {"bold": True, "bg_color": "#1F3A5F", "font_color": "#FFFFFF", "text_wrap": True, "valign": "top"}
        ),
        "money": book.add_format({"num_format": "#,##0.00"}),
        "share": book.add_format({"num_format": "0.0%"}),
        "date": book.add_format({"num_format": "yyyy-mm-dd"}),
        "text": book.add_format({"num_format": "@", "indent": 1}),  # apart from the figure on its left
        "number": book.add_format({"num_format": "0"}),
        "link": book.add_format({"num_format": "0", "font_color": "#0F6C8C", "underline": 1}),
        "wrapped": book.add_format({"text_wrap": True, "valign": "top"}),
        "title": book.add_format({"bold": True, "font_size": 14}),
    }


def _text(sheet: Any, line: int, place: int, text: str, form: Any = None) -> None:
    """Write a text into a cell: printable, and never read as a formula or an address."""
    sheet.write_string(line, place, printable(text), form)


def _sheet(
    book: Any,
    name: str,
    columns: Sequence[Column],
    rows: pd.DataFrame,
    language: str,
    formats: dict[str, Any],
    cards: int = 0,
) -> None:
    sheet = book.add_worksheet(name)
    for place, column in enumerate(columns):
        values = rows[column.name].tolist()
        _text(sheet, 0, place, column.name, formats["head"])
        counted = unit(column, language)
        sheet.write_comment(0, place, printable(f"{meaning(column, language)}{f' ({counted})' if counted else ''}"))
        for line, value in enumerate(values, start=1):
            _cell(sheet, line, place, value, column, formats)
        sheet.set_column(place, place, _width(column, values))
    if "receipt" in rows:
        carded = rows[rows["rank"] <= cards]
        _link_cards(sheet, carded["rank"].tolist(), carded["receipt"].tolist(), formats)
    sheet.freeze_panes(1, 2)
    sheet.autofilter(0, 0, max(len(rows), 1), len(columns) - 1)
    _printed(sheet)


def _link_cards(sheet: Any, ranks: list[int], receipts: list[str], formats: dict[str, Any]) -> None:
    """Let each rank that has a card open it in the report, and stay a number. Rows stand in the order of rank."""
    place = LIST.column_names.index("rank")
    for line, (rank, receipt) in enumerate(zip(ranks[:MOST_LINKS], receipts, strict=False), start=1):
        sheet.write_url(line, place, CARD.format(receipt=printable(receipt)), formats["link"])
        sheet.write_number(line, place, rank, formats["link"])


def _printed(sheet: Any) -> None:
    """Print a sheet across one page of A3, its header on each page."""
    sheet.set_landscape()
    sheet.set_paper(A3)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)


def _cell(sheet: Any, line: int, place: int, value: Any, column: Column, formats: dict[str, Any]) -> None:
    if value is None or pd.isna(value):
        sheet.write_blank(line, place, None)
    elif column.dtype == "string":
        _text(sheet, line, place, str(value), formats["text"])
    elif column.dtype == "date":
        sheet.write_datetime(line, place, dt.datetime.combine(pd.Timestamp(value).date(), dt.time()), formats["date"])
    elif column.name in SHARES:
        sheet.write_number(line, place, float(value), formats["share"])
    else:
        sheet.write_number(line, place, float(value), formats["money" if column.unit.startswith("money") else "number"])


def _width(column: Column, values: list[Any]) -> int:
    if column.dtype != "string":
        return max(NARROWEST, len(column.name) + ARROW)
    longest = max(
        (_columns_wide(str(value)) for value in values if value is not None and not pd.isna(value)), default=0
    )
    return max(NARROWEST, min(WIDEST, max(longest + 2, len(column.name) + ARROW)))


def _columns_wide(text: str) -> int:
    """A Chinese character takes the room of two Latin ones."""
    return sum(2 if ord(character) > 0x2E7F else 1 for character in text)  # noqa: PLR2004 - first CJK block


def _outcomes(
    book: Any, contacts: pd.DataFrame, policy: PrioritiseParams, language: str, formats: dict[str, Any]
) -> None:
    """Write the sheet for what agents report back: the listed subscribers, cells to fill, and the words to choose."""
    sheet = book.add_worksheet(say("sheet_outcomes", language))
    for place, name in enumerate(OUTCOME_COLUMNS):
        _text(sheet, 0, place, name, formats["head"])
    for line, row in enumerate(contacts[["subscriber_id", "channel", "action"]].itertuples(index=False), start=1):
        _text(sheet, line, OUTCOME_COLUMNS.index("subscriber_id"), str(row.subscriber_id), formats["text"])
        _text(sheet, line, OUTCOME_COLUMNS.index("channel"), str(row.channel), formats["text"])
        _text(sheet, line, OUTCOME_COLUMNS.index("action"), str(row.action), formats["text"])
    last = max(len(contacts), 1)
    place = OUTCOME_COLUMNS.index("outcome")
    sheet.data_validation(1, place, last, place, {"validate": "list", "source": list(OUTCOMES)})
    place = OUTCOME_COLUMNS.index("channel")
    sheet.data_validation(
        1, place, last, place, {"validate": "list", "source": [printable(name) for name in policy.channels]}
    )
    for place, name in enumerate(OUTCOME_COLUMNS):  # what is typed below stays a text, and a day a day
        width = WIDEST if name == "note" else OUTCOME_WIDTH
        sheet.set_column(place, place, width, formats["date" if name == "contacted_on" else "text"])
    sheet.freeze_panes(1, 1)
    sheet.autofilter(0, 0, last, len(OUTCOME_COLUMNS) - 1)
    _printed(sheet)


def _read_me(
    book: Any, title: str, notes: list[str], policy: PrioritiseParams, language: str, formats: dict[str, Any]
) -> None:
    """Write what the columns, the actions and the outcomes mean."""
    sheet = book.add_worksheet(say("sheet_read_me", language))
    _text(sheet, 0, 0, title, formats["title"])
    for line, note in enumerate(notes, start=1):
        _text(sheet, line, 0, note)
    means = say("read_me_meaning", language)
    columns = [(column.name, meaning(column, language), unit(column, language)) for column in LIST.columns]
    tables: list[tuple[tuple[str, ...], list[tuple[str, ...]]]] = [
        ((say("read_me_column", language), means, say("read_me_unit", language)), list(columns)),
        (
            (say("name_action", language), means),
            [(name, getattr(action, language)) for name, action in policy.actions.items()],
        ),
        ((say("read_me_outcome", language), means), [(name, say(f"outcome_{name}", language)) for name in OUTCOMES]),
    ]
    line = len(notes) + 2
    for head, rows in tables:
        for place, text in enumerate(head):
            _text(sheet, line, place, text, formats["head"])
        for below, row in enumerate(rows, start=1):
            for place, text in enumerate(row):
                _text(sheet, line + below, place, text, formats["wrapped"])
        line += len(rows) + 2
    for place, width in enumerate(READ_ME_WIDTHS):
        sheet.set_column(place, place, width)
    sheet.set_landscape()
    sheet.set_paper(A3)
    sheet.fit_to_pages(1, 0)
