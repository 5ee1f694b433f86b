"""Whatever an admin edits may be wrong: mail is ticketed and acknowledged all the same, and they are told."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from email import message_from_bytes
from pathlib import Path
from typing import Any

import pytest
from config_files import DIRECT, config_text
from pump import Clock

from intake import app
from intake.config import settings as config
from intake.desk.effects import MailKind, Outcome
from intake.desk.message import Envelope
from intake.ports import Arrival
from intake.rendering.templates import renderer
from intake.web import make_app

ENVELOPE = Envelope("ingest", "support")
WRONG = "{{ nickname }}"


def write(folder: Path, **more: str) -> None:
    text = config_text(
        name=more.get("name", "Help"),
        desk=f"{DIRECT}\nadmin = root@desk.example\nsignature = {more.get('signature', 'The desk')}\n"
        "templates = own\ncanned = canned",
        web="base_url = https://help.example",
        mailbox="type = ingest\ntrusted_authserv = mx.desk.example",
        more=more.get("more", ""),
    )
    (folder / "intake.ini").write_text(text, encoding="utf-8")
    (folder / "own").mkdir(exist_ok=True)
    (folder / "canned").mkdir(exist_ok=True)


@pytest.fixture
def desk_of(tmp_path: Path) -> Iterator[Callable[..., app.Desk]]:
    made: list[app.Desk] = []

    def make(**more: str) -> app.Desk:
        write(tmp_path, **more)
        renderer.cache_clear()
        desk = app.build(config.load(tmp_path / "intake.ini"))
        desk.service = replace(desk.service, clock=Clock())
        desk.store.agents.add("anna@desk.example", "Anna", (), desk.service.clock())
        made.append(desk)
        return desk

    yield make
    renderer.cache_clear()
    for one in made:
        one.store.close()


def mail(number: int) -> Arrival:
    text = (
        "Authentication-Results: mx.desk.example; dmarc=pass header.from=customer.example\r\n"
        f"From: Lin <lin{number}@customer.example>\r\nSubject: Question {number}\r\n\r\nWhere is it?\r\n"
    )
    return Arrival(text.encode(), ENVELOPE)


def written(desk: app.Desk, kind: MailKind) -> list[Any]:
    rows = [row for row in desk.store.outbox.list_mails() if row.kind == kind.value]
    raws = [desk.store.outbox.raw(row.id) for row in rows]
    return [message_from_bytes(raw) for raw in raws if raw is not None]


def take(desk: app.Desk, count: int = 3) -> None:
    """Have three mails processed, and check that each is a ticket with its acknowledgement and notice."""
    got = desk.service.receive([mail(number) for number in range(count)])
    desk.service.process([one.ledger_id for one in got])
    rows = {row.id: row.outcome for row in desk.store.ledger.list_messages()}
    assert dict.fromkeys((one.ledger_id for one in got), Outcome.TICKETED) == rows
    kinds = [row.kind for row in desk.store.outbox.list_mails()]
    assert (count, count) == (kinds.count("acknowledgement"), kinds.count("notice"))


def told(desk: app.Desk) -> list[str]:
    """Return what the admin was told by mail, after the process has looked twice."""
    app.tell_mistakes(desk)
    app.tell_mistakes(desk)
    alerts = [one for one in written(desk, MailKind.ALERT) if one["To"] == "root@desk.example"]
    return [one.get_payload(decode=True).decode() for one in alerts]


def put(folder: Path, path: str, text: str | bytes) -> None:
    target = folder / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(text if isinstance(text, bytes) else text.encode())


TEMPLATES = {
    "the words of all mails": (
        "mail/en/words.j2",
        f'{{% extends "default/mail/en/words.j2" %}}{{% block hello %}}{WRONG}{{% endblock %}}',
    ),
    "what stands in an acknowledgement": ("mail/acknowledgement.j2", WRONG),
    "a whole mail": ("mail/en/acknowledgement.txt.j2", "{% block body %}" + WRONG + "{% endblock %}"),
    "the shape of the text": ("mail/letter.txt.j2", "{% for %}"),
    "the shape of the HTML": ("mail/letter.html.j2", b"\xff"),
}


@pytest.mark.parametrize(("path", "text"), TEMPLATES.values(), ids=TEMPLATES)
def test_a_template_with_a_mistake_costs_no_mail_and_the_admin_is_told_once(
    path: str, text: str | bytes, tmp_path: Path, desk_of: Callable[..., app.Desk]
) -> None:
    put(tmp_path / "own", path, text)
    desk = desk_of()
    take(desk)
    (said,) = told(desk)
    assert "A template of yours has a mistake" in said
    assert path in " ".join(said.split())
    assert [path in one.what for one in desk.store.troubles.current(desk.service.clock())] == [True]


@pytest.mark.parametrize("path", ["web/words.en.html.j2", "web/base.html.j2", "web/form.html.j2"])
def test_a_page_with_a_mistake_is_shown_as_shipped(
    path: str, tmp_path: Path, desk_of: Callable[..., app.Desk]
) -> None:
    wanted = make_app(desk_of()).test_client().get("/?lang=en")
    put(tmp_path / "own", path, "{% set lead = nickname %}" + WRONG)
    desk = desk_of()
    page = make_app(desk).test_client().get("/?lang=en")
    assert (200, len(wanted.text)) == (page.status_code, len(page.text))
    (said,) = told(desk)
    assert path in " ".join(said.split())


VALUES = {
    "a name that looks like a template": {"name": WRONG},
    "a name of signs": {"name": '"<b>Help</b>" <x@y.example>, %s {0} &amp;'},
    "a name of four bytes a letter": {"name": "😀" * 20},
    "a signature that looks like a template": {"signature": "{% for one in %} {{ two }}"},
    "a signature of signs": {"signature": "<script>alert(1)</script> %(x)s"},
    "a rule that fits everything": {"more": "[rule all]\ntext = *\npriority = high"},
    "a rule that captures what there is not": {"more": "[rule all]\ntext = where*\ncapture = tx_hash"},
}


@pytest.mark.parametrize("values", VALUES.values(), ids=VALUES)
def test_a_strange_value_in_the_config_costs_no_mail(
    values: dict[str, str], desk_of: Callable[..., app.Desk]
) -> None:
    desk = desk_of(**values)
    take(desk)
    assert [] == told(desk)


def test_a_prepared_answer_that_cannot_be_read_stops_no_desk(
    tmp_path: Path, desk_of: Callable[..., app.Desk]
) -> None:
    put(tmp_path / "canned", "refund.txt", b"\xff\xfe\xff")
    put(tmp_path / "canned", "hours.txt", "We are there from 9 to 5.")
    desk = desk_of()
    assert {"hours"} == set(desk.policy.canned)
    take(desk)
