"""How long the record is and the edge of its tree, in `meta`; and who may go on with it."""

import json
import secrets
from dataclasses import dataclass

from intake.desk.record.checkpoint import Checkpoint
from intake.desk.record.leaf import EXTENDED
from intake.desk.record.tree import Frontier
from intake.store import locks
from intake.store.connection import Connection
from intake.store.schema.record import RecordCheckpoint
from intake.store.schema.tables import Meta

# In `meta`.
NAME = "record"
# What the name of each record begins with; the rest is random, and stays for its life.
_ORIGIN = "intake-desk/"


@dataclass(slots=True)
class State:
    """The name of the record and the tree over it. `extended`: it has the kinds of this version."""

    origin: str
    frontier: Frontier
    extended: bool = True

    def checkpoint(self) -> Checkpoint:
        """Return what is signed of it as it is now."""
        return Checkpoint(self.origin, self.frontier.size, self.frontier.root())


# What is read of a checkpoint: the rows it covers, when it was made, and the signed note.
KEPT = (RecordCheckpoint.size, RecordCheckpoint.made_at, RecordCheckpoint.note)


def alone(db: Connection, wait: bool = True) -> bool:
    """Within a transaction: be the only one who goes on with the record until its end.

    On SQLite whoever writes is alone anyway. False where somebody else is, and `wait` is False.
    """
    if not db.postgres:
        return True
    if wait:
        db.sql("SELECT pg_advisory_xact_lock(%s)", locks.RECORD)
        return True
    return bool(db.sql("SELECT pg_try_advisory_xact_lock(%s)", locks.RECORD)[0])


def state_of(db: Connection) -> State | None:
    """Return the state of the record, None where it has not begun.

    Raises ValueError where what is written of it makes no sense.
    """
    row = db.first(Meta.select(Meta.value).where(Meta.name == NAME).tuples())
    if row is None:
        return None
    try:
        kept = json.loads(row[0])
        nodes = [bytes.fromhex(node) for node in kept["nodes"]]
        frontier = Frontier(int(kept["size"]), nodes)
        return State(str(kept["origin"]), frontier, EXTENDED in kept)
    except (KeyError, TypeError) as err:
        raise ValueError("it is not as it was written") from err


def new_state() -> State:
    """Return the state of a record that begins."""
    return State(_ORIGIN + secrets.token_hex(8), Frontier())


def keep(db: Connection, state: State) -> None:
    """Write the state down, within the transaction that adds the rows."""
    nodes = [node.hex() for node in state.frontier.nodes]
    kept = {"origin": state.origin, "size": state.frontier.size, "nodes": nodes}
    if state.extended:
        kept[EXTENDED] = 1
    text = json.dumps(kept)
    insertion = Meta.insert(name=NAME, value=text)
    changed = {Meta.value: text}
    db.run(insertion.on_conflict(conflict_target=[Meta.name], update=changed).as_rowcount())
