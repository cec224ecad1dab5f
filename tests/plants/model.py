"""A model of the clean operator, trained once: boosted trees on every numeric feature of one as_of."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq

from savedesk.engine.parts import folders_of
from savedesk.model.compatibility import windows_of
from savedesk.params.cohort import CohortParams
from savedesk.params.load import load_params
from savedesk.pipeline.runner import run_stage
from savedesk.schemas import features
from tests.plants.pipeline import project
from tests.plants.raw import NAME, Raw
from tests.plants.verdict import PEERS
from tests.small_model import small_model
from tests.tables import Silent

RARE = {"method": "platt", "slope": 1.0, "intercept": -4.0}  # half of the rows are learned as churners, few leave
INTERVAL = {"level": 0.9, "score": [-5.0, 5.0], "half_width": [0.1, 0.1]}
LEARNED = ("usage_change_3m", "complaint_count_12m", "bill_3m", "active_days", "tenure_months", "survey_score_last")


def trained(root: Path, raw: Raw) -> Path:
    """Train on an operator and return the folder of the model.

    What it learns to tell apart is invented: who lies above the median in the sum of the ranks of a few features. A row
    of the list then rests on many facts, and no dozen as_of dates need be computed.
    """
    project(root, raw)
    sections = load_params(root)
    windows = sections[CohortParams.key]
    assert isinstance(windows, CohortParams)
    scoring = sections | {CohortParams.key: windows.model_copy(update={"score_only": True})}
    for stage in ("ingest", "cohort", "features"):
        run_stage(stage, root, scoring, Silent())
    rows = pq.ParquetDataset(root / features.TABLE.path, partitioning=folders_of(features.TABLE)).read().to_pandas()
    numbers = [str(name) for name in rows if pd.api.types.is_float_dtype(rows[name]) and rows[name].notna().any()]
    numbers = [name for name in numbers if name not in PEERS]
    ranks = rows[[name for name in LEARNED if name in numbers]].rank(pct=True).fillna(0.5).sum(axis=1)
    folder = root / "model"
    about = {
        "source": NAME,
        "windows": windows_of(windows),
        "train_last_as_of": "2024-09-01",
        "survival": {"hazard": "constant"},
        "interval": INTERVAL,
        "calibrator": RARE,
    }
    small_model(folder, rows.assign(churned=ranks > ranks.median()), numbers, seeds=(1, 2, 3), **about)
    return folder
