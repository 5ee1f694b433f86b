"""What stands around the news in a mail to an agent: in each kind of database, and in memory."""

from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from store_bench import ANN, Bench

from intake.desk.draft_effects import ConfirmDraft
from intake.desk.effects import (
    AddEntry,
    Amend,
    Assign,
    Effect,
    Mail,
    MailKind,
    OpenTicket,
    Outgoing,
    SetStatus,
)
from intake.desk.evidence import Evidence
from intake.desk.lookup import Line, LookupRequest
from intake.desk.merge_effects import LinkTickets, SplitOff
from intake.desk.message import Address, Attachment
from intake.desk.page import (
    ASSIGNED,
    CUT,
    MERGED,
    MOST_CLOSED,
    MOST_EVENTS,
    MOST_NEWEST,
    MOST_OPEN,
    MOST_SHOWN,
    MOST_TEXT,
    Talk,
    TicketPage,
)
from intake.desk.persons import AddPersonNote
from intake.desk.ticket import DESK, Agent, EntryKind, Status, Ticket
from intake.store import open_store, pages
from intake.store.statement import SetStatement

ALICE = Address("alice@desk.example", "Alice")
SEED = " ".join(["abandon"] * 11 + ["about"])


class Sent:
    """A store whose mails are kept as they are composed."""

    def __init__(self, bench: Bench) -> None:
        self.bench, self.mails = bench, list[Mail]()
        self.compose = bench.compose
        bench.compose = self.keep  # type: ignore[method-assign]
        self.agent = bench.store.agents.add("alice@desk.example", "Alice", (), bench.now)

    def keep(self, mail: Mail, ticket: Ticket) -> Outgoing:
        self.mails.append(mail)
        return self.compose(mail, ticket)

    def do(self, *effects: Effect) -> None:
        """Apply effects."""
        self.bench.apply(*effects)

    def mail(self, *effects: Effect) -> Mail:
        """Apply effects, and return the last mail of them as it was composed."""
        self.bench.apply(*effects)
        return self.mails[-1]

    def page(self, ticket: int | None, *before: Effect, **mail: object) -> TicketPage:
        """Return the page of an alert in a ticket, behind these effects."""
        page = self.mail(*before, alert(ticket, len(self.mails), self.agent, **mail)).page
        assert page is not None
        return page


@pytest.fixture
def sent(bench: Bench) -> Sent:
    return Sent(bench)


def alert(ticket: int | None, number: int, agent: Agent, **more: object) -> Mail:
    mail = Mail(MailKind.ALERT, ticket, agent.as_address, f"alert:{number}", agent=agent, text="Look.")
    return replace(mail, **more)  # type: ignore[arg-type]


def wrote(ticket: int | None, text: str, kind: EntryKind = EntryKind.CUSTOMER, **more: object) -> AddEntry:
    return AddEntry(ticket, kind, DESK if kind is EntryKind.EVENT else ANN, text, **more)  # type: ignore[arg-type]


def opened(subject: str = "Another", requester: Address = ANN, **more: object) -> OpenTicket:
    return OpenTicket(subject, requester, "en", "support", "", "imap", **more)  # type: ignore[arg-type]


def texts(page: TicketPage) -> list[str]:
    return [line.text for line in page.lines]


def test_a_mail_to_an_agent_carries_the_conversation_so_far(sent: Sent) -> None:
    sent.bench.open()
    sent.do(wrote(1, "Which one?", EntryKind.REPLY), wrote(1, "for us", EntryKind.NOTE))
    page = sent.page(1, wrote(1, "assigned to Alice by Anna", EntryKind.EVENT), wrote(1, "The second."))
    assert ["It smokes.", "Which one?", "for us", "assigned to Alice by Anna", "The second."] == texts(page)
    kinds = [EntryKind.CUSTOMER, EntryKind.REPLY, EntryKind.NOTE, EntryKind.EVENT, EntryKind.CUSTOMER]
    assert kinds == [line.kind for line in page.lines]
    assert ("", 0) == ("".join(line.full_text for line in page.lines), page.earlier)


@pytest.mark.parametrize("kind", [MailKind.NOTICE, MailKind.ALERT, MailKind.ANSWER])
def test_every_kind_of_mail_to_an_agent_has_a_page(sent: Sent, kind: MailKind) -> None:
    sent.bench.open()
    assert ["It smokes."] == texts(sent.page(1, kind=kind))


