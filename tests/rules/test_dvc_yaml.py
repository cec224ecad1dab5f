"""DVC does not follow imports: each stage must list what its result depends on, no more and no less."""

from __future__ import annotations

import importlib

import pytest
import yaml

from savedesk import STAGES
from savedesk.contracts import figures, pages
from tests.rules.closure import ROOT, code_deps

WHOLE = yaml.safe_load((ROOT / "dvc.yaml").read_text())
DVC = WHOLE["stages"]
FIX = "rewrite dvc.yaml with: python -m tests.rules.write_dvc_yaml"


def expected(stage: str) -> dict:
    module = importlib.import_module(f"savedesk.{stage}.stage")
    reads = [contract.path for contract in module.READS]
    if stage == "ingest":
        reads += ["data/raw/${source}", "data/sources/${source}", "data/outcomes"]
    if stage == "track":
        reads += [f"metrics/{name}.json" for name in STAGES if name != "track"]
    sections = [kind.key for kind in module.SECTIONS]
    shared = [key for key in sections if key in {"source", "language"}]
    own = [key for key in dict.fromkeys(["engine", *sections]) if key not in {"source", "language"}]
    tops = [contract.path for contract in module.WRITES if not contract.path.startswith("data/")]
    outs = sorted(
        {path.rsplit("/", 1)[0] for path in tops} | ({f"data/{stage}"} if len(tops) < len(module.WRITES) else set())
    )
    return {
        "deps": sorted({*reads, *code_deps(stage)}),
        "params": [*shared, *own, {"params/${source}.yaml": own}],
        "outs": [{path: {"persist": True}} for path in outs],
        "metrics": [{f"metrics/{stage}.json": {"persist": True}}],
    }


CURVES = {  # file below data/track/plots -> its columns, x first, and what stands on the axes
    "profit.csv": (("contacts", "policy", "probability", "value_at_risk"), "contacts a month", "realised gain a month"),
    "gains.csv": (("share", "savedesk"), "share of subscribers contacted", "share of churners among them"),
    "calibration.csv": (("predicted", "observed"), "predicted churn probability", "observed churn rate"),
}


def expected_plots() -> list:
    """Return what `dvc plots` shows: the charts of evaluate as they are, and its curves as lines of several runs."""
    lines = [
        {
            name.removesuffix(".csv"): {
                "x": columns[0],
                "y": {f"{pages.CURVES.path}/{name}": list(columns[1:])},
                "x_label": x_label,
                "y_label": y_label,
            }
        }
        for name, (columns, x_label, y_label) in CURVES.items()
    ]
    return [*lines, figures.PLOTS.path]


def test_the_plots_are_those_of_evaluate():
    assert WHOLE["plots"] == expected_plots(), FIX


def test_stages_stand_in_data_flow_order():
    assert list(DVC) == list(STAGES)


@pytest.mark.parametrize("stage", STAGES)
def test_a_stage_lists_what_it_depends_on(stage):
    entry, want = DVC[stage], expected(stage)
    assert entry["cmd"] == f"savedesk {stage}"
    assert entry["deps"] == want["deps"], FIX
    assert entry["params"] == want["params"], FIX
    assert entry["outs"] == want["outs"], FIX
    assert entry["metrics"] == want["metrics"], FIX


@pytest.mark.parametrize("stage", STAGES)
def test_a_killed_stage_keeps_its_old_output(stage):
    """DVC deletes an output before its stage runs, unless it is told to let it persist."""
    outs = [*DVC[stage]["outs"], *DVC[stage]["metrics"]]
    assert all(options["persist"] for out in outs for options in out.values())
