"""What an agent's mail shows around its news: the conversation so far, the customer's other tickets. Pure."""

from dataclasses import dataclass

from intake.desk.lookup import Line, TicketLine

# So many entries of the conversation stand in a notification; #full sends the rest.
MOST_SHOWN = 20
# So many of the customer's closed tickets are named beside all that are open.
MOST_CLOSED = 3
# So many of the customer's open tickets are named.
MOST_OPEN = 10
# So many notes about the person are shown.
MOST_ABOUT = 3


@dataclass(frozen=True, slots=True)
class TicketPage:
    """A ticket's surroundings as they stand when the mail is written.

    `lines` are the newest entries before the news itself, the oldest of them first, notes and drafts among
    them; `earlier` counts those before. `others` are the requester's other tickets, open ones first, and
    `more` counts open ones that are not named. `alike` are tickets that may be about the same.
    """

    lines: tuple[Line, ...] = ()
    earlier: int = 0
    others: tuple[TicketLine, ...] = ()
    more: int = 0
    drafts: int = 0
    alike: tuple[TicketLine, ...] = ()
    watchers: tuple[str, ...] = ()
    # The newest notes about the requester as a person (`intake.desk.persons`), the newest first.
    about: tuple[str, ...] = ()


BARE = TicketPage()