@pytest.mark.parametrize("kind", [MailKind.RELAY, MailKind.STATUS, MailKind.ACKNOWLEDGEMENT, MailKind.SURVEY])
def test_no_mail_to_a_customer_has_a_page(sent: Sent, kind: MailKind) -> None:
    sent.bench.open()
    assert sent.mail(Mail(kind, 1, ANN, "x", text="Hello", event="waiting")).page is None


def test_a_mail_of_no_ticket_has_no_page(sent: Sent) -> None:
    assert sent.mail(alert(0, 1, sent.agent, event="command")).page is None


def test_the_words_of_a_notice_do_not_stand_in_its_page_again(sent: Sent) -> None:
    sent.bench.open()
    notice = {"kind": MailKind.NOTICE, "text": "Thanks."}
    assert ["It smokes."] == texts(sent.page(1, wrote(1, "Thanks."), **notice))
    # Said twice, the first time stands there.
    assert ["It smokes.", "Thanks."] == texts(sent.page(1, wrote(1, "Thanks."), **notice))


def test_what_the_message_at_hand_became_does_not_stand_there_again(sent: Sent) -> None:
    sent.bench.open()
    ledger = sent.bench.receive(b"second")
    sent.bench.apply(
        wrote(1, "The words.", from_message=True),
        alert(1, 1, sent.agent, kind=MailKind.NOTICE, text="The words, shown in another way."),
        ledger_id=ledger,
        message=sent.bench.message(b"second"),
    )
    page = sent.mails[-1].page
    assert page is not None
    assert ["It smokes."] == texts(page)


def test_an_entry_of_the_same_decision_stands_in_a_new_ticket_s_page(sent: Sent) -> None:
    page = sent.page(None, opened(), wrote(None, "Help."), wrote(None, "taken over", EntryKind.EVENT))
    assert (["Help.", "taken over"], 0, ()) == (texts(page), page.earlier, page.others)


def test_more_words_than_are_shown_are_counted(sent: Sent) -> None:
    sent.bench.open()
    sent.do(*(wrote(1, f"word {number}") for number in range(30)))
    page = sent.page(1)
    assert [f"word {number}" for number in range(10, 30)] == texts(page)
    assert 31 - MOST_SHOWN == page.earlier
    page = sent.page(1, wrote(1, "now"), kind=MailKind.NOTICE, text="now")
    assert ("word 29", MOST_SHOWN, 31 - MOST_SHOWN) == (texts(page)[-1], len(page.lines), page.earlier)


def test_events_do_not_crowd_out_words(sent: Sent) -> None:
    sent.bench.open()
    sent.do(*(wrote(1, f"word {number}") for number in range(30)))
    sent.do(*(wrote(1, f"event {number}", EntryKind.EVENT) for number in range(30)))
    page = sent.page(1)
    assert [f"event {number}" for number in range(24, 30)] == texts(page)[-MOST_EVENTS:]
    assert [f"word {number}" for number in range(16, 30)] == texts(page)[:-MOST_EVENTS]
    assert MOST_SHOWN == len(page.lines)
    assert 3 * MOST_EVENTS <= MOST_SHOWN


def test_events_before_the_first_words_that_are_shown_are_left_out(sent: Sent) -> None:
    sent.bench.open()
    sent.do(wrote(1, "long ago", EntryKind.EVENT), *(wrote(1, f"word {number}") for number in range(30)))
    assert "long ago" not in texts(sent.page(1))


def test_a_long_text_is_cut(sent: Sent) -> None:
    sent.bench.open()
    sent.do(wrote(1, "a" * 1_000_000, full_text="b" * 1_000_000), wrote(1, "c" * 1_000_000))
    page = sent.page(1)
    assert [10, MOST_TEXT + len(CUT), MOST_NEWEST + len(CUT)] == [len(text) for text in texts(page)]
    assert all(text.endswith(CUT) for text in texts(page)[1:])
    page = sent.page(1, wrote(1, "now"), kind=MailKind.NOTICE, text="now")
    assert MOST_TEXT + len(CUT) == len(texts(page)[-1])


