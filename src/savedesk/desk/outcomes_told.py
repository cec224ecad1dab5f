"""Print what became of an outcome sheet."""

from __future__ import annotations

from savedesk.desk.outcome_contacts import Campaign
from savedesk.desk.outcomes import Imported
from savedesk.desk.show_told import console
from savedesk.params.prioritise import PrioritiseParams


def tell(one: Imported, policy: PrioritiseParams) -> None:
    """Print counts that add up, one line for each kind of mistake, and what the outcomes can teach."""
    out = console()
    sifted = one.sifted
    lines = {
        "rows": f"{one.rows:,} = {len(sifted.accepted):,} accepted + {len(sifted.rejected):,} rejected + "
        f"{sifted.blank:,} without an outcome yet",
        "accepted": f"{one.added:,} new, {one.corrected:,} corrected, {one.known:,} known already",
    }
    for name, text in lines.items():
        out.print(f"  {name:<12}{text}", markup=False)
    for line in one.complaints:
        out.print(f"  rejected: {line}", style="yellow", markup=False, soft_wrap=True)
    if one.rejected_file:
        out.print(f"  {'rejected':<12}{one.rejected_file}: mend these rows and import that file", markup=False)
    for day, found in one.campaigns.items():
        out.print(f"  {f'list {day}':<17}{_learnt(found, policy)}", markup=False, soft_wrap=True)
    if one.waiting:
        wait = (
            f"{one.waiting:,} after {one.data_until}, the last day of the data: they count once newer tables are there"
        )
        out.print(f"  {'waiting':<12}{wait}", markup=False, soft_wrap=True)
    if one.added or one.corrected:
        out.print(f"next: {_next(one)}", markup=False)


def _next(one: Imported) -> str:
    if one.waiting >= one.added + one.corrected:
        return "load the tables of the next month, then `dvc repro`: none of these outcomes lies within the data yet"
    return "`dvc repro`, so that the next list respects and learns from them"


def _learnt(found: Campaign, policy: PrioritiseParams) -> str:
    least = policy.learning.minimum_reported
    said = f"{found.reported:,} of the first {found.worked:,} reported"
    if found.control:
        said += f"; compared with {found.control:,} held out"
    elif found.worked and found.reported < least * found.worked:
        said += f"; teaches nothing below {least:.0%} (prioritise.learning.minimum_reported): report not_reached, too"
    extra = [f"{found.off_list:,} not on the list"] if found.off_list else []
    extra += [f"{found.late:,} after its month"] if found.late else []
    extra += [f"{found.stray:,} far below the others"] if found.stray else []
    return "; ".join([said, *([f"{' and '.join(extra)}: they count for quiet days only"] if extra else [])])
