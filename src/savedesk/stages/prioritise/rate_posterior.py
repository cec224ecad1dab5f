"""What to believe of the save rates of an action, by its prior and by what its contacts show.

Mostly the prior is about right. Sometimes it is wrong: one rate is overrated, or all those of the action, or the action
keeps nobody and drives people away. A save rate acts on those who would leave, a harm on those who would stay: what
reminds or annoys makes some of them leave, whatever its reason. For the list a harm counts as what it takes from the
rate of the would-be churners.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import logsumexp
from scipy.stats import norm

from savedesk.params.prioritise import Learning

Vector = npt.NDArray[np.float64]

SMALLEST = 1e-6  # error of an opinion that is held to be certain
SUMS = [  # over the contacts of an action for a reason
    "sharpness",  # of the rate: 1 / variance
    "pull",  # rate x sharpness
    "harm_sharpness",  # the same of the harm
    "harm_pull",
    "stayers",  # would-be
    "leavers",  # would-be, weighed by the strength of their reason
]
FIGURES = ["mean", "variance", "below"]  # of a belief, that are means over explanations


@dataclass(frozen=True)
class Belief:
    """Rates as believed under one explanation.

    Args:
        mean: of each rate, share of the would-be churners.
        variance: of each rate.
        below: chance that each rate lies below 0.
        fit: how well it explains what is seen, log of the likelihood beside that of no effect at all.
    """

    mean: Vector
    variance: Vector
    below: Vector
    fit: Vector


def rate_posterior(cells: pd.DataFrame, learning: Learning) -> pd.DataFrame:
    """Return save_rate, error (standard), harm_chance and measured of each cell, in the order of the cells.

    An explanation counts by what the contacts add to its chance: without any the prior stays what it is.

    Args:
        cells: action, reason, prior, treated, control, and the sums of ``SUMS``.
        learning: ``minimum_contacts`` in the smaller arm of an action are needed, else its priors stay.
    """
    rates = [_of_action(part, learning) for _, part in cells.groupby("action", sort=False)]
    return pd.concat(rates).reindex(cells.index)


def _of_action(cells: pd.DataFrame, learning: Learning) -> pd.DataFrame:
    measured = bool(cells[["treated", "control"]].sum().min() >= learning.minimum_contacts)
    if not measured:
        cells = cells.assign(**dict.fromkeys(SUMS, 0.0))
    beliefs = [_each_by_itself(cells, learning), _all_overrated(cells, learning), _harmful(cells, learning)]
    shares = np.array([1 - learning.wrong_share - learning.harm_share, learning.wrong_share, learning.harm_share])
    chances = _chances(shares[:, None], np.array([[belief.fit.sum()] for belief in beliefs]))
    mixed = _mixed(chances, beliefs, chances.sum(axis=0))
    columns = {
        "save_rate": mixed.mean,
        "error": np.sqrt(mixed.variance),
        "harm_chance": mixed.below,
        "measured": measured,
    }
    return pd.DataFrame(columns, index=cells.index)


def _chances(shares: Vector, fits: Vector) -> Vector:
    """Return what the contacts add to the chance of each explanation but the first, which gets the rest; by column."""
    with np.errstate(divide="ignore"):
        logs = np.log(shares) + fits
    chances, rest = np.exp(logs - logsumexp(logs, axis=0))[1:], shares[1:]
    added = np.maximum(0.0, (chances - rest) / (1 - rest))
    return np.concatenate([1 - added.sum(axis=0, keepdims=True), added])


def _mixed(chances: Vector, beliefs: list[Belief], fit: Vector) -> Belief:
    means, variances, below = (np.array([getattr(belief, name) for belief in beliefs]) for name in FIGURES)
    mean = (chances * means).sum(axis=0)
    variance = (chances * (variances + (means - mean) ** 2)).sum(axis=0)
    return Belief(mean, variance, (chances * below).sum(axis=0), fit)


def _each_by_itself(cells: pd.DataFrame, learning: Learning) -> Belief:
    """Each rate lies around its prior by ``prior_error``, or one in so many (``wrong_share``) is overrated.

    A spike and a slab (Mitchell and Beauchamp 1988, "Bayesian variable selection in linear regression", Journal of the
    American Statistical Association 83), but the slab lies below the prior only: the list prefers what is overrated, so
    that good news needs more proof than bad.
    """
    prior, sharpness, pull = (_values(cells, name) for name in ("prior", "sharpness", "pull"))
    right = _around(prior, sharpness, pull, learning)
    base = pull * prior - sharpness * prior**2 / 2
    less = _half_normal(sharpness, sharpness * prior - pull, learning.wrong_error)
    wrong = _normal(prior - less.mean, less.variance, base + less.fit)
    shares = np.array([[1 - learning.wrong_share], [learning.wrong_share]])
    with np.errstate(divide="ignore"):
        fit = logsumexp(np.log(shares) + np.array([right.fit, wrong.fit]), axis=0)
    return _mixed(_chances(shares, np.array([right.fit, wrong.fit])), [right, wrong], fit)


def _all_overrated(cells: pd.DataFrame, learning: Learning) -> Belief:
    """All rates of the action are lower than their priors by one and the same, a half-normal of ``wrong_error``."""
    prior, sharpness, pull = (_values(cells, name) for name in ("prior", "sharpness", "pull"))
    right = _around(prior, sharpness, pull, learning)
    own = _precision(learning.prior_error) / (sharpness + _precision(learning.prior_error))
    pulled = (sharpness * prior - pull) * own
    less = _half_normal(_total(sharpness * own), _total(pulled), learning.wrong_error)
    variance = right.variance + own**2 * less.variance
    return _normal(right.mean - own * less.mean, variance, right.fit + less.fit / len(cells))


def _harmful(cells: pd.DataFrame, learning: Learning) -> Belief:
    """The action keeps nobody, and would-be stayers leave for it: a part of them, a half-normal of ``harm_error``."""
    sharpness, pull = (_total(_values(cells, name)) for name in ("harm_sharpness", "harm_pull"))
    harm = _half_normal(sharpness, pull, learning.harm_error)
    taken = _stayers_a_leaver(cells, learning)
    fit = harm.fit.repeat(len(cells)) / len(cells)
    return Belief(-taken * harm.mean, taken**2 * harm.variance, np.ones(len(cells)), fit)


def _around(prior: Vector, sharpness: Vector, pull: Vector, learning: Learning) -> Belief:
    spike = _precision(learning.prior_error)
    mean = (pull + prior * spike) / (sharpness + spike)
    moved = (pull - sharpness * prior) ** 2 / (sharpness + spike) + np.log(spike / (sharpness + spike))
    return _normal(mean, 1 / (sharpness + spike), pull * prior - sharpness * prior**2 / 2 + moved / 2)


def _normal(mean: Vector, variance: Vector, fit: Vector) -> Belief:
    return Belief(mean, variance, norm.cdf(-mean / np.sqrt(variance)), fit)


def _half_normal(sharpness: Vector, pull: Vector, error: float) -> Belief:
    """Return what is believed of a figure above 0 that was thought to be a half-normal of that error."""
    own = _precision(error)
    spread = 1 / np.sqrt(sharpness + own)
    place = pull * spread
    tail = np.exp(norm.logpdf(place) - norm.logcdf(place))
    variance = np.maximum(spread**2 * (1 - tail * (place + tail)), 0.0)
    fit = np.log(2 * spread * np.sqrt(own)) + place**2 / 2 + norm.logcdf(place)
    return Belief(spread * (place + tail), variance, np.zeros_like(place), fit)


def _precision(error: float) -> float:
    return float(max(error, SMALLEST) ** -2)


def _stayers_a_leaver(cells: pd.DataFrame, learning: Learning) -> Vector:
    """Return how many would-be stayers there are to a would-be leaver: of a cell with few contacts, of its action."""
    everybody = max(1, int(cells[["treated", "control"]].to_numpy().sum()))
    usual = learning.minimum_contacts / everybody
    stayers, leavers = (_values(cells, name) + usual * cells[name].sum() for name in ("stayers", "leavers"))
    ratio: Vector = np.divide(stayers, leavers, out=np.zeros(len(cells)), where=leavers > 0)
    return ratio


def _total(parts: Vector) -> Vector:
    """Return the sum as a vector of one."""
    return np.array([parts.sum()])


def _values(cells: pd.DataFrame, name: str) -> Vector:
    return cells[name].to_numpy(np.float64)
