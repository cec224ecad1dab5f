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
    linear_threads: int = Field(
        default=2,
        ge=1,
        le=256,
        description="threads of a booster with linear leaves that is fitted alone; its last digits depend on it, so "
        "it is no matter of the machine",
    )
    max_rows: int = Field(ge=1000)
    hazard_bands: int = Field(
        default=40, ge=2, le=1000, description="bands of tenure, of equally many rows, for the baseline hazard"
    )
    hazard_prior_rows: float = Field(
        default=200, ge=0, description="rows by which a band is drawn towards the churn rate of all"
    )
    recipes: dict[str, TreeRecipe] = Field(min_length=1)
    logistic_penalty: float = Field(
        default=10.0, ge=0, description="penalty of the logistic regression among the members; 0: without it"
    )
    logistic_columns: int = Field(
        default=60,
        ge=0,
        description="columns up to which the logistic regression is a member: of more, many say nearly the same",
    )
    logistic_rows: int = Field(
        default=30000, ge=1000, description="rows at most that the logistic regression learns from"
    )
    baseline_penalty: float = Field(
        default=10.0, gt=0, description="penalty of the logistic regressions that the model is compared with"
    )
    tuned_trials: int = Field(ge=0, le=1000)
    tuning_cells: float = Field(gt=0)
    bags: int = Field(ge=1, le=100)
    bagging_cells: float = Field(gt=0)
    least_weight: float = Field(default=0.02, ge=0, lt=1, description="members that weigh less are left out")
    blend_penalty: float = Field(
        default=0.001, ge=0, description="log loss for a squared distance of 1 from equal weights"
    )
    interaction_errors: float = Field(
        default=2.0,
        ge=0,
        description="standard errors of log loss by which trees of several columns must beat members of one curve a "
        "column",
    )
    selection_cells: float = Field(
        default=10000000,
        ge=0,
        description="rows x columns up to which features that do not help are looked for: they harm small tables",
    )
    selection_rows: int = Field(
        default=4000, ge=100, description="rows of a fold by which a feature's worth is judged, at most"
    )
    selection_repeats: int = Field(default=3, ge=1, le=100, description="permutations of a feature in a fold")
    max_rounds: int = Field(ge=1, le=100_000)
    scarce_recipe: TreeRecipe = Field(
        default=TreeRecipe(learning_rate=0.1, num_leaves=15, min_data_in_leaf=40, feature_fraction=0.6, lambda_l2=1.0),
        description="recipe where churners are few: their types, and a source without a fold",
    )
    scarce_churners: int = Field(
        default=40,
        ge=0,
        description="churners below which a source without a fold has a logistic regression for its model",
    )
    scarce_penalty: float = Field(default=0.5, gt=0, description="penalty of that logistic regression for each column")
    types_max_rounds: int = Field(
        default=60, ge=1, le=100_000, description="trees at most for the types of churn, which have far fewer rows"
    )
    survival_recipe: TreeRecipe = Field(
        default=TreeRecipe(learning_rate=0.1, num_leaves=15, min_data_in_leaf=200, feature_fraction=0.5, lambda_l2=1.0),
        description="recipe of the hazard by month (time to churn)",
    )
    survival_max_rounds: int = Field(
        default=150,
        ge=1,
        le=100_000,
        description="trees at most of the hazard: it is evaluated twelve times a subscriber",
    )
    survival_rows: int = Field(
        default=400000,
        ge=1000,
        description="months at risk at most that the hazard learns from: all with an exit, others drawn and weighted",
    )
    survival_judged_rows: int = Field(
        default=20000, ge=100, description="rows at most of held-out subscribers on whom the hazard is evaluated"
    )
    survival_minimum_exits: int = Field(default=200, ge=2, description="exits; with fewer the hazard is constant")
    survival_tenure_bands: int = Field(
        default=10,
        ge=1,
        le=1000,
        description="bands of tenure of the Kaplan-Meier curves that the hazard is compared with",
    )
    interval: float = Field(gt=0.5, lt=1)
    interval_rounds: int = Field(
        default=100,
        ge=10,
        le=10_000,
        description="resamples of subscribers that give the calibrator's part of the interval of a probability",
    )
    interval_points: int = Field(
        default=200,
        ge=2,
        le=10_000,
        description="scores at which the width of that interval is kept; between them it is a straight line",
    )
    early_stopping_rounds: int = Field(default=50, ge=1, description="trees without a better log loss")
    early_stopping_share: float = Field(
        default=0.15, gt=0, lt=0.5, description="share of the training subscribers set aside for early stopping"
    )
    use_monotone_constraints: bool
    calibration: tuple[Literal["none", "platt", "isotonic", "beta"], ...] = Field(min_length=1)
    leak_rows: int = Field(
        default=100000,
        ge=1000,
        description="rows of the folds by which features are suspected of a leak (features.suspicious_auc), at most: "
        "a standard error of about 0.005 where 4 % leave",
    )
    minimum_category_rows: int = Field(default=40, ge=1, description="rows of a category; rarer ones count as missing")
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
