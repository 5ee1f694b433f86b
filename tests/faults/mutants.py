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
    "deferred": f"{STORE}/test_store_writer.py::"
    "test_a_process_writes_within_milliseconds_of_the_end_of_anothers_write",
    "posts_told_before_commit": f"{STORE}/test_posts_together.py::"
    "test_nobody_is_told_that_it_is_ours_when_the_commit_fails",
    "refused_post_stays": f"{STORE}/test_posts_together.py::"
    "test_one_that_is_refused_leaves_the_others_alone_and_nothing_of_itself",
    "message_id_as_key": "tests/faults/test_identity.py::"
    "test_other_bytes_under_the_same_message_id_are_another_ticket",
    "leaf_after_commit": f"{STORE}/test_store_record_sealing.py::"
    "test_what_is_owed_is_part_of_the_transaction_and_not_done_after_it[sqlite-audit]",
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
    "any_key_fits": "tests/cli/test_keys_agree.py::test_another_key_is_refused_and_left_as_it_is",
    "key_made_before_it_is_compared": "tests/cli/test_keys_agree.py::"
    "test_a_machine_without_a_key_makes_none_where_a_desk_signs_with_one",
    "spoiled_connection_kept": "tests/faults/test_errno.py::"
    "test_a_listener_goes_on_after_it_ran_out_of_descriptors",
    "each_arrival_is_new": "tests/faults/test_identity.py::"
    "test_the_same_mail_again_any_number_of_times_is_one_ticket_and_one_answer",
    "sweep_sends_nothing": "tests/queue_/test_queue_storage.py::test_the_sweep_survives_trouble_and_pauses",
    "doubtful_never_sent_again": f"{SENDING}::test_what_becomes_of_a_mail_and_of_the_next",
    "refused_and_tried_again": f"{SENDING}::test_what_becomes_of_a_mail_and_of_the_next",
    "given_up_by_days_alone": f"{SENDING}::test_days_without_tries_are_no_reason_to_give_up",
    "due_only_when_the_time_comes": f"{SENDING}::test_a_clock_that_jumps_loses_and_doubles_nothing",
    "reading_writes": "tests/faults/test_storage.py::test_a_disk_that_is_full_and_then_is_not",
    "silence_is_trusted": f"{FAULTS}::test_a_connection_that_falls_silent_is_noticed_and_made_again",
    "stop_ignored": "tests/queue_/test_queue_storage.py::test_after_a_stop_nothing_more_is_begun",
    "columns_not_added": f"{STORE}/test_store_upgrade.py",
    "frozen_and_sent": "tests/cli/test_backup.py::test_backed_up_and_restored_it_is_the_same_desk_and_silent",
    "nothing_is_ever_wrong": f"{STORE}/test_store_soundness.py::test_each_fault_is_told",
    "notes_go_out": "tests/faults/test_privacy.py::test_whatever_the_mail_server_does_nothing_private_leaves",
    "partners_are_customers": "tests/service/test_asking_partners.py::"
    "test_the_answer_is_a_note_that_tells_who_asked_and_what_they_reply_is_a_note[sqlite]",
    "one_try_too_few": "tests/service/test_process.py::test_a_mail_that_was_in_hand_at_so_many_deaths",
    "one_try_too_many": "tests/service/test_process.py::test_a_mail_that_was_in_hand_at_so_many_deaths",
    "machine_mail_never_ends": "tests/desk/test_rules.py::"
    "test_an_out_of_office_is_kept_in_its_ticket_and_tells_nobody",
    "a_leap_ends_every_lease": "tests/test_steady.py::test_a_leap_is_remembered_for_as_long_as_a_lease",
    "doubt_forgotten": f"{STORE}/test_store_outbox.py::"
    "test_a_mail_whose_sender_died_twice_in_the_middle_is_not_sent_a_third_time",
    "answers_go_to_nobody": "tests/service/test_answers_come_back.py::"
    "test_an_answer_is_answered_to_the_requesters_own_address_of_the_ticket",
    "erased_and_still_in_the_file": "tests/cli/test_erase.py::test_retention_erases_what_was_closed_long_ago",
    "lease_of_a_second": "tests/faults/test_stopped.py::test_workers_stopped_in_data_and_after_the_dot",
    "dot_however_late": "tests/channels/test_smtp_out.py::"
    "test_a_sender_that_was_stopped_for_minutes_does_not_end_the_mail",
    "each_waits_for_a_dead_queue": "tests/queue_/test_worker.py::"
    "test_redis_that_takes_nothing_holds_up_nobody",
    "a_short_file_is_whole": f"{STORE}/test_store_opening.py::"
    "test_a_file_with_its_end_cut_off_is_told_as_such",
    "written_into_nowhere": f"{STORE}/test_store_opening.py::"
    "test_a_database_that_vanishes_takes_nothing_until_it_is_back",
    "samples_remember": "tests/cli/test_erase.py::test_nothing_of_an_erased_person_is_left[postgresql]",
    "prepared_for_a_session": f"{STORE}/test_store_pooled.py::"
    "test_a_desk_behind_a_pool_does_what_one_without_does",
    "limit_of_a_session": f"{STORE}/test_store_pooled.py::"
    "test_a_transaction_behind_a_pool_does_not_wait_for_ever_for_a_lock",
    "forged_and_answered": "tests/service/test_brakes_on_the_road.py::"
    "test_who_is_not_answered_has_his_ticket_all_the_same",
    "erased_files_forgotten": "tests/cli/test_erase.py::"
    "test_files_that_a_killed_erasure_left_are_gone_with_the_next",
    "numbers_given_again": "tests/store/test_store_numbers.py::"
    "test_the_number_of_an_erased_ticket_is_given_to_nobody[sqlite]",
    "code_used_twice": f"{STORE}/test_store_acts.py::"
    "test_of_many_who_approve_and_many_who_do_it_each_is_one[sqlite]",
    "who_asked_agrees": "tests/cli/test_two_persons.py::"
    "test_an_erasure_waits_for_a_second_person_and_is_done_once",
    "everybody_is_proven": "tests/service/test_brakes_on_the_road.py::"
    "test_a_thousand_mails_in_the_name_of_a_victim_cost_him_one_a_day",
    "answered_before_the_commit": f"{STORE}/test_store_leaving.py::test_what_a_sender_is_told_is_committed",
    "answered_before_the_fsync": f"{TRACE}::test_data_begins_when_that_it_may_have_been_taken_is_synced",
    "a_group_claims_without_condition": f"{STORE}/test_store_leaving.py::"
    "test_in_a_group_each_row_has_its_own_conditions[sqlite]",
    "who_lost_the_lease_claims_on": f"{STORE}/test_store_leaving.py::"
    "test_who_lost_the_lease_claims_nothing_with_it",
    "file_settled_before_receive": "tests/channels/test_contract.py::TestMaildir::"
    "test_what_is_brought_is_durable_before_it_is_released",
    "row_before_its_file": f"{STORE}/test_store_files_durable.py::"
    "test_the_bytes_are_written_before_any_row_says_so",
    "removed_and_named": f"{STORE}/test_store_files_durable.py::"
    "test_who_wrote_it_before_it_was_removed_does_not_name_it",
    "removed_before_the_commit": f"{STORE}/test_store_files_durable.py::"
    "test_what_is_erased_is_erased_there_too",
    "wrong_bytes_handed_out": f"{STORE}/test_store_files.py::"
    "test_bytes_that_are_not_those_of_the_name_are_not_handed_out",
    "half_an_upload_is_whole": f"{STORE}/test_store_files.py::"
    "test_what_is_read_otherwise_the_second_time_is_not_kept",
    "order_by_nothing": "tests/faults/test_by_conversation.py::"
    "test_what_many_processes_make_of_conversations_is_what_one_makes",
    "key_forgotten": f"{STORE}/test_store_turns.py::test_two_deciders_with_one_key_take_turns",
    "held_by_nobody": f"{STORE}/test_store_turns.py::"
    "test_a_lease_that_was_lost_in_the_middle_decides_nothing",
    "a_set_forgets_what_it_decided": "tests/service/test_sets.py::"
    "test_together_or_alone_the_same_becomes_of_everything[0]",
    "what_failed_in_a_set_stays": "tests/service/test_sets.py::"
    "test_a_poisoned_message_takes_nobody_along_wherever_it_stands[sqlite-apply-4]",
    "looked_and_taken": f"{STORE}/test_store_turns.py::test_who_looked_before_another_took_looks_again",
    "all_wait_for_who_is_stopped": f"{STORE}/test_store_turns.py::"
    "test_of_what_a_stopped_process_has_locked_only_its_own_keys_wait",
    "locked_for_hours": f"{STORE}/test_store_turns.py::"
    "test_what_a_stopped_process_has_locked_is_free_after_a_minute",
    "overtaken_by_a_clock": f"{STORE}/test_store_turns.py::"
    "test_by_a_clock_that_is_ahead_nothing_overtakes_what_was_taken",
    "flight_not_heard_out": "tests/channels/test_smtp_flight.py::"
    "test_the_first_that_refuses_decides_and_the_next_mail_goes_on_the_same_connection",
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
    from intake import folders

    folders.os = type("NoSync", (), {**vars(os), "fsync": staticmethod(lambda descriptor: None)})  # type: ignore[attr-defined]


