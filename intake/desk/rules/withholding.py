"""Files that an agent sends outside: one with a secret in it stays here, and its agent is told. Pure.

What is still to be read goes: it is the agent's own, and their customer waits for it. What a scanner for
malware was to see first stays, unless its agent said yes to that.
"""

from dataclasses import replace

from intake.desk.auto_answers import WARNINGS_A_DAY, may_warn, proven
from intake.desk.effects import AddEntry, Effect, Mail, MailKind, Record
from intake.desk.facts import Facts
from intake.desk.mails import MALWARE, alerts
from intake.desk.message import Address, Attachment
from intake.desk.rule_context import RuleContext
from intake.desk.rules.exposing import may_have_token
from intake.desk.rules.passes import PassContext, before_end
from intake.desk.text.said import said
from intake.desk.ticket import DESK, EntryKind, Ticket

_AUTHORITY = "detector"
_UNSCANNED, _WITHHELD = "unscanned", "withheld"


def withhold(effects: list[Effect], context: PassContext) -> tuple[list[Effect], str]:
    """Files with a secret, with malware, or that no scanner saw do not go with what an agent sends."""
    made: list[Effect] = []
    kept_back: dict[tuple[str, str], Mail] = {}
    for effect in effects:
        if not isinstance(effect, Mail) or not effect.kind.by_agent:
            made.append(effect)
            continue
        reasons = {file.name: why for file in effect.attachments if (why := _reason(file, context))}
        if not reasons:
            made.append(effect)
            continue
        sent = tuple(file for file in effect.attachments if not _reason(file, context))
        made.append(replace(effect, attachments=sent))
        for why in dict.fromkeys(reasons.values()):
            names = ", ".join(name for name, each in reasons.items() if each == why)
            kept_back.setdefault((why, names), effect)
    if not kept_back:
        return effects, ""
    added = [each for (why, names), mail in kept_back.items() for each in _told(mail, why, names, context)]
    return before_end(made, added), f"not sent: {', '.join(names for _, names in kept_back)}"


def malware(effects: list[Effect], context: PassContext) -> tuple[list[Effect], str]:
    """What a scanner reported of a customer's files stands in the history, and the customer is told."""
    message = context.message
    bad = [file for file in message.attachments if file.reading and file.reading.malware] if message else []
    entry = next((e for e in effects if isinstance(e, AddEntry) and e.from_message), None)
    if not bad or entry is None:
        return effects, ""
    at = effects.index(entry) + 1
    added = [reported(entry.ticket, file.reading.malware) for file in bad if file.reading]
    made = [*effects[:at], *added, *effects[at:]]
    return before_end(made, _customer_told(entry, effects, context)), "a file with malware"


def _customer_told(entry: AddEntry, effects: list[Effect], context: PassContext) -> list[Effect]:
    """Return the mail that tells the author of a message that a file of theirs was not passed on.

    Anybody may have sent it in their name: without a proof it is the one automatic answer, or none.
    """
    if context.message is None or context.envelope is None or entry.kind is not EntryKind.CUSTOMER:
        return []
    case = RuleContext(context.message, context.envelope, context.facts, context.policy)
    theirs = entry.author.key == case.sender.key and may_have_token(case, entry.ticket)
    answered = any(isinstance(effect, Mail) and effect.kind.at_most_once for effect in effects)
    if not theirs or (answered and not proven(case)) or may_warn(case):
        return []
    return [malware_mail(entry.ticket, case.sender, case.key)]


def malware_mail(ticket: int | None, to: Address, key: str) -> Mail:
    """Return the mail that tells who sent a file that it was not passed on; `key` is their message's."""
    return Mail(MailKind.WARNING, ticket, to, f"malware:{key}", event=MALWARE, quote_subject=False)


def found_later(ticket: Ticket, name: str, facts: Facts, key: str, author: Address | None) -> list[Effect]:
    """Return what follows from malware in a file that was scanned after its ticket was told of it.

    `facts`, `key` and `author` are those of `exposing.found`.
    """
    may = facts.warned_last_day < WARNINGS_A_DAY and not facts.failed
    mails = [malware_mail(ticket.id, author, key)] if author and may else []
    return [reported(ticket.id, name), *mails]


def reported(ticket: int | None, name: str) -> AddEntry:
    """Return the line of the history for a file that is not sent on, by what a scanner calls it."""
    return AddEntry(
        ticket, EntryKind.EVENT, DESK, f"a file is not sent on: a virus scanner reported {name[:80]}"
    )


def _reason(file: Attachment, context: PassContext) -> str:
    """Return why a file stays here, "" where it goes."""
    if file.reading is None:
        return ""
    if file.reading.state.withheld:
        return _WITHHELD
    # Of a draft they were asked just that.
    return _UNSCANNED if file.reading.unscanned and context.facts.draft is None else ""


def _told(mail: Mail, why: str, names: str, context: PassContext) -> list[Effect]:
    record = Record("Intake", _AUTHORITY, "files of an answer were not sent", mail.ticket)
    agent = next((agent for agent in context.facts.agents if mail.agent and agent.id == mail.agent.id), None)
    if agent is None:
        return [record]
    text = said(
        "Your reply was sent without these files, because they contain what must not leave: {names}",
        names=names,
    )
    if why == _UNSCANNED:
        text = said(
            "Your reply was sent without these files, because the virus scanner does not answer. Send them "
            "again later: {names}",
            names=names,
        )
    return [record, *alerts(mail.ticket, [agent], text, f"{why}:{mail.dedupe}")]
