"""Taking secrets out of a ticket, in memory."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from intake.desk.effects import Redact
from intake.desk.find_effects import DESTROYED
from intake.desk.message import Message
from intake.desk.sensitive.redactable import Fate, fate
from intake.desk.sensitive.scan import cleaned, find, redacted
from intake.mail.redact import GONE_NAME, GONE_TEXT, redact_file
from intake.mail.redact import redact as rewrite
from intake.store.blobs import digest, tombstone
from intake.store.redaction import FILE, NOTHING, said_of
from intake.testing.memory import readings, tellings
from intake.testing.memory.rows import StoredEntry
from intake.testing.memory.state import State


def redact(
    state: State, effect: Redact, key: bytes, message: Message | None, current: int | None
) -> tuple[str, Message | None, tuple[str, ...]]:
    """Take every secret out of a ticket; return in words what was found, the message that asks without
    it, and the files that nobody could look into."""
    literals = effect.literals
    tickets = _merged(state, effect.ticket)
    messages = {record.id for record in state.messages if record.ticket in tickets}
    messages |= {
        record.message for record in state.entries if record.ticket in tickets and record.message is not None
    }
    messages |= {current} if current else set()
    messages |= {record.id for record in state.messages if record.duplicate_of in messages}
    entries = [record for record in state.entries if record.ticket in tickets or record.message in messages]
    kinds = _entries(state, entries, literals) + _tickets(state, tickets, literals)
    kinds += _comments(state, tickets, literals) + _beside(state, tickets, messages, literals)
    old, gone, closed = _files(state, {record.id: record.message for record in entries}, literals)
    every = _with_previews(state, {name for names in gone.values() for name in names})
    kinds.update({FILE: sum(map(len, gone.values()))} if gone else {})
    old |= _messages(state, messages, literals, key, gone, every)
    _destroyed(state, tickets)
    mails = 0
    for mail in state.outbox:
        made = rewrite(mail.outgoing.raw, literals, "[redacted]", f"mail {mail.id}", every)
        if mail.ticket in tickets and made is not None:
            state.outbox.change(mail.id, outgoing=replace(mail.outgoing, raw=made))
            mails += 1
    tellings.redact(state, tickets, lambda text: cleaned(text, literals))
    named = {record.sha256 for record in state.messages} | {record.sha256 for record in state.files}
    for name in old - named:
        state.blobs.pop(name, None)
        state.previews.pop(name, None)
        state.readings.pop(name, None)
    if message is not None:
        message = replace(message, subject=cleaned(message.subject, literals))
    return (said_of(kinds) if kinds or old or mails else NOTHING), message, closed


def _tickets(state: State, tickets: set[int], literals: Sequence[str]) -> Counter[str]:
    kinds: Counter[str] = Counter()
    for number in tickets:
        row = state.tickets.get(number)
        if row is None:
            continue
        ticket, fields = row.ticket, row.ticket.fields
        kinds.update(
            secret.kind for text in (ticket.subject, *fields.values()) for secret in find(text, literals)
        )
        changed = replace(
            ticket,
            subject=cleaned(ticket.subject, literals),
            requester=replace(ticket.requester, name=cleaned(ticket.requester.name, literals)),
            fields={field: cleaned(value, literals) for field, value in fields.items()},
        )
        state.tickets.change(number, ticket=changed)
    return kinds


def _comments(state: State, tickets: set[int], literals: Sequence[str]) -> Counter[str]:
    kinds: Counter[str] = Counter()
    for survey in state.surveys:
        if survey.ticket in tickets:
            kinds.update(secret.kind for secret in find(survey.comment, literals))
            state.surveys.change(survey.id, comment=cleaned(survey.comment, literals))
    return kinds


def _beside(
    state: State, tickets: set[int], messages: Collection[int], literals: Sequence[str]
) -> Counter[str]:
    kinds: Counter[str] = Counter()
    rows = [state.tickets.get(number) for number in tickets]
    concerned = [row.ticket for row in rows if row is not None]
    people = {ticket.requester.mailbox.lower() for ticket in concerned}
    people |= {address.lower() for ticket in concerned for address in ticket.participants}
    for note in state.person_notes:
        if note.key in people:
            kinds.update(secret.kind for secret in find(note.text, literals))
            state.person_notes.change(note.id, text=cleaned(note.text, literals))
    for step in state.escalations:
        if step.ticket in tickets:
            kinds.update(
                secret.kind for text in (step.reason, step.remark) for secret in find(text, literals)
            )
            reason, remark = cleaned(step.reason, literals), cleaned(step.remark, literals)
            state.escalations.change(step.id, reason=reason, remark=remark)
    for act in state.audit:
        if act.ticket in tickets or act.message in messages:
            state.audit.change(act.id, what=cleaned(act.what, literals))
    return kinds


def _destroyed(state: State, tickets: set[int]) -> None:
    for kept in state.finds:
        if kept.row.ticket in tickets:
            state.finds.change(kept.id, row=replace(kept.row, state=DESTROYED))
    for number in tickets:
        row = state.tickets.get(number)
        if row is not None:
            state.tickets.change(number, ticket=replace(row.ticket, excused=()))


def _merged(state: State, ticket: int) -> set[int]:
    numbers, new = {ticket}, {ticket}
    while new:
        new = {row.id for row in state.tickets if row.ticket.merged_into in new} - numbers
        numbers |= new
    return numbers


def _entries(state: State, entries: Sequence[StoredEntry], literals: Sequence[str]) -> Counter[str]:
    kinds: Counter[str] = Counter()
    for entry in entries:
        there, whole = find(entry.text, literals), find(entry.full_text, literals)
        named = find(entry.author_name, literals)
        if there or whole or named:
            kinds.update(secret.kind for secret in (*max(there, whole, key=len), *named))
            texts = {"text": redacted(entry.text, there), "full_text": redacted(entry.full_text, whole)}
            state.entries.change(entry.id, **texts, author_name=redacted(entry.author_name, named))
    return kinds


def _with_previews(state: State, names: Collection[str]) -> list[str]:
    previews = (state.previews[name].content for name in names if name in state.previews)
    return sorted({*names, *(digest(preview) for preview in previews if preview)})


def _messages(
    state: State,
    messages: set[int],
    literals: Sequence[str],
    key: bytes,
    gone: Mapping[int | None, Sequence[str]],
    every: Sequence[str],
) -> set[str]:
    old = set()
    for ledger_id in sorted(messages):
        row = state.messages.get(ledger_id)
        if row is None:
            continue
        wrote = next((entry for entry in state.entries if entry.message == ledger_id), None)
        said = (wrote.full_text or wrote.text) if wrote else "[redacted]"
        raw, theirs = state.blobs.get(row.sha256, b""), gone.get(ledger_id, ())
        made = rewrite(raw, literals, said, f"message {ledger_id}", theirs or every, must=bool(theirs))
        if made is not None:
            state.blobs[digest(made)] = made
            subject = cleaned(row.subject, literals)
            state.messages.change(ledger_id, sha256=digest(made), size=len(made), subject=subject)
            state.tombstones.add(tombstone(key, row.sha256))
            old.add(row.sha256)
    return old


def _files(
    state: State, entries: Mapping[int, int | None], literals: Sequence[str]
) -> tuple[set[str], dict[int | None, list[str]], tuple[str, ...]]:
    old: set[str] = set()
    gone: dict[int | None, list[str]] = {}
    closed: list[str] = []
    for file in state.files:
        if file.entry not in entries:
            continue
        name, kind = cleaned(file.name, literals), file.media_type
        made = redact_file(state.blobs.get(file.sha256, b""), kind, literals, f"attachment {file.id}")
        read = readings.known(state, [file.sha256]).get(file.sha256)
        becomes = fate(kind, read, literals) if made is None else Fate.KEPT
        if becomes is Fate.REMOVED:
            made, name, kind = GONE_TEXT.encode(), GONE_NAME, "text/plain"
            gone.setdefault(entries[file.entry], []).append(file.sha256)
        elif becomes is Fate.CLOSED:
            closed.append(name)
        state.files.change(file.id, name=name, media_type=kind)
        if made is not None:
            state.blobs[digest(made)] = made
            state.files.change(file.id, sha256=digest(made), size=len(made))
            old.add(file.sha256)
    return old, gone, tuple(dict.fromkeys(closed))
