"""Delivery files of a message gateway, read as outcomes: columns, statuses and replies in the words of gateways.

The vocabulary is that of the usual gateways and of SMPP receipts (docs/policy.md). A status that is not in it is named
and rejected. What a subscriber answered is for a person to read, unless it asks for no more messages.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from email.utils import parsedate_to_datetime

from savedesk.params.prioritise import PrioritiseParams
from savedesk.schemas.outcomes import ASKED_NOT_TO_CALL, NOT_REACHED, SENT_NO_ANSWER
from savedesk.stages.ingest import cells

REPLIED = "replied"  # no outcome: a person has to read it
REPLY, BODY, SENDER, DIRECTION = "gateway_reply", "gateway_body", "gateway_sender", "gateway_direction"
OPTED_OUT, ERROR = "gateway_opted_out", "gateway_error"
COLUMNS = {  # name in an outcome sheet, or of ours -> names of gateways, the first one there counts
    "subscriber_id": (
        "subscriberid recipient recipientid to msisdn destination destinationnumber destinationaddress phone "
        "phonenumber mobile number 手机号 接收号码"
    ),
    "contacted_on": (
        "contactedon sentat senton sentdate datesent senttime sendtime senddate sent submittedat submittime submitdate "
        "timestamp createdat datecreated date time 发送时间"
    ),
    "outcome": "status deliverystatus messagestatus dlrstatus dlr state stat 状态 发送状态",
    REPLY: "reply replytext response responsetext inboundtext 回复内容",
    BODY: "body text message messagetext content 内容",
    SENDER: "from sender originator source 发送号码",
    DIRECTION: "direction 方向",
    OPTED_OUT: "optedout optout unsubscribed isunsubscribed unsubscribe stop stopped 退订",
    ERROR: "errorcode",
}
NEEDED = ("subscriber_id", "contacted_on", "outcome")
WORDS = {  # outcome -> statuses of gateways that mean it; "": not final yet, or never sent
    SENT_NO_ANSWER: (
        "sent delivered delivrd delivered_to_handset delivered_to_operator partially_delivered read seen displayed "
        "opened clicked success successful 已送达 发送成功 成功"
    ),
    NOT_REACHED: (
        "failed failure undelivered undeliv undeliverable not_delivered delivery_failed expired ttl_expired rejected "
        "rejectd deleted blocked carrier_blocked bounced invalid invalid_number unreachable 发送失败 失败"
    ),
    ASKED_NOT_TO_CALL: "stop opted_out optout opt_out unsubscribed unsubscribe 退订 已退订",
    REPLIED: "replied reply received inbound responded answered 回复 已回复 上行",
    "": (
        "accepted acceptd queued scheduled sending pending buffered enroute in_transit submitted processing canceled "
        "cancelled 等待回执 发送中"
    ),
}
STATUSES = {status: outcome for outcome, statuses in WORDS.items() for status in statuses.split()}
STOPS = (  # whole replies; one that begins with the first of them asks for it, too
    "STOP STOPALL STOPP UNSUBSCRIBE OPTOUT OPT-OUT REVOKE CANCEL END QUIT BAJA ARRET ARRÊT ABMELDEN PARAR SAIR T TD R "
    "退订 拒收 取消订阅"
)
WORTH = {ASKED_NOT_TO_CALL: 4, REPLIED: 3, SENT_NO_ANSWER: 2, NOT_REACHED: 1, "": 0}  # of several lines of a day
INBOUND = ("inbound", "incoming", "in", "received", "rx", "mo", "上行")
OUTBOUND = ("outbound", "outgoing", "out", "sent", "tx", "mt", "api", "下行", "")
NOT_OPTED_OUT = ("", "false", "no", "n", "0", "f", "否", "null", "none")
UNSUBSCRIBED = ("21610",)  # error of Twilio: the recipient has asked for no more messages
DIGITS = re.compile(r"(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})\d{2}")
TOLD_WITH_STATUS = re.compile(r"(replied|reply|received|inbound)\s*[:/_ -]\s*(.+)", re.IGNORECASE)


def renamed(header: Sequence[str]) -> list[str] | None:
    """Return the columns of a delivery file by their names in an outcome sheet; None where it is no delivery file.

    Args:
        header: names of the columns in small letters.
    """
    bare = [re.sub(r"[\s_-]+", "", name) for name in header]
    if "outcome" in bare:  # a sheet that agents filled in
        return None
    names = list(header)
    for ours, theirs in COLUMNS.items():
        places = [bare.index(name) for name in theirs.split() if name in bare]
        if places:
            names[places[0]] = ours
    return names if set(NEEDED) <= set(names) else None


def word(text: str) -> str:
    """Return a status as the vocabulary writes it."""
    return re.sub(r"[\s-]+", "_", text.strip().lower())


def outcome_of(status: str, reply: str, body: str, *, inbound: bool) -> tuple[str | None, str]:
    """Return the outcome that a line means, and what the subscriber answered.

    The outcome is ``REPLIED`` where a person must read the answer, and None where the status is not known.

    Args:
        status: as it is written.
        reply: what the subscriber answered, in a column of its own.
        body: text of the message, which is an answer only where the status or the direction says so.
        inbound: whether the subscriber sent the message.
    """
    with_text = TOLD_WITH_STATUS.fullmatch(status.strip())
    outcome = STATUSES.get(word(status))
    if not (with_text or reply or inbound or outcome == REPLIED):
        return outcome, ""
    said = reply or (with_text.group(2) if with_text else body)
    return (ASKED_NOT_TO_CALL if outcome == ASKED_NOT_TO_CALL or asks_to_stop(said) else REPLIED), said


def asks_to_stop(reply: str) -> bool:
    """Return whether a reply asks for no more messages: one of the words that gateways act on, or STOP and more."""
    text = " ".join(re.sub(r"[.,;:!?。！，'\"]", " ", reply).upper().split())
    return text in STOPS.split() or text.startswith("STOP ")


def day_of(moment: str, zone: str | None = None) -> str:
    """Return the day of a moment in the operator's time zone, as text; a text that is no clear day stays as it is.

    Gateways also write moments as digits alone (20260105103000) and as mail does (Mon, 05 Jan 2026 10:30:00 +0000).
    """
    text = moment.strip()
    day = cells.day_of(DIGITS.sub(r"\1-\2-\3 \4:\5", text) if DIGITS.fullmatch(text) else _as_iso(text), zone)
    return text if day is None else day.isoformat()


def _as_iso(text: str) -> str:
    """Return a moment as mail writes it (RFC 5322) year first; another text as it is."""
    if not (":" in text and "," in text):
        return text
    try:
        return parsedate_to_datetime(text).isoformat()
    except ValueError:
        return text


def is_inbound(direction: str) -> bool:
    """Return whether a line is what a subscriber sent."""
    return word(direction).partition("_")[0] in INBOUND


def is_outbound(direction: str) -> bool:
    """Return whether a line is what was sent to a subscriber; so is one that does not say."""
    return word(direction).partition("_")[0] in OUTBOUND


def opted_out(flag: str, error: str) -> bool:
    """Return whether a line says that the subscriber has unsubscribed: by a flag or a day, or by the error."""
    return flag.strip().lower() not in NOT_OPTED_OUT or error.strip() in UNSUBSCRIBED


def message_channel(policy: PrioritiseParams) -> str:
    """Return the channel that takes no agent's time; empty where there are several, or none."""
    names = [name for name, channel in policy.channels.items() if not channel.minutes]
    return names[0] if len(names) == 1 else ""
