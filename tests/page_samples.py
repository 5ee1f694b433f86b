"""A ticket's page with everything that may stand on it, for tests of notifications."""

from datetime import datetime, timedelta

from factories import NOW

from intake.desk.evidence import Evidence
from intake.desk.lookup import Line, TicketLine
from intake.desk.page import TicketPage
from intake.desk.ticket import EntryKind

# One of these stands in each place that no customer may read.
CANARIES = {
    "note": "CANARYNOTE Lin has been refunded twice before",
    "draft": "CANARYDRAFT We might give you the coins back",
    "colleague": "CANARYEVENT Wei gave this to Anna",
    "ticket": "CANARYTICKET My brother cannot log in",
    "alike": "CANARYALIKE All wallets are empty",
    "watcher": "CANARYWATCHER",
    "tag": "CANARYTAG",
    "field": "CANARYFIELD",
    "about": "CANARYABOUT Lin threatened to sue once",
}
SEEN = "Thank you. Which version do you have?"


def entry(number: int, kind: EntryKind, text: str, name: str, at: datetime, *files: str) -> Line:
    """An entry of a conversation."""
    return Line(number, kind, f"{name.lower()}@staff.example", name, text, at, files)


def other(number: int, subject: str, state: str = "open") -> TicketLine:
    """Another ticket of Lin's."""
    return TicketLine(number, subject, state, "lin@customer.example", "Wei", "normal", NOW)


def full_page(now: datetime = NOW) -> TicketPage:
    """A page with an entry of each kind and each canary."""
    hours = [now - timedelta(hours=count) for count in range(30, 0, -5)]
    lines = (
        entry(1, EntryKind.CUSTOMER, "Hello, my wallet\nshows an empty page.", "Lin", hours[0], "a.png"),
        entry(2, EntryKind.AUTOMATIC, "We have received your message.", "Desk", hours[0]),
        entry(3, EntryKind.REPLY, SEEN, "Wei", hours[1]),
        entry(4, EntryKind.NOTE, f"{CANARIES['note']}.\n\nPlease be careful.", "Wei", hours[2]),
        entry(5, EntryKind.EVENT, CANARIES["colleague"], "desk", hours[3]),
        entry(6, EntryKind.DRAFT, CANARIES["draft"], "Wei", hours[4]),
    )
    return TicketPage(
        lines=lines,
        earlier=7,
        others=(other(9, CANARIES["ticket"]), other(4, "How do I change my address?", "closed")),
        more=2,
        drafts=1,
        alike=(other(11, CANARIES["alike"]),),
        watchers=(CANARIES["watcher"],),
        about=(CANARIES["about"], "Likes to be called Lin."),
        evidence=Evidence.SERVER,
    )
