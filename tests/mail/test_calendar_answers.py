# ruff: noqa: E501 (a text stays on the line of its name)
"""Calendars' answers to an invitation: a program's own words, and a person's."""

import pytest
from each_case import each

from intake.desk.message import Message
from intake.mail.parse import parse

ICS = """BEGIN:VCALENDAR
METHOD:{method}
BEGIN:VEVENT
UID:u1
SUMMARY:Call about the wallet
LOCATION:Room 3
DESCRIPTION:Please bring your device.\\nWe meet at the desk.
{more}ATTENDEE;PARTSTAT=ACCEPTED{beside}:mailto:lin@customer.example
END:VEVENT
END:VCALENDAR
"""


def answer(
    text: str,
    *head: str,
    method: str = "REPLY",
    more: str = "",
    beside: str = "",
    subject: str = "Accepted: Call",
) -> Message:
    """A calendar's answer with a text part, as Outlook and Google send it."""
    ics = ICS.format(method=method, more=f"{more}\n" if more else "", beside=beside)
    raw = (
        f"From: Lin <lin@customer.example>\nTo: support@desk.example\nSubject: {subject}\n"
        f"Message-ID: <c1@customer.example>\nMIME-Version: 1.0\n{''.join(f'{line}' + chr(10) for line in head)}"
        "Content-Type: multipart/alternative; boundary=B\n\n"
        f"--B\nContent-Type: text/plain; charset=utf-8\n\n{text}\n"
        f"--B\nContent-Type: text/calendar; charset=utf-8; method={method}\n\n{ics}--B--\n"
    )
    return parse(raw.encode())


REASON = "it is a calendar's answer to an invitation"

# Lines that clients write themselves, in the answer's text.
PROGRAMS = {
    "no text": "",
    "blanks": " \n\n\u00a0",
    "Google in English": "Lin has accepted this invitation.\n\nCall\nTuesday\n~~//~~\nInvitation from Google Calendar: "
    "https://calendar.google.com/calendar/",
    "Google in German": "Lin hat diese Einladung angenommen.\n\nTitel: Call\nEinladung von Google Kalender: "
    "https://calendar.google.com/calendar/\n\nSie erhalten diese E-Mail, weil Sie eingeladen wurden.",
    "Thunderbird": "Lin <lin@customer.example> has accepted your event invitation.",
    "Zimbra": "The following meeting has been accepted:\n\nSubject: Call about the wallet\nOrganizer: Ann\n"
    "Location: Room 3\nTime: Tuesday, 10:00",
    "its own title and place": "Call about the wallet\nRoom 3\nPlease bring your device.",
    "the invitation below": "When: Tuesday\nWhere: Room 3\n\n*~*~*~*~*~*~*~*~*~*\n\nPlease bring all that you have.",
    "the invitation as Outlook quotes it": "________________________________\nFrom: Ann\nSubject: Call\n\nPlease come.",
    "a telephone's line": "Sent from my iPhone",
    "French": "Lin a accepté votre invitation.",
    "Spanish": "Lin ha aceptado la invitación.",
    "Russian": "Lin принял приглашение.",
    "Japanese": "Lin さんが招待を承諾しました。",
    "Chinese": "Lin 已接受邀请",
    "German, by name": "Max Muster hat zugesagt.",
    "German, with reserve": "Mit Vorbehalt",
    "Dutch, a word": "Aangenomen",
    "French, by name": "Lin Martin a refusé",
    "Spanish, by name": "Lin Pérez ha rechazado.",
    "Italian, a word": "Accettato",
    "Portuguese, by name": "Lin Souza aceitou",
    "Polish, a word": "Zaakceptowano",
    "Turkish, by name": "Lin Demir kabul etti.",
    "Swedish, by name": "Lin har tackat nej",
    "Czech, a word": "Přijato",
    "Korean, a word": "수락함",
    "Japanese, a word": "承諾しました",
}
PEOPLE = {
    "words and nothing else": "Yes, and by the way my account is locked since yesterday.",
    "words below a program's": "Lin has accepted this invitation.\n\nMy wallet shows nothing since Monday.",
    "one word": "Gladly!",
    "in the first person": "I accept the invitation but I can not log in.",
    "German in the first person": "Ich habe den Termin angenommen, aber mein Konto ist gesperrt.",
    "Chinese": "好的,另外我的账户被锁了",
    "German, a promise": "Ich habe zugesagt, komme aber später.",
    "German, a complaint": "Das Passwort wird nicht angenommen.",
    "German, a long one": "Passwort von Lin seit heute abgelehnt",
    "German, about somebody": "Max hat zugesagt, kommt aber erst um drei.",
    "Dutch, in the first person": "Ik heb het aangenomen.",
    "French, in the first person": "J'ai accepté",
    "Swedish, in the first person": "Jag har tackat nej",
    "a question in the words of a program": "Was the meeting request accepted?",
    "above a quote of the invitation": "Can we do 3 pm?\n\n-----Original Appointment-----\nFrom: Ann\nWhen: Tuesday",
    "Google with a note": "Lin has declined this invitation with this note:\n\nI am ill.\n\n~~//~~\n"
    "Invitation from Google Calendar: https://calendar.google.com/calendar/",
}


