"""Print what became of an outcome sheet."""

from __future__ import annotations

from savedesk.operations.outcomes.command import Imported
from savedesk.operations.review.show_view import console
from savedesk.params.prioritise import PrioritiseParams
from savedesk.policy.campaigns import Campaign
from savedesk.schemas.outcomes import ASKED_NOT_TO_CALL

IDS_NAMED = 5


def tell(one: Imported, policy: PrioritiseParams) -> None:
    """Print counts that add up, one line for each kind of mistake, and what the outcomes can teach."""
    out = console()
    validated = one.validated
    lines = {
        "rows": f"{one.rows:,} = {len(validated.accepted):,} accepted + {len(validated.rejected):,} rejected + "
        f"{validated.blank:,} without an outcome yet",
        "accepted": f"{one.added:,} new, {one.corrected:,} corrected, {one.known:,} known already",
    }
    for name, text in lines.items():
        out.print(f"  {name:<12}{text}", markup=False)
    if one.merged:
        said = f"{one.merged:,} more lines of a message gateway for the same subscriber and day"
        out.print(f"  {'merged':<12}{said}", markup=False)
    for line in one.complaints:
        out.print(f"  rejected: {line}", style="yellow", markup=False, soft_wrap=True)
    for line in one.refusals:
        out.print(f"  warning: {line}", style="yellow", markup=False, soft_wrap=True)
    if one.rejected_file:
        out.print(f"  {'rejected':<12}{one.rejected_file}: mend these rows and import that file", markup=False)
    if one.taken_back:
        out.print(f"  warning: {_taken_back(one.taken_back)}", style="yellow", markup=False, soft_wrap=True)
    for day, found in one.campaigns.items():
        out.print(f"  {f'list {day}':<17}{_learnt(found, policy)}", markup=False, soft_wrap=True)
    if one.waiting:
        wait = (
            f"{one.waiting:,} after {one.data_until}, the last day of the data: the list sees them at once, features "
        )
        wait += "and save rates once newer tables are there"
        out.print(f"  {'waiting':<12}{wait}", markup=False, soft_wrap=True)
    if one.added or one.corrected:
        out.print("next: `dvc repro`: a list made anew leaves them in peace, and the next month learns", markup=False)


def _taken_back(ids: list[str]) -> str:
    more = f" and {len(ids) - IDS_NAMED:,} more" if len(ids) > IDS_NAMED else ""
    return (
        f"{len(ids):,} had asked not to be called, and this file says another outcome of that day: "
        f"{', '.join(ids[:IDS_NAMED])}{more}; they can be listed again; "
        f"next: import {ASKED_NOT_TO_CALL} for those who did ask"
    )


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
