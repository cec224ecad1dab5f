"""One month of the operator after the other."""

from __future__ import annotations

import numpy as np

from savedesk.contracts.complaints import CATEGORIES
from savedesk.ingest.simulator.arrears import Settlements
from savedesk.ingest.simulator.billing import Bills, month_of_bills
from savedesk.ingest.simulator.calendar import days_in, first_day, last_day
from savedesk.ingest.simulator.campaigns import OUTCOMES, effect_on, month_of_contacts
from savedesk.ingest.simulator.care import month_of_complaints, month_of_surveys
from savedesk.ingest.simulator.hazard import fading, lean_chance, let_hurts_fade, suspensions, voluntary_exits
from savedesk.ingest.simulator.ledger import Ledger, absent_where, ids, labels
from savedesk.ingest.simulator.lines import Vector
from savedesk.ingest.simulator.market import (
    draw_regions,
    month_of_competition,
    month_of_incidents,
    severity_by_region,
)
from savedesk.ingest.simulator.population import SEGMENTS, age_by, new_lines, no_accounts
from savedesk.ingest.simulator.usage import month_of_usage
from savedesk.params.simulator import SimulatorParams


class Operator:
    """The simulated operator: its lines, its market, and the ledger that it keeps."""

    def __init__(self, params: SimulatorParams, month: int, last_known: int) -> None:
        """Open the books in a month, with lines of every age.

        Args:
            params: section ``simulator``.
            month: number of the first simulated month, burn-in included.
            last_known: day of the extraction; what lies after it is not written.
        """
        self.params = params
        self._end = last_known
        self._settlements = Settlements()
        self._bills: list[dict[str, Vector]] = []
        self.draw = np.random.default_rng(params.seed)
        self.accounts = no_accounts()
        self.regions = draw_regions(params, self.draw)
        self.lines = new_lines(params, self.draw, self.accounts, 1, params.subscribers, month)
        self.next_number, self.next_contact, self.next_ticket = params.subscribers + 1, 1, 1
        age_by(params, self.draw, self.lines, month)
        self.lines["mean_bill"] = np.zeros(len(self.lines))

    def live(self, month: int, ledger: Ledger | None) -> None:
        """Live through a month; write it down if there is a ledger."""
        lines, params, draw = self.lines, self.params, self.draw
        let_hurts_fade(params, lines)
        severity, campaigns = self._market(month, ledger)
        self._prices(month, ledger)
        used = month_of_usage(params, draw, lines, severity[lines["region"]], month)
        bills = month_of_bills(params, draw, lines, used, month)
        lines["shock_hurt"] = lines["shock_hurt"] + np.maximum(bills.shock, 0)
        lines["network_hurt"] = lines["network_hurt"] + severity[lines["region"]]
        self._care(month, ledger)
        chance = lean_chance(
            params, lines, month, campaigns[lines["region"]], self.regions.price_index[lines["region"]]
        )
        self._contact(chance, month, ledger)
        if ledger:
            self._write_month(ledger, used, bills, month)
        self._leave(chance, month, ledger)
        self._join(month + 1)

    def _market(self, month: int, ledger: Ledger | None) -> tuple[Vector, Vector]:
        names = self.params.population.regions
        incidents = month_of_incidents(self.params, self.draw, self.regions, month)
        campaigns = month_of_competition(self.params, self.draw, self.regions)
        if ledger:
            ongoing = incidents.ended > self._end
            ledger.write(
                "incidents",
                region=labels(names, incidents.region),
                started_at=incidents.started,
                ended_at=absent_where(incidents.ended, ongoing),
                severity=incidents.severity,
            )
            ledger.write(
                "market",
                region=labels(names, np.arange(len(names))),
                month=np.full(len(names), first_day(month)),
                competitor_price_index=self.regions.price_index.round(4),
                competitor_campaigns=campaigns,
            )
        return severity_by_region(incidents, len(names)), campaigns

    def _prices(self, month: int, ledger: Ledger | None) -> None:
        """Let some plans' fees rise for those who have been on them long enough, and some subscribers change plan."""
        lines, prices, draw = self.lines, self.params.prices, self.draw
        rising = draw.random(len(self.params.plans)) < prices.rise_chance
        share = np.where(rising, draw.uniform(*prices.rise_range, len(rising)), 0.0)[lines["plan"]]
        old_enough = last_day(month) - lines["activated"] > prices.rise_minimum_tenure * 30
        share = np.where(old_enough, share, 0.0)
        risen = share > 0
        before = self._fee()
        lines["fee_factor"] = lines["fee_factor"] * (1 + share)
        lines["rise_hurt"] = lines["rise_hurt"] + share
        self._write_plan_change(ledger, risen, lines["plan"], before, "operator", first_day(month))
        pull = prices.change_rate * (1 + prices.change_after_rise * lines["rise_hurt"])
        wants = (draw.random(len(lines)) < pull) & ~risen & ~lines["silent"]
        wants &= lines["activated"] < first_day(month)
        old_plan, before = lines["plan"], self._fee()
        step = np.where(draw.random(len(lines)) < 0.5 + 2 * lines["rise_hurt"], -1, 1)
        plan = np.clip(old_plan + step, 0, len(self.params.plans) - 1)
        changed = wants & (plan != old_plan)
        lines["plan"] = np.where(changed, plan, old_plan)
        lines["fee_factor"] = np.where(changed, 1.0, lines["fee_factor"])
        self._write_plan_change(ledger, changed, old_plan, before, "subscriber", first_day(month))

    def _fee(self) -> Vector:
        fees = np.array([plan.monthly_fee for plan in self.params.plans])
        fee: Vector = (fees[self.lines["plan"]] * self.lines["fee_factor"]).round(2)
        return fee

    def _write_plan_change(
        self, ledger: Ledger | None, where: Vector, old_plan: Vector, old_fee: Vector, by: str, day: int
    ) -> None:
        if not ledger or not where.any():
            return
        names = tuple(plan.plan_id for plan in self.params.plans)
        count = int(where.sum())
        ledger.write(
            "plan_changes",
            subscriber_id=ids("S", self.lines["number"][where]),
            changed_on=np.full(count, day),
            old_plan_id=labels(names, old_plan[where]),
            new_plan_id=labels(names, self.lines["plan"][where]),
            old_fee=old_fee[where],
            new_fee=self._fee()[where],
            initiated_by=np.full(count, by, dtype=object),
        )

    def _care(self, month: int, ledger: Ledger | None) -> None:
        tickets = month_of_complaints(self.params, self.draw, self.lines, month)
        answers = month_of_surveys(self.params, self.draw, self.lines, month)
        if not ledger:
            return
        count = len(tickets.place)
        still_open = tickets.closed > self._end
        ledger.write(
            "complaints",
            ticket_id=ids("T", np.arange(self.next_ticket, self.next_ticket + count)),
            subscriber_id=ids("S", self.lines["number"][tickets.place]),
            opened_at=tickets.opened,
            closed_at=absent_where(tickets.closed, still_open),
            category=labels(CATEGORIES, tickets.category),
            channel=labels(("hotline", "app", "store"), self.draw.integers(0, 3, count)),
            escalated=tickets.escalated,
            reopened=absent_where(tickets.reopened, still_open),
            satisfied=absent_where(tickets.satisfied, still_open),
        )
        self.next_ticket += count
        ledger.write(
            "surveys",
            subscriber_id=ids("S", self.lines["number"][answers["place"]]),
            surveyed_on=answers["day"],
            process=labels((*CATEGORIES, "overall"), answers["process"]),
            score=answers["score"],
            switch_intention=answers["intention"],
            known_on=answers["known"],
        )

    def _contact(self, chance: Vector, month: int, ledger: Ledger | None) -> None:
        made = month_of_contacts(self.params, self.draw, self.lines, chance, month)
        if not ledger:
            return
        actions, count = self.params.campaigns.actions, len(made.place)
        ledger.write(
            "contacts",
            contact_id=ids("C", np.arange(self.next_contact, self.next_contact + count)),
            subscriber_id=ids("S", self.lines["number"][made.place]),
            contacted_on=made.day,
            campaign_id=np.full(count, f"M{month}", dtype=object),
            channel=labels(tuple(one.channel for one in actions), made.action),
            action=labels(tuple(one.name for one in actions), made.action),
            arm=np.where(made.treated, "treated", "control").astype(object),
            outcome=absent_where(labels(OUTCOMES, made.outcome), ~made.treated),
            cost=absent_where(made.cost, ~made.treated),
        )
        self.next_contact += count

    def _write_month(self, ledger: Ledger, used: dict[str, Vector], bills: Bills, month: int) -> None:
        lines = self.lines
        seen = lines["silent_months"] <= self.params.hazard.silent_months
        number = ids("S", lines["number"])
        start = np.full(len(lines), first_day(month))
        ledger.write("usage", subscriber_id=number[seen], month=start[seen], **{k: v[seen] for k, v in used.items()})
        self._settlements.add(lines["number"][bills.settles], bills.paid[bills.settles])
        billed = np.full(len(lines), last_day(month))
        self._bills.append(
            {"number": lines["number"], "month": start, "billed_on": billed, "paid": bills.paid}
            | bills.parts
            | {"due_on": bills.due}
        )

    def write_bills(self, ledger: Ledger) -> None:
        """Write all bills, once it is known which of the unpaid ones were settled later."""
        all_bills = {name: np.concatenate([part[name] for part in self._bills]) for name in self._bills[0]}
        number, paid = all_bills.pop("number"), all_bills.pop("paid")
        paid = self._settlements.paid_on(number, all_bills["billed_on"], paid)
        unpaid = paid > self._end
        ledger.write(
            "bills",
            subscriber_id=ids("S", number),
            **all_bills,
            paid_on=absent_where(paid, unpaid),
            paid_amount=absent_where(all_bills["total_due"], unpaid),
        )

    def _leave(self, chance: Vector, month: int, ledger: Ledger | None) -> None:
        """Decide who leaves in the next month, so that the month just lived is all that could be seen before."""
        lines, params, draw = self.lines, self.params, self.draw
        exits = voluntary_exits(params, draw, lines, chance, effect_on(params, lines, "cancelled"))
        fading(params, draw, lines, effect_on(params, lines, "dormant"))
        suspended = suspensions(params, draw, lines, effect_on(params, lines, "arrears")) & (exits == 0)
        returns = suspended & (draw.random(len(lines)) < params.billing.return_share)
        day = days_in(draw, month + 1, len(lines))
        ported = (exits == 1) & (draw.random(len(lines)) < params.hazard.port_share)
        back = day + draw.integers(1, params.billing.return_days + 1, len(lines))
        self._settlements.add(lines["number"][returns], back[returns])
        if ledger:
            reason = np.where(exits == 1, "better offer or service", "moved away or other").astype(object)
            for where, status, when in (
                (ported, "ported_out", day),
                ((exits > 0) & ~ported, "cancelled", day),
                (suspended, "suspended_arrears", day),
                (returns, "active", back),
            ):
                ledger.write(
                    "status_changes",
                    subscriber_id=ids("S", lines["number"][where]),
                    changed_on=when[where],
                    status=np.full(int(where.sum()), status, dtype=object),
                    reason=absent_where(reason[where], exits[where] == 0),
                )
        lines["unpaid"] = np.where(returns, 0, lines["unpaid"])
        lines["stopped"] = lines["stopped"] & ~returns
        gone = (exits > 0) | (suspended & ~returns)
        left = np.bincount(lines["account"][gone], minlength=len(self.accounts.segment))
        lines["account_hurt"] = lines["account_hurt"] + left[lines["account"]]
        forgotten = lines["silent_months"] > 2 * params.hazard.silent_months
        if ledger:
            self._write_master(ledger, gone | forgotten)
        lines.keep(~gone & ~forgotten)

    def _join(self, month: int) -> None:
        """Let new lines take the places of those that left."""
        count = self.params.subscribers - len(self.lines)
        if count > 0:
            self.lines.add(new_lines(self.params, self.draw, self.accounts, self.next_number, count, month))
            self.next_number += count

    def write_master_data(self, ledger: Ledger) -> None:
        """Write the plans and the lines that are still there."""
        plans = self.params.plans
        fields = [name for name in type(plans[0]).model_fields if name not in {"plan_id", "name"}]
        texts = {name: np.array([getattr(one, name) for one in plans], dtype=object) for name in ("plan_id", "name")}
        ledger.write(
            "plans", **texts, **{name: np.array([float(getattr(one, name)) for one in plans]) for name in fields}
        )
        self._write_master(ledger, np.ones(len(self.lines), dtype=bool))

    def _write_master(self, ledger: Ledger, where: Vector) -> None:
        """Write the subscribers marked, as they stand; whoever starts after the extraction is not known yet."""
        where = where & (self.lines["activated"] < self._end)
        own = {name: values[where] for name, values in self.lines.traits.items()}
        people = self.params.population
        region = labels(people.regions, own["region"])
        unbound = own["term"] == 0
        ledger.write(
            "subscribers",
            subscriber_id=ids("S", own["number"]),
            account_id=ids("A", own["account"]),
            segment=labels(SEGMENTS, own["segment"]),
            region=region,
            city=region + " " + (own["city"] + 1).astype(str).astype(object),
            birth_year=absent_where(own["birth_year"], ~own["birth_known"]),
            activated_on=own["activated"],
            plan_id=labels(tuple(plan.plan_id for plan in self.params.plans), own["plan"]),
            contract_start=absent_where(own["contract_start"], unbound),
            contract_end=absent_where(own["contract_end"], unbound),
            payment_method=labels(people.payment_methods, own["payment"]),
            acquisition_channel=labels(people.sales_channels, own["sales"]),
            contact_allowed=own["consent"],
            blocklisted=own["blocked"],
        )
