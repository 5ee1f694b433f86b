"""What the guard has to know of an agent's words, and what becomes of them at the keyboard."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from intake.desk.effects import AddEntry, Assign, Effect, Mail, MailKind, Record, SetStatus
from intake.desk.facts import Facts
from intake.desk.guard.own import own_hosts
from intake.desk.guard.policy import Need
from intake.desk.guard.verdict import Known, Verdict, Words, judge
from intake.desk.policy import Policy
from intake.desk.rules import carried
from intake.desk.ticket import EntryKind
from intake.ports import Store


def known(
    store: Store, policy: Policy, facts: Facts, written: Sequence[Words], numbers: Iterable[int]
) -> Facts:
    """Return the facts with what customers wrote in these tickets and what the admin let out.

    It is asked only where something in the words may need it. To be called within a transaction.
    """
    ready, guard = bool(facts.looked.canned or facts.looked.articles), own_hosts(policy)
    if not ready and not any(judge(words, Known(), guard).findings for words in written):
        return facts
    heard = tuple(
        text
        for number in numbers
        for entry in store.tickets.entries(number)
        if entry.kind == EntryKind.CUSTOMER.value
        for text in (entry.text, entry.full_text)
    )
    approved = tuple(text.text for text in store.lookups.approved())
    return replace(facts, heard=heard, approved=approved)


def owed(effects: Sequence[Effect]) -> list[Words]:
    """Return the words of agents that are to leave."""
    mails = (effect for effect in effects if isinstance(effect, Mail) and effect.kind.by_agent)
    made = {mail.text: Words(mail.text, mail.html, mail.attachments) for mail in mails}
    subjects = carried.subjects(effects)
    return [*made.values(), *([Words("", subjects=subjects)] if subjects else [])]


def as_draft(effects: Sequence[Effect]) -> list[Effect]:
    """Return the effects of keeping a reply of the command line as a draft; none where it cannot be kept."""
    replies = [each for each in effects if isinstance(each, AddEntry) and each.kind is EntryKind.REPLY]
    files = any(mail.files for mail in owed(effects))
    asked = any(isinstance(effect, Mail) and effect.kind is MailKind.PARTNER for effect in effects)
    if not replies or files or asked:
        return []
    made: list[Effect] = []
    for effect in effects:
        if isinstance(effect, AddEntry) and effect.kind is EntryKind.REPLY:
            effect = replace(effect, kind=EntryKind.DRAFT)
        if isinstance(effect, Record):
            effect = replace(effect, what=f"draft: {effect.what}")
        if not isinstance(effect, Mail | SetStatus | Assign):
            made.append(effect)
    return made


def ticket_of(effects: Sequence[Effect]) -> int | None:
    """Return the ticket that an agent's words are of; None of a new one."""
    return next((each.ticket for each in effects if isinstance(each, Mail) and each.kind.by_agent), None)


def in_words(verdict: Verdict, kept: bool, number: int | None = None) -> str:
    """Return what is said at the keyboard of a reply that was not sent, with its cure."""
    if verdict.need is Need.REFUSED:
        return f"Nothing was sent. {verdict.why} `intake guard list` shows what may go."
    confirm = f"`intake ticket confirm {number} --anyway`" if number else "`intake ticket confirm --anyway`"
    who = "another person sends it with" if verdict.need is Need.TWO else "send it with"
    if not kept:
        return f"Nothing was sent. {verdict.why} An agent can write it by email and confirm it there."
    return f"Nothing was sent: it was kept as a draft. {verdict.why} If it is meant so, {who} {confirm}."
