"""From a mail to the promise in its acknowledgement, and what the clock does about it, leaps and all."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from config_files import config_text

from intake import app
from intake.config import settings as config
from intake.desk import lifecycle, tokens
from intake.desk.effects import Mail, Outgoing
from intake.desk.message import Envelope
from intake.desk.sla_target import PromiseState, Target
from intake.desk.text.language import LANGUAGES
from intake.desk.ticket import Status, Ticket
from intake.ports import Arrival, OwedPage, Permanent, Post, Temporary
from intake.service.promises import call_webhook

CONFIG = config_text(
    desk="timezone = Europe/Berlin",
    page="webhook = https://hook.example/SECRET",
    more="""[sla all]
first_response = 8h
next_response = 2h
resolution = 5d
calendar = office
ladder = 50% remind, 90% late, 100% priority high, 150% page
[calendar office]
hours = mon-fri 9:00-17:00""",
)
# A Monday, 9:00 in Berlin.
BEGIN = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
TODAY = "Mon, 23 Nov 2026 16:00:00 +0800"


class Desk:
    """A desk with a clock of our own."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.now = folder, BEGIN
        (folder / "intake.ini").write_text(CONFIG, encoding="utf-8")
        self.open()
        self.anna = self.app.store.agents.add("anna@staff.example", "Anna", (), BEGIN)

    def open(self) -> None:
        self.app = app.build(config.load(self.folder / "intake.ini"))
        self.app.service = replace(self.app.service, clock=lambda: self.now)

    def page(self, post: Post) -> int:
        return call_webhook(self.app.store, post, lambda: self.now, self.app.service.tells)

    def restart(self) -> None:
        self.app.store.close()
        self.open()

    def mail(
        self,
        name: str = "lin",
        subject: str = "Coins",
        date: str = TODAY,
        text: str = "Please help, my coins are late.",
        **headers: str,
    ) -> int:
        """A mail comes in; return the ticket it went to."""
        lines = [f"From: {name}@customer.example", f"Subject: {subject}", f"Date: {date}"]
        lines += [f"{key.replace('_', '-')}: {value}" for key, value in headers.items()]
        lines += ["Content-Type: text/plain; charset=utf-8"]
        raw = "\r\n".join([*lines, "", text, ""]).encode()
        (got,) = self.app.service.receive([Arrival(raw, Envelope("ingest", "support"))])
        self.app.service.process([got.ledger_id])
        row = self.app.store.ledger.message(got.ledger_id)
        assert row is not None
        assert row.ticket is not None, row
        return row.ticket

    def ticket(self, number: int = 1) -> Ticket:
        found = self.app.store.tickets.get(number)
        assert found is not None
        return found

    def sent(self, kind: str) -> list[str]:
        """The texts of mails of a kind."""
        rows = [row.id for row in reversed(self.app.store.outbox.list_mails()) if row.kind == kind]
        found = []
        for one in rows:
            raw = self.app.store.outbox.raw(one)
            assert raw is not None
            part = next(p for p in message_from_bytes(raw).walk() if p.get_content_type() == "text/plain")
            content = part.get_payload(decode=True)
            assert isinstance(content, bytes)
            found.append(" ".join(content.decode().split()))
        return found

    def steps(self) -> list[str]:
        rows = reversed(self.app.store.promises.list_escalations(states=()))
        return [row.step for row in rows if row.target is Target.FIRST_RESPONSE]

    def at(self, hours: float) -> None:
        """Let the clock say so many hours after the beginning, and do what it then is time for."""
        self.now = BEGIN + hours * HOUR
        self.app.service.escalate()


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = Desk(tmp_path)
    yield made
    made.app.store.close()


