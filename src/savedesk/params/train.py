"""Section ``train``: LightGBM, early stopping and calibration."""

from typing import ClassVar, Literal

from pydantic import Field

from savedesk.params.section import Section


class TrainParams(Section):
    """Settings of the booster. Names are LightGBM's own."""

    key: ClassVar[str] = "train"
    seed: int = Field(ge=0)
    threads: int = Field(ge=1, le=256)
    max_rows: int = Field(ge=1000)
    hazard_bands: int = Field(ge=2, le=1000)
    hazard_prior_rows: float = Field(ge=0)
    learning_rate: float = Field(gt=0, le=1)
    num_leaves: int = Field(ge=2, le=4096)
    max_depth: int = Field(ge=-1, le=64)
    min_data_in_leaf: int = Field(ge=1)
    feature_fraction: float = Field(gt=0, le=1)
    bagging_fraction: float = Field(gt=0, le=1)
    lambda_l2: float = Field(ge=0)
    max_rounds: int = Field(ge=1, le=100_000)
    types_max_rounds: int = Field(ge=1, le=100_000)
    early_stopping_rounds: int = Field(ge=1)
    early_stopping_share: float = Field(gt=0, lt=0.5)
    use_monotone_constraints: bool
    calibration: tuple[Literal["none", "platt", "isotonic", "beta"], ...] = Field(min_length=1)
    minimum_churners: int = Field(ge=2)
    minimum_churners_per_type: int = Field(ge=2)
