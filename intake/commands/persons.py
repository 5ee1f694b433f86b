"""`intake person …`: what the desk knows of a person by their address, and notes about them."""

import click

from intake import terminal
from intake.commands.common import Invocation, acting_as, as_json, needs_desk, not_found, now
from intake.commands.ticket.from_table import act
from intake.commands.who import by_hand
from intake.desk.persons import MAX_NOTE, MAX_NOTES, AddPersonNote, DropPersonNote, Person


@needs_desk
@click.group()
def person() -> None:
    """Show a person, and keep notes about them."""


@person.command()
@click.argument("address")
@as_json
@click.pass_obj
def show(ctx: Invocation, address: str, json_: bool) -> None:
    """Show what is known of a person: tickets, scores, notes."""
    from intake.desk.commands.persons import card

    known = _known(ctx, address)
    if json_:
        terminal.say_json(known)
    else:
        terminal.say(card(known))


@person.command()
@click.argument("address")
@click.argument("text")
@acting_as
@click.pass_obj
def note(ctx: Invocation, address: str, text: str, as_: str) -> None:
    """Add a note about a person, for agents only."""
    known, said = _known(ctx, address), terminal.line(text).strip()
    if not said or len(said) > MAX_NOTE:
        raise click.UsageError(f"A note about a person has 1 to {MAX_NOTE} characters.")
    if len(known.notes) >= MAX_NOTES:
        raise click.UsageError(f"There are {MAX_NOTES} notes about this person: remove one first.")
    agent = ctx.agent(as_).id if as_ else None
    _act(ctx, as_, AddPersonNote(known.address, ctx.actor(as_), said, agent), "note")
    terminal.say("The note is kept.")


@person.command()
@click.argument("address")
@click.argument("number", type=int)
@acting_as
@click.pass_obj
def forget(ctx: Invocation, address: str, number: int, as_: str) -> None:
    """Erase a note about a person."""
    known = _known(ctx, address)
    if number not in {kept.id for kept in known.notes}:
        not_found(f"There is no note {number} about them.", "`intake person show` lists the notes.")
    _act(ctx, as_, DropPersonNote(known.address, number), "forget")
    terminal.say("The note is removed.")


def _known(ctx: Invocation, address: str) -> Person:
    from intake.desk.commands import grammar

    try:
        return ctx.desk().store.lookups.person(grammar.address(address), now())
    except grammar.Refused as err:
        raise click.UsageError(f"{str(err).capitalize()}.") from err


def _act(ctx: Invocation, as_: str, effect: AddPersonNote | DropPersonNote, action: str) -> None:
    from intake.desk.effects import Record

    # Neither the text nor whom it is about stands in the audit, which outlives an erasure.
    act(ctx, [effect, Record(ctx.actor(as_), by_hand(), f"#person {action} (a text)")])
