"""`intake ingest`: import mail from files or a mail server's pipe."""

import logging
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from intake import terminal
from intake.channels.registry import Mode, channel_mode
from intake.commands.common import (
    EX_CONFIG,
    EX_DATAERR,
    EX_NOINPUT,
    EX_TEMPFAIL,
    EX_USAGE,
    Invocation,
    as_json,
    needs_no_desk,
)
from intake.ports import Arrival, Temporary, UserError
from intake.runtime import logs

if TYPE_CHECKING:
    from intake.desk.effects import Effect
    from intake.desk.message import Envelope, Message

log = logging.getLogger("intake.ingest")


class _Piped(click.Command):
    """A command that speaks sysexits, for a mail server reads its exit code."""

    def make_context(self, *args: Any, **kwargs: Any) -> click.Context:
        """Parse the arguments; wrong ones end with EX_USAGE."""
        try:
            return super().make_context(*args, **kwargs)
        except click.UsageError as err:
            err.exit_code = EX_USAGE  # type: ignore[misc]  # click reads it from the instance
            raise


class _Unreadable(Exception):
    """An input cannot be taken: (exit code, why)."""


@needs_no_desk
@click.command(cls=_Piped)
@click.argument("files", metavar="FILE...", nargs=-1, required=True)
@click.option("--mailbox", default="", help="Mailbox to treat it as. Default: the first of type ingest.")
@click.option("--sender", default=None, help="Envelope sender; '' for the empty one of auto-replies.")
@click.option("--recipient", "recipients", multiple=True, help="Envelope recipient; may be repeated.")
@click.option("--dry-run", is_flag=True, help="Store nothing; show how it is read and the decision.")
@as_json
@click.pass_context
def ingest(
    ctx: click.Context,
    files: tuple[str, ...],
    mailbox: str,
    sender: str | None,
    recipients: tuple[str, ...],
    dry_run: bool,
    json_: bool,
) -> None:
    """Import emails from files, one per FILE; - is standard input.

    Exit codes for mail servers (sysexits): 0 stored, 75 try again later, 66 no input,
    65 too large, 64 wrong usage, 78 config. A bad FILE does not stop the others.
    """
    invocation: Invocation = ctx.obj
    try:
        settings = invocation.settings()
        envelope = _envelope(invocation, mailbox, sender, recipients)
    except UserError as err:
        terminal.warn(str(err))
        ctx.exit(EX_CONFIG)
    codes: list[int] = []
    results: list[dict[str, Any]] = []
    for file in files:
        try:
            raw = _read(file, settings.desk.max_message_mb)
            results.append(
                _examine(invocation, file, raw, envelope)
                if dry_run
                else _take(invocation, file, raw, envelope)
            )
        except _Unreadable as err:
            codes.append(err.args[0])
            terminal.warn(f"{file}: {err.args[1]}")
        except Exception as err:
            # It may pass; with any other code a mail server would bounce the email.
            codes.append(EX_TEMPFAIL)
            why = terminal.line(str(err)) if isinstance(err, Temporary | UserError) else logs.cause(err)
            terminal.warn(f"{file}: not stored, try again later: {why}")
        else:
            if not json_:
                _tell(results[-1], dry_run)
    if json_:
        terminal.say_json(results)
    ctx.exit(max(codes, default=0))


def _envelope(ctx: Invocation, mailbox: str, sender: str | None, recipients: tuple[str, ...]) -> "Envelope":
    from intake.desk.message import Envelope

    boxes = ctx.settings().mailboxes
    if not mailbox:
        fed = (name for name, box in boxes.items() if channel_mode(box.type) is Mode.FED)
        mailbox = next(fed, next(iter(boxes)))
    if mailbox not in boxes:
        raise UserError(f"There is no mailbox {mailbox}. The config has: {', '.join(boxes)}.")
    return Envelope("ingest", mailbox, None if sender is None else sender.strip("<>"), recipients)


def _read(file: str, limit_mb: int) -> bytes:
    limit = limit_mb * 1024 * 1024
    try:
        if file == "-":
            raw = sys.stdin.buffer.read(limit + 1)
        else:
            with Path(file).open("rb") as opened:
                raw = opened.read(limit + 1)
    except OSError as err:
        raise _Unreadable(EX_NOINPUT, f"cannot be read: {err.strerror}") from err
    if len(raw) > limit:
        raise _Unreadable(EX_DATAERR, f"is larger than {limit_mb} MB ([desk] max_message_mb); not stored")
    if not raw.strip():
        raise _Unreadable(EX_NOINPUT, "is empty")
    # A pipe from Postfix or Exim begins with the mbox line "From ", which is no header (RFC 4155).
    return raw.partition(b"\n")[2] if raw.startswith(b"From ") else raw


def _take(ctx: Invocation, file: str, raw: bytes, envelope: "Envelope") -> dict[str, Any]:
    from intake.app import tell_mistakes

    desk = ctx.desk()
    received = desk.service.receive([Arrival(raw, envelope)])[0]
    try:
        desk.service.process([received.ledger_id])
        row = desk.store.ledger.message(received.ledger_id)
    except Exception:
        # It is stored, and that is what was asked for; a running desk decides on it within seconds.
        log.exception("stored, not processed yet", extra={"ledger": received.ledger_id})
        row = None
    # A mail server that pipes mail in shows nobody what this process says.
    tell_mistakes(desk)
    return {
        "file": file,
        "message": received.ledger_id,
        "known": received.known,
        "state": row.state if row else "waiting",
        "outcome": row.outcome if row else None,
        "ticket": row.ticket if row else None,
    }


def _examine(ctx: Invocation, file: str, raw: bytes, envelope: "Envelope") -> dict[str, Any]:
    message, effects = ctx.desk().service.examine(raw, envelope)
    return {"file": file, "read": _shown(message), "effects": [_effect(effect) for effect in effects]}


def _shown(message: "Message") -> dict[str, Any]:
    read: dict[str, Any] = terminal.plain(message)
    return read


def _effect(effect: "Effect") -> dict[str, Any]:
    from intake.commands.effects_in_words import sentence

    return {"effect": type(effect).__name__, "words": sentence(effect), **terminal.plain(effect)}


def _tell(result: dict[str, Any], dry_run: bool) -> None:
    file = terminal.line(result["file"])
    if not dry_run:
        became = result["outcome"].value if result["outcome"] else result["state"]
        where = f", ticket #{result['ticket']}" if result["ticket"] else ""
        terminal.say(f"{file}: message {result['message']}, {became}{where}")
        return
    read = result["read"]
    sender = read["sender"] or {"name": "", "mailbox": "(nobody)"}
    terminal.passage(file, "")
    terminal.pairs(
        [
            ("From", f"{sender['name']} <{sender['mailbox']}>" if sender["name"] else sender["mailbox"]),
            ("Subject", read["subject"]),
            ("Message-ID", read["message_id"]),
            ("Language", read["language"]),
            ("Automatic", read["automatic"]),
            ("No auto-reply", read["suppress"]),
            ("Files", ", ".join(file["name"] for file in read["attachments"])),
            ("Defects", "; ".join(read["defects"])),
        ]
    )
    terminal.say()
    terminal.passage("New text", read["new_text"])
    terminal.passage("Decision", "\n".join(f"- {effect['words']}" for effect in result["effects"]))
