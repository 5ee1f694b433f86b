"""Commands that concern two tickets: merge, split, link.

Nothing is moved or copied between tickets but what `#split` takes along: each keeps its
history, its files and its tokens. Mail to a merged ticket is led to where it went, whatever
led to the old one (store.tickets). Nobody is let into the other ticket by a merge.
"""

from intake.desk.commands.files import files
from intake.desk.commands.grammar import CommandContext, Refused
from intake.desk.commands.grammar import number as read_number
from intake.desk.commands.queries import wants_history
from intake.desk.effects import AddEntry, Amend, Effect, Mail, MailKind, SetStatus
from intake.desk.lookup import LookupRequest
from intake.desk.mails import alerts, to_each
from intake.desk.merge_effects import LinkTickets, SplitOff
from intake.desk.message import Address
from intake.desk.page import MERGED, SPLIT
from intake.desk.people_effects import Watch
from intake.desk.sent_files import MERGED_INTO
from intake.desk.sla_target import Target
from intake.desk.text.argument_words import native, spelled
from intake.desk.text.said import said
from intake.desk.ticket import DESK, EntryKind, Status, Ticket

ANYWAY = "anyway"
_ANYWAY = (ANYWAY, "force", "仍然", "無論如何", *native(ANYWAY))


def is_anyway(word: str) -> bool:
    """Whether a word says that something is meant all the same."""
    return word.casefold() in _ANYWAY


def read_merge(text: str) -> str:
    """Read a ticket's number, and the word that says the requesters may differ."""
    first, _, rest = text.partition(" ")
    if rest and not is_anyway(rest):
        raise Refused(said("it needs the number of a ticket"))
    return f"{read_number(first)} {ANYWAY}" if rest else read_number(first)


def wants_other(argument: str) -> LookupRequest:
    """Ask for the ticket that is named."""
    return LookupRequest(tickets=frozenset({_number(argument)}))


def wants_merge(argument: str) -> LookupRequest:
    """Ask for the ticket that is named, and for what came with its emails."""
    return wants_history(str(_number(argument)))


def wants_last(argument: str) -> LookupRequest:
    """Ask for the newest words of the requester."""
    return LookupRequest(last=True)


def merge(scene: CommandContext, argument: str) -> list[Effect]:
    """Close this ticket for another one, which gets its mail from now on.

    Two requesters are two people: their tickets are only merged with `anyway`, and even then
    neither is shown or sent anything of the other's.
    """
    ticket, other = scene.ticket, _other(scene, argument)
    if ticket.merged_into:
        raise Refused(said("this ticket was merged into #{number} already", number=ticket.merged_into))
    if any(promise.target is Target.REPORT for promise in ticket.promises):
        raise Refused(
            said("an incident goes on in this ticket: end it first, or merge the other ticket into this one")
        )
    same = ticket.requester.key == other.requester.key
    if not same and not argument.endswith(ANYWAY):
        raise Refused(
            said(
                "#{number} belongs to another requester ({theirs}). If it is the same case, write #merge "
                "{number} {anyway}: each of them still sees only what was written to them, and {address} "
                "gets replies only if you write #cc add {address} in #{number}",
                number=other.id,
                theirs=other.requester.mailbox,
                anyway=spelled(ANYWAY),
                address=ticket.requester.mailbox,
            )
        )
    effects: list[Effect] = [
        Amend(ticket.id, {"merged_into": other.id, "snoozed_until": None}),
        SetStatus(ticket.id, Status.CLOSED),
        _event(ticket.id, f"{MERGED_INTO}{other.id} by {scene.by}"),
        _event(other.id, _merged(ticket, same, scene.by)),
        # Where its mail goes from now on is what its watchers want to read.
        *(Watch(other.id, watcher) for watcher in ticket.watchers if watcher not in other.watchers),
    ]
    waits = ticket.status in (Status.NEW, Status.OPEN)
    if waits and other.status in (Status.PENDING, Status.CLOSED):
        # Whoever waits for an answer goes on waiting for it.
        effects.append(SetStatus(other.id, Status.OPEN, waits=True))
    if waits and other.snoozed_until:
        effects.append(Amend(other.id, {"snoozed_until": None}))
    return [*effects, *_merge_told(scene, other), *_its_files(scene, other, _number(argument))]