def row_before_its_file() -> None:
    """Large files are written once the commit that names them is done."""
    from intake.store.blobs import Blobs

    whole, rows = Blobs.write_large, Blobs.put_rows

    def put_rows(self: Any, contents: Any) -> None:
        rows(self, contents)
        self._db.later(lambda: whole(self, contents))

    Blobs.write_large = lambda self, contents: None
    Blobs.put_rows = put_rows


def removed_and_named() -> None:
    """Nobody looks whether a file was removed since it was written."""
    from intake.store.blobs import Blobs

    Blobs.expect_kept = lambda self, contents: None


def removed_before_the_commit() -> None:
    """What is erased goes from the bucket before the commit that forgets it."""
    from intake.store.blobs import Blobs

    def owe_removal(self: Any, names: Any, what_for: str = "") -> None:
        for name in names:
            self.files.remove(name)

    Blobs.owe_removal = owe_removal


def wrong_bytes_handed_out() -> None:
    """What comes out of a bucket is not held against its name."""
    from intake.store.files.bucket import Bucket

    Bucket.read = lambda self, name: self._try("read", lambda: self._get(name))


def half_an_upload_is_whole() -> None:
    """What was read otherwise the second time becomes an object all the same."""
    from intake.store.files import bucket

    bucket._whole = lambda name, content: content.chunks()


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


