"""What MLflow shows first is money, under names that docs/runs.md documents and that do not change."""

from __future__ import annotations

import re

from tests.project import ROOT

from savedesk import STAGES
from savedesk.stages.track.headline import HEADLINE, headline

FIRST = "1_money/profit_at_capacity"
PAGE = (ROOT / "docs/runs.md").read_text(encoding="utf-8")


def test_profit_at_capacity_comes_before_every_other_name():
    others = [f"{stage}.x" for stage in STAGES] + ["system/seconds.train", *HEADLINE]
    assert min(others, key=str.casefold) == FIRST


def test_the_page_documents_every_headline_name_and_where_it_comes_from():
    documented = dict(re.findall(r"^\| `(\d_[a-z_]+/\w+)` \| `([a-z]+\.\w+)` \|", PAGE, re.MULTILINE))
    assert documented == dict(HEADLINE)


def test_a_figure_stands_with_its_interval_and_an_absent_one_not_at_all():
    figures = {"profit_at_capacity": 5.0, "profit_at_capacity_low": 3.0, "profit_at_capacity_high": 8.0, "auc": 0.8}
    shown = headline({f"evaluate.{name}": value for name, value in figures.items()})
    assert shown == {FIRST: 5.0, f"{FIRST}_low": 3.0, f"{FIRST}_high": 8.0, "2_ranking/auc": 0.8}
