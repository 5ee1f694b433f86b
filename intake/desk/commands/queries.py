"""Commands that query one ticket: a ticket with its history, the next ticket to work on.

Answers go to the agent's registered address and nowhere else, and contain no more than an agent may see:
everything. Lists of tickets are in `intake.desk.commands.lists`.
"""

from collections.abc import Sequence
from dataclasses import replace

from intake.desk import talk
from intake.desk.commands.grammar import CommandContext, Refused
from intake.desk.effects import Effect, Mail, MailKind
from intake.desk.listing import ListTable, TextTable
from intake.desk.lookup import NEXT, Line, LookupRequest
from intake.desk.page import Talk
from intake.desk.text.said import said
from intake.desk.ticket import NO_TICKET, Ticket


def wants_next(argument: str) -> LookupRequest:
    """Ask for the ticket to work on next, with its history."""
    return LookupRequest(lists=frozenset({NEXT}))


def wants_history(argument: str) -> LookupRequest:
    """Ask for a ticket with its history, by its number or the one at hand."""
    if not argument:
        return LookupRequest(here=True)
    return LookupRequest(tickets=frozenset({int(argument)}), histories=frozenset({int(argument)}))


def show(scene: CommandContext, argument: str) -> list[Effect]:
    """Send a ticket's page with its newest entries; what answers that mail goes to the ticket's requester."""
    ticket, lines = _asked(scene, argument)
    return _page(scene, ticket, "show", talk.shown(lines, ticket.excused))


def full(scene: CommandContext, argument: str) -> list[Effect]:
    """Send a ticket's page with all entries and all that is folded in them: quotes, signatures."""
    ticket, lines = _asked(scene, argument)
    return _page(scene, ticket, "full", talk.whole(lines, ticket.excused))


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
        return answer(scene, NO_TICKET, "next", said("You have no open tickets."))
    ticket = scene.looked.tickets[rows[0].id]
    lines = scene.looked.histories.get(ticket.id, ())
    return _page(scene, ticket, "next", talk.shown(lines, ticket.excused))


def _page(scene: CommandContext, ticket: Ticket, command: str, entries: Talk) -> list[Effect]:
    """Return the mail that is a ticket's page, with these entries."""
    end = scene.looked.ends.get(ticket.id, ticket)
    another = end.requester.key != ticket.requester.key
    standing = ""
    if ticket.merged_into and another:
        standing = said(
            "Merged into #{number}, another customer's ticket: a reply to this email is not sent.",
            number=end.id,
        )
    elif ticket.merged_into:
        standing = said("Merged into #{number}: a reply to this email goes there.", number=end.id)
    elif ticket.snoozed_until and ticket.snoozed_until > scene.now:
        standing = said("Snoozed until {at}", at=ticket.snoozed_until)
    made = _answer(scene, ticket.id, command, standing)
    pictures = talk.pictures(entries.lines, ticket)
    return [replace(made, talk=replace(entries, unanswered=another), enclosed=pictures)]


def answer(
    scene: CommandContext, ticket: int, command: str, text: str, table: ListTable | TextTable | None = None
) -> list[Effect]:
    """Return the mail that answers a command: `command` is its name, `text` what it says, above a `table`."""
    return [_answer(scene, ticket, command, text, table)]


def _answer(
    scene: CommandContext, ticket: int, command: str, text: str, table: ListTable | TextTable | None = None
) -> Mail:
    if scene.agent is None:
        raise Refused("its answer goes to an agent, and no agent is given: use --as")
    to = scene.agent.as_address
    key = f"answer:{command}:{ticket}:{scene.key}"
    return Mail(MailKind.ANSWER, ticket, to, key, agent=scene.agent, text=text, event=command, table=table)
