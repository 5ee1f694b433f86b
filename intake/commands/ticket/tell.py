"""`intake ticket language` and `intake ticket wait`: how a requester is spoken to, and when he is asked."""

import uuid

import click

from intake import terminal
from intake.commands.common import Invocation, acting_as, not_found
from intake.commands.ticket.from_table import AUTHORITY
from intake.desk.effects import Record
from intake.ports import UserError


@click.command("language")
@click.argument("number", type=int)
@click.argument("tag")
@acting_as
@click.pass_obj
def language(given: Invocation, number: int, tag: str, as_: str) -> None:
    """Correct the language of a ticket.

    That of its mails and pages, and of its requester's next ones.

    TAG is a language such as de, zh-Hans or zh-TW.
    """
    from intake.desk.lifecycle import speak
    from intake.desk.text.language import nearest

    found = given.desk().store.tickets.get(number)
    if found is None:
        not_found(f"There is no ticket {number}.", "`intake ticket list --status all` shows them.")
    ours = nearest(tag, given.desk().policy.languages)
    if not ours:
        known = ", ".join(given.desk().policy.languages)
        raise UserError(f"No mail is written in {tag!r}. There is: {known}.")
    effects = speak(found, ours, given.actor(as_))
    if not effects:
        terminal.say(f"Ticket {number} is in {ours} already.")
        return
    effects.append(Record(given.actor(as_), AUTHORITY, f"#language {ours}", number))
    given.desk().service.act(effects)
    terminal.say(f"Ticket {number} is in {ours} now, and so are the next ones of {found.requester.mailbox}.")


@click.command("wait")
@click.argument("numbers", type=int, nargs=-1, required=True)
@acting_as
@click.pass_obj
def wait(given: Invocation, numbers: tuple[int, ...], as_: str) -> None:
    """Wait for the requester, and tell him so by mail.

    The ticket is pending until he answers.
    """
    from intake.desk import lifecycle

    who = given.actor(as_)
    for number in numbers:
        found = given.desk().store.tickets.get(number)
        if found is None:
            not_found(f"There is no ticket {number}.", "`intake ticket list --status all` shows them.")
        effects = lifecycle.wait(found, who, uuid.uuid4().hex)
        if not effects:
            raise UserError(f"Ticket {number} is closed. `intake ticket reopen {number}` opens it.")
        effects.append(Record(who, AUTHORITY, "wait", number))
        told = given.desk().service.act(effects).outbox_ids
        terminal.say(f"Ticket {number} is pending, and its requester {'was' if told else 'is not'} told.")
