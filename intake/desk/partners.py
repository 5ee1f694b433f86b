"""Asking somebody outside a ticket, `#ask ADDRESS`: the question, and what agents hear of its answer. Pure.

The conversation with a partner stands inside the ticket and apart from the customer's: its mails carry
tokens, Message-IDs and a subject of their own, and what a partner answers is a note. Neither learns of the
other: a partner gets what the agent wrote below the command and the files of that email, nothing else.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from intake.desk import tokens
from intake.desk.commands.grammar import CommandContext, ParsedCommand, Refused
from intake.desk.effects import AddEntry, Effect, Mail, MailKind
from intake.desk.mails import alerts
from intake.desk.message import Address, Attachment, Message
from intake.desk.rule_context import is_participant, own_address
from intake.desk.text.said import joined, said
from intake.desk.ticket import Agent, EntryKind, Ticket
from intake.desk.tokens import Purpose

NAME = "ask"
# What a NOTICE that tells of an answer has as its event.
EVENT = "partner"
# What begins the dedupe keys of notices that tell of an answer, by which they are counted.
KEY = "partner:"
# The first line of a question in the history, stored in English: agents read it in their own language.
_SENT = "Sent as a question to {address}, outside this ticket:"
# An address in a subject may be the customer's, under whatever name.
_AT = r"(?:[@\uff20\ufe6b]|%40|&#0*64;|&#x0*40;|&commat;)"
# As long as a local part may be (RFC 5321 section 4.5.3.1.1), so that it takes linear time.
_LOCAL = r"(?:\"[^\"]{0,64}\"|[^\s<>()\[\],;:\"'“”@]{1,64})"
_REST = r"[^\s<>()\[\],;:\"'“”]"
# With blanks around the sign only what has a dot: "meet @ noon" is none.
_ADDRESS = re.compile(rf"{_LOCAL}(?:{_AT}{_REST}+|\s*{_AT}\s*{_REST}{{1,255}}\.{_REST}+)", re.IGNORECASE)
_HIDDEN = "…"


def of(asked: ParsedCommand) -> str:
    """Return the address that an email asks, "" where it asks nobody."""
    return next((command.argument for command in asked.commands if command.name == NAME), "")


def apart(asked: ParsedCommand) -> str:
    """Return why an email that asks somebody must not be obeyed as it is, or ""."""
    names = [command.name for command in asked.commands]
    if NAME not in names:
        return ""
    if names.count(NAME) > 1:
        return said("#ask writes to one address: send an email for each.")
    other = "#note" if asked.note else "#reply" if asked.reply else ""
    other = other or next((f"#{name}" for name in names if name in ("canned", "copy", "faq")), "")
    if other:
        return said(
            "#ask sends the text below to its address and to nobody else: use it without {command}.",
            command=other,
        )
    if not asked.text.strip():
        return said("#ask was not carried out: it needs the text of your question below it.")
    return ""


def check(scene: CommandContext, argument: str) -> list[Effect]:
    """Do nothing but refuse whom no agent may ask; `question` is what is sent."""
    who, ticket = Address(argument), scene.ticket
    if own_address(who.key, scene.policy):
        raise Refused(said("{address} is an address of this desk", address=argument))
    people = {ticket.requester.key, *(participant.lower() for participant in ticket.participants)}
    if is_participant(who, ticket) or _mailbox(who.key) in map(_mailbox, people - {""}):
        raise Refused(
            said("{address} is in this ticket; without #ask your reply goes there", address=argument)
        )
    if _mailbox(who.key) in {_mailbox(agent.address) for agent in (*scene.looked.agents, *scene.team)}:
        raise Refused(said("{address} is an agent: ask them with #note @NAME", address=argument))
    return []


def _mailbox(address: str) -> str:
    """Return the mailbox that an address leads to, as far as it tells: without what stands behind a plus."""
    local, at, domain = address.lower().rpartition("@")
    return f"{local.partition('+')[0] or local}{at}{domain}"


def question(
    key: str,
    ticket: Ticket,
    agent: Agent,
    address: str,
    text: str,
    message: Message | None = None,
    files: tuple[Attachment, ...] = (),
) -> list[Effect]:
    """Return the effects of asking somebody at `address`: a note that holds the question, and the email.

    `files` go with a question from the command line, those of `message` with one by email. `key` begins the
    dedupe key.
    """
    author = agent.as_address
    return [
        AddEntry(
            ticket.id,
            EntryKind.NOTE,
            author,
            f"{_SENT.format(address=address)}\n\n{text}",
            message.text if message else text,
            agent=agent.id,
            from_message=message is not None,
            attachments=files,
            apart=True,
        ),
        Mail(
            MailKind.PARTNER,
            ticket.id,
            Address(address),
            f"partner:{key}",
            agent=agent,
            author=author,
            text=text,
            attachments=message.attachments if message else files,
            html=message.html if message else "",
        ),
    ]


def heading(text: str) -> str:
    """Return the first line of a note, if it says that the note was sent as a question; else ""."""
    line = text.partition("\n")[0]
    before, after = _SENT.split("{address}")
    return line if line.startswith(before) and line.endswith(after) else ""


def told(
    ticket: int,
    readers: Sequence[Agent],
    partner: str,
    author: Address,
    text: str,
    key: str,
    above: str,
    doubt: str = "",
    stranger: bool = False,
    message: Message | None = None,
) -> list[Mail]:
    """Return the notices of an answer of `partner`, who was asked; what is replied to them is a note."""
    return [
        Mail(
            MailKind.NOTICE,
            ticket,
            reader.as_address,
            f"{KEY}{key}:{reader.id}",
            agent=reader,
            author=author,
            text=text,
            whole=message.text if message else "",
            attachments=message.attachments if message else (),
            event=EVENT,
            partner=partner,
            asked=True,
            above=above,
            doubt=doubt,
            stranger=stranger,
        )
        for reader in readers
    ]


def undelivered(ticket: int, agents: tuple[Agent, ...], text: str, key: str) -> list[Effect]:
    """Return the alerts that a question has not arrived; a reply to them is an internal note."""
    how = said(
        "What you reply to this email is an internal note. To ask again: #ask ADDRESS on the first line."
    )
    return [inside(effect) for effect in alerts(ticket, agents, joined([text, how], "\n\n"), key)]


def inside(effect: Effect) -> Effect:
    """Return a mail to an agent of which a reply is an internal note; any other effect as it is."""
    return replace(effect, asked=True) if isinstance(effect, Mail) else effect


def subject(text: str) -> str:
    """Return a ticket's subject as a partner reads it: without addresses, for one may be the customer's."""
    return _ADDRESS.sub(_HIDDEN, text)


def question_of(mail_from: str, message_id: str) -> tuple[int, int] | None:
    """Return the ticket and the entry of the question that a mail of ours asks, by its envelope sender or its
    Message-ID."""
    for text in (tokens.within(mail_from), tokens.carried(message_id)):
        named = tokens.claimed(text)
        if named is not None and named[0] == Purpose.PARTNER:
            return named[1:]
    return None
