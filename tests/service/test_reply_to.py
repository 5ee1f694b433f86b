"""Reply-To: where an author asks for the answers, and how far the desk goes along with it."""

from collections.abc import Iterator

import pytest
from agent_desk import BORDER, EVE, LIN, StrictDesk
from desk_mail import text_of

from intake.desk.effects import MailKind
from intake.desk.ticket import EntryKind

HOME, OFFICE = "lin@home.example", "team@customer.example"
PASSED = f"Authentication-Results: {BORDER}; dmarc=pass header.from=customer.example\r\n"
FAILED = f"Authentication-Results: {BORDER}; dmarc=fail header.from=customer.example\r\n"
STAFF = f"Authentication-Results: {BORDER}; dmarc=pass header.from=staff.desk.example\r\n"


@pytest.fixture
def desk(tmp_path) -> Iterator[StrictDesk]:
    desk = StrictDesk(tmp_path, "automatic_per_unverified_day = 9\nautomatic_per_address_hour = 90")
    yield desk
    desk.close()


def notice(desk: StrictDesk) -> str:
    """The newest notification to Anna, on one line."""
    desk.deliver()
    mail = [one for one in desk.sent if one.kind is MailKind.NOTICE and one.rcpt == desk.agent][-1]
    return " ".join(text_of(mail).split())


def answered(desk: StrictDesk, ticket: int = 3) -> set[str]:
    """Where Anna's answer goes."""
    desk.sent.clear()
    desk.take(desk.mail("Under the sofa.", STAFF, to=desk.to(desk.token(ticket))), sender=desk.agent)
    desk.deliver()
    return {one.rcpt for one in desk.sent if one.kind is MailKind.RELAY}


SHOWN = {
    "another domain": (PASSED, HOME),
    "another domain, unverified": ("", HOME),
    "the same domain, unverified": ("", OFFICE),
    "the same domain, found forged": (FAILED, OFFICE),
    "two places": (PASSED, f"{OFFICE}, {HOME}"),
    "to a list": (f"{PASSED}Precedence: list\r\n", OFFICE),
    "a domain that only ends alike": (PASSED, "lin@evilcustomer.example"),
}


@pytest.mark.parametrize("name", SHOWN)
def test_a_reply_to_is_shown_and_not_followed(name, desk):
    word, place = SHOWN[name]
    desk.write(LIN, "My phone", extra=f"{word}Reply-To: {place}\r\n")
    said = notice(desk)
    assert f"The author asks for replies at: {place}." in said
    assert {LIN} == answered(desk)
    assert () == desk.store.tickets.get(3).participants


@pytest.mark.parametrize("place", [OFFICE, "Lin <lin@mail.customer.example>"])
def test_a_verified_author_is_answered_where_they_ask_within_their_domain(place, desk):
    desk.write(LIN, "My phone", extra=f"{PASSED}Reply-To: {place}\r\n")
    address = place.partition("<")[2].rstrip(">") or place
    assert f"Replies also go to {address}, where the author asks for them." in notice(desk)
    assert {LIN, address} == answered(desk)
    events = [one.text for one in desk.store.tickets.entries(3) if one.kind is EntryKind.EVENT]
    assert f"{address} added: the verified author asks for replies there" in events


PUBLIC = ("gmail.com", "outlook.com", "yahoo.co.jp", "qq.com", "163.com", "gmx.at", "mail.ru", "web.de")


@pytest.mark.parametrize("domain", PUBLIC)
def test_who_shares_a_public_provider_is_no_colleague(domain, desk):
    """Whoever has an address there would have answers sent to any other."""
    word = PASSED.replace("customer.example", domain)
    desk.write(f"lin@{domain}", "My phone", extra=f"{word}Reply-To: victim@{domain}\r\n")
    assert f"The author asks for replies at: victim@{domain}." in notice(desk)
    assert {f"lin@{domain}"} == answered(desk)


def test_no_acknowledgement_goes_to_a_reply_to(desk):
    desk.write(LIN, "My phone", extra=f"{PASSED}Reply-To: {OFFICE}\r\n")
    desk.deliver()
    assert [LIN] == [one.rcpt for one in desk.sent if one.kind is MailKind.ACKNOWLEDGEMENT]


@pytest.mark.parametrize("sender", [LIN, EVE])
@pytest.mark.parametrize("word", ["", PASSED])
def test_an_answer_in_a_ticket_moves_nothing(word, sender, desk):
    """Who found an id of the ticket's must not have its answers sent to themselves."""
    ack = next(one for one in desk.store.outbox.list_mails(ticket=1) if one.kind == "acknowledgement")
    extra = f"{word}In-Reply-To: <{ack.message_id}>\r\nReply-To: {OFFICE}\r\n"
    desk.write(sender, "Re: My coins are late", "Any news?", extra)
    assert f"The author asks for replies at: {OFFICE}." in notice(desk)
    assert {LIN} == answered(desk, 1)


SILENT = {
    "the same": LIN,
    "the same in capitals": LIN.upper(),
    "the desk": "help@desk.example",
    "the desk, with a plus part": "help+x@desk.example",
    "an agent": "anna@staff.desk.example",
    "nobody": "nobody at all",
}


@pytest.mark.parametrize("name", SILENT)
def test_a_reply_to_that_says_nothing_new_is_not_shown(name, desk):
    desk.write(LIN, "My phone", extra=f"{PASSED}Reply-To: {SILENT[name]}\r\n")
    said = notice(desk)
    assert "asks for" not in said
    assert {LIN} == answered(desk)


def test_a_participant_is_no_news(desk):
    desk.write(LIN, "My phone", extra=f"{PASSED}Reply-To: {OFFICE}\r\n")
    desk.write(LIN, "Re: My phone", "Any news?", f"{PASSED}Reply-To: {OFFICE}\r\n", ticket=3)
    said = notice(desk)
    # The event of the day before stands in the conversation, below what is new.
    assert "asks for" not in said.partition("Conversation so far")[0]
    assert "The author asks for replies" not in said
    assert "Replies also go to" not in said
