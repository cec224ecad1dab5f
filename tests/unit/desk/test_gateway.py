"""Delivery files of a message gateway, imported as outcomes of the list."""

from __future__ import annotations

import csv
import io

import openpyxl
import pyarrow.parquet as pq
import pytest
from tests.unit.desk.conftest import DAY
from tests.unit.desk.test_outcomes import TODAY, report, rules, sheet, stored  # noqa: F401 - report is a fixture

from savedesk.operations.outcomes.command import import_outcomes
from savedesk.operations.outcomes.gateway import asks_to_stop, day_of, outcome_of
from savedesk.operations.outcomes.view import tell
from savedesk.params.load import load_params
from savedesk.schemas.outcomes import FOLDER, REPORTED_FILE

LOG = "recipient,sent_at,status,reply"


@pytest.fixture
def gateway(ten):
    """Return a function that imports lines of a gateway for a list of ten, which are called a to j."""

    said = ten.root / "data" / "sources" / "mine" / "source.yaml"
    said.write_text("title: Mine\ntimezone: Europe/Berlin\n", encoding="utf-8")

    def imported(*lines, head=LOG):
        return import_outcomes(ten.root, sheet(ten.root, *lines, head=head), TODAY)

    imported.root = ten.root
    return imported


def outcomes(root):
    path = root / FOLDER / "mine" / str(DAY) / REPORTED_FILE
    return {row["subscriber_id"]: row["outcome"] for row in pq.read_table(path).to_pylist()}


def test_statuses_become_outcomes(gateway):
    """Moments are taken at the day of the operator, in Berlin."""
    imported = gateway(
        "a,2025-07-03 10:00:00,delivered,",
        "b,2025-07-03T10:00:00Z,Undelivered,",
        "c,2025-07-03T23:30:00+02:00,EXPIRED,",
        "d,2025-07-03 10:00,read,",
        "e,20250703100000,replied,Stop!",
        'f,"Thu, 03 Jul 2025 10:00:00 +0000",delivered,STOP please',
        "g,2025-07-03 10:00,queued,",
    )
    assert outcomes(gateway.root) == {
        "a": "sent_no_answer",
        "b": "not_reached",
        "c": "not_reached",
        "d": "sent_no_answer",
        "e": "asked_not_to_call",
        "f": "asked_not_to_call",
    }
    assert (len(imported.validated.accepted), len(imported.validated.rejected), imported.validated.blank) == (6, 0, 1)
    contacts = {row["subscriber_id"]: row for row in stored(gateway.root)}
    assert {(row["channel"], str(row["contacted_on"]), row["cost"]) for row in contacts.values()} == {
        ("message", "2025-07-03", 0.05)
    }


def test_a_status_that_is_not_known_is_named(gateway):
    imported = gateway("a,2025-07-03 10:00,DELIVERD,", "b,2025-07-03 10:00,delivered,")
    assert rules(imported) == {2: "status"}
    (line,) = imported.complaints
    assert line.startswith(
        "row 2: unknown status of a message gateway, for example 'deliverd'; allowed: sent, delivered"
    )
    assert line.endswith("next: did you mean 'delivered'?")


def test_a_reply_is_for_a_person_to_read_and_can_be_imported_once_it_was(gateway):
    imported = gateway("a,2025-07-03 10:00,delivered,", "a,2025-07-03 11:00,replied,I will think about it")
    assert (rules(imported), imported.merged) == ({3: "reply"}, 1)
    text = (gateway.root / imported.rejected_file).read_bytes().decode("utf-8-sig")
    (row,) = csv.DictReader(io.StringIO(text, newline=""))
    assert (row["subscriber_id"], row["note"]) == ("a", "message replied: I will think about it")
    mended = gateway.root / "mended.csv"
    mended.write_text(text.replace(",replied,", ",thinking,"), encoding="utf-8")
    assert import_outcomes(gateway.root, mended, TODAY).added == 1
    assert outcomes(gateway.root) == {"a": "thinking"}


