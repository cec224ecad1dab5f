"""The model in use beside the one that was just trained, on rows that neither has learnt from."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from savedesk.errors import MissingInputError, ModelSchemaError
from savedesk.metrics.champion import AHEAD, PREFIX
from savedesk.metrics.declaration import LOWER, Place
from savedesk.metrics.registry import shown_in
from savedesk.metrics.running_sums import Floats, Integers
from savedesk.model.compatibility import require_source, require_windows
from savedesk.model.schema import encode
from savedesk.model.stored import StoredModel
from savedesk.params.cohort import CohortParams
from savedesk.params.evaluate import EvaluateParams
from savedesk.params.prioritise import PrioritiseParams
from savedesk.pipeline.inputs import Inputs
from savedesk.policy.limits import limits, worthwhile
from savedesk.policy.options import gained
from savedesk.policy.solve import solve
from savedesk.schemas import decisions, features, model, source_facts
from savedesk.schemas.labels import CHURN_TYPES
from savedesk.stages.evaluate.bootstrap import Figure, Resamples, Sums, figures_with_intervals
from savedesk.stages.evaluate.money import realised_gain
from savedesk.stages.evaluate.rows import KEY
from savedesk.stages.evaluate.score_figures import FigureRows, PairedScores, ScoredRows

FILES = (model.BOOSTER, model.TYPES, model.SURVIVAL)


@dataclass(frozen=True)
class Compared:
    """What became of the comparison.

    Args:
        note: in one line, with which model, or why with none.
        figures: of the champion, and by how much the trained model is ahead of it; empty without one.
        places: of the rows that both were judged on.
    """

    note: str
    figures: dict[str, Figure]
    places: Integers


def beside_champion(rows: pd.DataFrame, given: FigureRows, inputs: Inputs, resamples: Resamples) -> Compared:
    """Return the figures of the champion on the rows after its training, and those of the difference, paired.

    The champion's list has the same limits. It is chosen among the options that are open to the candidates of this
    run, at the champion's probabilities and this run's values and save rates.

    Args:
        rows: evaluation rows.
        given: what figures are made of.
        inputs: of the stage.
        resamples: of the subscribers.
    """
    none = np.zeros(0, dtype=np.int64)
    try:
        stored = _champion(inputs)
    except MissingInputError:
        return Compared("not compared with a champion: there is none", {}, none)
    except ModelSchemaError as error:
        return Compared(f"not compared with a champion: {error.what}", {}, none)
    if stored.version == inputs.json(model.SCHEMA).get("version"):
        return Compared("not compared with a champion: it is this very model", {}, none)
    places = np.flatnonzero(_unseen(rows, stored.description))
    if not len(places):
        return Compared("not compared with the champion: it has learnt from every judged as_of", {}, none)
    part = rows.iloc[places].reset_index(drop=True)
    try:
        score, shares = _scores(part, inputs, stored)
    except ModelSchemaError as error:
        return Compared(f"not compared with the champion: {error.what}", {}, none)
    listed, gain, expected = champions_list(part, score, shares, inputs)
    own = given.at(places)
    other = replace(own, score=score, listed=listed, gain=gain, expected=expected)
    params = inputs.section(EvaluateParams)
    every = PairedScores(
        {name: ScoredRows(of, params, listing=True) for name, of in (("own", own), ("champion", other))}
    )

    def measure(sums: Sums) -> dict[str, Floats]:
        return _ahead(every.figures(sums))

    figures = figures_with_intervals(measure, every.tallies, resamples, _ahead(every.points()))
    days = part["as_of"].nunique()
    return Compared(
        f"compared with champion {stored.version} on {days} as_of dates after its training", figures, places
    )


def _ahead(by_model: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """Return the champion's figures and by how much the own ones are better; above 0 the own model is."""
    own, other = by_model["own"], by_model["champion"]
    figures: dict[str, Any] = {}
    for metric in shown_in(Place.CHAMPION):
        more = own[metric.name] - other[metric.name]
        figures[f"{PREFIX}{metric.name}"] = other[metric.name]
        figures[f"{PREFIX}{metric.name}{AHEAD}"] = -more if metric.better == LOWER else more
    return figures


