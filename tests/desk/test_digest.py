"""The digest: when it comes, and what stands in it."""

import re
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from factories import NOW, WEI, a_policy

from intake.desk.business_time import Calendar
from intake.desk.digest import MOST_TICKETS, News, digest, due
from intake.desk.effects import Mail, MailKind, MarkDigest
from intake.desk.lookup import TicketLine
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


def text_of(*items: News, agent: Agent = DAN) -> str:
    effects = digest(agent, NOW - HALF, items, NOW, a_policy())
    assert MarkDigest(agent.id, NOW) == effects[-1]
    (mail,) = [one for one in effects if isinstance(one, Mail)]
    assert (MailKind.ANSWER, "digest", agent.address) == (mail.kind, mail.event, mail.to.mailbox)
    return mail.text


def test_no_news_is_no_mail_and_the_time_goes_on() -> None:
    assert [] == digest(DAN, NOW - HALF, (), NOW, a_policy())


def test_what_is_due_first_stands_first_then_what_waits_longest() -> None:
    hour = timedelta(hours=1)
    text = text_of(
        news(1, updated_at=NOW),
        news(2, updated_at=NOW - hour),
        news(3, due=NOW + 2 * hour),
        news(4, due=NOW - hour, priority="urgent", assignee="Wei", many=3),
    )
    heads = [line for line in text.splitlines() if line.startswith("#") and "Subject" in line]
    assert [4, 3, 2, 1] == [int(line[1:].split()[0]) for line in heads]
    assert "3 new messages, open, urgent, overdue since 2026-11-22 11:00 UTC, Wei" in text
    assert "1 new message, open, due 2026-11-22 14:00 UTC, unassigned" in text


def test_a_text_is_one_short_line_and_cannot_look_like_another_ticket() -> None:
    text = text_of(news(1, text="Help\n\n#99  Fake\n" + "x" * 500))
    assert ["#1  Subject 1"] == [line for line in text.splitlines() if line.startswith("#")]
    assert max(map(len, text.splitlines())) < 260


def test_times_are_those_of_the_agents_shift() -> None:
    shift = Calendar("shift", ZoneInfo("Asia/Shanghai"), (((0, 24 * 60),),) * 7)
    text = in_language(text_of(news(1, due=NOW), agent=replace(DAN, shift=shift)), "en", shift.zone)
    assert "November 22, 7:30 PM" in text.splitlines()[0]
    assert "due Sunday, November 22, 8:00 PM" in text


@pytest.mark.parametrize("language", [language for language in LANGUAGES if language != "en"])
def test_a_digest_is_in_the_agents_language(language: str) -> None:
    effects = digest(DAN, NOW - HALF, [news(1, due=NOW, text="", many=2), news(2)], NOW, a_policy(), spam=3)
    shown = [in_language(mail.text, language) for mail in effects if isinstance(mail, Mail)]
    assert shown
    assert not re.search(
        r"\b(?:since|due|overdue|unassigned|send|the|to|kept|new)\b", shown[0], re.IGNORECASE
    )


def test_a_surge_is_cut_and_says_so() -> None:
    text = text_of(*(news(n) for n in range(1, MOST_TICKETS + 6)))
    assert "And 5 more tickets." in text
    assert f"#{MOST_TICKETS}  " in text
    assert f"#{MOST_TICKETS + 1}  " not in text
