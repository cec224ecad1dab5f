"""Print why a subscriber is on or off the list."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import pandas as pd
from rich.markup import escape
from rich.table import Table

from savedesk.numerals import Numeral
from savedesk.operations.review.show import ON_THE_LIST, Rule, Shown, call_by
from savedesk.operations.review.words import say
from savedesk.pipeline.terminal import Terminal, as_wide
from savedesk.policy.attributable_risk import explained_share
from savedesk.schemas.labels import CHURN_TYPES

LEAST_TOLD = 5e-4  # difference of a factor from 1
OPTION_HEADS = (
    *("name_action", "name_channel", "reason", "rate"),
    *("saved", "given_away", "contact_cost", "gain", "limits_cost", "net"),
)
PLAIN_WIDTH = 150  # where the output is no terminal


def console() -> Terminal:
    """Return where the commands around the list print: as wide as the terminal, and wide enough for a file."""
    return as_wide(PLAIN_WIDTH)


def tell(facts: Shown) -> None:
    """Print everything that decided."""
    out, language = console(), facts.language
    decision = facts.decision
    rank = "" if pd.isna(decision["rank"]) else f", {say('rank', language, rank=int(decision['rank']))}"
    head = f"{decision['subscriber_id']}  {facts.run.as_of}  {_decided(decision['decision'], language)}{rank}"
    out.print(f"[bold]{escape(head)}[/bold]")
    out.print(f"  {decision['why']}", markup=False)
    if not facts.run.newest:
        out.print(f"  {say('backtest', language)}", markup=False)
    if facts.policy_changed:
        out.print(f"  {say('policy_changed', language)}", style="yellow", markup=False)
    for table in (_risk(facts), _value(facts)):
        out.print(table)
    out.print(f"\n{say('reasons', language)}")
    if not len(facts.reasons):
        out.print(f"  {say('no_reasons', language)}", markup=False)
    for place, text in zip(facts.reasons["position"], facts.reasons["text"], strict=True):
        out.print(f"  {place}. {text}", markup=False)
    out.print(_rules(facts))
    if len(facts.options):
        out.print(_options(facts))
        for line in worked_out(facts):
            out.print(line, markup=False)
        out.print(_rates(facts))
    else:
        out.print(say("no_options", language), markup=False)
    for table in [_limits(facts), *([_account(facts)] if len(facts.account) else [])]:
        out.print(table)
    verdict = say("drawn" if facts.held_out else "not_drawn", language)
    share = facts.policy.hold_out_share
    out.print(say("draw", language, draw=facts.draw, share=share, verdict=verdict), markup=False)
    if facts.receipt:
        out.print(say("receipt", language, receipt=facts.receipt), markup=False, soft_wrap=True)


def table_of(title: str, heads: Sequence[str], rows: Sequence[Sequence[str]], left: int = 1) -> Table:
    """Return a table; the first ``left`` columns are texts, the others figures."""
    table = Table(title=escape(title), title_justify="left")
    for place, name in enumerate(heads):
        table.add_column(escape(name), justify="left" if place < left else "right", overflow="fold")
    for row in rows:
        table.add_row(*[escape(cell) for cell in row])
    return table


def _facts(title: str, rows: Sequence[Sequence[str]]) -> Table:
    table = Table(title=escape(title), title_justify="left", show_header=False)
    for justify in ("left", "right", "left"):
        table.add_column(justify=justify, overflow="fold")
    for row in rows:
        table.add_row(*[escape(cell) for cell in row])
    return table


def _risk(facts: Shown) -> Table:
    score, language = facts.score, facts.language
    low, high = score["churn_probability_low"], score["churn_probability_high"]
    between = "" if pd.isna(low) else say("interval", language, low=low, high=high)
    rows = [(say("churn_probability", language), f"{score['churn_probability']:.1%}", between)]
    for kind in CHURN_TYPES:
        text = say("of_it", language, type=say(f"value_{kind}", language))
        rows.append((text, f"{score[f'probability_{kind}']:.1%}", ""))
    rows.append((say("expected_days_to_churn", language), f"{score['expected_days_to_churn']:.0f}", ""))
    day = call_by(facts)
    rows += [(say("name_call_by", language), str(day), "")] if day else []
    return _facts(say("risk", language), rows)


def _value(facts: Shown) -> Table:
    value, language = facts.value, facts.language
    source = say(f"margin_source_{value['margin_source']}", language)
    rows = [
        (say("margin", language), _money(value["margin"]), source),
        (say("bad_debt_share", language), f"{value['bad_debt_share']:.1%}", ""),
        (say("discounted_months", language), f"{value['discounted_months']:.1f}", ""),
        (say("remaining_value", language), _money(value["remaining_value"]), ""),
        (say("name_value_at_risk", language), _money(value["value_at_risk"]), ""),
        (say("name_tier", language), say(f"value_{value['tier']}", language), ""),
    ]
    return _facts(say("value", language), rows)


def _rules(facts: Shown) -> Table:
    language, days = facts.language, facts.policy.rules.max_contacts_days
    rows = [
        (
            say(f"rule_{rule.name}", language, days=days),
            _figure(rule.figure, language),
            _figure(rule.limit, language),
            say(_verdict(rule), language),
        )
        for rule in facts.rules
    ]
    heads = ["", *(say(name, language) for name in ("figure", "limit", "name_verdict"))]
    return table_of(say("rules", language), heads, rows)


def _verdict(rule: Rule) -> str:
    if rule.kept:
        return "kept"
    return "no_sales" if rule.name == "open_complaints" else "broken"


def _options(facts: Shown) -> Table:
    language = facts.language
    rows = [
        (
            _action(facts, row["action"]),
            str(row["channel"]),
            str(row["reason"]),
            f"{row['save_rate']:.1%}",
            *(
                _money(row[name])
                for name in ("saved", "given_away", "contact_cost", "expected_gain", "limits_cost", "net")
            ),
            say(f"standing_{_standing(facts, row)}", language, least=facts.policy.minimum_gain),
        )
        for row in facts.options.to_dict("records")
    ]
    return table_of(say("options", language), [*(say(name, language) for name in OPTION_HEADS), ""], rows, left=3)


def _standing(facts: Shown, row: Any) -> str:
    """Return the word for what became of an option."""
    decided = facts.decision
    if decided["decision"] in ON_THE_LIST and (row["action"], row["channel"]) == (
        decided["action"],
        decided["channel"],
    ):
        return "chosen" if decided["decision"] == "contact" else "would"
    if not pd.isna(row["barred"]):
        return str(row["barred"])
    if row["open"] and row["expected_gain"] < facts.policy.minimum_gain:
        return "too_little"
    return "open" if row["open"] else "closed"


def worked_out(facts: Shown) -> list[str]:
    """Return the gain of the option decided on, else of the best one, term by term."""
    if not len(facts.options):
        return []
    decided = facts.decision
    own = (facts.options["action"] == decided["action"]) & (facts.options["channel"] == decided["channel"])
    row = facts.options[own].iloc[0] if own.any() else facts.options.iloc[0]
    action = _action(facts, row["action"])
    saved = f"{row['touched_probability']:.4f} x {row['save_rate']:.4f} x ({_money(row['remaining_value'])} - "
    given = f"(1 - {row['churn_probability']:.4f}) x {row['take_up']:.2f} x {_money(row['offer_cost'])}"
    terms = " - ".join(_money(row[name]) for name in ("saved", "given_away", "contact_cost"))
    return [
        say("best_worked_out", facts.language, action=action, channel=row["channel"]),
        "  p_a r (V - d) - (1 - p) u d - c",
        f"  = {saved}{_money(row['offer_cost'])}) - {given} - {_money(row['contact_cost'])}",
        f"  = {terms} = {_money(row['expected_gain'])}",
        *_attributable_risk(facts, row),
    ]


def _attributable_risk(facts: Shown, row: Any) -> list[str]:
    """Return how the rate of the option follows from that of its action and reason, where it differs."""
    cell = facts.rates[(facts.rates["action"] == row["action"]) & (facts.rates["reason"] == row["reason"])]
    weighed = facts.reasons[facts.reasons["reason"] == row["reason"]]
    if abs(row["rate_factor"] - 1) < LEAST_TOLD or cell.empty or weighed.empty:
        return []
    share = explained_share(weighed["contribution"]).iloc[0]
    rate, usual = cell.iloc[0][["save_rate", "usual_share"]]
    explanation = say("attributable_risk", facts.language, reason=row["reason"], share=share, usual=usual)
    product = f"{rate:.4f} x {row['rate_factor']:.3f}"
    if abs(rate * row["rate_factor"]) > 1:
        product = f"{'min(1' if rate > 0 else 'max(-1'}, {product})"
    return [f"  r = {product} = {row['save_rate']:.4f}: {explanation}"]


def _rates(facts: Shown) -> Table:
    language = facts.language
    rows = [
        (
            _action(facts, row["action"]),
            str(row["reason"]),
            f"{row['save_rate']:.1%} ({row['low']:.1%} - {row['high']:.1%})",
            f"{row['harm_chance']:.0%}" if row["save_rate_source"] == "measured" else "",
            say(f"rate_from_{row['save_rate_source']}", language, treated=row["treated"], control=row["control"]),
        )
        for row in facts.rates.to_dict("records")
    ]
    heads = [say(name, language) for name in ("name_action", "reason", "rate", "does_harm", "source")]
    return table_of(say("rates", language), heads, rows, left=5)


def _limits(facts: Shown) -> Table:
    rows = [
        (f"{row['limit']} ({row['unit']})", *(_money(row[name]) for name in ("available", "used", "shadow_price")))
        for row in facts.limits.to_dict("records")
    ]
    heads = ["", *(say(name, facts.language) for name in ("name_available", "name_used", "name_earns"))]
    return table_of(say("limits", facts.language), heads, rows)


def _account(facts: Shown) -> Table:
    language = facts.language
    rows = [
        (row["subscriber_id"], _decided(row["decision"], language), row["why"])
        for row in facts.account.to_dict("records")
    ]
    title = say("account_lines", language, account=facts.master.get("account_id"))
    return table_of(title, ["", "", ""], rows, left=3)


def _decided(code: object, language: str) -> str:
    return say(f"decision_{code}", language)


def _action(facts: Shown, name: str) -> str:
    known = facts.policy.actions.get(name)
    return str(getattr(known, facts.language)) if known else name


def _money(amount: float) -> str:
    return f"{Numeral(amount):,.2f}"


def _figure(value: Any, language: str) -> str:
    if value is None:
        return say("never", language)
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, bool):
        return say("yes" if value else "no", language)
    return f"{Numeral(value):,.2f}" if isinstance(value, float) else f"{value:,}"
