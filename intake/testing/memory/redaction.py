"""Taking secrets out of a ticket, in memory."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from intake.desk.effects import Redact
from intake.desk.message import Message
from intake.desk.sensitive.scan import find, redacted
from intake.mail.redact import redact as rewrite
from intake.store.blobs import digest, tombstone
from intake.store.redaction import NOTHING, TEXTS, said_of
from intake.testing.memory.rows import StoredEntry
from intake.testing.memory.state import State


def redact(
    state: State, effect: Redact, key: bytes, message: Message | None, current: int | None
) -> tuple[str, Message | None]:
    """Take every secret out of a ticket; return in words what was found, and the message that asks
    without it."""
    literals = effect.literals
    tickets = _merged(state, effect.ticket)
    messages = {one.id for one in state.messages if one.ticket in tickets}
    messages |= {one.message for one in state.entries if one.ticket in tickets and one.message is not None}
    messages |= {current} if current else set()
    messages |= {one.id for one in state.messages if one.duplicate_of in messages}
    entries = [one for one in state.entries if one.ticket in tickets or one.message in messages]
    kinds = _entries(state, entries, literals)
    for number in tickets:
        row = state.tickets.get(number)
        found = find(row.ticket.subject, literals) if row else []
        if row and found:
            kinds.update(one.kind for one in found)
            changed = replace(row.ticket, subject=redacted(row.ticket.subject, found))
            state.tickets.change(number, ticket=changed)
    old = _messages(state, messages, literals, key) | _files(state, {one.id for one in entries}, literals)
    mails = 0
    for mail in state.outbox:
        made = rewrite(mail.outgoing.raw, literals, "[redacted]", f"mail {mail.id}")
        if mail.ticket in tickets and made is not None:
            state.outbox.change(mail.id, outgoing=replace(mail.outgoing, raw=made))
            mails += 1
    named = {one.sha256 for one in state.messages} | {one.sha256 for one in state.files}
    for name in old - named:
        state.blobs.pop(name, None)
    if message is not None:
        message = replace(message, subject=redacted(message.subject, find(message.subject, literals)))
    return (said_of(kinds) if kinds or old or mails else NOTHING), message


def _merged(state: State, ticket: int) -> set[int]:
    found, new = {ticket}, {ticket}
    while new:
        new = {one.id for one in state.tickets if one.ticket.merged_into in new} - found
        found |= new
    return found


def _entries(state: State, entries: Sequence[StoredEntry], literals: Sequence[str]) -> Counter[str]:
    kinds: Counter[str] = Counter()
    for one in entries:
        there, whole = find(one.text, literals), find(one.full_text, literals)
        if there or whole:
            kinds.update(found.kind for found in max(there, whole, key=len))
            texts = {"text": redacted(one.text, there), "full_text": redacted(one.full_text, whole)}
            state.entries.change(one.id, **texts)
    return kinds


def _messages(state: State, messages: set[int], literals: Sequence[str], key: bytes) -> set[str]:
    old = set()
    for number in sorted(messages):
        row = state.messages.get(number)
        if row is None:
            continue
        wrote = next((one for one in state.entries if one.message == number), None)
        said = (wrote.full_text or wrote.text) if wrote else "[redacted]"
        made = rewrite(state.blobs.get(row.sha256, b""), literals, said, f"message {number}")
        if made is not None:
            state.blobs[digest(made)] = made
            subject = redacted(row.subject, find(row.subject, literals))
            state.messages.change(number, sha256=digest(made), size=len(made), subject=subject)
            state.tombstones.add(tombstone(key, row.sha256))
            old.add(row.sha256)
    return old


def _files(state: State, entries: set[int], literals: Sequence[str]) -> set[str]:
    old = set()
    for file in state.files:
        if file.entry not in entries:
            continue
        name = redacted(file.name, find(file.name, literals))
        state.files.change(file.id, name=name)
        content = state.blobs.get(file.sha256, b"")
        made = None
        if file.media_type == "message/rfc822":
            made = rewrite(content, literals, "[redacted]", f"attachment {file.id}")
        elif file.media_type.startswith(TEXTS):
            text = content.decode("utf-8", "replace")
            found = find(text, literals)
            made = redacted(text, found).encode("utf-8", "replace") if found else None
        if made is not None:
            state.blobs[digest(made)] = made
            state.files.change(file.id, sha256=digest(made), size=len(made))
            old.add(file.sha256)
    return old
