"""Letters about troubles of the desk itself are in the language of who gets them."""

import re
from collections.abc import Callable
from email import message_from_bytes
from email.header import decode_header, make_header
from pathlib import Path
from typing import Any

import pytest
from desk_mail import LIMITS, MailDesk, plain_of

from intake.commands import serve
from intake.desk.effects import MailKind
from intake.desk.text.said import Said, said
from intake.runtime import exhausted
from intake.service.composing import Unwritten, in_words

ADMIN = "root@desk.example"

Make = Callable[[str], MailDesk]


@pytest.fixture
def desk_in(tmp_path: Path) -> Any:
    made: list[MailDesk] = []

    def make(more: str) -> MailDesk:
        made.append(MailDesk(tmp_path / str(len(made)), f"{LIMITS}\n{more}"))
        return made[-1]

    yield make
    for desk in made:
        desk.close()


def letters(desk: MailDesk) -> list[tuple[str, str, str]]:
    """To whom, the subject and the text of each letter about a trouble, once each."""
    rows = desk.out(MailKind.ALERT)
    return [(one.rcpt, _subject(one.raw), plain_of(one.raw)) for one in rows]


def _subject(raw: bytes) -> str:
    return str(make_header(decode_header(message_from_bytes(raw)["Subject"])))


def _fail(desk: MailDesk) -> None:
    for _ in range(3):
        desk.clock.later(hours=2)
        desk.service.attempt(said("Sending digests"), lambda: {}["gone"])


def test_a_trouble_is_told_to_the_admin_in_the_language_of_the_desk(desk_in: Make) -> None:
    desk = desk_in(f"language = zh-Hans\nadmin = {ADMIN}")
    _fail(desk)
    ((to, subject, text),) = letters(desk)
    assert (ADMIN, "Desk：需要处理") == (to, subject)
    assert "发送摘要：失败（KeyError），详见日志。" in text
    assert "自1月1日（周四）" in text
    assert "3 次。" in text
    # What an admin types stays what it is.
    assert {"KeyError", "intake", "status", "UTC"} >= set(re.findall("[A-Za-z]{2,}", text))
    # Where it is not read by mail it is English, as all answers of the command line.
    (row,) = desk.store.troubles.current(desk.clock())
    assert row.what.startswith("Sending digests failed (KeyError); see the log.")


def test_without_an_admin_each_agent_is_told_in_their_own_language(desk_in: Make) -> None:
    desk = desk_in("language = de")
    desk.store.agents.add("wei@staff.desk.example", "Wei", (), desk.clock())
    assert desk.store.agents.change("wei@staff.desk.example", language="zh-Hans")
    _fail(desk)
    told = {to: (subject, text) for to, subject, text in letters(desk)}
    assert "Desk: Handlungsbedarf" == told[desk.agent][0]
    assert "Senden der Zusammenfassungen: fehlgeschlagen (KeyError), siehe Protokoll." in told[desk.agent][1]
    assert "Desk：需要处理" == told["wei@staff.desk.example"][0]
    assert "发送摘要：失败" in told["wei@staff.desk.example"][1]
    assert "Das ist 3-mal vorgekommen, zuerst am Donnerstag, 1. Januar" in told[desk.agent][1]


def test_what_could_not_be_written_is_named_in_the_language_of_the_desk(desk_in: Make) -> None:
    desk = desk_in(f"language = de\nadmin = {ADMIN}")
    unwritten = Unwritten(MailKind.RELAY, "lin@customer.example", 7, "KeyError")
    desk.service.tells.met("words", in_words([unwritten]), desk.clock())
    ((_, _, text),) = letters(desk)
    assert "die Antwort an den Kunden zu Ticket 7 (KeyError)" in text


def test_why_a_part_ends_is_told_as_it_is_logged() -> None:
    assert all(isinstance(told, Said) and told == logged for logged, told in serve._WHY.items())
    assert exhausted.SENTENCE in serve._WHY
