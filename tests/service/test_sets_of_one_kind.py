"""Twenty messages of one kind take sixty statements, whatever kind that is."""

from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from peewee import Database
from pump import Clock, PumpedDesk, letter

from intake.desk import tokens
from intake.desk.message import Envelope
from intake.desk.tokens import Purpose
from intake.ports import Arrival

COUNT = 20
# No mail of these is one too many.
MORE = """automatic_per_hour = 10000
automatic_per_address_hour = 1000
automatic_per_address_day = 1000
automatic_per_unverified_day = 1000
automatic_per_domain_hour = 10000
flood_per_address_hour = 0
flood_per_domain_hour = 0
"""
REPORT = (
    "From: MAILER-DAEMON@mx.example\r\nTo: {to}\r\nSubject: Undelivered\r\n"
    "Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n--b\r\n\r\nNo. {text}\r\n"
    "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\n"
    "Final-Recipient: rfc822; {who}\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n--b--\r\n"
)
FORWARD = (
    "See.\r\n\r\n---------- Forwarded message ---------\r\nFrom: Lin <{who}>\r\n"
    "Date: Mon, Jan 5, 2026 at 9:00 AM\r\nSubject: lost\r\nTo: <help@desk.example>\r\n\r\n"
    "I lost it. {text}\r\n"
)
Kind = Callable[[PumpedDesk, int, str], tuple[bytes, str]]


def who(number: int) -> str:
    return f"c{number}@n{number}.example"


def to(desk: PumpedDesk, ticket: int, purpose: Purpose, person: int = 0) -> str:
    expires = desk.clock.now + timedelta(days=9)
    return tokens.address(desk.address, tokens.make(desk.desk.keys[0], purpose, ticket, person, expires))


def new(desk: PumpedDesk, number: int, text: str) -> tuple[bytes, str]:
    sender = f"new{number}@m{number}.example"
    return letter(sender, desk.address, f"About {text}", text), sender


def one_sender(desk: PumpedDesk, number: int, text: str) -> tuple[bytes, str]:
    return letter("lin@one.example", desk.address, f"About {text}", text), "lin@one.example"


def reply(desk: PumpedDesk, number: int, text: str) -> tuple[bytes, str]:
    return letter(who(number), to(desk, number, Purpose.CUSTOMER), "Re: it", text), who(number)


def answer(desk: PumpedDesk, number: int, text: str) -> tuple[bytes, str]:
    return letter(desk.agent, to(desk, number, Purpose.AGENT, 1), "Re: it", text), desk.agent


def close(desk: PumpedDesk, number: int, text: str) -> tuple[bytes, str]:
    return answer(desk, number, f"#close\r\n{text}")


def note(desk: PumpedDesk, number: int, text: str) -> tuple[bytes, str]:
    return answer(desk, number, f"#note\r\n{text}")


def ask(desk: PumpedDesk, number: int, text: str) -> tuple[bytes, str]:
    return answer(desk, number, f"#note @colleague1 @nobody\r\n{text}")


def question(desk: PumpedDesk, number: int, text: str) -> tuple[bytes, str]:
    return answer(desk, number, f"#ask p{number}@partner.example\r\n{text}")


def partner(desk: PumpedDesk, number: int, text: str) -> tuple[bytes, str]:
    entries = desk.store.tickets.entries(number)
    asked = max(entry.id for entry in entries if entry.text.startswith("Sent as a question to "))
    sender = f"p{number}@partner.example"
    return letter(sender, to(desk, number, Purpose.PARTNER, asked), "Re: it", text), sender


def watch(desk: PumpedDesk, number: int, text: str) -> tuple[bytes, str]:
    return answer(desk, number, f"#watch\r\n{text}")


def forward(desk: PumpedDesk, number: int, text: str) -> tuple[bytes, str]:
    body = FORWARD.format(who=f"f{number}@z.example", text=text)
    return letter(desk.agent, desk.address, f"Fwd: lost {text}", body), desk.agent


def machine(desk: PumpedDesk, number: int, text: str) -> tuple[bytes, str]:
    return letter(who(number), desk.address, "Away", text, "Auto-Submitted: auto-replied\r\n"), who(number)


def bounce(desk: PumpedDesk, number: int, text: str) -> tuple[bytes, str]:
    return REPORT.format(to=to(desk, number, Purpose.BOUNCE), who=who(number), text=text).encode(), ""


@pytest.mark.parametrize("engine", ["sqlite", "postgres"])
@pytest.mark.parametrize(
    "kind",
    [new, one_sender, reply, answer, close, note, ask, question, partner, watch, forward, machine, bounce],
    ids=lambda kind: kind.__name__,
)
@pytest.mark.parametrize("agents", [1, 3], ids=["alone", "with colleagues"])
@pytest.mark.parametrize("closed", [False, True], ids=["", "closed before"])
def test_twenty_of_a_kind_take_sixty_statements(
    tmp_path: Path,
    kind: Kind,
    closed: bool,
    agents: int,
    engine: str,
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    url = request.getfixturevalue("postgres_url") if engine == "postgres" else ""
    store = f"\n[store]\nurl = {url}\n" if url else ""
    with closing(PumpedDesk(tmp_path, "desk.example", Clock(), MORE + store)) as desk:
        take(desk, lambda desk, number, text: (letter(who(number), desk.address, text), who(number)), "first")
        desk.clock.later(minutes=2)
        desk.deliver()
        for number in range(1, agents):
            desk.store.agents.add(f"colleague{number}@staff.example", f"Wei {number}", (), desk.clock())
        if closed:
            take(desk, close, "closed")
            desk.clock.later(days=40)
        if kind is partner:
            take(desk, question, "asked")
        asked: list[str] = []
        whole = Database.execute_sql

        def noted(self: Database, sql: Any, *rest: Any, **named: Any) -> Any:
            asked.append(str(sql)[:160])
            return whole(self, sql, *rest, **named)

        with monkeypatch.context() as patched:
            take(desk, kind, "now", lambda: patched.setattr(Database, "execute_sql", noted))
        assert len(asked) <= 60, "\n".join(asked)
        assert not desk.store.ledger.list_messages(state="waiting")


def take(desk: PumpedDesk, kind: Kind, text: str, before: Callable[[], object] = lambda: None) -> None:
    mails = [kind(desk, number + 1, f"{text} {number}") for number in range(COUNT)]
    envelopes = [Envelope("lmtp", "support", sender, (desk.address,)) for _, sender in mails]
    desk.service.receive([Arrival(raw, at) for (raw, _), at in zip(mails, envelopes, strict=True)])
    before()
    while desk.service.process_pending(50):
        pass
