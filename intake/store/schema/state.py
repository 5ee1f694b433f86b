"""What the desk remembers of its own running: jobs, mailboxes, dead addresses, erased messages, imports."""

from datetime import datetime

import peewee
from peewee import BigIntegerField, CompositeKey

from intake.store.schema.acts import ACT_TABLES
from intake.store.schema.fields import Key, Moment, TextColumn
from intake.store.schema.finds import SecretFind
from intake.store.schema.imports import IMPORT_TABLES
from intake.store.schema.origin import DkimKey
from intake.store.schema.sealed import SEALED_TABLES


class JobRun(peewee.Model):
    """When a periodic job last ended well."""

    name: TextColumn[str] = TextColumn(primary_key=True)
    ran_at: Moment[datetime] = Moment()

    class Meta:
        table_name = "job_run"


class PaceSum(peewee.Model):
    """What a process counted of its pace lately or, where `process` is "", all of them since ever.

    `amount` is in millionths, for seconds are among them.
    """

    process: TextColumn[str] = TextColumn()
    name: TextColumn[str] = TextColumn()
    amount = BigIntegerField()
    updated_at: Moment[datetime] = Moment()

    class Meta:
        table_name = "pace"
        primary_key = CompositeKey("process", "name")


class MailboxState(peewee.Model):
    """A mailbox's one reader and how its last reading went."""

    name: TextColumn[str] = TextColumn(primary_key=True)
    owner: TextColumn[str | None] = TextColumn(null=True)
    lease_until: Moment[datetime | None] = Moment(null=True)
    last_success: Moment[datetime | None] = Moment(null=True)
    last_error: TextColumn[str] = TextColumn(default="")
    last_error_at: Moment[datetime | None] = Moment(null=True)

    class Meta:
        table_name = "mailbox_state"


class Tombstone(peewee.Model):
    """What stays of an erased message: a keyed hash of its bytes, which says nothing without the key."""

    digest: TextColumn[str] = TextColumn(primary_key=True)
    erased_at: Moment[datetime] = Moment()

    class Meta:
        table_name = "tombstone"


class AddressState(peewee.Model):
    """An address that mail of ours could not be delivered to; a mail from there deletes its row."""

    key: Key[str] = Key(primary_key=True)
    failed_at: Moment[datetime] = Moment()
    reason: TextColumn[str] = TextColumn()

    class Meta:
        table_name = "address_state"


STATE_TABLES: tuple[type[peewee.Model], ...] = (
    JobRun,
    PaceSum,
    MailboxState,
    Tombstone,
    AddressState,
    SecretFind,
    *ACT_TABLES,
    *SEALED_TABLES,
    DkimKey,
    *IMPORT_TABLES,
)
