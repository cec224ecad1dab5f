"""What changed between two lists: who is new, who dropped out, who moved, and why."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.parquet as pq

from savedesk.errors import MissingInputError, ParamsError
from savedesk.operations.review.kept_lists import FOLDER, STANDING, kept_lists, read_kept, standing
from savedesk.operations.review.runs import SUBSCRIBER, Run, find_run, parsed_day, runs
from savedesk.operations.review.words import say
from savedesk.params.language import Language
from savedesk.params.load import load_params
from savedesk.schemas import status_changes

WHERE = "list diff"
CONTACT = "contact"
NEW, DROPPED, MOVED, STAYS = CHANGES = ("new", "dropped", "moved", "stays")
LEFT = ("cancelled", "ported_out")
NOTABLE = 0.005  # relative change of a figure below which it is not said to have changed
FIGURES = ("churn_probability", "remaining_value", "save_rate")  # that a gain is a product of
BEFORE = "_before"


@dataclass(frozen=True)
class Compared:
    """Two lists beside each other.

    Args:
        as_of: day of the list.
        before: day of the older one, and where it was found.
        place: of the older one.
        backtest: whether the older one is a backtest that was never handed over.
        rows: one row for each subscriber on either list: change, because, rank, decision, why, action, expected_gain
            and the figures behind them, each also with ``_before``; new and dropped by gain, all others by rank.
        language: of the run.
    """

    as_of: dt.date
    before: dt.date
    place: str
    backtest: bool
    rows: pd.DataFrame
    language: str


def compared(root: Path, against: str, as_of: str) -> Compared | None:
    """Return the list of a day beside an older one; None where there is no older one.

    Args:
        root: project folder.
        against: day or folder of the older list; empty: the newest kept one of an earlier day.
        as_of: day of the list; empty: the newest.

    Raises:
        ParamsError: there is no list of that day, or none in that folder.
        MissingInputError: prioritise has not run.
    """
    run = find_run(root, as_of, WHERE)
    language = load_params(root)[Language.key]
    assert isinstance(language, Language)  # noqa: S101 - for the type checker
    older = _older(root, run, against)
    if older is None:
        return None
    day, place, backtest, then = older
    now = standing(run)
    rows = _changes(now, then, _left(run), language.code)
    return Compared(run.as_of, day, place, backtest, rows, language.code)


def _older(root: Path, run: Run, against: str) -> tuple[dt.date, str, bool, pd.DataFrame] | None:
    """Return day, place, whether it is a backtest, and standing of the older list."""
    if "/" in against or (against and Path(against).is_dir()):
        return _in_folder(root, against)
    kept = kept_lists(root, run.source)
    others = {other.as_of: other for other in runs(root) if other.source == run.source and other.as_of != run.as_of}
    if not against:
        handed = {other.as_of for other in others.values() if other.newest}
        days = [day for day in {*kept, *handed} if day < run.as_of]
        if not days:
            return None
        day = max(days)
    else:
        day = parsed_day(against, f"{WHERE} --against")
    if day in kept and day != run.as_of:
        return day, _shown(root, kept[day]), False, read_kept(kept[day])
    if day in others:
        return day, others[day].shown, not others[day].newest, standing(others[day])
    raise ParamsError(
        f"no list of {day}",
        where=f"{WHERE} --against",
        allowed=", ".join(str(day) for day in sorted({*kept, *others} - {run.as_of})) or "a folder with a list",
        next_step="choose one of them",
    )


def _in_folder(root: Path, against: str) -> tuple[dt.date, str, bool, pd.DataFrame]:
    """Return a list of a folder: one below data/lists or data/scored, or another project."""
    folder = Path(against)
    if (folder / STANDING).is_file():
        day = parsed_day(folder.resolve().name, f"{WHERE} --against")
        return day, against, False, read_kept(folder)
    lists = [run for run in runs(folder.resolve()) if run.newest]
    if not lists:
        raise ParamsError(
            "no list in this folder",
            where=f"{WHERE} --against {against}",
            allowed=f"a folder below {root.name}/{FOLDER} or data/scored, or another project",
        )
    return lists[-1].as_of, against, False, standing(lists[-1])


def no_older(root: Path) -> MissingInputError:
    """Return the one line that says that there is nothing to compare with."""
    backtests = sorted({str(run.as_of) for run in runs(root) if not run.newest})
    hint = f"; `--against {backtests[-1]}` compares with the backtest of that day" if backtests else ""
    return MissingInputError(
        "no list of an earlier as_of is there yet",
        where=FOLDER,
        next_step="run the next month, which compares with this one; a list made anew for the same as_of "
        f"replaces it{hint}",
    )


def _shown(root: Path, folder: Path) -> str:
    return str(folder.relative_to(root))


def _left(run: Run) -> pd.Series:
    """Return the day of the newest status by which a subscriber has left, by subscriber, as known before as_of."""
    path = run.root / status_changes.TABLE.path
    if not path.is_file():
        return pd.Series(dtype=object)
    changes = pq.read_table(path, columns=[SUBSCRIBER, "changed_on", "status", "known_on"]).to_pandas()
    changes = changes[changes["known_on"] < run.as_of].sort_values("changed_on", kind="stable")
    newest = changes.drop_duplicates(SUBSCRIBER, keep="last")
    return newest[newest["status"].isin(LEFT)].set_index(SUBSCRIBER)["changed_on"]


def _changes(now: pd.DataFrame, then: pd.DataFrame, left: pd.Series, language: str) -> pd.DataFrame:
    both = now.merge(then, on=SUBSCRIBER, how="outer", suffixes=("", BEFORE))
    here, there = both["decision"].eq(CONTACT), both[f"decision{BEFORE}"].eq(CONTACT)
    both = both[here | there].reset_index(drop=True)
    here, there = both["decision"].eq(CONTACT), both[f"decision{BEFORE}"].eq(CONTACT)
    same = both["rank"].eq(both[f"rank{BEFORE}"])
    both["change"] = np.select([here & ~there, ~here & there, same], [NEW, DROPPED, STAYS], MOVED)
    both["because"] = [_because(row, left, language) for row in both.to_dict("records")]
    both["order"] = both["change"].map({name: place for place, name in enumerate(CHANGES)})
    both["gained"] = both["expected_gain"].where(here, both[f"expected_gain{BEFORE}"])
    listed = both.sort_values(["order", "gained", SUBSCRIBER], ascending=[True, False, True], ignore_index=True)
    return listed.drop(columns=["order", "gained"])


def _because(row: dict[Any, Any], left: pd.Series, language: str) -> str:
    """Return why somebody is new, dropped or moved."""
    if row["change"] == NEW:
        if pd.isna(row[f"decision{BEFORE}"]):
            return say("not_scored_before", language)
        return _joined(say("was", language, why=row[f"why{BEFORE}"]), _figures(row, language))
    if row["change"] == DROPPED:
        if pd.isna(row["decision"]):
            day = left.get(row[SUBSCRIBER])
            return say("left_on", language, day=day) if day is not None else say("not_scored_now", language)
        return _joined(say("now", language, why=row["why"]), _figures(row, language))
    if row["change"] == MOVED:
        gain = say("changed_gain", language, old=row[f"expected_gain{BEFORE}"], new=row["expected_gain"])
        return _joined(gain, _figures(row, language) or say("others_moved", language))
    return ""


def _figures(row: dict[Any, Any], language: str) -> str:
    """Return the figures that changed, the one that moved the gain most first: a gain is about their product."""
    parts = []
    for name in FIGURES:
        old, new = row[f"{name}{BEFORE}"], row[name]
        if pd.isna(old) or pd.isna(new) or abs(new - old) <= NOTABLE * abs(old):
            continue
        weight = abs(np.log(new / old)) if old > 0 and new > 0 else np.inf
        parts.append((weight, say(f"changed_{name}", language, old=old, new=new)))
    old, new = row[f"action{BEFORE}"], row["action"]
    if not (pd.isna(old) or pd.isna(new)) and old != new:
        parts.append((0.0, say("changed_action", language, old=old, new=new)))
    return ", ".join(text for _, text in sorted(parts, key=lambda part: -part[0]))


def _joined(*parts: str) -> str:
    return "; ".join(part for part in parts if part)