def _its_files(scene: CommandContext, other: Ticket, number: int) -> list[Effect]:
    """Return the mail with the files of the other ticket to who merges into it, as `#files` sends them; none
    to its assignee or a watcher, who had them with its notices."""
    agent = scene.agent
    theirs = agent is not None and (agent == other.assignee or agent in other.watchers)
    lines = scene.looked.histories.get(number, ())
    came = any(line.files for line in lines if line.kind is EntryKind.CUSTOMER)
    return files(scene, str(number)) if came and agent is not None and not theirs else []


def _number(argument: str) -> int:
    return int(argument.split()[0])


def _merge_told(scene: CommandContext, other: Ticket) -> list[Effect]:
    """Return the mails to those whose tickets they were: from now on there is one, with the mail of both."""
    assignees = [ticket.assignee for ticket in (other, scene.ticket) if ticket.assignee is not None]
    people = {agent.id: agent for agent in assignees if agent.enabled and agent != scene.agent}
    text = said("{by} merged ticket #{number} into this one.", by=scene.by, number=scene.ticket.id)
    return alerts(other.id, people.values(), text, f"merged:{scene.key}", MERGED, scene.by, True)


def _merged(ticket: Ticket, same: bool, by: str) -> str:
    event = f"#{ticket.id} ({ticket.subject or 'no subject'}) was merged into this ticket by {by}"
    let_in = [] if same else [ticket.requester.mailbox]
    let_in += [
        participant for participant in ticket.participants if participant.lower() != ticket.requester.key
    ]
    if let_in:
        event += f". Not added: {', '.join(let_in)}"
    return event


def split(scene: CommandContext, argument: str) -> list[Effect]:
    """Open a ticket of its own for the newest words of the requester's side, with their files.

    They stay in this one's history, too. Whoever wrote them is the new ticket's requester.
    """
    last, ticket = scene.looked.last, scene.ticket
    if last is None:
        raise Refused(said("there is no email of the requester in this ticket to split off"))
    requester = Address(last.author, last.author_name)
    effects: list[Effect] = [SplitOff(ticket.id, last.id, requester, argument or ticket.subject)]
    effects += [
        AddEntry(None, EntryKind.EVENT, DESK, f"split off from #{ticket.id} by {scene.by}"),
        _event(ticket.id, f"the email of {last.at:%Y-%m-%d %H:%M} UTC was split off by {scene.by}"),
    ]
    agents = [scene.agent] if scene.agent else list(scene.team)
    key = f"notice:split:{scene.key}"
    notice = Mail(
        MailKind.NOTICE,
        None,
        requester,
        key,
        author=requester,
        text=last.text,
        whole=last.full_text,
        event=SPLIT,
        by=scene.by,
        with_files=True,
    )
    return [*effects, *to_each(agents, notice)]


def link(scene: CommandContext, argument: str) -> list[Effect]:
    """Write down in both tickets that they belong together; nothing else changes."""
    ticket, other = scene.ticket, _other(scene, argument)
    return [
        LinkTickets(ticket.id, other.id),
        _event(ticket.id, f"linked with #{other.id} by {scene.by}"),
        _event(other.id, f"linked with #{ticket.id} by {scene.by}"),
    ]


def _other(scene: CommandContext, argument: str) -> Ticket:
    """Return the ticket that is named, or the one it went into. Raises Refused for none and for this one."""
    named = int(argument.split()[0])
    if named not in scene.looked.tickets:
        raise Refused(said("there is no ticket #{number}", number=named))
    other = scene.looked.ends.get(named, scene.looked.tickets[named])
    if other.id == scene.ticket.id:
        if named == other.id:
            raise Refused(said("#{number} is this ticket", number=other.id))
        raise Refused(
            said("#{number} is this ticket (#{named} was merged into it)", number=other.id, named=named)
        )
    return other


def _event(ticket: int, text: str) -> Effect:
    return AddEntry(ticket, EntryKind.EVENT, DESK, text)
