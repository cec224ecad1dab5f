"""Whether the interval of a probability keeps its promise, seen from the outcomes."""

import numpy as np
import pytest
from scipy.special import expit, logit

from savedesk.stages.evaluate.coverage import coverage_figures


def with_interval(rows, half):
    middle = logit(rows["churn_probability"])
    ends = {"churn_probability_low": expit(middle - half), "churn_probability_high": expit(middle + half)}
    return rows.assign(fold=np.nan, **ends)


def test_groups_of_right_probabilities_are_inside_as_often_as_chance_says(simulate, settings):
    """An interval of no width: all that is left is the noise of the outcomes, at the level asked for."""
    rows = with_interval(simulate(20_000, months=4), 0.0)
    figures = coverage_figures(rows, 0.9, settings(coverage_bins=100))
    assert figures["interval_groups"].value == 400
    assert 0.86 <= figures["interval_coverage"].value <= 0.94
    assert figures["interval_level"].value == 0.9
    assert figures["interval_median_width"].value == pytest.approx(0, abs=1e-12)


def test_months_that_lie_off_are_inside_only_of_an_interval_that_allows_for_it(simulate, settings):
    rows = simulate(20_000, months=2)
    shifted = rows.assign(churn_probability=expit(logit(rows["churn_probability"]) + 0.5))
    covered = [
        coverage_figures(with_interval(shifted, half), 0.9, settings())["interval_coverage"].value for half in (0.05, 1)
    ]
    assert covered[0] < 0.2
    assert covered[1] == 1


def test_a_group_has_rows_enough_to_say_anything(simulate, settings):
    figures = coverage_figures(with_interval(simulate(100, months=2), 0.1), 0.9, settings(minimum_slice_rows=50))
    assert figures["interval_groups"].value == 2 * 2


def test_the_folds_of_a_snapshot_are_its_months(simulate, settings):
    rows = with_interval(simulate(500, months=1), 0.1)
    figures = coverage_figures(rows.assign(fold=np.arange(500) % 5), 0.9, settings(coverage_bins=4))
    assert figures["interval_groups"].value == 5 * 4


def test_without_an_interval_there_is_no_figure(simulate, settings):
    rows = with_interval(simulate(50), 0.1)
    assert coverage_figures(rows, None, settings()) == {}
    assert coverage_figures(rows.assign(churn_probability_low=np.nan), 0.9, settings()) == {}
