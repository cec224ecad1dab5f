"""Metrics of lists of equal size, where a simulator knows what each contact would change."""

from __future__ import annotations

from savedesk.metrics.declaration import HIDDEN, HIGHER, Metric, Place

ORDERS = {"by_probability": "churn probability", "by_value_at_risk": "churn probability x remaining value"}
ACTIONS = {
    "": "each with the action that `reason_actions` names first for the strongest reason",
    "_one_action": "all with the one action that earns most in hindsight",
    "_own_action": "each with the action that the policy expects most of",
}
RIVALS = {  # name of the list: what it is
    f"{order}{action}": f"as many subscribers sorted by {by}, {given}"
    for action, given in ACTIONS.items()
    for order, by in ORDERS.items()
}
ALLOWED, KNOWN = "tables_allow", "truth_known"
BOUNDS = {
    ALLOWED: "the policy's list if it knew the true rate of each action by reason",
    KNOWN: "the best list of the open options if it knew every subscriber's truth",
}
_AT_END = frozenset({Place.END})


def _metric(name: str, definition: str, kind: str, better: str = "", *, at_end: bool = False) -> Metric:
    places = _AT_END if at_end else HIDDEN
    return Metric(name, group="truth", definition=definition, range=kind, better=better, places=places, digits=2)


EQUAL_SIZE = (
    _metric(
        "true_gain_at_capacity_list",
        "true gain of the policy's list where every list has `capacity_share` of the scored as contacts and no other "
        "limit, mean over the as_of dates",
        "money",
        HIGHER,
        at_end=True,
    ),
    _metric("promised_gain_at_capacity", "expected gain of that list", "money"),
    *(_metric(f"true_gain_at_capacity_{name}", f"true gain of {what}", "money") for name, what in RIVALS.items()),
    *(_metric(f"true_gain_at_capacity_{name}", f"true gain of {what}", "money") for name, what in BOUNDS.items()),
    *(
        _metric(
            f"times_{name}",
            f"true gain of the own list / that of `{name}`; absent where that one loses money",
            "ratio",
            HIGHER,
            at_end=True,
        )
        for name in RIVALS
    ),
    *(_metric(f"ahead_of_{name}", f"true gain of the own list - that of `{name}`", "money", HIGHER) for name in RIVALS),
    *(
        _metric(f"share_of_{name}", f"true gain of the own list / that of `{name}`", "up to 1", HIGHER, at_end=True)
        for name in BOUNDS
    ),
)