def file_settled_before_receive() -> None:
    """A file of a Maildir is put away first, and stored afterwards."""
    from intake.channels.maildir import MaildirChannel

    whole = MaildirChannel._take

    def take(self: Any, batch: Any) -> Any:
        receive = self._receive

        def settled_first(arrivals: Any) -> Any:
            for file in batch:
                self._settle(file)
            return receive(arrivals)

        self._receive = settled_first
        try:
            return whole(self, batch)
        finally:
            self._receive = receive

    MaildirChannel._take = take  # type: ignore[method-assign]


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
    from intake.store import receiving

    whole = receiving.digest

    def digest(raw: bytes) -> str:
        found = re.search(rb"(?im)^message-id:\s*(\S+)", raw)
        return whole(found[1] if found else raw)

    receiving.digest = digest


def no_lease_fence() -> None:
    """A worker that comes back late writes over what another has done."""
    from intake.store.outbox import SqlOutbox
    from intake.store.schema.tables import Outbox

    def settle(self: Any, claimed: Any, further: Any = None, **values: Any) -> bool:
        with self.transaction():
            return bool(self.db.run(Outbox.update(**values).where(Outbox.id == claimed.outbox_id)) == 1)

    SqlOutbox._settle = settle  # type: ignore[method-assign]


def claim_without_condition() -> None:
    """A row is looked at, and then taken."""
    import time

    from intake.store.outbox import SqlOutbox
    from intake.store.schema.tables import Outbox

    whole = SqlOutbox.claim

    def claim(self: Any, outbox_id: int, *args: Any) -> Any:
        row = self.db.first(Outbox.select().where(Outbox.id == outbox_id))
        if row is None or row.state != "due":
            return None
        time.sleep(0.01)
        with self.transaction():
            self.db.run(Outbox.update(state="due").where(Outbox.id == outbox_id))
        return whole(self, outbox_id, *args)

    SqlOutbox.claim = claim  # type: ignore[method-assign]


def attempts_never_counted() -> None:
    """A mail that cannot be decided is tried for ever."""
    from intake.store.ledger import SqlLedger

    whole = SqlLedger.begin

    def begin(self: Any, *args: Any) -> Any:
        return [replace(one, attempts=1) for one in whole(self, *args)]

    SqlLedger.begin = begin  # type: ignore[method-assign]


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
    from intake.store.outbox import SqlOutbox

    SqlOutbox.data_started = lambda self, claimed, now: True  # type: ignore[method-assign,assign]


