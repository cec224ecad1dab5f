"""Twins of the family competition."""

from tests.oracle.features.person import minus, newest


def known(p, column, lately=None):
    rows = [row for row in p.market if row[column] is not None]
    return [row for row in rows if lately is None or (row["month"] >= p.month(3)) == lately]


def value(p, column, lately=None):
    row = newest(known(p, column, lately), "month")
    return None if row is None else float(row[column])


def index(p):
    return value(p, "competitor_price_index")


TWINS = {
    "competitor_price_index": index,
    "competitor_campaigns_1m": lambda p: value(p, "competitor_campaigns"),
    "competitor_campaigns_3m": lambda p: float(
        sum(row["competitor_campaigns"] for row in known(p, "competitor_campaigns", lately=True))
    ),
    "competitor_price_index_lowest_3m": lambda p: min(
        (row["competitor_price_index"] for row in known(p, "competitor_price_index", lately=True)), default=None
    ),
    "competitor_price_change_3m": lambda p: minus(index(p), value(p, "competitor_price_index", lately=False)),
}
