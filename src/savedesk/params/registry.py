"""The sections of params.yaml: the one list of them."""

from __future__ import annotations

from savedesk.params.cohort import CohortParams
from savedesk.params.compare import CompareParams
from savedesk.params.engine import EngineParams
from savedesk.params.evaluate import EvaluateParams
from savedesk.params.explain import ExplainParams
from savedesk.params.features import FeaturesParams
from savedesk.params.ingest import IngestParams
from savedesk.params.language import Language
from savedesk.params.prioritise import PrioritiseParams
from savedesk.params.promote import PromoteParams
from savedesk.params.readable_by import ReadableBy
from savedesk.params.report import ReportParams
from savedesk.params.score import ScoreParams
from savedesk.params.section import Section
from savedesk.params.simulator import SimulatorParams
from savedesk.params.source import SourceName
from savedesk.params.summarise import SummariseParams
from savedesk.params.track import TrackParams
from savedesk.params.train import TrainParams
from savedesk.params.value import ValueParams

SECTIONS: tuple[type[Section], ...] = (
    SourceName,
    Language,
    ReadableBy,
    EngineParams,
    IngestParams,
    SimulatorParams,
    CohortParams,
    FeaturesParams,
    TrainParams,
    ScoreParams,
    ValueParams,
    ExplainParams,
    PrioritiseParams,
    EvaluateParams,
    SummariseParams,
    ReportParams,
    TrackParams,
    CompareParams,
    PromoteParams,
)
# Sections that are a plain value in the file -> their only field.
SCALARS = {kind.key: kind.only_field for kind in SECTIONS if kind.only_field}
