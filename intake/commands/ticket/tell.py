"""`intake ticket language` and `intake ticket wait`: set the language, wait for the requester."""

import uuid

import click

from intake import terminal
from intake.commands.common import Invocation, acting_as, not_found
from intake.commands.who import by_hand
from intake.desk.effects import Record
from intake.ports import UserError


@click.command("language")
@click.argument("number", type=int)
@click.argument("tag")
@acting_as
@click.pass_obj
def language(ctx: Invocation, number: int, tag: str, as_: str) -> None:
    """Set the language of a ticket.

    It applies to its emails and pages, and to the requester's next tickets.

    TAG is a language such as de, zh-Hans or zh-TW.
    """
    from intake.desk.lifecycle import speak
    from intake.desk.text.language import nearest

    ticket = ctx.desk().store.tickets.get(number)
    if ticket is None:
        not_found(f"There is no ticket {number}.", "`intake ticket list --status all` shows them.")
    ours = nearest(tag, ctx.desk().policy.languages)
    if not ours:
        known = ", ".join(ctx.desk().policy.languages)
        raise UserError(f"No templates for {tag!r}. Available: {known}.")
    effects = speak(ticket, ours, ctx.actor(as_))
    if not effects:
        terminal.say(f"Ticket {number} is in {ours} already.")
        return
    effects.append(Record(ctx.actor(as_), by_hand(), f"#language {ours}", number))
    ctx.desk().service.act(effects)
    terminal.say(
        f"Ticket {number} is now in {ours}, and so are the next tickets of {ticket.requester.mailbox}."
    )


@click.command("wait")
@click.argument("numbers", type=int, nargs=-1, required=True)
@acting_as
@click.pass_obj
def wait(ctx: Invocation, numbers: tuple[int, ...], as_: str) -> None:
    """Set to waiting and tell the requester by email.

    The ticket is pending until they answer.
    """
    from intake.desk import lifecycle

    who = ctx.actor(as_)
    for number in numbers:
        ticket = ctx.desk().store.tickets.get(number)
        if ticket is None:
            not_found(f"There is no ticket {number}.", "`intake ticket list --status all` shows them.")
        effects = lifecycle.wait(ticket, who, uuid.uuid4().hex)
        if not effects:
            raise UserError(f"Ticket {number} is closed. `intake ticket reopen {number}` opens it.")
        effects.append(Record(who, by_hand(), "wait", number))
        mails = ctx.desk().service.act(effects).outbox_ids
        terminal.say(f"Ticket {number} is pending; its requester was {'' if mails else 'not '}notified.")
