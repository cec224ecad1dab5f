"""Model health: in words that a manager understands, then in figures and charts."""

from __future__ import annotations

from typing import Any

import pandas as pd

from savedesk.pipeline.inputs import Inputs
from savedesk.schemas import figures
from savedesk.stages.report.amounts import decimals, number, percent
from savedesk.stages.report.blocks import Block, Page, chart, lines, more, page, pair, table
from savedesk.stages.report.model_figures import (
    MODEL,
    beside_baselines,
    common_bias,
    coverage,
    fairness,
    figures_table,
    off_by_more,
    overall,
    promised_and_made,
    slices_tables,
)
from savedesk.stages.report.wording import Wording, drawable, known

OPEN = 3  # tables of groups that stand open


def model_page(inputs: Inputs, wording: Wording) -> tuple[Page, list[str]]:
    """Return the page, and what it says in short."""
    metrics = inputs.frame(figures.METRICS)
    short = in_words(metrics, wording)
    whole = metrics[metrics["slice_by"] == "all"]
    if not len(whole):
        return page(wording, "model", wording.say("model_empty"), []), [wording.say("model_empty")]
    months = ", ".join(
        wording.day(day) for day in sorted(metrics.loc[metrics["slice_by"] == "as_of", "slice"].unique())
    )
    lede = wording.say(
        "model_note",
        rows=number(whole["rows"].max()),
        churners=number(whole["churners"].max()),
        months=months or wording.say("none"),
    )
    off = off_by_more(metrics, wording.messages)
    given = [
        lines(wording.say("model_short"), [*short[1:], *beside_baselines(metrics, wording.messages)]),
        pair(_calibration(inputs, wording), _gains(inputs, wording)),
        pair(_profit(inputs, wording), _survival(inputs, wording)),
        _figures(metrics, wording),
        lines(wording.say("slices_head"), [off["note"]], wording.say("slices_note")),
        lines(wording.say("fairness_head"), fairness(inputs.frame(figures.FAIRNESS), wording.messages)),
        more(wording.say("off_head"), [lines("", off["lines"])], number(len(off["lines"]))),
        *(_slices(part, wording) for part in slices_tables(metrics, wording.messages)),
    ]
    return page(wording, "model", short[0] if short else wording.say("page_model"), given, lede=lede), short


def in_words(metrics: pd.DataFrame, wording: Wording) -> list[str]:
    """Return ranking, calibration, money and intervals in a sentence each; what is not known is left out."""
    by_metric, said = overall(metrics), []
    lift = by_metric.get((MODEL, "lift_at_10pct"), {})
    if known(lift.get("value")):
        said.append(wording.say("lift_words", lift=decimals(1)(lift["value"])))
    bias = common_bias(metrics, wording.messages)
    if bias:
        key = "calibration_off_words" if bias["is_off"] else "calibration_words"
        said.append(wording.say(key, predicted=bias["predicted"], left=bias["left"]))
    amounts = promised_and_made(by_metric, wording.currency)
    if amounts:
        said.append(wording.say("money_words", promised=amounts["promised"], made=amounts["made"]))
    held = coverage(by_metric)
    if held:
        said.append(wording.say("interval_words", share=held["share"], groups=held["groups"], level=held["level"]))
    return said


def _calibration(inputs: Inputs, wording: Wording) -> Block:
    rows = [
        {name: drawable(row[name]) for name in ("predicted", "observed", "low", "high")}
        | {
            "predicted_t": percent(row["predicted"]),
            "observed_t": percent(row["observed"]),
            "rows_t": number(row["rows"]),
        }
        for row in inputs.frame(figures.CALIBRATION).to_dict("records")
    ]
    columns = [
        (wording.say("predicted"), "predicted_t", True),
        (wording.say("observed"), "observed_t", True),
        (wording.heading("name_rows"), "rows_t", True),
    ]
    return chart("calibration", wording.say("chart_calibration"), wording.say("alt_calibration"), rows, columns)


def _gains(inputs: Inputs, wording: Wording) -> Block:
    frame = inputs.frame(figures.GAINS)
    frame = frame[(frame["share"] * 100).round() % 2 == 0]
    rows = [
        {
            "model": wording.word("model", row["model"]),
            "share": drawable(row["share"]),
            "share_t": percent(row["share"], 0),
            "churn_caught": drawable(row["churn_caught"]),
            "churn_caught_t": percent(row["churn_caught"]),
        }
        for row in sorted(frame.to_dict("records"), key=lambda row: (row["model"] != MODEL, row["model"], row["share"]))
    ]
    columns = [
        (wording.say("ranked_by"), "model", False),
        (wording.say("contacted_share"), "share_t", True),
        (wording.say("churn_caught"), "churn_caught_t", True),
    ]
    return chart("gains", wording.say("chart_gains"), wording.say("alt_gains"), rows, columns)


def _profit(inputs: Inputs, wording: Wording) -> Block:
    rows = [
        {
            "ranking": wording.word("ranking", row["ranking"]),
            "contacts": drawable(row["contacts"]),
            "contacts_t": number(row["contacts"]),
            "realised_gain": drawable(row["realised_gain"]),
            "realised_gain_t": wording.money_text(row["realised_gain"]),
        }
        for row in inputs.frame(figures.PROFIT).to_dict("records")
    ]
    columns = [
        (wording.say("ranked_by"), "ranking", False),
        (wording.say("contacts"), "contacts_t", True),
        (wording.say("realised_gain"), "realised_gain_t", True),
    ]
    return chart("profit", wording.say("chart_profit"), wording.say("alt_profit"), rows, columns)


def _survival(inputs: Inputs, wording: Wording) -> Block:
    rows: list[dict[str, Any]] = [
        {
            "month": drawable(row["month"]),
            "sample": wording.word("sample", row["sample"]),
            "series": wording.say(column),
            "gone": drawable(row[column]),
            "gone_t": percent(row[column]),
        }
        for column in ("observed", "predicted")
        for row in inputs.frame(figures.SURVIVAL).to_dict("records")
    ]
    columns = [
        (wording.say("months_ahead"), "month", True),
        (wording.say("sample"), "sample", False),
        (wording.say("series"), "series", False),
        (wording.say("gone_share"), "gone_t", True),
    ]
    return chart("survival", wording.say("chart_survival"), wording.say("alt_survival"), rows, columns)


def _figures(metrics: pd.DataFrame, wording: Wording) -> Block:
    comparison = figures_table(metrics, wording.messages)
    columns = [(wording.say("figure"), False), *((name, True) for name in comparison["models"])]
    rows = [[line["label"], *(_two(cell) for cell in line["cells"])] for line in comparison["lines"]]
    return more(wording.say("figures_caption"), [table("", columns, rows)], number(len(rows)))


def _two(cell: dict[str, Any]) -> dict[str, Any]:
    return {"t": cell["value"], "v": cell["number"], "sub": cell["interval"]}


def _slices(part: dict[str, Any], wording: Wording) -> Block:
    columns = [
        (part["slice_by"], False),
        *((name, True) for name in (*part["columns"], wording.heading("name_rows"), wording.say("churners"))),
    ]
    rows = [
        [line["name"], *(_two(cell) for cell in line["cells"]), line["rows"], line["churners"]]
        for line in part["lines"]
    ]
    return more(wording.say("slices_caption", slice_by=part["slice_by"]), [table("", columns, rows)], number(len(rows)))
