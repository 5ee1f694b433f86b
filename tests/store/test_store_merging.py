"""Merging, splitting, linking and redacting, on both engines: nothing is lost but what must be."""

import base64
import hashlib
from dataclasses import replace
from datetime import timedelta

import pytest
from engines import ON_SQL
from store_bench import ANN, NOW, Bench

from intake.desk.effects import (
    AddEntry,
    AddParticipant,
    Amend,
    Finish,
    Mail,
    MailKind,
    OpenTicket,
    Outcome,
    Outgoing,
    Redact,
    SetStatus,
)
from intake.desk.find_effects import KeepFinds
from intake.desk.lookup import MINE, NEXT, OVERDUE, SEARCH, TEAM, LookupRequest
from intake.desk.merge_effects import LinkTickets, SplitOff
from intake.desk.message import Address, Attachment
from intake.desk.sensitive.finds import Find
from intake.desk.sensitive.reading import CLOSED, FileState, Reading
from intake.desk.survey_effects import AskSurvey, RecordScore
from intake.desk.surveys import closing_of
from intake.desk.ticket import NO_TICKET, EntryKind, Status
from intake.desk.tokens import Purpose, Token

SEED = "legal winner thank year wave sausage worth useful legal winner thank yellow"
KEY = b"k" * 32


def token(purpose: Purpose, ticket: int) -> Token:
    return Token(purpose, ticket, 0, NOW + timedelta(days=9))


def merge(bench: Bench, ticket: int, other: int) -> None:
    bench.apply(Amend(ticket, {"merged_into": other}), SetStatus(ticket, Status.CLOSED))


def test_each_way_of_finding_a_merged_ticket_leads_to_its_end(bench: Bench) -> None:
    first = bench.open(b"one", message_id="one@customer.example")
    second, third = bench.open(b"two"), bench.open(b"three")
    outbox = bench.apply(Mail(MailKind.RELAY, first, ANN, "relay")).outbox_ids[0]
    merge(bench, first, second)
    merge(bench, second, third)
    sent = bench.store.outbox.mail(outbox)
    assert sent is not None
    message = bench.message(
        b"answer",
        in_reply_to=(sent.message_id,),
        references=("one@customer.example",),
        subject=f"Re: Printer [#{first}]",
    )
    facts = bench.facts(message, token=token(Purpose.CUSTOMER, first))
    for found in (facts.by_token, facts.by_sent_id, facts.by_stored_id, facts.by_number):
        assert found is not None
        assert (third, first) == (found.ticket.id, found.named.id if found.named else None)
    assert (first, [second]) == (bench.store.tickets.get(first).id, bench.store.tickets.merged(third))


def test_a_circle_ends_somewhere(bench: Bench) -> None:
    first, second = bench.open(b"one"), bench.open(b"two")
    merge(bench, first, second)
    merge(bench, second, first)
    assert second == bench.store.tickets.end(bench.store.tickets.get(first)).id
    assert first == bench.store.tickets.end(bench.store.tickets.get(second)).id


def test_both_histories_and_every_file_stay(bench: Bench) -> None:
    file = Attachment("a.txt", "text/plain", b"12 EUR")
    first, second = bench.open(b"one"), bench.open(b"two")
    bench.apply(AddEntry(first, EntryKind.CUSTOMER, ANN, "With a file", attachments=(file,)))
    before = (bench.store.tickets.entries(first), bench.store.tickets.entries(second))
    merge(bench, first, second)
    assert before == (bench.store.tickets.entries(first), bench.store.tickets.entries(second))
    assert b"12 EUR" == bench.store.tickets.file(bench.store.tickets.entries(first)[-1].files[0].sha256)


