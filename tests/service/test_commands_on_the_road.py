"""Commands by mail, from the bytes that arrive to the bytes that leave."""

import re
from collections.abc import Iterator
from dataclasses import replace
from email import message_from_bytes
from email.header import decode_header, make_header
from pathlib import Path

import pytest
from pump import Clock, PumpedDesk

from intake.desk import tokens
from intake.desk.effects import MailKind, Outcome, Outgoing
from intake.desk.message import Envelope
from intake.desk.sensitive.leaks import MARK
from intake.desk.ticket import EntryKind, Status
from intake.desk.tokens import Purpose
from intake.ports import Arrival
from intake.store.schema.tables import Audit
from intake.store.upkeep.integrity import IntegrityCheck

LIN, EVE = "lin@customer.example", "eve@elsewhere.example"
SEED = "legal winner thank year wave sausage worth useful legal winner thank yellow"
LIMITS = (
    "automatic_per_address_hour = 90\nautomatic_per_ticket_burst = 90\nflood_per_address_hour = 0\n"
    "command_address = desk@desk.example\ncanned = canned"
)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[PumpedDesk]:
    canned = tmp_path / "canned"
    canned.mkdir(parents=True)
    (canned / "refund.txt").write_text("Dear {name}, #{number} will be paid back. {agent}\n")
    (canned / "refund.zh-Hans.txt").write_text("{name}您好，我们会退款（#{number}）。\n")
    desk = PumpedDesk(tmp_path, "desk.example", Clock(), LIMITS)
    take(desk, f"Lin <{LIN}>", desk.address, "Please help.", "My coins are late")
    desk.deliver()
    desk.sent.clear()
    yield desk
    desk.close()


def address(desk: PumpedDesk, purpose: Purpose, ticket: int, person: int) -> str:
    token = tokens.make(desk.desk.keys[0], purpose, ticket, person, tokens.lifetime(desk.clock.now, 9))
    return tokens.address("desk@desk.example" if purpose is Purpose.COMMAND else desk.address, token)


def take(desk: PumpedDesk, sender: str, to: str, text: str, subject: str, more: str = "") -> None:
    desk.clock.later(seconds=30)
    raw = (
        f"From: {sender}\r\nTo: {to}\r\nSubject: {subject}\r\nMIME-Version: 1.0\r\n"
        f"Message-ID: <{desk.clock.now.timestamp()}@x.example>\r\n{more}"
        "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
    )
    body = text.replace("\n", "\r\n")
    sent = re.findall(r"[^<\s]+@[^>\s]+", sender)[0]
    envelope = Envelope("ingest", "support", sent, (to,))
    got = desk.service.receive([Arrival(f"{raw}{body}\r\n".encode(), envelope)])
    desk.service.process([one.ledger_id for one in got])


def reply(desk: PumpedDesk, text: str, ticket: int = 1, more: str = "") -> None:
    """Anna answers a notice of a ticket."""
    take(desk, f"Anna <{desk.agent}>", address(desk, Purpose.AGENT, ticket, 1), text, "Re: coins", more)


def command(desk: PumpedDesk, text: str, subject: str = "to the desk") -> None:
    """Anna writes to her command address."""
    take(desk, f"Anna <{desk.agent}>", address(desk, Purpose.COMMAND, 0, 1), text, subject)


def customer(desk: PumpedDesk, text: str, ticket: int, who: str = LIN, more: str = "") -> None:
    take(desk, who, address(desk, Purpose.CUSTOMER, ticket, 0), text, "Re: coins", more)


def out(desk: PumpedDesk, *kinds: MailKind) -> list[Outgoing]:
    desk.deliver()
    found = [one for one in desk.sent if one.kind in kinds]
    desk.sent.clear()
    return found


def text_of(mail: Outgoing) -> str:
    parsed = message_from_bytes(mail.raw)
    part = next(one for one in parsed.walk() if one.get_content_type() == "text/plain")
    payload = part.get_payload(decode=True)
    assert isinstance(payload, bytes)
    # As it is read: the bar before lines that no customer may read says nothing itself.
    return payload.decode().replace("\r\n", "\n").replace(f"{MARK} ", "").replace(MARK, "")


def subject_of(mail: Outgoing) -> str:
    return str(make_header(decode_header(message_from_bytes(mail.raw)["Subject"])))


