"""`intake check` names what keeps customers from being answered, or agents' replies from being obeyed.

Each of these values is valid. What it does is tried with the program itself, where a mail can show it.
"""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from command_line import Run

ANNA = "anna@staff.example"
BASE = {"name": "Help", "address": "help@desk.example"}
FED = "[mailbox support]\ntype = ingest\n"
LISTENS = "[mailbox door]\ntype = lmtp\nport = 0\ntrusted_authserv = mx.desk.example\n"
FETCHED = (
    "[mailbox box]\ntype = imap\nhost = 127.0.0.1\nuser = u\npassword = p\nsince = 2026-01-01\n"
    "trusted_authserv = mx.desk.example\n"
)
VERIFIED = f"{FED}trusted_authserv = mx.desk.example\n"


def write(config: Path, keys: dict[str, str], mailboxes: str = VERIFIED) -> None:
    desk = "".join(f"{key} = {value}\n" for key, value in {**BASE, **keys}.items())
    smtp = "[smtp]\nhost = 127.0.0.1\nport = 1\nsecurity = none\ntimeout = 2\n"
    web = "[web]\nbase_url = https://help.desk.example\nport = 0\n"
    config.write_text(f"[desk]\n{desk}{smtp}{web}{mailboxes}", encoding="utf-8")


def said(intake: Run, code: int = 0) -> dict[tuple[str, str], dict[str, str]]:
    """What `check` finds wrong, by section and key."""
    rows = json.loads(intake("check", "--offline", "--json", code=code).stdout)
    return {(row["section"], row["key"]): row for row in rows if row["level"] != "ok"}


CASES: tuple[tuple[str, str, str], ...] = (
    ("agent_authority", "token", "writes to customers as its agent"),
    ("automatic_per_hour", "0", "no customer gets an acknowledgement"),
    ("automatic_per_address_hour", "0", "no customer gets an acknowledgement"),
    ("automatic_per_address_day", "0", "no customer gets an acknowledgement"),
    ("automatic_per_domain_hour", "0", "no customer gets an acknowledgement"),
    ("automatic_per_ticket_burst", "0", "no customer gets an acknowledgement"),
    ("automatic_per_ticket_day", "0", "no customer gets an acknowledgement"),
    ("automatic_per_unverified_day", "0", "gets no acknowledgement"),
    ("alerts_per_hour", "0", "no agent is told of a delivery that failed"),
    ("flood_per_address_hour", "1", "next one is not acknowledged"),
    ("flood_per_domain_hour", "2", "next one is not acknowledged"),
    ("reply_days", "2", "replies to older notifications are refused"),
    ("reopen_days", "200", "reply addresses lapse after 180 days"),
    ("retention_days", "7", "is erased before the 14 days end"),
    ("max_message_mb", "1", "larger email is not taken in"),
    ("undo_seconds", "3600", "reaches its customer 60 minutes later"),
)


@pytest.mark.parametrize(("key", "value", "what"), CASES, ids=[f"{key}={value}" for key, value, _ in CASES])
def test_a_value_that_leaves_mail_unanswered_is_named_with_a_cure(
    intake: Run, config: Path, key: str, value: str, what: str
) -> None:
    write(config, {key: value})
    intake("agent", "add", ANNA)
    found = said(intake)
    finding = found["desk", key]
    assert "warning" == finding["level"]
    assert what in finding["what"]
    assert finding["cure"]
    write(config, {})
    assert ("desk", key) not in said(intake)


def test_the_values_as_they_are_shipped_are_not_complained_of(intake: Run, config: Path) -> None:
    write(config, {})
    intake("agent", "add", ANNA)
    assert {} == said(intake)


@pytest.mark.parametrize(
    ("mailboxes", "warned"),
    [
        (FED, True),
        (VERIFIED, False),
        (f"{FED}[mailbox more]\ntype = ingest\n", True),
        # There it may be for the form alone.
        (f"{FED}{FETCHED}", False),
        (f"{FED}{LISTENS}", False),
    ],
)
def test_a_mailbox_that_takes_the_mail_in_needs_the_word_of_a_server(
    intake: Run, config: Path, mailboxes: str, warned: bool
) -> None:
    write(config, {}, mailboxes)
    finding = said(intake).get(("mailbox support", "trusted_authserv"))
    assert warned == (finding is not None)
    if finding is not None:
        assert "agents whose email has no DKIM signature must confirm each reply" in finding["what"]
        assert "Authentication-Results" in finding["cure"]


def test_where_mail_came_to_it_the_form_is_no_excuse(
    intake: Run, config: Path, mail: Callable[..., Path]
) -> None:
    write(config, {}, f"{FED}{FETCHED}")
    intake("ingest", "--mailbox", "support", str(mail()))
    assert ("mailbox support", "trusted_authserv") in said(intake)


CATCHALL = {"reply_address": "catchall:@reply.desk.example"}


@pytest.mark.parametrize(
    ("keys", "boxes", "refused"),
    [
        ({}, LISTENS, set()),
        ({}, f"{LISTENS}address = sales@desk.example\n", {"address"}),
        ({}, f"{LISTENS}address = sales@desk.example\naccept = @desk.example\n", set()),
        ({"command_address": "desk@desk.example"}, LISTENS, {"command_address"}),
        ({"command_address": "desk@desk.example"}, f"{LISTENS}accept = desk@desk.example\n", set()),
        ({"command_address": "desk@desk.example"}, f"{LISTENS}{FETCHED}", set()),
        (CATCHALL, LISTENS, {"reply_address"}),
        (CATCHALL, f"{LISTENS}{FETCHED}", set()),
        (
            CATCHALL,
            f"{LISTENS}accept = @reply.desk.example\n",
            set(),
        ),
    ],
)
def test_an_address_that_no_listener_takes_mail_for_is_a_problem(
    intake: Run, config: Path, keys: dict[str, str], boxes: str, refused: set[str]
) -> None:
    write(config, keys, boxes)
    found = said(intake, code=1 if refused else 0)
    assert refused == {key for section, key in found if section == "desk" and key}
    for key in refused:
        assert ("problem", True) == (found["desk", key]["level"], "accept" in found["desk", key]["cure"])


def test_a_desk_that_only_reads_an_archive_is_told(intake: Run, config: Path) -> None:
    write(config, {}, f"{FETCHED}archive = yes\n")
    assert "warning" == said(intake)["mailbox box", "archive"]["level"]
    write(config, {}, f"{FETCHED}archive = yes\n{LISTENS}")
    assert ("mailbox box", "archive") not in said(intake)


SILENT = [
    (key, value)
    for key, value, what in CASES
    if "gets" in what and "acknowledgement" in what and key.startswith("automatic")
]


@pytest.mark.parametrize(("key", "value"), [("", ""), *SILENT])
def test_with_such_a_value_a_customer_indeed_gets_no_answer(
    intake: Run, config: Path, mail: Callable[..., Path], key: str, value: str
) -> None:
    write(config, {key: value} if key else {})
    intake("ingest", str(mail()))
    sent = intake("outbox", "list").output
    assert ("wang@customer.example" in sent) == (not key)
