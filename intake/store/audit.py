"""Who did what, and by what authority."""

from datetime import datetime

from intake.desk.record.leaf import AUDIT
from intake.store.record.dues import Inserting
from intake.store.schema.tables import Audit
from intake.store.statement import Insertion

AUDITS = Insertion(Audit, returning=[Audit.id], recorded=AUDIT)


def record_audit(db: Inserting, who: str, action: str, now: datetime, authority: str = "command line") -> int:
    """Write down who did what, within the running transaction; return the number of that act."""
    rows = db.insert(AUDITS, [{"at": now, "who": who, "what": action, "authority": authority}])
    return int(rows[0][0])