def said(desk: PumpedDesk, kind: EntryKind, ticket: int = 1) -> list[str]:
    return [one.text for one in desk.store.tickets.entries(ticket) if one.kind is kind]


def audit(desk: PumpedDesk) -> list[tuple[str, str, str, int | None]]:
    rows = desk.store.db.rows(Audit.select().order_by(Audit.id))
    return [(row.who, row.authority, row.what, row.ticket) for row in rows]


def outcome(desk: PumpedDesk) -> tuple[Outcome | None, str]:
    row = desk.store.ledger.list_messages(limit=1)[0]
    return row.outcome, row.rule


def sound(desk: PumpedDesk) -> None:
    assert [] == list(IntegrityCheck(desk.store.db, desk.store.blobs).faults())


# -- in a ticket -------------------------------------------------------------------------


def test_a_mail_with_only_commands_posts_nothing(desk: PumpedDesk) -> None:
    reply(desk, "#Priority High\n＃标签 vip 退款\n#mine\n")
    ticket = desk.store.tickets.get(1)
    assert ticket is not None
    assert ("high", ("vip", "退款"), "Anna") == (ticket.priority, ticket.tags, ticket.assignee.name)
    assert ([], []) == (said(desk, EntryKind.REPLY), said(desk, EntryKind.DRAFT))
    assert [] == [one for one in out(desk, *MailKind) if one.rcpt == LIN]
    assert (Outcome.COMMAND, "agent_reply") == outcome(desk)
    sound(desk)


def test_a_note_is_mailed_to_whoever_has_the_ticket_and_to_nobody_else(desk: PumpedDesk) -> None:
    desk.store.agents.add("wei@staff.desk.example", "Wei", (), desk.clock())
    desk.store.agents.add("ben@staff.desk.example", "Ben", (), desk.clock())
    # Whose own ticket it is, or nobody's: nobody needs telling.
    reply(desk, "#note\nHe called twice.")
    reply(desk, "#mine\n#note\nHe is nice.")
    assert [] == out(desk, *MailKind)

    reply(desk, "#assign Wei")
    out(desk, *MailKind)
    # A digest is for news; this was written to be read.
    assert desk.store.agents.change("wei@staff.desk.example", notify="digest")
    reply(desk, f"#note\nHis phrase is {SEED}. Ask for another wallet.")
    [told] = [one for one in out(desk, *MailKind) if one.kind is not MailKind.ANSWER]
    text = text_of(told)
    assert ("wei@staff.desk.example", MailKind.NOTICE) == (told.rcpt, told.kind)
    assert "Internal note. The customer does not see it." in text
    assert "Note from Anna" in text
    assert "Ask for another wallet." in text
    assert "winner" not in text

    # What Wei answers to it is an answer as ever, with nothing of the note in it.
    quoted = "".join(f"> {line}\n" for line in text.splitlines())
    take(
        desk,
        "Wei <wei@staff.desk.example>",
        address(desk, Purpose.AGENT, 1, 2),
        f"Please make a new wallet.\n\nOn Sunday Anna wrote:\n{quoted}",
        "Re: coins",
    )
    relayed = [one for one in out(desk, MailKind.RELAY) if one.rcpt == LIN]
    assert 1 == len(relayed)
    assert "Please make a new wallet." in text_of(relayed[0])
    assert "another wallet" not in text_of(relayed[0])
    sound(desk)


def test_commands_go_and_the_text_is_relayed(desk: PumpedDesk) -> None:
    reply(desk, "#tag vip\n#close\n\nLook under the sofa.")
    (relayed,) = out(desk, MailKind.RELAY)
    assert "Look under the sofa." in text_of(relayed)
    assert "#" not in text_of(relayed).partition("--")[0]
    assert Status.CLOSED is desk.store.tickets.get(1).status
    assert (Outcome.APPENDED, "agent_reply") == outcome(desk)


