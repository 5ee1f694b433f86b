"""A mail in our name that somebody passes on: what it leads to, and its words so that nobody can click them.

No URL is ever fetched. The mail itself stays as it came. Pure.
"""

import re
from dataclasses import dataclass, replace

from intake.desk.guard.domains import below, leads
from intake.desk.guard.folding import plain, refanged, skeleton
from intake.desk.guard.lookalikes import imitated, name, registrable
from intake.desk.guard.own import own_hosts
from intake.desk.message import Forward, Message
from intake.desk.policy import Policy
from intake.desk.sensitive import leaks
from intake.desk.text.shown import MAX_CHARACTERS
from intake.desk.triage.engine import TriageResult

CATEGORY = "phishing"
# A shorter name of a house is in many others.
_SHORTEST = 4
_TOKEN = re.compile(r"\S{4,2000}")
_STOP = re.compile(r"(?<=\w)[.。．｡](?=\w)")
_SCHEME = re.compile(r"\bhttp(?=s?\s{0,2}:)", re.I)


@dataclass(frozen=True, slots=True)
class Suspect:
    """What stands in a mail that was passed on: where its first foreign link leads, the host that somebody
    registered, and who it says it is from; "" for none. All of it defanged."""

    url: str
    domain: str
    sender: str

    def fields(self) -> dict[str, str]:
        """Return it as the fields of a ticket."""
        named = {"url": self.url, "domain": self.domain, "sender": self.sender}
        return {key: value for key, value in named.items() if value}


def defanged(text: str) -> str:
    """Return a text in which no mail program makes a link of anything: hxxps, [.]."""
    return _TOKEN.sub(lambda match: _harmless(match[0]), text)


def fanged(text: str) -> str:
    """Return what was defanged as it stood, for a list of what is to be blocked."""
    return refanged(text)


def suspect(message: Message, own: frozenset[str]) -> Suspect | None:
    """Return what is suspect of the mail that a message passes on, None where it does not act as us.

    `own` are the hosts that nobody may imitate (`own_hosts`). It acts as us where its sender or a link
    looks like ours, or its sender has our name and another domain.
    """
    forward = message.forward
    if forward is None or not own:
        return None
    foreign = [lead for lead in leads(_whole(forward)) if not lead.address and not below(lead.host, own)]
    sender = forward.sender
    ours = below(sender.domain, own)
    looks = not ours and (bool(imitated(sender.domain, own)) or _named(sender.name, own))
    like = next((lead for lead in foreign if imitated(lead.host, own)), None)
    if not looks and like is None and not (ours and foreign):
        return None
    lead = like or next(iter(foreign), None)
    return Suspect(
        defanged(lead.shown.rstrip(".,;")) if lead else "",
        defanged(registrable(lead.host if lead else sender.domain)),
        defanged(sender.mailbox),
    )


def shown(message: Message, text: str, policy: Policy) -> str:
    """Return what is shown of a message: of one that passes on a suspect mail all of it, with no link.

    `text` is what would be shown of any other.
    """
    forward = message.forward
    if forward is None or suspect(message, own_hosts(policy).own) is None:
        return text
    inner = forward.text.strip()
    inside = leaks.held(_whole(forward).encode("utf-8", "replace")) == leaks.TOKEN
    if inner and not inside and inner[:60] not in text:
        head = f"From: {forward.sender.name} <{forward.sender.mailbox}>\nSubject: {forward.subject}"
        text = f"{text.rstrip()}\n\n{head}\n\n{inner[:MAX_CHARACTERS]}".strip()
    return defanged(text)


def triaged(made: TriageResult, message: Message, policy: Policy) -> TriageResult:
    """Return what the triage rules made of a message, as a report of phishing where it is one."""
    there = suspect(message, own_hosts(policy).own) if message.forward else None
    if there is None or made.word:
        return made
    tags = made.tags if CATEGORY in made.tags else (*made.tags, CATEGORY)
    return replace(made, category=CATEGORY, tags=tags, fields={**there.fields(), **made.fields})


def _whole(forward: Forward) -> str:
    return f"{forward.subject}\n{forward.full_text or forward.text}"


def _named(shown_name: str, own: frozenset[str]) -> bool:
    """Whether the name that a sender shows is ours."""
    words = {skeleton(word) for word in re.findall(r"\w+", plain(shown_name))}
    together = skeleton("".join(re.findall(r"\w+", plain(shown_name))))
    houses = [skeleton(name(host.split("."))) for host in own if "." in host]
    return any(len(house) >= _SHORTEST and (house in words or house in together) for house in houses)


def _harmless(token: str) -> str:
    if not leads(token):
        return token
    return _SCHEME.sub("hxxp", _STOP.sub("[.]", token))