ZONES = {
    "on the requester's own clock": ("Mon, 23 Nov 2026 16:00:00 +0800", "11:59 PM (UTC+8)"),
    "west of Greenwich too": ("Mon, 23 Nov 2026 03:00:00 -0500", "11:00 AM (UTC-5)"),
    "on the desk's, where a server wrote the time": ("Mon, 23 Nov 2026 08:00:00 +0000", "5:00 PM (UTC+1)"),
    "on the desk's, where no zone is said": ("Mon, 23 Nov 2026 08:00:00 -0000", "5:00 PM (UTC+1)"),
    "on the desk's, where no clock is": ("Mon, 23 Nov 2026 08:00:00 +9900", "5:00 PM (UTC+1)"),
}


@pytest.mark.parametrize(("date", "told"), ZONES.values(), ids=ZONES)
def test_the_acknowledgement_states_the_promise(desk: Desk, date: str, told: str) -> None:
    desk.mail(date=date)
    (text,) = desk.sent("acknowledgement")
    assert told in text.replace("\u00a0", " ")
    assert BEGIN + 8 * HOUR == desk.ticket().first_response_due
    # Telling it is no answer.
    assert desk.ticket().first_response_at is None


# What somebody writes, how far his clock is from UTC, and what he must be told of 16:00 UTC on a Monday.
READERS = {
    "en": (
        "Please help me, the coins in my wallet are gone since yesterday.",
        "-0500",
        "We aim to reply by Monday, November 23, 11:00 AM (UTC-5).",
    ),
    "zh-Hans": (
        "您好，我的钱包里的币从昨天开始不见了，请帮我找回来。",
        "+0800",
        "预计在11月23日（周一）23:59（UTC+8）前通过邮件回复您。",
    ),
    "zh-Hant": (
        "您好，我的錢包裡的幣從昨天開始不見了，請幫我找回來。",
        "+0800",
        "預計在11月23日（週一）23:59（UTC+8）前以電子郵件回覆您。",
    ),
    "ja": (
        "こんにちは。昨日からウォレットのコインがなくなりました。助けてください。",
        "+0900",
        "、11月24日（火）1:00（UTC+9）までにメールで回答する予定です。",
    ),
    "ko": (
        "안녕하세요. 어제부터 지갑에 있던 코인이 사라졌습니다. 도와주세요.",
        "+0900",
        "11월 24일(화) 01:00(UTC+9)까지 이메일로",
    ),
    "es": (
        "Hola, desde ayer han desaparecido las monedas de mi cartera, por favor ayúdenme.",
        "-0600",
        "antes del lunes 23 de noviembre, 10:00 h (UTC-6).",
    ),
    "pt": (
        "Olá, as moedas da minha carteira sumiram desde ontem, por favor me ajudem.",
        "-0300",
        "até segunda-feira, 23 de novembro, às 13h00 (UTC-3).",
    ),
    "fr": (
        "Bonjour, les pièces de mon portefeuille ont disparu depuis hier, aidez-moi.",
        "+0400",
        "avant le lundi 23 novembre à 20 h 00 (UTC+4).",
    ),
    "de": (
        "Guten Tag, seit gestern sind die Münzen in meiner Brieftasche weg, bitte helfen Sie.",
        "+0100",
        "voraussichtlich bis Montag, 23. November, 17:00 Uhr (UTC+1).",
    ),
    "ru": (
        "Здравствуйте, со вчерашнего дня пропали монеты из моего кошелька, помогите.",
        "+0500",
        "до 21:00 23 ноября (понедельник, UTC+5).",
    ),
    "tr": (
        "Merhaba, dünden beri cüzdanımdaki paralar kayboldu, lütfen bana yardım edin.",
        "+0300",
        "en geç 23 Kasım Pazartesi, saat 19:00 (UTC+3) itibarıyla",
    ),
    "vi": (
        "Xin chào, từ hôm qua tiền trong ví của tôi đã biến mất, xin hãy giúp tôi.",
        "+0700",
        "trước 23:00 thứ Hai, ngày 23/11 (UTC+7).",
    ),
}


