"""Files that go out from the command line: looked into before they leave, as those of an answer by mail."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from intake.desk.effects import AddEntry, Effect, Mail
from intake.desk.message import Attachment, Message
from intake.ports import UserError


def of_agents(effects: Sequence[Effect], look_into: Callable[[Message], Message]) -> Sequence[Effect]:
    """Return effects with what looking into their files came to.

    Raises UserError where one must not leave: with a secret, with malware, or not scanned yet.
    """
    files = [
        file
        for effect in effects
        if isinstance(effect, AddEntry | Mail)
        for file in effect.attachments
        if file.reading is None
    ]
    if not files:
        return effects
    read = {
        file.content: file for file in look_into(Message("", 0, "", attachments=tuple(files))).attachments
    }
    made: list[Effect] = []
    for effect in effects:
        if isinstance(effect, AddEntry | Mail) and effect.attachments:
            known = tuple(
                replace(file, reading=file.reading or read[file.content].reading)
                for file in effect.attachments
            )
            effect = replace(effect, attachments=known)
            if isinstance(effect, Mail) and effect.kind.by_agent:
                _allowed(known)
        made.append(effect)
    return made


def _allowed(files: Sequence[Attachment]) -> None:
    for file in files:
        reading = file.reading
        if reading is None:
            continue
        if reading.malware:
            raise UserError(
                f"Nothing was sent: a virus scanner reported {file.name} ({reading.malware}). Remove it."
            )
        if reading.state.withheld:
            kinds = ", ".join(reading.kinds)
            raise UserError(
                f"Nothing was sent: {file.name} contains what must not leave ({kinds}). Remove that."
            )
        if reading.unscanned:
            raise UserError(
                f"Nothing was sent: clamd does not answer, so {file.name} could not be scanned. "
                "`intake check` says how it stands; try again later."
            )
