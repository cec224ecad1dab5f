"""Runs as they stay on a machine: an operator whose churn follows a known chance, models that know more or less."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import yaml

from savedesk.operations.runs.kept import FOLDER, METRICS, MODEL, MODEL_FILES, PARAMS, RECORD, KeptRun
from savedesk.schemas import decisions, model
from tests.project import ROOT

DAYS = ("2025-08-01", "2025-09-01")


def operator(people: int = 3000, seed: int = 1) -> pd.DataFrame:
    """Return rows with their true chance ``truth`` and what came of it."""
    draw = np.random.default_rng(seed)
    each = pd.DataFrame(
        {
            "subscriber_id": [f"S{number:05d}" for number in range(people)],
            "segment": draw.choice(["business", "consumer"], people, p=[0.12, 0.88]),
            "region": draw.choice(["North", "South", "West"], people),
            "tier": draw.choice(["key", "core", "small"], people),
            "age_band": draw.choice(["25-34", "35-44"], people),
            "liking": draw.normal(-3, 1.3, people),
            "remaining_value": draw.gamma(1, 600, people),
        }
    )
    rows = pd.concat([each.assign(as_of=dt.date.fromisoformat(day)) for day in DAYS], ignore_index=True)
    truth = 1 / (1 + np.exp(-rows.pop("liking") - draw.normal(0, 0.3, len(rows))))
    rows = rows.assign(truth=truth, churned=draw.random(len(rows)) < truth)
    return rows.sort_values(["subscriber_id", "as_of"], ignore_index=True)


def judged_by(rows: pd.DataFrame, score: np.ndarray, contacts: int = 400, **prices: float) -> pd.DataFrame:
    """Return contract ``rows`` as a model with these probabilities leaves it: those with the most gain are listed."""
    terms = {"save_rate": 0.2, "take_up": 0.3, "offer_cost": 10.0, "contact_cost": 1.0, **prices}
    scored = rows.assign(**terms, churn_probability=score, action="discount", touched=rows["churned"], fold=None)
    worth = scored["save_rate"] * (scored["remaining_value"] - scored["offer_cost"])
    given, cost = scored["take_up"] * scored["offer_cost"], scored["contact_cost"]
    scored["expected_gain"] = score * worth - (1 - score) * given - cost
    scored["realised_gain"] = np.where(scored["churned"], worth, -given) - cost
    place = scored.groupby("as_of")["expected_gain"].rank(ascending=False, method="first")
    left = np.where(scored["churned"], "cancelled", None)
    return scored.assign(listed=place <= contacts, churn_type=left, tenure_band=None, gender=None)


def noisy(rows: pd.DataFrame, noise: float, seed: int) -> np.ndarray:
    """Return probabilities that know the true chance but for a noise in log-odds, drawn towards the mean as it asks."""
    odds = np.log(rows["truth"] / (1 - rows["truth"])).to_numpy()
    seen = odds + np.random.default_rng(seed).normal(0, noise, len(rows))
    shrink = odds.var() / (odds.var() + noise**2)
    probability: np.ndarray = 1 / (1 + np.exp(-(odds.mean() + shrink * (seen - odds.mean()))))
    return probability


def home_of(root: Path, **changes: Any) -> Path:
    """Lay out a project folder without data: params, and the source ``mine``."""
    (root / "data" / "sources" / "mine").mkdir(parents=True)
    (root / "data" / "sources" / "mine" / "source.yaml").write_text("title: Mine\n", encoding="utf-8")
    params = yaml.safe_load((ROOT / "params.yaml").read_text(encoding="utf-8"))
    params["source"] = "mine"
    params["evaluate"] |= {"bootstrap_rounds": 30}
    for section, values in changes.items():
        params[section] |= values
    (root / "params.yaml").write_text(yaml.safe_dump(params, sort_keys=False, allow_unicode=True), encoding="utf-8")
    return root


def keep(root: Path, key: str, rows: pd.DataFrame | None = None, version: str = "", **more: Any) -> KeptRun:
    """Keep a run below ``data/runs`` as track would, later than those before it.

    Args:
        root: project folder.
        key: of the run; its id in MLflow begins with it, too.
        rows: contract ``rows``; None: not kept.
        version: of its model.
        more: ``params``, ``metrics``, ``features``, ``listed`` (subscribers of the newest list), ``baselines``.
    """
    folder = root / FOLDER / key
    (folder / MODEL).mkdir(parents=True)
    record = {"run": key, "run_id": f"{key}0000", "run_name": f"2026-01-01 {key}", "registered_version": version}
    record |= {"kept_at": f"2026-01-01T00:00:{len(list((root / FOLDER).iterdir())):02d}"}
    record |= {"source": "mine", "currency": "EUR", "kind": "dated"} | more.get("record", {})
    columns = [{"name": name} for name in more.get("features", ("tenure", "usage"))]
    described = {"source": record["source"], "columns": columns}
    files = {RECORD: record, PARAMS: more.get("params", {}), METRICS: more.get("metrics", {})}
    for name, content in files.items():
        (folder / name).write_text(json.dumps(content), encoding="utf-8")
    for file in MODEL_FILES:
        (folder / MODEL / Path(file.path).name).write_text(f"{key} {file.name}\n", encoding="utf-8")
    (folder / MODEL / Path(model.SCHEMA.path).name).write_text(json.dumps(described), encoding="utf-8")
    if rows is not None:
        rows.to_parquet(folder / "rows.parquet", index=False)
    if "listed" in more:
        _list(more["listed"]).to_parquet(folder / "list.parquet", index=False)
    if "baselines" in more:
        more["baselines"].to_parquet(folder / "baseline_scores.parquet", index=False)
    return KeptRun(folder, record)


def _list(people: list[str]) -> pd.DataFrame:
    ranks = range(1, len(people) + 1)
    blank = pd.DataFrame({column.name: None for column in decisions.LIST.columns}, index=range(len(people)))
    gain = [100.0 - rank for rank in ranks]
    facts = {"tier": "key", "segment": "consumer", "region": "North", "action": "discount"}
    return blank.assign(subscriber_id=people, rank=list(ranks), receipt="2026-01-01.x", expected_gain=gain, **facts)
