"""Rows of subscribers under an old and a new id become one: blanks are filled, and a refusal or a block stays."""

from __future__ import annotations

from typing import Any

import ibis

from savedesk.schemas import subscribers
from savedesk.stages.ingest.casting import BREACH, ROW_ID, UNREADABLE, given_text

REPLACED = "renamed:subscriber_id"
CONSENT, BLOCK = "contact_allowed", "blocklisted"
_TOGETHER = (("contract_start", "contract_end"),)  # columns that mean something only beside each other
_OWN = ("subscriber_id", "account_id", "activated_on", CONSENT, BLOCK)
_FILLED = tuple(name for name in subscribers.TABLE.column_names if name not in _OWN)
_NAME = "__new_id"
_NO_PAYER = "__no_payer"
_NAMED = 3


def merged(pairs: Any, cast: Any, given: Any) -> Any:
    """Return the rows of subscribers under their new ids.

    A row of an old id that began on or after the renaming is another subscriber, who was given the id. Else the row
    of the new id stands for both, since the day on which the first of them began; without one the newest old row does.
    What it leaves blank is as in the newest old row that says it. Who refused to be contacted or was blocked under any
    of the ids still is, and consent that cannot be read under an old id is none that the new one leaves blank.

    Args:
        pairs: see ``Renames``.
        cast: rows of subscribers with the contract's types.
        given: the same rows as the source gives them.
    """
    rows = _ranked(pairs, cast, given)
    rows = rows.left_join(_said_before(rows), _NAME)
    stands = (rows.own | (rows.place == 0)) & rows.merged
    kept = {name: rows[name] for name in cast.columns}
    for name in _FILLED:
        blank = _blank(rows, _beside(name))
        kept[name] = ibis.ifelse(stands & blank, rows[_before(name)], rows[name])
    payer = ibis.coalesce(rows[_before("account_id")], rows.account_id)
    kept["account_id"] = ibis.ifelse(stands & rows[_NO_PAYER], payer, rows.account_id)
    for name, worst in ((CONSENT, False), (BLOCK, True)):
        value = ibis.coalesce(rows[name], rows[_before(name)])
        kept[name] = ibis.ifelse(stands, ibis.ifelse(rows[_worst(name)].fill_null(False), worst, value), rows[name])
    kept["subscriber_id"] = rows[_NAME]
    kept["activated_on"] = ibis.ifelse(stands, rows["first"], rows.activated_on)
    lost = [
        ibis.ifelse(stands & kept[name].isnull(), rows[_unread(name)], ibis.null("string")) for name in (CONSENT, BLOCK)
    ]
    void = ibis.ifelse(~rows.own & (rows.place > 0), REPLACED, ibis.null("string"))
    kept[BREACH] = ibis.coalesce(rows[BREACH], *lost, void)
    return rows.select(**kept)


def _said_before(rows: Any) -> Any:
    """Return what the old rows say of each id of today, one row an id: the newest value of each column."""
    old = rows.filter(~rows.own)
    said = {_before(name): old[name].argmin(old.place, where=~_blank(old, _beside(name))) for name in _FILLED}
    said[_before("account_id")] = old.account_id.argmin(old.place, where=~old[_NO_PAYER])
    for name, worst in ((CONSENT, False), (BLOCK, True)):
        said[_before(name)] = old[name].argmin(old.place, where=old[name].notnull())
        said[_worst(name)] = (old[name] == worst).any()
        said[_unread(name)] = old[BREACH].max(where=old[BREACH] == f"type:{name}")
    return old.group_by(_NAME).aggregate(**said)


def _before(name: str) -> str:
    return f"__before_{name}"


def _worst(name: str) -> str:
    return f"__worst_{name}"


def _unread(name: str) -> str:
    return f"__unread_{name}"


def _beside(name: str) -> tuple[str, ...]:
    return next((group for group in _TOGETHER if name in group), (name,))


def _ranked(pairs: Any, cast: Any, given: Any) -> Any:
    """Return the rows with their id of today and their place below it: its own rows, then old ones, newest first."""
    rows = cast.left_join(pairs, cast.subscriber_id == pairs.old_id)
    meant = rows.new_id.notnull() & (rows.activated_on < rows.renamed_on).fill_null(True)
    rows = rows.mutate(
        **{_NAME: ibis.ifelse(meant, rows.new_id, rows.subscriber_id)},
        own=~meant,
        since=ibis.ifelse(meant, rows.renamed_on, ibis.null("date")),
    )
    if "account_id" in given.columns:
        payers = given.select(ROW_ID, **{_NO_PAYER: given_text(given.account_id).isnull()})
        rows = rows.inner_join(payers, ROW_ID)
    else:
        rows = rows.mutate(**{_NO_PAYER: True})
    names = ibis.window(group_by=_NAME)
    order = ibis.window(group_by=_NAME, order_by=[ibis.desc("own"), ibis.desc("since"), ROW_ID])
    first = rows.activated_on.min().over(names)
    return rows.mutate(place=ibis.row_number().over(order), first=first, merged=(~rows.own).any().over(names))


def _blank(rows: Any, columns: tuple[str, ...]) -> Any:
    """Return whether a row leaves all of some columns blank; a value that cannot be read is none that it leaves."""
    blank = ibis.literal(True)
    for name in columns:
        blank &= rows[name].isnull() & ~rows[UNREADABLE].fill_null("").contains(f":{name},")
    return blank


def overruled(pairs: Any, cast: Any) -> list[str]:
    """Return a warning for refusals and for blocks of old ids that stay although the row of the new id says otherwise.

    Args:
        pairs: see ``Renames``.
        cast: rows of subscribers under the ids that the source gives.
    """
    old = cast.inner_join(pairs, cast.subscriber_id == pairs.old_id)
    old = old.filter((old.activated_on < old.renamed_on).fill_null(True))
    old = old.select("old_id", "new_id", refused=old[CONSENT], blocked=old[BLOCK])
    both = old.inner_join(cast, old.new_id == cast.subscriber_id)
    return [
        *_said(both.filter(~both.refused, both[CONSENT]), "had refused to be contacted", f"{CONSENT} yes"),
        *_said(both.filter(both.blocked, ~both[BLOCK]), "were blocked", f"{BLOCK} no"),
    ]


def _said(rows: Any, what: str, otherwise: str) -> list[str]:
    rows = rows.select("old_id", "new_id").distinct()
    count = int(rows.count().execute())
    if not count:
        return []
    first = rows.order_by("old_id").limit(_NAMED).to_pyarrow().to_pylist()
    names = ", ".join(f"{row['old_id']!r} (now {row['new_id']!r})" for row in first)
    said = (
        f"subscribers: {count:,} {what} under an old id and have {otherwise} under the new one, for example {names}; "
        "the old row stands, so nobody calls them; next: mend the row of the old id if it is no longer true"
    )
    return [said]
