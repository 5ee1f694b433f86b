"""Invitations in a few lines."""

import pytest

from intake.mail.formats import invitation
from intake.mail.parse import parse

INVITE = """BEGIN:VCALENDAR
METHOD:{method}
BEGIN:VTIMEZONE
TZID:Europe/Berlin
BEGIN:STANDARD
DTSTART:19701025T030000
END:STANDARD
END:VTIMEZONE
BEGIN:VEVENT
DTSTART;TZID=Europe/Berlin:20260504T100000
DTEND;TZID=Europe/Berlin:20260504T113000
SUMMARY:Budget\\, second
  round\\nsoon
LOCATION:Room 3
ORGANIZER;CN="Meyer: Ann";SENT-BY="mailto:s@x.example":mailto:ann@x.example
ATTENDEE;PARTSTAT=DECLINED;CN=Bob:mailto:bob@x.example
BEGIN:VALARM
SUMMARY:not this one
END:VALARM
END:VEVENT
END:VCALENDAR
"""
LINES = [
    "[Invitation: Budget, second round soon",
    "When: 2026-05-04 10:00 to 11:30 (Europe/Berlin)",
    "Where: Room 3",
    "Organiser: Meyer: Ann <ann@x.example>]",
]


@pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["LF", "CRLF"])
def test_an_invitation_says_what_when_where_and_who(end):
    assert LINES == invitation.summary(INVITE.format(method="REQUEST").replace("\n", end)).split("\n")


def test_a_cancellation_and_an_answer_say_so():
    assert invitation.summary(INVITE.format(method="CANCEL")).startswith("[Cancelled appointment: Budget")
    answer = invitation.summary(INVITE.format(method="REPLY"))
    assert answer.startswith("[Answer to an invitation: Budget")
    assert answer.endswith("Answer: declined]")


WHEN = [
    ("UTC", "DTSTART:20260504T100000Z\nDTEND:20260505T090000Z", "2026-05-04 10:00 to 2026-05-05 09:00 (UTC)"),
    ("a whole day", "DTSTART;VALUE=DATE:20260504\nDTEND;VALUE=DATE:20260505", "2026-05-04"),
    ("no zone and no end", "DTSTART:20260504T100000", "2026-05-04 10:00"),
]


@pytest.mark.parametrize(("lines", "when"), [r[1:] for r in WHEN], ids=[r[0] for r in WHEN])
def test_times_stand_as_they_were_written(lines, when):
    text = f"BEGIN:VEVENT\n{lines}\nEND:VEVENT"
    assert f"[Invitation: no title\nWhen: {when}]" == invitation.summary(text)


@pytest.mark.parametrize(
    "text",
    ["", "BEGIN:VCALENDAR\nEND:VCALENDAR", "hello", "BEGIN:VTODO\nSUMMARY:x\nEND:VTODO", ";:" * 500],
)
def test_what_is_no_event_says_nothing(text):
    assert "" == invitation.summary(text)


@pytest.mark.parametrize("start", ["20261399T996161", "x", "", "99999999"])
def test_a_time_nobody_can_read_is_left_out(start):
    assert "[Invitation: s]" == invitation.summary(f"BEGIN:VEVENT\nSUMMARY:s\nDTSTART:{start}\nEND:VEVENT")


def test_a_mail_shows_its_invitation_once_and_keeps_the_file():
    raw = "From: a@x.example\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nPlease come.\n"
    for name in (
        "Content-Type: text/calendar; method=REQUEST",
        "Content-Type: text/calendar; name=invite.ics",
    ):
        raw += f"--b\n{name}\n\n{INVITE.format(method='REQUEST')}\n"
    message = parse((raw + "--b--\n").encode())
    assert ["Please come.", "", *LINES] == message.text.split("\n")
    assert message.text == message.new_text
    assert ["invite.ics", "invite.ics"] == [one.name for one in message.attachments]
