"""params.yaml: a mistake ends in one line that names the key and the way out."""

from __future__ import annotations

import importlib
import re
import shutil
from pathlib import Path

import pytest
from tests.tables import REPO

from savedesk.errors import MissingInputError, ParamsError
from savedesk.params import registry, write_docs
from savedesk.params.load import at_home, load_params, overlay
from savedesk.params.registry import SECTIONS
from savedesk.params.section import Section
from savedesk.schemas.attributes import FAMILIES
from savedesk.stages.track import stage as track


@pytest.fixture
def home(tmp_path):
    shutil.copy(REPO / "params.yaml", tmp_path)
    for name in ("simulated", "megaline"):
        folder = tmp_path / "data/sources" / name
        folder.mkdir(parents=True)
        (folder / "source.yaml").write_text("title: x\n")
    shutil.copy(REPO / "data/sources/simulated/simulator.yaml", tmp_path / "data/sources/simulated")
    return tmp_path


def edit(home: Path, old: str, new: str) -> None:
    path = home / "params.yaml"
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, old
    path.write_text(text.replace(old, new), encoding="utf-8")


def own(home: Path, text: str) -> None:
    (home / "params").mkdir(exist_ok=True)
    (home / "params/simulated.yaml").write_text(text)


def mistake(home: Path) -> str:
    with pytest.raises(ParamsError) as caught:
        load_params(home)
    assert caught.value.exit_code == 2
    assert "\n" not in caught.value.line()
    return caught.value.line()


def test_the_shipped_file_is_well_formed(home):
    own(home, (REPO / "params/simulated.yaml").read_text())
    sections = load_params(home)
    assert set(sections) == {kind.key for kind in SECTIONS}
    assert sections["cohort"].lead_days == 14


def test_all_stands_for_every_family_and_a_list_for_some(home):
    assert load_params(home)["features"].families == FAMILIES
    own(home, "features: {families: [billing, attributes]}\n")
    assert load_params(home)["features"].families == ("billing", "attributes")


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (
            "\nscore:",
            "\nscroe:",
            ["params.yaml", "unknown section 'scroe'", "cohort, features", "did you mean 'score'?"],
        ),
        (
            "lead_days: 14   ",
            "lead_day: 14   ",
            ["cohort.lead_day: unknown key", "outcome_days", "did you mean 'lead_days'?"],
        ),
        ("lead_days: 14   ", "lead_days: -1   ", ["cohort.lead_days", "greater than or equal to 0", "not -1"]),
        ("lead_days: 14   ", "lead_days: soon   ", ["cohort.lead_days", "valid integer", "not 'soon'"]),
        ("lead_days: 14   ", "lead_days: .nan   ", ["cohort.lead_days", "not nan"]),
        ("tuning_cells: 100000000", "tuning_cells: .inf", ["train.tuning_cells", "not inf"]),
        ("  lead_days: 14   ", "  # lead_days: 14   ", ["cohort.lead_days: key is missing"]),
        ("[none, platt, beta, isotonic]", "[none, plat]", ["train.calibration.1", "'platt'", "not 'plat'"]),
        ("families: all ", "families: [usge] ", ["features.families.0", "'usage'", "not 'usge'"]),
        ("language: en ", "language: de ", ["language", "'en' or 'zh'", "not 'de'"]),
        ("source: simulated ", "source: simulatd ", ["unknown source 'simulatd'", "allowed: megaline, simulated"]),
        ("source: simulated ", "source: ../sources/simulated ", ["source"]),
        ("\nscore:", "\nscore: 3\nscores:", ["unknown section 'scores'"]),
    ],
)
def test_a_typo_is_named_with_what_is_allowed(home, old, new, expected):
    edit(home, old, new)
    line = mistake(home)
    for part in expected:
        assert part in line
    assert "next: " in line


def test_a_typo_in_the_sources_own_values_names_that_file(home):
    own(home, "cohrot: {lead_days: 3}\n")
    assert mistake(home).startswith("params/simulated.yaml: unknown section 'cohrot'")


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (
            "minutes: 45",
            "minuts: 45",
            (
                "params.yaml: prioritise.channels.visit.minuts: unknown key; "
                "allowed: cost, hours, minutes, notice_days, tiers; next: did you mean 'minutes'?"
            ),
        ),
        (
            "    quiet_days:",
            "    quietdays:",
            (
                "params.yaml: prioritise.rules.quietdays: unknown key; "
                "allowed: max_contacts, max_contacts_days, noticed_bill_shock, one_per_account, quiet_days, "
                "unaware_overspend_share; "
                "next: did you mean 'quiet_days'?"
            ),
        ),
    ],
)
def test_a_typo_below_a_section_is_named_with_what_is_allowed_there(home, old, new, expected):
    edit(home, old, new)
    assert mistake(home) == expected


