"""Write dvc.yaml from what the stages declare: ``python -m tests.rules.write_dvc_yaml``."""

from __future__ import annotations

import yaml

from savedesk import STAGES
from tests.rules.closure import ROOT
from tests.rules.test_dvc_yaml import expected, expected_plots

HEAD = """# Written by `python -m tests.rules.write_dvc_yaml` from what the stages declare (READS, WRITES, SECTIONS) and
# from their import closures; a test compares the two. `persist` keeps the old output whole until the new one takes
# its place.
"""


def main() -> None:
    stages = {name: {"cmd": f"savedesk {name}", "desc": about, **expected(name)} for name, about in STAGES.items()}
    text = yaml.safe_dump({"stages": stages, "plots": expected_plots()}, sort_keys=False, width=200, allow_unicode=True)
    (ROOT / "dvc.yaml").write_text(HEAD + text)


if __name__ == "__main__":
    main()