@pytest.mark.parametrize("language", READERS)
def test_the_acknowledgement_promises_in_its_readers_language_and_zone(desk: Desk, language: str) -> None:
    text, offset, expected = READERS[language]
    desk.mail(text=text, date=f"Mon, 23 Nov 2026 12:00:00 {offset}")
    assert language == desk.ticket().language
    (told,) = desk.sent("acknowledgement")
    assert expected in told.replace("\u00a0", " ")
    assert set(READERS) == set(LANGUAGES)


def test_each_step_is_done_at_its_time(desk: Desk) -> None:
    desk.mail()
    seen = []
    for hours in (3.99, 4, 7.19, 7.2, 7.99, 8, 28, 27.99, 28):
        desk.at(hours)
        seen.append(len(desk.steps()))
    assert [0, 1, 1, 2, 2, 3, 4, 4, 4] == seen
    assert ["50% remind", "90% late", "100% priority high", "150% page"] == desk.steps()
    assert "high" == desk.ticket().priority


def test_the_requester_hears_that_it_is_late_before_it_is(desk: Desk) -> None:
    desk.mail()
    desk.at(7.2)
    (text,) = desk.sent("status")
    # 150 percent of eight hours are Tuesday at 13:00 in Berlin, 20:00 where he is.
    assert "8:00 PM (UTC+8)" in text.replace("\u00a0", " ")
    assert BEGIN + 8 * HOUR == desk.ticket().first_response_due


@pytest.mark.parametrize("quotes", ["always", "never"])
def test_the_word_that_it_is_late_stands_in_the_thread_of_the_acknowledgement(
    desk: Desk, quotes: str
) -> None:
    """Mail programs thread by subject too: proven or not, both mails have the same, and the same form."""
    desk.app.service = replace(
        desk.app.service, policy=replace(desk.app.service.policy, quote_subject=quotes)
    )
    desk.mail()
    desk.at(7.2)
    mails = {
        row.kind: message_from_bytes(desk.app.store.outbox.raw(row.id) or b"", policy=default)
        for row in desk.app.store.outbox.list_mails()
        if row.kind in ("acknowledgement", "status")
    }
    subjects = {kind: str(one["Subject"]).removeprefix("Re: ") for kind, one in mails.items()}
    expected = "Coins" if quotes == "always" else "We have received your message [#1]"
    assert {"acknowledgement": expected, "status": expected} == subjects
    assert 1 == len({one.get_content_type() for one in mails.values()})
    assert mails["acknowledgement"]["Message-ID"] in mails["status"]["References"]


def test_an_answer_undoes_the_ladder(desk: Desk) -> None:
    desk.mail()
    desk.at(5)
    assert ["open"] == [row.state for row in desk.app.store.promises.list_escalations(states=())]
    desk.now = BEGIN + 6 * HOUR
    desk.app.service.act(lifecycle.reply(desk.ticket(), desk.anna, "Look again.", "key", desk.app.policy))
    desk.at(500)
    assert ["50% remind"] == desk.steps()
    assert ["resolved"] == [row.state for row in desk.app.store.promises.list_escalations(states=())]
    assert ("pending", None) == (desk.ticket().status.value, desk.ticket().resolution_due)
    assert [("first_response", "kept"), ("resolution", "paused")] == sorted(
        (one.target.value, one.state.value) for one in desk.app.store.promises.of_ticket(1)
    )


def test_the_requesters_answer_lets_the_clock_go_on(desk: Desk) -> None:
    desk.mail()
    desk.now = BEGIN + 2 * HOUR
    desk.app.service.act(lifecycle.reply(desk.ticket(), desk.anna, "Look again.", "key", desk.app.policy))
    desk.now = BEGIN + 24 * HOUR
    token = tokens.make(desk.app.keys[0], tokens.Purpose.CUSTOMER, 1, 0, BEGIN + 90 * HOUR)
    to = tokens.address("help@desk.example", token)
    desk.mail(subject="Re: Coins [#1]", date="Tue, 24 Nov 2026 16:00:00 +0800", To=to)
    ticket = desk.ticket()
    assert (Status.OPEN, BEGIN + 26 * HOUR) == (ticket.status, ticket.next_response_due)
    # Of forty hours two were used on Monday; 38 more from Tuesday at 9 are Monday at 15:00.
    assert datetime(2026, 11, 30, 14, 0, tzinfo=UTC) == ticket.resolution_due