def test_html_that_a_telephone_sends_holds_commands_too(desk: PumpedDesk) -> None:
    desk.clock.later(seconds=30)
    to = address(desk, Purpose.AGENT, 1, 1)
    html = "<html><body><div>#Close&nbsp;</div><div><br></div><div>Look under the sofa.</div></body></html>"
    raw = (
        f"From: Anna <{desk.agent}>\r\nTo: {to}\r\nSubject: Re: coins\r\nMIME-Version: 1.0\r\n"
        f"Content-Type: text/html; charset=utf-8\r\n\r\n{html}\r\n"
    )
    got = desk.service.receive([Arrival(raw.encode(), Envelope("ingest", "support", desk.agent, (to,)))])
    desk.service.process([one.ledger_id for one in got])
    assert Status.CLOSED is desk.store.tickets.get(1).status
    assert ["Look under the sofa."] == said(desk, EntryKind.REPLY)


def test_what_is_wrong_comes_back_with_the_grammar_and_the_text_is_a_draft(desk: PumpedDesk) -> None:
    reply(desk, "#clsoe\nLook under the sofa.")
    mails = out(desk, MailKind.ALERT, MailKind.RELAY)
    assert [(MailKind.ALERT, desk.agent)] == [(one.kind, one.rcpt) for one in mails]
    told = " ".join(text_of(mails[0]).split())
    assert "Did you mean #close?" in told
    assert "#help lists all commands." in told
    assert "Look under the sofa." in said(desk, EntryKind.DRAFT)[0]


def test_a_prepared_answer_goes_out_in_the_requesters_language(desk: PumpedDesk) -> None:
    reply(desk, "#language zh\n#canned refund\n\n再见")
    (relayed,) = out(desk, MailKind.RELAY)
    assert "Lin您好，我们会退款（#1）。\n\n再见" in text_of(relayed)
    reply(desk, "#language en\n#canned Refund")
    (relayed,) = out(desk, MailKind.RELAY)
    assert "Dear Lin, #1 will be paid back. Anna" in text_of(relayed)


def test_an_unknown_prepared_answer_sends_nothing_and_names_those_there_are(desk: PumpedDesk) -> None:
    reply(desk, "#canned refnd\nBye")
    (alert,) = out(desk, MailKind.ALERT, MailKind.RELAY)
    assert "Available: refund" in " ".join(text_of(alert).split())


def test_a_snoozed_ticket_wakes_by_the_clock_and_tells_its_agent(desk: PumpedDesk) -> None:
    reply(desk, "#mine\n#snooze 2d")
    assert desk.store.tickets.get(1).snoozed_until is not None
    out(desk, *MailKind)
    desk.clock.later(hours=47)
    desk.service.tick()
    assert desk.store.tickets.get(1).snoozed_until is not None
    desk.clock.later(hours=2)
    desk.service.tick()
    desk.service.tick()
    assert None is desk.store.tickets.get(1).snoozed_until
    # Its promise ran out meanwhile, and its agent was told of that as well.
    told = [one.rcpt for one in out(desk, MailKind.ALERT) if "was snoozed until" in text_of(one)]
    assert [desk.agent] == told


def test_a_customers_answer_wakes_a_snoozed_ticket_at_once(desk: PumpedDesk) -> None:
    reply(desk, "#稍后 明天")
    customer(desk, "It is back.", 1)
    assert None is desk.store.tickets.get(1).snoozed_until


def test_spam_is_closed_and_never_asked_how_it_went(desk: PumpedDesk) -> None:
    reply(desk, "Look under the sofa.")
    reply(desk, "#spam")
    out(desk, *MailKind)
    desk.clock.later(days=10)
    desk.service.tick()
    assert [] == [one for one in out(desk, *MailKind) if one.rcpt == LIN]


def test_a_survey_that_is_switched_off_is_not_sent(desk: PumpedDesk) -> None:
    reply(desk, "#survey off\n#close\nLook under the sofa.")
    out(desk, *MailKind)
    desk.clock.later(days=10)
    desk.service.tick()
    assert [] == out(desk, MailKind.SURVEY)


def test_every_command_leaves_an_entry_in_the_audit_with_its_message(desk: PumpedDesk) -> None:
    reply(desk, "#tag vip\nLook under the sofa.")
    reply(desk, "#note\nHe is nice.")
    assert [
        ("Anna", "reply token", "#tag vip", 1),
        ("Anna", "reply token", "reply", 1),
        ("Anna", "reply token", "note", 1),
    ] == audit(desk)
    messages = [row.message for row in desk.store.db.rows(Audit.select().order_by(Audit.id))]
    assert [2, 2, 3] == messages


# -- people ------------------------------------------------------------------------------