def answered_before_the_commit() -> None:
    """Senders are told what is recorded while its commit is still to come."""
    import threading
    import time

    from intake.store.leaving import Leaving, Recorded

    whole = Leaving._commit

    def commit(self: Any, take: Any) -> Any:
        steps = list(take())
        if any(step.claiming for step in steps):
            return whole(self, lambda: steps)

        def later() -> None:
            time.sleep(0.2)
            whole(self, lambda: steps)
            self._db.close()

        threading.Thread(target=later).start()
        return [Recorded(step.sent is not None, step.started is not None, None) for step in steps]

    Leaving._commit = commit  # type: ignore[method-assign]


def answered_before_the_fsync() -> None:
    """What senders record is written by the system when it likes."""
    from intake.store.leaving import Leaving

    whole = Leaving._commit

    def commit(self: Any, take: Any) -> Any:
        self._db.database.connection().execute("PRAGMA synchronous = off")
        return whole(self, take)

    Leaving._commit = commit  # type: ignore[method-assign]


def a_group_claims_without_condition() -> None:
    """Of several rows that are claimed at once, nobody looks at each."""
    from intake.store import leaving

    leaving._MAY_BE_TAKEN = "1 = 1"


def who_lost_the_lease_claims_on() -> None:
    """The next row is claimed whatever became of the one before."""
    from intake.store import leaving

    leaving._AFTER_WHAT_WAS_SENT = "1 = 1"


def new_message_id_each_time() -> None:
    """Every attempt is a new email to its recipient."""
    from intake.store.outbox import SqlOutbox

    whole = SqlOutbox.claim

    def claim(self: Any, *args: Any) -> Any:
        claimed = whole(self, *args)
        if claimed is None:
            return None
        raw = re.sub(
            rb"(?im)^(message-id: <)[^>]*", rb"\g<1>%s" % uuid.uuid4().hex.encode(), claimed.mail.raw
        )
        return replace(claimed, mail=replace(claimed.mail, raw=raw))

    SqlOutbox.claim = claim  # type: ignore[method-assign]


def acknowledgements_sent_again() -> None:
    """An acknowledgement whose end nobody knows is sent once more."""
    from intake.desk.effects import MailKind

    MailKind.at_most_once = property(lambda self: False)  # type: ignore[assignment,method-assign]


def key_file_written_in_place() -> None:
    """The file is made first and written afterwards."""
    import secrets
    import time

    from intake import key_file

    def make(path: Any) -> None:
        with path.open("x") as file:
            time.sleep(0.01)
            file.write(secrets.token_hex(32) + "\n")

    key_file._make_key = make


def any_key_fits() -> None:
    """Whatever key a machine has, it signs with it."""
    from intake.store import key_marks

    key_marks._after = lambda known, mine: known or mine  # type: ignore[assign]


def key_made_before_it_is_compared() -> None:
    """A machine without a key makes one, and then looks at the desk's."""
    from intake import app, key_file

    whole = key_file.keys_there

    def made(data: Any) -> tuple[bytes, ...]:
        key_file.make_key(data)
        return whole(data)

    app.keys_there = made  # type: ignore[attr-defined]


def spoiled_connection_kept() -> None:
    """A connection that may only read is used for ever."""
    from intake.store.connection import Connection

    Connection._drop_if_spoiled = lambda self, err: None  # type: ignore[method-assign,assign]


def each_arrival_is_new() -> None:
    """The same bytes a second time are another mail."""
    from intake.store import receiving

    whole = receiving.digest
    receiving.digest = lambda raw: whole(raw + uuid.uuid4().bytes)


def sweep_sends_nothing() -> None:
    """What no wake-up announced is never sent."""
    from intake.queue import schedule

    schedule.sweep_once = lambda desk, senders: False


def doubtful_never_sent_again() -> None:
    """What a person wrote is not sent again when nobody knows whether it was taken."""
    from intake.desk.effects import MailKind

    MailKind.at_most_once = property(lambda self: True)  # type: ignore[assignment,method-assign]


