"""One mail by two ways, of which one changed it: over a mailing list with its footer."""

from collections.abc import Iterator

import pytest
from pump import Clock, PumpedDesk

from intake.desk.effects import MailKind, Outcome
from intake.desk.ticket import EntryKind
from intake.store.upkeep.integrity import IntegrityCheck

LIN = "lin@customer.example"
HEAD = (
    f"From: Lin <{LIN}>\r\nTo: help@desk.example\r\nDate: Thu, 1 Jan 2026 08:00:00 +0000\r\n"
    "Message-ID: <two@customer.example>\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n"
)
TEXT = "One mail to two addresses.\r\nPlease help.\r\n"
DIRECT = f"{HEAD}Subject: Two copies\r\n\r\n{TEXT}".encode()
FOOTER = "\r\n_______________________________________________\r\nsup mailing list\r\nsup@desk.example\r\n"
LIST = "Subject: [sup] Two copies\r\nPrecedence: list\r\nList-Id: <sup.desk.example>\r\n"
LISTED = f"{HEAD}{LIST}\r\n{TEXT}{FOOTER}".encode()


@pytest.fixture
def desk(tmp_path) -> Iterator[PumpedDesk]:
    desk = PumpedDesk(tmp_path, "desk.example", Clock())
    yield desk
    desk.close()


def acknowledged(desk: PumpedDesk) -> int:
    desk.deliver()
    return sum(one.kind is MailKind.ACKNOWLEDGEMENT for one in desk.sent)


@pytest.mark.parametrize("together", [True, False])
@pytest.mark.parametrize("order", [(DIRECT, LISTED), (LISTED, DIRECT)])
def test_a_mail_and_its_copy_over_a_list_are_one_ticket_and_one_answer(order, together, desk):
    if together:
        desk.take(*order, sender=LIN)
    else:
        for raw in order:
            desk.take(raw, sender=LIN)
            desk.clock.later(minutes=10)
    assert [1] == [one.id for one in desk.store.listing.list_tickets()]
    assert 1 == acknowledged(desk)
    assert (Outcome.APPENDED, "list_copy") == (lambda row: (row.outcome, row.rule))(
        desk.store.ledger.list_messages(limit=1)[0]
    )
    assert 2 == len([one for one in desk.store.tickets.entries(1) if one.message])
    assert [] == list(IntegrityCheck(desk.store.db, desk.store.blobs).faults())


def test_a_copy_that_says_nothing_more_tells_nobody(desk):
    listed = f"{HEAD}{LIST}\r\n{TEXT}".encode()
    desk.take(DIRECT, listed, sender=LIN)
    desk.deliver()
    assert 1 == sum(one.kind is MailKind.NOTICE for one in desk.sent)
    assert [EntryKind.CUSTOMER, EntryKind.AUTOMATIC] == [
        one.kind for one in desk.store.tickets.entries(1) if one.message
    ]


def test_a_copy_that_our_server_marks_as_spam_is_not_acknowledged(desk):
    desk.take(LISTED, b"X-Spam-Flag: YES\r\n" + DIRECT, sender=LIN)
    assert [1] == [one.id for one in desk.store.listing.list_tickets()]
    assert 0 == acknowledged(desk)


OTHERS = {
    "another text": DIRECT.replace(b"Please help", b"Never mind"),
    "another author": DIRECT.replace(b"lin@", b"eve@"),
    "another Message-ID": LISTED.replace(b"two@", b"three@"),
    "a machine's": b"Auto-Submitted: auto-replied\r\n" + LISTED,
}  # fmt: skip


@pytest.mark.parametrize("name", OTHERS)
def test_what_is_no_copy_is_a_mail_of_its_own(name, desk):
    desk.take(DIRECT, sender=LIN)
    desk.take(OTHERS[name], sender=LIN)
    assert "list_copy" != desk.store.ledger.list_messages(limit=1)[0].rule
    assert 1 == len([one for one in desk.store.tickets.entries(1) if one.message])


def test_the_mail_itself_is_told_of_though_a_copy_came_first(desk):
    desk.take(LISTED, DIRECT, sender=LIN)
    desk.deliver()
    assert 2 == sum(one.kind is MailKind.NOTICE for one in desk.sent)
    assert [EntryKind.CUSTOMER] * 2 == [one.kind for one in desk.store.tickets.entries(1) if one.message]


