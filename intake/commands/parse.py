"""`intake parse`: show how an email is read and what would be decided, for bug reports."""

import secrets
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from intake import terminal
from intake.commands.common import Invocation, as_json, needs_no_desk, now
from intake.desk.text.counting import counted
from intake.ports import Temporary, Unreadable, UserError

if TYPE_CHECKING:
    from intake.desk.effects import Effect
    from intake.desk.message import Envelope, Message

# Larger than any mail the gate lets through; a mistaken file is not read whole.
MAX_BYTES = 64 * 1024 * 1024

_SHOWN = frozenset(
    (
        "digest", "size", "fingerprint", "message_id", "in_reply_to", "references", "sender", "reply_to",
        "to", "cc", "delivered_to", "return_path", "subject", "date", "text", "html", "new_text", "language",
        "attachments", "signatures", "automatic", "suppress", "bounce", "forward", "authserv", "defects",
        "category", "fields", "pieces", "named_author", "impersonal", "via", "generated",
        "listed",
    )
)  # fmt: skip


@needs_no_desk
@click.command()
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path, allow_dash=True))
@click.option("--mailbox", default="", help="Mailbox to treat it as, if there is a config.")
@click.option("--sender", default=None, help="Envelope sender; '' for the empty one of auto-replies.")
@click.option("--recipient", "recipients", multiple=True, help="Envelope recipient; may be repeated.")
@click.option("--anonymise", is_flag=True, help="Write a copy without names, words and numbers.")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    help="File for the copy. Default: stdout.",
)
@as_json
@click.pass_obj
def parse(
    ctx: Invocation,
    file: Path,
    mailbox: str,
    sender: str | None,
    recipients: tuple[str, ...],
    anonymise: bool,
    output: Path | None,
    json_: bool,
) -> None:
    """Show how an email is read and what would be decided.

    FILE is the email; - is standard input.

    Nothing is stored or sent. --anonymise writes a copy that is safe to share and is
    read the same way.
    """
    if output is not None and not anonymise:
        raise click.UsageError("-o needs --anonymise.")
    raw = read_file(file)
    if anonymise:
        _write(raw, output)
        return
    from intake.desk.message import Envelope

    envelope = Envelope("ingest", mailbox, None if sender is None else sender.strip("<>"), recipients)
    message, effects, basis = _examined(ctx, raw, envelope)
    if json_:
        terminal.say_json(_as_json(str(file), message, effects, basis))
    else:
        _tell(str(file), message, effects, basis)


def read_file(file: Path) -> bytes:
    """Return the bytes of a mail ("-": of standard input). Raises UserError with what is wrong with it."""
    try:
        if str(file) == "-":
            raw = sys.stdin.buffer.read(MAX_BYTES + 1)
        else:
            with file.open("rb") as opened:
                raw = opened.read(MAX_BYTES + 1)
    except OSError as err:
        raise UserError(f"{file} cannot be read: {err.strerror}.") from err
    if len(raw) > MAX_BYTES:
        raise UserError(f"{file} is larger than {MAX_BYTES >> 20} MB, too large for an email.")
    if not raw.strip():
        raise UserError(f"{file} is empty.")
    return raw


def _write(raw: bytes, output: Path | None) -> None:
    from intake.mail.anonymise.copy import anonymise

    copy = anonymise(raw, secrets.token_bytes(32))
    if output is None:
        terminal.say_bytes(copy)
        return
    try:
        output.write_bytes(copy)
    except OSError as err:
        raise UserError(f"{output} cannot be written: {err.strerror}.") from err
    terminal.warn(f"Written to {output}. Read it before you share it.")


def _examined(
    ctx: Invocation, raw: bytes, envelope: "Envelope"
) -> tuple["Message | None", "list[Effect]", str]:
    """Return the message (None: it could not be read), the effects, and what was decided on."""
    from intake.config.to_policy import policy_of
    from intake.desk.policy import MailboxPolicy, Policy

    policy = Policy({"support": MailboxPolicy("support", "")})
    known = "an empty desk, because there is no config"
    try:
        _ = ctx.config
    except UserError:
        pass
    else:
        settings = ctx.settings()
        if envelope.mailbox and envelope.mailbox not in settings.mailboxes:
            raise UserError(
                f"There is no mailbox {envelope.mailbox}. The config has: {', '.join(settings.mailboxes)}."
            )
        policy = policy_of(settings)
        known = "the config and an empty desk, because there is no database yet"
        if _has_database(settings.store.url, settings.desk.data):
            try:
                message, effects = ctx.desk().service.examine(raw, envelope)
                return message, _aside(message, effects), "the config and the database"
            except Unreadable as err:
                return None, _set_aside(str(err)), "the config and the database"
            except (Temporary, UserError) as err:
                terminal.warn(f"The database cannot be used: {err}")
                known = "the config and an empty desk, because the database cannot be used"
    return *_alone(raw, envelope, policy), known