def refused_and_tried_again() -> None:
    """A refusal for good is taken for trouble that passes."""
    from intake.service.sending import Sending

    Sending.give_up = lambda self, number, claimed, reason: self._retry(claimed, reason)  # type: ignore[method-assign]


def given_up_by_days_alone() -> None:
    """A mail is given up when it is old, however little was tried."""
    from intake.runtime.backoff import Backoff
    from intake.service import sending

    class Impatient(Backoff):
        def used_up(self, failures: int) -> bool:
            return True

    sending.BACKOFF = Impatient((60,))


def due_only_when_the_time_comes() -> None:
    """What was written while the clock was ahead waits until it is there again."""
    from datetime import timedelta

    from intake.store import outbox

    outbox.LONGEST_PAUSE = timedelta(days=3000)


def reading_writes() -> None:
    """Who looks at a message leaves a trace of it in the database."""
    from datetime import UTC, datetime

    from intake.store.audit import record_audit
    from intake.store.ledger import SqlLedger

    whole = SqlLedger.raw

    def raw(self: Any, number: int) -> Any:
        with self.transaction():
            record_audit(self.db, "somebody", f"looked at {number}" * 20_000, datetime.now(UTC))
        return whole(self, number)

    SqlLedger.raw = raw  # type: ignore[method-assign]


def silence_is_trusted() -> None:
    """A connection over which nothing comes is taken for a quiet one."""
    from intake.channels import imap_connect

    # The test sets how often is asked; whatever it is, it never comes.
    imap_connect.min = lambda end, _: end  # type: ignore[attr-defined]


def stop_ignored() -> None:
    """Who is told to stop takes up the next mail."""
    import threading

    from intake.queue.tasks import Senders

    whole = Senders.__init__

    def init(self: Any, desk: Any, stop: Any) -> None:
        whole(self, desk, threading.Event())

    Senders.__init__ = init  # type: ignore[method-assign]


def columns_not_added() -> None:
    """An older database is stamped as today's and left as it was."""
    from intake.store.upgrade import migrations

    # What is missing would be added whatever the version says.
    migrations.STEPS, migrations.gaps = (lambda db: None,), lambda db: []


def frozen_and_sent() -> None:
    """A restored copy sends what the original has sent."""
    from intake.store import outbox

    outbox._frozen = lambda: outbox.peewee.Value(1) == 0  # type: ignore[assignment]


def nothing_is_ever_wrong() -> None:
    """What was found is not told."""
    from intake.store.upkeep.integrity import IntegrityCheck

    IntegrityCheck.faults = lambda self, *_, **__: iter(())  # type: ignore[method-assign,assignment]


def notes_go_out() -> None:
    """Whatever an agent writes in a ticket is sent to the requester as well."""
    from intake.desk.effects import AddEntry, Mail, MailKind
    from intake.desk.ticket import EntryKind
    from intake.store.store import SqlStore

    whole = SqlStore.apply

    def apply(self: Any, effects: Any, compose: Any, *args: Any, **named: Any) -> Any:
        more = []
        for place, one in enumerate(effects):
            if isinstance(one, AddEntry) and one.kind in (EntryKind.NOTE, EntryKind.DRAFT) and one.ticket:
                to = self.tickets.get(one.ticket).requester
                key = f"leak:{one.ticket}:{place}:{uuid.uuid4()}"
                more.append(Mail(MailKind.RELAY, one.ticket, to, key, text=one.text))
        return whole(self, [*more, *effects], compose, *args, **named)

    SqlStore.apply = apply  # type: ignore[method-assign]


def partners_are_customers() -> None:
    """What a partner answers is taken for the customer's words."""
    from intake.desk.facts import AskedPartner, Facts
    from intake.desk.rules import table as rules
    from intake.desk.tokens import Purpose

    def follow(case: Any) -> Any:
        asked: AskedPartner | None = case.facts.partner
        if asked is None:
            return None
        token = replace(case.facts.token, purpose=Purpose.CUSTOMER)
        facts: Facts = replace(case.facts, token=token, by_token=asked.match)
        return rules.follow_up(replace(case, facts=facts))

    rules.RULES = (follow, *(rule for rule in rules.RULES if rule is not rules.partner_reply))


def one_try_too_few() -> None:
    """The last try of a mail is never made."""
    from intake.service import processing

    processing.MAX_ATTEMPTS -= 1


