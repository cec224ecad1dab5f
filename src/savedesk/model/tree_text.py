"""LightGBM's text of a model, as text: several boosters become one, and linear leaves become constant ones.

The format is that of LightGBM 4 (``Tree::ToString``): a head, one block a tree, a tail. A linear leaf adds
``leaf_const + leaf_coeff . x`` where all of its features are given, and ``leaf_value`` where one is missing (Shi et al.
2019, "Gradient boosting with piece-wise linear regression trees", IJCAI). Beside LightGBM's own lines a tree has
``leaf_means``: the means of each leaf's features over the training rows that reached it, which LightGBM ignores.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Vector = npt.NDArray[np.float64]
SCALED = ("leaf_value", "internal_value", "leaf_const", "leaf_coeff")
LINEAR = ("leaf_const", "num_features", "leaf_features", "leaf_coeff", "leaf_means")
MEANS = "leaf_means"


@dataclass(frozen=True)
class LinearLeaves:
    """The linear functions in the leaves of one tree.

    Args:
        constant: of each leaf.
        value: of each leaf, where one of its features is missing.
        features: columns of the matrix, leaves by the most that a leaf has; padded with 0.
        coefficients: of the features; padded with 0.
        means: of the features over the training rows; padded with 0.
        used: which of the places are features and no padding.
    """

    constant: Vector
    value: Vector
    features: npt.NDArray[np.int64]
    coefficients: Vector
    means: Vector
    used: npt.NDArray[np.bool_]


def merged(boosters: Iterable[tuple[str, float]]) -> str:
    """Return the text of one booster whose log-odds are the weighted sum of those of the others.

    Args:
        boosters: text and weight of each; all have the same columns.
    """
    head, blocks = "", []
    for text, weight in boosters:
        head = head or text[: text.index("Tree=0\n")]
        blocks += [_scaled(block, weight) for block in tree_blocks(text)]
    return _written(head, blocks)


def tree_blocks(text: str) -> list[str]:
    """Return the block of each tree without its number."""
    body = text[text.index("Tree=0\n") : text.index("end of trees")]
    return [block.strip("\n") for block in re.split(r"^Tree=\d+\n", body, flags=re.MULTILINE)[1:]]


def with_means(text: str, means: Sequence[Sequence[Sequence[float]]]) -> str:
    """Return the text with the means of each leaf's features.

    Args:
        text: of a booster.
        means: of each tree, leaf and feature of the leaf.
    """
    blocks = []
    for block, leaves in zip(tree_blocks(text), means, strict=True):
        line = f"{MEANS}=" + " ".join(_number(mean) for leaf in leaves for mean in leaf)
        blocks.append(f"{block}\n{line}" if leaves else block)
    return _written(text[: text.index("Tree=0\n")], blocks)


def parted(text: str, feature: int) -> tuple[str, str]:
    """Return two boosters whose log-odds add up to those of one: its trees without a feature, and those with it.

    A part without a tree is an empty text.

    Args:
        text: of the booster.
        feature: column of the matrix.
    """
    uses = []
    for block in tree_blocks(text):
        lines = _lines(block)
        used = f"{lines.get('split_feature', '')} {lines.get('leaf_features', '')}".split()
        uses.append(int(str(feature) in used))
    without, using = shared_out(text, uses, 2)
    return without, using


def shared_out(text: str, part: Sequence[int], parts: int) -> list[str]:
    """Return boosters whose log-odds add up to those of one; a part without a tree is an empty text.

    Args:
        text: of the booster.
        part: number of the part that each tree goes to, from 0.
        parts: how many there are.
    """
    blocks: list[list[str]] = [[] for _ in range(parts)]
    for block, place in zip(tree_blocks(text), part, strict=True):
        blocks[place].append(block)
    head = text[: text.index("Tree=0\n")]
    return [_written(head, some) if some else "" for some in blocks]


def linear_leaves(block: str) -> LinearLeaves | None:
    """Return the linear functions of a tree's leaves; None where it has constant leaves."""
    lines = _lines(block)
    if lines.get("is_linear") != "1":
        return None
    counts = [int(count) for count in lines["num_features"].split()]
    flat = {name: np.array(lines.get(name, "").split(), dtype=float) for name in ("leaf_features", "leaf_coeff", MEANS)}
    if len(flat[MEANS]) != sum(counts):
        flat[MEANS] = np.zeros(sum(counts))
    used = np.arange(max([1, *counts])) < np.array(counts)[:, None]
    padded = {name: np.zeros(used.shape) for name in flat}
    for name, values in flat.items():
        padded[name][used] = values
    constant, value = (np.array(lines[name].split(), dtype=float) for name in ("leaf_const", "leaf_value"))
    features = padded["leaf_features"].astype(np.int64)
    return LinearLeaves(constant, value, features, padded["leaf_coeff"], padded[MEANS], used)


def with_constant_leaves(text: str) -> str:
    """Return the text with each linear leaf replaced by its mean over the training rows."""
    blocks = []
    for block in tree_blocks(text):
        leaves = linear_leaves(block)
        if leaves is not None:
            at_mean = leaves.constant + (leaves.coefficients * leaves.means).sum(axis=1)
            lines = {name: value for name, value in _lines(block).items() if name not in LINEAR}
            lines |= {"is_linear": "0", "leaf_value": " ".join(_number(value) for value in at_mean)}
            block = "\n".join(f"{name}={value}" for name, value in lines.items())  # noqa: PLW2901 - the same tree
        blocks.append(block)
    return _written(text[: text.index("Tree=0\n")], blocks)


def _lines(block: str) -> dict[str, str]:
    return dict(line.split("=", 1) for line in block.splitlines() if "=" in line)


def _scaled(block: str, weight: float) -> str:
    if weight == 1:
        return block
    lines = _lines(block)
    for name in SCALED:
        if name in lines:
            lines[name] = " ".join(_number(float(value) * weight) for value in lines[name].split())
    return "\n".join(f"{name}={value}" for name, value in lines.items())


def _number(value: float) -> str:
    return f"{value:.17g}"


def _written(head: str, blocks: Sequence[str]) -> str:
    trees = [f"Tree={place}\n{block}\n\n\n" for place, block in enumerate(blocks)]
    sizes = " ".join(str(len(tree.encode())) for tree in trees)
    head = re.sub(r"^tree_sizes=.*$", f"tree_sizes={sizes}", head, flags=re.MULTILINE)
    return f"{head}{''.join(trees)}end of trees\n\nparameters:\nend of parameters\n\npandas_categorical:null\n"