def test_a_split_copies_the_entry_its_files_and_leads_its_answers(bench: Bench) -> None:
    first = bench.open(b"one")
    file = Attachment("a.txt", "text/plain", b"12 EUR", inline=True, content_id="cid")
    message = bench.message(b"two", message_id="two@customer.example", attachments=(file,))
    number = bench.receive(b"two")
    bench.apply(
        AddEntry(first, EntryKind.CUSTOMER, ANN, "Another matter", "full", from_message=True),
        Finish(Outcome.APPENDED, first, "follow_up", ""),
        ledger_id=number,
        message=message,
    )
    last = bench.store.tickets.entries(first)[-1]
    bench.apply(Amend(first, {"tags": ("vip",), "priority": "high"}))
    applied = bench.apply(SplitOff(first, last.id, ANN, "Another matter"))
    new = applied.ticket_id
    assert new is not None
    ticket = bench.store.tickets.get(new)
    assert ("Another matter", ("vip",), "high", first) == (
        ticket.subject,
        ticket.tags,
        ticket.priority,
        ticket.related,
    )
    (copy,) = bench.store.tickets.entries(new)
    assert replace(last, id=copy.id) == copy
    assert last in bench.store.tickets.entries(first)
    answer = bench.message(b"answer", in_reply_to=("two@customer.example",))
    assert new == bench.facts(answer).by_stored_id.ticket.id
    assert [] == bench.faults()


def test_an_entry_of_another_ticket_cannot_be_split_off(bench: Bench) -> None:
    first, second = bench.open(b"one"), bench.open(b"two")
    with pytest.raises(LookupError):
        bench.apply(SplitOff(first, bench.store.tickets.entries(second)[0].id, ANN, "x"))


def test_a_link_stands_in_both_once(bench: Bench) -> None:
    first, second = bench.open(b"one"), bench.open(b"two")
    bench.apply(LinkTickets(first, second))
    bench.apply(LinkTickets(second, first))
    assert ([second], [first]) == (bench.store.tickets.links(first), bench.store.tickets.links(second))


# -- redact ------------------------------------------------------------------------------


def mail(text: str, subject: str = "Help") -> bytes:
    return (
        f"From: Ann@customer.example\r\nTo: help@desk.example\r\nSubject: {subject}\r\n"
        "Message-ID: <seed@customer.example>\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/mixed; boundary="b"\r\n\r\n'
        f"--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n"
        f"--b\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<p>{text.replace(' ', '</p> <p>')}</p>\r\n"
        '--b\r\nContent-Type: image/png; name="x.png"\r\nContent-Transfer-Encoding: base64\r\n\r\n'
        "iVBORw0KGgo=\r\n--b--\r\n"
    ).encode()


def seeded(bench: Bench) -> tuple[int, int]:
    """A ticket with a seed phrase in its text, its subject, a file, its raw mail and a notice."""
    raw = mail(f"My phrase: {SEED}", f"Seed {SEED}")
    number = bench.receive(raw)
    file = Attachment("seed.txt", "text/plain", f"here: {SEED}".encode())
    text = f"My phrase: {SEED}"
    applied = bench.apply(
        *bench.opening()[:1],
        AddEntry(None, EntryKind.CUSTOMER, ANN, text, text, from_message=True),
        Finish(Outcome.TICKETED, None, "new_ticket", ""),
        ledger_id=number,
        message=bench.message(raw, attachments=(file,), subject=f"Seed {SEED}"),
    )
    assert applied.ticket_id is not None
    bench.apply(Amend(applied.ticket_id, {"subject": f"Seed {SEED}"}))
    return applied.ticket_id, number


def test_redacting_takes_a_secret_out_of_everything_and_leaves_the_rest(bench: Bench) -> None:
    ticket, number = seeded(bench)
    old = bench.store.ledger.message(number)
    entry = bench.store.tickets.entries(ticket)[0]
    raw_file = entry.files[0].sha256
    bench.apply(Redact(ticket, "Anna"))
    events = [one.text for one in bench.store.tickets.entries(ticket) if one.kind is EntryKind.EVENT]
    assert ["redacted: 2 seed phrases, by Anna"] == events
    now = bench.store.tickets.entries(ticket)[0]
    assert ("My phrase: [redacted: seed phrase]",) * 2 == (now.text, now.full_text)
    assert "Seed [redacted: seed phrase]" == bench.store.tickets.get(ticket).subject
    assert b"here: [redacted: seed phrase]" == bench.store.tickets.file(now.files[0].sha256)
    raw = bench.store.ledger.raw(number)
    assert raw is not None
    assert b"sausage" not in raw
    assert b"iVBORw0KGgo=" in raw
    assert b"Message-ID: <seed@customer.example>" in raw
    row = bench.store.ledger.message(number)
    assert "sausage" not in row.subject
    for name in (old.sha256, raw_file):
        assert None is bench.store.tickets.file(name)
    assert [] == bench.faults()