def test_a_typo_in_a_list_of_mappings_is_named_with_what_is_allowed_there(home):
    own(home, "simulator: {plans: [{plan_ide: P01}]}\n")
    line = mistake(home)
    assert line.startswith("params/simulated.yaml: simulator.plans.0.plan_ide: unknown key; allowed: ")
    assert "monthly_fee" in line
    assert line.endswith("did you mean 'plan_id'?")


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("language: en ", "language: de ", "params.yaml: language: input should be 'en' or 'zh', not 'de'; next: "),
        ("language: en ", "language:    ", "params.yaml: language: input should be 'en' or 'zh', not empty; next: "),
        (
            "  as_of: newest",
            "  as_of: soon",
            "params.yaml: cohort.as_of: input should be 'newest' or a date such as \"2025-06-01\", not 'soon'; next: ",
        ),
        (
            "families: all ",
            "families: usage ",
            "params.yaml: features.families: input should be 'all' or a list, not 'usage'; next: ",
        ),
        ("\ntrack:", "\ntrack: 3\nx:", "params.yaml: unknown section 'x'"),
        ("  budget: ", "  budget: 9\n  budget: ", "params.yaml: not readable as YAML: 'budget' stands twice at line"),
        (
            "default_actions: [check_in]",
            "default_actions: []",
            "params.yaml: prioritise.default_actions: input should have at least 1 item; next: ",
        ),
        (
            "channels: [message, call]",
            "channels: [call, call]",
            "params.yaml: prioritise: actions.payment_plan.channels names a channel twice; allowed: ",
        ),
        (
            "core_value_share: 0.95",
            "core_value_share: 0.7",
            "params.yaml: value: core_value_share is below key_value_share; allowed: 0.8 to 1; next: ",
        ),
        (
            "quiet_days: 30 ",
            "quiet_days: 99999999999999999999 ",
            "params.yaml: prioritise.rules.quiet_days: input should be less than or equal to 36500, not ",
        ),
    ],
)
def test_a_wrong_value_is_told_in_the_words_of_the_file(home, old, new, expected):
    edit(home, old, new)
    assert mistake(home).startswith(expected)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("cohort: {lead_days: -1}", "params/simulated.yaml: cohort.lead_days: "),
        ("cohort: {lead_day: 1}", "params/simulated.yaml: cohort.lead_day: unknown key"),
        ("cohort: {as_of: soon}", "params/simulated.yaml: cohort.as_of: "),
        ("language: de", "params/simulated.yaml: language: "),
        ("cohort: 3", "params/simulated.yaml: cohort: input should be a mapping of keys to values, not 3"),
        ("train: {calibration: [none, plat]}", "params/simulated.yaml: train.calibration.1: "),
        (
            "prioritise: {channels: {sms: {cost: 1, tiers: [key], notice_days: 1}}}",
            "params/simulated.yaml: prioritise.channels.sms.minutes: key is missing",
        ),
        ("prioritise: {default_actions: [nap]}", "params.yaml and params/simulated.yaml: prioritise: "),
    ],
)
def test_a_wrong_value_in_the_sources_own_file_is_told_of_that_file(home, text, expected):
    own(home, f"{text}\n")
    assert mistake(home).startswith(expected)


def test_a_wrong_value_is_told_of_params_yaml_where_the_source_changes_others(home):
    own(home, "cohort: {outcome_days: 30}\nprioritise: {channels: {visit: {cost: 9}}}\n")
    edit(home, "lead_days: 14   ", "lead_days: -1")
    assert mistake(home).startswith("params.yaml: cohort.lead_days: ")
    edit(home, "lead_days: -1", "lead_days: 14")
    edit(home, "minutes: 45", "minutes: -45")
    assert mistake(home).startswith("params.yaml: prioritise.channels.visit.minutes: ")


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ("params.yaml: cohort.as_of", "params/simulated.yaml: cohort.as_of"),
        ("params.yaml: cohort", "params.yaml and params/simulated.yaml: cohort"),
        ("params.yaml: train.seed", "params.yaml: train.seed"),
        ("data/cohort/cohort.parquet: churned", "data/cohort/cohort.parquet: churned"),
        ("", ""),
    ],
)
def test_what_a_stage_finds_wrong_is_told_of_the_file_that_holds_it(home, where, expected):
    own(home, 'cohort: {as_of: "1999-01-01"}\n')
    assert at_home(home, where) == expected


def test_a_missing_section_is_named(home):
    text = (home / "params.yaml").read_text(encoding="utf-8")
    (home / "params.yaml").write_text(re.sub(r"\nscore:\n(  .*\n)*", "\n", text))
    assert "section 'score' is missing" in mistake(home)