@each("text", PROGRAMS.values(), ids=PROGRAMS.keys())
def test_what_a_calendar_says_by_itself_is_a_machines(text: str) -> None:
    assert (REASON, REASON) == ((found := answer(text)).automatic, found.suppress)


@pytest.mark.parametrize("text", PEOPLE.values(), ids=PEOPLE.keys())
def test_an_answer_with_words_of_a_person_is_that_persons_and_is_not_acknowledged(text: str) -> None:
    for more in (
        (),
        ("In-Reply-To: <i1@desk.example>",),
        ("Content-Class: urn:content-classes:calendarmessage",),
    ):
        found = answer(text, *more)
        assert ("", REASON) == (found.automatic, found.suppress)
        assert text.split("\n")[0] in found.new_text


COMMENTS = {
    "a comment": {"more": "COMMENT:I can not come\\, I am ill."},
    "a comment in a language, folded": {"more": "COMMENT;LANGUAGE=en:I can not come\\, I a\n m ill."},
    "beside the name, as Google has it": {"beside": ';X-RESPONSE-COMMENT="I can not come, I am ill."'},
}


@pytest.mark.parametrize("said", COMMENTS.values(), ids=COMMENTS.keys())
@pytest.mark.parametrize("head", [(), ("Auto-Submitted: auto-generated",)], ids=["plain", "auto-generated"])
def test_a_comment_is_a_persons_words_and_is_shown(said: dict[str, str], head: tuple[str, ...]) -> None:
    found = answer("Lin has declined this invitation.", *head, **said)
    assert ("", REASON) == (found.automatic, found.suppress)
    assert "Comment: I can not come, I am ill.]" in found.new_text


@pytest.mark.parametrize("more", ["COMMENT:", "COMMENT;LANGUAGE=en-US:\\n", "COMMENT: \\n \\n"])
def test_an_empty_comment_says_nothing(more: str) -> None:
    assert REASON == answer("", more=more).automatic


def test_a_room_that_answers_by_itself_is_a_machine_whatever_it_comments() -> None:
    found = answer("", "Auto-Submitted: auto-replied", more="COMMENT:Your request was accepted.")
    assert "its Auto-Submitted header says auto-replied" == found.automatic


def test_a_comment_of_an_answer_that_is_nothing_but_the_calendar_is_read() -> None:
    ics = ICS.format(method="REPLY", more="COMMENT:I am ill.\n", beside="")
    raw = f"From: lin@customer.example\nSubject: x\nContent-Type: text/calendar; method=REPLY\n\n{ics}"
    assert ("", REASON) == ((found := parse(raw.encode())).automatic, found.suppress)
    assert "Comment: I am ill." in found.new_text
    assert REASON == parse(raw.replace("COMMENT", "X-NOTE").encode()).automatic


def test_an_accepted_subject_without_a_calendar_hides_no_words_either() -> None:
    raw = "From: lin@customer.example\nSubject: Accepted: Call\nIn-Reply-To: <i1@desk.example>\n\n{}\n"
    assert REASON == parse(raw.format("Lin has accepted").encode()).automatic
    assert "" == parse(raw.format("My account is locked.").encode()).automatic
    for said, line in (("Aangenomen", ""), ("Zaakceptowano", "Lin zaakceptował"), ("已接受", "Lin 已接受")):
        assert REASON == parse(raw.replace("Accepted", said).format(line).encode()).automatic


@pytest.mark.parametrize("method", ["REQUEST", "COUNTER", "CANCEL"])
def test_other_calendar_mail_is_a_persons_as_before(method: str) -> None:
    found = answer("Please come.", method=method, subject="Call")
    assert ("", "") == (found.automatic, found.suppress)
