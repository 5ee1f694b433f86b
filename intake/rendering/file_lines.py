"""What a mail to an agent says of files that do not go with it: a link to each, or how an admin gets them."""

from collections.abc import Sequence
from datetime import datetime

from intake.desk import file_tokens, tokens
from intake.desk.effects import Mail
from intake.desk.kept_files import kept
from intake.desk.links import Links
from intake.desk.sensitive.scan import hidden
from intake.desk.text.said import counted, said
from intake.desk.ticket import NO_TICKET, Agent
from intake.mail.outgoing import compose

# So many links stand in one mail.
MOST_LINKS = 30


def named(names: Sequence[str]) -> list[str]:
    """Return the names with the size of each, where it is known."""
    sizes = {str(file): file.weight for file in kept(names)}
    return [f"{name} ({sizes[name]})" if name in sizes else str(name) for name in map(str, names)]


def held(mail: Mail) -> tuple[str, ...]:
    """Return the lines that tell an agent which files a mail names and does not bring, and why, and which
    nobody could look into."""
    lines: list[str] = []
    waiting = [file.name for file in mail.withheld if file.waits]
    if waiting:
        lines.append(said("Being checked, to be sent to you afterwards: {names}", names=_names(waiting)))
    for file in mail.withheld:
        if file.malware:
            line = said(
                "Not attached, because a virus scanner reported it: {name} ({malware})",
                name=_names([file.name]),
                malware=compose.clean(file.malware, 80),
            )
            lines.append(line)
        elif file.kinds:
            line = said(
                "Not attached, because it contains what must stay secret: {name} {kinds}",
                name=_names([file.name]),
                kinds=" ".join(f"[hidden: {kind}]" for kind in file.kinds),
            )
            lines.append(line)
    if mail.closed:
        lines.append(said("Could not be fully checked: {names}", names=_names(mail.closed)))
    return tuple(lines)


def _names(names: Sequence[str]) -> str:
    shown = [compose.clean(hidden(tokens.masked(str(name))), 120) for name in names[:MOST_LINKS]]
    return ", ".join([*shown, *(["…"] if len(names) > MOST_LINKS else [])])


def refused(names: Sequence[str]) -> str:
    """Return the line above the files of a mail that an agent's server refused for its size."""
    shown = ", ".join(compose.clean(hidden(tokens.masked(name)), 120) for name in named(names))
    return counted(
        len(names),
        single="Your mail server refused this email with its file, which is kept in the ticket: {names}",
        several="Your mail server refused this email with its files, which are kept in the ticket: {names}",
        names=shown,
    )


def where(
    names: Sequence[str], links: Links, ticket: int, agent: Agent | None, now: datetime
) -> tuple[str, ...]:
    """Return the lines that tell an agent where the files `names` of a ticket are; none for no files.

    Without pages, and for who is no agent, there are no links.
    """
    if not names or ticket == NO_TICKET:
        return ()
    command = f"intake ticket files {ticket} --save FOLDER"
    files = kept(names)
    if not links.base or agent is None or not files:
        return (said("An admin can save all files of this ticket with: {command}", command=command),)
    shown = files[:MOST_LINKS]
    lines = [
        f"{compose.clean(hidden(tokens.masked(file)), 120)}: {links.file(ticket, agent.id, file, now)}"
        for file in shown
    ]
    until = now + file_tokens.LASTS
    lines.append(
        counted(
            len(shown),
            single="The link is for you alone and works once, until {until}. #files gets you a new link.",
            several="Each link is for you alone and works once, until {until}. #files gets you new links.",
            until=until,
        )
    )
    if len(files) > len(shown):
        lines.append(
            counted(
                len(files) - len(shown),
                single="{count} more file has no link here. An admin can save it with: {command}",
                several="{count} more files have no link here. An admin can save them with: {command}",
                command=command,
            )
        )
    return tuple(lines)
