"""Draw the pictures of docs/simulator.md and print its figures, from the outputs of a run of the source simulated.

.venv/bin/python scripts/draw_simulator.py [folder of the run] [folder for the pictures]
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import duckdb
import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from savedesk.schemas.truth import ACTIONS

BLUE, ORANGE, PURPLE, GREY = "#0f6c8c", "#c05a1f", "#7b5aa6", "#66757f"
TYPES = {"cancelled": BLUE, "arrears": ORANGE, "dormant": PURPLE}
WINDOW_MONTHS = 60 / 30.4375
mpl.rcParams.update({"font.size": 9, "axes.spines.top": False, "axes.spines.right": False, "legend.frameon": False})


class Run:
    """The outputs of a run as frames: labelled rows with their features, truth, contacts, bills, surveys."""

    def __init__(self, home: Path) -> None:
        """Open a run."""
        self._con = duckdb.connect()
        self._home = home

    def frame(self, query: str) -> pd.DataFrame:
        """Run a query in which {stage} stands for that stage's folder."""
        folders = {stage: self._home / "data" / stage for stage in ("ingest", "cohort", "features")}
        return self._con.execute(query.format(**folders)).df()

    def labelled(self, *features: str) -> pd.DataFrame:
        """Return every labelled row with some features."""
        columns = "".join(f", f.{name}" for name in features)
        return self.frame(
            f"SELECT k.as_of, k.churned, k.churn_type {columns} FROM '{{cohort}}/cohort.parquet' k "  # noqa: S608
            "JOIN '{features}/features/**/*.parquet' f USING (subscriber_id, as_of) WHERE k.churned IS NOT NULL"
        )


def months(run: Run, axes: Axes) -> None:
    """Churn a month by type."""
    rows = run.labelled()
    shares = pd.crosstab(rows["as_of"], rows["churn_type"].fillna("stays"), normalize="index")
    shares = shares[list(TYPES)] / WINDOW_MONTHS
    axes.stackplot(shares.index, *(shares[name] for name in TYPES), labels=list(TYPES), colors=list(TYPES.values()))
    axes.axhspan(0.01, 0.03, color=GREY, alpha=0.15, label="public band, 1 to 3 %")
    axes.set(title="Churn a month, by type", ylim=(0, 0.035))
    axes.tick_params(axis="x", rotation=45)
    total = shares.mean()
    print("churn a month", dict(total.round(4)), "all", round(total.sum(), 4))
    print("share of types", dict((total / total.sum()).round(3)))


def tenure(run: Run, axes: Axes) -> None:
    """Churn by tenure, and around the contract's end."""
    rows = run.labelled("months_since_activation", "days_to_contract_end")
    rows["tenure"] = pd.cut(rows["months_since_activation"], [0, 2, 4, 6, 9, 12, 18, 24, 36, 48, 60, 90, 120])
    free = rows[rows["days_to_contract_end"].isna()]
    for part, colour, label in ((rows, BLUE, "all lines"), (free, GREY, "lines without contract")):
        curve = part.groupby("tenure", observed=True)["churned"].mean() / WINDOW_MONTHS
        axes.plot([band.mid for band in curve.index], curve, marker="o", ms=3, color=colour, label=label)
        print("tenure", label, dict(zip([str(band) for band in curve.index], curve.round(4), strict=True)))
    axes.set(title="Churn a month, by tenure", xlabel="months on the books", ylim=(0, None))


def contract(run: Run, axes: Axes) -> None:
    """Churn around the contract's end."""
    rows = run.labelled("days_to_contract_end").dropna(subset=["days_to_contract_end"])
    rows["left"] = pd.cut(rows["days_to_contract_end"], range(-360, 391, 30))
    curve = rows.groupby("left", observed=True)["churned"].mean() / WINDOW_MONTHS
    axes.bar([band.mid for band in curve.index], curve, width=26, color=BLUE)
    axes.invert_xaxis()
    axes.set(title="Churn a month, around the contract's end", xlabel="days to the contract's end")
    print("contract", dict(zip([str(band) for band in curve.index], curve.round(4), strict=True)))


def complaints(run: Run, axes: Axes) -> None:
    """Churn after complaints."""
    rows = run.labelled("complaint_count_3m", "complaints_open", "complaints_repeated_12m")
    groups = {
        "none": rows["complaint_count_3m"] == 0,
        "1": rows["complaint_count_3m"] == 1,
        "2": rows["complaint_count_3m"] == 2,
        "3 or more": rows["complaint_count_3m"] >= 3,
        "one open": rows["complaints_open"] > 0,
        "repeated": rows["complaints_repeated_12m"] > 0,
    }
    _bars(axes, {name: rows.loc[where, "churned"] for name, where in groups.items()}, "complaint")
    axes.set(title="Churn a month, by complaints in 3 months")


def shock(run: Run, axes: Axes) -> None:
    """Churn after a bill above the own median."""
    rows = run.labelled("bill_shock_6m").dropna(subset=["bill_shock_6m"])
    bands = pd.cut(rows["bill_shock_6m"], [0, 1.1, 1.25, 1.5, 2, 3, 50])
    _bars(
        axes,
        {f"{band.left:g}-{band.right:g}": part for band, part in rows["churned"].groupby(bands, observed=True)},
        "bill shock",
    )
    axes.set(title="Churn a month, by worst bill of 6 months", xlabel="times the own median bill")


