"""Files that an agent sends outside: one with a secret in it stays here, and its agent is told. Pure.

What is still to be looked into goes: it is the agent's own, and their customer waits for it.
"""

from dataclasses import replace

from intake.desk.effects import AddEntry, Effect, Finish, Mail, Record
from intake.desk.mails import alerts
from intake.desk.message import Attachment
from intake.desk.rules.passes import PassContext
from intake.desk.text.said import said
from intake.desk.ticket import DESK, EntryKind

_AUTHORITY = "detector"


def withhold(effects: list[Effect], context: PassContext) -> tuple[list[Effect], str]:
    """Files with a secret, or with malware, do not go with what an agent sends."""
    made: list[Effect] = []
    kept_back: dict[str, Mail] = {}
    for effect in effects:
        if not isinstance(effect, Mail) or not effect.kind.by_agent:
            made.append(effect)
            continue
        sent = tuple(file for file in effect.attachments if not _withheld(file))
        if len(sent) == len(effect.attachments):
            made.append(effect)
            continue
        made.append(replace(effect, attachments=sent))
        names = ", ".join(dict.fromkeys(file.name for file in effect.attachments if _withheld(file)))
        kept_back.setdefault(names, effect)
    if not kept_back:
        return effects, ""
    added = [each for names, mail in kept_back.items() for each in _told(mail, names, context)]
    at = next((at for at, effect in enumerate(made) if isinstance(effect, Finish)), len(made))
    return [*made[:at], *added, *made[at:]], f"not sent: {', '.join(kept_back)}"


def malware(effects: list[Effect], context: PassContext) -> tuple[list[Effect], str]:
    """What a scanner reported of a customer's files stands in the history."""
    message = context.message
    bad = [file for file in message.attachments if file.reading and file.reading.malware] if message else []
    entry = next((e for e in effects if isinstance(e, AddEntry) and e.from_message), None)
    if not bad or entry is None:
        return effects, ""
    at = effects.index(entry) + 1
    added = [reported(entry.ticket, file.reading.malware) for file in bad if file.reading]
    return [*effects[:at], *added, *effects[at:]], "a file with malware"


def reported(ticket: int | None, name: str) -> AddEntry:
    """Return the line of the history for a file that is not sent on, by what a scanner calls it."""
    return AddEntry(
        ticket, EntryKind.EVENT, DESK, f"a file is not sent on: a virus scanner reported {name[:80]}"
    )


def _withheld(file: Attachment) -> bool:
    return file.reading is not None and file.reading.state.withheld


def _told(mail: Mail, names: str, context: PassContext) -> list[Effect]:
    record = Record("Intake", _AUTHORITY, "files of an answer were not sent", mail.ticket)
    agent = next((agent for agent in context.facts.agents if mail.agent and agent.id == mail.agent.id), None)
    if agent is None:
        return [record]
    text = said(
        "Your reply was sent without these files, because they contain what must not leave: {names}",
        names=names,
    )
    return [record, *alerts(mail.ticket, [agent], text, f"withheld:{mail.dedupe}")]
