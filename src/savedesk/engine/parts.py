"""How Arrow reads a partitioned table: the column that names the folders, in the type of its contract."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.dataset as ds

from savedesk.engine.base import ARROW_TYPES
from savedesk.schemas.table import Table


def folders_of(contract: Table) -> ds.Partitioning | None:
    """Return what ``pyarrow`` must be given as ``partitioning`` to read the table; None where it has no parts."""
    by = contract.partition_by
    if not by:
        return None
    return ds.partitioning(pa.schema([(by, ARROW_TYPES[contract.column(by).dtype])]), flavor="hive")
