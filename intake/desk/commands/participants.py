"""Commands about people: the participants of a ticket, and opening one by writing first."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from intake.desk.commands import grammar
from intake.desk.commands.grammar import CommandContext, Refused
from intake.desk.effects import (
    AddEntry,
    AddParticipant,
    Effect,
    Mail,
    MailKind,
    OpenTicket,
    RemoveParticipant,
)
from intake.desk.message import Address
from intake.desk.rule_context import own_address
from intake.desk.text.argument_words import native
from intake.desk.text.said import said
from intake.desk.ticket import DESK, Agent, EntryKind, Ticket

ADD, REMOVE = "add", "remove"
_HOW = {
    **native(ADD, REMOVE),
    **dict.fromkeys(("add", "加", "添加", "加入", "新增", "+"), ADD),
    **dict.fromkeys(("remove", "delete", "del", "删", "删除", "刪除", "移除", "去掉", "-"), REMOVE),
}
# At most this many besides the requester: a ticket is not a mailing list.
MAX_PARTICIPANTS = 20


def read_cc(text: str) -> str:
    """Read `add ADDRESS` or `remove ADDRESS`; an address alone is added."""
    first, _, rest = text.partition(" ")
    how = _HOW.get(first.casefold())
    return f"{how} {grammar.address(rest)}" if how else f"{ADD} {grammar.address(text)}"


def cc(scene: CommandContext, argument: str) -> list[Effect]:
    """Add a participant to the ticket, or remove one."""
    how, _, address = argument.partition(" ")
    who, ticket = Address(address), scene.ticket
    there = {participant.lower() for participant in ticket.participants}
    if how == REMOVE:
        if who.key not in there:
            raise Refused(said("{address} is not a participant of this ticket", address=address))
        return [RemoveParticipant(ticket.id, who), _event(ticket, f"{address} removed by {scene.by}")]
    if own(who, scene):
        raise Refused(said("{address} is an address of this desk", address=address))
    if who.key == ticket.requester.key:
        raise Refused(said("{address} is the requester and already gets every reply", address=address))
    if who.key not in there and len(there) >= MAX_PARTICIPANTS:
        raise Refused(
            said("a ticket has at most {count} participants besides its requester", count=MAX_PARTICIPANTS)
        )
    return [AddParticipant(ticket.id, who), _event(ticket, f"{address} added by {scene.by}")]


def own(who: Address, scene: CommandContext) -> bool:
    """Whether an address is the desk's, with or without a token after a plus."""
    return own_address(who.key, scene.policy)


def first_mail(draft: Ticket, agent: Agent, sent: Sequence[Effect], key: str) -> list[Effect]:
    """Return the effects of opening a ticket with an email of ours; `sent` are its effects on `draft`.

    The agent gets an email about the new ticket, to reply to.
    """

    def moved(effect: Any) -> Any:
        return replace(effect, ticket=None) if getattr(effect, "ticket", None) == draft.id else effect

    who = draft.requester.mailbox
    return [
        OpenTicket(draft.subject, draft.requester, draft.language, draft.mailbox, draft.team, draft.channel),
        AddEntry(None, EntryKind.EVENT, DESK, f"opened for {who} by {agent.name}"),
        *(moved(effect) for effect in sent),
        Mail(
            MailKind.ANSWER,
            None,
            agent.as_address,
            f"answer:new:{key}",
            agent=agent,
            text=said(
                "The ticket is open, and your text goes to {address}. Reply to this email to write again.",
                address=who,
            ),
            event="new",
        ),
    ]


def _event(ticket: Ticket, text: str) -> Effect:
    return AddEntry(ticket.id, EntryKind.EVENT, DESK, text)
