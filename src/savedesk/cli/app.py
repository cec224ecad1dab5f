"""The subcommands of ``savedesk``: one a stage, in data-flow order, and a few around them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from savedesk import STAGES
from savedesk.cli import desk_commands as desk
from savedesk.cli.command_line import PROGRAM, Commands
from savedesk.cli.console import Display, print_list_head, print_scored, print_summary
from savedesk.errors import GateError, ParamsError, PolicyError

RootOption = Annotated[
    Path, typer.Option("--root", help="Project folder: the one with params.yaml.", envvar="SAVEDESK_ROOT")
]

SCORE_HELP = (
    f"{STAGES['score']}.\n\n"
    "Without options: the stage of the pipeline, for the test dates and the newest as_of.\n\n"
    "With --as-of: new data with a stored model, without labels and without training. Run `savedesk ingest` on the new "
    "tables first, then for example\n\n"
    "  savedesk score --as-of newest\n\n"
    "  savedesk score --as-of 2026-01-01 --model challenger --list\n\n"
    "Everything lands below data/scored/DATE; what the last `dvc repro` wrote stays as it is. Exit code 4: no such "
    "model; 5: the model is of another source, or the features differ from those that it was trained on."
)

COMPARE_HELP = (
    "Would one run have earned more than another, on the same subscribers?\n\n"
    "For example\n\n"
    "  savedesk compare previous last\n\n"
    "  savedesk compare champion challenger 3f2a91c0 --html why.html\n\n"
    "A run is named by its id or the first characters of it, by its name in MLflow, by the number of its model's "
    "version, or by champion, challenger, last or previous. Each run is held against the first: profit at capacity "
    "with the interval of the difference, calibration, slices that got worse, params, features, and who is on one "
    "list alone. Differences are [bold]paired[/bold]: both runs on the very same rows, contacts valued at the same "
    "prices, subscribers drawn anew for both at once. The rows come from data/runs, where each run stays on the "
    "machine that tracked it; of a run of another machine MLflow has the figures alone, and the verdict says so.\n\n"
    "Exit code 2: no such run, the known ones are named; 4: MLflow was needed and could not be asked."
)
PROMOTE_HELP = (
    "Make a model the champion, if it passes the gate; without RUN the challenger, the newest run's model.\n\n"
    "For example\n\n"
    "  savedesk promote --dry-run\n\n"
    "  savedesk promote 7 --force --why 'new tariff: the old model knows nothing of it'\n\n"
    "The gate asks, on the rows that both evaluated: does it earn no less than the champion, are its probabilities no "
    "worse, is no segment, region, tier or age band much worse off, and does the list stay much the same? The limits "
    "are in section promote of params.yaml. A first champion is held against the best simple model. What passes gets "
    "the alias champion in MLflow, its files go to models/champion, and the reasons go to models/promotions.jsonl: "
    "commit both. `savedesk score --as-of newest --model champion` then uses it, without MLflow too.\n\n"
    "Exit code 7: refused, with the reasons, one a line; 2: no such run; 3: the ledger is damaged; 4: the model's "
    "files or MLflow are not there."
)

app = typer.Typer(
    name=PROGRAM,
    cls=Commands,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    help=(
        "From an operator's tables to the list that a save desk works through.\n\n"
        "`dvc repro` runs the stages below in this order, and only those whose inputs changed; "
        "each also runs by itself.\n\n"
        "Exit codes: 0 ok, 2 usage or params, 3 data contract, 4 missing input, 5 model and table differ, "
        "6 no list within the limits, 7 a model refused by the gate, 8 no room, memory or files left, 70 internal; "
        "130 and 143 stopped by a signal."
    ),
)


def _run(name: str, root: Path) -> None:
    """Run a stage and print what it did."""
    from savedesk.params.load import at_home, load_params
    from savedesk.pipeline.locks import RUN, held
    from savedesk.pipeline.privacy import protect
    from savedesk.pipeline.runner import run_stage
    from savedesk.pipeline.timing import keep_time

    protect(root)
    display = Display(name)
    try:
        with held(root, RUN, f"savedesk {name}"), display:
            summary = run_stage(name, root.resolve(), load_params(root), display)
    except (ParamsError, PolicyError) as error:
        error.where = at_home(root, error.where)
        raise
    keep_time(root.resolve(), name, summary.seconds)
    if name == "prioritise":
        _keep_list(root.resolve(), root.resolve())
    if name == "track":
        _keep_run(root.resolve())
    print_summary(summary)


def _keep_list(root: Path, folder: Path) -> None:
    """Keep the newest list, so that the next one can be compared with it and outcomes find theirs."""
    from savedesk.operations.review.kept_lists import keep_newest

    keep_newest(root, folder)


def _keep_run(root: Path) -> None:
    """Keep rows, list and model of the newest run, so that another one can be held against it."""
    from savedesk.operations.runs.kept import keep_newest_run

    keep_newest_run(root)


def _stage_command(name: str) -> None:
    def command(root: RootOption = Path()) -> None:
        _run(name, root)

    command.__doc__ = STAGES[name]
    app.command(name, help=STAGES[name] + ".", rich_help_panel="Stages, in order")(command)


def _score_command() -> None:
    """Add stage score, which can also score new data with a stored model."""

    @app.command("score", help=SCORE_HELP, rich_help_panel="Stages, in order")
    def score(
        as_of: Annotated[
            str,
            typer.Option("--as-of", metavar="DATE", help="Score new data at this day: newest, or a month start."),
        ] = "",
        model: Annotated[
            str,
            typer.Option(
                "--model",
                metavar="MODEL",
                help="champion (models/champion, else as in MLflow), challenger or the number of a version in MLflow; "
                "or a folder with the model's files. Default: models/trained.",
            ),
        ] = "",
        with_list: Annotated[
            bool, typer.Option("--list", help="Make value, reasons and the list from the new scores too.")
        ] = False,
        root: RootOption = Path(),
    ) -> None:
        if not as_of:
            if model or with_list:
                given = "--model" if model else "--list"
                raise ParamsError(
                    f"{given} goes with --as-of", where="score", next_step="add `--as-of newest`, or a month start"
                )
            _run("score", root)
            return
        from savedesk.operations.batch_scoring import OPTION, score_as_of
        from savedesk.params.load import at_home
        from savedesk.pipeline.locks import SCORED, held
        from savedesk.pipeline.privacy import protect

        protect(root)
        display = Display("score")
        try:
            with held(root, SCORED, "savedesk score --as-of"), display:
                done = score_as_of(root.resolve(), as_of, model, display, with_list=with_list)
        except (ParamsError, PolicyError) as error:
            error.where = OPTION if error.where.endswith(": cohort.as_of") else at_home(root, error.where)
            raise
        if with_list:
            _keep_list(root.resolve(), root.resolve() / done.folder)
        print_scored(done)


for _name in STAGES:
    if _name == "score":
        _score_command()
    else:
        _stage_command(_name)


@app.command("use", rich_help_panel="Around the stages")
def use(
    source: Annotated[str, typer.Argument(help="Name of a folder under data/sources; default: the one in use.")] = "",
    raw: Annotated[
        Path | None, typer.Option("--raw", help="Folder with the source's raw files. Default: that of SAVEDESK_RAW.")
    ] = None,
    root: RootOption = Path(),
) -> None:
    """Choose the source: the line `source:` in params.yaml, and its raw files as data/raw/<source>."""
    from savedesk.cli.reproduce import choose
    from savedesk.pipeline.dvc_state import require_dvc_at_rest
    from savedesk.pipeline.locks import RUN, held

    with held(root, RUN, "savedesk use"):
        require_dvc_at_rest(root)
        for line in choose(root, source, raw):
            typer.echo(line)


@app.command("check", rich_help_panel="Around the stages")
def check(root: RootOption = Path()) -> None:
    """Check params.yaml, the source's own params/<source>.yaml and the texts without running anything."""
    from savedesk.cli.reproduce import checked

    for line in checked(root):
        typer.echo(line)


