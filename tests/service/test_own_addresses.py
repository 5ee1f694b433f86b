"""What is written from an address of the desk's: our own mail come back, and what is not ours at all."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from agent_desk import BORDER, StrictDesk
from desk_mail import text_of
from pump import Clock, PumpedDesk, disguised, letter

from intake import app
from intake.config import settings
from intake.desk import tokens
from intake.desk.effects import MailKind, Outcome, Outgoing
from intake.desk.ticket import EntryKind

KIM, SALES = "kim@buyer.example", "sales@desk.example"
TWO = f"[mailbox sales]\ntype = ingest\naddress = {SALES}\n"


class Desk(PumpedDesk):
    """At help@desk.example, with a second mailbox, sales@desk.example."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, "desk.example", Clock())
        with self.config.open("a") as config:
            config.write(TWO)
        self.reload()

    def reload(self) -> None:
        self.store.close()
        self.desk = app.build(settings.load(self.config))
        self.store = self.desk.store
        self.service = replace(self.service, clock=self.clock)

    def ends(self) -> tuple[Outcome | None, str]:
        row = self.store.ledger.list_messages(limit=1)[0]
        return row.outcome, row.rule

    def out(self, *kinds: MailKind) -> list[Outgoing]:
        self.deliver()
        found = [one for one in self.sent if one.kind in kinds]
        self.sent.clear()
        return found

    def requester(self, number: int = 1) -> str:
        ticket = self.store.tickets.get(number)
        assert ticket is not None
        return ticket.requester.mailbox

    def answer(self, number: int = 1, text: str = "We look into it.") -> None:
        """Anna answers the notification of a ticket."""
        token = tokens.make(
            self.desk.keys[0], tokens.Purpose.AGENT, number, 1, tokens.lifetime(self.clock.now, 9)
        )
        self.clock.later(minutes=1)
        self.take(
            letter(f"Anna <{self.agent}>", tokens.address(self.address, token), "Re: it", text),
            sender=self.agent,
        )


@pytest.fixture
def desk(tmp_path) -> Iterator[Desk]:
    desk = Desk(tmp_path)
    yield desk
    desk.close()


# -- what others write from our address ---------------------------------------------------------------

GROUP = (
    "X-Original-From: Kim <kim@buyer.example>\r\nX-Original-Sender: kim@buyer.example\r\nPrecedence: list\r\n"
    "Mailing-list: list help@desk.example; contact help+owners@desk.example\r\n"
    "List-ID: <help.desk.example>\r\n"
)
FROM_OURS = {
    "a site's form": ("Website <help@desk.example>", f"Reply-To: Kim <{KIM}>\r\n"),
    "a form that writes from the other mailbox": (SALES, f"Reply-To: {KIM}\r\n"),
    "a form that writes from our address with a plus part": (
        "help+form@desk.example",
        f"Reply-To: {KIM}\r\n",
    ),
    "a Google Group": ("'Kim' via Help <help@desk.example>", f"Reply-To: Kim <{KIM}>\r\n{GROUP}"),
    "a Google Group without Reply-To": ("'Kim' via Help <help@desk.example>", GROUP),
    "a site's account": ("www-data@vps.hoster.example", f"Reply-To: {KIM}\r\n"),
    "a maker of forms": ("Shop <mailer@forms.example>", f"Reply-To: Kim <{KIM}>\r\n"),
    "a form that writes from another address of the desk's domain": (
        "Shop <info@desk.example>",
        f"Reply-To: Kim <{KIM}>\r\nX-Mailer: PHPMailer 6.9.1\r\n",
    ),
    "a list that answers to itself": (
        "Kim via Team <team@groups.example>",
        f"Reply-To: team@groups.example\r\nCc: Kim <{KIM}>\r\nList-Id: <team.groups.example>\r\n",
    ),
    "another group": (
        "'Kim' via Team <team@groups.example>",
        f"Reply-To: {KIM}\r\nList-Id: <team.groups.example>\r\n",
    ),
}


