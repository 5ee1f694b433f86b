"""Small makers of the desk's values, so that a test names only what it is about."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from intake.config.sections import DeskSettings, Settings, SmtpSettings
from intake.desk.effects import STATUS_EVENTS
from intake.desk.facts import Facts, TicketMatch
from intake.desk.guard.policy import GuardPolicy
from intake.desk.message import Address, Envelope, Message
from intake.desk.policy import MailboxPolicy, Policy
from intake.desk.ticket import Agent, Status, Ticket
from intake.desk.tokens import Purpose, Token

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
KEY = b"k" * 32
LIN = Address("lin@customer.example", "Lin")
STRANGER = Address("eve@elsewhere.example", "Eve")
ANNA = Agent(1, "Anna", "anna@staff.example", ("support",))
WEI = Agent(2, "Wei", "wei@staff.example", ("support",))
DESK_ADDRESS = "support@desk.example"


def a_message(**changes: Any) -> Message:
    """A plain question from Lin."""
    values: dict[str, Any] = {
        "digest": "d" * 64,
        "size": 400,
        "fingerprint": "f" * 64,
        "message_id": "q1@customer.example",
        "sender": LIN,
        "to": (Address(DESK_ADDRESS),),
        "subject": "My coins are late",
        "text": "Please help",
        "new_text": "Please help",
        "language": "en",
    }
    return Message(**{**values, **changes})


def a_ticket(**changes: Any) -> Ticket:
    """Ticket 12, Lin's, answered once and waiting for her."""
    values: dict[str, Any] = {
        "id": 12,
        "subject": "My coins are late",
        "status": Status.PENDING,
        "requester": LIN,
        "language": "en",
        "mailbox": "support",
        "team": "support",
        "created_at": NOW - timedelta(days=2),
        "updated_at": NOW - timedelta(days=1),
        "assignee": ANNA,
        "message_ids": ("q1@customer.example", "a1@desk.example"),
    }
    return Ticket(**{**values, **changes})


def a_policy(**changes: Any) -> Policy:
    """One mailbox, one team."""
    box = MailboxPolicy("support", DESK_ADDRESS, "support")
    values: dict[str, Any] = {
        "mailboxes": {"support": box},
        "own_addresses": frozenset({DESK_ADDRESS}),
        "agent_authority": "token",
        "guard": GuardPolicy(hosts=frozenset({"example", "example.com", "example.net", "example.org"})),
    }
    return Policy(**{**values, **changes})


def some_settings(**desk: Any) -> Settings:
    """A config in which every key has its default, but for these of [desk]; all status mails are on."""
    values: dict[str, Any] = {
        "name": "Example Wallet",
        "address": DESK_ADDRESS,
        "colour": "#1a5fb4",
        "status_mails": STATUS_EVENTS,
        **desk,
    }
    return Settings(file=Path("intake.ini"), desk=DeskSettings(**values), smtp=SmtpSettings(host="localhost"))


def some_facts(**changes: Any) -> Facts:
    """Nothing is known of the message; Anna and Wei are the team."""
    return Facts(**{"now": NOW, "team": (ANNA, WEI), **changes})


def found(ticket: Ticket | None = None, *agents: Agent) -> TicketMatch:
    """A ticket found, with the agents involved in it."""
    return TicketMatch(ticket or a_ticket(), agents or (ANNA,))


def agent_token(agent: Agent = ANNA, ticket: int = 12) -> Token:
    """A valid token made for an agent."""
    return Token(Purpose.AGENT, ticket, agent.id, NOW + timedelta(days=9))


def customer_token(ticket: int = 12) -> Token:
    """A valid token made for the requester."""
    return Token(Purpose.CUSTOMER, ticket, 0, NOW + timedelta(days=9))


def an_envelope(**changes: Any) -> Envelope:
    """By IMAP, so the envelope sender is not known."""
    return Envelope(**{"channel": "imap", "mailbox": "support", **changes})
