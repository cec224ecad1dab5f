"""One month of the operator after the other, for some of its lines."""

from __future__ import annotations

import numpy as np

from savedesk.params.simulator import SimulatorParams
from savedesk.schemas.complaints import CATEGORIES
from savedesk.schemas.truth import ACTIONS
from savedesk.simulator.actions import effects_of
from savedesk.simulator.arrears import Settlements
from savedesk.simulator.billing import NEVER, Bills, month_of_bills
from savedesk.simulator.calendar import days_in, first_day, last_day
from savedesk.simulator.campaigns import OUTCOMES, month_of_contacts, month_of_sales_calls
from savedesk.simulator.care import month_of_complaints
from savedesk.simulator.causes import Scene, lean_chance, let_hurts_fade
from savedesk.simulator.leaving import FOR_A_CAUSE, STAYS, Departures, month_of_departures
from savedesk.simulator.ledger import Ids, Labels, Ledger, absent_where
from savedesk.simulator.lines import Lines, Vector
from savedesk.simulator.master import write_subscribers
from savedesk.simulator.population import age_by, new_lines, no_accounts
from savedesk.simulator.prices import PlanChanges, change_plans, note_misfit, raise_prices, wake_the_shocked
from savedesk.simulator.surveys import month_of_surveys
from savedesk.simulator.truth import write_truth
from savedesk.simulator.usage import month_of_usage
from savedesk.simulator.world import World

SALES_ACTION, SALES_CAMPAIGN = "upsell", "sales"
EXIT_REASONS = ("better offer or service", "moved away or other")


