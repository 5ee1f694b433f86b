"""What an agent's mail shows around its news: the conversation so far, the customer's other tickets. Pure."""

from dataclasses import dataclass

from intake.desk.lookup import Line, TicketLine

# So many entries of the conversation stand in a notification; #full sends the rest.
MOST_SHOWN = 20
# So many of the customer's closed tickets are named beside all that are open.
MOST_CLOSED = 3
# So many of the customer's open tickets are named.
MOST_OPEN = 10
# At most so many of the lines are events; words come first.
MOST_EVENTS = 6
# So much of an entry is shown, and so much of the newest words where the mail brings none of its own.
MOST_TEXT = 2_000
MOST_NEWEST = 10_000
# What stands where a text was cut.
CUT = " […]"


@dataclass(frozen=True, slots=True)
class TicketPage:
    """A ticket's surroundings as they stand when the mail is written.

    `lines` are the newest entries before the news itself, the oldest of them first, notes, drafts and some
    events (kind EVENT, never more than MOST_EVENTS) among them; their texts are cut at MOST_TEXT characters
    (`CUT` says so) and come without `full_text`. `earlier` counts the entries with words that are not among
    the lines. `others` are the requester's other tickets, open ones first, and `more` counts open ones that
    are not named; no spam, nothing that was merged away. `drafts` counts those that wait for somebody's word,
    but for the one that the mail is about. `alike` are tickets that may be about the same; they are not
    among the `others`.
    """

    lines: tuple[Line, ...] = ()
    earlier: int = 0
    others: tuple[TicketLine, ...] = ()
    more: int = 0
    drafts: int = 0
    alike: tuple[TicketLine, ...] = ()
    watchers: tuple[str, ...] = ()


BARE = TicketPage()