def test_after_a_restart_nothing_is_done_again_and_nothing_is_left_out(desk: Desk) -> None:
    desk.mail()
    for hours in (4, 4, 7.2, 8, 8, 28, 28, 30):
        desk.at(hours)
        desk.restart()
        desk.at(hours)
    assert ["50% remind", "90% late", "100% priority high", "150% page"] == desk.steps()


LEAPS: dict[str, list[float]] = {
    "over all at once": [200],
    "ahead and back": [200, 3, 5, 9, 30],
    "back and ahead": [5, -48, 5, 8, -48, 40],
    "back by a second again and again": [4, 3.9997, 4, 3.9997, 7.2, 7.1997, 8, 7.9997, 28, 27.9997],
}


def _news(alert: str) -> str:
    """What an alert says itself, above the conversation that earlier ones stand in."""
    return alert.partition("Conversation so far")[0]


@pytest.mark.parametrize("leaps", LEAPS.values(), ids=LEAPS)
def test_the_clock_leaps(desk: Desk, leaps: list[float]) -> None:
    desk.mail()
    for hours in leaps:
        desk.at(hours)
    desk.at(31)
    assert ["50% remind", "90% late", "100% priority high", "150% page"] == desk.steps()
    first = [one for one in desk.sent("alert") if "Nobody has replied yet. 50% of" in _news(one)]
    assert 1 == len(first)


