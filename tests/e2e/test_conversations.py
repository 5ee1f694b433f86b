"""Whole conversations by mail alone end as they were scripted, byte for byte, on both sides.

CONVERSATIONS=1000 plays the full number; a build plays thirty.
"""

import os

import pytest
from conversations import AGENTS, BORDER, Stage, Talk, talks
from running import RunningDesk, write_config

from intake.desk.ticket import EntryKind
from intake.store import open_store

COUNT = int(os.environ.get("CONVERSATIONS", "30"))
LIFTED = "".join(
    f"{name} = {value}\n"
    for name, value in (
        ("automatic_per_hour", 1_000_000),
        ("automatic_per_address_hour", 10_000),
        ("automatic_per_address_day", 10_000),
        ("automatic_per_domain_hour", 1_000_000),
        ("automatic_per_robot_day", 10_000),
        ("alerts_per_hour", 10_000),
        ("flood_per_address_hour", 0),
        ("flood_per_domain_hour", 0),
    )
)


@pytest.mark.timeout(300 + 4 * COUNT)
def test_every_conversation_ends_as_it_was_scripted(tmp_path, dovecot, sink, user):
    config = write_config(
        tmp_path,
        imap=(dovecot.host, dovecot.port),
        user=user,
        password=dovecot.password,
        sink=(sink.host, sink.port),
        desk=LIFTED,
        mailbox=f"trusted_authserv = {BORDER}\n",
    )
    config.write_text(config.read_text().replace("agent_authority = token", "agent_authority = strict"))
    desk = RunningDesk(config)
    for address, name in AGENTS.items():
        added = desk.intake("agent", "add", address, "--name", name, "--team", "support")
        assert 0 == added.returncode, added.stderr
    stage = Stage(talks(COUNT), sink, dovecot, user)
    with desk:
        stage.play(240 + 3 * COUNT)
    print(f"\n{COUNT} conversations: {dict(stage.counts)}")
    assert [] == stage.odd
    store = open_store("sqlite:///intake.db", tmp_path / "data")
    try:
        wrong = {one.number: _faults(one, store) for one in stage.talks.values() if _faults(one, store)}
    finally:
        store.close()
    assert {} == wrong


def _faults(talk: Talk, store) -> dict[str, tuple[object, object]]:
    """Return where what was read, or kept, is not what the script says: by what, expected and found."""
    entries = store.tickets.entries(talk.ticket)
    public = (EntryKind.CUSTOMER, EntryKind.REPLY)
    pairs = {
        "the customer read": (talk.script[1::2], talk.by_customer),
        "the agent read": (talk.script[0::2], talk.by_agent),
        "the ticket says": (talk.script, [one.text for one in entries if one.kind in public]),
        "its notes say": (
            [talk.remark()] if talk.remark() else [],
            [one.text for one in entries if one.kind is EntryKind.NOTE],
        ),
        "its drafts say": ([], [one.text for one in entries if one.kind is EntryKind.DRAFT]),
    }
    return {what: pair for what, pair in pairs.items() if pair[0] != pair[1]}
