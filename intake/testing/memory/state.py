"""All that a memory store holds, and transactions on it: a copy that takes the place of what was there."""

import copy
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, fields
from datetime import datetime

from intake.desk.block_effects import BlockedSender
from intake.desk.canned_texts import ApprovedText, CannedText
from intake.desk.incident.kinds import Hold, Incident
from intake.desk.kept_files import KeptFile
from intake.desk.silence import Looks, Note
from intake.testing.memory.rows import (
    MessageRef,
    Sighting,
    StoredAgent,
    StoredDownload,
    StoredEntry,
    StoredFile,
    StoredFind,
    StoredMail,
    StoredMessage,
    StoredNews,
    StoredPage,
    StoredPersonNote,
    StoredPreview,
    StoredPromise,
    StoredReading,
    StoredSurvey,
    StoredTelling,
    StoredTicket,
    Table,
)
from intake.views import ApiKeyRow, ApiRequestRow, AuditRow, EscalationRow, LoginRow, MailboxRow, TroubleRow


@dataclass(slots=True)
class State:
    """The tables. What is no table is a dict of values, or a list of them."""

    messages: Table[StoredMessage] = field(default_factory=Table)
    sightings: Table[Sighting] = field(default_factory=Table)
    blobs: dict[str, bytes] = field(default_factory=dict)
    tombstones: set[str] = field(default_factory=set)
    tickets: Table[StoredTicket] = field(default_factory=Table)
    entries: Table[StoredEntry] = field(default_factory=Table)
    # Up to which entry the detector looked through all.
    scanned: int = 0
    files: Table[StoredFile] = field(default_factory=Table)
    finds: Table[StoredFind] = field(default_factory=Table)
    incidents: Table[Incident] = field(default_factory=Table)
    holds: Table[Hold] = field(default_factory=Table)
    refs: Table[MessageRef] = field(default_factory=Table)
    # (ticket, address in lower case) -> address
    participants: dict[tuple[int, str], str] = field(default_factory=dict)
    # (ticket, agent)
    watchers: set[tuple[int, int]] = field(default_factory=set)
    news: Table[StoredNews] = field(default_factory=Table)
    # (ticket, agent) -> up to when they know, and when they were told
    marks: dict[tuple[int, int], tuple[datetime, datetime | None]] = field(default_factory=dict)
    links: set[tuple[int, int]] = field(default_factory=set)
    outbox: Table[StoredMail] = field(default_factory=Table)
    agents: Table[StoredAgent] = field(default_factory=Table)
    promises: Table[StoredPromise] = field(default_factory=Table)
    escalations: Table[EscalationRow] = field(default_factory=Table)
    pages: Table[StoredPage] = field(default_factory=Table)
    surveys: Table[StoredSurvey] = field(default_factory=Table)
    # entry of a draft -> how often its agent was reminded, and when last
    reminders: dict[int, tuple[int, datetime | None]] = field(default_factory=dict)
    tellings: Table[StoredTelling] = field(default_factory=Table)
    audit: Table[AuditRow] = field(default_factory=Table)
    # address in lower case -> (when mail there failed, why)
    failures: dict[str, tuple[datetime, str]] = field(default_factory=dict)
    languages: dict[str, str] = field(default_factory=dict)
    canned: Table[CannedText] = field(default_factory=Table)
    approved: dict[str, ApprovedText] = field(default_factory=dict)
    person_notes: Table[StoredPersonNote] = field(default_factory=Table)
    previews: dict[str, StoredPreview] = field(default_factory=dict)
    readings: dict[str, StoredReading] = field(default_factory=dict)
    # By ticket, agent and sha256.
    held_files: dict[tuple[int, int, str], KeptFile] = field(default_factory=dict)
    mailboxes: dict[str, MailboxRow] = field(default_factory=dict)
    jobs: dict[str, datetime] = field(default_factory=dict)
    # What all processes counted of their pace; process -> (when it last wrote, what it counted lately)
    sums: dict[str, float] = field(default_factory=dict)
    lately: dict[str, tuple[datetime, dict[str, float]]] = field(default_factory=dict)
    troubles: dict[str, TroubleRow] = field(default_factory=dict)
    # brake, brake_released, frozen
    moments: dict[str, datetime] = field(default_factory=dict)
    hits: list[tuple[str, datetime]] = field(default_factory=list)
    api_keys: Table[ApiKeyRow] = field(default_factory=Table)
    api_hashes: dict[str, int] = field(default_factory=dict)
    api_requests: dict[tuple[int, str], ApiRequestRow] = field(default_factory=dict)
    # By the hash of a link's token.
    downloads: dict[str, StoredDownload] = field(default_factory=dict)
    blocks: dict[str, BlockedSender] = field(default_factory=dict)
    silence: dict[int, Note] = field(default_factory=dict)
    # When the clock was last looked at for it, and how much it had lost.
    silence_clock: Looks = field(default_factory=Looks)
    logins: dict[str, LoginRow] = field(default_factory=dict)
    login_leases: dict[str, tuple[str, datetime]] = field(default_factory=dict)

    def copy(self) -> "State":
        """Return the same state, which changes by itself."""
        return State(**{member.name: copy.copy(getattr(self, member.name)) for member in fields(self)})


class _Local(threading.local):
    working: State | None = None


class Memory:
    """The state as a thread sees it: what was committed, or what its own transaction made of it."""

    def __init__(self) -> None:
        self._committed = State()
        self._lock = threading.RLock()
        self._local = _Local()

    @property
    def now(self) -> State:
        """The state to read and, within a transaction, to change."""
        return self._committed if self._local.working is None else self._local.working

    @property
    def in_transaction(self) -> bool:
        """Whether this thread is within one."""
        return self._local.working is not None

    @contextmanager
    def transaction(self) -> Iterator[State]:
        """Change the state as a whole or not at all; within another one, a part of it."""
        if self._local.working is not None:
            yield self._local.working
            return
        with self._lock:
            self._local.working = self._committed.copy()
            try:
                yield self._local.working
                # A savepoint may have put another one there.
                self._committed = self._local.working
            finally:
                self._local.working = None

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """Part of a transaction that can fail alone."""
        with self.transaction():
            before = self.now.copy()
            try:
                yield
            except BaseException:
                self._local.working = before
                raise


class MemoryPart:
    """A part of the memory store."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    @property
    def _now(self) -> State:
        return self._memory.now