@pytest.mark.parametrize("name", FROM_OURS)
def test_what_names_its_author_beside_from_is_the_authors_ticket(name, desk):
    sender, extra = FROM_OURS[name]
    desk.take(letter(sender, desk.address, "My order is late", extra=extra))
    assert (Outcome.TICKETED, "new_ticket") == desk.ends()
    assert KIM == desk.requester()
    (notice,) = desk.out(MailKind.NOTICE, MailKind.ACKNOWLEDGEMENT)
    assert MailKind.NOTICE is notice.kind, "nobody is answered automatically by a Reply-To"
    said = " ".join(text_of(notice).split())
    assert f"{KIM}> wrote:" in said or f"{KIM} wrote:" in said
    assert "in the name of this author" in said
    desk.answer()
    assert [KIM] == [one.rcpt for one in desk.out(MailKind.RELAY)]


def test_two_visitors_who_say_the_same_are_two(desk):
    head = "Date: Thu, 1 Jan 2026 08:00:00 +0000\r\n"
    for visitor in (KIM, "lou@buyer.example"):
        raw = letter(desk.address, desk.address, "Contact form", extra=f"{head}Reply-To: {visitor}\r\n")
        desk.take(raw.replace(raw.split(b"Message-ID: ")[1].split(b"\r\n")[0], b"<form@desk.example>"))
    assert [KIM, "lou@buyer.example"] == [desk.requester(1), desk.requester(2)]


def test_a_colleague_from_another_mailbox_is_answered_there(desk):
    desk.take(letter(f"Sam <{SALES}>", desk.address, "A customer asks", "Can they return it?"))
    assert (Outcome.TICKETED, "new_ticket") == desk.ends()
    assert SALES == desk.requester()
    assert [MailKind.NOTICE] == [one.kind for one in desk.out(*MailKind)]
    desk.answer()
    (answer,) = desk.out(MailKind.RELAY)
    assert SALES == answer.rcpt
    desk.take(answer.raw)
    assert (Outcome.AUTOMATIC, "own_mail") == desk.ends()
    assert [1] == [one.id for one in desk.store.listing.list_tickets()]


def test_a_form_that_names_nobody_is_a_ticket_that_says_so(desk):
    desk.take(
        letter(f"Website <{desk.address}>", desk.address, "Contact form", f"Email: {KIM}\r\nIt is late.")
    )
    assert (Outcome.TICKETED, "new_ticket") == desk.ends()
    (notice,) = desk.out(*MailKind)
    assert "There is no address to reply to." in text_of(notice)
    desk.answer()
    assert ["We look into it."] == [
        one.text for one in desk.store.tickets.entries(1) if one.kind is EntryKind.DRAFT
    ]
    (alert,) = desk.out(*MailKind)
    assert "has no address to reply to" in " ".join(text_of(alert).split())
    desk.answer(text=f"#cc add {KIM}\r\nWe look into it, Kim.")
    assert [KIM] == [one.rcpt for one in desk.out(MailKind.RELAY)]


# -- our own mail, come back --------------------------------------------------------------------------


def ours(desk: Desk) -> dict[str, Outgoing]:
    """One of each kind of mail the desk sends."""
    desk.write(KIM, "My order is late")
    desk.answer()
    return {one.kind.value: one for one in desk.out(*MailKind)}


def rewritten(raw: bytes) -> bytes:
    """As services do that give each mail an id of their own."""
    return raw.replace(raw.split(b"Message-ID: ")[1].split(b"\r\n")[0], b"<0100018@ses.example>")


WAYS = {
    "as it went": lambda raw: raw,
    "with a line on top": lambda raw: b"Received: from a by b\r\n" + raw,
    "over a list": lambda raw: b"Precedence: list\r\nList-Id: <all.desk.example>\r\n" + raw,
    "over a list that answers to itself": lambda raw: raw.replace(
        b"Reply-To: ", b"List-Id: <all.lists.example>\r\nReply-To: all@lists.example\r\nX-Old: "
    ),
    "under another id": rewritten,
    "without what says that it is a machine's": disguised,
    "under another id, and nothing else": lambda raw: rewritten(disguised(raw)),
}


@pytest.mark.parametrize("name", WAYS)
def test_our_own_mail_come_back_opens_nothing_and_is_not_answered(name, desk):
    mails = ours(desk)
    assert {"acknowledgement", "notice", "relay"} <= set(mails)
    for mail in mails.values():
        desk.take(WAYS[name](mail.raw), sender=mail.mail_from)
        assert (Outcome.AUTOMATIC, "own_mail") == desk.ends()
    assert [1] == [one.id for one in desk.store.listing.list_tickets()]
    assert [] == desk.out(*MailKind)


