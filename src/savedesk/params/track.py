"""Section ``track``: what MLflow receives."""

from typing import ClassVar

from savedesk.params.section import Section


class TrackParams(Section):
    """Privacy of the tracked run."""

    key: ClassVar[str] = "track"
    log_list: bool