def test_lines_of_a_subscriber_and_day_say_one_thing_together(gateway):
    imported = gateway(
        "a,2025-07-03 10:00,sent,",
        "a,2025-07-03 10:01,failed,",
        "a,2025-07-03 10:02,delivered,",
        "b,2025-07-03 10:00,queued,",
        "b,2025-07-03 10:02,failed,",
        "c,2025-07-03 10:00,delivered,",
        "c,2025-07-03 10:05,stop,",
    )
    assert outcomes(gateway.root) == {"a": "sent_no_answer", "b": "not_reached", "c": "asked_not_to_call"}
    assert (imported.rows, imported.merged) == (3, 4)
    assert gateway("a,2025-07-03 10:00,sent,").known == 1


def test_what_an_agent_wrote_stays_and_a_refusal_by_message_counts(gateway):
    sheet_head = "subscriber_id,contacted_on,outcome"
    gateway("a,2025-07-03,accepted", "b,2025-07-03,declined", "c,2025-07-03,not_reached", head=sheet_head)
    imported = gateway("a,2025-07-03 10:00,delivered,", "b,2025-07-03 10:00,stop,", "c,2025-07-03 10:00,delivered,")
    assert outcomes(gateway.root) == {"a": "accepted", "b": "asked_not_to_call", "c": "not_reached"}
    assert (imported.added, imported.corrected, imported.known) == (0, 1, 2)


def test_answers_in_a_log_of_both_directions(gateway):
    """The text of a message that was sent is no answer, although it says how to stop."""
    head = "From,To,Body,Status,SentDate,Direction"
    gateway(
        "10086,a,Reply STOP to opt out,delivered,2025-07-03T10:00:00Z,outbound-api",
        "b,10086,stop,received,2025-07-03T10:00:00Z,inbound",
        head=head,
    )
    assert outcomes(gateway.root) == {"a": "sent_no_answer", "b": "asked_not_to_call"}


def test_a_workbook_in_chinese(gateway):
    book = openpyxl.Workbook()
    for line in [["手机号", "发送时间", "状态", "回复内容"], ["a", "2025-07-03 10:00:00", "发送成功", None]]:
        book.active.append(line)
    book.active.append(["b", "2025-07-03 10:00:00", "发送成功", "退订"])
    book.save(gateway.root / "log.xlsx")
    import_outcomes(gateway.root, gateway.root / "log.xlsx", TODAY)
    assert outcomes(gateway.root) == {"a": "sent_no_answer", "b": "asked_not_to_call"}


def test_a_number_that_is_no_subscriber_is_named(gateway):
    assert rules(gateway("+4917000,2025-07-03 10:00,delivered,")) == {2: "unknown_id"}


def test_a_reported_list_of_messages_teaches(office, tmp_path):
    """Nobody answers most messages; with a word for it the list is reported in full."""
    people = {f"p{number:02}": {"value": 1000.0 - 5 * number, "tier": "small"} for number in range(60)}
    decided = office(people, hold_out_share=0.3)
    lines = [f"{row['subscriber_id']},2025-07-03 10:00,delivered," for row in decided.list]
    campaign = import_outcomes(decided.root, sheet(tmp_path, *lines, head=LOG), TODAY).campaigns[DAY]
    assert campaign.reported == campaign.worked == len(decided.list)
    assert campaign.control > 0


def test_a_call_that_nobody_answered_was_not_reached(report):  # noqa: F811 - the fixture
    imported = report("a,2025-07-03,call,,sent_no_answer,", "b,2025-07-03,message,,sent_no_answer,")
    assert rules(imported) == {2: "word_of_messages"}
    assert [outcome.outcome for outcome in imported.validated.accepted] == ["sent_no_answer"]
    assert "write not_reached, or the channel by which a message was sent" in imported.complaints[0]


