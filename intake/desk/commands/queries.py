"""Commands that query one ticket: a ticket with its history, the next ticket to work on.

Answers go to the agent's registered address and nowhere else, and contain no more than an agent may see:
everything. Lists of tickets are in `intake.desk.commands.lists`.
"""

from collections.abc import Sequence
from datetime import datetime, tzinfo

from intake.desk.commands.grammar import CommandContext, Refused
from intake.desk.effects import Effect, Mail, MailKind
from intake.desk.listing import ListTable
from intake.desk.lookup import NEXT, Line, LookupRequest
from intake.desk.message import Address
from intake.desk.sensitive.scan import excerpt
from intake.desk.text import folded
from intake.desk.text.said import said
from intake.desk.ticket import NO_TICKET, EntryKind, Ticket

# At most this much of a history is in one email: the newest entries, each with this much text.
MOST_ENTRIES, MOST_TEXT = 30, 4000
# With all that was folded: of one entry, and of all of them, the newest first.
MOST_WHOLE, MOST_IN_ALL = 50_000, 200_000
_KINDS = {
    EntryKind.CUSTOMER: "wrote",
    EntryKind.REPLY: "replied",
    EntryKind.NOTE: "internal note",
    EntryKind.DRAFT: "drafted (not sent)",
    EntryKind.AUTOMATIC: "automatic email",
    EntryKind.EVENT: "",
}


def wants_next(argument: str) -> LookupRequest:
    """Ask for the ticket to work on next, with its history."""
    return LookupRequest(lists=frozenset({NEXT}))


def wants_history(argument: str) -> LookupRequest:
    """Ask for a ticket with its history, by its number or the one at hand."""
    if not argument:
        return LookupRequest(here=True)
    return LookupRequest(tickets=frozenset({int(argument)}), histories=frozenset({int(argument)}))


def show(scene: CommandContext, argument: str) -> list[Effect]:
    """Send a ticket with its history; what answers that mail goes to the ticket's requester."""
    ticket, lines = _asked(scene, argument)
    return answer(scene, ticket.id, "show", history(ticket, lines, scene))


def full(scene: CommandContext, argument: str) -> list[Effect]:
    """Send a ticket with its history and all that is folded in it: quotes, signatures."""
    ticket, lines = _asked(scene, argument)
    return answer(scene, ticket.id, "full", history(ticket, lines, scene, whole=True))


def _asked(scene: CommandContext, argument: str) -> tuple[Ticket, Sequence[Line]]:
    """Return the ticket of that number, or the one at hand, with its history. Raises Refused for none."""
    number = int(argument) if argument else scene.ticket.id
    if number == NO_TICKET:
        raise Refused(said("it needs the number of a ticket"))
    if number not in scene.looked.tickets:
        raise Refused(said("there is no ticket #{number}", number=number))
    return scene.looked.tickets[number], scene.looked.histories.get(number, ())


def next_(scene: CommandContext, argument: str) -> list[Effect]:
    """Send the ticket that is due first among the agent's own and the unassigned ones of their teams."""
    rows = scene.looked.lists.get(NEXT, ())
    if not rows:
        return answer(scene, NO_TICKET, "next", "You have no open tickets.")
    ticket = scene.looked.tickets[rows[0].id]
    return answer(scene, ticket.id, "next", history(ticket, scene.looked.histories.get(ticket.id, ()), scene))


def history(ticket: Ticket, lines: Sequence[Line], scene: CommandContext, whole: bool = False) -> str:
    """Return a ticket with its newest entries, oldest of them first, times in the desk's zone.

    `whole`: with the quotes and signatures that are not shown otherwise, as far as there is room.
    """
    zone = scene.zone
    head = [
        f"#{ticket.id} {ticket.subject or '(no subject)'}",
        f"Status: {ticket.state}, priority {ticket.priority}",
        f"Requester: {_person(ticket.requester)}",
        f"Assigned to: {ticket.assignee.name if ticket.assignee else 'unassigned'}"
        + (f", team {ticket.team}" if ticket.team else ""),
    ]
    if ticket.participants:
        head.append(f"Participants: {', '.join(ticket.participants)}")
    if ticket.watchers:
        head.append(f"Watched by: {', '.join(watcher.name for watcher in ticket.watchers)}")
    if ticket.tags:
        head.append(f"Tags: {', '.join(ticket.tags)}")
    if ticket.snoozed_until:
        head.append(f"Snoozed until {_clock(ticket.snoozed_until, zone)}")
    if ticket.merged_into:
        head.append(f"Merged into #{ticket.merged_into}, which now gets its mail")
    left = len(lines) - MOST_ENTRIES
    parts = ["\n".join(head)]
    if left > 0:
        parts.append(
            f"({left} earlier {'entry' if left == 1 else 'entries'}: intake ticket show {ticket.id})"
        )
    room, entries = MOST_IN_ALL if whole else 0, []
    for line in reversed(lines[-MOST_ENTRIES:]):
        unfolded = room > 0 and bool(line.full_text)
        entries.append(_entry(line, ticket.id, zone, unfolded))
        room -= len(entries[-1])
    return "\n\n".join([*parts, *reversed(entries)])


def _entry(line: Line, ticket: int, zone: tzinfo, unfolded: bool) -> str:
    at = _clock(line.at, zone)
    if line.kind is EntryKind.EVENT:
        return f"{at}  {line.text}"
    text = excerpt(line.full_text, MOST_WHOLE, " …") if unfolded else excerpt(line.text, MOST_TEXT, " …")
    # Indented, so that a reply's quoting and a customer's words cannot look like ours.
    body = "\n".join(f"    {written}".rstrip() for written in text.splitlines()) or "    (no text)"
    left = 0 if unfolded else folded.lines(line.text, line.full_text)
    more = f"\n  [{folded.more(left)}: #full {ticket}]" if left else ""
    files = "".join(f"\n    [file] {name}" for name in line.files)
    return f"{at}  {line.author_name or line.author or 'unknown'} {_KINDS[line.kind]}:\n{body}{more}{files}"


def _person(who: Address) -> str:
    return f"{who.name} <{who.mailbox}>" if who.name else who.mailbox or "nobody"


def _clock(at: datetime, zone: tzinfo) -> str:
    return f"{at.astimezone(zone):%Y-%m-%d %H:%M}"


def answer(
    scene: CommandContext, ticket: int, command: str, text: str, table: ListTable | None = None
) -> list[Effect]:
    """Return the mail that answers a command: `command` is its name, `text` what it says, above a `table`."""
    if scene.agent is None:
        raise Refused("its answer goes to an agent, and no agent is given: use --as")
    to = scene.agent.as_address
    key = f"answer:{command}:{ticket}:{scene.key}"
    return [Mail(MailKind.ANSWER, ticket, to, key, agent=scene.agent, text=text, event=command, table=table)]