def test_nobody_is_let_in_by_a_header_and_the_notice_tells_how_to(desk: PumpedDesk) -> None:
    customer(desk, "Eve knows more.", 1, more=f"Cc: {EVE}, desk@desk.example\r\n")
    assert () == desk.store.tickets.get(1).participants
    (notice,) = out(desk, MailKind.NOTICE)
    assert f"Also sent to: {EVE}. To add someone: #cc add ADDRESS" in text_of(notice)
    reply(desk, "Look under the sofa.")
    assert [LIN] == [one.rcpt for one in out(desk, MailKind.RELAY)]


def test_who_is_let_in_gets_the_mails_and_may_answer_and_is_not_asked_how_it_went(desk: PumpedDesk) -> None:
    reply(desk, f"#cc add {EVE}\nLook under the sofa.")
    relayed = out(desk, MailKind.RELAY)
    assert sorted([LIN, EVE]) == sorted(one.rcpt for one in relayed)
    to_eve = next(one for one in relayed if one.rcpt == EVE)
    answer_to = message_from_bytes(to_eve.raw)["Reply-To"]
    assert answer_to is not None
    take(desk, EVE, re.findall(r"[^<\s]+@[^>\s]+", answer_to)[0], "I have them.", "Re: coins")
    (notice,) = out(desk, MailKind.NOTICE)
    assert "not part of this ticket" not in text_of(notice)
    reply(desk, "#close\nThank you both.")
    mails = out(desk, *MailKind)
    assert sorted([EVE, LIN]) == sorted(one.rcpt for one in mails if one.kind is MailKind.RELAY)
    # The answer says it: one mail, not two in the same second.
    assert [] == [one.rcpt for one in mails if one.kind is MailKind.STATUS]
    desk.clock.later(days=10)
    desk.service.tick()
    assert [LIN] == [one.rcpt for one in out(desk, MailKind.SURVEY)]
    reply(desk, f"#cc remove {EVE}\nOne more thing.")
    assert [LIN] == [one.rcpt for one in out(desk, MailKind.RELAY)]


# -- merge, split ------------------------------------------------------------------------


def second(desk: PumpedDesk, who: str = LIN) -> None:
    desk.write(who, "My coins, again", "It is the other wallet.")
    out(desk, *MailKind)


def test_mail_to_a_merged_ticket_goes_where_it_went_by_token_id_and_number(desk: PumpedDesk) -> None:
    second(desk)
    (old,) = [one for one in desk.store.outbox.list_mails(ticket=1) if one.kind == "acknowledgement"]
    reply(desk, "#merge 2", 1)
    merged = desk.store.tickets.get(1)
    assert (Status.CLOSED, 2) == (merged.status, merged.merged_into)
    assert [] == [one for one in out(desk, *MailKind) if one.rcpt == LIN]
    customer(desk, "by token", 1)
    take(desk, LIN, desk.address, "by id", "Re: coins", f"In-Reply-To: <{old.message_id}>\r\n")
    policy = desk.service.policy
    box = replace(policy.mailbox("support"), trusted_authserv="mx.desk.example")
    desk.service = replace(desk.service, policy=replace(policy, mailboxes={"support": box}))
    word = "Authentication-Results: mx.desk.example; dmarc=pass header.from=customer.example\r\n"
    take(desk, LIN, desk.address, "by number", "Re: coins [#1]", word)
    assert ["by token", "by id", "by number"] == said(desk, EntryKind.CUSTOMER, 2)[1:]
    assert 1 == len(said(desk, EntryKind.CUSTOMER, 1))
    assert [2, 2, 2] == [row.ticket for row in desk.store.ledger.list_messages(limit=3)]
    take(desk, LIN, desk.address, "by a number that nothing proves", "Re: coins [#1]")
    assert 2 == desk.store.tickets.get(desk.store.ledger.list_messages(limit=1)[0].ticket).related
    desk.clock.later(days=10)
    desk.service.tick()
    assert [] == out(desk, MailKind.SURVEY)
    sound(desk)


def test_a_chain_of_merges_ends_at_its_end(desk: PumpedDesk) -> None:
    second(desk)
    desk.write(LIN, "A third time", "It is all the same.")
    reply(desk, "#merge 2", 1)
    reply(desk, "#merge 3", 2)
    customer(desk, "after both", 1)
    assert "after both" in said(desk, EntryKind.CUSTOMER, 3)
    reply(desk, "#merge 1", 3)
    assert None is desk.store.tickets.get(3).merged_into


