"""The digest: when it comes, and what stands in it."""

import re
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from factories import NOW, WEI, a_policy

from intake.desk.agent_effects import MarkSummary
from intake.desk.block_effects import BlockedSender
from intake.desk.business_time import Calendar
from intake.desk.digest import MOST_TICKETS, News, digest, due
from intake.desk.effects import Mail, MailKind
from intake.desk.listing import HOW, ListTable
from intake.desk.lookup import TicketLine
from intake.desk.people import TeamPolicy
from intake.desk.text.language import LANGUAGES
from intake.desk.ticket import Agent, Status
from intake.rendering.sayings import in_language

DAN = replace(WEI, notify="digest", digest_minutes=30)
HALF = timedelta(minutes=30)
# NOW is a Sunday noon in UTC.
NIGHT = Calendar("shift", ZoneInfo("UTC"), (((0, 6 * 60),),) * 7)


@pytest.mark.parametrize(
    ("agent", "since"),
    [
        (DAN, NOW - HALF),
        (replace(DAN, digest_at=NOW - HALF), NOW - HALF),
        (replace(DAN, digest_at=NOW - timedelta(hours=9)), NOW - timedelta(hours=9)),
        (replace(DAN, digest_at=NOW - HALF + timedelta(seconds=1)), None),
        (replace(DAN, shift=NIGHT), None),
        (replace(DAN, away_until=NOW + HALF), None),
        (replace(DAN, enabled=False), None),
        (WEI, None),
    ],
)
def test_when_a_digest_is_due_and_since_when(agent: Agent, since: datetime | None) -> None:
    assert since == due(agent, NOW)


def news(number: int, many: int = 1, text: str = "Hello", **ticket: object) -> News:
    values = {
        "subject": f"Subject {number}",
        "status": Status.OPEN,
        "requester": "lin@customer.example",
        "assignee": "",
        "priority": "normal",
        "updated_at": NOW,
    }
    return News(TicketLine(id=number, **{**values, **ticket}), many, text)  # type: ignore[arg-type]


def table_of(*items: News, agent: Agent = DAN, spam: int = 0) -> ListTable:
    effects = digest(agent, NOW - HALF, items, NOW, a_policy(), spam)
    assert MarkSummary(agent.id, NOW) == effects[-1]
    (mail,) = [one for one in effects if isinstance(one, Mail)]
    assert (MailKind.ANSWER, "digest", agent.address) == (mail.kind, mail.event, mail.to.mailbox)
    assert mail.table is not None
    return mail.table


def test_no_news_is_no_mail_and_the_time_goes_on() -> None:
    assert [] == digest(DAN, NOW - HALF, (), NOW, a_policy())


def test_what_is_due_first_stands_first_then_what_waits_longest() -> None:
    hour = timedelta(hours=1)
    table = table_of(
        news(1, updated_at=NOW),
        news(2, updated_at=NOW - hour),
        news(3, due=NOW + 2 * hour),
        news(4, due=NOW - hour, priority="urgent", assignee="Wei", many=3),
    )
    assert [4, 3, 2, 1] == [row.ticket.id for row in table.rows]
    assert ("3 new messages: Hello",) == table.rows[0].below
    assert ("1 new message: Hello",) == table.rows[1].below
    assert HOW in table.below


def test_a_text_is_one_short_line_and_cannot_look_like_another_ticket() -> None:
    (row,) = table_of(news(1, text="Help\n\n#99  Fake\n" + "x" * 500)).rows
    assert row.below[0].startswith("1 new message: Help #99 Fake xxx")
    assert len(row.below[0]) < 260


@pytest.mark.parametrize("language", [language for language in LANGUAGES if language != "en"])
def test_a_digest_is_in_the_agents_language(language: str) -> None:
    table = table_of(news(1, due=NOW, text="", many=2), news(2), spam=3)
    words = [table.title, *table.below, *(line for row in table.rows for line in row.below)]
    shown = " ".join(in_language(text, language) for text in words)
    assert not re.search(r"\b(?:since|due|overdue|unassigned|send|the|to|kept|new)\b", shown, re.IGNORECASE)


def test_a_surge_is_cut_and_says_so() -> None:
    table = table_of(*(news(n) for n in range(1, MOST_TICKETS + 6)))
    assert "And 5 more tickets." in table.below
    assert list(range(1, MOST_TICKETS + 1)) == [row.ticket.id for row in table.rows]


BLOCKS = (
    BlockedSender("@evil.example", "Anna", NOW, "#12"),
    BlockedSender("eve@x.example", "root", NOW),
    BlockedSender("old@x.example", "Anna", NOW - HALF),
)


@pytest.mark.parametrize(
    ("policy", "told"),
    [
        ({}, False),
        ({"teams": {"support": TeamPolicy("support", lead=DAN.address.upper())}}, True),
        ({"admin": DAN.address}, True),
    ],
)
def test_leads_and_the_admin_read_whom_agents_have_blocked_since(policy: Any, told: bool) -> None:
    effects = digest(DAN, NOW - HALF, (), NOW, a_policy(**policy), blocks=BLOCKS)
    lines = [
        line for effect in effects if isinstance(effect, Mail) and effect.table for line in effect.table.below
    ]
    says = (
        "Newly blocked: @evil.example (Anna, #12), eve@x.example (root). "
        "To undo it, send #unblock with the address or domain."
    )
    assert ([says] if told else []) == lines
