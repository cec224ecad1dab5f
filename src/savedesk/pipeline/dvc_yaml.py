"""Write dvc.yaml from what the stages declare: ``python -m savedesk.pipeline.dvc_yaml`` in the project folder.

DVC does not follow imports. A stage depends on whole rooms (folders) of the package: on its own, with its templates and
scripts, and on each one that it imports from, directly or not. Of the texts it depends on the files that it reads.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from savedesk import STAGES
from savedesk.params.raw_folder import RECORD
from savedesk.params.registry import SCALARS
from savedesk.pipeline.import_closure import PACKAGE, SRC, closure, modules_of, rooms
from savedesk.pipeline.runner import stage_module
from savedesk.pipeline.text_files import text_files
from savedesk.schemas import figures, pages

FILE = "dvc.yaml"
LOCATE = "locate"  # no stage of the data: it runs in every `dvc repro`, since DVC sees no environment variable
HEAD = """# Written by `python -m savedesk.pipeline.dvc_yaml` from what the stages declare (READS, WRITES, SECTIONS) and
# from what they import; a test compares the two. `persist` keeps the old output whole until the new one takes its
# place.
"""
CURVES = {  # file below data/track/plots -> its columns, x first, and what stands on the axes
    "profit.csv": (("contacts", "policy", "probability", "value_at_risk"), "contacts a month", "realised gain a month"),
    "gains.csv": (("share", "savedesk"), "share of subscribers contacted", "share of churners among them"),
    "calibration.csv": (("predicted", "observed"), "predicted churn probability", "observed churn rate"),
}


def text() -> str:
    """Return the whole file."""
    stages = {LOCATE: locate_entry()}
    stages |= {name: {"cmd": f"savedesk {name}", "desc": about, **entry(name)} for name, about in STAGES.items()}
    whole = {"stages": stages, "plots": plots()}
    return HEAD + yaml.safe_dump(whole, sort_keys=False, width=200, allow_unicode=True)


def entry(stage: str) -> dict[str, Any]:
    """Return what a stage depends on, and what it writes."""
    module = stage_module(stage)
    reads = data_read(stage)
    if stage == "ingest":
        reads |= {RECORD, "data/raw/${source}", "data/sources/${source}", "data/outcomes"}
    if stage == "track":
        reads |= {f"metrics/{name}.json" for name in STAGES if name != "track"}
    some = getattr(module, "PARAMS", {})
    keys = [key for kind in module.SECTIONS for key in some.get(kind, (kind.key,))]
    in_source_folder = {kind.key for kind in module.SECTIONS if kind.file}  # a dependency of ingest by its folder
    shared = [key for key in keys if key in SCALARS]
    own = [key for key in dict.fromkeys(["engine", *keys]) if key not in SCALARS]
    # Of a source's own params the whole sections: DVC refuses to run where a key is missing, and most of them are.
    of_source = list(dict.fromkeys(key.partition(".")[0] for key in own))
    tops = [contract.path for contract in module.WRITES if not contract.path.startswith("data/")]
    below_data = {f"data/{stage}"} if len(tops) < len(module.WRITES) else set()
    outs = sorted({path.rsplit("/", 1)[0] for path in tops} | below_data)
    return {
        "deps": sorted({*reads, *code_rooms(stage)}),
        "params": [
            *shared,
            *(key for key in own if key not in in_source_folder),
            {"params/${source}.yaml": of_source},
        ],
        "outs": [{path: {"persist": True}} for path in outs],
        "metrics": [{f"metrics/{stage}.json": {"persist": True}}],
    }


def data_read(stage: str) -> set[str]:
    """Return the paths of what a stage reads; where it reads all that another one writes to its folder, the folder."""
    paths = {contract.path for contract in stage_module(stage).READS}
    for other in STAGES:
        folder = f"data/{other}"
        written = {path for contract in stage_module(other).WRITES if (path := contract.path).startswith(f"{folder}/")}
        if written and written <= paths:
            paths = (paths - written) | {folder}
    return paths


def code_rooms(stage: str) -> list[str]:
    """Return the folders and files of the package that a stage depends on, as paths below the project folder."""
    files = closure("savedesk.pipeline.runner", *modules_of(PACKAGE / "stages" / stage))
    return sorted(room.relative_to(SRC.parent).as_posix() for room in rooms(files) | text_files(files))


def locate_entry() -> dict[str, Any]:
    """Return the entry that tells DVC where the raw files are read from."""
    return {
        "cmd": f"savedesk {LOCATE}",
        "desc": "where the raw files are read from; it runs each time, since DVC sees no SAVEDESK_RAW by itself",
        "always_changed": True,
        "outs": [{RECORD.rsplit("/", 1)[0]: {"persist": True}}],
    }


def plots() -> list[Any]:
    """Return what `dvc plots` shows: the charts of evaluate as they are, and its curves as lines of several runs."""
    lines = [
        {
            name.removesuffix(".csv"): {
                "x": columns[0],
                "y": {f"{pages.CURVES.path}/{name}": list(columns[1:])},
                "x_label": x_label,
                "y_label": y_label,
            }
        }
        for name, (columns, x_label, y_label) in CURVES.items()
    ]
    return [*lines, figures.PLOTS.path]


if __name__ == "__main__":
    Path(FILE).write_text(text(), encoding="utf-8")
