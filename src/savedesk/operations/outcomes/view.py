"""Print what became of an outcome sheet."""

from __future__ import annotations

from savedesk.operations.outcomes.command import Imported
from savedesk.operations.review.show_view import console
from savedesk.params.prioritise import PrioritiseParams
from savedesk.policy.campaigns import Campaign
from savedesk.schemas.outcomes import ASKED_NOT_TO_CALL

IDS_NAMED = 5


def tell(imported: Imported, policy: PrioritiseParams) -> None:
    """Print counts that add up, one line for each kind of mistake, and what the outcomes can teach."""
    out = console()
    validated = imported.validated
    lines = {
        "rows": f"{imported.rows:,} = {len(validated.accepted):,} accepted + {len(validated.rejected):,} rejected + "
        f"{validated.blank:,} without an outcome yet",
        "accepted": f"{imported.added:,} new, {imported.corrected:,} corrected, {imported.known:,} known already",
    }
    for name, text in lines.items():
        out.print(f"  {name:<12}{text}", markup=False)
    if imported.merged:
        said = f"{imported.merged:,} more lines of a message gateway for the same subscriber and day"
        out.print(f"  {'merged':<12}{said}", markup=False)
    for line in imported.complaints:
        out.print(f"  rejected: {line}", style="yellow", markup=False, soft_wrap=True)
    for line in imported.refusals:
        out.print(f"  warning: {line}", style="yellow", markup=False, soft_wrap=True)
    if imported.rejected_file:
        out.print(f"  {'rejected':<12}{imported.rejected_file}: mend these rows and import that file", markup=False)
    if imported.taken_back:
        out.print(f"  warning: {_taken_back(imported.taken_back)}", style="yellow", markup=False, soft_wrap=True)
    for day, campaign in imported.campaigns.items():
        out.print(f"  {f'list {day}':<17}{_learnt(campaign, policy)}", markup=False, soft_wrap=True)
    if imported.waiting:
        wait = (
            f"{imported.waiting:,} after {imported.data_until}, the last day of the data: the list sees them at once, "
        )
        wait += "features and save rates once newer tables are there"
        out.print(f"  {'waiting':<12}{wait}", markup=False, soft_wrap=True)
    if imported.added or imported.corrected:
        out.print("next: `dvc repro`: a list made anew leaves them in peace, and the next month learns", markup=False)


def _taken_back(ids: list[str]) -> str:
    more = f" and {len(ids) - IDS_NAMED:,} more" if len(ids) > IDS_NAMED else ""
    return (
        f"{len(ids):,} had asked not to be called, and this file says another outcome of that day: "
        f"{', '.join(ids[:IDS_NAMED])}{more}; they can be listed again; "
        f"next: import {ASKED_NOT_TO_CALL} for those who did ask"
    )


def _learnt(campaign: Campaign, policy: PrioritiseParams) -> str:
    least = policy.learning.minimum_reported
    said = f"{campaign.reported:,} of the first {campaign.worked:,} reported"
    if campaign.control:
        said += f"; compared with {campaign.control:,} held out"
    elif campaign.worked and campaign.reported < least * campaign.worked:
        said += f"; teaches nothing below {least:.0%} (prioritise.learning.minimum_reported): report not_reached, too"
    extra = [f"{campaign.off_list:,} not on the list"] if campaign.off_list else []
    extra += [f"{campaign.late:,} after its month"] if campaign.late else []
    extra += [f"{campaign.stray:,} far below the others"] if campaign.stray else []
    return "; ".join([said, *([f"{' and '.join(extra)}: they count for quiet days only"] if extra else [])])