@pytest.mark.parametrize("text", ["STOP", "stop.", "Stop, please", "退订", "TD", "unsubscribe", "BAJA"])
def test_words_that_ask_for_no_more(text):
    assert asks_to_stop(text)


@pytest.mark.parametrize("text", ["", "please do not stop", "unstoppable", "yes", "N"])
def test_words_that_do_not(text):
    assert not asks_to_stop(text)


@pytest.mark.parametrize("status", ["replied: STOP", "replied/STOP", "reply STOP", "STOP", "opted-out"])
def test_a_refusal_within_the_status(status):
    assert outcome_of(status, "", "", inbound=False)[0] == "asked_not_to_call"


def test_days_that_can_be_read_in_two_ways_stay_for_the_rule_that_refuses_them():
    assert day_of("03/07/2025 10:00") == "03/07/2025 10:00"


@pytest.mark.parametrize(
    ("moment", "zone", "day"),
    [
        ("2025-07-03 23:30", "Asia/Shanghai", "2025-07-03"),  # without an offset: the operator's own clock
        ("2025-07-03T23:30:00Z", "Asia/Shanghai", "2025-07-04"),
        ("2025-07-03T23:30:00+02:00", "Europe/Berlin", "2025-07-03"),
        ("20250703233000", None, "2025-07-03"),
        ("Thu, 03 Jul 2025 23:30:00 +0000", "Asia/Shanghai", "2025-07-04"),
        ("2025-07-03T23:30:00Z", None, "2025-07-03T23:30:00Z"),  # may be of another day: the rule refuses it
        ("2025/7/3", None, "2025-07-03"),
    ],
)
def test_the_day_of_a_moment_is_that_of_the_operators_zone(moment, zone, day):
    assert day_of(moment, zone) == day


def test_a_sheet_that_takes_a_refusal_back_is_warned_of(gateway, capsys):
    gateway("b,2025-07-03 10:00,stop,", "c,2025-07-03 10:00,stop,")
    imported = gateway("b,2025-07-03,accepted", head="subscriber_id,contacted_on,outcome")
    assert imported.taken_back == ["b"]
    tell(imported, load_params(gateway.root)["prioritise"])
    assert "1 had asked not to be called, and this file says another outcome of that day: b;" in capsys.readouterr().out
    assert gateway("c,2025-07-03 10:00,delivered,").taken_back == []  # a gateway takes no refusal back


@pytest.mark.parametrize("direction", ["in", "received", "Inbound", "rx", "MO"])
def test_what_a_subscriber_sent_counts_without_a_status(gateway, direction):
    gateway(f"{direction},d,DESK,2025-07-04,STOP,", head="direction,from,to,date,body,status")
    assert outcomes(gateway.root) == {"d": "asked_not_to_call"}


def test_a_direction_that_is_not_known_is_named(gateway):
    imported = gateway("sideways,d,a,2025-07-04,hello,delivered", head="direction,from,to,date,body,status")
    assert rules(imported) == {2: "status"}
    assert "'direction_sideways'" in imported.complaints[0]


@pytest.mark.parametrize(("flag", "outcome"), [("true", "asked_not_to_call"), ("2025-07-04", "asked_not_to_call")])
def test_a_column_says_who_has_unsubscribed(gateway, flag, outcome):
    gateway(
        f"a,2025-07-03,delivered,{flag}",
        "b,2025-07-03,delivered,false",
        "c,2025-07-03,delivered,",
        head="recipient,sent_at,status,opted_out",
    )
    assert outcomes(gateway.root) == {"a": outcome, "b": "sent_no_answer", "c": "sent_no_answer"}


def test_an_error_says_who_has_unsubscribed(gateway):
    gateway(
        "a,2025-07-03,undelivered,21610",
        "b,2025-07-03,undelivered,30003",
        head="recipient,sent_at,status,error_code",
    )
    assert outcomes(gateway.root) == {"a": "asked_not_to_call", "b": "not_reached"}
