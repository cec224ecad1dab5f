"""What each column contributed to a score: exact TreeSHAP, and beside it what a linear leaf adds to its mean."""

from __future__ import annotations

import lightgbm as lgb
import numpy as np
import numpy.typing as npt

from savedesk.model.schema import Matrix
from savedesk.model.tree_text import linear_leaves, tree_blocks, with_constant_leaves

Vector = npt.NDArray[np.float64]


def tree_contributions(text: str, matrix: Matrix) -> npt.NDArray[np.float64]:
    """Return contributions in log-odds that add up to the score: one column a feature, the last one the base score.

    A tree with constant leaves has exact TreeSHAP values (Lundberg et al. 2020, Nature Machine Intelligence 2: "From
    local explanations to global understanding"). A linear leaf is its mean over the training rows,
    plus ``coefficient x (value - mean of the leaf)`` for each of its features; where one of them is missing the leaf's
    constant stands for all, and its distance from the mean is shared out equally among the missing ones.

    Args:
        text: of a booster; see ``tree_text``.
        matrix: rows by columns of the schema.
    """
    leaves = [linear_leaves(block) for block in tree_blocks(text)]
    constant = lgb.Booster(model_str=with_constant_leaves(text))
    contributions = np.asarray(constant.predict(matrix, pred_contrib=True), dtype=np.float64)
    if not any(leaves):
        return contributions
    reached = np.asarray(constant.predict(matrix, pred_leaf=True), dtype=np.int64).reshape(len(matrix), -1)
    rows = np.arange(len(matrix))[:, None]
    for place, tree in enumerate(leaves):
        if tree is None:
            continue
        leaf = reached[:, place]
        features, used = tree.features[leaf], tree.used[leaf]
        values = np.where(used, matrix[rows, features].astype(np.float64), 0.0)
        missing = np.isnan(values)
        some = np.asarray(missing.any(axis=1))
        gap = tree.coefficients[leaf] * (np.where(missing, 0.0, values) - tree.means[leaf])
        at_mean = tree.constant + (tree.coefficients * tree.means).sum(axis=1)
        shared = (tree.value - at_mean)[leaf][:, None] * missing / np.maximum(missing.sum(axis=1), 1)[:, None]
        np.add.at(
            contributions,
            (np.broadcast_to(rows, features.shape), features),
            np.where(some[:, None], shared, gap) * used,
        )
    return contributions
