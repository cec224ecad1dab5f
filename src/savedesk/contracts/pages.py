"""What the run ends in: the page and the record of the MLflow run."""

from savedesk.contracts.table import File

REPORT = File("report_html", "report", "reports/report.html", "one page that works offline")
MODEL_CARD = File("model_card", "report", "reports/model_card.md", "what the model is, and is not, good for")
RUN = File(
    "tracked_run",
    "track",
    "data/track/run.json",
    "MLflow tracking address, experiment, run id and name, model version",
)
