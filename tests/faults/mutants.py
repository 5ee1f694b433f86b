"""Deliberate bugs, each of which a named test must catch (F19).

A mutant is switched on by the variable INTAKE_MUTANT, which only the tests read: as a
plugin (`pytest -p faults.mutants`) for what runs in their process, and in `pipelines`.
`CAUGHT_BY` names for each the test that fails with it; test_mutants runs them all.
"""

import asyncio
import contextlib
import os
import re
import uuid
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

SYSCALLS = "tests/faults/test_syscalls.py"
TRACE = "tests/faults/test_trace.py"
SENDING = "tests/faults/test_sending.py"
FAULTS = "tests/channels/test_imap_faults.py"
LMTP = "tests/channels/test_lmtp.py"
STORE = "tests/store"

CAUGHT_BY = {
    "ack_before_commit": f"{TRACE}::test_a_listener_says_250_when_all_of_it_is_synced[lmtp]",
    "synchronous_off": f"{TRACE}::test_the_form_says_303_when_all_of_it_is_synced",
    "blob_not_synced": f"{TRACE}::test_a_listener_says_250_when_all_of_it_is_synced[smtp]",
    "move_before_receive": f"{FAULTS}::test_when_storing_fails_nothing_is_changed_and_later_it_is_received",
    "fetch_without_peek": f"{FAULTS}::test_when_storing_fails_nothing_is_changed_and_later_it_is_received",
    "swallow_in_handler": f"{LMTP}::test_when_storing_fails_the_peer_keeps_the_mail_and_learns_nothing",
    "one_reply_for_all": f"{LMTP}::test_each_accepted_recipient_gets_its_own_reply",
    "deferred": f"{STORE}/test_store_threads.py::"
    "test_two_hundred_transactions_in_four_threads_all_go_through",
    "message_id_as_key": "tests/faults/test_identity.py::"
    "test_other_bytes_under_the_same_message_id_are_another_ticket",
    "no_lease_fence": f"{STORE}/test_store_outbox.py::test_a_sender_that_was_too_slow_changes_nothing",
    "claim_without_condition": f"{STORE}/test_store_outbox.py::test_eight_threads_claim_each_row_once",
    "attempts_never_counted": "tests/service/test_process.py::"
    "test_a_message_that_cannot_be_decided_is_set_aside_and_its_neighbours_go_on",
    "dedupe_dropped": f"{STORE}/test_store_apply.py::test_owing_a_mail_twice_is_owing_it_once",
    "outbox_outside_transaction": f"{SYSCALLS}::test_what_follows_receiving_killed_at_any_syscall[process]",
    "data_started_not_committed": f"{STORE}/test_store_outbox.py::"
    "test_what_becomes_of_a_row_whose_sender_died",
    "new_message_id_each_time": f"{SENDING}::test_every_attempt_has_the_same_bytes",
    "acknowledgements_sent_again": f"{SENDING}::test_what_becomes_of_a_mail_and_of_the_next",
    "key_file_written_in_place": f"{SYSCALLS}::test_making_the_database_killed_at_any_syscall",
    "spoiled_connection_kept": "tests/faults/test_errno.py::"
    "test_a_listener_goes_on_after_it_ran_out_of_descriptors",
}


def ack_before_commit() -> None:
    """250 is said while the mail is still being stored."""
    from intake.channels.lmtp import Handler

    whole = Handler.handle_DATA

    async def handle(self: Any, server: Any, session: Any, envelope: Any) -> str:
        async def later() -> str:
            # Or the storing would now and then be quicker than the words.
            await asyncio.sleep(0.2)
            return await whole(self, server, session, envelope)

        task = asyncio.create_task(later())
        self.__dict__.setdefault("tasks", []).append(task)
        return "\r\n".join(
            ["250 2.0.0 received as 0"] * (len(envelope.rcpt_tos) if self._per_recipient else 1)
        )

    Handler.handle_DATA = handle  # type: ignore[method-assign]


def synchronous_off() -> None:
    """SQLite leaves it to the system when to write."""
    from intake.store import opening

    opening._PRAGMAS["synchronous"] = "off"


def blob_not_synced() -> None:
    """Large mails are files without an fsync."""
    from intake.store import blobs

    blobs.os = type("NoSync", (), {**vars(os), "fsync": staticmethod(lambda descriptor: None)})  # type: ignore[attr-defined]


def move_before_receive() -> None:
    """The mailbox is tidied first, and stored afterwards."""
    from intake.channels.imap import ImapChannel

    whole = ImapChannel._take

    def take(self: Any, folder: Any, batch: Any) -> Any:
        receive = self._receive

        def settled_first(arrivals: Any) -> Any:
            self._settle(folder, [one.origin.uid for one in arrivals])
            return receive(arrivals)

        self._receive = settled_first
        try:
            return whole(self, folder, batch)
        finally:
            self._receive = receive

    ImapChannel._take = take  # type: ignore[method-assign]


def fetch_without_peek() -> None:
    """Reading a mail marks it as read."""
    from intake.channels.imap_folder import Folder

    def read(self: Any, uids: Any) -> Any:
        rows = self._client.fetch(list(uids), ["BODY[]"])
        return {uid: rows[uid][b"BODY[]"] for uid in uids if uid in rows}

    Folder.read = read  # type: ignore[method-assign]


def swallow_in_handler() -> None:
    """An error while storing is logged, and the peer is told that all is well."""
    from intake.channels import lmtp

    lmtp.LATER = "250 2.0.0 received"


