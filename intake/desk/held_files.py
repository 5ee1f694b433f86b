"""Files that do not go with a mail to an agent: not looked into yet, or such as must not spread. Pure.

A picture lies in mailboxes and backups that nobody clears; a mail that is owed is never changed. So a file
that is still to be looked into follows in a mail of its own.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from intake.desk.effects import Effect, Mail, MailKind
from intake.desk.kept_files import KeptFile, kept
from intake.desk.mails import alerts
from intake.desk.message import Attachment
from intake.desk.sensitive.reading import FileState, Reading
from intake.desk.text.said import counted
from intake.desk.ticket import Agent
from intake.desk.withheld_files import HeldBack


@dataclass(frozen=True, slots=True)
class Held:
    """A file that waits for its agent: it was looked into meanwhile, or not (`settled`)."""

    agent: int
    file: KeptFile
    settled: bool


def unread(mail: Mail) -> list[str]:
    """Return the files (sha256) of a mail of which it does not say itself what is known of them."""
    attached = (_sha256(file) for file in mail.attachments if file.reading is None)
    return list(dict.fromkeys((*attached, *(file.sha256 for file in kept(mail.left_out)))))


def without_held(mail: Mail, readings: Mapping[str, Reading]) -> tuple[Mail, list[KeptFile]]:
    """Return a mail without the files that must not go with it now, and those of them that are to follow.

    `readings` are those that its files do not bring along, by sha256. The files are named in the mail.
    """
    sent: list[Attachment] = []
    named: list[str] = []
    withheld: list[HeldBack] = []
    follow: list[KeptFile] = []
    closed: list[str] = []

    def judged(file: KeptFile, reading: Reading | None) -> bool:
        state = reading.state if reading else FileState.CLEAN
        if reading is not None and (state is FileState.WAITING or state.withheld):
            withheld.append(HeldBack(str(file), reading.kinds, reading.malware, state is FileState.WAITING))
            follow.extend([file] if state is FileState.WAITING else [])
            return False
        closed.extend([str(file)] if state is FileState.CLOSED else [])
        return True

    for attached in mail.attachments:
        reading = attached.reading or (readings.get(_sha256(attached)) if readings else None)
        if reading is None or judged(_kept(attached), reading):
            sent.append(attached)
    for name in mail.left_out:
        if not isinstance(name, KeptFile) or judged(name, readings.get(name.sha256)):
            named.append(name)
    if not withheld and not closed:
        return mail, []
    made = replace(
        mail,
        attachments=tuple(sent),
        left_out=tuple(named),
        withheld=(*mail.withheld, *withheld),
        closed=(*mail.closed, *closed),
    )
    return made, follow


def following(
    ticket: int, held: Sequence[Held], agents: Mapping[int, Agent], key: str
) -> tuple[list[Effect], list[Held]]:
    """Return the mails that bring agents the files they wait for in a ticket, and what is over with that.

    `key` makes them once. Who is no agent any more gets none.
    """
    over = [each for each in held if each.settled]
    effects: list[Effect] = []
    for number in dict.fromkeys(each.agent for each in over):
        files = tuple(each.file for each in over if each.agent == number)
        agent = agents.get(number)
        if agent is None or not agent.enabled:
            continue
        text = counted(
            len(files),
            single="A file of this ticket was checked after you were told of it.",
            several="{count} files of this ticket were checked after you were told of them.",
        )
        made = alerts(ticket, [agent], text, f"files:{key}", event="files")
        effects += [replace(mail, enclosed=files) for mail in made if isinstance(mail, Mail)]
    return effects, over


def holds(mail: Mail) -> bool:
    """Whether files are held back from a mail: what an agent sends is theirs to send."""
    return mail.kind.to_agent and mail.kind is not MailKind.PARTNER and not mail.again


def _kept(file: Attachment) -> KeptFile:
    return KeptFile(file.name, _sha256(file), len(file.content), file.media_type)


def _sha256(file: Attachment) -> str:
    return hashlib.sha256(file.content).hexdigest()
