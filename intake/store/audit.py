"""Who did what, and by what authority."""

from datetime import datetime

from intake.desk.record.leaf import AUDIT
from intake.desk.sensitive.scan import hidden
from intake.store.record.dues import Inserting
from intake.store.schema.tables import Audit
from intake.store.statement import Insertion

AUDITS = Insertion(Audit, returning=[Audit.id], recorded=AUDIT)


def shown(action: str) -> str:
    """Return what somebody did as it is written down: without a secret, but with the name of a command, which
    may be a word of a phrase (#search)."""
    name, blank, rest = action.partition(" ")
    return f"{name}{blank}{hidden(rest)}" if name.startswith("#") else hidden(action)


def record_audit(db: Inserting, who: str, action: str, now: datetime, authority: str = "command line") -> int:
    """Write down who did what, without a secret, within the running transaction; return that act's number."""
    rows = db.insert(AUDITS, [{"at": now, "who": who, "what": shown(action), "authority": authority}])
    return int(rows[0][0])
