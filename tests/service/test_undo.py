"""Withdrawing an answer before it leaves: by mail, on the command line, and when it is too late."""

from pathlib import Path

import pytest
from desk_mail import words_of
from pump import Clock, PumpedDesk

from intake.desk import lifecycle, tokens
from intake.desk.effects import MailKind
from intake.desk.ticket import EntryKind, Status
from intake.desk.undo import TOO_LATE, undo
from intake.ports import Temporary

LIN = "lin@customer.example"


@pytest.fixture
def desk(tmp_path: Path):
    desk = PumpedDesk(tmp_path, "desk.example", Clock(), "undo_seconds = 60\nautomatic_per_address_hour = 90")
    desk.write(LIN, "My coins are late")
    desk.deliver()
    desk.sent.clear()
    yield desk
    desk.close()


def reply(desk: PumpedDesk, text: str) -> None:
    """Anna answers the notice of ticket 1, with the reply token in its address."""
    token = tokens.make(desk.desk.keys[0], tokens.Purpose.AGENT, 1, 1, tokens.lifetime(desk.clock.now, 9))
    desk.clock.later(seconds=1)
    to = tokens.address(desk.address, token)
    raw = f"From: Anna <{desk.agent}>\r\nTo: {to}\r\nSubject: Re: coins\r\n\r\n{text}\r\n".encode()
    desk.take(raw, sender=desk.agent)


def said(desk: PumpedDesk, kind: EntryKind) -> list[str]:
    return [one.text for one in desk.store.tickets.entries(1) if one.kind is kind]


def told(desk: PumpedDesk) -> list[str]:
    """What went to Anna, in its order."""
    return [words_of(one) for one in desk.sent if one.kind is MailKind.ALERT]


def gone(desk: PumpedDesk) -> list[MailKind]:
    """What went to Lin."""
    return [one.kind for one in desk.sent if one.rcpt == LIN]


def test_an_answer_waits_and_then_leaves(desk):
    reply(desk, "Look under the sofa.")
    desk.deliver()
    assert [] == gone(desk)
    desk.clock.later(seconds=61)
    desk.deliver()
    assert [MailKind.RELAY] == gone(desk)


def test_undo_by_mail_withdraws_the_answer_and_puts_the_ticket_back(desk):
    before = desk.store.tickets.get(1)
    reply(desk, "#close\nLook under the sofa.")
    assert Status.CLOSED is desk.store.tickets.get(1).status
    reply(desk, "#undo")
    desk.clock.later(hours=1)
    desk.deliver()
    assert [] == gone(desk)
    after = desk.store.tickets.get(1)
    assert (before.status, before.assignee, None) == (after.status, after.assignee, after.closed_at)
    assert [] == said(desk, EntryKind.REPLY)
    assert ["Look under the sofa."] == said(desk, EntryKind.DRAFT)
    assert "reply withdrawn by Anna before it was sent; it is kept as a draft" in said(desk, EntryKind.EVENT)
    (alert,) = [one for one in told(desk) if "was withdrawn before it was sent" in one]
    assert "Look under the sofa." in alert


def test_undo_and_a_better_answer_in_one_mail(desk):
    reply(desk, "Look under the sofa.")
    reply(desk, "#undo\nLook under the bed.")
    desk.clock.later(hours=1)
    desk.deliver()
    assert [MailKind.RELAY] == gone(desk)
    assert b"under the bed" in next(one.raw for one in desk.sent if one.rcpt == LIN)
    assert Status.PENDING is desk.store.tickets.get(1).status
    assert "Anna" == desk.store.tickets.get(1).assignee.name
    # They would be told if it had been too late; that all went as they wrote needs no mail.
    assert [] == [one for one in told(desk) if "was withdrawn" in one]


def test_undoing_the_better_answer_too_leaves_the_ticket_as_it_came(desk):
    reply(desk, "Look under the sofa.")
    reply(desk, "#undo\nLook under the bed.")
    reply(desk, "#undo")
    assert (Status.NEW, None) == (desk.store.tickets.get(1).status, desk.store.tickets.get(1).assignee)