SHEET = b"PK\x03\x04 a sheet"
SECRET = Reading(FileState.SECRET, (Find("seed phrase", "certain", "file", 12, b"f" * 32),))


def with_files(bench: Bench) -> tuple[int, int]:
    """A ticket with a sheet in which a phrase was found, and an archive that nobody can look into."""
    raw = mail("See the files.").replace(
        b"\r\n--b--",
        b'\r\n--b\r\nContent-Type: application/vnd.ms-excel; name="words.xlsx"\r\n'
        b"Content-Transfer-Encoding: base64\r\n\r\n" + base64.b64encode(SHEET) + b"\r\n--b--",
    )
    number = bench.receive(raw)
    files = (
        Attachment("words.xlsx", "application/vnd.ms-excel", SHEET, reading=SECRET),
        Attachment("all.zip", "application/zip", b"locked", reading=CLOSED),
    )
    applied = bench.apply(
        *bench.opening()[:1],
        AddEntry(None, EntryKind.CUSTOMER, ANN, "See the files.", "", from_message=True),
        KeepFinds(None, SECRET.at(1)),
        Finish(Outcome.TICKETED, None, "new_ticket", ""),
        ledger_id=number,
        message=bench.message(raw, attachments=files),
    )
    assert applied.ticket_id is not None
    return applied.ticket_id, number


def test_a_file_that_cannot_be_written_anew_goes_as_a_whole_and_a_closed_one_is_named(bench: Bench) -> None:
    ticket, number = with_files(bench)
    sheet = bench.store.tickets.entries(ticket)[0].files[0].sha256
    bench.apply(Redact(ticket, "Anna"))
    entries = bench.store.tickets.entries(ticket)
    assert [
        "redacted: 1 file, by Anna",
        "not redacted, because it could not be looked into: all.zip",
    ] == [entry.text for entry in entries if entry.kind is EntryKind.EVENT]
    assert ["redacted.txt", "all.zip"] == [file.name for file in entries[0].files]
    assert b"[redacted: a file]" == bench.store.tickets.file(entries[0].files[0].sha256)
    assert None is bench.store.tickets.file(sheet)
    raw = bench.store.ledger.raw(number)
    assert raw is not None
    assert base64.b64encode(SHEET) not in raw
    assert b"words.xlsx" not in raw
    assert b"iVBORw0KGgo=" in raw
    assert ["destroyed"] == [row.state for row in bench.store.finds.list_finds(ticket)]


def test_of_a_picture_that_goes_its_preview_goes_too_also_out_of_mails(bench: Bench) -> None:
    picture, preview = b"II*\0 a scan", b"\xff\xd8\xff small"
    file = Attachment("words.tif", "image/tiff", picture, reading=SECRET, preview=preview)
    shown = Outgoing(MailKind.ALERT, "", ANN.mailbox, "out@desk.example", with_picture(preview))
    with bench.store.transaction():
        effects = [*bench.opening()[:2], Mail(MailKind.ALERT, None, ANN, "alert"), bench.opening()[-1]]
        number, message = bench.receive(b"first"), bench.message(b"first", attachments=(file,))
        applied = bench.store.apply(effects, lambda mail, ticket: shown, NOW, number, message)
    name = hashlib.sha256(picture).hexdigest()
    assert (preview, FileState.SECRET) == (
        bench.store.previews.get(name),
        bench.store.readings.known([name])[name].state,
    )
    bench.apply(Redact(applied.ticket_id or 0, "Anna"))
    assert (None, {}) == (bench.store.previews.get(name), bench.store.readings.known([name]))
    owed = bench.store.outbox.raw(applied.outbox_ids[0])
    assert owed is not None
    assert base64.b64encode(preview) not in owed


def with_picture(preview: bytes) -> bytes:
    return mail("See the picture.").replace(b"iVBORw0KGgo=", base64.b64encode(preview))


