"""What to believe of a save rate: the prior is about right, or wrong altogether, or the action drives people away.

A save rate acts on those who would leave, a harm on those who would stay: a contact that reminds or annoys makes some
of them leave. Both are told apart by who was contacted, and the harm of an action is one for all its reasons. For the
list a harm is told as what it takes from the rate of the would-be churners.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import expit, logit
from scipy.stats import norm

from savedesk.params.prioritise import Learning

Vector = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

SMALLEST = 1e-6  # error of an opinion that is held to be certain
RATE = ["sharpness", "pull"]  # of the rate: 1 / variance, and rate x that
HARM = ["harm_sharpness", "harm_pull", "overlap"]  # of the harm, and how alike both look
PEOPLE = ["stayers", "leavers"]  # would-be, the leavers weighed by the strength of their reason
SUMS = [*RATE, *HARM, *PEOPLE]


@dataclass(frozen=True)
class Belief:
    """The rate of each cell as believed under one explanation.

    Args:
        mean: of the rate, share of the would-be churners.
        variance: of the rate.
    """

    mean: Vector
    variance: Vector


def rate_posterior(cells: pd.DataFrame, learning: Learning) -> pd.DataFrame:
    """Return save_rate, error (standard) and measured of each cell, in the order of the cells.

    Two explanations are weighed for each action: its contacts do no harm, and each of its rates lies around the prior
    or is wrong altogether (``_harmless``); or they drive stayers away, all reasons alike (``_harmful``). Of the second
    only what the contacts add to its chance counts: without any the prior stays what it is.

    Args:
        cells: action, reason, prior, treated, control, and the sums of ``SUMS`` over its contacts.
        learning: ``minimum_contacts`` in the smaller arm are needed of a cell for its rate, of an action for its harm.
    """
    rate_known = _enough(cells[["treated", "control"]], learning)
    arms = cells.groupby("action")[["treated", "control"]].transform("sum")
    harm_known = _enough(arms, learning)
    harmless, fit = _harmless(cells, rate_known, learning)
    harmful, chance = _harmful(cells, rate_known, harm_known, fit, learning)
    mean = (1 - chance) * harmless.mean + chance * harmful.mean
    between = chance * (1 - chance) * (harmless.mean - harmful.mean) ** 2
    error = np.sqrt((1 - chance) * harmless.variance + chance * harmful.variance + between)
    seen = rate_known & (cells["sharpness"] > 0).to_numpy()
    return pd.DataFrame({"save_rate": mean, "error": error, "measured": seen | (chance > 0)}, index=cells.index)


def _enough(arms: pd.DataFrame, learning: Learning) -> Flags:
    return (arms.min(axis=1) >= learning.minimum_contacts).to_numpy()


def _precision(error: float) -> float:
    return float(max(error, SMALLEST) ** -2)


def _harmless(cells: pd.DataFrame, known: Flags, learning: Learning) -> tuple[Belief, Vector]:
    """Return the belief in rates that are about right or wrong, and the log of how well that explains, by cell.

    The truth lies around the prior as a normal distribution of ``prior_error``, or with the chance ``wrong_share`` of
    ``wrong_error``: a spike and a slab (Mitchell and Beauchamp 1988, "Bayesian variable selection in linear
    regression", Journal of the American Statistical Association 83). What is seen decides how likely the slab is, but
    only below the prior: the list prefers what is overrated, so that good news needs more proof than bad. How well is
    told beside the spike alone.
    """
    spike, slab = _precision(learning.prior_error), _precision(learning.wrong_error)
    prior = cells["prior"].to_numpy(np.float64)
    sharpness, pull = (np.where(known, cells[name].to_numpy(np.float64), 0.0) for name in RATE)
    apart = np.divide(pull, sharpness, out=prior.copy(), where=sharpness > 0) - prior
    near, far = sharpness / (sharpness + spike), sharpness / (sharpness + slab)
    gap = np.log(spike * (sharpness + slab) / slab / (sharpness + spike)) / 2 - apart**2 * sharpness * (far - near) / 2
    share = np.where(apart < 0, learning.wrong_share, 0.0)
    wrong = expit(logit(share) - gap)
    fit = np.logaddexp(np.log1p(-share), _log(share) - gap)
    variance = (1 - wrong) / (sharpness + spike) + wrong / (sharpness + slab)
    between = wrong * (1 - wrong) * ((far - near) * apart) ** 2
    mean = prior + ((1 - wrong) * near + wrong * far) * apart
    return Belief(mean, variance + between), fit


def _log(share: Vector) -> Vector:
    return np.log(share, out=np.full_like(share, -np.inf), where=share > 0)


def _harmful(
    cells: pd.DataFrame, known: Flags, harm_known: Flags, fit: Vector, learning: Learning
) -> tuple[Belief, Vector]:
    """Return the belief in rates of an action that drives stayers away, and what the contacts add to its chance.

    A share ``harm_share`` of the actions raises the chance that a would-be stayer leaves, by a half-normal of
    ``harm_error``; the rates lie around their priors by ``prior_error``. Given the harm each rate is a normal, so that
    the harm is judged by what the rates leave unexplained, over all reasons of the action.
    """
    spike, slab = _precision(learning.prior_error), _precision(learning.harm_error)
    prior = cells["prior"].to_numpy(np.float64)
    sharpness, pull, harm_sharpness, harm_pull, overlap = (cells[name].to_numpy(np.float64) for name in (*RATE, *HARM))
    precision = sharpness + spike
    alone, shared = (pull + prior * spike) / precision, overlap / precision
    left = pd.DataFrame({"seen": harm_sharpness - overlap * shared, "pull": harm_pull - overlap * alone, "fit": fit})
    seen, pulled, rival = left.groupby(cells["action"].to_numpy()).transform("sum").to_numpy(np.float64).T
    error = 1 / np.sqrt(np.maximum(seen, 0.0) + slab)
    place = pulled * error
    odds = np.log(2 * error * np.sqrt(slab)) + place**2 / 2 + norm.logcdf(place) - rival
    chance = np.where(harm_known, expit(logit(learning.harm_share) + odds), 0.0)
    added = np.maximum(0.0, (chance - learning.harm_share) / (1 - learning.harm_share))
    tail = np.exp(norm.logpdf(place) - norm.logcdf(place))
    harm, spread = error * (place + tail), error**2 * (1 - tail * (place + tail))
    taken = np.where(known, shared, 0.0) + _stayers_a_leaver(cells, known)
    mean = np.where(known, alone, prior) - taken * harm
    variance = 1 / np.where(known, precision, spike) + taken**2 * np.maximum(spread, 0.0)
    return Belief(mean, variance), added


def _stayers_a_leaver(cells: pd.DataFrame, known: Flags) -> Vector:
    """Return how many would-be stayers there are to a would-be leaver: of the cell, or else of all of its action."""
    of_action = cells.groupby("action")[PEOPLE].transform("sum")
    stayers, leavers = (np.where(known, cells[name], of_action[name]).astype(np.float64) for name in PEOPLE)
    return np.divide(stayers, leavers, out=np.zeros(len(cells)), where=leavers > 0)
