"""With a bare address the quote says which ticket a mail is about; here it quotes mails about two."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from agent_desk import LIN
from agent_replies import quoted
from reply_desk import ANNA, BARE, Desk, Reply, text_of

from intake.desk import lifecycle
from intake.desk.effects import MailKind, Outgoing
from intake.desk.ticket import EntryKind

MALLORY = "mallory@customer.example"
AGENT = f"Anna <{ANNA}>"
ON = "On Thu, 1 Jan 2026 at 09:00, Lumen <help@desk.example> wrote:"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = Desk(tmp_path, BARE)
    yield made
    made.close()


def answer_in(desk: Desk, number: int, to: str) -> Outgoing:
    anna, ticket = desk.store.agents.by_address(desk.agent), desk.store.tickets.get(number)
    assert anna
    assert ticket
    desk.service.act(lifecycle.reply(ticket, anna, f"Answer in {number}.", f"a{number}", desk.desk.policy))
    return desk.last(MailKind.RELAY, to=to)


def notices(desk: Desk) -> tuple[Outgoing, Outgoing]:
    """What Anna gets of Lin's ticket 1 and of Mallory's ticket 2."""
    first = desk.notice()
    desk.write(MALLORY, "Another matter", "second", ticket=2)
    return first, desk.last(MailKind.NOTICE, to=ANNA)


def relayed(desk: Desk) -> list[str]:
    desk.deliver()
    return [mail.rcpt for mail in desk.sent if mail.kind is MailKind.RELAY]


def texts(desk: Desk, number: int, kind: EntryKind) -> str:
    return "\n".join(entry.text for entry in desk.store.tickets.entries(number) if entry.kind is kind)


@pytest.mark.parametrize("quote", [False, True])
def test_a_customer_to_whom_another_tickets_notice_was_forwarded_writes_in_their_own(
    desk: Desk, quote: bool
) -> None:
    notice, answer = desk.notice(), answer_in(desk, 2, MALLORY)
    text = f"My follow up. Anna forwarded me:\n\n{quoted(text_of(notice))}"
    desk.replies(answer, Reply(text, MALLORY, quote=quote, vouched=True))
    assert (2, "follow_up") == (desk.newest().ticket, desk.newest().rule)
    assert "My follow up" in texts(desk, 2, EntryKind.CUSTOMER)
    assert "" == texts(desk, 1, EntryKind.DRAFT)


def test_an_agents_reply_that_quotes_notices_of_two_tickets_is_asked_about(desk: Desk) -> None:
    first, second = notices(desk)
    desk.sent.clear()
    text = f"For Lin only.\n\n{ON}\n\n{quoted(text_of(first))}\n\n{quoted(text_of(second))}"
    desk.replies(first, Reply(text, AGENT, ids=False, quote=False, vouched=True))
    assert [] == relayed(desk)
    assert "For Lin only." in texts(desk, 1, EntryKind.DRAFT)
    alert = desk.last(MailKind.ALERT, to=ANNA)
    assert "emails about several tickets (#1, #2)" in " ".join(text_of(alert).split())
    desk.replies(alert, Reply("yes", AGENT, vouched=True))
    assert [LIN] == relayed(desk)


@pytest.mark.parametrize(
    ("subject", "stale"),
    [("Re: [#1] My coins are late", True), ("Re: [#1] My coins are late", False), ("Re: hello", True)],
    ids=["all differ", "the subject differs", "the quote differs"],
)
def test_a_stale_thread_of_another_ticket_is_asked_about(desk: Desk, subject: str, stale: bool) -> None:
    first, second = notices(desk)
    desk.sent.clear()
    text = f"For Lin only.\n\n{ON}\n\n{quoted(text_of(first))}" if stale else "For Lin only."
    desk.replies(second, Reply(text, AGENT, quote=False, vouched=True, subject=subject))
    assert [] == relayed(desk)
    assert "several tickets" in " ".join(text_of(desk.last(MailKind.ALERT, to=ANNA)).split())


def test_tickets_that_were_merged_are_not_several(desk: Desk) -> None:
    first, second = notices(desk)
    desk.replies(second, Reply("#merge 1 anyway", AGENT, vouched=True))
    desk.deliver()
    desk.sent.clear()
    text = f"For both.\n\n{ON}\n\n{quoted(text_of(first))}\n\n{quoted(text_of(second))}"
    desk.replies(first, Reply(text, AGENT, ids=False, quote=False, vouched=True))
    assert LIN in relayed(desk)


def test_a_customers_reply_goes_where_its_nearest_quote_says(desk: Desk) -> None:
    desk.write(LIN, "Second matter", "other")
    first, third = desk.answered(), answer_in(desk, 3, LIN)
    text = f"About the first.\n\n{ON}\n\n{quoted(text_of(first))}\n\n{quoted(text_of(third))}"
    desk.replies(first, Reply(text, LIN, ids=False, quote=False, vouched=True, subject="Re: coins"))
    assert 1 == desk.newest().ticket
