"""What is declared of a metric. Docs, MLflow, the report, the model card, `compare` and the gate read it from here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from savedesk.metrics.running_sums import Floats, percent
from savedesk.metrics.score_sums import ScoreSums

HIGHER, LOWER, NEAR_0 = "higher", "lower", "near 0"
STANDING_SHARE = 0.1  # of a metric by share: the share that is shown where only one is


class Form(StrEnum):
    """How a value is written."""

    NUMBER = "number"  # with ``digits`` behind the point
    PERCENT = "percent"
    POINTS = "points"  # percentage points, signed


class Place(StrEnum):
    """Where a metric is shown, beside ``figures.parquet`` and MLflow, which have all of them."""

    PAGE = "page"  # the table of the report's page on the model
    CARD = "card"  # the table of the model card
    CARD_FIRST = "first sentence of the card"
    SLICES = "slices"  # the report's tables of groups
    END = "end"  # of `savedesk evaluate`
    COMPARE = "compare"
    CHAMPION = "champion"  # the champion's figure and the difference stand beside it


PAGE = frozenset({Place.PAGE})
HIDDEN: frozenset[Place] = frozenset()


@dataclass(frozen=True)
class Metric:
    """One metric.

    Args:
        name: as in ``figures.parquet``; of a metric by share without the share.
        group: table of docs/metrics.md that it stands in.
        definition: for docs/metrics.md, in Markdown.
        range: values that it can have.
        en: English label; ``{share}`` is the share.
        zh: Chinese label.
        source: of the formula.
        better: ``HIGHER``, ``LOWER``, another text, or empty where neither is.
        form: how a value is written.
        digits: behind the point, of ``Form.NUMBER``.
        places: where it is shown.
        figure: makes it of the sums of a score; None: another part of ``evaluate`` makes it.
        by_share: makes it of the sums and the share of rows that come first.
        of_list: whether its sums are those of the list, which no baseline has.
        noun: its name inside an English sentence; the label by default.
        noun_zh: likewise in Chinese.
        mlflow: name under which MLflow shows it first; empty: only as ``<stage>.<name>``.
        stage: whose summary has it.
        unit: for docs/runs.md.
        groups_en: what a share of a group is said to be (docs/metrics.md, Fairness); empty: groups are not compared.
        digits_compared: behind the point where two runs are compared; the same by default.
    """

    name: str
    group: str
    definition: str
    range: str
    en: str = ""
    zh: str = ""
    source: str = ""
    better: str = ""
    form: Form = Form.NUMBER
    digits: int = 0
    places: frozenset[Place] = PAGE
    figure: Callable[[ScoreSums], Floats] | None = None
    by_share: Callable[[ScoreSums, float], Floats] | None = None
    of_list: bool = False
    noun: str = ""
    noun_zh: str = ""
    mlflow: str = ""
    stage: str = "evaluate"
    unit: str = ""
    groups_en: str = ""
    digits_compared: int | None = None

    @property
    def standing_name(self) -> str:
        """Name of the figure that is shown where only one is."""
        return f"{self.name}_{percent(STANDING_SHARE)}" if self.by_share else self.name

    @property
    def said(self) -> str:
        """Name inside an English sentence."""
        return self.noun or self.en

    @property
    def said_zh(self) -> str:
        """Name inside a Chinese sentence."""
        return self.noun_zh or self.zh

    def is_shown(self, place: Place) -> bool:
        """Return whether it is shown there."""
        return place in self.places
