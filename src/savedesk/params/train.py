"""Section ``train``: the recipes tried, how they are blended, early stopping and calibration."""

from typing import ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from savedesk.params.section import Section


class TreeRecipe(BaseModel):
    """Settings of a booster, by LightGBM's own names; what is left out is LightGBM's default.

    Two are ours. ``from_logistic``: the trees start from the log-odds of the logistic regression instead of the churn
    rate. ``least_rows``: training rows from which the recipe is tried.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    learning_rate: float = Field(gt=0, le=1)
    num_leaves: int = Field(ge=2, le=4096)
    max_depth: int = Field(default=-1, ge=-1, le=64)
    min_data_in_leaf: int = Field(ge=1)
    min_sum_hessian_in_leaf: float = Field(default=1e-3, ge=0)
    feature_fraction: float = Field(default=1.0, gt=0, le=1)
    bagging_fraction: float = Field(default=1.0, gt=0, le=1)
    bagging_freq: int = Field(default=0, ge=0)
    lambda_l1: float = Field(default=0.0, ge=0)
    lambda_l2: float = Field(default=0.0, ge=0)
    path_smooth: float = Field(default=0.0, ge=0)
    extra_trees: bool = False
    linear_tree: bool = False
    linear_lambda: float = Field(default=0.0, ge=0)
    from_logistic: bool = False
    least_rows: int = Field(default=0, ge=0)

    @property
    def is_additive(self) -> bool:
        """Whether it is a sum of one curve a column: a tree of two leaves knows one column."""
        return self.num_leaves == 2  # noqa: PLR2004 - two leaves


class TrainParams(Section):
    """Recipes, the work that may go into choosing among them, and what is learned beside the boosters."""

    key: ClassVar[str] = "train"
    seed: int = Field(ge=0)
    threads: int = Field(ge=1, le=256)
    linear_threads: int = Field(ge=1, le=256)
    max_rows: int = Field(ge=1000)
    hazard_bands: int = Field(ge=2, le=1000)
    hazard_prior_rows: float = Field(ge=0)
    recipes: dict[str, TreeRecipe] = Field(min_length=1)
    logistic_penalty: float = Field(ge=0)
    logistic_columns: int = Field(ge=0)
    logistic_rows: int = Field(ge=1000)
    baseline_penalty: float = Field(gt=0)
    tuned_trials: int = Field(ge=0, le=1000)
    tuning_cells: float = Field(gt=0)
    bags: int = Field(ge=1, le=100)
    bagging_cells: float = Field(gt=0)
    least_weight: float = Field(ge=0, lt=1)
    blend_penalty: float = Field(ge=0)
    interaction_errors: float = Field(ge=0)
    selection_cells: float = Field(ge=0)
    selection_rows: int = Field(ge=100)
    selection_repeats: int = Field(ge=1, le=100)
    max_rounds: int = Field(ge=1, le=100_000)
    scarce_recipe: TreeRecipe
    scarce_churners: int = Field(ge=0)
    scarce_penalty: float = Field(gt=0)
    types_max_rounds: int = Field(ge=1, le=100_000)
    survival_recipe: TreeRecipe
    survival_max_rounds: int = Field(ge=1, le=100_000)
    survival_rows: int = Field(ge=1000)
    survival_judged_rows: int = Field(ge=100)
    survival_minimum_exits: int = Field(ge=2)
    survival_tenure_bands: int = Field(ge=1, le=1000)
    interval: float = Field(gt=0.5, lt=1)
    interval_rounds: int = Field(ge=10, le=10_000)
    interval_points: int = Field(ge=2, le=10_000)
    early_stopping_rounds: int = Field(ge=1)
    early_stopping_share: float = Field(gt=0, lt=0.5)
    use_monotone_constraints: bool
    calibration: tuple[Literal["none", "platt", "isotonic", "beta"], ...] = Field(min_length=1)
    leak_rows: int = Field(ge=1000)
    minimum_category_rows: int = Field(ge=1)
    minimum_churners: int = Field(ge=2)
    minimum_churners_per_type: int = Field(ge=2)

    @model_validator(mode="after")
    def _first_recipe_stands_alone(self) -> "TrainParams":
        """A large table tries the first recipe only, and a wide one has no logistic regression to start from."""
        if next(iter(self.recipes.values())).from_logistic:
            message = (
                f"train.recipes.{next(iter(self.recipes))} has from_logistic; allowed: any recipe but the first, which "
                "is the only one where columns are many"
            )
            raise ValueError(message)
        return self
