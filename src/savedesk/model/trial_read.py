"""Read a stored model in a process of its own first: LightGBM ends the whole process where a text is malformed.

The version in ``model.json`` finds damage, and not what somebody changed together with it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from savedesk.errors import ModelSchemaError

SOURCES = Path(__file__).parents[2]
SECONDS = 120  # after which a model that does not answer is given up
_READ = (
    "import json, sys; import numpy as np; from savedesk.model.stored import StoredModel; "
    "model = StoredModel.read(*json.load(sys.stdin)); row = np.zeros((1, len(model.schema.columns)), np.float32); "
    "score = model.raw_score(row); model.type_shares(row); model.hazards(row, np.full(1, 0.1), 30); "
    "sys.exit(not np.isfinite(score).all())"
)


def require_readable(booster: str, types: str, survival: str, description: dict[str, Any]) -> None:
    """Check that a model can be read and predicts a finite score.

    Args:
        booster: text of the churn model.
        types: text of the model of churn types.
        survival: text of the survival model.
        description: of ``model.json``.

    Raises:
        ModelSchemaError: it cannot.
    """
    path = os.pathsep.join(filter(None, (str(SOURCES), os.environ.get("PYTHONPATH", ""))))
    try:
        done = subprocess.run(  # noqa: S603 - this very interpreter
            [sys.executable, "-c", _READ],
            input=json.dumps([booster, types, survival, description]),
            env=os.environ | {"PYTHONPATH": path},
            text=True,
            capture_output=True,
            check=False,
            timeout=SECONDS,
        )
    except subprocess.TimeoutExpired:
        done = None
    if done is None or done.returncode:
        raise ModelSchemaError(
            "damaged: a text of the model is malformed, and LightGBM cannot read it",
            where="models/trained",
            next_step="run `savedesk train` again, or copy the model anew",
        )