def test_our_own_mail_whose_from_a_list_took_opens_nothing(desk):
    for mail in ours(desk).values():
        raw = mail.raw.replace(
            b"From: ",
            b"From: Desk via All <all@lists.example>\r\nList-Id: <all.lists.example>\r\nX-Original-From: ",
        )
        desk.take(raw, sender="all-bounces@lists.example")
        assert (Outcome.AUTOMATIC, "own_mail") == desk.ends()


def test_a_known_id_alone_makes_no_mail_ours(desk):
    """Who got a mail of ours knows its id; what they write is theirs."""
    mails = ours(desk)
    raw = letter(f"Kim <{KIM}>", desk.address, "Another matter")
    known = mails["acknowledgement"].message_id.encode()
    desk.take(raw.replace(raw.split(b"Message-ID: <")[1].split(b">")[0], known), sender=KIM)
    assert (Outcome.TICKETED, "new_ticket") == desk.ends()


def test_a_form_whose_visitor_is_a_robot_is_answered_by_nobody(desk):
    """Its answering machine answers the notices of nobody, and each of its mails is a machine's."""
    form = letter(desk.address, desk.address, "Contact form", extra=f"Reply-To: {KIM}\r\n")
    for number in range(3):
        desk.take(form.replace(b"Message-ID: <", b"Message-ID: <%d" % number))
        desk.take(
            letter(
                KIM, desk.address, "Out of office", extra=f"Auto-Submitted: auto-replied\r\nX-N: {number}\r\n"
            )
        )
    assert 3 == len(desk.store.listing.list_tickets())
    assert [] == [one for one in desk.out(*MailKind) if one.kind.at_most_once]


SENT = "Auto-Submitted: auto-generated\r\n"
FILLED_IN = {
    "from our own address": ("help@desk.example", KIM),
    "from our other mailbox": (f"Website <{SALES}>", f"Kim <{KIM}>"),
    "from no-reply": ("noreply@desk.example", KIM),
    "from the site's address for all": ("Shop <info@desk.example>", KIM),
    "by a maker of forms": ("Forms <robot@forms.example>", "info@buyer.example"),
    "by somebody of our own house": ("help@desk.example", "sam@desk.example"),
    "by somebody of the house that sends it": ("crm@buyer.example", KIM),
    "from an account with a public provider": ("shop@gmail.com", "info@gmail.com"),
    "over a group of ours": (
        "'Shop' via Help <help@desk.example>\r\nX-Original-From: Shop <noreply@shop.example>\r\n"
        "List-ID: <help.desk.example>",
        KIM,
    ),
    "by somebody whose address has a plus part": ("noreply@forms.example", "kim+shop2@buyer.example"),
    "by an office that sells tickets": ("noreply@forms.example", "tickets2026@club.example"),
    "with a comment": (f"noreply@desk.example\r\n{SENT[:-2]} (contact form)\r\nX-A: b", KIM),
}


@pytest.mark.parametrize("name", FILLED_IN)
def test_what_a_program_sent_for_a_person_is_theirs_and_is_not_acknowledged(name, desk):
    """It says that a program sent it, not that nobody wrote it."""
    sender, visitor = FILLED_IN[name]
    sent = "" if SENT[:-2] in sender else SENT
    desk.take(letter(sender, desk.address, "Contact form", extra=f"{sent}Reply-To: {visitor}\r\n"))
    assert (Outcome.TICKETED, "new_ticket") == desk.ends()
    assert desk.requester() == visitor.rpartition("<")[2].rstrip(">")
    assert [MailKind.NOTICE] == [one.kind for one in desk.out(*MailKind)]


