"""The means of the features of linear leaves, over the training rows: what a leaf's contribution is measured from."""

from __future__ import annotations

import lightgbm as lgb
import numpy as np

from savedesk.model.schema import Matrix
from savedesk.model.tree_text import linear_leaves, tree_blocks, with_means

DIGITS = 9  # significant ones


def text_with_leaf_means(booster: lgb.Booster, text: str, matrix: Matrix) -> str:
    """Return the text of a booster with the means of each linear leaf's features; without linear leaves as it is.

    A leaf without a row that has all of its features keeps the means 0.

    Args:
        booster: fitted booster.
        text: its text.
        matrix: the rows that it was fitted on.
    """
    trees = [linear_leaves(block) for block in tree_blocks(text)]
    if not any(trees):
        return text
    reached = np.asarray(booster.predict(matrix, pred_leaf=True, num_threads=1), dtype=np.int64).reshape(
        len(matrix), -1
    )
    rows = np.arange(len(matrix))[:, None]
    means: list[list[list[float]]] = []
    for place, tree in enumerate(trees):
        if tree is None:
            means.append([])
            continue
        leaf = reached[:, place]
        values = np.where(tree.used[leaf], matrix[rows, tree.features[leaf]].astype(np.float64), 0.0)
        there = ~np.isnan(values).any(axis=1)
        count = np.maximum(np.bincount(leaf[there], minlength=len(tree.constant)), 1)
        sums = [np.bincount(leaf[there], values[there, k], len(tree.constant)) for k in range(tree.features.shape[1])]
        found = np.column_stack(sums) / count[:, None]
        means.append([[float(f"{x:.{DIGITS}g}") for x in found[k, tree.used[k]]] for k in range(len(found))])
    return with_means(text, means)