def test_what_comes_later_is_no_copy(desk):
    desk.take(DIRECT, sender=LIN)
    desk.clock.later(hours=2)
    desk.take(LISTED, sender=LIN)
    assert 2 == len(desk.store.listing.list_tickets())


@pytest.mark.parametrize(("between", "ticket"), [(b"\r\n", 1), (b" ", 2)])
def test_a_copy_that_came_first_takes_no_words_from_the_original(between, ticket, desk):
    """Somebody who saw the Message-ID sends the mail's words among others, before it arrives."""
    more = LISTED.replace(b"One mail", b"Give my coins to Eve." + between + b"One mail")
    desk.take(more, sender=LIN)
    desk.take(DIRECT.replace(b"\r\nPlease", b"\r\n\r\nPlease"), sender=LIN)
    said = [one.text for one in desk.store.tickets.entries(ticket) if one.message]
    assert 3 - ticket == len(said)
    assert said[-1].startswith("One mail to two addresses.")
    desk.deliver()
    assert 2 == sum(one.kind is MailKind.NOTICE for one in desk.sent)


ANSWER = (
    DIRECT.replace(b"two@", b"three@")
    .replace(b"Subject:", b"In-Reply-To: <two@customer.example>\r\nSubject: Re:")
    .replace(b"Please help.", b"Any news?")
)


def over_the_list(raw: bytes) -> bytes:
    head, _, body = raw.partition(b"\r\n\r\n")
    head = head.replace(b"Two copies", b"[sup] Two copies") + b"\r\nList-Id: <sup.desk.example>"
    return head + b"\r\n\r\n" + body + FOOTER.encode()


def test_an_answer_and_its_copy_over_a_list_are_told_once(desk):
    desk.take(DIRECT, sender=LIN)
    desk.clock.later(hours=2)
    desk.take(ANSWER, over_the_list(ANSWER), sender=LIN)
    desk.deliver()
    assert 2 == sum(one.kind is MailKind.NOTICE for one in desk.sent)
    kinds = [one.kind for one in desk.store.tickets.entries(1) if one.message]
    assert [EntryKind.CUSTOMER, EntryKind.CUSTOMER, EntryKind.AUTOMATIC] == kinds


def test_an_answer_under_the_id_of_another_is_told(desk):
    desk.take(DIRECT, sender=LIN)
    desk.take(ANSWER, over_the_list(ANSWER).replace(b"Any news?", b"Never mind."), sender=LIN)
    desk.deliver()
    assert 3 == sum(one.kind is MailKind.NOTICE for one in desk.sent)


FOOTERS = {
    "below": TEXT + FOOTER,
    "above": "[EXTERNAL] Take care with links.\r\n\r\n" + TEXT,
    "above and below": "Sent to the list sup:\r\n" + TEXT + FOOTER,
    "wrapped anew": TEXT.replace("mail to", "mail\r\nto") + FOOTER,
    "of one word": TEXT + "\r\nsup\r\n",
}


@pytest.mark.parametrize("name", FOOTERS)
def test_what_a_list_puts_around_a_mail_makes_no_second_ticket(name, desk):
    desk.take(DIRECT, f"{HEAD}{LIST}\r\n{FOOTERS[name]}".encode(), sender=LIN)
    assert [1] == [one.id for one in desk.store.listing.list_tickets()]
    assert 1 == acknowledged(desk)


ON_ITS_LINE = {
    "a divider": TEXT.rstrip() + " -- sup mailing list",
    "a link": TEXT.rstrip() + "To unsubscribe visit https://lists.desk.example/sup\r\n",
    "an address": TEXT.rstrip() + " Diese Nachricht ging an sup@desk.example",
    "and more lines": TEXT.rstrip() + " ______\r\nsup\r\nhttps://lists.desk.example/sup\r\n",
}


@pytest.mark.parametrize("direct_first", [True, False])
@pytest.mark.parametrize("name", ON_ITS_LINE)
def test_a_footer_on_the_last_line_makes_no_second_ticket_and_is_told(name, direct_first, desk):
    listed = f"{HEAD}{LIST}\r\n{ON_ITS_LINE[name]}".encode()
    desk.take(*((DIRECT, listed) if direct_first else (listed, DIRECT)), sender=LIN)
    assert [1] == [one.id for one in desk.store.listing.list_tickets()]
    assert 1 == acknowledged(desk)
    assert 2 == sum(one.kind is MailKind.NOTICE for one in desk.sent)