FROM_FORM = f"Reply-To: {KIM}\r\n"
MACHINES = {
    "an answering machine": ("help@desk.example", f"Auto-Submitted: auto-replied\r\n{FROM_FORM}"),
    "one that says both": ("help@desk.example", f"{SENT}Auto-Submitted: auto-replied\r\n{FROM_FORM}"),
    "one that says so in another field": ("noreply@desk.example", f"{SENT}X-Autoreply: yes\r\n{FROM_FORM}"),
    "one that says so in its subject": (
        "noreply@buyer.example",
        f"{SENT}In-Reply-To: <1@desk.example>\r\n{FROM_FORM}",
    ),
    "a Return-Path that is empty": ("help@desk.example", f"Return-Path: <>\r\n{SENT}{FROM_FORM}"),
    "nobody beside it": ("help@desk.example", SENT),
    "ourselves beside it": ("noreply@desk.example", f"{SENT}Reply-To: {SALES}\r\n"),
    "a machine beside it": ("help@desk.example", f"{SENT}Reply-To: no-reply@buyer.example\r\n"),
    "its own house's office": ("noreply@vendor.example", f"{SENT}Reply-To: support@vendor.example\r\n"),
    "a mailing": ("shop@mailer.example", f"{SENT}Precedence: bulk\r\nReply-To: hello@shop.example\r\n"),
    "its own house's monitor": ("nagios@desk.example", f"{SENT}Reply-To: ops@desk.example\r\n"),
    "a program that knows its answers by a key": (
        "gitlab@mg.forge.example",
        f"{SENT}Reply-To: issue+9c1f0a@incoming.forge.example\r\n",
    ),
    "a program that knows its answers by a long one": (
        "noreply@forum.example",
        f"{SENT}Reply-To: p-0123456789abcdef@forum.example\r\n",
    ),
    "a program that takes answers at another house, by ticket": (
        "notify@mailer.example",
        f"{SENT}Reply-To: ticket-4711@desk.other\r\n",
    ),
    "a program that takes answers at another house, by a key": (
        "notify@mailer.example",
        f"{SENT}Reply-To: reply+4711@desk.other\r\n",
    ),
    "an answer of another desk": (
        "noreply@vendor.example",
        f"{SENT}References: <1@desk.example>\r\nReply-To: help@other.example\r\n",
    ),
}


@pytest.mark.parametrize("name", MACHINES)
def test_a_machine_that_writes_in_our_name_opens_nothing(name, desk):
    sender, extra = MACHINES[name]
    desk.take(letter(sender, desk.address, "Report", extra=extra))
    assert Outcome.AUTOMATIC is desk.ends()[0]
    assert [] == desk.out(*MailKind)


@pytest.mark.parametrize("sender", ["help@desk.example", "noreply@forms.example"])
def test_what_a_program_sent_without_an_envelope_sender_opens_nothing(sender, desk):
    desk.take(letter(sender, desk.address, "Contact form", extra=SENT + FROM_FORM), sender="")
    assert Outcome.AUTOMATIC is desk.ends()[0]


def test_what_a_program_answers_at_a_reply_address_opens_and_tells_nothing(desk):
    """Else a desk that is told of the end of a ticket would reopen it, each time."""
    relay = ours(desk)["relay"]
    to = relay.raw.split(b"Reply-To: ")[1].split(b"<")[1].split(b">")[0].decode()
    desk.take(letter("noreply@buyer.example", to, "We got it", extra=f"{SENT}Reply-To: kim@home.example\r\n"))
    assert Outcome.AUTOMATIC is desk.ends()[0]
    assert [] == desk.out(*MailKind)


def test_two_desks_that_name_each_other_beside_from_do_not_go_on(desk):
    """Whatever is sent for somebody opens a ticket, and causes not one mail to them."""
    for number in range(5):
        extra = f"{SENT}Reply-To: desk@other.example\r\nX-N: {number}\r\n"
        desk.take(letter("noreply@mailer.example", desk.address, f"Your request {number}", extra=extra))
    assert 5 == len(desk.store.listing.list_tickets())
    assert {MailKind.NOTICE} == {one.kind for one in desk.out(*MailKind)}


def test_a_bounce_in_our_name_is_a_bounce(desk):
    relay = ours(desk)["relay"]
    raw = (
        f"From: Mail Delivery System <{desk.address}>\r\nTo: {relay.mail_from}\r\nSubject: Undelivered\r\n"
        "MIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n"
        "--b\r\nContent-Type: text/plain\r\n\r\nSorry\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n"
        f"Reporting-MTA: dns; mx.example\r\n\r\nFinal-Recipient: rfc822; {KIM}\r\nAction: failed\r\n"
        "Status: 5.1.1\r\n\r\n--b\r\nContent-Type: text/rfc822-headers\r\n\r\n"
        f"Message-ID: <{relay.message_id}>\r\n\r\n--b--\r\n"
    )
    desk.take(raw.encode(), sender="")
    assert (Outcome.AUTOMATIC, "delivery_report") == desk.ends()


# -- what a person writes from our address past the desk ----------------------------------------------


