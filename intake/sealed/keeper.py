"""Sealing what waits for it, a few tickets at a time, and destroying what was sealed for long enough."""

from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from intake.desk.effects import AddEntry, Record
from intake.desk.text.said import said
from intake.desk.ticket import DESK, EntryKind
from intake.sealed import age

if TYPE_CHECKING:
    from intake.app import Desk

# Tickets in one go: old ones, too, once there is a key.
BATCH = 20
# How it is called among the troubles.
TROUBLE = "seal"
WHO = "Intake"


def keep_sealed(desk: "Desk") -> None:
    """Seal what came with a secret, and destroy sealed copies that are old enough. Raises Temporary.

    Safe in several processes at once: each ticket is locked, and looked at again, in a transaction of its
    own.
    """
    sealed, now = desk.database.sealed, desk.service.clock()
    sealed.end(now - timedelta(days=desk.settings.secrets.sealed_days), now)
    if not sealed.recipient():
        return
    tickets = sealed.waiting(BATCH)
    if tickets and age.missing():
        problem = said(
            "Messages with secrets cannot be sealed: pyrage is not installed. Install it: {command}",
            command="pip install 'intake-desk[seal]'",
        )
        desk.service.wake(desk.service.tells.met(TROUBLE, problem, now))
        return
    for ticket in tickets:
        desk.service.attempt(said("Sealing ticket {number}", number=ticket), partial(seal, desk, ticket))


def seal(desk: "Desk", ticket: int) -> None:
    """Seal what came with secrets into a ticket; its history and the audit say so. Raises Temporary."""
    with desk.store.transaction():
        done = desk.database.sealed.seal(ticket, age.encrypt, desk.service.clock())
        if done:
            line = AddEntry(ticket, EntryKind.EVENT, DESK, done)
            desk.service.act([line, Record(WHO, "detector", done, ticket)])