def test_a_secret_is_not_cut_in_two(sent: Sent) -> None:
    sent.bench.open()
    before = "x " * (MOST_TEXT // 2 - 20)
    sent.do(wrote(1, f"{before}{SEED} and more {'y ' * 3000}"), wrote(1, "later"))
    assert "abandon" not in texts(sent.page(1))[1]


def test_files_are_named(sent: Sent) -> None:
    sent.bench.open()
    sent.do(wrote(1, "See.", attachments=(Attachment("a.png", "image/png", b"a"),)))
    page = sent.page(1, wrote(1, "And.", attachments=(Attachment("b.png", "image/png", b"b"),)))
    assert [(), ("a.png",), ("b.png",)] == [line.files for line in page.lines]


def test_drafts_that_wait_are_counted_but_for_the_one_in_question(sent: Sent) -> None:
    sent.bench.open()
    sent.do(wrote(1, "maybe", EntryKind.DRAFT), wrote(1, "or so", EntryKind.DRAFT))
    assert 2 == sent.page(1).drafts
    page = sent.page(1, wrote(1, "third", EntryKind.DRAFT), event="confirm")
    assert (2, ["It smokes.", "maybe", "or so"]) == (page.drafts, texts(page))
    assert 2 == sent.page(1, ConfirmDraft(1, 2)).drafts


def test_the_customer_s_other_tickets_are_named_open_ones_first(sent: Sent) -> None:
    sent.bench.open()
    due = sent.bench.now + timedelta(hours=1)
    sent.do(opened("open"), Amend(None, {"first_response_due": due + timedelta(hours=1)}))
    sent.do(opened("soon", Address("ANN@customer.example")), Amend(None, {"first_response_due": due}))
    sent.do(opened("some time"))
    for number in range(4):
        sent.bench.later(minutes=1)
        sent.do(opened(f"closed {number}"), SetStatus(None, Status.CLOSED))
    sent.do(opened("not hers", Address("bob@customer.example")))
    sent.do(opened("spam", status=Status.CLOSED), Amend(None, {"spam": True}))
    sent.do(opened("merged"), Amend(None, {"merged_into": 1}))
    page = sent.page(1)
    named = ["soon", "open", "some time", "closed 3", "closed 2", "closed 1"]
    assert (named, 0) == ([line.subject for line in page.others], page.more)
    assert MOST_CLOSED == 3
    assert (due, "new") == (page.others[0].due, page.others[0].status)


def test_open_tickets_beyond_the_most_are_counted(sent: Sent) -> None:
    sent.bench.open()
    for number in range(MOST_OPEN + 2):
        sent.do(opened(f"{number}"))
    page = sent.page(1)
    assert (MOST_OPEN, 2) == (len(page.others), page.more)


def test_what_this_decision_changes_of_other_tickets_is_seen(sent: Sent) -> None:
    sent.bench.open()
    sent.do(opened("second"))
    page = sent.page(1, SetStatus(2, Status.CLOSED), Assign(2, sent.agent), opened("third"))
    assert [(3, "new", ""), (2, "closed", "Alice")] == [
        (line.id, line.status, line.assignee) for line in page.others
    ]


@pytest.mark.parametrize("nobody", ["", "@flood.example"])
def test_a_ticket_of_nobody_has_no_others(sent: Sent, nobody: str) -> None:
    sent.do(opened("first", Address(""), flood=nobody))
    sent.do(opened("second", Address(""), flood=nobody))
    assert () == sent.page(1).others


def test_the_ticket_that_a_new_one_follows_is_named_once(sent: Sent) -> None:
    sent.bench.open()
    sent.do(SetStatus(1, Status.CLOSED))
    page = sent.page(None, opened("again", related=1))
    assert ([1], ()) == ([line.id for line in page.alike], page.others)
    page = sent.page(2)
    assert [(1, "closed")] == [(line.id, line.status) for line in page.alike]


def test_tickets_that_agents_linked_with_it_may_be_about_the_same(sent: Sent) -> None:
    sent.bench.open()
    sent.do(*(opened(f"number {number}", Address(f"p{number}@x.example")) for number in range(2, 7)))
    sent.do(*(LinkTickets(1, number) for number in (2, 3, 4)))
    assert [4, 3, 2] == [line.id for line in sent.page(1).alike]
    assert [1] == [line.id for line in sent.page(3).alike]
    assert () == sent.page(6).alike
    # First what it follows, and never more than three.
    sent.do(Amend(1, {"related": 5}), LinkTickets(1, 5))
    assert [5, 4, 3] == [line.id for line in sent.page(1).alike]


def test_the_newest_notes_about_the_requester_stand_in_a_page(sent: Sent) -> None:
    sent.bench.open()
    assert () == sent.page(1).about
    notes = [AddPersonNote(ANN.mailbox.upper(), "Alice", f"note {number}") for number in range(5)]
    sent.do(*notes, AddPersonNote("else@x.example", "Alice", "of another"))
    assert ("note 4", "note 3", "note 2") == sent.page(1).about
    assert () == sent.page(None, opened(requester=Address("new@x.example"))).about
    assert ("note 4", "note 3", "note 2") == sent.page(None, opened()).about


def test_how_far_the_requester_is_proven_is_what_their_newest_entry_tells(sent: Sent) -> None:
    sent.bench.open()
    assert Evidence.UNKNOWN == sent.page(1).evidence
    page = sent.page(1, wrote(1, "typed", evidence=Evidence.FORM))
    assert Evidence.FORM == page.evidence
    # Whatever others say, and however much of it.
    other = AddEntry(1, EntryKind.CUSTOMER, Address("eve@x.example"), "me too", evidence=Evidence.SERVER)
    assert Evidence.FORM == sent.page(1, other).evidence
    sent.do(wrote(1, "here", evidence=Evidence.SERVER))
    sent.do(*(wrote(1, f"note {number}", EntryKind.NOTE) for number in range(40)))
    assert Evidence.SERVER == sent.page(1).evidence
    assert MOST_SHOWN == len(sent.page(1).lines)


def test_a_split_ticket_knows_how_far_its_requester_is_proven(sent: Sent) -> None:
    sent.bench.open()
    sent.do(wrote(1, "And another thing.", evidence=Evidence.SERVER))
    (entry,) = [each.id for each in sent.bench.store.tickets.entries(1) if "another" in each.text]
    page = sent.page(None, SplitOff(1, entry, ANN, "Another"))
    assert Evidence.SERVER == page.evidence


def test_what_was_asked_for_of_a_conversation_stands_in_place_of_its_newest_entries(sent: Sent) -> None:
    sent.bench.open()
    line = Line(7, EntryKind.NOTE, "a@desk.example", "Alice", "mine", sent.bench.now)
    page = sent.page(1, kind=MailKind.ANSWER, talk=Talk((line,), 3))
    assert ((line,), 3) == (page.lines, page.earlier)


def test_what_a_page_asks_for_is_found_by_indexes(tmp_path: Path) -> None:
    store = open_store("sqlite:///intake.db", tmp_path)
    statements = [value for value in vars(pages).values() if isinstance(value, SetStatement)]
    assert len(statements) == 7
    for statement in statements:
        name = next(iter(statement._fields))
        text, values = statement.asked([{name: "1"}], postgres=False)
        plan = [row[3] for row in store.db.many(f"EXPLAIN QUERY PLAN {text}", *values)]
        assert not [step for step in plan if step.startswith("SCAN") and " CONSTANT ROW" not in step
                    and step not in ("SCAN v", "SCAN w", "SCAN x", "SCAN y")], plan  # fmt: skip
    store.close()


def test_who_is_given_a_ticket_gets_its_files_each_once(sent: Sent) -> None:
    """Also those of notices that went to the whole team; who is given it again, what came since."""
    sent.bench.open()
    given = {"event": ASSIGNED, "with_files": True}
    first = (Attachment("a.png", "image/png", b"a", "cid", True), Attachment("b.txt", "text/plain", b"b"))
    sent.do(wrote(1, "See.", attachments=first))
    sent.bench.later(minutes=1)
    notice = alert(1, 1, sent.agent, kind=MailKind.NOTICE, text="And.")
    third = Attachment("c.txt", "text/plain", b"c")
    sent.do(wrote(1, "And.", attachments=(third,)), notice)
    sent.bench.later(minutes=1)
    sent.do(wrote(1, "ours", EntryKind.NOTE, attachments=(Attachment("n.txt", "text/plain", b"n"),)))
    mail = sent.mail(replace(alert(1, 2, sent.agent, **given), dedupe="alert:assigned:x"))
    assert ((third, *first), ()) == (mail.attachments, mail.left_out)
    sent.bench.later(minutes=1)
    mail = sent.mail(replace(alert(1, 3, sent.agent, **given), dedupe="alert:assigned:y"))
    assert () == mail.attachments
    sent.bench.later(minutes=1)
    last = Attachment("d.txt", "text/plain", b"d")
    effects = (wrote(1, "More.", attachments=(last,)), alert(1, 4, sent.agent, with_files=True))
    assert (last,) == sent.mail(*effects).attachments


def test_what_an_agent_was_asked_about_is_not_brought_again_when_it_is_theirs(sent: Sent) -> None:
    """Who reads digests got no notice, but the files with a colleague's question."""
    sent.bench.open()
    sent.do(wrote(1, "See.", attachments=(Attachment("a.txt", "text/plain", b"a"),)))
    sent.bench.later(minutes=1)
    asked = alert(1, 1, sent.agent, kind=MailKind.NOTICE, event="note", with_files=True)
    assert ["a.txt"] == [file.name for file in sent.mail(replace(asked, dedupe="note:asked:x:1")).attachments]
    sent.bench.later(minutes=1)
    given = alert(1, 2, sent.agent, event=ASSIGNED, with_files=True)
    assert () == sent.mail(replace(given, dedupe="alert:assigned:x")).attachments


def test_a_notice_at_hand_brings_its_files_itself(sent: Sent) -> None:
    sent.bench.open()
    file = Attachment("a.txt", "text/plain", b"a")
    notice = alert(1, 1, sent.agent, kind=MailKind.NOTICE, text="See.", attachments=(file,))
    given = replace(alert(1, 2, sent.agent, event=ASSIGNED, with_files=True), dedupe="alert:assigned:x")
    assert () == sent.mail(wrote(1, "See.", attachments=(file,)), notice, given).attachments


def test_a_ticket_that_others_were_merged_into_shows_their_words_and_files(sent: Sent) -> None:
    first, second, third = (sent.bench.open(raw) for raw in (b"1", b"2", b"3"))
    file = Attachment("a.txt", "text/plain", b"a")
    sent.do(wrote(first, "In the first.", attachments=(file,)))
    sent.do(wrote(third, "In the third."))
    sent.do(wrote(second, "In the second.", EntryKind.NOTE))
    sent.do(wrote(first, "Not sent", EntryKind.DRAFT))
    merged = alert(third, 1, sent.agent, event=MERGED, with_files=True)
    before = (Amend(first, {"merged_into": second}), Amend(second, {"merged_into": third}))
    mail = sent.mail(*before, replace(merged, dedupe="alert:merged:x"))
    page = mail.page
    assert page is not None
    spoken = [(line.text, line.ticket) for line in page.lines if line.text != "It smokes."]
    theirs = [("In the first.", first), ("In the third.", 0), ("In the second.", second), ("Not sent", first)]
    assert (theirs, 1) == (spoken, page.drafts)
    assert ["a.txt"] == [file.name for file in mail.attachments]
    again = sent.page(third)
    assert page.lines == again.lines
    found = sent.bench.store.lookups.look_up(
        LookupRequest(histories=frozenset({third})), sent.agent, third, sent.bench.now
    )
    lines = found.histories[third]
    assert [(line.id, line.ticket) for line in page.lines] == [(line.id, line.ticket) for line in lines]
    assert ["a.txt"] == [str(file) for line in lines for file in line.files]
    digest = sha256(b"a").hexdigest()
    assert sent.bench.store.tickets.file_of(third, digest) is not None
    assert sent.bench.store.tickets.file_of(second, digest) is not None
    # Those merged into another one show nothing of it, and what is parted again is gone.
    assert all(line.ticket in (0, first) for line in sent.page(second).lines)
    parted = sent.page(third, Amend(second, {"merged_into": None}))
    assert ["In the third."] == [text for text in texts(parted) if text != "It smokes."]
    assert sent.bench.store.tickets.file_of(third, digest) is None


def test_a_circle_of_merged_tickets_ends(sent: Sent) -> None:
    first, second = sent.bench.open(b"1"), sent.bench.open(b"2")
    sent.do(Amend(first, {"merged_into": second}), Amend(second, {"merged_into": first}))
    assert {0, first} == {line.ticket for line in sent.page(second).lines}


def test_files_for_which_there_is_no_room_are_named(sent: Sent, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("intake.desk.sent_files.MOST_BYTES", 3)
    sent.bench.open()
    sent.do(wrote(1, "Old.", attachments=(Attachment("old.txt", "text/plain", b"xy"),)))
    sent.do(wrote(1, "New.", attachments=(Attachment("new.txt", "text/plain", b"ab"),)))
    mail = sent.mail(alert(1, 1, sent.agent, with_files=True))
    assert (["new.txt"], ("old.txt",)) == ([file.name for file in mail.attachments], mail.left_out)
