"""`intake ticket search|todo|next|new`: what agents can ask the command address, for admins."""

import uuid
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from intake import terminal
from intake.commands.common import Invocation, acting_as, as_json, not_found, now, text_of
from intake.commands.reads import count_reading
from intake.commands.ticket.attach import attach, attached
from intake.commands.ticket.from_table import act, outgoing
from intake.commands.ticket.promises import viewers_zone
from intake.commands.ticket.show import show
from intake.commands.who import by_hand
from intake.desk.lookup import DUE, MINE, NEXT, OVERDUE, SEARCH, SNOOZED, TEAM, TODO
from intake.desk.reading import Reading
from intake.terminal import Column

if TYPE_CHECKING:
    from intake.desk.lookup import TicketLine

COLUMNS = (
    Column("No.", right=True),
    Column("Status"),
    Column("Priority"),
    Column("Subject", gives_way=True),
    Column("Requester", gives_way=True, spare=True),
    Column("Assignee", gives_way=True, spare=True),
)


@click.command()
@click.argument("words", nargs=-1, required=True)
@as_json
@click.pass_obj
def search(ctx: Invocation, words: tuple[str, ...], json_: bool) -> None:
    """Find tickets containing all WORDS.

    Searches the subject, the requester and the texts.
    """
    count_reading(ctx, Reading.SEARCH)
    _show(ctx.desk().store.lookups.tickets_for(f"{SEARCH}{' '.join(words)}", None, now()), ctx, json_)


@click.command()
@click.argument("which", type=click.Choice([MINE, TEAM, TODO, DUE, OVERDUE, SNOOZED]), default=MINE)
@acting_as
@as_json
@click.pass_obj
def todo(ctx: Invocation, which: str, as_: str, json_: bool) -> None:
    """List the tickets of an agent or their teams.

    WHICH are theirs, their teams', what waits for them, what is due or overdue, or what is snoozed.
    Sorted by due date, snoozed ones by when they wake.
    """
    agent = ctx.agent(as_) if as_ or which == MINE else None
    _show(ctx.desk().store.lookups.tickets_for(which, agent, now()), ctx, json_)


@click.command("next")
@acting_as
@as_json
@click.pass_context
def next_(ctx: click.Context, as_: str, json_: bool) -> None:
    """Show the ticket that an agent should work on next."""
    invocation = ctx.find_object(Invocation)
    assert invocation is not None
    agent = invocation.agent(as_)
    rows = invocation.desk().store.lookups.tickets_for(NEXT, agent, now())
    if not rows:
        terminal.say("No tickets waiting.")
        return
    ctx.invoke(show, number=rows[0].id, full=False, json_=json_)


@click.command()
@click.argument("address")
@click.argument("file", required=False)
@click.option("--text", help="Text of the email, instead of FILE or standard input.")
@click.option("--subject", required=True, help="Subject of the ticket.")
@click.option("--mailbox", default="", help="Mailbox to send from. Default: the first.")
@attach
@acting_as
@click.pass_obj
def new(
    ctx: Invocation,
    address: str,
    file: str | None,
    text: str | None,
    subject: str,
    mailbox: str,
    files: tuple[Path, ...],
    as_: str,
) -> None:
    """Open a ticket by writing to a customer.

    ADDRESS becomes its requester, and the text is its first email.
    """
    from intake.desk import lifecycle
    from intake.desk.commands import grammar
    from intake.desk.commands.participants import first_mail
    from intake.desk.effects import Record
    from intake.desk.message import Address
    from intake.desk.rule_context import own_address
    from intake.desk.text.language import detect, language_for
    from intake.desk.ticket import no_ticket

    agent, desk = ctx.agent(as_), ctx.desk()
    try:
        who = Address(grammar.address(address))
    except grammar.Refused as err:
        raise click.UsageError(f"{str(err).capitalize()}.") from err
    if own_address(who.key, desk.policy):
        raise click.UsageError("That is an address of this desk.")
    if mailbox and mailbox not in desk.policy.mailboxes:
        not_found(f"There is no mailbox {mailbox}.", "`intake mailbox list` shows them.")
    box, written = desk.policy.mailbox(mailbox), outgoing(text_of(text, file))
    fallbacks = (box.language, desk.policy.language)
    language = language_for(detect(written), "", "", fallbacks, desk.policy.languages)
    draft = replace(
        no_ticket(now(), box.name, language, "command line"),
        subject=terminal.line(subject),
        requester=who,
        team=box.team,
    )
    key, with_it = f"cli:{uuid.uuid4().hex}", attached(files)
    effects = first_mail(draft, agent, lifecycle.reply(draft, agent, written, key, desk.policy, with_it), key)
    effects.append(Record(agent.name, by_hand(), f"#new {who.mailbox}"))
    applied = act(ctx, effects)
    terminal.say(f"Ticket #{applied.ticket_id} is open; the email to {who.mailbox} is on its way.")


def _show(rows: "Sequence[TicketLine]", ctx: Invocation, json_: bool) -> None:
    if json_:
        terminal.say_json(rows)
    elif not rows:
        terminal.say("No tickets.")
    else:
        zone = viewers_zone(ctx.settings().desk.timezone)
        terminal.table(
            (*COLUMNS, Column(f"Due ({zone})", right=True)),
            [
                (
                    str(row.id),
                    row.status,
                    row.priority,
                    row.subject or "(no subject)",
                    row.requester,
                    row.assignee or "-",
                    terminal.clock(row.due, zone) if row.due else "-",
                )
                for row in rows
            ],
        )