def _alone(raw: bytes, envelope: "Envelope", policy: Any) -> tuple["Message | None", "list[Effect]"]:
    from intake.desk.authorship import attributed
    from intake.desk.facts import Facts
    from intake.desk.rules.table import decide
    from intake.mail.parse import parse as read
    from intake.runtime.parse_sandbox import parser

    try:
        message = attributed(parser(read)(raw), policy, null_sender=envelope.sender == "")
    except Unreadable as err:
        return None, _set_aside(str(err))
    return message, _aside(message, decide(message, envelope, Facts(now()), policy))


def _has_database(url: str, data: Path) -> bool:
    """Whether a desk has run here: looking must not create a database or a key."""
    from intake.config.settings import KEY_FILE

    if not (data / KEY_FILE).is_file():
        return False
    return not url.startswith("sqlite:///") or (data / url.removeprefix("sqlite:///")).is_file()


def _aside(message: "Message", effects: "list[Effect]") -> "list[Effect]":
    from intake.service.processing import REFUSED

    refused = next((defect for defect in message.defects if defect.startswith(REFUSED)), None)
    return effects if refused is None else _set_aside(refused.removeprefix(REFUSED))


def _set_aside(reason: str) -> "list[Effect]":
    from intake.desk.effects import Finish, Outcome

    return [Finish(Outcome.QUARANTINED, None, "unreadable", reason)]


def folded(text: str, new_text: str) -> str:
    """Return the lines of `text` that are not part of `new_text`: quotes, signatures and the like."""
    lines, new = text.split("\n"), [line.strip() for line in new_text.split("\n") if line.strip()]
    out: list[str] = []
    at = 0
    for line in lines:
        if at < len(new) and line.strip() == new[at]:
            at += 1
        else:
            out.append(line)
    if at < len(new):
        # The new text was taken from the HTML, whose lines are other ones.
        out = [line for line in lines if line.strip() not in set(new)]
    return "\n".join(out).strip("\n")


def _as_json(file: str, message: "Message | None", effects: "list[Effect]", basis: str) -> dict[str, Any]:
    from intake.commands.effects_in_words import sentence

    read: dict[str, Any] | None = None
    if message is not None:
        read = terminal.plain(message)
        read["folded"] = folded(message.text, message.new_text)
        for shown, attachment in zip(read["attachments"], message.attachments, strict=True):
            shown["size"] = len(attachment.content)
    decided = [
        {"effect": type(effect).__name__, "words": sentence(effect), **terminal.plain(effect)}
        for effect in effects
    ]
    return {"file": file, "read": read, "decided_on": basis, "effects": decided}


def _tell(file: str, message: "Message | None", effects: "list[Effect]", basis: str) -> None:
    from intake.commands.effects_in_words import sentence

    terminal.passage(file, "", gap=False)
    if message is not None:
        terminal.pairs(_pairs(message))
        terminal.say()
        terminal.passage("New text", message.new_text)
        if rest := folded(message.text, message.new_text):
            terminal.passage("Quoted and hidden", rest)
    terminal.passage(f"Decision, based on {basis}", "\n".join(f"- {sentence(effect)}" for effect in effects))


def _pairs(message: "Message") -> list[tuple[str, str]]:
    bounce = message.bounce
    report = ""
    if bounce:
        about = f", about {', '.join(bounce.about)}" if bounce.about else ""
        said = f": {bounce.diagnostic}" if bounce.diagnostic else ""
        report = f"{bounce.kind.value} for {', '.join(bounce.recipients) or '(nobody named)'}{about}{said}"
    files = (
        f"{attachment.name} ({attachment.media_type}, {counted(len(attachment.content), 'byte')}"
        f"{', inline' if attachment.inline else ''})"
        for attachment in message.attachments
    )
    rest = {name: value for name, value in terminal.plain(message).items() if name not in _SHOWN}
    return [
        ("From", _who(message.sender) if message.sender else "(nobody)"),
        ("Sent from", _who(message.via) if message.via else ""),
        ("Reply-To", ", ".join(map(_who, message.reply_to))),
        ("To", ", ".join(map(_who, message.to))),
        ("Cc", ", ".join(map(_who, message.cc))),
        ("Delivered to", ", ".join(message.delivered_to)),
        ("Subject", message.subject),
        ("Date", terminal.clock(message.date)),
        ("Message-ID", message.message_id),
        ("Replies to", ", ".join(message.thread_ids)),
        ("Language", message.language),
        ("Files", "; ".join(files)),
        ("Signed with", "; ".join(f"{each.name} ({each.media_type})" for each in message.signatures)),
        ("Automatic", message.automatic),
        ("No auto-reply", message.suppress),
        ("Delivery report", report),
        ("Forwarded from", _who(message.forward.sender) if message.forward else ""),
        *((name.replace("_", " ").capitalize(), str(value)) for name, value in rest.items() if value),
        ("Defects", "; ".join(message.defects)),
    ]


def _who(person: Any) -> str:
    return f"{person.name} <{person.mailbox}>" if person.name else str(person.mailbox)
