"""Savedesk: from an operator's tables to the list that a save desk works through.

The stages run in this order and talk only through checked files (see ``contracts``)::

    ingest -> cohort -> features -> train -> score -> value -> explain -> prioritise -> evaluate -> summarise -> report
    -> track
"""

STAGES: dict[str, str] = {
    "ingest": "raw files -> checked canonical tables; bad rows go to quarantine with the rule they broke",
    "cohort": "who is scored at each as_of, what became of them, and which fold they are in",
    "features": "what could be known about each subscriber before each as_of",
    "train": "LightGBM on forward-in-time folds, calibrated; stored as text and JSON",
    "score": "churn probability, its types and time to churn for each subscriber",
    "value": "margin, remaining value and tier of each subscriber",
    "explain": "the reasons behind each candidate's risk, in the subscriber's own numbers",
    "prioritise": "the list, the hold-out and the give-ups within hours, budget and contact rules",
    "evaluate": "out-of-time figures with intervals, money first, beside the baselines",
    "summarise": "the tables behind the pages: months, reasons, drivers, satisfaction, loyalty, campaigns, cards",
    "report": "one HTML page that works offline",
    "track": "one complete MLflow run",
}