def test_tickets_of_two_people_stay_apart_even_when_merged(desk: PumpedDesk) -> None:
    second(desk, EVE)
    reply(desk, "#merge 2", 1)
    (alert,) = out(desk, MailKind.ALERT)
    assert "#merge 2 anyway" in " ".join(text_of(alert).split())
    assert None is desk.store.tickets.get(1).merged_into
    reply(desk, "#merge 2 anyway", 1)
    assert 2 == desk.store.tickets.get(1).merged_into
    assert () == desk.store.tickets.get(2).participants
    out(desk, *MailKind)
    # What Lin writes now is seen by agents, who are warned, and by nobody else.
    customer(desk, "My secret is Rosebud", 1)
    (notice,) = out(desk, *MailKind)
    assert (MailKind.NOTICE, desk.agent) == (notice.kind, notice.rcpt)
    assert "not part of this ticket" in text_of(notice)
    # An answer to an old mail of Lin's ticket was meant for her: it must not go to Eve.
    reply(desk, "Dear Lin, Rosebud is fine.", 1)
    assert [MailKind.ALERT] == [one.kind for one in out(desk, MailKind.RELAY, MailKind.ALERT)]
    reply(desk, "Dear Eve", 2)
    assert [EVE] == [one.rcpt for one in out(desk, MailKind.RELAY)]


def test_the_page_of_a_merged_ticket_shows_its_reader_nothing_of_another(desk: PumpedDesk) -> None:
    from intake.web import progress

    second(desk, EVE)
    reply(desk, "#merge 2 anyway", 1)
    customer(desk, "My secret is Rosebud", 1)
    reply(desk, "Dear Eve", 2)
    shown = progress.view(
        desk.store.tickets.get(2), desk.store.tickets.entries(2), True, desk.service.clock()
    )
    assert "Rosebud" not in repr(shown)
    assert "Dear Eve" in repr(shown)


def test_a_split_takes_mail_and_files_along_and_leaves_them_too(desk: PumpedDesk) -> None:
    desk.clock.later(seconds=30)
    to = address(desk, Purpose.CUSTOMER, 1, 0)
    raw = (
        f"From: {LIN}\r\nTo: {to}\r\nSubject: Another matter\r\nMessage-ID: <second@customer.example>\r\n"
        'MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\nMy telephone is gone, too.\r\n"
        '--b\r\nContent-Type: text/plain; name="bill.txt"\r\nContent-Disposition: attachment; '
        'filename="bill.txt"\r\n\r\n12 EUR\r\n--b--\r\n'
    )
    got = desk.service.receive([Arrival(raw.encode(), Envelope("ingest", "support", LIN, (to,)))])
    desk.service.process([one.ledger_id for one in got])
    out(desk, *MailKind)
    reply(desk, "#split My telephone")
    ticket = desk.store.tickets.get(2)
    assert ("My telephone", LIN, 1) == (ticket.subject, ticket.requester.mailbox, ticket.related)
    for number in (1, 2):
        last = [one for one in desk.store.tickets.entries(number) if one.kind is EntryKind.CUSTOMER][-1]
        assert "My telephone is gone, too." == last.text
        assert ["bill.txt"] == [one.name for one in last.files]
        assert b"12 EUR" in desk.store.tickets.file(last.files[0].sha256)
    (notice,) = out(desk, MailKind.NOTICE)
    assert "[#2] My telephone" == subject_of(notice)
    assert ticket.first_response_due is not None
    assert "New ticket" in text_of(notice)
    assert "New ticket · due in" in text_of(notice)
    take(desk, LIN, desk.address, "about it", "Re: x", "In-Reply-To: <second@customer.example>\r\n")
    assert "about it" in said(desk, EntryKind.CUSTOMER, 2)
    sound(desk)


def test_a_survey_about_a_ticket_that_was_merged_since_is_still_answered(desk: PumpedDesk) -> None:
    reply(desk, "#close\nLook under the sofa.")
    out(desk, *MailKind)
    desk.clock.later(days=10)
    (survey,) = out(desk, MailKind.SURVEY)
    second(desk)
    reply(desk, "#merge 2", 1)
    answer_to = re.findall(r"[^<\s]+@[^>\s]+", message_from_bytes(survey.raw)["Reply-To"])[0]
    take(desk, LIN, answer_to, "4", "Re: How would you rate our support?")
    assert [(1, 4)] == [(row.ticket, row.score) for row in desk.store.surveys.list_surveys(answered=True)]


