"""Where what people wrote about a ticket is kept beside its entries, mails and files, for `redaction`.

`REACHED` names every column that a redaction writes anew; a test holds it against the schema, so that a new
column of text is thought of.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import peewee

from intake.desk.sensitive.scan import find, redacted
from intake.store.connection import Connection
from intake.store.record.changed import Changed
from intake.store.schema.links import Participant
from intake.store.schema.persons import PersonNote
from intake.store.schema.promises import Escalation
from intake.store.schema.readings import FileReading, HeldFile
from intake.store.schema.search import SearchText
from intake.store.schema.tables import Attachment, Audit, Entry, Message, Outbox, Survey, Ticket
from intake.store.schema.tellings import Telling

# Columns of plain text, each row by itself.
_BESIDE: Mapping[type[peewee.Model], tuple[str, ...]] = {
    Survey: ("comment",),
    PersonNote: ("text",),
    Escalation: ("reason", "remark"),
    Audit: ("what",),
}
REACHED: Mapping[type[peewee.Model], tuple[str, ...]] = {
    **_BESIDE,
    Entry: ("text", "full_text", "author_name"),
    Ticket: ("subject", "requester_name", "fields"),
    Message: ("subject",),
    Attachment: ("name",),
    FileReading: ("name",),
    HeldFile: ("name",),
    Outbox: ("mime",),
    Telling: ("why",),
    SearchText: ("words",),
}


def redact(
    db: Connection,
    changed: Changed,
    tickets: Sequence[int],
    messages: Collection[int],
    literals: Sequence[str],
) -> Counter[str]:
    """Take secrets out of surveys, notes about the tickets' people, what was asked for and the audit; return
    how many of each kind there were. `literals` count as secrets."""
    kinds: Counter[str] = Counter()
    for model, names in _BESIDE.items():
        columns = [model._meta.fields[name] for name in names]
        key = model._meta.primary_key
        where = _concerned(model, list(tickets), list(messages))
        for row, *texts in db.rows(model.select(key, *columns).where(where).tuples()):
            secrets = [find(text, literals) for text in texts]
            if not any(secrets):
                continue
            made = [redacted(text, there) for text, there in zip(texts, secrets, strict=True)]
            db.run(model.update(dict(zip(names, made, strict=True))).where(key == row))
            changed.note(model, row)
            # The audit says once more what stands elsewhere.
            kinds.update(secret.kind for there in secrets for secret in there if model is not Audit)
    return kinds


def _concerned(model: Any, tickets: list[int], messages: list[int]) -> Any:
    if model is PersonNote:
        people = Participant.select(Participant.key).where(Participant.ticket.in_(tickets))
        asked = Ticket.select(peewee.fn.LOWER(Ticket.requester)).where(Ticket.id.in_(tickets))
        return model.key.in_(people) | model.key.in_(asked)
    if model is Audit:
        return model.ticket.in_(tickets) | model.message.in_(messages)
    return model.ticket.in_(tickets)
