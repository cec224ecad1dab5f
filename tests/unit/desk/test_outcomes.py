"""What agents report back: each row is accepted once, or turned away with its rule."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
import zipfile

import openpyxl
import pyarrow.parquet as pq
import pytest
from tests.unit.desk.conftest import DAY, PEOPLE

from savedesk.errors import DataContractError, MissingInputError
from savedesk.operations.outcomes.command import import_outcomes
from savedesk.operations.outcomes.sheet import read_sheet
from savedesk.operations.review.show import shown
from savedesk.params.load import load_params
from savedesk.params.prioritise import PrioritiseParams
from savedesk.policy.campaigns import terms_of
from savedesk.schemas.outcomes import FOLDER, REPORTED_FILE
from savedesk.stages.ingest.reported import contacts_of

TODAY = dt.date(2025, 8, 20)
HEAD = "subscriber_id,contacted_on,channel,action,outcome,note"


@pytest.fixture
def report(ten):
    """Return a function that imports a sheet given as lines, for a list of ten."""

    def imported(*lines, head=HEAD):
        return import_outcomes(ten.root, sheet(ten.root, *lines, head=head), TODAY)

    imported.root = ten.root
    return imported


def sheet(root, *lines, head=HEAD, encoding="utf-8"):
    path = root / "sheet.csv"
    path.write_bytes("\r\n".join([head, *lines]).encode(encoding))
    return path


def stored(root, file=None):
    """Return the contacts that ingest makes of what was imported, or what was imported."""
    if file:
        return pq.read_table(root / FOLDER / "mine" / str(DAY) / file).to_pylist()
    policy = load_params(root)[PrioritiseParams.key]
    return contacts_of(root, "mine", terms_of(policy)).to_pylist()


def rules(imported):
    return {rejected.row.number: rejected.rule for rejected in imported.validated.rejected}


def test_every_row_is_accepted_or_rejected_or_still_blank(report):
    imported = report("a,2025-07-03,,,accepted,", "zz,2025-07-03,,,accepted,", "b,,call,service_recovery,,", "")
    assert (len(imported.validated.accepted), len(imported.validated.rejected), imported.validated.blank) == (1, 1, 1)
    assert imported.rows == 3


def test_what_is_left_out_is_as_the_list_said(report):
    report("a,2025-07-03,,,declined,")
    (row,) = [row for row in stored(report.root) if row["arm"] == "treated"]
    assert (row["channel"], row["action"], row["outcome"]) == ("call", "service_recovery", "declined")
    assert row["known_on"] == row["contacted_on"] == dt.date(2025, 7, 3)
    assert row["campaign_id"] == "base:2025-07-01"


def test_an_offer_costs_only_where_it_was_taken(report):
    report("a,2025-07-03,,,accepted,", "b,2025-07-03,,,already_left,", "c,2025-07-03,,,not_reached,")
    assert {row["subscriber_id"]: row["cost"] for row in stored(report.root)} == {"a": 3.0, "b": 1.0, "c": 1.0}


def test_importing_a_file_twice_changes_nothing(report):
    lines = ("a,2025-07-03,,,accepted,x", "b,2025-07-04,,,declined,", "q,2025-07-04,,,declined,")
    report(*lines)
    path = report.root / FOLDER / "mine" / str(DAY)
    first = {file.name: file.read_bytes() for file in path.iterdir()}
    again = report(*lines)
    assert (again.added, again.corrected, again.known) == (0, 0, 2)
    assert {file.name: file.read_bytes() for file in path.iterdir()} == first
    assert len(list((report.root / "data" / "rejected").iterdir())) == 1


def test_a_later_file_corrects_an_earlier_one(report):
    report("a,2025-07-03,,,thinking,")
    imported = report("a,2025-07-03,,,accepted,")
    assert (imported.added, imported.corrected) == (0, 1)
    assert [row["outcome"] for row in stored(report.root, REPORTED_FILE)] == ["accepted"]


BREACHES = {
    "zz,2025-07-03,,,accepted,": "unknown_id",
    ",2025-07-03,,,accepted,": "no_id",
    "a,,,,accepted,": "no_date",
    "a,2025-07-03,,,,": "no_outcome",
    "a,03/07/2025,,,accepted,": "date",
    "a,2025-02-30,,,accepted,": "date",
    "a,2025-08-21,,,accepted,": "future",
    "a,2025-06-30,,,accepted,": "no_list",
    "a,2025-08-19,,,accepted,": "no_list",
    "a,2025-07-03,,,happy,": "outcome",
    "a,2025-07-03,fax,,accepted,": "channel",
    "a,2025-07-03,,bribe,accepted,": "action",
    "a,2025-07-03,visit,check_in,accepted,": "channel_of_action",
    f"a,2025-07-03,,,accepted,{'x' * 1001}": "note",
}


def test_a_row_that_breaks_a_rule_is_turned_away(report):
    imported = report(*BREACHES)
    assert list(rules(imported).values()) == list(BREACHES.values())
    assert not imported.validated.accepted
    assert not (report.root / FOLDER).exists()


def test_one_line_tells_a_kind_of_mistake(report):
    imported = report(*[f"{name},2025-07-03,,,acepted," for name in "abcdefg"])
    (line,) = imported.complaints
    assert line.startswith("rows 2, 3, 4, 5, 6 and 2 more: unknown outcome, for example 'acepted'; allowed: accepted, ")
    assert line.endswith("issue_forwarded; next: did you mean 'accepted'?")


def test_rows_that_contradict_each_other_are_both_turned_away_and_copies_count_once(report):
    imported = report(*["a,2025-07-03,,,accepted,", "a,2025-07-03,,,declined,"], *["b,2025-07-03,,,accepted,"] * 2)
    assert rules(imported) == {2: "contradiction", 3: "contradiction", 5: "copy"}
    assert [outcome.subscriber_id for outcome in imported.validated.accepted] == ["b"]


def test_rejected_rows_are_kept_as_given_and_can_be_imported_once_mended(report):
    imported = report("a,2025-07-03,,,happy,=1+1")
    text = (report.root / imported.rejected_file).read_bytes().decode("utf-8-sig")
    (row,) = csv.DictReader(io.StringIO(text, newline=""))
    assert (row["row"], row["rule"], row["outcome"], row["note"]) == ("2", "outcome", "happy", "'=1+1")
    mended = report.root / "mended.csv"
    mended.write_text(text.replace("happy", "thinking"), encoding="utf-8")
    assert import_outcomes(report.root, mended, TODAY).added == 1
    assert [contact["note"] for contact in stored(report.root, REPORTED_FILE)] == ["=1+1"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_any_encoding_and_separator_that_a_spreadsheet_saves(tmp_path, encoding, separator):
    line, head = (text.replace(",", separator) for text in ("a,2025-07-03,,,accepted,客户要求周末回电", HEAD))
    (row,) = read_sheet(sheet(tmp_path, line, head=head, encoding=encoding))
    assert (row.number, row.cells["subscriber_id"], row.cells["note"]) == (2, "a", "客户要求周末回电")


def test_the_sheet_of_the_workbook_comes_back_filled_in(report):
    book = openpyxl.load_workbook(report.root / "data" / "prioritise" / "list.xlsx")
    sheet = book["Outcomes"]
    sheet["B2"], sheet["E2"] = dt.datetime(2025, 7, 3), "accepted"  # noqa: DTZ001 - a cell has no zone
    sheet["B3"], sheet["E3"], sheet["F3"] = 45841, "declined", "=1+1"
    sheet["B4"], sheet["E4"] = "2025/7/4", "not_reached"
    book.save(report.root / "back.xlsx")
    imported = import_outcomes(report.root, report.root / "back.xlsx", TODAY)
    assert [(outcome.subscriber_id, str(outcome.contacted_on)) for outcome in imported.validated.accepted] == [
        ("a", "2025-07-03"),
        ("c", "2025-07-04"),
    ]
    assert (rules(imported), imported.validated.blank) == ({3: "formula"}, 7)


@pytest.mark.parametrize("torn", ['a,2025-07-03,,,accepted,"not closed', '"b,2025-07-03,,,accepted,'])
def test_a_quote_that_is_never_closed_swallows_no_rows(report, torn):
    with pytest.raises(DataContractError, match="a quote that opens a cell closes it, too"):
        report(torn, *(f"{who},2025-07-04,,,accepted," for who in "cdefg"))


def test_quotes_as_a_spreadsheet_writes_them(report):
    head = '"' + HEAD.replace(",", '";"') + '"'
    imported = report('a;2025-07-03;;;accepted;"said ""no""; and\r\nhung up"', head=head)
    assert [outcome.note for outcome in imported.validated.accepted] == ['said "no"; and\r\nhung up']


@pytest.mark.parametrize("part", ["xl/worksheets/sheet1.xml", "xl/styles.xml", None])
def test_a_damaged_workbook_is_refused(report, part):
    whole = report.root / "data" / "prioritise" / "list.xlsx"
    path = report.root / "torn.xlsx"
    if part is None:
        path.write_bytes(whole.read_bytes()[:3000])
    else:
        with zipfile.ZipFile(whole) as old, zipfile.ZipFile(path, "w") as new:
            for name in old.namelist():
                new.writestr(name, old.read(name)[: 200 if name == part else None])
    with pytest.raises(DataContractError, match="damaged"):
        import_outcomes(report.root, path, TODAY)


def test_what_is_no_outcome_sheet_is_refused(report):
    with pytest.raises(DataContractError, match="no sheet has the columns"):
        report("1,2", head="id,day")
    with pytest.raises(DataContractError, match="no sheet has the columns"):
        report(head="")
    (report.root / "old.xls").write_bytes(bytes.fromhex("d0cf11e0a1b11ae1") + b"x")
    with pytest.raises(DataContractError, match="xls file"):
        import_outcomes(report.root, report.root / "old.xls", TODAY)
    with pytest.raises(MissingInputError):
        import_outcomes(report.root, report.root / "none.csv", TODAY)


def arms(rows):
    return {row["subscriber_id"]: row["arm"] for row in rows if row["campaign_id"]}


def test_the_hold_out_stands_beside_the_list_as_far_as_it_was_worked(office, tmp_path):
    people = {f"p{number:02}": {"value": 1000.0 - 5 * number} for number in range(60)}
    decided = office(people, hold_out_share=0.3)
    worked = [row for row in decided.list if row["rank"] <= 20]
    lines = [f"{row['subscriber_id']},2025-07-03,,,declined," for row in worked]
    (tmp_path / "half.csv").write_text("\n".join([HEAD, *lines]))
    import_outcomes(decided.root, tmp_path / "half.csv", TODAY)
    least = worked[-1]["expected_gain"]
    held = {row["subscriber_id"] for row in decided.hold_out if row["expected_gain"] >= least}
    assert held
    arm_of = arms(stored(decided.root))
    assert {name for name, arm in arm_of.items() if arm == "control"} == held
    assert sum(arm == "treated" for arm in arm_of.values()) == 20


def test_a_list_that_was_reported_in_part_teaches_nothing(office, tmp_path):
    people = {f"p{number:02}": {"value": 1000.0 - 5 * number} for number in range(60)}
    decided = office(people, hold_out_share=0.3)
    pleased = [row for row in decided.list if row["rank"] % 2]
    (tmp_path / "odd.csv").write_text(
        "\n".join([HEAD, *[f"{row['subscriber_id']},2025-07-03,,,accepted," for row in pleased]])
    )
    campaign = import_outcomes(decided.root, tmp_path / "odd.csv", TODAY).campaigns[DAY]
    assert (campaign.control, campaign.reported) == (0, len(pleased))
    assert set(arms(stored(decided.root)).values()) == {"treated"}


def test_a_stray_outcome_far_down_the_list_takes_nothing_away(office, tmp_path):
    """The first twenty were worked; number fifty rang up by herself."""
    people = {f"p{number:02}": {"value": 1000.0 - 5 * number} for number in range(90)}
    decided = office(people, hold_out_share=0.3)
    worked = [row for row in decided.list if row["rank"] <= 20 or row["rank"] == 50]
    lines = [f"{row['subscriber_id']},2025-07-03,,,declined," for row in worked]
    (tmp_path / "half.csv").write_text("\n".join([HEAD, *lines]))
    campaign = import_outcomes(decided.root, tmp_path / "half.csv", TODAY).campaigns[DAY]
    assert (campaign.worked, campaign.reported, campaign.stray) == (20, 20, 1)
    assert campaign.control > 0
    assert worked[-1]["subscriber_id"] not in arms(stored(decided.root))


def test_outcomes_after_the_last_day_of_the_data_wait(report):
    imported = report("a,2025-07-15,,,declined,", "b,2025-07-16,,,declined,")
    assert (imported.waiting, imported.data_until) == (1, dt.date(2025, 7, 15))


def test_the_words_of_the_list_hold_although_params_name_others_by_now(report):
    path = report.root / "params.yaml"
    path.write_text(re.sub(r"\bcall\b", "phone", path.read_text(encoding="utf-8")), encoding="utf-8")
    imported = report("a,2025-07-03,call,service_recovery,declined,", "b,2025-07-03,call,check_in,declined,")
    assert [outcome.subscriber_id for outcome in imported.validated.accepted] == ["a"]
    assert rules(imported) == {3: "channel_of_action"}


def test_names_of_params_keep_their_letters_and_blanks(report):
    path = report.root / "params.yaml"
    path.write_text(re.sub(r"\bmessage\b", "SMS Gate-way", path.read_text(encoding="utf-8")), encoding="utf-8")
    imported = report("a,2025-07-03,SMS Gate-way,check_in,declined,", "b,2025-07-03,sms gate_way,Check-in,declined,")
    assert {outcome.channel for outcome in imported.validated.accepted} == {"SMS Gate-way"}


def test_of_several_attempts_the_last_belongs_to_the_campaign(report):
    report("a,2025-07-03,,,not_reached,", "a,2025-07-05,,,accepted,")
    treated = [row for row in stored(report.root) if row["subscriber_id"] == "a"]
    assert [(row["outcome"], bool(row["campaign_id"])) for row in treated] == [
        ("not_reached", False),
        ("accepted", True),
    ]


def test_contacts_that_the_list_did_not_ask_for_count_for_quiet_days_only(office, tmp_path):
    decided = office(PEOPLE | {"calm": {"p": 0.001, "value": 1.0}})
    assert decided.rows["calm"]["decision"] == "give_up"
    (tmp_path / "s.csv").write_text(f"{HEAD}\ncalm,2025-07-03,call,,declined,\na,2025-08-04,,,accepted,\n")
    campaign = import_outcomes(decided.root, tmp_path / "s.csv", TODAY).campaigns[DAY]
    assert (campaign.off_list, campaign.late) == (1, 1)
    assert [(row["subscriber_id"], row["campaign_id"]) for row in stored(decided.root)] == [("a", None), ("calm", None)]


def test_the_next_list_leaves_them_in_peace(office, tmp_path):
    decided = office(PEOPLE)
    import_outcomes(decided.root, sheet(tmp_path, "a,2025-07-20,,,not_reached,", "b,2025-07-01,,,declined,"), TODAY)
    past = stored(decided.root)
    later = office({name: {**own, "as_of": dt.date(2025, 8, 1)} for name, own in PEOPLE.items()}, past)
    assert later.rows["a"]["why"] == "contacted 12 days ago; quiet for 30 days"
    assert later.rows["b"]["decision"] == "contact"


MANY = {f"p{number:02}": {"value": 1000.0 - 5 * number} for number in range(60)}
TWENTY = {"hold_out_share": 0.3, "contacts": 20}


def worked_off(decided, root, outcome="declined", day="2025-07-03"):
    """Import an outcome for everybody on a list."""
    lines = [f"{row['subscriber_id']},{day},,,{outcome}," for row in decided.list]
    return import_outcomes(root, sheet(root, *lines), TODAY)


def test_a_list_made_anew_in_the_same_month_leaves_everybody_in_peace_who_was_contacted(office):
    """Twenty were called; the next twenty are listed, and nobody of the first."""
    first = office(MANY, **TWENTY)
    called = [row["subscriber_id"] for row in first.list]
    worked_off(first, first.root)
    again = office(MANY, **TWENTY)
    assert {again.rows[name]["rule"] for name in called} == {"contacted_since"}
    assert {again.rows[name]["why"] for name in called} == {"contacted on 2025-07-03, since as_of; quiet for 30 days"}
    assert len(again.list) == 20
    assert not set(called) & {row["subscriber_id"] for row in again.list}
    assert {row["subscriber_id"] for row in first.hold_out} <= {row["subscriber_id"] for row in again.hold_out}
    assert again.metrics["closed_since"] == 20
    assert not [line for line in again.warnings if line.startswith("hold-out")]


def test_both_lists_of_a_month_teach_together(office):
    """All forty who were called from either list are compared with all who were held out beside them."""
    first = office(MANY, **TWENTY)
    alone = worked_off(first, first.root).campaigns[DAY]
    again = office(MANY, **TWENTY)
    both = worked_off(again, again.root, day="2025-07-10").campaigns[DAY]
    assert (alone.worked, alone.reported, both.worked, both.reported, both.off_list) == (20, 20, 40, 40, 0)
    held = {row["subscriber_id"] for decided in (first, again) for row in decided.hold_out}
    arm_of = arms(stored(again.root))
    assert sum(arm == "treated" for arm in arm_of.values()) == 40
    assert {name for name, arm in arm_of.items() if arm == "control"} <= held
    assert both.control > alone.control


def test_a_receipt_replays_although_outcomes_came_in_since(office):
    """The list is made again from what it saw, and not from what was reported later."""
    decided = office(MANY, **TWENTY)
    worked_off(decided, decided.root)
    facts = shown(decided.root, decided.list[0]["subscriber_id"], "")
    assert (facts.decision["decision"], [rule.name for rule in facts.rules if not rule.kept]) == ("contact", [])
    again = office(MANY, **TWENTY)
    called = shown(again.root, decided.list[0]["subscriber_id"], "")
    assert (called.decision["rule"], [rule.name for rule in called.rules if not rule.kept]) == (
        "contacted_since",
        ["quiet_days"],
    )


def test_what_was_said_since_is_shown_as_the_rule_that_closed_the_row(office):
    decided = office(PEOPLE)
    lines = ("a,2025-07-03,,,asked_not_to_call,", "b,2025-07-03,,,already_left,")
    import_outcomes(decided.root, sheet(decided.root, *lines), TODAY)
    office(PEOPLE)
    for name, rule in (("a", "asked_since"), ("b", "left_reported")):
        facts = shown(decided.root, name, "")
        since = next(rule for rule in facts.rules if rule.name == "since")
        assert (facts.decision["rule"], since.figure, since.kept) == (rule, dt.date(2025, 7, 3), False)


@pytest.mark.parametrize("head", ["Subscriber ID,Contacted On,outcome", "subscriber-id;contacted_on;Outcome"])
def test_a_header_that_is_spelled_otherwise_says_which_spelling_is_wanted(ten, head):
    with pytest.raises(DataContractError, match="spelled otherwise") as refused:
        read_sheet(sheet(ten.root, "a,2025-07-03,accepted", head=head))
    assert "is not 'subscriber_id'" in str(refused.value)
    assert "write subscriber_id" in str(refused.value)