def one_try_too_many() -> None:
    """A mail that killed us three times may do so a fourth time."""
    from intake.service import processing

    processing.MAX_ATTEMPTS += 1


def machine_mail_never_ends() -> None:
    """An automatic mail is put into its ticket, and decided on again for ever."""
    from intake.desk.rules import table as rules

    whole = rules.machine

    def machine(case: Any) -> Any:
        found = whole(case)
        return found and (found[:-1] or found)

    rules.RULES = tuple(machine if one is whole else one for one in rules.RULES)


def doubt_forgotten() -> None:
    """Nobody counts how often a mail may have been taken."""
    from intake.store.connection import Connection
    from intake.store.schema.tables import Outbox

    whole = Connection.run

    def run(self: Any, query: Any) -> Any:
        changed = getattr(query, "_update", None)
        if changed and Outbox.doubtful in changed and len(changed) == 1:
            return 0
        return whole(self, query)

    Connection.run = run  # type: ignore[method-assign]


def answers_go_to_nobody() -> None:
    """A customer who answers an answer writes to the desk's bare address."""
    from intake.rendering.ways_back import WaysBack

    WaysBack.reply_to = lambda self, mail, ticket, base, now: base  # type: ignore[method-assign]


def erased_and_still_in_the_file() -> None:
    """What is erased is forgotten by the tables, and stays in the pages of the file."""
    from intake.store.upkeep.erasure import Erasing

    Erasing.scrub = lambda self: None  # type: ignore[method-assign,assignment]


def code_used_twice() -> None:
    """A code of a second factor is right as often as it is shown."""
    from intake.store.acts import SqlFactors

    SqlFactors.advance = lambda self, agent, step: True  # type: ignore[method-assign]


def who_asked_agrees() -> None:
    """Who asks for an act that cannot be taken back may agree to it as well."""
    from intake.desk import acts

    acts.same_person = lambda first, other: False


def everybody_is_proven() -> None:
    """A From header is believed."""
    from intake.desk import budgets

    budgets.proven = lambda facts: True


def a_leap_ends_every_lease() -> None:
    """The time of day is believed, however it was set."""
    from intake.runtime.clock_leap import Steady

    Steady.__call__ = lambda self, now: True  # type: ignore[method-assign]


def lease_of_a_second() -> None:
    """Who has been silent for a moment is taken for dead."""
    from datetime import timedelta

    from intake.service import service

    service.LEASE = timedelta(seconds=1)


def dot_however_late() -> None:
    """Who was stopped within DATA ends the mail minutes later, whoever has sent it meanwhile."""
    from intake.channels.smtp import SmtpSession

    SmtpSession._overdue = lambda self: False  # type: ignore[method-assign]


def each_waits_for_a_dead_queue() -> None:
    """A queue that hangs is asked again for each mail."""
    from intake.queue import tasks

    tasks.QUIET_SECONDS = 0.0


def a_short_file_is_whole() -> None:
    """Nobody looks whether the end of the database file is there."""
    from intake.store import opening

    opening._expect_whole = lambda path: None


def written_into_nowhere() -> None:
    """A file that was deleted or moved away is written into as long as it is open."""
    from intake.store.engines import Sqlite

    Sqlite.swapped = lambda self: False  # type: ignore[method-assign]


def samples_remember() -> None:
    """What PostgreSQL's planner has sampled of an erased person stays in its file."""
    from intake.store.upkeep import scrubbing

    scrubbing.forget_samples = lambda db: None


def prepared_for_a_session() -> None:
    """Statements are prepared in a session that, behind a pool, is somebody else's a moment later."""
    from intake.store.engines import Postgres

    whole = Postgres.__init__

    def preparing(self: Postgres, *args: Any, **options: Any) -> None:
        whole(self, *args, **{**options, "prepare_threshold": 5})

    Postgres.__init__ = preparing


def limit_of_a_session() -> None:
    """How long a lock is waited for is set in a session, once, and lost behind a pool."""
    import peewee

    from intake.store.engines import Postgres

    Postgres.begin = peewee.PostgresqlDatabase.begin  # type: ignore[method-assign]


def forged_and_answered() -> None:
    """What our own mail server found forged is acknowledged to whom it names."""
    from intake.mail import authenticity

    whole = authenticity.verdict
    authenticity.verdict = lambda message, authserv: whole(message, authserv) or None


