"""Which language somebody reads, as an agent said; how it is asked for stands in `gathering`."""

from datetime import datetime

from intake.desk.message import Address
from intake.store.connection import Connection
from intake.store.schema.fields import clean
from intake.store.schema.persons import PersonLanguage


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