# -- redact ------------------------------------------------------------------------------


def test_a_redacted_seed_phrase_is_nowhere_any_more(desk: PumpedDesk) -> None:
    customer(desk, f"My phrase is\n{SEED}\nPlease help", 1)
    reply(desk, f"#redact\n\n> {SEED}")
    needle = b"sausage worth"
    assert "redacted: 1 seed phrase, by Anna" in said(desk, EntryKind.EVENT)
    assert "My phrase is\n[redacted: seed phrase]\nPlease help" in said(desk, EntryKind.CUSTOMER)
    for row in desk.store.ledger.list_messages():
        assert needle not in desk.store.ledger.raw(row.id)
    for mail in desk.store.outbox.list_mails():
        assert needle not in desk.store.outbox.raw(mail.id)
    assert any("[hidden: seed phrase]" in text_of(one) for one in out(desk, MailKind.NOTICE))
    sound(desk)


# -- the command address -----------------------------------------------------------------


def test_a_list_is_answered_to_the_registered_address(desk: PumpedDesk) -> None:
    second(desk)
    reply(desk, "#mine", 1)
    out(desk, *MailKind)
    command(desk, "#list")
    (answer,) = out(desk, *MailKind)
    assert (MailKind.ANSWER, desk.agent) == (answer.kind, answer.rcpt)
    assert "Your open tickets (1)" in text_of(answer)
    assert "#1   My coins are late" in text_of(answer)
    assert "#2" not in text_of(answer)
    assert (Outcome.COMMAND, "command_mail") == outcome(desk)
    command(desk, "#list team")
    assert "#2   My coins, again" in text_of(out(desk, MailKind.ANSWER)[0])
    command(desk, "#list overdue")
    assert "Overdue tickets\n\nThere are none." in text_of(out(desk, MailKind.ANSWER)[0])
    sound(desk)


def test_a_ticket_that_was_shown_can_be_answered_by_a_reply(desk: PumpedDesk) -> None:
    command(desk, "", subject="#show 1")
    (answer,) = out(desk, MailKind.ANSWER)
    assert "[#1] My coins are late" == subject_of(answer)
    to = re.findall(r"[^<\s]+@[^>\s]+", message_from_bytes(answer.raw)["Reply-To"])[0]
    take(desk, f"Anna <{desk.agent}>", to, "Look under the sofa.", "Re: x")
    assert [LIN] == [one.rcpt for one in out(desk, MailKind.RELAY)]


def test_next_is_what_waits_longest_unless_it_sleeps(desk: PumpedDesk) -> None:
    second(desk)
    command(desk, "#next")
    assert "[#1]" in subject_of(out(desk, MailKind.ANSWER)[0])
    reply(desk, "#snooze 2d", 1)
    command(desk, "#下一个")
    assert "[#2]" in subject_of(out(desk, MailKind.ANSWER)[0])
    reply(desk, "#priority urgent", 2)
    reply(desk, "Done.", 2)
    command(desk, "#next")
    assert "You have no open tickets." in text_of(out(desk, MailKind.ANSWER)[0])


def test_a_search_finds_all_the_words_in_any_order(desk: PumpedDesk) -> None:
    second(desk)
    desk.write(EVE, "硬币不见了", "我的钱包空了。")
    out(desk, *MailKind)
    for words, numbers in (("wallet other", ["2"]), ("钱包", ["3"]), (LIN, ["1", "2"]), ("zebra", [])):
        command(desk, f"#search {words}")
        assert numbers == sorted(re.findall(r"^#(\d+)", text_of(out(desk, MailKind.ANSWER)[0]), re.MULTILINE))


