"""`intake guard …`: what answers of agents are looked through for, and what may go out unasked."""

import re
from pathlib import Path
from typing import TYPE_CHECKING

import click

from intake import terminal
from intake.commands.common import Invocation, acting_as, as_json, needs_no_desk, not_found, now
from intake.terminal import Column

if TYPE_CHECKING:
    from intake.desk.guard.verdict import Known, Words

KINDS = ("links", "channels", "addresses", "asks", "files")
COLUMNS = (Column("Check"), Column("Needs"), Column("Why", gives_way=True))
LISTED = (Column("What"), Column("Value", gives_way=True))
# What a mail begins with, where a text does not.
_FIELD = re.compile(rb"[A-Za-z][A-Za-z-]{1,40}:[ \t]")


@needs_no_desk
@click.group()
def guard() -> None:
    """List, test and approve what agents' replies are checked for."""


@guard.command("test")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--ticket", "number", type=int, help="Ticket whose customers' words count as known.")
@as_json
@click.pass_obj
def test_(ctx: Invocation, file: Path, number: int | None, json_: bool) -> None:
    """Test a reply, a text or an email (.eml), without sending it.

    No link in it is followed. Exit code 1: it would not leave without a confirmation.
    """
    from intake.desk.guard.own import own_hosts
    from intake.desk.guard.verdict import judge

    desk = ctx.desk()
    verdict = judge(_words(file), _known(ctx, number), own_hosts(desk.policy))
    rows = [{"check": each.name, "needs": each.need.word, "why": str(each.why)} for each in verdict.findings]
    if json_:
        terminal.say_json({"needs": verdict.need.word, "findings": rows})
    elif not rows:
        terminal.say("It would leave: nothing in it needs a confirmation.")
    else:
        terminal.table(COLUMNS, [(row["check"], row["needs"], terminal.line(row["why"])) for row in rows])
    click.get_current_context().exit(1 if rows else 0)


@guard.command()
@click.argument("name")
@acting_as
@as_json
@click.pass_obj
def approve(ctx: Invocation, name: str, as_: str, json_: bool) -> None:
    """Approve a canned response, so that it is sent unasked.

    All its languages are released. It is known by its text: a changed one is checked
    again, until it is approved.
    """
    from intake.desk.canned_texts import ApprovedText, digest, merged

    desk, who, moment = ctx.desk(), ctx.actor(as_), now()
    texts = merged(desk.policy.canned, desk.store.lookups.canned()).get(name.strip().casefold())
    if not texts:
        not_found(f"There is no canned response {name}.", "`intake canned list` shows them.")
    approved = [
        ApprovedText(digest(text), name.strip().casefold(), text, who, moment) for text in texts.values()
    ]
    desk.store.upkeep.approve(approved)
    digests = sorted(text.digest for text in approved)
    ctx.record(who, f"approved canned response {name}: {', '.join(each[:12] for each in digests)}")
    if json_:
        terminal.say_json({"name": name.strip().casefold(), "digests": digests})
        return
    terminal.say(f"{name} is approved in {len(approved)} languages; it goes out without a question.")


@guard.command("list")
@as_json
@click.pass_obj
def list_(ctx: Invocation, json_: bool) -> None:
    """List the checks, the hosts that are known, and approved texts."""
    from intake.desk.guard.own import own_hosts

    desk = ctx.desk()
    policy = own_hosts(desk.policy)
    modes = {kind: str(getattr(policy, kind)) for kind in KINDS}
    approved = desk.store.lookups.approved()
    lists = {
        "own hosts": sorted(policy.own),
        "known hosts": sorted(policy.hosts - policy.own),
        "known addresses": sorted(policy.wallets),
        "known files": sorted(policy.digests),
    }
    if json_:
        texts = [
            {"name": text.name, "digest": text.digest, "by": text.made_by, "at": text.made_at}
            for text in approved
        ]
        terminal.say_json(
            {
                "checks": modes,
                **{key.replace(" ", "_"): each for key, each in lists.items()},
                "approved": texts,
            }
        )
        return
    rows = [*modes.items(), *((key, each) for key, values in lists.items() for each in values)]
    rows += [("approved", f"{text.name} ({text.digest[:12]}, by {text.made_by})") for text in approved]
    terminal.table(LISTED, [(name, terminal.line(value)) for name, value in rows])


def _words(file: Path) -> "Words":
    from intake.desk.guard.verdict import Words
    from intake.mail.parse import parse

    raw = file.read_bytes()
    if file.suffix.lower() != ".eml" and not _FIELD.match(raw):
        return Words(raw.decode("utf-8", "replace"))
    message = parse(raw)
    return Words(message.new_text, message.html, message.attachments)


def _known(ctx: Invocation, number: int | None) -> "Known":
    from intake.desk.guard.verdict import Known
    from intake.desk.ticket import EntryKind

    store = ctx.desk().store
    approved = tuple(text.text for text in store.lookups.approved())
    if number is None:
        return Known(approved=approved)
    ticket = store.tickets.get(number)
    if ticket is None:
        not_found(f"There is no ticket {number}.", "`intake ticket list --status all` shows them.")
    theirs = (entry for entry in store.tickets.entries(number) if entry.kind == EntryKind.CUSTOMER.value)
    heard = tuple(text for entry in theirs for text in (entry.text, entry.full_text))
    people = frozenset({ticket.requester.key, *(person.lower() for person in ticket.participants)})
    return Known(heard, approved, people)
