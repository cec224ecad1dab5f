"""What the run ends in: the pages, and where the run itself is tracked."""

from savedesk.schemas.table import File

REPORT = File("report_html", "report", "reports/report.html", "one page that works offline")
SHARED_REPORT = File(
    "shared_report", "report", "reports/shared.html", "the page without the cards of subscribers: the one to pass on"
)
CHARTS = File("charts", "report", "reports/charts.html", "the charts as one interactive page that works offline")
MODEL_CARD = File("model_card", "report", "reports/model_card.md", "what the model is, and is not, good for")
RUN = File(
    "tracked_run",
    "track",
    "data/track/run.json",
    "key of the run; MLflow tracking address, experiment, run id and name, model version; or where it waits",
)
CURVES = File("curves", "track", "data/track/plots", "folder of CSV tables, one a curve, for `dvc plots`")