def test_a_new_ticket_is_our_first_mail_and_its_answer_comes_back_to_it(desk: PumpedDesk) -> None:
    command(desk, "#new eve@elsewhere.example\n\nDear Eve,\nyour parcel is here.", "Your parcel")
    mails = out(desk, *MailKind)
    assert [(MailKind.RELAY, EVE)] == [(one.kind, one.rcpt) for one in mails if one.rcpt != desk.agent]
    relayed = next(one for one in mails if one.rcpt == EVE)
    assert "Dear Eve,\nyour parcel is here." in text_of(relayed)
    assert "Your parcel" == subject_of(relayed)
    assert message_from_bytes(relayed.raw)["In-Reply-To"] is None
    ticket = desk.store.tickets.get(2)
    assert (EVE, Status.PENDING, "Anna") == (ticket.requester.mailbox, ticket.status, ticket.assignee.name)
    assert (Outcome.TICKETED, "command_mail") == outcome(desk)
    answer_to = re.findall(r"[^<\s]+@[^>\s]+", message_from_bytes(relayed.raw)["Reply-To"])[0]
    take(desk, EVE, answer_to, "Thank you", "Re: Your parcel")
    assert ["Thank you"] == said(desk, EntryKind.CUSTOMER, 2)
    sound(desk)
    out(desk, *MailKind)
    reply(desk, "You are welcome.", 2)
    (next_,) = out(desk, MailKind.RELAY)
    assert "Re: Your parcel" == subject_of(next_)
    assert message_from_bytes(next_.raw)["In-Reply-To"]


def test_help_sends_the_whole_table_and_the_agents_own_address(desk: PumpedDesk) -> None:
    from intake.desk.commands.table import COMMANDS

    reply(desk, "#help")
    (answer,) = out(desk, *MailKind)
    text = text_of(answer)
    assert [] == [kind.written for kind in COMMANDS if kind.written not in text]
    to = re.findall(r"desk\+[a-z2-7]{44}@desk\.example", text)[0]
    take(desk, f"Anna <{desk.agent}>", to, "#list", "x")
    assert [MailKind.ANSWER] == [one.kind for one in out(desk, *MailKind)]


UNPROVEN = {
    "another sender": (EVE, "own"),
    "somebody else's token": ("anna", "other"),
    "no token": ("anna", "none"),
    "a ticket's token at the command address": ("anna", "agent"),
}


@pytest.mark.parametrize(("sender", "token"), UNPROVEN.values(), ids=UNPROVEN.keys())
def test_what_is_not_proven_is_not_obeyed(desk: PumpedDesk, sender: str, token: str) -> None:
    wei = desk.store.agents.add("wei@staff.desk.example", "Wei", (), desk.clock())
    to = {
        "own": address(desk, Purpose.COMMAND, 0, 1),
        "other": address(desk, Purpose.COMMAND, 0, wei.id),
        "none": "desk@desk.example",
        "agent": address(desk, Purpose.AGENT, 1, 1).replace("help+", "desk+"),
    }[token]
    who = f"Anna <{desk.agent}>" if sender == "anna" else sender
    take(desk, who, to, "#search coins\n#new eve@elsewhere.example\nHello", "x")
    mails = out(desk, *MailKind)
    assert [] == [one for one in mails if one.kind in (MailKind.ANSWER, MailKind.RELAY)]
    assert {desk.agent, wei.address} >= {one.rcpt for one in mails}


def test_what_is_wrong_at_the_command_address_comes_back_with_the_text(desk: PumpedDesk) -> None:
    command(desk, "#new eve@\n\nDear Eve")
    (alert,) = out(desk, *MailKind)
    assert (MailKind.ALERT, desk.agent) == (alert.kind, alert.rcpt)
    told = " ".join(text_of(alert).split())
    assert "#new was not understood: it needs an email address" in told
    assert "#help sends you all commands." in told
    assert "#help lists all commands." not in told
    assert "Dear Eve" in told
    assert "Ticket #0" not in told


def test_a_stranger_at_the_command_address_is_a_requester_like_any_other(desk: PumpedDesk) -> None:
    take(desk, EVE, "desk@desk.example", "#list\nI found this address", "Hello")
    assert (Outcome.TICKETED, "new_ticket") == outcome(desk)


def test_a_robot_at_the_command_address_is_not_answered_for_ever(desk: PumpedDesk) -> None:
    for _ in range(20):
        command(desk, "I am away until Monday.")
    # Three at once, and one that names the others.
    assert 4 == len(out(desk, *MailKind))


def test_a_disabled_agents_address_opens_nothing(desk: PumpedDesk) -> None:
    desk.store.agents.disable(desk.agent)
    command(desk, "#list team")
    assert [] == out(desk, MailKind.ANSWER)
