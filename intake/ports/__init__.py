"""What the desk needs of the outside: the store by concern, the ways in and out, and how they may fail."""

from intake.ports.channels import Channel, ChannelStore, Session
from intake.ports.failures import (
    Ambiguous,
    NeedsLogin,
    NoLogin,
    NoRoom,
    NotKept,
    Permanent,
    SenderRefused,
    Temporary,
    Underway,
    Unreachable,
    Unreadable,
    UserError,
)
from intake.ports.knowledge import Articles
from intake.ports.ledger import Ledger
from intake.ports.logins import Access, Logins
from intake.ports.mailboxes import Mailboxes
from intake.ports.outbox import Outbox
from intake.ports.promises import Promises, Rates, Surveys
from intake.ports.readings import FilePlace, Readings, WaitingFile
from intake.ports.store import Store
from intake.ports.tellings import Tellings
from intake.ports.tickets import Agents, Listing, Lookups, Tickets
from intake.ports.upkeep import Previews, Troubles, Upkeep
from intake.ports.values import (
    Admission,
    ApiCall,
    Applied,
    Arrival,
    Asked,
    Claimed,
    Compose,
    Large,
    Origin,
    OwedPage,
    Part,
    Pending,
    Post,
    Receive,
    Received,
    Rule,
    Taken,
)
from intake.ports.web import Web

__all__ = [
    "Access",
    "Admission",
    "Agents",
    "Ambiguous",
    "ApiCall",
    "Applied",
    "Arrival",
    "Articles",
    "Asked",
    "Channel",
    "ChannelStore",
    "Claimed",
    "Compose",
    "FilePlace",
    "Large",
    "Ledger",
    "Listing",
    "Logins",
    "Lookups",
    "Mailboxes",
    "NeedsLogin",
    "NoLogin",
    "NoRoom",
    "NotKept",
    "Origin",
    "Outbox",
    "OwedPage",
    "Part",
    "Pending",
    "Permanent",
    "Post",
    "Previews",
    "Promises",
    "Rates",
    "Readings",
    "Receive",
    "Received",
    "Rule",
    "SenderRefused",
    "Session",
    "Store",
    "Surveys",
    "Taken",
    "Tellings",
    "Temporary",
    "Tickets",
    "Troubles",
    "Underway",
    "Unreachable",
    "Unreadable",
    "Upkeep",
    "UserError",
    "WaitingFile",
    "Web",
]
