"""Mistakes on the command line, told like every other one: one line with what is allowed and the way out."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from typing import Any

from typer.core import TyperGroup
from typer.exceptions import TyperException

from savedesk.errors import ParamsError

PROGRAM = "savedesk"


class Commands(TyperGroup):
    """The subcommands; an unknown one is refused with those there are."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Return the command that the first word names.

        Raises:
            ParamsError: there is none of that name.
        """
        known = self.list_commands(ctx)
        if not args[0].startswith("-") and args[0] not in known:
            raise ParamsError(
                f"unknown command {args[0]!r}",
                allowed=", ".join(known),
                next_step=_nearest(args[0], known, ctx.command_path),
            )
        return super().resolve_command(ctx, args)


def wrong_usage(error: TyperException) -> ParamsError:
    """Return what was wrong with the options or arguments of a command."""
    ctx: Any = getattr(error, "ctx", None)
    command = ctx.command_path if ctx else PROGRAM
    where = command.removeprefix(PROGRAM).strip()
    if ctx and hasattr(error, "possibilities"):  # only an option that is not there has them
        name = str(getattr(error, "option_name", ""))
        known = [option for param in ctx.command.get_params(ctx) for option in param.opts if option.startswith("-")]
        step = _nearest(name, known, command)
        return ParamsError(f"unknown option {name!r}", where=where, allowed=", ".join(known), next_step=step)
    message = error.format_message().rstrip(".")
    return ParamsError(f"{message[:1].lower()}{message[1:]}", where=where, next_step=f"see `{command} --help`")


def _nearest(word: str, known: Sequence[str], command: str) -> str:
    near = difflib.get_close_matches(word, known, n=1, cutoff=0.6)
    return f"did you mean {near[0]!r}?" if near else f"choose one, or see `{command} --help`"
