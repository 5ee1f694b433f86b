"""Every mail template in each language, with the smallest and the fullest ticket."""

from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.header import decode_header, make_header
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from factories import ANNA, DESK_ADDRESS, KEY, LIN, NOW, a_policy, a_ticket

from intake.composer import DELIMITER, Composer
from intake.config import Section
from intake.desk.effects import Mail, MailKind
from intake.desk.message import Address, Attachment
from intake.desk.ticket import Agent, Status, Ticket

SHIPPED = Path(__file__).resolve().parents[2] / "templates" / "mail"
LANGUAGES = ("en", "zh-Hans")


def events(kind: MailKind) -> tuple[str, ...]:
    return {MailKind.STATUS: ("closed", "reopened"), MailKind.ALERT: ("", "brake")}.get(kind, ("",))


CASES = [(kind, event, language) for kind in MailKind for event in events(kind) for language in LANGUAGES]


def smallest(language: str) -> Ticket:
    return Ticket(1, "", Status.NEW, Address("a@b.example"), language, "gone", "", NOW, NOW)


def fullest(language: str) -> Ticket:
    return a_ticket(
        language=language,
        subject="Everything at once",
        status=Status.CLOSED,
        closed_at=datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=1),
        priority="high",
        related=7,
        participants=("boss@customer.example",),
        message_ids=tuple(f"m{n}@x.example" for n in range(30)),
    )


def write(
    kind: MailKind,
    ticket: Ticket,
    templates: Path | None = None,
    small: bool = False,
    **changes: Any,
) -> tuple[str, str] | None:
    """Return (subject, body) as a reader sees them."""
    desk = Section(
        {
            "name": "Example Wallet",
            "address": DESK_ADDRESS,
            "language": ticket.language,
            "signature": "" if small else "Example Wallet\nhttps://wallet.example",
            "templates": templates,
            "reply_days": 180,
        }
    )
    settings: Any = SimpleNamespace(desk=desk)
    values: dict[str, Any] = (
        {}
        if small
        else {
            "agent": ANNA,
            "author": LIN,
            "text": "A text.",
            "stranger": True,
            "attachments": (Attachment("a.png", "image/png", b"x"), Attachment("b.bin", "", bytes(19 << 20))),
        }
    )
    mail = Mail(kind, ticket.id, ticket.requester, "key", **{**values, **changes})
    out = Composer(settings, a_policy(), (KEY,)).compose(mail, ticket, NOW)
    if out is None:
        return None
    message = message_from_bytes(out.raw)
    part = message.get_payload(0) if message.is_multipart() else message
    return str(make_header(decode_header(message["Subject"]))), part.get_payload(decode=True).decode()


@pytest.mark.parametrize(("kind", "event", "language"), CASES)
def test_it_is_rendered_for_the_smallest_ticket(kind: MailKind, event: str, language: str) -> None:
    said = write(kind, smallest(language), small=True, event=event)

    assert said is not None
    subject, text = said
    assert "[#1]" in subject
    for word in ("None", "{{", "{%", " ,", "  "):
        assert word not in subject + text


@pytest.mark.parametrize(("kind", "event", "language"), CASES)
def test_it_is_rendered_for_the_fullest_ticket(kind: MailKind, event: str, language: str) -> None:
    said = write(kind, fullest(language), event=event)

    assert said is not None
    subject, text = said
    if event == "brake":
        assert "[#12]" in subject
    elif kind in (MailKind.NOTICE, MailKind.ALERT):
        assert subject.startswith("[#12]")
    elif kind is MailKind.SURVEY:
        # It asks about the conversation and is no part of it.
        assert subject.endswith("[#12] Everything at once")
    else:
        # Gmail keeps a conversation together only under the very subject it began with.
        assert "Re: Everything at once" == subject
    assert "None" not in text
    if kind in (MailKind.NOTICE, MailKind.ALERT):
        assert text.startswith(DELIMITER)
        assert event == "brake" or "Anna" in text
    else:
        assert "boss@customer.example" not in text
        assert ANNA.address not in text