@app.command("repro", rich_help_panel="Around the stages")
def repro(
    source: Annotated[str, typer.Argument(help="Name of a folder under data/sources; default: the one in use.")] = "",
    root: RootOption = Path(),
) -> None:
    """Retrain, rescore and write the list: `savedesk use`, `check`, `dvc repro` and `summary` under one lock.

    `make repro` does the same after it has built the environment. While it runs, nothing else changes the source or
    runs a stage in this project.
    """
    from savedesk.cli.reproduce import reproduce

    code = reproduce(root.resolve(), source, typer.echo)
    if code:
        raise typer.Exit(code)
    print_list_head(root.resolve())


@app.command("locate", rich_help_panel="Around the stages")
def locate(root: RootOption = Path()) -> None:
    """Say where the raw files are read from; `dvc repro` asks each time, since DVC by itself sees no SAVEDESK_RAW."""
    from savedesk.params.load import current_source
    from savedesk.params.raw_folder import keep_located

    typer.echo(keep_located(root.resolve(), current_source(root)))


feature = typer.Typer(no_args_is_help=True, help="Look at the features: list them, try one on the current data.")
app.add_typer(feature, name="feature", rich_help_panel="Around the stages")


@feature.command("list")
def feature_list(root: RootOption = Path()) -> None:
    """List the registered features with family, unit, window and meaning."""
    from savedesk.pipeline.terminal import as_wide
    from savedesk.stages.features.view import listed
    from savedesk.stages.features.workbench import registered

    as_wide(160).print(listed(registered(root.resolve())))