def test_killed_in_the_middle_nothing_is_half_done(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.mail()
    compose = desk.app.service.compose

    def killed(mail: Mail, ticket: Ticket, now: datetime) -> Outgoing | None:
        raise KeyboardInterrupt

    desk.app.service = replace(desk.app.service, compose=killed)
    with pytest.raises(KeyboardInterrupt):
        desk.at(4)
    assert ([], []) == (desk.steps(), desk.sent("alert"))
    desk.app.service = replace(desk.app.service, compose=compose)
    desk.at(4)
    assert ["50% remind"] == desk.steps()
    assert 1 == len(desk.sent("alert"))


def test_one_that_fails_keeps_no_other_from_being_done(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    desk.mail()
    desk.mail("bob", date="Mon, 23 Nov 2026 16:00:01 +0800")
    compose = desk.app.service.compose
    fails = True

    def sometimes(mail: Mail, ticket: Ticket, now: datetime) -> Outgoing | None:
        if fails and ticket.id == 1:
            raise RuntimeError("no such template")
        return compose(mail, ticket, now)

    desk.app.service = replace(desk.app.service, compose=sometimes)
    desk.at(4)
    assert [2] == [row.ticket for row in desk.app.store.promises.list_escalations()]
    assert "The escalation of ticket 1" in caplog.text
    fails = False
    desk.at(4.02)
    assert [1, 2] == sorted(row.ticket for row in desk.app.store.promises.list_escalations())


def test_a_tick_does_it_and_its_mail_is_due_at_once(desk: Desk) -> None:
    desk.mail()
    desk.now = BEGIN + 4 * HOUR
    due = desk.app.service.tick()
    alert = next(row for row in desk.app.store.outbox.list_mails() if row.kind == "alert")
    assert alert.id in due


def test_a_changed_priority_changes_the_promise(desk: Desk) -> None:
    text = CONFIG.replace("[sla all]", "[sla urgent]\npriority = urgent\nfirst_response = 1h\n[sla all]")
    (desk.folder / "intake.ini").write_text(text, encoding="utf-8")
    desk.restart()
    desk.mail()
    from intake.desk.effects import Amend

    desk.now = BEGIN + HOUR
    desk.app.service.act([Amend(1, {"priority": "urgent"})])
    assert BEGIN + 2 * HOUR == desk.ticket().first_response_due
    states = [
        (one.policy, one.state)
        for one in desk.app.store.promises.of_ticket(1)
        if one.target.value == "first_response"
    ]
    assert [("all", PromiseState.DROPPED), ("urgent", PromiseState.RUNNING)] == states


def test_who_was_not_acknowledged_is_not_told_that_it_is_late(desk: Desk) -> None:
    desk.mail(Auto_Submitted="no", X_Auto_Response_Suppress="All")
    assert [] == desk.sent("acknowledgement")
    desk.at(7.2)
    assert [] == desk.sent("status")
    reasons = [row.reason for row in desk.app.store.promises.list_escalations(states=("done",))]
    assert [
        "The requester was not notified: the request was not acknowledged, so no reply time was given."
    ] == reasons


# -- paging ------------------------------------------------------------------------------


def paged(desk: Desk, *answers: Exception | None, hours: float = 28) -> list[OwedPage]:
    """Page at the time when it is due; answer each call so."""
    got: list[OwedPage] = []
    left = list(answers)

    def post(page: OwedPage) -> None:
        got.append(page)
        answer = left.pop(0) if left else None
        if answer is not None:
            raise answer

    desk.at(hours)
    for _ in range(len(answers) + 1):
        desk.page(post)
        desk.now += 3 * HOUR
    return got


def test_the_webhook_is_called_until_it_answers_always_by_the_same_name(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    desk.mail()
    got = paged(desk, Temporary("it answered 503"), Temporary("it answered 503"))
    assert [1, 2, 3] == [one.attempts for one in got]
    assert 1 == len({one.key for one in got})
    assert re.fullmatch(r"escalation:\d+:150% page", got[0].key)
    assert "the webhook was not reached" in caplog.text
    assert "SECRET" not in caplog.text
    desk.now += 100 * HOUR
    assert 0 == desk.page(lambda page: None)


def test_a_refusal_ends_it(desk: Desk) -> None:
    desk.mail()
    assert 1 == len(paged(desk, Permanent("it answered 400"), None))


def test_a_call_that_fails_in_a_way_nobody_foresaw_ends_too_and_is_told(desk: Desk) -> None:
    desk.mail()
    assert 10 == len(paged(desk, *[ValueError("https://hook.example/SECRET")] * 12))
    (page,) = [one for one in desk.app.store.troubles.current(desk.now) if one.key.startswith("page ")]
    assert "was given up: the webhook did not accept it (ValueError)" in page.what
    assert "SECRET" not in page.what


def test_a_page_is_not_given_up_because_the_clock_was_set_on(desk: Desk) -> None:
    desk.mail()
    desk.at(28)

    def busy(page: OwedPage) -> None:
        raise Temporary("it answered 503")

    assert 0 == desk.page(busy)
    desk.now += timedelta(days=30)
    assert 0 == desk.page(busy)
    desk.now += HOUR
    assert 1 <= desk.page(lambda page: None)


def test_after_a_day_nobody_is_called_any_more(desk: Desk) -> None:
    desk.mail()
    got = paged(desk, *[Temporary("it answered 503")] * 12)
    # The call after a day is the last.
    assert 10 == len(got)


def test_killed_while_calling_it_is_called_again(desk: Desk) -> None:
    desk.mail()
    desk.at(28)

    def killed(page: OwedPage) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        desk.page(killed)
    desk.restart()
    called: list[Any] = []
    assert 0 == desk.page(called.append)
    desk.now += timedelta(minutes=3)
    assert 1 == desk.page(called.append)
    assert 2 == called[0].attempts


def test_the_pager_is_there_where_the_config_names_one(desk: Desk) -> None:
    made: Callable[..., None] | None = desk.app.pager()
    assert made is not None
    assert "SECRET" not in repr(desk.app.settings.page)


def test_the_notification_says_until_when_an_answer_is_promised(desk: Desk) -> None:
    desk.mail()

    (notice,) = desk.sent("notice")
    assert "New ticket · due in 8 h" in notice
    assert "Reply due Monday, November 23, 5:00 PM (UTC+1)" in notice
