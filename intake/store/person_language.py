"""Which language somebody reads: what an agent said of them, else that of their last ticket."""

from datetime import datetime

from intake.desk.facts import LanguagePreference
from intake.desk.message import Address
from intake.store.connection import Connection
from intake.store.schema import tables
from intake.store.schema.fields import clean
from intake.store.schema.tables import PersonLanguage
from intake.store.statement import Statement, hole

_TOLD = Statement(
    lambda: PersonLanguage.select(PersonLanguage.language).where(
        PersonLanguage.key == hole(PersonLanguage.key)
    )
)
_LAST = Statement(
    lambda: (
        tables.Message.select(tables.Ticket.language)
        .join(tables.Ticket, on=(tables.Message.ticket == tables.Ticket.id))
        .where(tables.Message.sender_key == hole(tables.Message.sender_key))
        .order_by(tables.Message.received_at.desc(), tables.Message.id.desc())
        .limit(1)
    )
)


def remember_language(db: Connection, person: Address, language: str, now: datetime) -> None:
    """Keep what an agent said that somebody reads, for their tickets to come."""
    if not person.mailbox:
        return
    row = {"language": language, "told_at": now}
    db.run(
        PersonLanguage.insert(key=clean(person.key), **row)
        .on_conflict(conflict_target=[PersonLanguage.key], update=row)
        .as_rowcount()
    )


def reads(db: Connection, person: Address | None, shown: str) -> LanguagePreference:
    """Return what is known of the language somebody reads.

    Their last ticket is only looked up where their text shows no language (`shown` is "").
    """
    if person is None or not person.mailbox:
        return LanguagePreference()
    key = clean(person.key)
    rows = db.fetch(_TOLD, key=key)
    if rows:
        return LanguagePreference(told=rows[0][0])
    last = [] if shown else db.fetch(_LAST, sender_key=key)
    return LanguagePreference(last=last[0][0] if last else "")