def erased_files_forgotten() -> None:
    """Nobody notes which files an erasure has still to remove."""
    from intake.store.blobs import Blobs

    Blobs.owe_removal = lambda self, names, what_for="": None  # type: ignore[method-assign]


def numbers_given_again() -> None:
    """A deleted highest number is free."""
    from intake.store.upgrade import autoincrement

    autoincrement.prepare = lambda db: None


def posts_told_before_commit() -> None:
    """Who posts is told that it is ours by what a commit would do, whatever becomes of it."""
    from intake.ports import Temporary
    from intake.store.web import SqlWeb

    def commit(self: Any, take: Any) -> list[Any]:
        ends: list[Any] = []
        with contextlib.suppress(Temporary), self.transaction():
            ends += [self._take(post) for post in take()]
        return ends

    SqlWeb._commit = commit  # type: ignore[method-assign]


def refused_post_stays() -> None:
    """What a refused post had written stays in the commit that it shares."""
    from intake.store.connection import Connection

    Connection.savepoint = lambda self: contextlib.nullcontext()  # type: ignore[method-assign, return-value]


def order_by_nothing() -> None:
    """Whatever is free is decided on, whatever it shares with what others have in hand."""
    from intake.store.turns import Turn

    Turn.blocked = lambda self, keys: False  # type: ignore[method-assign]


def key_forgotten() -> None:
    """The Message-IDs that a mail names are no keys."""
    from intake.mail import order_keys

    whole = order_keys._ids
    order_keys._ids = lambda named: (whole(named)[0], [])


def held_by_nobody() -> None:
    """Who was too slow decides all the same."""
    from intake.store.taking import Taking

    Taking.lock = lambda self, ids, owner, now: set(ids)  # type: ignore[method-assign]


def looked_and_taken() -> None:
    """What another process took in between does not count."""
    from intake.store import taking

    taking._TAKE = taking._TAKE.replace("WHERE meta.value = %(seen)s", "WHERE %(seen)s = %(seen)s")


def all_wait_for_who_is_stopped() -> None:
    """What is locked is chosen again and again."""
    from intake.store.taking import Taking

    whole = Taking._look
    Taking._look = lambda self, wanted, locked=(): whole(self, wanted)  # type: ignore[method-assign]


def locked_for_hours() -> None:
    """The server waits for a process that is stopped, or gone, with rows locked."""
    from intake.store.engines import Postgres

    def begin(self: Any, isolation_level: Any = None) -> None:
        self.execute_sql("BEGIN")

    Postgres.begin = begin  # type: ignore[method-assign]


def overtaken_by_a_clock() -> None:
    """What stands behind a row that another has is decided on."""
    from intake.store import taking

    taking.after_missing = lambda rows, there: set()


def flight_not_heard_out() -> None:
    """The answers to what was said in one flight with what was refused are left for the next command."""
    from intake.channels.smtp import SmtpSession

    SmtpSession._hear_out = lambda self, answers: None  # type: ignore[method-assign]


def a_set_forgets_what_it_decided() -> None:
    """Of messages that are decided on together none sees what those before it decided."""
    from intake.store.connection import Connection

    Connection.writes_of = lambda self, table: ()  # type: ignore[method-assign]
    Connection.changes_of = lambda self, table: {}  # type: ignore[method-assign]


def what_failed_in_a_set_stays() -> None:
    """What a message had written when it failed is written with the others."""
    from intake.store.writes import Writes

    Writes.back_to = lambda self, mark: None  # type: ignore[method-assign]


def leaf_after_commit() -> None:
    """The record is told of a row when that is committed, and not within the transaction."""
    from intake.store.connection import Connection
    from intake.store.record.dues import DUES

    insert = Connection.insert

    def late(self: Any, insertion: Any, rows: Any) -> Any:
        if insertion is not DUES:
            return insert(self, insertion, rows)

        def after() -> None:
            with self.transaction():
                insert(self, insertion, rows)

        self.later(after)
        return []

    Connection.insert = late  # type: ignore[method-assign]


MUTANTS: dict[str, Callable[[], None]] = {name: globals()[name] for name in CAUGHT_BY}


def apply(name: str) -> None:
    """Break what `name` says; nothing when it is empty."""
    if name:
        MUTANTS[name]()


def pytest_configure() -> None:
    apply(os.environ.get("INTAKE_MUTANT", ""))