def one_reply_for_all() -> None:
    """LMTP answers once, as SMTP does."""
    from intake.channels.lmtp import Handler

    whole = Handler.handle_DATA

    async def handle(self: Any, server: Any, session: Any, envelope: Any) -> str:
        return (await whole(self, server, session, envelope)).partition("\r\n")[0]

    Handler.handle_DATA = handle  # type: ignore[method-assign]


def deferred() -> None:
    """A transaction reads first and asks for the lock when it writes."""
    import peewee

    whole = peewee.SqliteDatabase.init

    def init(self: Any, database: Any, *args: Any, **options: Any) -> Any:
        whole(self, database, *args, **options)
        self._lock_type = "DEFERRED"

    peewee.SqliteDatabase.init = init


def message_id_as_key() -> None:
    """Two mails with one Message-ID are one."""
    from intake.store import ledger

    whole = ledger.digest

    def digest(raw: bytes) -> str:
        found = re.search(rb"(?im)^message-id:\s*(\S+)", raw)
        return whole(found[1] if found else raw)

    ledger.digest = digest


def no_lease_fence() -> None:
    """Whoever comes back late writes over what another has done."""
    from intake.store.models import Outbox
    from intake.store.outbox import Deliveries

    def settle(self: Any, claimed: Any, further: Any = None, **values: Any) -> bool:
        with self.transaction():
            return bool(self.db.run(Outbox.update(**values).where(Outbox.id == claimed.outbox_id)) == 1)

    Deliveries._settle = settle  # type: ignore[method-assign]


def claim_without_condition() -> None:
    """A row is looked at, and then taken."""
    import time

    from intake.store.models import Outbox
    from intake.store.outbox import Deliveries

    whole = Deliveries.claim

    def claim(self: Any, outbox_id: int, *args: Any) -> Any:
        row = self.db.first(Outbox.select().where(Outbox.id == outbox_id))
        if row is None or row.state != "due":
            return None
        time.sleep(0.01)
        with self.transaction():
            self.db.run(Outbox.update(state="due").where(Outbox.id == outbox_id))
        return whole(self, outbox_id, *args)

    Deliveries.claim = claim  # type: ignore[method-assign]


def attempts_never_counted() -> None:
    """A mail that cannot be decided is tried for ever."""
    from intake.store.ledger import Ledger

    whole = Ledger.begin

    def begin(self: Any, ids: Any, now: Any) -> Any:
        return [replace(one, attempts=1) for one in whole(self, ids, now)]

    Ledger.begin = begin  # type: ignore[method-assign]


def dedupe_dropped() -> None:
    """Each decision owes a mail of its own."""
    from intake.store.apply import _Application

    whole = _Application.insert

    def insert(self: Any, effect: Any, outgoing: Any, ticket: int) -> Any:
        fresh = f"{uuid.uuid4()}@desk.example"
        return whole(self, replace(effect, dedupe=fresh), replace(outgoing, message_id=fresh), ticket)

    _Application.insert = insert  # type: ignore[method-assign]


def outbox_outside_transaction() -> None:
    """The ticket is committed, and after it what is owed."""
    from intake.store.apply import _Application
    from intake.store.connection import Connection

    transaction, mail = Connection.transaction, _Application.mail
    owed: list[tuple[Any, Any]] = []

    @contextlib.contextmanager
    def committed_first(self: Any) -> Iterator[None]:
        inner = self.database.in_transaction()
        with transaction(self):
            yield
        while owed and not inner:
            application, effect = owed.pop()
            with transaction(self):
                mail(application, effect)

    Connection.transaction = committed_first  # type: ignore[method-assign]
    _Application.mail = lambda self, effect: owed.append((self, effect))  # type: ignore[method-assign,assign]


def data_started_not_committed() -> None:
    """Nobody notes that a mail may from now on have been taken."""
    from intake.store.outbox import Deliveries

    Deliveries.data_started = lambda self, claimed, now: True  # type: ignore[method-assign,assign]


def new_message_id_each_time() -> None:
    """Every attempt is a new mail to whoever gets it."""
    from intake.store.outbox import Deliveries

    whole = Deliveries.claim

    def claim(self: Any, *args: Any) -> Any:
        claimed = whole(self, *args)
        if claimed is None:
            return None
        raw = re.sub(
            rb"(?im)^(message-id: <)[^>]*", rb"\g<1>%s" % uuid.uuid4().hex.encode(), claimed.mail.raw
        )
        return replace(claimed, mail=replace(claimed.mail, raw=raw))

    Deliveries.claim = claim  # type: ignore[method-assign]


def acknowledgements_sent_again() -> None:
    """An acknowledgement whose end nobody knows is sent once more."""
    from intake.desk.effects import MailKind

    MailKind.at_most_once = property(lambda self: False)  # type: ignore[assignment,method-assign]


def key_file_written_in_place() -> None:
    """The file is made first and written afterwards."""
    import secrets
    import time

    from intake import app

    def make(path: Any) -> None:
        with path.open("x") as file:
            time.sleep(0.01)
            file.write(secrets.token_hex(32) + "\n")

    app._make_key = make


def spoiled_connection_kept() -> None:
    """A connection that may only read is used for ever."""
    from intake.store.connection import Connection

    Connection._drop_if_spoiled = lambda self, err: None  # type: ignore[method-assign,assign]


MUTANTS: dict[str, Callable[[], None]] = {name: globals()[name] for name in CAUGHT_BY}


def apply(name: str) -> None:
    """Break what `name` says; nothing when it is empty."""
    if name:
        MUTANTS[name]()


def pytest_configure() -> None:
    apply(os.environ.get("INTAKE_MUTANT", ""))
