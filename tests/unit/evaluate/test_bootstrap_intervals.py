"""The cluster bootstrap: whom it draws, whether its intervals keep their promise, and its slow, obvious twin."""

import numpy as np
import pytest
from sklearn.metrics import average_precision_score, brier_score_loss, log_loss, roc_auc_score

from savedesk.stages.evaluate.bootstrap import Resamples, Tally, amounts, figures_with_intervals
from savedesk.stages.evaluate.score_figures import FigureRows, PairedScores, ScoredRows


def drawn(codes, params):
    """Row weights of every resample."""
    return np.concatenate([counts.T[:, codes].copy() for counts in Resamples(codes, params).counts()])


def rate(sums):
    churners, rows = (totals[:, 0] for totals in sums)
    return {"rate": churners / rows}


def evidence(count, seed=1, scores=None):
    generator = np.random.default_rng(seed)
    chance = generator.beta(1, 6, count) if scores is None else generator.choice(scores, count)
    churned = (generator.random(count) < chance).astype(float)
    listed, gain = chance > 0.3, generator.normal(0, 10, count)
    people = np.arange(count) // 2
    return FigureRows(people, np.arange(count) % 2, chance, churned, generator.gamma(2, 100, count), listed, gain, gain)


def test_the_rows_of_a_subscriber_are_drawn_together(settings):
    weights = drawn(np.array([0, 1, 2, 0, 1, 2]), settings(bootstrap_rounds=20))
    assert (weights[:, :3] == weights[:, 3:]).all()
    assert (weights.sum(axis=1) == 6).all()


def test_the_seed_decides(settings):
    codes = np.arange(50)
    first, second, third = (drawn(codes, settings(seed=seed)) for seed in (1, 1, 2))
    assert (first == second).all()
    assert (first != third).any()


def test_sums_are_those_of_a_loop_over_groups(settings):
    generator, params = np.random.default_rng(3), settings()
    codes, group, value = generator.integers(0, 30, 90), generator.integers(0, 4, 90), generator.normal(size=90)
    codes[0] = 29
    tallies = [Tally(codes, group, 4, value), Tally(codes, group, 4)]
    sums = [np.concatenate(parts) for parts in zip(*Resamples(codes, params).sums(tallies), strict=True)]
    for place, weights in enumerate(drawn(codes, params)):
        for cell in range(4):
            there = group == cell
            assert sums[0][place, cell] == pytest.approx((weights * value)[there].sum())
            assert sums[1][place, cell] == weights[there].sum()


def test_nine_of_ten_intervals_hold_the_true_rate(settings):
    codes = np.repeat(np.arange(150), 2)
    resamples, held = Resamples(codes, settings(bootstrap_rounds=200)), 0
    for seed in range(100):
        churned = np.repeat(np.random.default_rng(seed).random(150) < 0.2, 2)  # both rows of a subscriber agree
        tallies = amounts(codes, churned.astype(float), np.ones(300))
        interval = figures_with_intervals(rate, tallies, resamples)["rate"]
        held += interval.low <= 0.2 <= interval.high
    assert 80 <= held <= 97


def test_repeating_every_row_does_not_narrow_the_interval(settings):
    churned = (np.random.default_rng(1).random(200) < 0.3).astype(float)

    def width(copies):
        outcome, codes = np.tile(churned, copies), np.tile(np.arange(200), copies)
        resamples = Resamples(codes, settings(bootstrap_rounds=100))
        figures = figures_with_intervals(rate, amounts(codes, outcome, np.ones(len(codes))), resamples)
        return figures["rate"].high - figures["rate"].low

    assert width(4) == pytest.approx(width(1))


def test_a_figure_that_cannot_be_made_has_no_interval(settings):
    codes = np.arange(5)
    absent = figures_with_intervals(
        lambda sums: {"auc": np.full(len(sums[0]), np.nan)}, amounts(codes, np.ones(5)), Resamples(codes, settings())
    )["auc"]
    assert np.isnan([absent.value, absent.low, absent.high]).all()


@pytest.mark.parametrize(("count", "scores"), [(600, None), (600, [0.05, 0.2, 0.6])])
def test_every_figure_of_a_resample_is_that_of_its_rows_one_by_one(settings, count, scores):
    given, params = evidence(count, scores=scores), settings(bootstrap_rounds=12)
    every = PairedScores({"model": ScoredRows(given, params, listing=True)})
    chunks = [every.figures(sums)["model"] for sums in Resamples(given.subscriber, params).sums(every.tallies)]
    figures = {name: np.concatenate([chunk[name] for chunk in chunks]) for name in chunks[0]}
    for place, weights in enumerate(drawn(given.subscriber, params)):
        twice = np.repeat(np.arange(count), weights.astype(int))
        alone = ScoredRows(given.at(twice), params, listing=True).point()
        y, p = given.churned[twice], given.score[twice]
        alone |= {
            "auc": roc_auc_score(y, p),
            "average_precision": average_precision_score(y, p),
            "log_loss": log_loss(y, p),
            "brier": brier_score_loss(y, p),
        }
        alone.pop("ece")  # its bins stay those of all rows
        if scores:  # which of equal scores stands first is no matter of the draw
            alone = {name: value for name, value in alone.items() if "_at_" not in name or "capacity" in name}
        for name, value in alone.items():
            assert figures[name][place] == pytest.approx(value, nan_ok=True), name


def test_taking_neighbours_together_does_not_move_the_ends(settings):
    given, params = evidence(6000), settings(bootstrap_rounds=60)
    scored = ScoredRows(given, params)
    chunks = [scored.figures(sums) for sums in Resamples(given.subscriber, params).sums(scored.tallies)]
    weights = drawn(given.subscriber, params)
    alone = [roc_auc_score(given.churned, given.score, sample_weight=weight) for weight in weights]
    precision = [average_precision_score(given.churned, given.score, sample_weight=weight) for weight in weights]
    losses = [log_loss(given.churned, given.score, sample_weight=weight) for weight in weights]
    for name, exact in (("auc", alone), ("average_precision", precision), ("log_loss", losses)):
        figures = np.concatenate([chunk[name] for chunk in chunks])
        assert np.abs(figures - exact).max() < 0.05 * np.std(exact), name
