"""The commands ``savedesk list`` and ``savedesk outcomes``. What they do is imported when they run."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

RootOption = Annotated[
    Path, typer.Option("--root", help="Project folder: the one with params.yaml.", envvar="SAVEDESK_ROOT")
]

listing = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode="rich",
    help="Around the list: why somebody is on it, whether a row can be recomputed, what has changed.",
)
outcomes = typer.Typer(
    no_args_is_help=True, rich_markup_mode="rich", help="What agents report back, so that the next list learns from it."
)

SHOW_HELP = (
    "Why is this subscriber on or off the list? Every figure and rule that decided it.\n\n"
    "For example\n\n"
    "  savedesk list show S0011354\n\n"
    "  savedesk list show S0011354 --as-of 2025-09-01\n\n"
    "It shows risk and value, the reasons, each rule with the subscriber's own figure, and every option with its "
    "gain worked out: what it should [bold]save[/bold] (probability that the action can touch x save rate x "
    "(remaining value - offer)), less what is [bold]given away[/bold] to those who would have stayed, less the "
    "[bold]contact[/bold]. From the gain, [bold]limits[/bold] takes what the same hours and money would earn "
    "elsewhere, at the shadow prices; a [bold]net[/bold] below 0 is why somebody with a positive gain is not "
    "listed.\n\n"
    "Exit code 2: no such subscriber or day, the nearest are named; 4: there is no list yet."
)


@listing.command("show", help=SHOW_HELP)
def show(
    subscriber_id: Annotated[str, typer.Argument(help="Id as in the list.")],
    as_of: Annotated[
        str, typer.Option("--as-of", metavar="DATE", help="Day of the decision. Default: the newest that was decided.")
    ] = "",
    root: RootOption = Path(),
) -> None:
    """Print why a subscriber is on or off the list."""
    from savedesk.operations.review.show import shown
    from savedesk.operations.review.show_view import tell

    tell(shown(root.resolve(), subscriber_id, as_of))


REPLAY_HELP = (
    "Recompute one row of the list, and say whether it is equal.\n\n"
    "For example, with the receipt of a row of list.csv\n\n"
    "  savedesk list replay 2026-01-01.7098ed13.a67c135c.0f3e9a41.340d5912\n\n"
    "A receipt is as_of, model version, policy, data (the features that the model read) and row (the figures of "
    "the gain). The subscriber is scored anew with the stored model; margin, value, options, save rates, the "
    "choice within the limits and the receipt are computed anew by the functions of the stages, from the files "
    "and the params.yaml that are there now. Each figure that differs is named.\n\n"
    "Exit code 0: equal; 5: different; 2: no such receipt; 4: something it was made from is gone."
)


@listing.command("replay", help=REPLAY_HELP)
def replay(receipt: Annotated[str, typer.Argument(help="Last column of list.csv.")], root: RootOption = Path()) -> None:
    """Recompute a row and print what differs."""
    from savedesk.errors import ModelSchemaError
    from savedesk.operations.review.replay import replayed
    from savedesk.operations.review.replay_view import tell

    recomputed = replayed(root.resolve(), receipt)
    tell(recomputed)
    if recomputed.differences:
        raise typer.Exit(ModelSchemaError.exit_code)


DIFF_HELP = (
    "What has changed since the last list: who is new, who dropped out, who moved, and why.\n\n"
    "For example\n\n"
    "  savedesk list diff\n\n"
    "  savedesk list diff --against 2025-12-01 --csv changes.csv\n\n"
    "Each run keeps its list below data/lists/SOURCE/DATE; one of the same day takes the place of the former. "
    "Without --against the newest one of an earlier day is taken. --against also takes a folder: one of "
    "data/lists or data/scored, or another project.\n\n"
    "Exit code 2: no list of that day; 4: there is no list of an earlier as_of yet."
)


@listing.command("diff", help=DIFF_HELP)
def diff(
    against: Annotated[
        str, typer.Option("--against", metavar="DATE|FOLDER", help="The older list. Default: the newest earlier one.")
    ] = "",
    as_of: Annotated[
        str, typer.Option("--as-of", metavar="DATE", help="Day of the list. Default: the newest that was decided.")
    ] = "",
    csv: Annotated[Path | None, typer.Option("--csv", help="Write all rows of either list to this file.")] = None,
    root: RootOption = Path(),
) -> None:
    """Print what changed between two lists."""
    from savedesk.operations.review.diff import compared, no_older
    from savedesk.operations.review.diff_view import tell, write_csv

    changes = compared(root.resolve(), against, as_of)
    if changes is None:
        raise no_older(root.resolve())
    tell(changes)
    if csv:
        write_csv(changes, csv)
        typer.echo(f"wrote {csv}")


IMPORT_HELP = (
    "Add what agents wrote down to the contacts, so that the next list leaves people in peace and learns.\n\n"
    "For example\n\n"
    "  savedesk outcomes import list.xlsx\n\n"
    "  savedesk outcomes import outcomes.csv && dvc repro\n\n"
    "FILE is outcomes.csv or list.xlsx as agents filled it in (columns subscriber_id, contacted_on, channel, "
    "action, outcome, note; channel and action may be left out: the list's own hold). CSV may be UTF-8 or GBK, "
    "dates year first. It may also be the delivery log of a message gateway (columns such as recipient, sent_at, "
    "status: docs/policy.md). Rows that were not filled in wait. Each other row is accepted, or goes to data/rejected "
    "with the rule that it broke; importing a file twice changes nothing, and a later file corrects an earlier "
    "one.\n\n"
    "[bold]What the words do[/bold]: every attempt starts the quiet days, not_reached and wrong_number too; "
    "asked_not_to_call takes the consent away at once; already_left costs no offer; a message without an answer is "
    "sent_no_answer; report those who were not reached as well, since a list that is reported in part teaches "
    "nothing.\n\n"
    "Exit code 3: no row was accepted, or the file is no outcome sheet; 4: no such file, or no list yet."
)


@outcomes.command("import", help=IMPORT_HELP)
def import_(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="CSV or XLSX file that agents filled in.")],
    root: RootOption = Path(),
) -> None:
    """Sift a filled-in sheet and add it to the contacts of the next run."""
    import datetime as dt

    from savedesk.errors import DataContractError
    from savedesk.operations.outcomes.command import import_outcomes
    from savedesk.operations.outcomes.view import tell
    from savedesk.params.load import load_params
    from savedesk.params.prioritise import PrioritiseParams
    from savedesk.pipeline.privacy import protect

    protect(root)
    imported = import_outcomes(root.resolve(), file, dt.datetime.now(tz=dt.UTC).date())
    policy = load_params(root)[PrioritiseParams.key]
    assert isinstance(policy, PrioritiseParams)  # noqa: S101 - for the type checker
    tell(imported, policy)
    if imported.validated.rejected and not imported.validated.accepted:
        raise typer.Exit(DataContractError.exit_code)
