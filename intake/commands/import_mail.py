"""`intake import mail`: archives of mail, from files or a mailbox, become tickets."""

import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import click

from intake import terminal
from intake.commands.common import FAILED, Invocation, as_json, needs_desk, now
from intake.commands.import_run import agents_of, carry_out, import_options, wishes_of
from intake.desk.message import Address, Message
from intake.ports import UserError

if TYPE_CHECKING:
    from intake.app import Desk
    from intake.imports.mail_source import MailSource
    from intake.imports.model import Remark
    from intake.imports.people import Agents

# What an archive is called in the table of imports: all of them together, so that a conversation of which
# one archive has the questions and another the answers is one.
NAME = "mail"
IMAP = "imap:"
own_option = click.option(
    "--own",
    multiple=True,
    metavar="ADDRESS",
    help="An address that was the desk's or an agent's, or @DOMAIN for all of one. May be repeated.",
)


@needs_desk
@click.command()
@click.argument("archives", metavar="SOURCE...", nargs=-1, required=True)
@import_options
@click.option(
    "--open", "open_", is_flag=True, help="Keep open what waits for an answer. Default: all closed."
)
@own_option
@as_json
@click.pass_context
def mail(
    ctx: click.Context,
    archives: tuple[str, ...],
    dry_run: bool,
    team: str,
    mailbox: str,
    closed: bool,
    source: str,
    agents: Path | None,
    open_: bool,
    own: tuple[str, ...],
    json_: bool,
) -> None:
    """Import archives of mail.

    SOURCE is an mbox file, a Maildir, a folder of .eml files, imap:MAILBOX or imap:MAILBOX/FOLDER.
    Nobody is written to. A second run adds only what is new.

    Exit codes: 0 all of it was imported, 1 something is missing.
    """
    if open_ and closed:
        raise click.UsageError("Give either --open or --closed, not both.")
    invocation: Invocation = ctx.obj
    desk = invocation.desk()
    wishes = wishes_of(desk, mailbox, team, closed=not open_)
    people = agents_of(desk, agents)
    with archive_of(desk, archives, source or NAME, people, own, not open_, keep=not dry_run) as opened:
        equal = carry_out(invocation, opened.source, people, wishes, dry_run, json_)
        opened.done = not dry_run
    if not equal:
        ctx.exit(FAILED)


@dataclass(slots=True)
class Opened:
    """An archive that is read. `done`: it was read to its end, and copies of it need not be kept."""

    source: "MailSource"
    done: bool = False


@contextmanager
def archive_of(
    desk: "Desk",
    archives: Sequence[str],
    name: str,
    people: "Agents",
    own: Sequence[str],
    closed: bool = True,
    keep: bool = False,
) -> Iterator[Opened]:
    """Yield what is in these archives, looked through. `own` are addresses of the desk as it was.

    What comes over IMAP is copied first, into the desk's data folder with `keep`: an import that was cut off
    goes on from there. Raises UserError where one cannot be read.
    """
    from intake.imports.copies import kept, passing
    from intake.imports.mail_files import MailFiles
    from intake.imports.mail_source import MailSource, Reading

    most = desk.settings.desk.max_message_mb * 2**20
    files = [archive for archive in archives if not archive.startswith(IMAP)]
    for file in files:
        if not os.path.exists(file):
            raise UserError(f"There is no {file}. Name a file, a folder, or {IMAP}MAILBOX.")
    with ExitStack() as until:
        copies = Path(os.devnull)
        if len(files) < len(archives):
            copies = until.enter_context((kept if keep else passing)(desk.settings.desk.data))
        fetched = [_fetched(desk, archive, copies, most) for archive in archives if archive.startswith(IMAP)]
        paths = [Path(file) for file in files] + [path for path, _ in fetched]
        box = MailFiles(paths, _named(copies))
        reading = Reading(desk.service.parse, *_whose(desk, people, own), now(), most, closed)
        source = MailSource(name, box, reading, [remark for _, remarks in fetched for remark in remarks])
        with terminal.progress("Looking") as progress:
            source.look(lambda count: progress(count, 0))
        opened = Opened(source)
        try:
            yield opened
        finally:
            box.close()
        if opened.done:
            for path, _ in fetched:
                shutil.rmtree(path, ignore_errors=True)


def _whose(
    desk: "Desk", people: "Agents", own: Sequence[str]
) -> tuple[Callable[[Address], bool], Callable[[Message], Message]]:
    """Return what says whether an address is ours, and what names the author of a mail."""
    from intake.desk.authorship import attributed
    from intake.desk.rule_context import own_address
    from intake.imports.conversations import of_form

    domains = frozenset(address[1:].lower() for address in own if address.startswith("@"))
    ours = (
        {address.lower() for address in own} | set(people.here) | {old for old in people.mapped if "@" in old}
    )
    policy = replace(desk.policy, own_addresses=desk.policy.own_addresses | ours)

    def is_ours(address: Address) -> bool:
        return address.domain in domains or own_address(address.key, policy)

    def written(message: Message) -> Message:
        sender = message.sender
        if sender is None or not is_ours(sender):
            return attributed(message, policy)
        if not of_form(message, is_ours):
            # Where an agent's program takes answers (Reply-To) is often a stranger's address.
            return message
        # A whole domain may be ours (`--own @DOMAIN`); a policy knows single addresses.
        return attributed(message, replace(policy, own_addresses=policy.own_addresses | {sender.key}))

    return is_ours, written


def _fetched(desk: "Desk", archive: str, copies: Path, most: int) -> "tuple[Path, list[Remark]]":
    """Copy an IMAP mailbox; return where it is, and what stays on the server."""
    from intake.channels.imap_copy import ImapCopy
    from intake.config.mailboxes import ImapMailbox, auth_of
    from intake.imports.model import Remark

    name, _, folder = archive.removeprefix(IMAP).partition("/")
    section = desk.settings.mailboxes.get(name)
    if not isinstance(section, ImapMailbox):
        boxes = [name for name, box in desk.settings.mailboxes.items() if isinstance(box, ImapMailbox)]
        there = f"The config has: {', '.join(boxes)}." if boxes else "The config has none; add it first."
        raise UserError(f"There is no IMAP mailbox {name}. {there}")
    place = copies / sha256(name.encode()).hexdigest()[:8] / (sha256(folder.encode()).hexdigest()[:8])
    access = desk.accounts.access(auth_of(section)) if auth_of(section) else None
    with terminal.progress("Fetching") as progress:
        copy = ImapCopy(section, access, place, most, lambda _, here, there: progress(here, there))
        left = copy.fetch([folder] if folder else section.folders)
    return place, [Remark(item.place, item.why, item.cure, lost=True) for item in left]


def _named(copies: Path) -> Callable[[str, int], str]:
    """Return what names a mail for people: of one that was copied over IMAP its UID."""
    from intake.imports.archive import place_of

    def place(path: str, number: int) -> str:
        if not Path(path).is_relative_to(copies):
            return place_of(path, number)
        return f"UID {Path(path).name.partition('.')[2].partition(':')[0]}"

    return place