@pytest.mark.parametrize("text", ["cohort: [1, 2", "a: b: c", "\tx: 1", "\x00"])
def test_what_is_not_yaml_is_refused(home, text):
    (home / "params.yaml").write_text(text)
    assert mistake(home).startswith("params.yaml: not readable as YAML")


@pytest.mark.parametrize("text", ["- a\n- b\n", "just words"])
def test_what_is_no_mapping_is_refused(home, text):
    (home / "params.yaml").write_text(text)
    assert "not a mapping" in mistake(home)


@pytest.mark.parametrize("text", ["", "source:\n", "source: ''\n"])
def test_without_a_source_those_there_are_named(home, text):
    (home / "params.yaml").write_text(text)
    line = mistake(home)
    assert line.startswith("params.yaml: source: no source is chosen; allowed: megaline, simulated; next: ")
    assert "`savedesk use NAME`" in line


def test_bytes_that_are_no_text_are_refused(home):
    (home / "params.yaml").write_bytes(b"source: caf\xe9\n")
    assert "not readable as YAML" in mistake(home)


def test_a_byte_order_mark_and_crlf_do_no_harm(home):
    path = home / "params.yaml"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    assert load_params(home)["cohort"].lead_days == 14


def test_without_the_file_the_next_step_is_named(tmp_path):
    with pytest.raises(MissingInputError, match="use --root") as caught:
        load_params(tmp_path)
    assert caught.value.exit_code == 4


def test_a_source_lays_its_own_values_on_top(home):
    own(home, "cohort: {lead_days: 3}\ntrain: {}\nscore:\n")
    sections = load_params(home)
    assert sections["cohort"].lead_days == 3
    assert sections["cohort"].outcome_days == 60


def test_overlay_goes_mapping_by_mapping():
    assert overlay({"a": {"b": 1, "c": [1, 2]}, "d": 1}, {"a": {"c": [3]}, "e": 2}) == {
        "a": {"b": 1, "c": [3]},
        "d": 1,
        "e": 2,
    }


def test_sections_are_frozen(home):
    with pytest.raises(ValueError, match="frozen"):
        load_params(home)["cohort"].lead_days = 1


def test_the_registry_has_every_section_of_the_package():
    folder = Path(registry.__file__).parent
    names = [f"savedesk.params.{path.stem}" for path in sorted(folder.glob("*.py")) if path.stem != "__init__"]
    kinds = [value for name in names for value in vars(importlib.import_module(name)).values()]
    written = {kind for kind in kinds if isinstance(kind, type) and issubclass(kind, Section) and "key" in vars(kind)}
    assert written == set(SECTIONS)


def test_mlflow_keeps_the_params_of_every_section():
    assert track.SECTIONS == SECTIONS


def test_the_page_of_settings_for_experts_is_that_of_their_defaults():
    assert (REPO / write_docs.PAGE).read_text(encoding="utf-8") == write_docs.page(), (
        "run: python -m savedesk.params.write_docs"
    )


def test_a_setting_for_experts_is_checked_and_laid_over_its_default(home):
    own(home, "train: {hazard_bands: 20}\n")
    assert load_params(home)["train"].hazard_bands == 20
    assert load_params(home)["train"].hazard_prior_rows == 200
    own(home, "train: {scarce_recipe: {min_data_in_leaf: 10}}\n")
    recipe = load_params(home)["train"].scarce_recipe
    assert (recipe.min_data_in_leaf, recipe.num_leaves) == (10, 15)
    own(home, "train: {hazard_bands: 1}\n")
    assert mistake(home).startswith(
        "params/simulated.yaml: train.hazard_bands: input should be greater than or equal to 2"
    )


def test_the_simulator_lies_in_the_folder_of_its_source(home):
    assert load_params(home)["simulator"].subscribers == 20000
    own(home, "simulator: {subscribers: 300}\n")
    assert load_params(home)["simulator"].subscribers == 300
    own(home, "simulator: {subscribers: 3}\n")
    assert mistake(home).startswith("params/simulated.yaml: simulator.subscribers: input should be")
    text = (home / "params.yaml").read_text(encoding="utf-8")
    (home / "params.yaml").write_text(text + "simulator:\n  subscribers: 300\n", encoding="utf-8")
    assert mistake(home).startswith(
        "params.yaml: the section simulator has moved to data/sources/simulated/simulator.yaml; next: move"
    )


def test_a_source_of_tables_has_no_simulator(home):
    text = (home / "params.yaml").read_text(encoding="utf-8").replace("source: simulated", "source: megaline")
    (home / "params.yaml").write_text(text, encoding="utf-8")
    assert "simulator" not in load_params(home)
