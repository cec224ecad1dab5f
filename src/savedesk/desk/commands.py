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

SHOW_HELP = """Why is this subscriber on or off the list? Every figure and rule that decided it.

For example

  savedesk list show S0011354

  savedesk list show S0011354 --as-of 2025-09-01

It shows risk and value, the reasons, each rule with the subscriber's own figure, and every option with its gain worked out: what it
should [bold]save[/bold] (probability that the action can touch x save rate x (remaining value - offer)), less what is [bold]given away[/bold] to those who
would have stayed, less the [bold]contact[/bold]. From the gain, [bold]limits[/bold] takes what the same hours and money would earn elsewhere, at the shadow
prices; a [bold]net[/bold] below 0 is why somebody with a positive gain is not listed.

Exit code 2: no such subscriber or day, the nearest are named; 4: there is no list yet."""


@listing.command("show", help=SHOW_HELP)
def show(
    subscriber_id: Annotated[str, typer.Argument(help="Id as in the list.")],
    as_of: Annotated[
        str, typer.Option("--as-of", metavar="DATE", help="Day of the decision. Default: the newest that was decided.")
    ] = "",
    root: RootOption = Path(),
) -> None:
    """Print why a subscriber is on or off the list."""
    from savedesk.desk.show import shown
    from savedesk.desk.show_told import tell

    tell(shown(root.resolve(), subscriber_id, as_of))
