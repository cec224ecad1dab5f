"""Renamed ids: which id took the place of which other one, as at a migration of the billing system."""

from savedesk.schemas.table import Column, Identity, Table

TABLE = Table(
    name="renamed_ids",
    stage="ingest",
    grain="old id",
    lost="use, bills and other facts before are unknown of the new ids: neither silence nor use",
    key=("old_id",),
    columns=(
        Column("old_id", "string", "subscriber_id until then; its facts count for the new one"),
        Column("new_id", "string", "subscriber_id since then; may be the old id of a later renaming"),
        Column("renamed_on", "date", "first day on which the new id was used", may_be_future=False),
    ),
    identities=(Identity("other_id", "old_id differs from new_id", lambda t: t.old_id != t.new_id),),
)
