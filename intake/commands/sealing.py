"""`intake secret key`, `reveal`, `open` and `destroy`: sealing to an offline key, and opening again."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from intake import terminal
from intake.commands.common import Invocation, acting_as, as_json, not_found, now
from intake.commands.permits import NEEDS_CODE, actor
from intake.commands.who import by_hand, login
from intake.desk.mails import alerts
from intake.desk.sensitive.opening import PATIENCE, Request, refusal, same_person
from intake.desk.text.counting import counted
from intake.desk.text.said import said
from intake.ports import UserError
from intake.ports.sealed import Sealed

if TYPE_CHECKING:
    from intake.desk.ticket import Agent
    from intake.sealed.opening import Opened
    from intake.views import FindRow

# So many colleagues are asked by mail, as for an answer that the guard holds.
MOST_ASKED = 5


@click.group()
def key() -> None:
    """Manage the key that messages with secrets are sealed for."""


@key.command()
@click.argument("file", type=click.Path(path_type=Path), required=False)
@click.option("--recipient", default="", metavar="AGE1...", help="Use a key that was made elsewhere.")
@click.pass_obj
def create(ctx: Invocation, file: Path | None, recipient: str) -> None:
    """Create the key that messages with secrets are sealed for.

    Its private half goes into FILE, which the desk never reads: move it off this machine, and keep a second
    copy. With --recipient the key was made elsewhere (`age-keygen`), and there is no FILE.
    """
    if _sealed(ctx).recipient():
        raise UserError("There is a key already. `intake secret key rotate` puts another in its place.")
    _seal_for(ctx, file, recipient)


@key.command()
@click.argument("file", type=click.Path(path_type=Path), required=False)
@click.option("--recipient", default="", metavar="AGE1...", help="Use a key that was made elsewhere.")
@click.pass_obj
def rotate(ctx: Invocation, file: Path | None, recipient: str) -> None:
    """Set another key in place of the one in use. What was sealed is opened by the old one only."""
    if not _sealed(ctx).recipient():
        raise UserError("There is no key yet. `intake secret key create FILE` creates one.")
    _seal_for(ctx, file, recipient)


@key.command("list")
@as_json
@click.pass_obj
def list_(ctx: Invocation, json_: bool) -> None:
    """List the keys for which something is sealed, and the one in use."""
    sealed = _sealed(ctx)
    used, counts = sealed.recipient(), dict(sealed.recipients())
    rows = [
        (name, name == used, counts.get(name, 0)) for name in sorted({*counts, *([used] if used else [])})
    ]
    if json_:
        terminal.say_json([{"recipient": name, "in_use": use, "copies": count} for name, use, count in rows])
        return
    for name, use, count in rows:
        terminal.say(f"{name}{' (in use)' if use else ''}: {counted(count, 'sealed original')}")
    if not rows:
        terminal.say("There is no key: secrets are hidden, and not sealed.")


@click.command()
@click.argument("number", metavar="ID", type=int)
@click.option("--reason", default="", metavar="TEXT", help="Ask to open it, and say why.")
@click.option("--agree", is_flag=True, help="Agree, as the second person, to what a colleague asked.")
@click.option("--code", default="", help="Six digits of the second factor of --as AGENT.")
@acting_as
@click.pass_obj
def reveal(ctx: Invocation, number: int, reason: str, agree: bool, code: str, as_: str) -> None:
    """Ask to open a sealed secret, or agree to it as the second person.

    What is certain to be a secret is opened by two persons: another one agrees within a day. Where there is
    nobody else, it can be opened after that day. Once an agent has a second factor, both give a --code.
    Colleagues and the admin get an email.
    """
    row, who = _sealed_find(ctx, number), ctx.actor(as_)
    if agree == bool(reason.strip()):
        raise click.UsageError("Give --reason TEXT to ask, or --agree to what a colleague asked.")
    # Both show a factor: else who has one could ask in the name of somebody who has none, and agree to it.
    if _holders(ctx) and not actor(ctx, as_, code).proven:
        raise UserError(NEEDS_CODE)
    if agree:
        _agree(ctx, row, who)
        return
    request = Request(who, login(), reason.strip(), now())
    others = _others(ctx, request)
    _sealed(ctx).ask(number, request)
    ctx.record(who, f"asked to open sealed find {number} of ticket #{row.ticket}: {request.reason}")
    _tell(ctx, row, request, others)
    terminal.say(f"Asked to open find {number} of ticket #{row.ticket}.")
    why = refusal(row.confidence == "certain", request, not others, now())
    terminal.say(f"Not yet: {why}." if why else f"`intake secret open {number} --identity FILE` opens it.")


def _agree(ctx: Invocation, row: "FindRow", who: str) -> None:
    sealed, moment = _sealed(ctx), now()
    request = sealed.request(row.id)
    if request is None or request.agreed or moment - request.asked_at >= PATIENCE:
        not_found(f"Nobody asked within the last day to open find {row.id}.", "Ask with --reason TEXT.")
    if same_person(request, who):
        raise UserError(
            f"{request.who} asked for it. Another person must agree (--as AGENT, or another login)."
        )
    if not sealed.agree(row.id, who, moment):
        raise UserError("Somebody else agreed just now. `intake secret open` opens it.")
    ctx.record(who, f"agreed to open sealed find {row.id} of ticket #{row.ticket}, asked by {request.who}")
    terminal.say(f"Agreed. {request.who} can open find {row.id} within 24 hours: `intake secret open`.")


@click.command("open")
@click.argument("number", metavar="ID", type=int)
@click.option(
    "--identity", required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="FILE",
    help="The private half of the key.",
)  # fmt: skip
@click.option(
    "--to", type=click.Path(path_type=Path), metavar="FILE", help="Write what came into a new file instead."
)
@acting_as
@click.pass_obj
def open_(ctx: Invocation, number: int, identity: Path, to: Path | None, as_: str) -> None:
    """Open a sealed secret with the offline key.

    Shows it on this terminal. What is certain to be a secret must have been asked for (`intake secret
    reveal`) and agreed to. With --to the whole email, or the text or file, is written into a new file.
    """
    from intake.sealed.opening import opened

    row, who, moment = _sealed_find(ctx, number), ctx.actor(as_), now()
    if to is None and not sys.stdout.isatty():
        raise UserError("A secret is shown on a terminal only. Write what came into a file with --to FILE.")
    request = _sealed(ctx).request(number)
    alone = request is not None and not _others(ctx, request)
    why = refusal(row.confidence == "certain", request, alone, moment)
    if why:
        raise UserError(f"Find {number} stays sealed: {why}. See `intake secret reveal --help`.")
    made = opened(ctx.desk(), number, _text_of(identity))
    # Before it is seen: an act that is not written down does not happen.
    ctx.record(who, f"opened sealed find {number} ({row.kind}) of ticket #{row.ticket}")
    if to is not None:
        _write(to, made.content)
        terminal.say(f"Wrote what came to {to}; only you can read it. Delete it when you are done.")
        return
    _show(made)


@click.command()
@click.argument("number", metavar="ID", type=int)
@click.option("--yes", is_flag=True, help="Do not ask.")
@acting_as
@click.pass_obj
def destroy(ctx: Invocation, number: int, yes: bool, as_: str) -> None:
    """Permanently destroy what is sealed of a secret."""
    row, who = _sealed_find(ctx, number), ctx.actor(as_)
    if not yes:
        click.confirm(
            f"Destroy what is sealed of find {number} in ticket #{row.ticket} for good?", abort=True
        )
    gone = _sealed(ctx).destroy(number, who, by_hand(), now())
    terminal.say(f"Destroyed {counted(gone, 'sealed original')} of find {number}.")


def _show(made: "Opened") -> None:
    if made.value:
        terminal.say_secret(made.value)
    else:
        terminal.say("It stands in a file or a picture. Write the whole with --to FILE.")


def _seal_for(ctx: Invocation, file: Path | None, recipient: str) -> None:
    from intake.sealed import age

    if bool(recipient) == (file is not None):
        raise click.UsageError("Give a FILE for the private half, or --recipient of a key made elsewhere.")
    public = age.recipient_of(recipient) if recipient else _made(ctx, file)
    _sealed(ctx).seal_for(public, login(), by_hand(), now())
    terminal.say(f"Messages with secrets are sealed for {public} from now on, old ones too.")
    if file is not None:
        terminal.say(
            f"Its private half is in {file}. Move it off this machine and keep two copies: without it nobody "
            "opens what is sealed; with it and this desk's data anybody does."
        )


def _made(ctx: Invocation, file: Path | None) -> str:
    from intake.folders import inside
    from intake.sealed import age

    assert file is not None
    if inside(file.resolve().parent, ctx.settings().desk.data):
        raise UserError(f"{file} lies in the data folder, which backups hold. Name a file outside of it.")
    public, private = age.new_key()
    _write(file, f"# created: {now().isoformat()}\n# public key: {public}\n{private}\n".encode())
    return public


def _write(file: Path, content: bytes) -> None:
    from intake.folders import durable_file

    if file.exists():
        raise UserError(f"{file} already exists. Name a new file.")
    try:
        with durable_file(file, replace=False) as writer:
            writer.write(content)
    except OSError as err:
        raise UserError(f"{file} cannot be written: {err.strerror}.") from err


def _text_of(identity: Path) -> str:
    try:
        return identity.read_text(encoding="utf-8", errors="replace")
    except OSError as err:
        raise UserError(f"{identity} cannot be read: {err.strerror}.") from err


def _sealed(ctx: Invocation) -> Sealed:
    return ctx.desk().database.sealed


def _sealed_find(ctx: Invocation, number: int) -> "FindRow":
    row = ctx.desk().store.finds.get(number)
    if row is None:
        not_found(f"There is no find {number}.", "`intake secret list` shows them.")
    if row.state != "sealed":
        not_found(
            f"Find {number} is {row.state}.", "`intake secret list --state sealed` shows what is sealed."
        )
    return row


def _others(ctx: Invocation, request: Request) -> "list[Agent]":
    """Return the enabled agents who are not the one who asks: one of them can agree.

    Once an agent has a second factor, only who has one can.
    """
    agents, holders = ctx.desk().store.agents.enabled(), _holders(ctx)
    able = [agent for agent in agents if not holders or agent.id in holders]
    return [agent for agent in able if not same_person(request, agent.name)]


def _holders(ctx: Invocation) -> frozenset[int]:
    """Return the enabled agents who have a second factor."""
    return frozenset(ctx.desk().database.factors.holders())


def _tell(ctx: Invocation, row: "FindRow", request: Request, others: "list[Agent]") -> None:
    """Tell colleagues, and the admin, that somebody wants to open a secret."""
    desk = ctx.desk()
    text = said(
        "{who} asks to open a sealed secret in ticket {ticket}. Reason: {reason}. To agree: {command}",
        who=request.who,
        ticket=row.ticket,
        reason=request.reason,
        command=f"intake secret reveal {row.id} --agree",
    )
    mark = f"reveal:{row.id}:{request.asked_at.isoformat()}"
    desk.service.act(alerts(row.ticket, others[:MOST_ASKED], text, mark))
    desk.service.wake(desk.service.tells.once(mark, text, request.asked_at))