def _bars(axes: Axes, groups: dict[str, pd.Series], name: str) -> None:
    rates = [part.mean() / WINDOW_MONTHS for part in groups.values()]
    errors = [1.645 * np.sqrt(part.mean() * (1 - part.mean()) / len(part)) / WINDOW_MONTHS for part in groups.values()]
    axes.bar(list(groups), rates, yerr=errors, color=BLUE, ecolor=GREY)
    print(name, {key: round(rate, 4) for key, rate in zip(groups, rates, strict=True)})


def lorenz(run: Run, axes: Axes) -> None:
    """Who makes the margin: the bills of the last three months before the newest as_of."""
    bills = run.frame(
        "SELECT sum(total_due) AS paid FROM '{ingest}/bills.parquet' WHERE month >= (SELECT max(month) - INTERVAL 2 "
        "MONTH FROM '{ingest}/bills.parquet') GROUP BY subscriber_id"
    )["paid"].sort_values(ascending=False)
    lines, money = np.arange(1, len(bills) + 1) / len(bills), bills.cumsum() / bills.sum()
    axes.plot(lines, money, color=BLUE)
    axes.plot([0, 1], [0, 1], color=GREY, lw=0.8)
    top = float(money.iloc[len(bills) // 5 - 1])
    axes.plot([0.2, 0.2, 0], [0, top, top], color=ORANGE, ls=":", label=f"a fifth of the lines makes {top:.0%}")
    axes.set(title="Lorenz curve of what lines pay", xlabel="share of lines, largest first")
    axes.xaxis.set_major_formatter(PercentFormatter(1))
    print("top fifth", round(top, 3))


def effects(run: Run, axes: Axes) -> None:
    """Effect of past contacts, estimated from their arms, beside the truth."""
    rows = run.frame(
        "SELECT c.action, c.arm, k.churned::DOUBLE AS churned, t.* FROM '{ingest}/contacts.parquet' c "
        "JOIN '{cohort}/cohort.parquet' k ON k.subscriber_id = c.subscriber_id "
        "AND k.as_of = date_trunc('month', c.contacted_on) "
        "JOIN '{ingest}/truth.parquet' t ON t.subscriber_id = k.subscriber_id AND t.as_of = k.as_of "
        "WHERE k.churned IS NOT NULL AND c.campaign_id <> 'sales'"
    )
    rows["effect"] = (
        rows["churn_probability"]
        - np.column_stack([rows[f"with_{name}"] for name in ACTIONS])[
            np.arange(len(rows)), pd.Index(ACTIONS).get_indexer(rows["action"])
        ]
    )
    estimates = {}
    for name, part in [*rows.groupby("action"), ("all", rows)]:
        arms = [part.loc[part["arm"] == arm, "churned"] for arm in ("control", "treated")]
        error = 1.645 * np.sqrt(sum(arm.var() / len(arm) for arm in arms))
        estimates[name] = (arms[0].mean() - arms[1].mean(), error, part["effect"].mean())
    names, seen = list(estimates), np.array(list(estimates.values()))
    axes.errorbar(seen[:, 0], names, xerr=seen[:, 1], fmt="o", color=BLUE, ecolor=GREY, label="from the arms, 90 %")
    axes.plot(seen[:, 2], names, "x", color=ORANGE, label="truth")
    axes.axvline(0, color=GREY, lw=0.8)
    axes.xaxis.set_major_formatter(PercentFormatter(1))
    axes.set(title="Churn prevented by past contacts (points)")
    print("effects", {name: tuple(np.round(figures, 4)) for name, figures in estimates.items()})
    print("harmed among contacted", round(float((rows["effect"] < -1e-5).mean()), 4))
    print("effect deciles", rows["effect"].quantile([0, 0.05, 0.5, 0.95, 1]).round(4).to_dict())


def satisfaction(run: Run, axes: Axes) -> None:
    """Mean score of each process in each region."""
    rows = run.frame(
        "SELECT s.process, m.region, s.score FROM '{ingest}/surveys.parquet' s JOIN '{ingest}/subscribers.parquet' m "
        "USING (subscriber_id)"
    )
    table = rows.pivot_table(index="process", columns="region", values="score", aggfunc="mean")
    table = table[table.loc["overall"].sort_values().index]
    image = axes.imshow(table, aspect="auto", cmap="viridis")
    axes.set_yticks(range(len(table)), table.index)
    axes.set_xticks([])
    axes.set(title="Mean survey score", xlabel="31 regions, the least content first")
    axes.figure.colorbar(image, ax=axes, label="points of 10")
    print(
        "survey answers",
        len(rows),
        "overall by region",
        table.loc["overall"].min().round(2),
        table.loc["overall"].max().round(2),
    )


PANELS: tuple[Callable[[Run, Axes], None], ...] = (
    months,
    tenure,
    contract,
    complaints,
    shock,
    lorenz,
    effects,
    satisfaction,
)


def main(home: Path, pictures: Path) -> None:
    """Draw one picture a panel."""
    run = Run(home)
    pictures.mkdir(parents=True, exist_ok=True)
    for panel in PANELS:
        figure = Figure(figsize=(5.2, 3.2), layout="constrained")
        axes = figure.add_subplot()
        panel(run, axes)
        if panel is not effects and panel is not satisfaction:
            axes.yaxis.set_major_formatter(PercentFormatter(1, decimals=0 if panel is lorenz else 1))
        if axes.get_legend_handles_labels()[0]:
            axes.legend(fontsize=7)
        figure.savefig(pictures / f"simulator_{panel.__name__}.png", dpi=110)


if __name__ == "__main__":
    main(*(Path(word) for word in [*sys.argv[1:], *[".", "docs/pictures"][len(sys.argv) - 1 :]]))
