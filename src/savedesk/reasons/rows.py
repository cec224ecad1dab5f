"""Group a candidate's contributions into reasons that somebody can act on, and phrase them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from savedesk.locales.placeholders import fields
from savedesk.params.explain import ExplainParams
from savedesk.reasons.phrase import phrase
from savedesk.schemas.reasons import NO_REASON

SHOWN = 3
VALUE = "value"  # in a sentence: that of the feature itself


def reason_rows(
    keys: pd.DataFrame,
    values: pd.DataFrame,
    contributions: npt.NDArray[np.float64],
    dictionary: pd.DataFrame,
    language: str,
    rules: ExplainParams,
    facts: pd.DataFrame,
    no_reason: str,
) -> pd.DataFrame:
    """Return up to three reasons for each candidate, strongest first; ``none`` where there is nothing to act on.

    A reason weighs the sum of its features' contributions. It is shown if that raises the risk by at least
    ``minimum_contribution``, one of its features has something to say (a value within the range that its sentence makes
    sense of), and every part of the model has it among its own first ``agreed_top``: a reason that comes and goes with
    the seed is withheld.

    Args:
        keys: subscriber_id and as_of of the candidates.
        values: their features, the columns of ``contributions`` in order.
        contributions: TreeSHAP in log-odds, parts of the model x candidates x features; their mean is the model's.
        dictionary: feature dictionary.
        language: ``en`` or ``zh``.
        rules: section ``explain``.
        facts: all their features, whose values a sentence may tell as well.
        no_reason: what stands where there is no reason.
    """
    sentences = _sentences(dictionary, list(values.columns), language)
    reason = np.array([sentence.reason for sentence in sentences], dtype=object)
    names = sorted({sentence.reason for sentence in sentences if sentence.reason})
    if not names or not len(keys):
        return _without_reason(keys, no_reason)
    whole = contributions.mean(axis=0)
    speaking = np.where(_speaks(values, sentences), whole, -np.inf)
    voice = np.column_stack([_loudest(speaking, np.flatnonzero(reason == name)) for name in names])
    by_part = np.stack([contributions[:, :, reason == name].sum(axis=2) for name in names], axis=2)
    by_part = np.where(voice >= 0, by_part, -np.inf)
    weights = by_part.mean(axis=0)
    weights = np.where((weights >= rules.minimum_contribution) & _agreed(by_part, rules.agreed_top), weights, -np.inf)
    order = np.argsort(-weights, axis=1, kind="stable")[:, :SHOWN]
    rows = []
    for position in range(order.shape[1]):
        place = order[:, position]
        weight = np.take_along_axis(weights, place[:, None], axis=1)[:, 0]
        spoken = np.take_along_axis(voice, place[:, None], axis=1)[:, 0]
        shown = np.isfinite(weight)
        part = keys[shown].assign(
            position=position + 1,
            reason=np.array(names, dtype=object)[place[shown]],
            contribution=weight[shown],
        )
        rows.append(part.assign(**_phrased(facts[shown], values.columns, spoken[shown], sentences)))
    with_reason = pd.concat(rows, ignore_index=True)
    seen = pd.MultiIndex.from_frame(with_reason[["subscriber_id", "as_of"]])
    bare = keys[~pd.MultiIndex.from_frame(keys[["subscriber_id", "as_of"]]).isin(seen)]
    reasons: pd.DataFrame = pd.concat([with_reason, _without_reason(bare, no_reason)], ignore_index=True)
    return reasons


def _agreed(by_part: npt.NDArray[np.float64], top: int) -> npt.NDArray[np.bool_]:
    """Return which reasons raise the risk in every part of the model and are among its first ``top`` there."""
    places = np.argsort(np.argsort(-by_part, axis=2, kind="stable"), axis=2, kind="stable")
    return np.asarray(((places < top) & (by_part > 0)).all(axis=0))


@dataclass(frozen=True)
class _Sentence:
    """What the dictionary says of one feature, in the run's language."""

    reason: str | None
    sentence: str | None
    is_text: bool
    low: float
    high: float


def _sentences(dictionary: pd.DataFrame, names: list[str], language: str) -> list[_Sentence]:
    rows = {row["name"]: row for row in dictionary.to_dict("records")}
    return [_sentence_of(rows[name], language) for name in names]


def _sentence_of(row: dict[Any, Any], language: str) -> _Sentence:
    said = row[f"sentence_{language}"] if isinstance(row[f"sentence_{language}"], str) else row["sentence_en"]
    return _Sentence(
        row["reason"] if isinstance(row["reason"], str) else None,
        said if isinstance(said, str) else None,
        row["dtype"] == "string",
        -np.inf if pd.isna(row["speaks_from"]) else float(row["speaks_from"]),
        np.inf if pd.isna(row["speaks_to"]) else float(row["speaks_to"]),
    )


def _speaks(values: pd.DataFrame, sentences: list[_Sentence]) -> npt.NDArray[np.bool_]:
    """Return where a feature has a sentence and a value that the sentence makes sense of; a text value always does."""
    out = np.zeros(values.shape, dtype=bool)
    for place, sentence in enumerate(sentences):
        if sentence.sentence is None:
            continue
        column = values.iloc[:, place]
        if sentence.is_text:
            out[:, place] = column.notna().to_numpy()
        else:
            number = column.to_numpy(dtype=np.float64, na_value=np.nan)
            out[:, place] = (number >= sentence.low) & (number <= sentence.high)
    return out


def _loudest(speaking: npt.NDArray[np.float64], places: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Return for each row the place of the reason's feature that raises the risk most, -1 where none speaks."""
    best = places[np.argmax(speaking[:, places], axis=1)]
    silent = ~(np.take_along_axis(speaking, best[:, None], axis=1)[:, 0] > 0)
    loudest: npt.NDArray[np.int64] = np.where(silent, -1, best)
    return loudest


def _phrased(
    facts: pd.DataFrame, names: pd.Index, spoken: npt.NDArray[np.int64], sentences: list[_Sentence]
) -> dict[str, Any]:
    """Return feature and text of each row of facts, by the place of the feature that speaks."""
    feature = np.array(names, dtype=object)[spoken]
    text = np.empty(len(spoken), dtype=object)
    for place in np.unique(spoken):
        here = spoken == place
        sentence = sentences[place].sentence or ""
        given = {name: facts[name].to_numpy()[here] for name in fields(sentence) if name in facts}
        given[VALUE] = facts[names[place]].to_numpy()[here]
        rows = zip(*given.values(), strict=True)
        text[here] = [phrase(sentence, dict(zip(given, row, strict=True))) for row in rows]
    return {"feature": feature, "text": text}


def _without_reason(keys: pd.DataFrame, text: str) -> pd.DataFrame:
    return keys.assign(position=1, reason=NO_REASON, contribution=0.0, feature=None, text=text)
