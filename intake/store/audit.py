"""Who did what, and by what authority."""

from datetime import datetime

from intake.store.connection import Connection
from intake.store.schema.tables import Audit


def record_audit(
    db: Connection, who: str, action: str, now: datetime, authority: str = "command line"
) -> None:
    """Write down who did what, within the running transaction."""
    db.run(Audit.insert(at=now, who=who, what=action, authority=authority))