@feature.command("try")
def feature_try(
    name: Annotated[str, typer.Argument(help="Name of a feature; see `savedesk feature list`.")],
    root: RootOption = Path(),
) -> None:
    """Compute one feature on the current data; print its spread, its AUC by fold, its stability, and a leak check."""
    from savedesk.stages.features.view import tell
    from savedesk.stages.features.workbench import tried

    display = Display("feature")
    with display:
        trial, family = tried(root.resolve(), name, display)
    tell(trial, family)


@app.command("plan", rich_help_panel="Around the stages")
def plan(
    budget: Annotated[str, typer.Option("--budget", metavar="MONEY", help="Money a month, or none.")] = "",
    hours: Annotated[
        list[str] | None,
        typer.Option("--hours", metavar="CHANNEL=HOURS", help="Hours a month of a channel, or none; may be repeated."),
    ] = None,
    contacts: Annotated[str, typer.Option("--contacts", metavar="NUMBER", help="Contacts a month, or none.")] = "",
    vary: Annotated[
        str, typer.Option("--vary", metavar="LIMIT", help='What to vary: all, budget, contacts or, say, "hours call".')
    ] = "all",
    plot: Annotated[
        Path | None, typer.Option("--plot", help="Draw the curve into this file (png, svg or pdf).")
    ] = None,
    root: RootOption = Path(),
) -> None:
    """Say what the newest list would earn with another budget or other hours, in seconds and without scoring anew.

    What is not given stays as in params.yaml. For example

      savedesk plan --budget 6000 --hours call=200 --vary "hours call" --plot plan.png
    """
    from savedesk.operations.plan.command import planned

    planned(root.resolve(), {"budget": budget, "contacts": contacts}, hours or [], vary, plot)


@app.command("compare", help=COMPARE_HELP, rich_help_panel="Around the stages")
def compare(
    runs: Annotated[list[str], typer.Argument(metavar="RUN RUN [RUN ...]", help="Two runs or more.")],
    html: Annotated[
        Path | None, typer.Option("--html", metavar="FILE", help="Where the page goes. Default: comparisons/A_B.html.")
    ] = None,
    root: RootOption = Path(),
) -> None:
    """Hold runs against the first one, and print whether they would have earned more."""
    from savedesk.operations.compare.command import compared

    place = compared(root.resolve(), runs, html)
    typer.echo(f"page: {place}" if html else f"page: {place.relative_to(root.resolve())}")


@app.command("promote", help=PROMOTE_HELP, rich_help_panel="Around the stages")
def promote(
    run: Annotated[str, typer.Argument(metavar="[RUN]", help="A run as in `savedesk compare`.")] = "",
    force: Annotated[bool, typer.Option("--force", help="Promote it although the gate refuses; needs --why.")] = False,
    why: Annotated[str, typer.Option("--why", metavar="TEXT", help="What the ledger shall say.")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show the verdict, change nothing.")] = False,
    root: RootOption = Path(),
) -> None:
    """Make a model the champion, if it passes the gate."""
    from savedesk.operations.promote.command import REFUSED, promoted
    from savedesk.operations.promote.view import tell

    done = promoted(root.resolve(), run, why, force=force, dry_run=dry_run)
    tell(done)
    if done.outcome == REFUSED:
        refused = ", ".join(dict.fromkeys(check.name for check in done.checks if not check.passed))
        raise GateError(
            f"refused for {refused}", where="promote", next_step='see above, or overrule it with `--force --why "..."`'
        )


app.add_typer(desk.listing, name="list", rich_help_panel="Around the stages")
app.add_typer(desk.outcomes, name="outcomes", rich_help_panel="Around the stages")


@app.command("summary", rich_help_panel="Around the stages")
def summary(root: RootOption = Path()) -> None:
    """Say where the list, the report and the tracked run are, and show the first rows of the list."""
    print_list_head(root.resolve())
