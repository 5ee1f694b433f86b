"""Spam on its whole way: what comes in marked, who hears of it, and how it is brought back."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from desk_mail import LIN, MailDesk, text_of, words_of

from intake.app import forget
from intake.config.settings import ConfigError, load
from intake.config.to_policy import policy_of
from intake.desk.effects import MailKind, Outcome
from intake.desk.ticket import EntryKind, Status, Withheld
from intake.desk.tokens import Purpose
from intake.store.upkeep.erasure import Erasing
from intake.store.upkeep.integrity import IntegrityCheck

WIN = "Win <win@spam.example>"
FLAG = "X-Spam-Flag: YES\r\n"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[MailDesk]:
    desk = MailDesk(tmp_path)
    yield desk
    assert [] == list(IntegrityCheck(desk.store.db, desk.store.blobs).faults())
    desk.close()


def spam(
    desk: MailDesk, text: str = "Win a prize", subject: str = "***SPAM*** Win now", more: str = ""
) -> None:
    desk.mail(WIN, desk.address, text, subject, FLAG + more)


def state(desk: MailDesk, number: int = 2) -> str:
    ticket = desk.store.tickets.get(number)
    assert ticket is not None
    return ticket.state


def test_spam_is_kept_and_nobody_hears_of_it(desk: MailDesk) -> None:
    spam(desk)
    assert ("spam", []) == (state(desk), desk.out())
    assert (Outcome.TICKETED, "spam") == desk.outcome()
    assert ["Win a prize"] == desk.said(EntryKind.CUSTOMER, 2)
    desk.clock.later(days=9)
    desk.service.tick()
    assert not [mail for mail in desk.out() if mail.rcpt == "win@spam.example"]


def test_a_mailbox_that_does_not_ask_treats_it_like_any_mail(desk: MailDesk) -> None:
    text = desk.config.read_text()
    desk.config.write_text(f"{text}\nspam = normal\n")
    assert not policy_of(load(desk.config)).mailbox("support").quiet_spam
    desk.config.write_text(f"{text}\nspam = loud\n")
    with pytest.raises(ConfigError, match="quiet, normal"):
        load(desk.config)


def test_an_agent_brings_spam_back_by_email_as_if_it_came_then(desk: MailDesk) -> None:
    spam(desk)
    desk.clock.later(days=3)
    desk.out()
    desk.mail(f"Anna <{desk.agent}>", desk.to(Purpose.AGENT, 2, 1), "#notspam", "Re: Win now")
    ticket = desk.store.tickets.get(2)
    assert ticket is not None
    assert (Status.NEW, False, Withheld.NOTHING) == (ticket.status, ticket.spam, ticket.withheld)
    assert ticket.first_response_due is not None
    assert ticket.first_response_due > desk.clock.now
    assert desk.clock.now == ticket.waiting_since
    sent = {mail.kind: mail for mail in desk.out()}
    assert {MailKind.ACKNOWLEDGEMENT, MailKind.NOTICE} == set(sent)
    assert ("win@spam.example", desk.agent) == (
        sent[MailKind.ACKNOWLEDGEMENT].rcpt,
        sent[MailKind.NOTICE].rcpt,
    )
    assert "Win a prize" in text_of(sent[MailKind.NOTICE])
    assert "SPAM" not in text_of(sent[MailKind.ACKNOWLEDGEMENT])
    # Twice is once.
    desk.mail(f"Anna <{desk.agent}>", desk.to(Purpose.AGENT, 2, 1), "#notspam", "Re: Win now")
    (alert,) = desk.out()
    assert "not marked as spam" in text_of(alert)


@pytest.mark.parametrize("command", ["#mine", "#assign anna"])
def test_who_takes_spam_up_gets_its_words_and_its_sender_nothing(desk: MailDesk, command: str) -> None:
    spam(desk)
    desk.mail(f"Anna <{desk.agent}>", desk.to(Purpose.AGENT, 2, 1), command, "Re: Win now")
    (notice,) = desk.out()
    ticket = desk.store.tickets.get(2)
    assert ticket is not None
    assert (Status.NEW, False, Withheld.NOTHING) == (ticket.status, ticket.spam, ticket.withheld)
    assert ticket.assignee is not None
    assert ticket.first_response_due is not None
    assert (MailKind.NOTICE, desk.agent) == (notice.kind, notice.rcpt)
    assert "Win a prize" in text_of(notice)
    assert any("no longer spam: assigned to Anna" in text for text in desk.said(EntryKind.EVENT, 2))


def test_a_reply_below_notspam_goes_out_instead_of_an_acknowledgement(desk: MailDesk) -> None:
    spam(desk)
    words = "#notspam\nWe do not play."
    desk.mail(f"Anna <{desk.agent}>", desk.to(Purpose.AGENT, 2, 1), words, "Re: Win now")
    assert [MailKind.RELAY] == [mail.kind for mail in desk.out() if mail.rcpt == "win@spam.example"]
    assert "pending" == state(desk)


def test_a_newsletter_that_is_brought_back_is_not_acknowledged(desk: MailDesk) -> None:
    spam(desk, more="Precedence: bulk\r\nList-Unsubscribe: <mailto:no@spam.example>\r\n")
    desk.mail(f"Anna <{desk.agent}>", desk.to(Purpose.AGENT, 2, 1), "#notspam", "Re: Win now")
    assert [MailKind.NOTICE] == [mail.kind for mail in desk.out()]


def test_what_a_person_marked_stays_silent_whatever_comes_after_it(desk: MailDesk) -> None:
    desk.reply("#spam")
    desk.out()
    desk.customer("Did you get my mail?")
    assert ("spam", []) == (state(desk, 1), desk.out())
    desk.reply("#notspam")
    assert ("new", [MailKind.NOTICE]) == (state(desk, 1), [mail.kind for mail in desk.out()])
    assert ["Please help.", "Did you get my mail?"] == desk.said(EntryKind.CUSTOMER)


def test_the_next_mail_that_is_not_marked_brings_back_what_only_the_server_marked(desk: MailDesk) -> None:
    spam(desk, more="")
    first = f"<{desk.clock.now.timestamp()}@x.example>"
    desk.mail(WIN, desk.address, "I am a person.", "Re: Win now", f"{FLAG}In-Reply-To: {first}\r\n")
    assert ("spam", []) == (state(desk), desk.out())
    desk.mail(WIN, desk.address, "I am a person!", "Re: Win now", f"In-Reply-To: {first}\r\n")
    assert "new" == state(desk)
    assert {MailKind.ACKNOWLEDGEMENT, MailKind.NOTICE} == {mail.kind for mail in desk.out()}


def test_what_nobody_was_shown_is_told_of_when_it_comes_back(desk: MailDesk) -> None:
    spam(desk, "My coins are late: 0xabc", "Wallet")
    first = f"<{desk.clock.now.timestamp()}@x.example>"
    desk.mail(WIN, desk.address, "Any news?", "Re: Wallet", f"In-Reply-To: {first}\r\n")
    (notice,) = desk.out(MailKind.NOTICE)
    assert "earlier ones may be unread. Reply #full to see everything." in words_of(notice)
    desk.reply("#full", ticket=2)
    (answer,) = desk.out(MailKind.ANSWER)
    assert "My coins are late: 0xabc" in text_of(answer)


def test_what_is_folded_leaves_its_trace_when_it_is_brought_back(desk: MailDesk) -> None:
    spam(desk, "I cannot log in.\n\n-- \nMo\nSales\nHamburg", "Login")
    desk.mail(f"Anna <{desk.agent}>", desk.to(Purpose.AGENT, 2, 1), "#notspam", "Re: Login")
    (notice,) = desk.out(MailKind.NOTICE)
    assert "more lines (quoted text or signature) are not shown" in words_of(notice)


def test_the_sender_of_spam_is_not_told_that_it_was_reopened(desk: MailDesk) -> None:
    spam(desk)
    desk.mail(f"Anna <{desk.agent}>", desk.to(Purpose.AGENT, 2, 1), "#reopen", "Re: Win now")
    assert ("open", []) == (state(desk), [mail for mail in desk.out() if mail.rcpt == "win@spam.example"])


def test_a_customers_marked_answer_is_told_of_with_a_warning(desk: MailDesk) -> None:
    desk.mail(LIN, desk.to(Purpose.CUSTOMER, 1, 0), "It is still gone.", "Re: coins", FLAG)
    (notice,) = [mail for mail in desk.out() if mail.kind is MailKind.NOTICE]
    assert "Our mail server marked this email as spam." in text_of(notice)


def test_an_agents_marked_answer_is_never_lost(desk: MailDesk) -> None:
    desk.mail(f"Anna <{desk.agent}>", desk.to(Purpose.AGENT, 1, 1), "Look under the sofa.", "Re: coins", FLAG)
    assert ["Look under the sofa."] == desk.said(EntryKind.REPLY)
    assert [LIN] == [mail.rcpt for mail in desk.out(MailKind.RELAY)]


@pytest.mark.parametrize("closed", [False, True], ids=["pending", "closed"])
def test_what_comes_by_a_reply_token_is_told_of_whoever_sends_it(desk: MailDesk, closed: bool) -> None:
    if closed:
        desk.reply("#close")
        desk.out()
    work = "Lin <lin@work.example>"
    desk.mail(work, desk.to(Purpose.CUSTOMER, 1, 0), "It is still gone.", "Re: coins", FLAG)
    (notice,) = desk.out()
    assert (MailKind.NOTICE, "open" if closed else "new") == (notice.kind, state(desk, 1))
    assert "It is still gone." in text_of(notice)
    assert "Our mail server marked this email as spam." in text_of(notice)


def test_an_answer_that_comes_too_late_is_told_of_though_it_is_marked(desk: MailDesk) -> None:
    desk.reply("#close")
    desk.clock.later(days=60)
    desk.out()
    desk.mail(LIN, desk.to(Purpose.CUSTOMER, 1, 0), "It is gone again.", "Re: coins", FLAG)
    sent = desk.out(MailKind.NOTICE, MailKind.ACKNOWLEDGEMENT)
    assert [MailKind.NOTICE] == [mail.kind for mail in sent], "no spam is acknowledged"
    assert "new" == state(desk)
    assert "Our mail server marked this email as spam." in text_of(sent[0])


def test_a_strangers_marked_mail_reopens_nothing(desk: MailDesk) -> None:
    sent = desk.reply("#close") or desk.out()
    (known,) = [mail for mail in sent if mail.rcpt == LIN]
    thread = f"In-Reply-To: {known.message_id}\r\n"
    desk.mail(WIN, desk.address, "Win a prize", "Re: coins", FLAG + thread)
    assert ("closed", []) == (state(desk, 1), desk.out())
    assert ["Win a prize"] == desk.said(EntryKind.AUTOMATIC)
    assert any("nobody was notified" in text for text in desk.said(EntryKind.EVENT))


def test_spam_is_told_of_once_a_day_in_the_digest_and_listed_by_email(desk: MailDesk) -> None:
    desk.store.agents.change(desk.agent, notify="digest", digest_minutes=30, digest_at=desk.clock.now)
    spam(desk)
    spam(desk, "Win another")
    told = []
    for _ in range(48):
        desk.clock.later(minutes=30)
        desk.service.tick()
        told += [text_of(mail) for mail in desk.out(MailKind.ANSWER)]
    (digest,) = told
    assert "nobody was notified: 2 tickets." in digest
    desk.command("#list spam")
    (answer,) = desk.out(MailKind.ANSWER)
    assert "Spam of the last 30 days (2)" in text_of(answer)


def test_over_weeks_each_spam_is_told_of_at_least_once_and_no_day_twice(desk: MailDesk) -> None:
    desk.store.agents.change(desk.agent, notify="digest", digest_minutes=30, digest_at=desk.clock.now)
    told: dict[date, list[tuple[date, int]]] = {}
    came: list[date] = []
    start = desk.clock.now
    # Steps of three hours through three weeks: spam at odd times, several a day, and a week of none.
    for step in range(8 * 21):
        desk.clock.now = start + timedelta(hours=3 * step)
        if step % 5 in (1, 2) and not 8 * 7 < step < 8 * 14:
            spam(desk, f"Win {step}", f"Win {step}")
            came.append(desk.clock.now.date())
        desk.service.tick()
        for mail in desk.out(MailKind.ANSWER):
            line = re.search(
                r"Kept as spam since (\w+ \d+), nobody was notified: (\d+) ticket", words_of(mail)
            )
            if line:
                day = datetime.strptime(f"{line[1]} {start.year} +0000", "%B %d %Y %z").date()
                told.setdefault(desk.clock.now.date(), []).append((day, int(line[2])))
    assert {1} == {len(lines) for lines in told.values()}
    # Days of which a line told, from the day it names on.
    told_of = {day for day in came for said, ((since, _),) in told.items() if since <= day <= said}
    assert set(came) - {desk.clock.now.date()} <= told_of
    for said, ((since, count),) in told.items():
        assert count <= sum(since <= day <= said for day in came)
    # A week without any is silent, but for what came just before it.
    quiet = {start.date() + timedelta(days=number) for number in range(9, 14)}
    assert quiet.isdisjoint(told)


def test_spam_is_deleted_like_any_closed_ticket(desk: MailDesk) -> None:
    spam(desk)
    erasing = Erasing(desk.store.db, desk.store.blobs)
    later = desk.clock.now + timedelta(days=400)
    assert 2 in erasing.tickets_closed_before(later)
    assert 1 not in erasing.tickets_closed_before(later)


def test_retention_takes_old_spam_and_leaves_what_was_brought_back(desk: MailDesk) -> None:
    for number in (2, 3):
        spam(desk, f"Win {number}", f"Win {number}")
    desk.mail(f"Anna <{desk.agent}>", desk.to(Purpose.AGENT, 3, 1), "#notspam", "Re: Win 3")
    settings = desk.desk.settings
    aging = replace(desk.desk, settings=replace(settings, desk=replace(settings.desk, retention_days=30)))
    assert 0 == forget(aging, desk.clock.now + timedelta(days=29))
    assert 1 == forget(aging, desk.clock.now + timedelta(days=31))
    assert (None, "new", "new") == (desk.store.tickets.get(2), state(desk, 3), state(desk, 1))
    assert 0 == desk.store.lookups.spam(None, desk.clock.now - timedelta(days=9))