def test_nothing_is_excused_after_a_redaction(bench: Bench) -> None:
    ticket = bench.open(b"one")
    bench.apply(Amend(ticket, {"excused": ("ab" * 32,)}))
    bench.apply(Redact(ticket, "Anna"))
    assert () == bench.store.tickets.get(ticket).excused


def test_redacting_takes_a_secret_out_of_names_fields_and_what_a_survey_said(bench: Bench) -> None:
    lin = Address("lin@customer.example", f"Lin {SEED}")
    number = bench.receive(b"first")
    applied = bench.apply(
        OpenTicket("Printer", lin, "en", "support", "", "imap"),
        AddEntry(None, EntryKind.CUSTOMER, lin, "Help", "Help", from_message=True),
        Finish(Outcome.TICKETED, None, "new_ticket", ""),
        ledger_id=number,
        message=bench.message(b"first", sender=lin),
    )
    ticket = applied.ticket_id or 0
    bench.apply(Amend(ticket, {"fields": {"wallet": f"It is {SEED}"}}), SetStatus(ticket, Status.CLOSED))
    closing = closing_of(bench.now)
    bench.apply(AskSurvey(ticket, closing), RecordScore(ticket, closing, 2, f"Mine: {SEED}"))
    bench.apply(Redact(ticket, "Anna"))
    made, survey = bench.store.tickets.get(ticket), bench.store.surveys.get(ticket, closing)
    assert made is not None
    assert survey is not None
    assert ("Lin [redacted: seed phrase]", {"wallet": "It is [redacted: seed phrase]"}) == (
        made.requester.name,
        dict(made.fields),
    )
    entries = bench.store.tickets.entries(ticket)
    assert "Lin [redacted: seed phrase]" == entries[0].author_name
    assert "Mine: [redacted: seed phrase]" == survey.comment
    assert "redacted: 3 seed phrases, by Anna" == entries[-1].text
    assert [] == bench.faults()


def test_the_mail_as_it_came_is_not_taken_in_again(bench: Bench) -> None:
    ticket, number = seeded(bench)
    bench.apply(Redact(ticket, "Anna"))
    (again,) = bench.store.ledger.receive(
        [bench.arrival(mail(f"My phrase: {SEED}", f"Seed {SEED}"))], bench.now
    )
    assert again.ledger_id != number
    assert Outcome.ERASED is bench.store.ledger.message(again.ledger_id).outcome


def test_a_redaction_that_fails_changes_nothing(bench: Bench) -> None:
    ticket, number = seeded(bench)
    before = bench.store.ledger.raw(number), bench.store.tickets.entries(ticket)
    with pytest.raises(LookupError):
        bench.apply(Redact(ticket, "Anna"), SetStatus(999, Status.OPEN))
    assert before == (bench.store.ledger.raw(number), bench.store.tickets.entries(ticket))


@ON_SQL
def test_a_large_mail_is_gone_from_the_disk_too_but_only_after_the_commit(bench: Bench) -> None:
    filler = "x" * 70 + "\r\n"
    raw = mail(f"My phrase: {SEED}\r\n{filler * 20_000}")
    number = bench.receive(raw)
    text = f"My phrase: {SEED}"
    applied = bench.apply(
        *bench.opening()[:1],
        AddEntry(None, EntryKind.CUSTOMER, ANN, text, text, from_message=True),
        Finish(Outcome.TICKETED, None, "new_ticket", ""),
        ledger_id=number,
        message=bench.message(raw),
    )
    name = bench.store.ledger.message(number).sha256
    (path,) = [one for one in bench.data.rglob(name) if one.is_file()]
    with pytest.raises(LookupError):
        bench.apply(Redact(applied.ticket_id, "Anna"), SetStatus(999, Status.OPEN))
    assert path.exists()
    bench.apply(Redact(applied.ticket_id, "Anna"))
    assert not path.exists()
    assert b"sausage" not in bench.store.ledger.raw(number)