def test_what_a_colleague_wrote_to_the_requester_is_a_note(desk):
    mails = ours(desk)
    extra = f"In-Reply-To: <{mails['acknowledgement'].message_id}>\r\nCc: {desk.address}\r\n"
    desk.take(letter(SALES, KIM, "Re: My order is late", "It left today.", extra))
    assert (Outcome.APPENDED, "own_mail") == desk.ends()
    notes = [one.text for one in desk.store.tickets.entries(1) if one.kind is EntryKind.NOTE]
    assert ["It left today."] == notes
    assert "pending" == desk.store.tickets.get(1).status


def test_what_a_colleague_wrote_to_others_is_no_ticket(desk):
    desk.take(letter(SALES, KIM, "Our offer"))
    assert (Outcome.AUTOMATIC, "own_mail") == desk.ends()
    desk.take(letter(SALES, "shop@desk.example", "An alias that leads here"))
    assert (Outcome.TICKETED, "new_ticket") == desk.ends()


# -- nothing acts on who is named beside From ---------------------------------------------------------


@pytest.fixture
def strict(tmp_path) -> Iterator[StrictDesk]:
    desk = StrictDesk(tmp_path / "strict")
    yield desk
    desk.close()


PASS = f"Authentication-Results: {BORDER}; dmarc=pass header.from=desk.example\r\n"
FAIL = f"Authentication-Results: {BORDER}; dmarc=fail header.from=desk.example\r\n"
NAMED = f"Authentication-Results: {BORDER}; dmarc=pass header.from=customer.example\r\n"


@pytest.mark.parametrize("word", ["", PASS, NAMED])
def test_our_servers_word_of_from_is_none_of_who_is_named_beside_it(word, strict):
    """Else a form would let anybody into the ticket of whom they name."""
    extra = f"{word}Reply-To: lin@customer.example\r\n"
    strict.write(strict.address, "Re: [#1] My coins are late", "Send them to me.", extra)
    assert ["Where are they?"] == strict.said(EntryKind.CUSTOMER)
    assert (3, 1) == (strict.store.tickets.get(3).id, strict.store.tickets.get(3).related)


@pytest.mark.parametrize(("word", "proven"), [("", False), (PASS, True)])
def test_what_anybody_may_have_written_past_the_desk_in_our_name_says_so(word, proven, strict):
    """Who knows an id of the ticket's must not speak for a colleague."""
    mail = next(one for one in strict.store.outbox.list_mails(ticket=1) if one.kind == "acknowledgement")
    extra = f"{word}In-Reply-To: <{mail.message_id}>\r\n"
    strict.take(
        letter(strict.address, "lin@customer.example", "Re: My coins are late", "Refund approved.", extra)
    )
    assert ["Refund approved."] == strict.said(EntryKind.NOTE)
    strict.deliver()
    (notice,) = [one for one in strict.sent if one.kind is MailKind.NOTICE]
    said = text_of(notice)
    assert "this sender is not part of this ticket" in said
    assert proven is ("Not proven" not in said)


def test_an_agent_whom_a_form_names_as_its_author_is_told(strict):
    """They need not have written it, and nobody else may be there to see it."""
    strict.write("no-reply@forms.example", "A complaint", extra=f"Reply-To: {strict.agent}\r\n")
    strict.deliver()
    (notice,) = [one for one in strict.sent if one.kind is MailKind.NOTICE]
    assert strict.agent == notice.rcpt
    assert "in the name of this author" in " ".join(text_of(notice).split())


def test_what_is_found_forged_stays_so(strict):
    strict.write(strict.address, "My order", "It is late.", f"{FAIL}Reply-To: {KIM}\r\n")
    assert KIM == strict.store.tickets.get(3).requester.mailbox
    strict.deliver()
    said = " ".join(text_of([one for one in strict.sent if one.kind is MailKind.NOTICE][-1]).split())
    assert "found that this email does not come from the address it names" in said


@pytest.mark.parametrize("word", ["", PASS])
def test_an_agent_who_is_named_beside_from_is_nobody(word, strict):
    raw = strict.mail(
        "#close\r\nUnder the sofa.", f"{word}Reply-To: Anna <{strict.agent}>\r\n", strict.address
    )
    strict.take(raw, sender=strict.agent)
    assert [] == strict.relayed()
    assert [] == strict.said(EntryKind.REPLY)