def _champion(inputs: Inputs) -> StoredModel:
    """Return the champion.

    Raises:
        MissingInputError: there is none.
        ModelSchemaError: it is damaged, or learnt from another source or by other windows.
    """
    try:
        folder = inputs.path(model.CHAMPION)
        texts = [_text(folder / Path(file.path).name) for file in FILES]
        described = json.loads(_text(folder / Path(model.SCHEMA.path).name))
    except FileNotFoundError as error:
        lacking = [
            Path(file.path).name for file in (*FILES, model.SCHEMA) if not (folder / Path(file.path).name).is_file()
        ]
        if len(lacking) <= len(FILES):
            raise ModelSchemaError(f"{lacking[0]} is missing", where=model.CHAMPION.path) from error
        raise MissingInputError("there is none", where=model.CHAMPION.path) from error
    except ValueError as error:
        raise ModelSchemaError("its model.json is damaged", where=model.CHAMPION.path) from error
    stored = StoredModel.read(texts[0], texts[1], texts[2], described)
    require_source(described, inputs.json(source_facts.FILE))
    require_windows(described, inputs.section(CohortParams))
    return stored


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace")


def _unseen(rows: pd.DataFrame, description: dict[str, Any]) -> Any:
    """Return which rows have an as_of on which all that the champion learnt from was known; ISO dates as texts."""
    until = str(description["train_last_as_of"])
    known_on = str(description.get("train_labels_known_on") or until)
    return (rows["as_of"] > until) & (rows["as_of"] >= known_on)


def _scores(rows: pd.DataFrame, inputs: Inputs, stored: StoredModel) -> tuple[Floats, Floats]:
    """Return the champion's probabilities, and P(type | churn) by type, as_of by as_of.

    Raises:
        ModelSchemaError: the feature table does not fit it.
    """
    table = inputs.table(features.TABLE)
    wanted = [name for name in stored.schema.inputs if name in table.columns]
    score, shares = np.empty(len(rows)), np.empty((len(rows), len(CHURN_TYPES)))
    for day, part in rows.groupby("as_of", sort=True):
        own = table.filter(table.as_of == pd.Timestamp(str(day)).date()).select("subscriber_id", *wanted).to_pandas()
        matrix = encode(own.set_index("subscriber_id").loc[part["subscriber_id"]].reset_index(), stored.schema)
        score[part.index] = stored.probability(stored.raw_score(matrix))
        shares[part.index] = stored.type_shares(matrix)
    return score, shares


def champions_list(rows: pd.DataFrame, score: Floats, shares: Floats, inputs: Inputs) -> tuple[Any, Floats, Floats]:
    """Return whom the champion would have contacted, and the realised and the expected gain of its best action.

    Args:
        rows: evaluation rows.
        score: its churn probability of each.
        shares: P(type | churn), rows by types.
        inputs: of the stage.
    """
    policy = inputs.section(PrioritiseParams)
    own = pd.DataFrame(shares * score[:, None], columns=[f"own_{name}" for name in CHURN_TYPES])
    own = pd.concat([rows[KEY], own.assign(own_probability=score)], axis=1)
    table = inputs.frame(decisions.OPTIONS)
    table = table[table["open"] & table["action"].isin(policy.actions)]
    table = table.assign(as_of=pd.to_datetime(table["as_of"]).dt.strftime("%Y-%m-%d")).merge(own, on=KEY)
    touched = np.zeros(len(table))
    for name, action in policy.actions.items():
        sums = table[[f"own_{churn_type}" for churn_type in action.churn_types]].to_numpy(dtype=float).sum(axis=1)
        touched = np.where(table["action"] == name, sums, touched)
    table = gained(table.assign(touched_probability=touched, churn_probability=table["own_probability"]))
    chosen = [_plan(part, policy) for _, part in table.groupby("as_of", sort=True)]
    best = table.assign(chosen=pd.concat(chosen) if chosen else False)
    best = best.sort_values(["chosen", "expected_gain"], ascending=False, kind="stable").drop_duplicates(KEY)
    names = ["action", "offer_cost", "contact_cost", "save_rate", "take_up", "expected_gain", "chosen"]
    others = [name for name in rows.columns if name not in names]
    decided = rows[others].merge(best[[*KEY, *names]], on=KEY, how="left", validate="one_to_one")
    gain = realised_gain(decided, policy)
    return decided["chosen"].eq(True).to_numpy(dtype=bool), gain, decided["expected_gain"].to_numpy(dtype=float)


def _plan(table: pd.DataFrame, policy: PrioritiseParams) -> pd.Series:
    payer = table["account_id"] if policy.rules.one_per_account else table["subscriber_id"]
    gain = worthwhile(table["expected_gain"].to_numpy(np.float64), policy)
    group = pd.factorize(payer)[0].astype(np.int64)
    return pd.Series(solve(gain, group, limits(table, policy)).chosen, index=table.index)