LINKED = TEXT + "See https://shop.example/a?b=1 and https://shop.example\r\n"
REWRITTEN = {
    "safelinks": (
        "https://eur01.safelinks.protection.outlook.com/?url=https%3A%2F%2Fshop.example%2Fa%3Fb%3D1&data=05%7C01"
        "&sdata=x%3D&reserved=0",
        "https://eur01.safelinks.protection.outlook.com/?url=https%3A%2F%2Fshop.example%2F&data=05&reserved=0",
    ),
    "safelinks in the text of Outlook": (
        "https://shop.example/a?b=1<https://nam02.safelinks.protection.outlook.com/?url=https%3A%2F%2Fshop.example%2F"
        "a%3Fb%3D1&data=05>",
        "https://shop.example<https://nam02.safelinks.protection.outlook.com/?url=https%3A%2F%2Fshop.example&data=1>",
    ),
    "urldefense, its first form": (
        "https://urldefense.proofpoint.com/v1/url?u=https://shop.example/a%3Fb%3D1&k=x",
        "https://urldefense.proofpoint.com/v1/url?u=https://shop.example/&k=x",
    ),
    "urldefense, its second form": (
        "https://urldefense.proofpoint.com/v2/url?u=https-3A__shop.example_a-3Fb-3D1&d=DwMFaQ&c=x",
        "https://urldefense.proofpoint.com/v2/url?u=https-3A__shop.example&d=DwMFaQ&c=x",
    ),
    "urldefense, its third form": (
        "https://urldefense.com/v3/__https://shop.example/a?b=1__;!!Abc!def$",
        "https://urldefense.com/v3/__https://shop.example__;!!Abc!def$",
    ),
    "Barracuda": (
        "https://linkprotect.cudasvc.com/url?a=https%3a%2f%2fshop.example%2fa%3fb%3d1&c=E,1",
        "https://linkprotect.cudasvc.com/url?a=https%3a%2f%2fshop.example%2f&c=E,1",
    ),
}


@pytest.mark.parametrize("name", REWRITTEN)
def test_a_copy_with_rewritten_links_says_nothing_more(name, desk):
    first, second = REWRITTEN[name]
    listed = f"{HEAD}{LIST}\r\n{TEXT}See {first} and {second}\r\n"
    desk.take(DIRECT.replace(TEXT.encode(), LINKED.encode()), listed.encode(), sender=LIN)
    assert [1] == [one.id for one in desk.store.listing.list_tickets()]
    assert 1 == acknowledged(desk)
    assert 1 == sum(one.kind is MailKind.NOTICE for one in desk.sent)


@pytest.mark.parametrize("name", REWRITTEN)
def test_a_link_that_leads_elsewhere_makes_another_mail(name, desk):
    first, second = (link.replace("shop.example", "evil.example") for link in REWRITTEN[name])
    listed = f"{HEAD}{LIST}\r\n{TEXT}See {first} and {second}\r\n"
    desk.take(DIRECT.replace(TEXT.encode(), LINKED.encode()), listed.encode(), sender=LIN)
    assert 2 == len(desk.store.listing.list_tickets())


WITHIN = {
    "more words on its last line": TEXT.rstrip() + " Send my coins to Eve, soon.",
    "more words and a link in front": "Visit https://evil.example. " + TEXT,
    "a long text with a link behind": TEXT.rstrip() + " Or not." * 200 + " https://evil.example",
    "a word of it": "help",
    "a line that begins like it": "One mail to two addresses, and more.",
    "its end": "to two addresses.\r\nPlease help.",
    "nothing": "",
}


@pytest.mark.parametrize("name", WITHIN)
def test_what_only_stands_within_the_lines_of_another_is_another_mail(name, desk):
    desk.take(DIRECT, f"{HEAD}{LIST}\r\n{WITHIN[name]}\r\n".encode(), sender=LIN)
    assert 2 == len(desk.store.listing.list_tickets())


@pytest.mark.parametrize("direct_first", [True, False])
def test_a_copy_of_a_list_that_takes_the_authors_place_is_the_same_mail(direct_first, desk):
    munged = LISTED.replace(
        f"From: Lin <{LIN}>".encode(),
        f"From: Lin via sup <sup@desk.example>\r\nReply-To: Lin <{LIN}>".encode(),
    )
    desk.take(*((DIRECT, munged) if direct_first else (munged, DIRECT)), sender=LIN)
    assert [1] == [one.id for one in desk.store.listing.list_tickets()]
    assert 1 == acknowledged(desk)
