"""The command ``savedesk compare``."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from savedesk.errors import ParamsError
from savedesk.operations.compare.comparison import Comparison, compare
from savedesk.operations.compare.page import write_page
from savedesk.operations.compare.view import tell
from savedesk.operations.runs.find import find_run
from savedesk.operations.runs.run_contents import run_contents_of
from savedesk.params.compare import CompareParams
from savedesk.params.evaluate import EvaluateParams
from savedesk.params.load import current_source, load_params
from savedesk.params.report import ReportParams

WHERE = "compare"
FOLDER = "comparisons"


def held_against_first(root: Path, words: Sequence[str]) -> list[Comparison]:
    """Return each run but the first held against the first.

    Args:
        root: project folder.
        words: how the user names the runs: at least two.

    Raises:
        ParamsError: fewer than two runs, no such run, or one named twice.
        MissingInputError: MLflow would have to be asked, and cannot be.
    """
    if len(words) < 2:  # noqa: PLR2004 - a pair
        raise ParamsError(
            "one run alone cannot be compared",
            where=WHERE,
            next_step="name two, such as `savedesk compare previous last`",
        )
    source = current_source(root)
    runs = [find_run(root, source, word, WHERE) for word in words]
    for place, run in enumerate(runs):
        if any(run.same(earlier) for earlier in runs[:place]):
            raise ParamsError(f"{words[place]!r} is a run that was named before: {run.label}", where=WHERE)
    sections = load_params(root)
    params, same = sections[EvaluateParams.key], sections[CompareParams.key]
    assert isinstance(params, EvaluateParams)  # noqa: S101 - for the type checker
    assert isinstance(same, CompareParams)  # noqa: S101 - for the type checker
    contents = [run_contents_of(root, run) for run in runs]
    return [compare(contents[0], other, params, same) for other in contents[1:]]


def compared(root: Path, words: Sequence[str], html: Path | None) -> Path:
    """Compare runs, print the result, write the page, and return where it is."""
    pairs = held_against_first(root, words)
    tell(pairs)
    runs = [pairs[0].a, *(pair.b for pair in pairs)]
    place = html or root / FOLDER / ("_".join(contents.run.short for contents in runs) + ".html")
    sections = load_params(root)
    report, params, own = sections[ReportParams.key], sections[CompareParams.key], sections[EvaluateParams.key]
    assert isinstance(report, ReportParams)  # noqa: S101 - for the type checker
    assert isinstance(params, CompareParams)  # noqa: S101 - for the type checker
    assert isinstance(own, EvaluateParams)  # noqa: S101 - for the type checker
    write_page(place, pairs, params.interval, own.interval, show_ids=report.show_ids)
    return place