@pytest.mark.parametrize("kind", list(MailKind))
def test_each_language_says_its_own_words(kind: MailKind) -> None:
    def said(language: str) -> str:
        written = write(kind, smallest(language), small=True, event=events(kind)[0])
        assert written is not None
        return written[1]

    assert said("en").isascii()
    assert any("\u4e00" <= char <= "\u9fff" for char in said("zh-Hans"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_template_decides_that_there_is_nothing_to_say(language: str) -> None:
    assert write(MailKind.STATUS, fullest(language), event="assigned") is None


def test_both_languages_have_the_same_templates() -> None:
    names = [{path.name for path in (SHIPPED / language).iterdir()} for language in LANGUAGES]

    assert {f"{kind.value}.txt.j2" for kind in MailKind} == names[0] == names[1]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_status_has_a_word(language: str) -> None:
    for status in Status:
        assert write(MailKind.NOTICE, a_ticket(language=language, status=status)) is not None


SYNTAX = (
    "{{ 7*7 }}",
    "{% raw %}",
    "{# gone #}",
    "${7*7}",
    "%s %(x)s",
    "{0}",
    "{{ self }}",
    "#{7*7}",
    "{% endblock %}",
)


@pytest.mark.parametrize("syntax", SYNTAX)
@pytest.mark.parametrize("kind", [MailKind.RELAY, MailKind.NOTICE, MailKind.ALERT])
def test_what_users_write_is_never_a_template(kind: MailKind, syntax: str) -> None:
    person = Address("a@b.example", syntax)
    ticket = a_ticket(subject=syntax, requester=person, assignee=Agent(1, syntax, ANNA.address))
    files = (Attachment(syntax, "image/png", bytes(19 << 20)),)
    said = write(kind, ticket, text=syntax, author=person, attachments=files)

    assert said is not None
    subject, text = said
    assert syntax in subject
    assert syntax in text
    assert "49" not in subject + text


def test_an_override_wins(tmp_path: Path) -> None:
    folder = tmp_path / "mail" / "en"
    folder.mkdir(parents=True)
    (folder / "status.txt.j2").write_text(
        "{% set hello = 'Moin' %}{% block subject %}Own subject [#{{ number }}]{% endblock %}"
        "{% block body %}{{ hello }}, {{ event }}.{% endblock %}"
    )

    said = write(MailKind.STATUS, a_ticket(), tmp_path, event="assigned")

    assert ("Own subject [#12]", "Moin, assigned.\r\n") == said


def test_an_override_can_change_one_block_and_keep_the_rest(tmp_path: Path) -> None:
    folder = tmp_path / "mail" / "en"
    folder.mkdir(parents=True)
    (folder / "acknowledgement.txt.j2").write_text(
        '{% extends "default/mail/en/acknowledgement.txt.j2" %}\n'
        "{% block body %}{{ super() }}\nOur hours are 9 to 5.{% endblock %}\n"
    )

    shipped = write(MailKind.ACKNOWLEDGEMENT, a_ticket())
    said = write(MailKind.ACKNOWLEDGEMENT, a_ticket(), tmp_path)

    assert shipped is not None
    assert (shipped[0], shipped[1] + "\r\nOur hours are 9 to 5.\r\n") == said


def test_an_override_can_add_a_language(tmp_path: Path) -> None:
    folder = tmp_path / "mail" / "de"
    folder.mkdir(parents=True)
    (folder / "relay.txt.j2").write_text(
        "{% block subject %}AW: {{ subject }}{% endblock %}{% block body %}{{ text }} Gruß{% endblock %}"
    )

    assert ("AW: My coins are gone", "A text. Gruß\r\n") == write(
        MailKind.RELAY, a_ticket(language="de"), tmp_path, attachments=()
    )
    # What the admin has not translated goes out in a language that is there.
    assert write(MailKind.NOTICE, a_ticket(language="de"), tmp_path) is not None