def test_the_words_that_are_named_go_and_those_alike_in_merged_tickets_too(bench: Bench) -> None:
    first, second = bench.open(b"one"), bench.open(b"two")
    bench.apply(AddEntry(first, EntryKind.NOTE, ANN, "the word is hunter2", "the word is hunter2"))
    merge(bench, first, second)
    bench.apply(Redact(second, "Anna", ("hunter2",)))
    assert "the word is [redacted: text]" == bench.store.tickets.entries(first)[-1].text


def test_where_nothing_is_found_the_history_says_so(bench: Bench) -> None:
    ticket = bench.open(b"one")
    before = bench.store.ledger.raw(1)
    bench.apply(Redact(ticket, "Anna"))
    assert "nothing was redacted" in bench.store.tickets.entries(ticket)[-1].text
    assert before == bench.store.ledger.raw(1)


# -- what commands ask for ---------------------------------------------------------------


def test_a_mail_of_no_ticket_is_owed(bench: Bench) -> None:
    applied = bench.apply(Mail(MailKind.ANSWER, NO_TICKET, ANN, "answer:1"))
    row = bench.store.outbox.mail(applied.outbox_ids[0])
    assert (None, "answer") == (row.ticket, row.kind)
    assert NO_TICKET == bench.seen[-1].id


def test_lists_are_the_agents_and_what_is_due_first_comes_first(bench: Bench) -> None:
    anna = bench.store.agents.add("anna@desk.example", "Anna", ("printers",), bench.now)
    wei = bench.store.agents.add("wei@desk.example", "Wei", (), bench.now)
    mine, late, asleep, others, done, nobodys = (bench.open(b"%d" % number) for number in range(6))
    from intake.desk.effects import Assign

    for number in (mine, late, asleep, done):
        bench.apply(Assign(number, anna))
    bench.apply(Assign(others, wei, "printers"))
    bench.apply(Amend(late, {"resolution_due": bench.now - timedelta(hours=1)}))
    bench.apply(Amend(asleep, {"snoozed_until": bench.now + timedelta(days=1), "priority": "urgent"}))
    bench.apply(SetStatus(done, Status.CLOSED))

    def listed(name: str, agent: object = anna) -> list[int]:
        return [row.id for row in bench.store.lookups.tickets_for(name, agent, bench.now)]  # type: ignore[arg-type]

    assert [late, mine, asleep] == listed(MINE)
    assert [late, mine, asleep, others, nobodys] == listed(TEAM)
    assert [late] == listed(OVERDUE)
    assert [late, mine, nobodys] == listed(NEXT)
    assert [others, nobodys] == [one for one in listed(NEXT, wei) if one in (others, nobodys)]
    bench.later(days=2)
    assert asleep == listed(NEXT)[0]
    assert [asleep] == bench.store.lookups.asleep(bench.now, 10)


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("smokes", [2, 1]),
        ("SMOKES printer", [2, 1]),
        ("打印机", [2]),
        ("smokes 打印机", [2]),
        ("smokes zebra", []),
        ("ann@customer.example", [2, 1]),
        ("#2", [2]),
        ("100%", [2]),
        ("%", []),
        ("_", []),
        ("private words", []),
    ],
)
def test_a_search_needs_every_word_and_takes_none_as_a_pattern(
    bench: Bench, words: str, found: list[int]
) -> None:
    bench.open(b"one")
    bench.open(b"two")
    bench.apply(AddEntry(2, EntryKind.REPLY, ANN, "打印机 at 100%"))
    bench.apply(AddEntry(1, EntryKind.EVENT, ANN, "private words"))
    assert found == [row.id for row in bench.store.lookups.tickets_for(f"{SEARCH}{words}", None, bench.now)]


def test_what_commands_ask_for_is_found_in_one_go(bench: Bench) -> None:
    first, second = bench.open(b"one"), bench.open(b"two")
    bench.apply(AddParticipant(first, Address("eve@x.example")))
    merge(bench, first, second)
    wanted = LookupRequest(frozenset({first, 99}), frozenset({second}), frozenset({NEXT}), last=True)
    looked = bench.store.lookups.look_up(wanted, None, second, bench.now)
    assert ({first, second}, second) == (set(looked.tickets), looked.ends[first].id)
    assert "It smokes." == looked.histories[second][0].text
    assert "It smokes." == (looked.last.text if looked.last else "")
