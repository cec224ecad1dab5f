"""The means of the features of linear leaves, over the training rows: what a leaf's contribution is measured from."""

from __future__ import annotations

import lightgbm as lgb
import numpy as np
import numpy.typing as npt

from savedesk.model.schema import Matrix
from savedesk.model.tree_text import LinearLeaves, linear_leaves, tree_blocks, with_means

DIGITS = 9  # significant ones
TREES_AT_ONCE = 16  # LightGBM gives the leaves as float64, rows by trees: of all trees they would outgrow the matrix
LEAF_ROWS = 20_000  # rows of a leaf at most, evenly spread: the mean is then known to 1 % of a standard deviation


def text_with_leaf_means(booster: lgb.Booster, text: str, matrix: Matrix, threads: int = 1) -> str:
    """Return the text of a booster with the means of each linear leaf's features; without linear leaves as it is.

    A leaf without a row that has all of its features keeps the means 0.

    Args:
        booster: fitted booster.
        text: its text.
        matrix: the rows that it was fitted on.
        threads: threads that find the leaves; more than one only where nothing else runs.
    """
    trees = [linear_leaves(block) for block in tree_blocks(text)]
    if not any(trees):
        return text
    means: list[list[list[float]]] = []
    for start in range(0, len(trees), TREES_AT_ONCE):
        some = trees[start : start + TREES_AT_ONCE]
        leaves = booster.predict(
            matrix, pred_leaf=True, num_threads=threads, start_iteration=start, num_iteration=len(some)
        )
        reached = np.asarray(leaves, dtype=np.int32).reshape(len(matrix), -1)
        means += [[] if tree is None else _means(tree, reached[:, place], matrix) for place, tree in enumerate(some)]
    return with_means(text, means)


def _means(tree: LinearLeaves, leaf: npt.NDArray[np.int32], matrix: Matrix) -> list[list[float]]:
    """Return the means of each leaf's own features, leaf by leaf: only the cells that a leaf reads are looked at."""
    order = np.argsort(leaf.astype(np.uint16), kind="stable")  # a radix sort: a tree has no more than 4096 leaves
    ends = np.cumsum(np.bincount(leaf, minlength=len(tree.constant)))
    means = []
    for place, rows in enumerate(np.split(order, ends[:-1])):
        some = rows if len(rows) <= LEAF_ROWS else rows[np.linspace(0, len(rows) - 1, LEAF_ROWS).astype(np.int64)]
        values = matrix[some[:, None], tree.features[place, tree.used[place]]]
        there = values[~np.isnan(values).any(axis=1)]
        sums = there.sum(axis=0, dtype=np.float64)
        means.append([float(f"{x:.{DIGITS}g}") for x in sums / max(len(there), 1)])
    return means