def test_undo_of_what_was_kept_as_a_draft_does_not_say_that_it_left(desk):
    reply(desk, "Hello,\n\n#note\nA secret.")
    reply(desk, "#undo")
    desk.deliver()
    (why,) = [one for one in told(desk) if "#undo was not carried out" in one]
    assert "no reply of yours is waiting to be sent" in why
    assert "has already been sent" not in why


def test_undo_that_comes_too_late_changes_nothing_and_says_so(desk):
    reply(desk, "Look under the sofa.")
    desk.clock.later(seconds=61)
    desk.deliver()
    reply(desk, "#undo")
    desk.deliver()
    assert [MailKind.RELAY] == gone(desk)
    assert ["Look under the sofa."] == said(desk, EntryKind.REPLY)
    assert Status.PENDING is desk.store.tickets.get(1).status
    assert any(TOO_LATE.partition(": ")[2].strip(".") in one for one in told(desk))


def test_undo_leaves_what_the_customer_has_done_meanwhile(desk):
    reply(desk, "Look under the sofa.")
    desk.write(LIN, "Re: My coins are late [#1]", "They are not under the sofa.", ticket=1)
    assert Status.OPEN is desk.store.tickets.get(1).status
    reply(desk, "#undo")
    assert Status.OPEN is desk.store.tickets.get(1).status


def test_nobody_undoes_the_answer_of_another_by_mail(desk):
    wei = desk.store.agents.add("wei@staff.desk.example", "Wei", (), desk.clock())
    found = desk.store.tickets.get(1)
    desk.service.act(lifecycle.reply(found, wei, "Wei's words", "k1", desk.desk.policy))
    reply(desk, "#undo")
    assert ["Wei's words"] == said(desk, EntryKind.REPLY)


def test_an_answer_that_leaves_while_it_is_withdrawn_is_decided_on_again(desk):
    reply(desk, "Look under the sofa.")
    found, relayed = desk.store.tickets.get(1), desk.store.tickets.relayed(1)
    desk.clock.later(seconds=61)
    desk.deliver()
    with pytest.raises(Temporary):
        desk.service.act(undo(found, relayed, "Anna"))
    assert ["Look under the sofa."] == said(desk, EntryKind.REPLY)
    assert None is desk.store.tickets.relayed(1)


def test_a_later_answer_does_not_refer_to_one_that_was_withdrawn(desk):
    reply(desk, "Look under the sofa.")
    (withdrawn,) = [one.message_id for one in desk.store.outbox.list_mails() if one.kind == "relay"]
    reply(desk, "#undo")
    reply(desk, "Look under the bed.")
    desk.clock.later(hours=1)
    desk.deliver()
    assert withdrawn.encode() not in next(one.raw for one in desk.sent if one.rcpt == LIN)


def test_the_history_tells_an_answer_that_waits(desk):
    reply(desk, "Look under the sofa.")
    assert [True] == [one.held for one in desk.store.tickets.entries(1) if one.kind is EntryKind.REPLY]
    desk.clock.later(seconds=61)
    desk.deliver()
    assert [False] == [one.held for one in desk.store.tickets.entries(1) if one.kind is EntryKind.REPLY]


def copies(desk: PumpedDesk) -> list[str]:
    return [
        one.raw.decode()
        for one in desk.sent
        if one.rcpt == desk.agent and one.kind is MailKind.NOTICE and b"A copy of your reply" in one.raw
    ]


def test_a_copy_comes_at_once_and_its_reply_takes_the_answer_back(desk):
    reply(desk, "#copy\nLook under the sofa.")
    desk.deliver()
    (copy,) = copies(desk)
    assert "Look under the sofa." in copy
    assert "will be sent in 60 seconds" in copy
    assert "#copy" not in copy
    assert [] == gone(desk)
    reply(desk, "#undo")
    desk.clock.later(hours=1)
    desk.deliver()
    assert [] == gone(desk)


def test_nobody_gets_a_copy_who_does_not_ask(desk):
    reply(desk, "Look under the sofa.")
    desk.clock.later(hours=1)
    desk.deliver()
    assert [] == copies(desk)


def test_a_copy_of_nothing_is_not_sent(desk):
    reply(desk, "#copy\n#note\nLook under the sofa.")
    desk.deliver()
    assert [] == copies(desk)
    assert ["Look under the sofa."] == said(desk, EntryKind.NOTE)