class Operator:
    """A part of the simulated operator: its lines, and the ledger that it keeps from the first written month on."""

    def __init__(
        self, params: SimulatorParams, world: World, draw: np.random.Generator, ledger: Ledger, subscribers: int
    ) -> None:
        """Open the books with lines of every age.

        Args:
            params: section ``simulator``.
            world: the market that all lines share.
            draw: generator of this part alone.
            ledger: where it writes.
            subscribers: lines on the books at any time.
        """
        self.params, self.world, self.draw = params, world, draw
        self._subscribers = subscribers
        self.ledger = ledger
        self._writes = False
        self._until = first_day(world.first + params.burn_in_months + params.months)
        self.effects = effects_of(params)
        self._settlements = Settlements()
        self._bills: list[dict[str, Vector]] = []
        self._accounts = no_accounts()
        self._next_contact, self._next_ticket, self.next_number = 1, 1, subscribers + 1
        self.lines = new_lines(params, draw, world, self._accounts, 1, subscribers, world.first)
        age_by(params, draw, self.lines, world.first)
        self._settle_in(np.arange(subscribers), world.first)

    def live(self, month: int, *, writes: bool) -> None:
        """Live through a month: decide on its first day, then see what it brings."""
        self._writes = writes
        self._contact(month)
        self._depart(month)
        self._join(month)
        self._spend(month)
        self._look_ahead(month)

    def write_truth(self, month: int) -> None:
        """Write the true chances of the as_of that is the first day of a month."""
        write_truth(self.params, self.effects, self.lines, month, self.ledger)

    def close(self) -> None:
        """Write all bills, now that it is known which of the unpaid ones were settled later, and the lines."""
        self._write_bills()
        write_subscribers(self.params, self.lines, self.lines["activated"] < self._until, self.ledger)

    def _contact(self, month: int) -> None:
        contacts = month_of_contacts(self.params, self.draw, self.lines, self.effects, month)
        self.lines["contacted_on"][:] = 0
        self.lines.traits["contacted_on"][contacts.place] = contacts.day
        options = [self.params.actions.by_name[name] for name in ACTIONS]
        channels = sorted({option.channel for option in options})
        channel = np.array([channels.index(option.channel) for option in options])[contacts.action]
        self._write_contacts(
            contacts.place,
            contacted_on=contacts.day,
            campaign_id=Labels((f"R{month}",), np.zeros(len(contacts.place), dtype=np.int64)),
            channel=Labels(channels, channel),
            action=Labels(ACTIONS, contacts.action),
            arm=Labels(("treated", "control"), (~contacts.treated).astype(np.int64)),
            outcome=Labels(OUTCOMES, contacts.outcome, ~contacts.treated),
            cost=absent_where(contacts.cost, ~contacts.treated),
        )

    def _write_contacts(self, place: Vector, **columns: object) -> None:
        if not self._writes:
            return
        numbers = np.arange(self._next_contact, self._next_contact + len(place))
        self._next_contact += len(place)
        self.ledger.write(
            "contacts",
            contact_id=Ids("C", numbers),
            subscriber_id=Ids("S", self.lines["number"][place]),
            **columns,
        )

    def _depart(self, month: int) -> None:
        lines, risk = self.lines, self.params.hazard
        left = month_of_departures(self.params, self.draw, lines, self.effects)
        gone = (left.exits != STAYS) | (left.suspended & ~left.returns)
        day = np.maximum(days_in(self.draw, month, len(lines)), lines["contacted_on"])
        back = day + self.draw.integers(1, self.params.billing.return_days + 1, len(lines))
        self._settlements.add(lines["number"][left.returns], back[left.returns])
        ported = (left.exits == FOR_A_CAUSE) & (self.draw.random(len(lines)) < risk.port_share)
        self._write_departures(left, ported, day, back)
        lines["unpaid"] = np.where(left.returns, 0, lines["unpaid"])
        lines["stopped"] = lines["stopped"] & ~left.returns
        gone_by_account = np.bincount(lines["account"][gone], minlength=len(self._accounts.segment))
        lines["account_hurt"] = lines["account_hurt"] + gone_by_account[lines["account"]]
        gone |= lines["silent_months"] > risk.forgotten_months
        if self._writes:
            write_subscribers(self.params, lines, gone, self.ledger)
        lines.keep(~gone)

    def _write_departures(self, left: Departures, ported: Vector, day: Vector, back: Vector) -> None:
        if not self._writes:
            return
        none = left.exits != FOR_A_CAUSE
        for where, status, when in (
            (ported, "ported_out", day),
            ((left.exits != STAYS) & ~ported, "cancelled", day),
            (left.suspended, "suspended_arrears", day),
            (left.returns, "active", back),
        ):
            self.ledger.write(
                "status_changes",
                subscriber_id=Ids("S", self.lines["number"][where]),
                changed_on=when[where],
                status=np.full(int(where.sum()), status, dtype=object),
                reason=Labels(EXIT_REASONS, none[where].astype(np.int64), left.exits[where] == STAYS),
            )

    def _join(self, month: int) -> None:
        """Let new lines take the places of those that left."""
        count = self._subscribers - len(self.lines)
        if count > 0:
            new = new_lines(self.params, self.draw, self.world, self._accounts, self.next_number, count, month)
            self.next_number += count
            self.lines.add(new)
            self._settle_in(np.arange(len(self.lines) - count, len(self.lines)), month)

    def _settle_in(self, places: Vector, month: int) -> None:
        """Give lines that start the chances of the two months that come."""
        note_misfit(self.params, self.lines, places)
        new = self.lines.at(places)
        for ahead, (chance, cause) in enumerate((("chance", "cause"), ("chance_next", "cause_next"))):
            values, causes = lean_chance(self.params, new, self._scene(new, month, month + ahead))
            self.lines.traits[chance][places], self.lines.traits[cause][places] = values, causes

    def _spend(self, month: int) -> None:
        """See what the month brings: prices, use, bills, complaints, opinions, calls."""
        lines, params, world, draw, at = self.lines, self.params, self.world, self.draw, self.world.at(month)
        let_hurts_fade(params, lines)
        self._write_plan_changes(raise_prices(params, lines, world.rises[at], month), "operator", month)
        self._write_plan_changes(change_plans(params, draw, lines, month), "subscriber", month)
        severity = world.severity[at][lines["region"]]
        used = month_of_usage(params, draw, lines, severity, month)
        bills = month_of_bills(params, draw, lines, used, month)
        wake_the_shocked(params, draw, lines, bills.shock)
        lines["shock_hurt"] = lines["shock_hurt"] + np.maximum(bills.shock, 0)
        lines["network_hurt"] = lines["network_hurt"] + severity
        self._shrink_circles()
        self._complain(month)
        self._answer(month)
        place, day = month_of_sales_calls(params, draw, lines, month)
        self._write_sales(place, day)
        if self._writes:
            self._write_month(used, bills, month)

    def _shrink_circles(self) -> None:
        people, lines = self.params.population, self.lines
        lost = people.circle_loss * (self.draw.random(len(lines)) < people.circle_loss_rate)
        lines["circle_lost"] = np.minimum(1, people.circle_memory * lines["circle_lost"] + lost)

    def _look_ahead(self, month: int) -> None:
        """Let what was felt until now set the chance of the month after next."""
        lines = self.lines
        lines["chance"], lines["cause"] = lines["chance_next"], lines["cause_next"]
        scene = self._scene(lines, month, month + 2)
        lines["chance_next"], lines["cause_next"] = lean_chance(self.params, lines, scene)

    def _scene(self, lines: Lines, month: int, target: int) -> Scene:
        """Return the market of a month as it works on the decisions of a later one."""
        at, region, market = self.world.at(month), lines["region"], self.params.market
        below = self.params.surveys.quality_mean - self.world.quality[at]
        felt = (below * self.world.importance).mean(axis=1)
        gap = market.price_index_mean - self.world.price_index[at]
        return Scene(last_day(target), self.world.campaigns[at][region], gap[region], felt[region])

    def _write_plan_changes(self, changes: PlanChanges, by: str, month: int) -> None:
        if not self._writes:
            return
        names = [plan.plan_id for plan in self.params.plans]
        self.ledger.write(
            "plan_changes",
            subscriber_id=Ids("S", self.lines["number"][changes.place]),
            changed_on=np.full(len(changes.place), first_day(month)),
            old_plan_id=Labels(names, changes.old_plan),
            new_plan_id=Labels(names, changes.new_plan),
            old_fee=changes.old_fee,
            new_fee=changes.new_fee,
            initiated_by=np.full(len(changes.place), by, dtype=object),
        )

    def _complain(self, month: int) -> None:
        quality = self.world.quality[self.world.at(month)]
        tickets = month_of_complaints(self.params, self.draw, self.lines, quality, month)
        channel = self.draw.integers(0, 3, len(tickets.place))
        if not self._writes:
            return
        numbers = np.arange(self._next_ticket, self._next_ticket + len(tickets.place))
        self._next_ticket += len(numbers)
        still_open = tickets.closed > self._until
        self.ledger.write(
            "complaints",
            ticket_id=Ids("T", numbers),
            subscriber_id=Ids("S", self.lines["number"][tickets.place]),
            opened_at=tickets.opened,
            closed_at=absent_where(tickets.closed, still_open),
            category=Labels(CATEGORIES, tickets.category),
            channel=Labels(("hotline", "app", "store"), channel),
            escalated=tickets.escalated,
            reopened=absent_where(tickets.reopened, still_open),
            satisfied=absent_where(tickets.satisfied, still_open),
        )

    def _answer(self, month: int) -> None:
        answers = month_of_surveys(self.params, self.draw, self.world, self.lines, month)
        if self._writes:
            self.ledger.write(
                "surveys",
                subscriber_id=Ids("S", self.lines["number"][answers.place]),
                surveyed_on=answers.day,
                process=Labels((*CATEGORIES, "overall"), answers.process),
                score=answers.score,
                switch_intention=answers.intention,
                known_on=answers.known,
            )

    def _write_sales(self, place: Vector, day: Vector) -> None:
        every = np.zeros(len(place), dtype=np.int64)
        self._write_contacts(
            place,
            contacted_on=day,
            campaign_id=Labels((SALES_CAMPAIGN,), every),
            channel=Labels(("call",), every),
            action=Labels((SALES_ACTION,), every),
            arm=Labels(("treated",), every),
            outcome=Labels(("not_reached",), every, every == 0),
            cost=absent_where(np.zeros(len(place)), every == 0),
        )

    def _write_month(self, used: dict[str, Vector], bills: Bills, month: int) -> None:
        lines = self.lines
        seen = lines["silent_months"] <= self.params.hazard.silent_months
        self.ledger.write(
            "usage",
            subscriber_id=Ids("S", lines["number"][seen]),
            month=np.full(int(seen.sum()), first_day(month)),
            **{name: values[seen] for name, values in used.items()},
        )
        self._settlements.add(lines["number"][bills.settles], bills.paid[bills.settles])
        start, billed = (np.full(len(lines), day) for day in (first_day(month), last_day(month)))
        head = {"number": lines["number"], "month": start, "billed_on": billed, "paid": bills.paid}
        self._bills.append(head | bills.parts | {"due_on": bills.due, "discount_until": bills.discount_until})

    def _write_bills(self) -> None:
        all_bills = {name: np.concatenate([part[name] for part in self._bills]) for name in self._bills[0]}
        number, paid = all_bills.pop("number"), all_bills.pop("paid")
        discounted_until = all_bills.pop("discount_until")
        paid = self._settlements.paid_on(number, all_bills["billed_on"], paid)
        unpaid = paid > self._until
        self.ledger.write(
            "bills",
            subscriber_id=Ids("S", number),
            **all_bills,
            discount_until=absent_where(discounted_until, discounted_until == NEVER),
            paid_on=absent_where(paid, unpaid),
            paid_amount=absent_where(all_bills["total_due"], unpaid),
        )
